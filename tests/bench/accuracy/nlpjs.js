/*
 * One training and judging by nlp.js: {"lang", "train": [[label, text]], "test": [text]} on standard input,
 * {"judged": [[label, score]], "train_s", "train_cpu_s", "us"} on standard output. Modules come from NODE_PATH.
 */
'use strict';
console.log = () => {}; // the Chinese tokeniser announces its dictionary
const { NlpManager } = require('node-nlp');

const read = async () => {
	const parts = [];
	for await (const part of process.stdin) parts.push(part);
	return JSON.parse(Buffer.concat(parts).toString('utf8'));
};
const cpu = () => {
	const used = process.cpuUsage();
	return (used.user + used.system) / 1e6;
};

(async () => {
	const { lang, train, test } = await read();
	const manager = new NlpManager({ languages: [lang], forceNER: false, autoSave: false, nlu: { log: false } });
	const began = process.hrtime.bigint(), cpuBegan = cpu();
	for (const [label, text] of train) manager.addDocument(lang, text, label);
	await manager.train();
	const trained = { train_s: Number(process.hrtime.bigint() - began) / 1e9, train_cpu_s: cpu() - cpuBegan };
	const judge = async (text) => {
		const best = (await manager.process(lang, text)).classifications[0];
		return best ? [best.intent, best.score] : ['', 0];
	};
	for (const text of test.slice(0, 200)) await judge(text);
	const judged = [], judging = cpu();
	for (const text of test) judged.push(await judge(text));
	const us = ((cpu() - judging) * 1e6) / Math.max(test.length, 1);
	process.stdout.write(JSON.stringify({ judged, us, ...trained }));
})();
