import { Link } from '../../../adapters/web/src/core/link.ts';
import { check, equal, test } from '../tap.mjs';
import { FakeClock, FakeServer } from './lib/fake.ts';

function make() {
	const clock = new FakeClock();
	const server = new FakeServer();
	const states: string[] = [];
	const link: Link = new Link({
		clock,
		connect: server.connect,
		onOpen: () => link.ready(),
		onFrame: () => undefined,
		onState: () => states.push(link.state),
	});
	return { clock, server, states, link };
}

test('link: opens and says so', () => {
	const { server, states, link } = make();
	link.start();
	server.accept();
	equal(states, ['connecting', 'open']);
	link.start();
	equal(server.wires.length, 1, 'a second start changes nothing');
});

test('link: comes back with doubled pauses, at most 30 s', () => {
	const { clock, server, link } = make();
	clock.chance = 1;
	link.start();
	server.accept();
	const waits: number[] = [];
	server.wire.drop();
	for (let i = 0; i < 9; i++) {
		waits.push(link.retryAt - clock.now());
		clock.pass(link.retryAt - clock.now());
		server.wire.drop();
	}
	equal(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
});

test('link: jitter is full and never zero', () => {
	const { clock, server, link } = make();
	clock.chance = 0;
	link.start();
	server.wire.drop();
	equal(link.retryAt - clock.now(), 100);
});

test('link: a welcome starts the pauses anew', () => {
	const { clock, server, link } = make();
	clock.chance = 1;
	link.start();
	for (let i = 0; i < 4; i++) {
		server.wire.drop();
		clock.pass(30_000);
	}
	server.accept();
	server.wire.drop();
	equal(link.retryAt - clock.now(), 500);
});

test('link: a socket that says OPEN but is dead is noticed', () => {
	const { clock, server, link } = make();
	link.start();
	const wire = server.accept();
	clock.pass(20_000);
	equal(wire.count('ping'), 1);
	clock.pass(9_999);
	equal(link.state, 'open');
	clock.pass(1);
	equal(link.state, 'waiting');
	check(wire.closed, 'the dead socket is closed');
});

test('link: any frame after the ping proves it alive', () => {
	const { clock, server, link } = make();
	link.start();
	const wire = server.accept();
	for (let i = 0; i < 5; i++) {
		clock.pass(20_000);
		wire.say({ t: 'pong', n: i });
	}
	equal(link.state, 'open');
	equal(wire.count('ping'), 5);
});

test('link: a server that never welcomes is given up after 10 s', () => {
	const clock = new FakeClock();
	const server = new FakeServer();
	const link = new Link({ clock, connect: server.connect, onOpen: () => undefined, onFrame: () => undefined, onState: () => undefined });
	link.start();
	server.accept();
	clock.pass(10_000);
	equal(link.state, 'waiting');
});

test('link: the server names the time of return', () => {
	const { clock, server, link } = make();
	link.start();
	server.accept();
	link.bye('drain', 2300);
	server.wire.drop();
	equal(link.retryAt - clock.now(), 2300);
});

test('link: replaced means: not by itself', () => {
	const { clock, server, link } = make();
	link.start();
	server.accept();
	link.bye('replaced', 0);
	server.wire.drop();
	equal(link.state, 'replaced');
	clock.pass(3_600_000);
	equal(server.wires.length, 1);
	link.retry();
	equal(server.wires.length, 2);
});

test('link: idle means: when somebody wants it again', () => {
	const { clock, server, link } = make();
	link.start();
	server.accept();
	link.bye('idle', 0);
	server.wire.drop();
	equal(link.state, 'idle');
	clock.pass(60_000);
	equal(server.wires.length, 1);
	link.start();
	equal(server.wires.length, 2);
});

test('link: retry connects at once, or asks for a sign of life', () => {
	const { clock, server, link } = make();
	clock.chance = 1;
	link.start();
	server.accept();
	server.wire.drop();
	link.retry();
	equal(server.wires.length, 2);
	server.accept();
	link.retry();
	equal(server.wire.count('ping'), 1);
	clock.pass(10_000);
	equal(link.state, 'waiting');
});

test('link: a stopped one stays stopped', () => {
	const { clock, server, link } = make();
	link.start();
	server.accept();
	link.stop();
	clock.pass(60_000);
	equal([link.state, server.wires.length], ['idle', 1]);
});
