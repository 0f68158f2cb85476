import { Desk } from '../../../adapters/web/src/console/desk.ts';
import { memoryKeep } from '../../../adapters/web/src/core/storage.ts';
import { equal, test } from '../tap.mjs';
import { FakeClock, FakeServer, type Frame } from './lib/fake.ts';

const at = '2026-11-22T10:00:00.000Z';
const mei = { name: 'mei', display: 'Mei Lin', teams: ['funds'], capacity: 4 };
const ev = (conv: string, seq: number, more: Frame = {}): Frame => ({ t: 'ev', conv, seq, at, kind: 'text', by: { role: 'customer' }, text: `t${seq}`, ...more });
const head = (conv: string, seq: number, more: Frame = {}): Frame => ({ t: 'conv', conv, state: 'human', seq, note_seq: 0, owner: { agent: 'mei', name: 'Mei Lin' }, customer: {}, slots: {}, matched: [], ...more });

(globalThis as unknown as { document: unknown }).document = { visibilityState: 'visible' };

function make(mine: Frame[] = []) {
	const clock = new FakeClock();
	const server = new FakeServer();
	const events: string[] = [];
	const desk = new Desk({
		clock, connect: server.connect, lasting: memoryKeep(), passing: memoryKeep(), change: () => undefined, event: (name, value) => events.push(`${name} ${value}`),
	});
	desk.signedIn('tok');
	const welcome = (): void => server.accept().say({ t: 'welcome', v: 1, agent: mei, mine, online: [] }, { t: 'queue', version: 1, items: [] });
	welcome();
	return { clock, server, desk, events, welcome };
}

test('desk: hello with the token, then presence', () => {
	const { server } = make();
	equal(server.wire.got.slice(0, 2), [{ t: 'hello', v: 1, token: 'tok' }, { t: 'presence', state: 'online' }]);
});

test('desk: the queue is ordered by urgency, then by age', () => {
	const { server, desk } = make();
	const item = (conv: string, urgency: string, since: string): Frame => ({ conv, urgency, since });
	server.wire.say({ t: 'queue_delta', version: 2, add: [item('a', 'none', '2026-11-22T09:00:00Z'), item('b', 'ask', '2026-11-22T09:30:00Z'), item('c', 'always', '2026-11-22T09:50:00Z'), item('d', 'ask', '2026-11-22T09:10:00Z')] });
	equal(desk.queue.map((q) => q.conv), ['c', 'd', 'b', 'a']);
	server.wire.say({ t: 'queue_delta', version: 3, remove: ['c', 'a'] });
	equal(desk.queue.map((q) => q.conv), ['d', 'b']);
});

test('desk: a gap in the versions asks for the queue again', () => {
	const { server, desk } = make();
	server.wire.say({ t: 'queue_delta', version: 4, add: [{ conv: 'a', since: at }] });
	equal([server.wire.count('queue'), desk.queue.length], [1, 0]);
});

test('desk: accept, whole transcript, reply, note', () => {
	const { server, desk, events } = make();
	server.wire.say({ t: 'offer', conv: 'k', offer: 'o1', expires_ms: 20000, reason: 'asked' });
	desk.accept(desk.offers[0]!);
	server.wire.say(head('k', 2), ev('k', 1), ev('k', 2, { kind: 'assigned', by: { role: 'agent', name: 'Mei Lin' }, agent: { name: 'Mei Lin' } }), { t: 'offer_gone', offer: 'o1', why: 'taken' });
	equal([desk.offers.length, desk.open, desk.mine.length, events.includes('opened k')], [0, 'k', 1, true]);
	equal(server.wire.last('read'), { t: 'read', conv: 'k', seq: 2 }, 'what is on the screen has been read');
	const c = desk.current!;
	desk.reply(c, 'hi');
	server.wire.say({ t: 'ack', conv: 'k', cid: server.wire.last('send')!['cid'], seq: 3, at });
	desk.note(c, 'psst');
	server.wire.say({ t: 'ack', conv: 'k', cid: server.wire.last('note')!['cid'], note_seq: 1, at });
	equal([c.log.last, c.log.notes[0]!.text, c.outbox.items.length], [3, 'psst', 0]);
});

