// Where things are: the project's folder, its npm packages, and a fresh build of the pages.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const web = join(here, '../../adapters/web');
export const npm = createRequire(join(web, 'package.json'));

/* A folder that goes away with the process. */
export function scratch() {
	const dir = mkdtempSync(join(tmpdir(), 'hotline-web-'));
	process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
	return dir;
}

export function builtPages() {
	const dist = join(scratch(), 'dist');
	execFileSync(process.execPath, [join(web, 'build.mjs'), '--out', dist], { cwd: web, stdio: ['ignore', 'pipe', 'inherit'] });
	return dist;
}
