// The agents' console.
import '../tokens.css';
import './console.css';
import { render } from 'preact';
import { App } from './app.ts';
import { listen } from './keys.ts';
import { Console } from './view.tsx';

const app = new App();
const root = document.getElementById('app')!;
const draw = (): void => render(<Console app={app} />, root);
app.subscribe(draw);
listen(app);
draw();
