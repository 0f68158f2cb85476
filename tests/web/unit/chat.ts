import { Chat } from '../../../adapters/web/src/core/chat.ts';
import { memoryKeep } from '../../../adapters/web/src/core/storage.ts';
import { check, equal, test } from '../tap.mjs';
import { FakeClock, FakeServer, type Frame } from './lib/fake.ts';

const at = '2026-11-22T10:00:00.000Z';
const welcome = (seq = 0, state = 'bot', more: Frame = {}): Frame => ({ t: 'welcome', v: 1, conv: 'k', resume: 'R', seq, state, ...more });
const ev = (seq: number, more: Frame = {}): Frame => ({ t: 'ev', seq, at, kind: 'text', by: { role: 'bot' }, text: `t${seq}`, ...more });

function make(lasting = memoryKeep(), passing = memoryKeep()) {
	const clock = new FakeClock();
	const server = new FakeServer();
	const events: string[] = [];
	const chat = new Chat({ clock, connect: server.connect, lasting, passing, change: () => undefined, event: (name) => events.push(name) });
	return { clock, server, chat, events, lasting, passing };
}

test('chat: hello names language, page and context, and no resume at first', () => {
	const { server, chat } = make();
	chat.lang = 'zh-CN';
	chat.page = { url: 'https://x/', title: 'X' };
	chat.context = { order: '1' };
	chat.link.start();
	server.accept();
	equal(server.wire.got[0], { t: 'hello', v: 1, lang: 'zh-CN', page: { url: 'https://x/', title: 'X' }, context: { order: '1' } });
});

test('chat: a message is pending until the ack, then an entry', () => {
	const { server, chat } = make();
	chat.say('hi');
	equal(chat.outbox.items.length, 1);
	server.accept().say(welcome());
	const sent = server.wire.last('send')!;
	equal(sent['text'], 'hi');
	server.wire.say({ t: 'ack', cid: sent['cid'], seq: 1, at });
	equal([chat.outbox.items.length, chat.log.entries[0]!.text, chat.log.last], [0, 'hi', 1]);
});

test('chat: sends wait in order, one at a time', () => {
	const { server, chat } = make();
	chat.say('one');
	chat.say('two');
	server.accept().say(welcome());
	equal(server.wire.count('send'), 1);
	server.wire.say({ t: 'ack', cid: server.wire.last('send')!['cid'], seq: 1, at });
	equal(server.wire.last('send')!['text'], 'two');
});

test('chat: what was sent into a dying link is sent again under the same id', () => {
	const { server, chat, clock } = make();
	chat.link.start();
	server.accept().say(welcome());
	chat.say('lost');
	const first = server.wire.last('send')!['cid'];
	server.wire.drop();
	clock.pass(1000);
	server.accept().say(welcome());
	equal(server.wire.last('send')!['cid'], first);
});

test('chat: what the server already has is not sent again', () => {
	const { server, chat, clock } = make();
	chat.link.start();
	server.accept().say(welcome());
	chat.say('once');
	const cid = server.wire.last('send')!['cid'];
	server.wire.drop();
	clock.pass(1000);
	server.accept().say(welcome(2));
	equal(server.wire.count('send'), 0, 'nothing is sent before the replay is through');
	server.wire.say(ev(1, { by: { role: 'customer' }, text: 'once', cid }), ev(2));
	equal([server.wire.count('send'), chat.outbox.items.length, chat.log.last], [0, 0, 2]);
});

test('chat: resume asks for what came after the last entry; repeats are ignored', () => {
	const { server, chat, clock } = make();
	chat.link.start();
	server.accept().say(welcome(), ev(1), ev(2));
	server.wire.drop();
	clock.pass(1000);
	server.accept();
	equal([server.wire.got[0]!['resume'], server.wire.got[0]!['last_seq']], ['R', 2]);
	server.wire.say(welcome(3), ev(2), ev(3), ev(3));
	equal(chat.log.entries.map((e) => e.seq), [1, 2, 3]);
});

test('chat: a gap is never shown: the link is taken anew', () => {
	const { server, chat, clock } = make();
	chat.link.start();
	server.accept().say(welcome(), ev(1), ev(3));
	equal([chat.log.last, chat.link.state], [1, 'waiting']);
	clock.pass(1000);
	server.accept().say(welcome(3), ev(2), ev(3));
	equal(chat.log.last, 3);
});