test('desk: after a cut everything mine is followed from where it stood', () => {
	const { server, desk, clock, welcome } = make([{ conv: 'k', state: 'human', seq: 2 }]);
	server.wire.say(head('k', 2), ev('k', 1), ev('k', 2));
	desk.show('k');
	desk.reply(desk.current!, 'cut');
	const cid = server.wire.last('send')!['cid'];
	server.wire.drop();
	clock.pass(1000);
	welcome();
	equal(server.wire.last('open'), { t: 'open', conv: 'k', last_seq: 2, last_note_seq: 0 });
	equal(server.wire.count('send'), 0, 'not before the head has come');
	server.wire.say(head('k', 3), ev('k', 3));
	equal(server.wire.last('send')!['cid'], cid);
});

test('desk: an expired offer goes by itself', () => {
	const { server, desk, clock } = make();
	server.wire.say({ t: 'offer', conv: 'k', offer: 'o1', expires_ms: 1000 });
	clock.pass(1500);
	equal(desk.offers.length, 0);
});

test('desk: losing a race says so and shows nothing', () => {
	const { server, desk, events } = make();
	server.wire.say({ t: 'offer', conv: 'k', offer: 'o1', expires_ms: 20000 });
	desk.accept(desk.offers[0]!);
	server.wire.say({ t: 'error', code: 'stale', conv: 'k' });
	equal([desk.offers.length, desk.open, events.pop()], [0, '', 'refused stale']);
});

test('desk: transfer, resolve and to_bot end what is mine', () => {
	for (const act of ['transfer', 'resolve', 'to_bot'] as const) {
		const { server, desk } = make([{ conv: 'k', state: 'human', seq: 1 }]);
		server.wire.say(head('k', 1), ev('k', 1));
		const c = desk.cases.get('k')!;
		if (act === 'transfer') desk.transfer(c, { team: 'funds' }, 'please');
		else if (act === 'resolve') desk.resolve(c, 'solved', []);
		else desk.toBot(c);
		server.wire.say({ t: 'ack', conv: 'k', cid: server.wire.last(act)!['cid'], seq: 2, at });
		equal([c.mine, c.state], [false, { transfer: 'queued', resolve: 'closed', to_bot: 'bot' }[act]], act);
	}
});

test('desk: one from the queue is followed only while looked at', () => {
	const { server, desk } = make();
	server.wire.say({ t: 'queue_delta', version: 2, add: [{ conv: 'a', since: at }, { conv: 'b', since: at }] });
	desk.show('a');
	server.wire.say(head('a', 1, { state: 'queued', owner: undefined }), ev('a', 1));
	equal(desk.current!.mine, false);
	desk.show('b');
	equal([server.wire.last('leave')!['conv'], desk.cases.has('a')], ['a', false]);
});

test('desk: drafts belong to their conversations', () => {
	const { desk, server } = make([{ conv: 'a', state: 'human', seq: 0 }, { conv: 'b', state: 'human', seq: 0 }]);
	server.wire.say(head('a', 0), head('b', 0));
	desk.show('a');
	desk.current!.setDraft('for a');
	desk.show('b');
	equal(desk.current!.draft, '');
	desk.show('a');
	equal(desk.current!.draft, 'for a');
});

test('desk: an ended session signs out and forgets', () => {
	const { desk, server, clock, events } = make([{ conv: 'k', state: 'human', seq: 0 }]);
	server.wire.drop();
	clock.pass(1000);
	server.accept().say({ t: 'error', code: 'unauthorized' });
	equal([desk.account, desk.cases.size, events.pop()], ['out', 0, 'signed-out ']);
});
