import '../tokens.css';
import { render } from 'preact';

render(<p>Hotline</p>, document.getElementById('app')!);
