// A small server that speaks the wire contract from memory: enough of Hotline to develop the pages
// against and to force states that a real one reaches only by luck.
import { createServer } from 'node:http';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function serveSocket(socket, key, protocol, onText, onEnd) {
	const accept = createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
	socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`);
	let buf = Buffer.alloc(0);
	const frame = (op, data) => {
		const head = data.length < 126 ? Buffer.from([0x80 | op, data.length]) : Buffer.from([0x80 | op, 126, data.length >> 8, data.length & 255]);
		if (!socket.destroyed) socket.write(Buffer.concat([head, data]));
	};
	socket.on('data', (more) => {
		buf = Buffer.concat([buf, more]);
		for (;;) {
			if (buf.length < 2) return;
			let len = buf[1] & 127;
			let at = 2;
			if (len === 126) {
				if (buf.length < 4) return;
				len = buf.readUInt16BE(2);
				at = 4;
			}
			if (buf.length < at + 4 + len) return;
			const mask = buf.subarray(at, at + 4);
			const data = Buffer.from(buf.subarray(at + 4, at + 4 + len)).map((b, i) => b ^ mask[i & 3]);
			const op = buf[0] & 15;
			buf = buf.subarray(at + 4 + len);
			if (op === 8) {
				frame(8, data);
				socket.end();
			} else if (op === 9) frame(10, data);
			else if (op === 1) onText(data.toString());
		}
	});
	socket.on('close', onEnd);
	socket.on('error', () => undefined);
	return { send: (o) => frame(1, Buffer.from(JSON.stringify(o))), kill: () => socket.destroy() };
}

const ANSWERS = [
	[/fee|手续费/i, 'fees.trading', 'Spot trading costs **0.10 %** maker and taker. See https://acme.example/fees for tiers:\n- VIP 1: 0.08 %\n- VIP 2: 0.06 %'],
	[/withdraw|提币|提现/i, 'withdraw.pending', 'I can check that. Please send the transaction hash (TxID).', ['Withdrawal status', 'Where is my TxID?', 'Talk to a person']],
	[/deposit|充值|充币/i, 'deposit.missing', 'Deposits are credited after *12 confirmations*. Which coin did you send?', ['USDT', 'BTC', 'ETH']],
	[/2fa|验证/i, 'twofa.lost', 'To reset 2FA, open `Security > 2FA` and choose **Lost device**.'],
	[/hack|got into|gone|盗/i, 'account.hacked', null, null, 'sensitive'],
];

export function start({ dist, port = 0 }) {
	const convs = new Map();
	const chats = new Set();
	const agents = new Set();
	const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
	const byPath = new Map(manifest.files.map((f) => [f.path, f]));

	const item = (c) => ({ conv: c.id, team: c.team, urgency: c.reason === 'sensitive' ? 'always' : 'ask', reason: c.reason, since: c.since, lang: c.lang, title: c.title, customer: c.customer });
	const toAgents = (o) => agents.forEach((a) => a.ready && a.send(o));
	const watchers = (c, o, except) => {
		for (const s of chats) if (s.conv === c && s !== except && !['note'].includes(o.kind)) s.send(o);
		for (const a of agents) if (a.open?.has(c.id) && a !== except) a.send({ ...o, conv: c.id });
	};
	function entry(c, e, sender) {
		const full = { t: 'ev', seq: c.log.length + 1, at: new Date().toISOString(), ...e };
		if (full.buttons) full.buttons = full.buttons.map((title, i) => ({ title, choice: `${full.seq}.${i + 1}` }));
		c.log.push(full);
		if (sender && e.cid) {
			sender.send({ t: 'ack', cid: e.cid, seq: full.seq, at: full.at, ...(sender.agent ? { conv: c.id } : {}) });
			c.acks.set(e.cid, full);
		}
		watchers(c, full, sender);
		return full;
	}
	function queue(c, reason) {
		c.state = 'queued';
		c.reason = reason;
		c.team = reason === 'sensitive' ? 'security' : 'funds';
		c.since = new Date().toISOString();
		for (const s of chats) if (s.conv === c) s.send({ t: 'queue', position: 3, waiting: 14, wait_s: [180, 360], actions: [{ title: 'Leave a message instead', choice: 'q.1' }, { title: 'Back to assistant', choice: 'q.2' }] });
		for (const a of agents) if (a.ready) a.send({ t: 'queue_delta', version: ++a.version, add: [item(c)] });
		const free = [...agents].find((a) => a.presence === 'online');
		if (free) {
			c.offer = { t: 'offer', conv: c.id, offer: `o${randomBytes(3).toString('hex')}`, expires_ms: 20000, reason, team: c.team, urgency: 'always', waited_ms: 4100, summary: { intents: c.intents, slots: {}, last: c.log.at(-2)?.text ?? '' } };
			free.send(c.offer);
		}
	}
	function bot(c, text) {
		const hit = ANSWERS.find(([re]) => re.test(text));
		const reply_to = c.log.length;
		if (!hit) return entry(c, { kind: 'text', by: { role: 'bot' }, text: 'I did not get that. Did you mean one of these?', buttons: ['Deposits', 'Withdrawals', 'Talk to a person'], reply_to });
		c.title = hit[1];
		c.intents.push(hit[1]);
		if (hit[4]) {
			entry(c, { kind: 'handoff', by: { role: 'system' }, reason: hit[4], team: 'security' });
			return queue(c, hit[4]);
		}
		return entry(c, { kind: 'text', by: { role: 'bot' }, text: hit[2], intent: hit[1], reply_to, ...(hit[3] ? { buttons: hit[3] } : {}) });
	}
	function chatFrame(s, f) {
		if (f.t === 'ping') return s.send({ t: 'pong', n: f.n });
		if (f.t === 'hello') {
			if (f.resume && !convs.has(f.resume)) return s.send({ t: 'error', code: 'not_found', message: 'no such conversation' });
			const c = convs.get(f.resume) ?? { id: randomBytes(6).toString('hex'), log: [], notes: [], acks: new Map(), intents: [], state: 'bot', lang: f.lang, customer: 'guest', title: '' };
			convs.set(c.id, c);
			s.conv = c;
			s.send({ t: 'welcome', v: 1, conv: c.id, resume: c.id, seq: c.log.length, state: c.state, lang: c.lang, limits: { text: 4000 }, ...(c.log.length ? {} : { greeting: { text: f.lang?.startsWith('zh') ? '您好,我是智能助手。请问需要什么帮助?' : 'Hello, I am the assistant of Acme Exchange. What can I do for you?', buttons: [{ title: f.lang?.startsWith('zh') ? '充值未到账' : 'Deposit missing', choice: '0.1' }, { title: 'Trading fees', choice: '0.2' }] } }) });
			for (const e of c.log.slice(f.last_seq ?? 0)) s.send(e);
			if (c.state === 'queued') s.send({ t: 'queue', position: 2, waiting: 14 });
			return undefined;
		}
		const c = s.conv;
		if (!c) return s.send({ t: 'error', code: 'bad_frame' });
		if (f.cid) {
			const had = c.acks.get(f.cid);
			if (had) return s.send({ t: 'ack', cid: f.cid, seq: had.seq, at: had.at });
		}
		if (f.t === 'send') {
			const title = f.choice ? (c.log.at(-1)?.buttons?.find((b) => b.choice === f.choice)?.title ?? (f.choice.startsWith('0') ? 'Trading fees' : null)) : f.text;
			if (f.choice?.startsWith('q.') || !title) return s.send({ t: 'error', code: 'stale', cid: f.cid });
			if (/^refuse/.test(title)) return s.send({ t: 'error', code: 'too_large', cid: f.cid });
			if (c.state === 'closed') c.state = 'bot';
			entry(c, { kind: 'text', by: { role: 'customer' }, text: title, cid: f.cid }, s);
			if (/person/.test(title)) {
				entry(c, { kind: 'handoff', by: { role: 'system' }, reason: 'asked', team: 'funds' });
				queue(c, 'asked');
			} else if (c.state === 'bot') bot(c, title);
		} else if (f.t === 'human') {
			entry(c, { kind: 'handoff', by: { role: 'customer' }, reason: 'asked', cid: f.cid }, s);
			queue(c, 'asked');
		} else if (f.t === 'end') {
			c.state = 'closed';
			entry(c, { kind: 'closed', by: { role: 'customer' }, why: 'ended', cid: f.cid }, s);
		} else if (f.t === 'rate') entry(c, { kind: 'rating', by: { role: 'customer' }, score: f.score, solved: f.solved, cid: f.cid }, s);
		else if (f.t === 'typing') toAgents({ t: 'typing', conv: c.id, by: 'customer', on: f.on });
		return undefined;
	}
	function agentFrame(a, f) {
		if (f.t === 'ping') return a.send({ t: 'pong', n: f.n });
		if (f.t === 'hello') {
			a.ready = true;
			a.version = 1;
			const mine = [...convs.values()].filter((c) => c.state === 'human').map((c) => ({ conv: c.id, state: 'human', seq: c.log.length, note_seq: c.notes.length, since: c.since, title: c.title, customer: c.customer }));
			a.send({ t: 'welcome', v: 1, agent: { name: 'mei', display: 'Mei Lin', teams: ['funds', 'security'], langs: ['en', 'zh'], roles: ['agent'], capacity: 6 }, mine, online: [{ name: 'mei', display: 'Mei Lin', teams: ['funds'] }, { name: 'chen', display: 'Chen Wei', teams: ['security'] }] });
			a.send({ t: 'queue', version: 1, items: [...convs.values()].filter((c) => c.state === 'queued').map(item) });
			return undefined;
		}
		if (f.t === 'presence') {
			a.presence = f.state;
			return undefined;
		}
		if (f.t === 'queue') return a.send({ t: 'queue', version: a.version, items: [...convs.values()].filter((c) => c.state === 'queued').map(item) });
		const c = convs.get(f.conv);
		if (!c) return a.send({ t: 'error', code: 'not_found', conv: f.conv });
		const info = () => ({ t: 'conv', conv: c.id, state: c.state, seq: c.log.length, note_seq: c.notes.length, team: c.team, customer: { name: c.customer, lang: 'en', page: 'https://acme.example/wallet', order: 'WD-20931' }, slots: { txid: '0x9f3c1a2b4d5e6f70819293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6b21e', coin: 'USDT', amount: '1250' }, matched: c.intents.map((intent) => ({ intent, score: 0.94, rule: `${intent.split('.')[0]}.yaml:14` })) });
		const show = (from, notes) => {
			a.open.add(c.id);
			a.send(info());
			for (const e of c.log.slice(from)) a.send({ ...e, conv: c.id });
			for (const n of c.notes.slice(notes)) a.send({ ...n, conv: c.id });
		};
		const by = { role: 'agent', name: 'Mei Lin' };
		const leaveQueue = () => agents.forEach((x) => x.ready && x.send({ t: 'queue_delta', version: ++x.version, remove: [c.id] }));
		const had = f.cid && c.acks.get(f.cid);
		if (had) return a.send({ t: 'ack', conv: c.id, cid: f.cid, seq: had.seq, at: had.at });
		if (f.t === 'accept' || f.t === 'take') {
			if (c.state === 'human') return a.send({ t: 'error', code: 'stale', conv: c.id });
			c.state = 'human';
			if (c.offer) a.send({ t: 'offer_gone', offer: c.offer.offer, why: 'taken' });
			leaveQueue();
			entry(c, { kind: 'assigned', by, agent: { name: 'Mei Lin' } });
			return show(0, 0);
		}
		if (f.t === 'decline') return a.send({ t: 'offer_gone', offer: f.offer, why: 'left' });
		if (f.t === 'open') return show(f.last_seq ?? 0, f.last_note_seq ?? 0);
		if (f.t === 'leave') return a.open.delete(c.id);
		if (f.t === 'send') return entry(c, { kind: 'text', by, text: f.text, cid: f.cid }, a);
		if (f.t === 'note') {
			const note = { t: 'ev', kind: 'note', note_seq: c.notes.length + 1, after: c.log.length, at: new Date().toISOString(), by, text: f.text, cid: f.cid };
			c.notes.push(note);
			a.send({ t: 'ack', conv: c.id, cid: f.cid, seq: c.log.length, note_seq: note.note_seq, at: note.at });
			for (const x of agents) if (x !== a && x.open.has(c.id)) x.send({ ...note, conv: c.id });
			return undefined;
		}
		if (f.t === 'resolve') {
			c.state = 'closed';
			return entry(c, { kind: 'closed', by, why: 'resolved', outcome: f.outcome, cid: f.cid }, a);
		}
		if (f.t === 'to_bot') {
			c.state = 'bot';
			return entry(c, { kind: 'released', by, agent: { name: 'Mei Lin' }, cid: f.cid }, a);
		}
		if (f.t === 'transfer') {
			entry(c, { kind: 'transfer', by, team: f.to.team, cid: f.cid }, a);
			queue(c, 'asked');
			return undefined;
		}
		if (f.t === 'typing') for (const s of chats) if (s.conv === c) s.send({ t: 'typing', by: 'agent', on: f.on });
		if (f.t === 'read') for (const s of chats) if (s.conv === c) s.send({ t: 'read', by: 'agent', seq: f.seq });
		return undefined;
	}

	const server = createServer((req, res) => {
		const path = new URL(req.url, 'http://x').pathname;
		if (req.method === 'POST' && path === '/v1/login') {
			let body = '';
			req.on('data', (d) => (body += d));
			req.on('end', () => {
				const ok = JSON.parse(body).password === 'right';
				res.writeHead(ok ? 200 : 401, { 'content-type': 'application/json', ...(ok ? { 'set-cookie': 'hotline_session=1; HttpOnly; SameSite=Strict; Path=/' } : {}) });
				res.end(JSON.stringify(ok ? { token: 'tok', expires: '2099-01-01T00:00:00Z', agent: { name: 'mei' } } : { error: 'unauthorized' }));
			});
			return;
		}
		if (req.method === 'POST' && path === '/v1/logout') {
			res.writeHead(204, { 'set-cookie': 'hotline_session=; Max-Age=0; Path=/' });
			res.end();
			return;
		}
		if (mock.page && path === '/page') {
			res.writeHead(200, { 'content-type': 'text/html', ...mock.page.headers });
			res.end(mock.page.body);
			return;
		}
		const file = byPath.get(path);
		if (!file) {
			res.writeHead(404);
			res.end();
			return;
		}
		res.writeHead(200, { 'content-type': file.type, 'content-security-policy': file.framed ? `${file.csp}; frame-ancestors *` : file.csp, 'cache-control': 'no-cache' });
		res.end(readFileSync(join(dist, file.file)));
	});
	function upgrade(req, socket) {
		const agentSide = req.url.startsWith('/v1/agent');
		if (agentSide && !/hotline_session=1/.test(req.headers.cookie ?? '')) {
			const s = serveSocket(socket, req.headers['sec-websocket-key'], 'hotline.agent.v1', () => s.send({ t: 'error', code: 'unauthorized' }), () => undefined);
			return;
		}
		const set = agentSide ? agents : chats;
		const peer = serveSocket(socket, req.headers['sec-websocket-key'], agentSide ? 'hotline.agent.v1' : 'hotline.chat.v1', (text) => (agentSide ? agentFrame : chatFrame)(peer, JSON.parse(text)), () => set.delete(peer));
		if (agentSide) {
			peer.agent = true;
			peer.open = new Set();
		}
		set.add(peer);
	}
	const mock = {
		convs,
		refuse: false,
		page: null, // what /page serves
		killChats: () => chats.forEach((s) => s.kill()),
		agentSays: (c, e) => {
			if (e.kind === 'assigned') c.state = 'human';
			if (e.kind === 'closed') c.state = 'closed';
			entry(c, e);
		},
		tellChats: (c, o) => chats.forEach((s) => s.conv === c && s.send(o)),
	};
	server.on('upgrade', (req, socket) => (mock.refuse ? socket.destroy() : upgrade(req, socket)));
	return new Promise((done) => {
		server.listen(port, '127.0.0.1', () => done(Object.assign(mock, { port: server.address().port })));
	});
}

if (process.argv[1]?.endsWith('mock.mjs')) {
	const at = await start({ dist: process.argv[2], port: Number(process.argv[3] ?? 8099) });
	console.log(`http://localhost:${at.port}/`);
}
