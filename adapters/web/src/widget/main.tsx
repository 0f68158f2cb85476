// The widget's page: the same inside a site's frame and as a page of its own in an app's web view.
import '../tokens.css';
import './widget.css';
import { render } from 'preact';
import { App } from './app.ts';
import { Widget } from './view.tsx';

const app = new App();
const root = document.getElementById('app')!;
const draw = (): void => render(<Widget app={app} />, root);
app.subscribe(draw);
draw();

// iOS keeps the layout height when its keyboard opens: the visible height is what we may use
const view = window.visualViewport;
const sized = (): void => document.documentElement.style.setProperty('--vh', `${view?.height ?? innerHeight}px`);
view?.addEventListener('resize', sized);
sized();
