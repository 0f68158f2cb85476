// A list of named cases, run one after another and reported as TAP.
const cases = [];

export const test = (name, run) => void cases.push([name, run]);

export function check(condition, what) {
	if (!condition) throw new Error(what);
}

export function equal(got, want, what = '') {
	const [a, b] = [JSON.stringify(got), JSON.stringify(want)];
	if (a !== b) throw new Error(`${what}\n  got  ${a}\n  want ${b}`);
}

/* Runs all cases whose name holds `only`; true when none failed. */
export async function run(only = '') {
	const chosen = cases.filter(([name]) => name.includes(only));
	let failed = 0;
	console.log(`1..${chosen.length}`);
	for (const [i, [name, body]] of chosen.entries()) {
		try {
			await body();
			console.log(`ok ${i + 1} - ${name}`);
		} catch (e) {
			failed += 1;
			console.log(`not ok ${i + 1} - ${name}`);
			console.log(String(e.stack ?? e).replace(/^/gm, '# '));
		}
	}
	return failed === 0;
}
