// Builds the loader, the widget, the agents' console and the demo page into one folder of static
// files with a manifest, and fails when one of them grows past its budget. It knows nothing of C:
// gen_assets.py turns the folder into the table that the server carries inside.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf('--out');
const out = at > 0 ? process.argv[at + 1] : join(here, 'dist');

const sealed = "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const app = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; ${sealed}`;
// `framed` pages leave frame-ancestors to the server, which knows the allow-list.
const pages = [
	{ name: 'demo', path: '/', csp: `default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; img-src 'self'; ${sealed}; frame-ancestors 'none'` },
	{ name: 'widget', path: '/w/', csp: app, framed: true },
	{ name: 'console', path: '/console/', csp: `${app}; frame-ancestors 'none'` },
];
// What a visitor downloads before the first paint, in gzip bytes.
const budgets = { loader: 2048, widget: 30 * 1024, console: 90 * 1024 };
const none = "default-src 'none'; frame-ancestors 'none'";
const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', html: 'text/html; charset=utf-8', svg: 'image/svg+xml' };

const files = [];
const sizes = {};

function put(path, type, text, { immutable = false, csp = none, framed = false } = {}) {
	const gz = gzipSync(text, { level: 9 });
	const name = path.endsWith('/') ? `${path}index.html` : path;
	const file = join(out, name);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	writeFileSync(`${file}.gz`, gz);
	const etag = createHash('sha256').update(text).digest('hex').slice(0, 16);
	files.push({ path, file: name.slice(1), type, bytes: Buffer.byteLength(text), gz: gz.length, etag, immutable, csp, framed });
	return gz.length;
}

async function bundle(entry, format) {
	const made = await build({
		entryPoints: [join(here, entry)],
		bundle: true,
		minify: true,
		write: false,
		outdir: out,
		format,
		target: ['es2021', 'chrome100', 'firefox110', 'safari16'],
		jsx: 'automatic',
		jsxImportSource: 'preact',
		legalComments: 'none',
		charset: 'utf8',
		logLevel: 'error',
	});
	return made.outputFiles.map((f) => ({ ext: f.path.endsWith('.css') ? 'css' : 'js', text: f.text }));
}

rmSync(out, { recursive: true, force: true });
const [loader] = await bundle('src/loader/loader.ts', 'iife');
sizes.loader = put('/hotline.js', types.js, loader.text);

for (const page of pages) {
	let total = 0;
	let html = readFileSync(join(here, `src/${page.name}/index.html`), 'utf8');
	for (const part of await bundle(`src/${page.name}/main.ts${page.name === 'demo' ? '' : 'x'}`, 'esm')) {
		const hash = createHash('sha256').update(part.text).digest('hex').slice(0, 10);
		const url = `${page.path}${page.name}-${hash}.${part.ext}`;
		total += put(url, types[part.ext], part.text, { immutable: true });
		html = html.replace(`{{${part.ext}}}`, url);
	}
	total += put(page.path, types.html, html.replace(/\n\s*/g, '\n'), page);
	sizes[page.name] = total;
}

put('/icon.svg', types.svg, readFileSync(join(here, 'src/icon.svg'), 'utf8'));

files.sort((a, b) => (a.path < b.path ? -1 : 1));
writeFileSync(join(out, 'manifest.json'), JSON.stringify({ sizes, files }, null, '\t') + '\n');
let over = false;
for (const [name, limit] of Object.entries(budgets)) {
	if (sizes[name] <= limit) continue;
	console.error(`web: ${name} is ${sizes[name]} bytes gzipped, its budget is ${limit}`);
	over = true;
}
console.log(Object.entries(sizes).map(([n, s]) => `${n} ${s} B gz`).join(', '));
process.exit(over ? 1 : 0);