test('chat: the outbox survives a reload', () => {
	const first = make();
	first.chat.link.start();
	first.server.accept().say(welcome());
	first.chat.say('keep me');
	const cid = first.server.wire.last('send')!['cid'];
	const second = make(first.lasting, first.passing);
	check(second.chat.known, 'the conversation is known');
	second.chat.link.start();
	second.server.accept();
	equal(second.server.wire.got[0]!['resume'], 'R');
	second.server.wire.say(welcome(0));
	equal(second.server.wire.last('send')!['cid'], cid);
});

test('chat: an unknown resume begins anew and loses no draft message', () => {
	const lasting = memoryKeep();
	lasting.set('hotline.resume', 'OLD');
	const { server, chat } = make(lasting);
	chat.say('hello');
	server.accept().say({ t: 'error', code: 'not_found' });
	equal(server.wire.got[1], { t: 'hello', v: 1 });
	server.wire.say(welcome());
	equal(server.wire.last('send')!['text'], 'hello');
});

test('chat: busy and slow_down are tried again, later, under the same id', () => {
	const { server, chat, clock } = make();
	chat.link.start();
	server.accept().say(welcome());
	chat.say('x');
	const cid = server.wire.last('send')!['cid'];
	server.wire.say({ t: 'error', code: 'slow_down', cid, retry_after_ms: 800 });
	clock.pass(799);
	equal(server.wire.count('send'), 1);
	clock.pass(1);
	equal([server.wire.count('send'), server.wire.last('send')!['cid']], [2, cid]);
});

test('chat: a refusal shows, the next message goes on, trying again keeps the id', () => {
	const { server, chat } = make();
	chat.link.start();
	server.accept().say(welcome());
	chat.say('bad');
	const cid = server.wire.last('send')!['cid'] as string;
	chat.say('good');
	server.wire.say({ t: 'error', code: 'too_large', cid });
	equal(chat.outbox.items.find((i) => i.cid === cid)!.failed, 'too_large');
	const good = server.wire.last('send')!;
	equal(good['text'], 'good');
	server.wire.say({ t: 'ack', cid: good['cid'], seq: 1, at });
	chat.sender.again(cid);
	equal(server.wire.last('send')!['cid'], cid);
});

test('chat: no ack for 15 s is "not sent"; a late ack still counts', () => {
	const { server, chat, clock } = make();
	chat.link.start();
	server.accept().say(welcome());
	chat.say('x');
	const cid = server.wire.last('send')!['cid'];
	clock.pass(15_000);
	equal(chat.outbox.items[0]!.failed, 'timeout');
	server.wire.say({ t: 'ack', cid, seq: 1, at });
	equal([chat.outbox.items.length, chat.log.last], [0, 1]);
});

test('chat: the states follow the log', () => {
	const { server, chat } = make();
	chat.link.start();
	server.accept().say(welcome());
	const say = (f: Frame): string => (server.wire.say(f), chat.state);
	equal(say(ev(1, { kind: 'handoff', by: { role: 'system' }, reason: 'asked' })), 'queued');
	server.wire.say({ t: 'queue', position: 3, waiting: 14, wait_s: [180, 360] });
	equal(chat.queue!.position, 3);
	equal(say(ev(2, { kind: 'assigned', by: { role: 'agent', name: 'Mei' }, agent: { name: 'Mei' } })), 'human');
	equal([chat.agent, chat.queue], ['Mei', null]);
	equal(say(ev(3, { kind: 'transfer', by: { role: 'agent', name: 'Mei' }, team: 'funds' })), 'queued');
	equal(say(ev(4, { kind: 'assigned', by: { role: 'agent', name: 'Chen' }, agent: { name: 'Chen' } })), 'human');
	equal(say(ev(5, { kind: 'released', by: { role: 'agent', name: 'Chen' } })), 'bot');
	equal(say(ev(6, { kind: 'assigned', by: { role: 'agent', name: 'Chen' }, agent: { name: 'Chen' } })), 'human');
	equal(say(ev(7, { kind: 'released', by: { role: 'system' }, agent: { name: 'Chen' } })), 'queued', 'the agent has gone');
	equal(say(ev(8, { kind: 'released', by: { role: 'system' }, agent: { name: '' } })), 'bot', 'the customer went back');
	equal(say(ev(9, { kind: 'closed', by: { role: 'system' }, why: 'idle' })), 'closed');
	equal(say(ev(10, { by: { role: 'customer' } })), 'bot');
});

