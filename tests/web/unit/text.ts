import { isSend, codePoints } from '../../../adapters/web/src/core/compose.ts';
import { words } from '../../../adapters/web/src/core/i18n.ts';
import { blocks, inline, plain, safeLink, shortId } from '../../../adapters/web/src/core/markup.ts';
import { Outbox } from '../../../adapters/web/src/core/outbox.ts';
import { memoryKeep } from '../../../adapters/web/src/core/storage.ts';
import { duration } from '../../../adapters/web/src/core/time.ts';
import { initials } from '../../../adapters/web/src/core/icons.tsx';
import { check, equal, test } from '../tap.mjs';

test('markup: bold, italic, code, breaks', () => {
	equal(inline('a **b** *c* `d`\ne'), [
		{ k: 'text', text: 'a ' }, { k: 'b', of: [{ k: 'text', text: 'b' }] }, { k: 'text', text: ' ' }, { k: 'i', of: [{ k: 'text', text: 'c' }] },
		{ k: 'text', text: ' ' }, { k: 'code', text: 'd' }, { k: 'br' }, { k: 'text', text: 'e' },
	]);
});

test('markup: snake_case, 2*3*4 and lonely marks stay as they are', () => {
	for (const text of ['snake_case_name', '2*3*4', 'a * b * c', '**', '`', '[x]', '[x](', 'a_b']) equal(inline(text), [{ k: 'text', text }], text);
});

test('markup: lists and paragraphs', () => {
	equal(blocks('one\n\n- a\n- b\n\n1. c\n2) d').map((b) => b.k), ['p', 'ul', 'ol']);
});

test('markup: only http and https become links', () => {
	for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '//x', 'https://a b', 'http://user:pw@x.y/', 'java\nscript:x', '']) equal(safeLink(bad), null, bad);
	equal(safeLink('https://acme.example/fees')!.host, 'acme.example');
	equal(inline('[bank](javascript:alert(1))')[0]!.k, 'text');
});

test('markup: a link ends before the sentence does', () => {
	const a = inline('See https://acme.example/fees.')[1]!;
	equal(a.k === 'a' && a.href, 'https://acme.example/fees');
});

test('markup: html is only text', () => {
	const text = '<img src=x onerror=alert(1)>';
	equal(inline(text), [{ k: 'text', text }]);
	equal(plain(text), [{ k: 'text', text }]);
});

test('markup: transaction ids and addresses are found', () => {
	const id = '0x9f3c1a2b4d5e6f70819293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6b21e';
	equal(plain(`It is ${id}, ok`)[1], { k: 'id', text: id });
	equal(shortId(id), '0x9f3c…b21e');
	equal(plain('TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE').length, 1);
	equal(plain('order 20931 of 2026').length, 1);
});

test('markup: a hostile text costs no time', () => {
	const t0 = Date.now();
	for (const evil of ['*'.repeat(4000), '_a'.repeat(2000), '[a]('.repeat(1000), '`'.repeat(4000), '**a '.repeat(1000), 'https://'.repeat(500), '0x' + 'f'.repeat(4000), '- '.repeat(2000)]) blocks(evil);
	check(Date.now() - t0 < 1000, `took ${Date.now() - t0} ms`);
});

const key = (more: object): KeyboardEvent => ({ key: 'Enter', isComposing: false, keyCode: 13, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more }) as KeyboardEvent;

test('compose: Enter sends, but never out of an input method', () => {
	equal(isSend(key({}), false), true);
	equal(isSend(key({ shiftKey: true }), false), false);
	equal(isSend(key({ isComposing: true }), false), false);
	equal(isSend(key({ keyCode: 229 }), false), false, "Safari's order");
	equal(isSend(key({}), true), false, 'a touch keyboard breaks the line');
	equal(isSend(key({ ctrlKey: true }), true), true);
	equal(isSend(key({ key: 'a' }), false), false);
});

test('compose: length is counted in code points', () => {
	equal(codePoints('a\u{1F600}\u4e2d'), 3);
});

test('words: values, plurals and the way back to English', () => {
	const all = { en: { a: 'x {n} y', 'b.one': '{n} thing', 'b.other': '{n} things', c: 'only en' }, zh: { a: '{n}', 'b.other': '{n} \u4ef6' } };
	const [en, zh] = [words(all, 'en'), words(all, 'zh')];
	equal([en('a', { n: 3 }), en('b', { n: 1 }), en('b', { n: 2 }), zh('b', { n: 1 }), zh('c'), zh('nope')], ['x 3 y', '1 thing', '2 things', '1 \u4ef6', 'only en', 'nope']);
});

test('time: durations', () => {
	equal([0, 38_000, 725_000, 3_729_000, -5].map(duration), ['0:00', '0:38', '12:05', '1:02:09', '0:00']);
});

test('names: initials', () => {
	equal(['Mei Lin', 'guest-71f2', '\u738b\u6653\u660e', 'x', ''].map(initials), ['ML', 'G7', '\u738b', 'X', '?']);
});

test('outbox: capped, and what is broken in storage is thrown away', () => {
	const store = memoryKeep();
	const box = new Outbox(store, 'k');
	for (let i = 0; i < 50; i++) check(box.add({ cid: `c${i}`, frame: { t: 'send' }, shown: 'x'.repeat(4000), at: i }), 'room');
	check(!box.add({ cid: 'more', frame: {}, shown: '', at: 0 }), 'full');
	check(store.get('k')!.length <= 60_000, 'storage is capped');
	for (const bad of ['{', '7', '[1,null,{"cid":3}]', '"x"']) {
		store.set('k', bad);
		equal(new Outbox(store, 'k').items, [], bad);
	}
});
