// The small markdown that answers may use, read into plain data: bold, italic, code, lists, links and
// line breaks. No html, images or headings exist here, so no text can become one.

export type Inline =
	| { k: 'text'; text: string }
	| { k: 'b' | 'i'; of: Inline[] }
	| { k: 'code'; text: string }
	| { k: 'id'; text: string } // a transaction id or address
	| { k: 'br' }
	| { k: 'a'; href: string; host: string; of: string };
export type Block = { k: 'p'; of: Inline[] } | { k: 'ul' | 'ol'; items: Inline[][] };

/* An http(s) address in its normal form, or null: nothing else is ever made clickable. */
export function safeLink(text: string): { href: string; host: string } | null {
	if (text.length > 2000 || /[\s<>"]/.test(text)) return null;
	try {
		const url = new URL(text);
		if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.username || url.password) return null;
		return { href: url.href, host: url.host };
	} catch {
		return null;
	}
}

const ID = /\b(?:0x[0-9a-fA-F]{40,64}|[0-9a-fA-F]{64}|T[1-9A-HJ-NP-Za-km-z]{33}|bc1[02-9ac-hj-np-z]{20,60}|[13][1-9A-HJ-NP-Za-km-z]{26,34})\b/;
const TOKEN = new RegExp(
	[
		'`([^`\\n]+)`', // 1 code
		'\\*\\*([^*\\n]+)\\*\\*', // 2 bold
		'(?<![\\w*])[*_]([^*_\\s][^*_\\n]*?)[*_](?![\\w*])', // 3 italic
		'\\[([^\\]\\n]{1,200})\\]\\(([^)\\s]{1,2000})\\)', // 4, 5 link
		'(https?:\\/\\/[^\\s<>"]+)', // 6 bare link
		`(${ID.source})`, // 7 id
		'(\\n)', // 8 break
	].join('|'),
);

function link(label: string, target: string): Inline {
	const safe = safeLink(target);
	return safe ? { k: 'a', href: safe.href, host: safe.host, of: label } : { k: 'text', text: label };
}

export function inline(text: string, depth = 0): Inline[] {
	const out: Inline[] = [];
	let rest = text;
	while (rest) {
		const m = TOKEN.exec(rest);
		if (!m) break;
		if (m.index > 0) out.push({ k: 'text', text: rest.slice(0, m.index) });
		let used = m[0].length;
		if (m[1] !== undefined) out.push({ k: 'code', text: m[1] });
		else if (m[2] !== undefined) out.push({ k: 'b', of: depth < 2 ? inline(m[2], depth + 1) : [{ k: 'text', text: m[2] }] });
		else if (m[3] !== undefined) out.push({ k: 'i', of: depth < 2 ? inline(m[3], depth + 1) : [{ k: 'text', text: m[3] }] });
		else if (m[4] !== undefined) out.push(link(m[4], m[5]!));
		else if (m[6] !== undefined) {
			const bare = m[6].replace(/[.,;:!?)\]。,、;:!?)】]+$/, '');
			used = bare.length;
			out.push(link(bare, bare));
		} else if (m[7] !== undefined) out.push({ k: 'id', text: m[7] });
		else out.push({ k: 'br' });
		rest = rest.slice(m.index + used);
	}
	if (rest) out.push({ k: 'text', text: rest });
	return out;
}

export function blocks(text: string): Block[] {
	const out: Block[] = [];
	let lines: string[] = [];
	const flush = (): void => {
		const joined = lines.join('\n').trim();
		if (joined) out.push({ k: 'p', of: inline(joined) });
		lines = [];
	};
	for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
		const item = /^\s{0,3}(?:([-*•])|\d{1,3}[.)])\s+(.*)$/.exec(line);
		if (item) {
			flush();
			const k = item[1] ? 'ul' : 'ol';
			const last = out[out.length - 1];
			if (last?.k === k) last.items.push(inline(item[2]!));
			else out.push({ k, items: [inline(item[2]!)] });
		} else if (line.trim() === '') flush();
		else lines.push(line);
	}
	flush();
	return out;
}

/* What a customer wrote: no markup, only line breaks and ids. */
export function plain(text: string): Inline[] {
	const out: Inline[] = [];
	let rest = text;
	for (;;) {
		const m = ID.exec(rest);
		if (!m) break;
		if (m.index > 0) out.push({ k: 'text', text: rest.slice(0, m.index) });
		out.push({ k: 'id', text: m[0] });
		rest = rest.slice(m.index + m[0].length);
	}
	if (rest) out.push({ k: 'text', text: rest });
	return out;
}

/* 0x9f3c…b21e */
export const shortId = (id: string): string => (id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-4)}`);