test('chat: after a replay the welcome has the last word on the state', () => {
	const { server, chat } = make();
	chat.link.start();
	server.accept().say(welcome(1, 'queued'), ev(1, { kind: 'released', by: { role: 'agent' } }));
	equal(chat.state, 'queued');
});

test('chat: a redaction rewrites what the screen shows', () => {
	const { server, chat } = make();
	chat.link.start();
	server.accept().say(welcome(), ev(1, { text: 'my card 4111…' }), ev(2, { kind: 'redaction', by: { role: 'system' }, of: 1, text: 'my card [card]' }));
	equal(chat.log.entries[0]!.text, 'my card [card]');
});

test('chat: the ack of a request stands for its entry until the entry comes', () => {
	const { server, chat } = make();
	chat.link.start();
	server.accept().say(welcome());
	chat.human();
	server.wire.say({ t: 'ack', cid: server.wire.last('human')!['cid'], seq: 1, at });
	equal([chat.state, chat.log.entries[0]!.kind], ['queued', 'handoff']);
	server.wire.say(ev(1, { kind: 'handoff', by: { role: 'system' }, reason: 'asked', team: 'funds' }));
	equal([chat.log.last, chat.log.entries[0]!.team], [1, 'funds']);
});

test('chat: frames that are none of ours change nothing', () => {
	const { server, chat } = make();
	chat.link.start();
	const wire = server.accept();
	wire.say(welcome());
	for (const data of ['', '{', '[]', 'null', '{"t":"constructor"}', '{"t":"ev"}', '{"t":"ev","seq":-1,"at":"x","kind":"text","by":{}}', '{"t":"ack","cid":7}', new ArrayBuffer(2)])
		wire.onmessage?.({ data });
	equal([chat.log.last, chat.link.state], [0, 'open']);
});

test('chat: any random cut of a conversation ends in the same log', () => {
	for (let seed = 1; seed <= 200; seed++) {
		let n = seed * 7919;
		const random = (most: number): number => (n = (n * 1103515245 + 12345) & 0x7fffffff) % most;
		const { server, chat, clock } = make();
		// the server: its log, and what it has acknowledged by id
		const log: Frame[] = [];
		const done = new Map<unknown, number>();
		const texts = ['a', 'b', 'c', 'd'];
		const serve = (): void => {
			const wire = server.wire;
			let read = 0;
			while (read < wire.got.length) {
				const f = wire.got[read++]!;
				if (f['t'] === 'hello') {
					wire.say(welcome(log.length), ...log.slice((f['last_seq'] as number | undefined) ?? 0));
					continue;
				}
				if (f['t'] !== 'send') continue;
				let seq = done.get(f['cid']);
				const fresh = seq === undefined;
				if (seq === undefined) {
					log.push(ev(log.length + 1, { by: { role: 'customer' }, text: f['text'], cid: f['cid'] }), ev(log.length + 2, { text: `re ${String(f['text'])}` }));
					done.set(f['cid'], (seq = log.length - 1));
				}
				if (random(3) === 0) return wire.drop();
				wire.say({ t: 'ack', cid: f['cid'], seq, at });
				if (random(4) === 0) return wire.drop();
				if (fresh) wire.say(log[seq]!);
			}
			wire.got = [];
		};
		for (const text of texts) chat.say(text);
		for (let turn = 0; turn < 60 && (chat.outbox.items.length > 0 || chat.log.last < 8); turn++) {
			if (chat.link.state === 'connecting' && server.wire.onopen) server.accept();
			serve();
			clock.pass(40_000);
		}
		equal(log.filter((e) => (e['by'] as Frame)['role'] === 'customer').map((e) => e['text']), texts, `seed ${seed}: the server has each once, in order`);
		equal(chat.log.entries.map((e) => e.text), log.map((e) => e['text']), `seed ${seed}: the screen shows the server's log`);
	}
});
