// The pages' logic without a browser: bundles unit/*.ts together with what they test and runs them.
import { execFileSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, run, test } from './tap.mjs';
import { here, npm, scratch, web } from './place.mjs';

test('types', () => {
	try {
		execFileSync(process.execPath, [npm.resolve('typescript/package.json').replace('package.json', 'bin/tsc'), '--noEmit', '-p', web], { stdio: 'pipe' });
	} catch (e) {
		throw new Error(String(e.stdout));
	}
});

test('both languages have the same words', async () => {
	for (const app of ['widget', 'console']) {
		const [en, zh] = ['en', 'zh'].map((lang) => npm(`./src/${app}/${lang}.json`));
		const plural = (key) => key.replace(/\.(one|other)$/, '');
		const keys = (of) => new Set(Object.keys(of).map(plural));
		for (const key of keys(en)) check(keys(zh).has(key), `${app}: zh lacks ${key}`);
		for (const key of keys(zh)) check(keys(en).has(key), `${app}: en lacks ${key}`);
		for (const [key, text] of Object.entries(en)) {
			const holes = (t) => [...(t ?? '').matchAll(/\{\w+\}/g)].map(String).sort().join();
			check(holes(text) === holes(zh[key] ?? zh[`${plural(key)}.other`]), `${app}: ${key} has other {values} in zh`);
		}
	}
});

// browsers have it; Node 18 does not yet
globalThis.crypto ??= webcrypto;

const { build } = npm('esbuild');
// the cases register with this process's own tap.mjs
const tap = { name: 'tap', setup: (b) => void b.onResolve({ filter: /tap\.mjs$/ }, () => ({ path: pathToFileURL(join(here, 'tap.mjs')).href, external: true })) };
const out = scratch();
for (const file of readdirSync(join(here, 'unit')).filter((f) => f.endsWith('.ts')).sort()) {
	const to = join(out, file.replace('.ts', '.mjs'));
	await build({
		entryPoints: [join(here, 'unit', file)],
		outfile: to,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node18',
		logLevel: 'error',
		plugins: [tap],
	});
	await import(pathToFileURL(to).href);
}
process.exit((await run(process.argv[2])) ? 0 : 1);
