// The customer's side of one conversation, without any view: what is known of the log, what is still
// to be delivered, and how the two survive lost connections and reloads.
import type { Clock } from './clock.ts';
import { afterRelease, parse, type AckFrame, type ChatFrame, type Entry, type ErrorFrame, type Greeting, type QueuePlace, type State } from './frames.ts';
import { Link, type Wire } from './link.ts';
import { Log } from './log.ts';
import { Outbox } from './outbox.ts';
import { Sender } from './sender.ts';
import type { Keep } from './storage.ts';

export interface ChatOptions {
	clock: Clock;
	connect(): Wire;
	lasting: Keep; // the resume token: outlives the window
	passing: Keep; // the outbox: of this tab
	change(): void;
	event(name: string, value?: unknown): void;
}

const TYPING_EVERY_MS = 3_000;
const TYPING_FOR_MS = 6_000;
const RESUME = 'hotline.resume';

export class Chat {
	readonly link: Link;
	log = new Log();
	readonly outbox: Outbox;
	readonly sender: Sender;
	state: State = 'bot';
	greeting: Greeting | null = null;
	queue: QueuePlace | null = null;
	agent = '';
	typing = false;
	readByAgent = 0;
	limit = 4000;
	lang = '';
	// the entries up to here were said before this screen opened: not announced
	history = 0;
	caughtUp = false;
	token = '';
	page: { url?: string; title?: string } = {};
	context: Record<string, string> = {};
	private goal = 0;
	private goalState: State = 'bot';
	private typingTimer = 0;
	private typedAt = 0;
	private readSent = 0;
	private first = true;

	constructor(private readonly o: ChatOptions) {
		this.outbox = new Outbox(o.passing, 'hotline.outbox');
		this.sender = new Sender({
			clock: o.clock,
			outbox: this.outbox,
			ready: () => this.link.state === 'open' && this.caughtUp,
			send: (frame) => void this.link.send(frame),
			change: o.change,
		});
		this.link = new Link({
			clock: o.clock,
			connect: o.connect,
			onOpen: () => this.hello(),
			onFrame: (data) => this.frame(data),
			onState: () => {
				if (this.link.state !== 'open') this.sender.stop();
				o.change();
			},
		});
	}

	/* A conversation from an earlier visit is there to go on with. */
	get known(): boolean {
		return this.o.lasting.get(RESUME) !== null || this.outbox.items.length > 0;
	}

	say(text: string): boolean {
		return this.post({ t: 'send', text }, text);
	}
	choose(choice: string, title: string): boolean {
		return this.post({ t: 'send', choice }, title);
	}
	human(): boolean {
		return this.post({ t: 'human' }, '');
	}
	end(): boolean {
		return this.post({ t: 'end' }, '');
	}
	rate(score: number, solved: string, comment: string): boolean {
		return this.post({ t: 'rate', score, ...(solved ? { solved } : {}), ...(comment ? { comment } : {}) }, '');
	}
	/* Leaves this conversation behind: the next hello begins a new one. */
	fresh(): void {
		this.forget();
		this.outbox.clear();
		this.link.stop();
		this.link.start();
		this.o.change();
	}

	/* Shared computers: nothing of the conversation stays here. */
	wipe(): void {
		this.forget();
		this.outbox.clear();
		this.token = '';
		this.link.stop();
		this.o.change();
	}

	identify(token: string): void {
		if (this.token === token) return;
		this.token = token;
		if (this.link.state !== 'idle') {
			this.link.stop();
			this.link.start();
		}
	}

	read(seq: number): void {
		if (seq <= this.readSent || this.link.state !== 'open') return;
		this.readSent = seq;
		this.link.send({ t: 'read', seq });
	}

	typed(on: boolean): void {
		const now = this.o.clock.now();
		if (this.state !== 'human' || (on && now - this.typedAt < TYPING_EVERY_MS) || (!on && this.typedAt === 0)) return;
		this.typedAt = on ? now : 0;
		this.link.send({ t: 'typing', on });
	}

	private forget(): void {
		this.log = new Log();
		this.state = 'bot';
		this.greeting = this.queue = null;
		this.agent = '';
		this.readByAgent = this.readSent = this.history = 0;
		this.first = true;
		this.o.lasting.remove(RESUME);
		this.o.event('resume', '');
	}

	private post(frame: Record<string, unknown>, shown: string): boolean {
		this.link.start();
		return this.sender.post(frame, shown);
	}

	private hello(): void {
		const resume = this.o.lasting.get(RESUME);
		const some = (v: object): boolean => Object.keys(v).length > 0;
		this.caughtUp = false;
		this.link.send({
			t: 'hello',
			v: 1,
			...(resume ? { resume, last_seq: this.log.last } : {}),
			...(this.token ? { token: this.token } : {}),
			...(this.lang ? { lang: this.lang } : {}),
			...(some(this.page) ? { page: this.page } : {}),
			...(some(this.context) ? { context: this.context } : {}),
		});
	}

	private frame(data: unknown): void {
		const f = parse<ChatFrame>(data);
		if (!f) return;
		switch (f.t) {
			case 'welcome':
				this.welcome(f);
				break;
			case 'ev':
				this.entry(f);
				break;
			case 'ack':
				this.ack(f);
				break;
			case 'queue':
				this.queue = f;
				if (this.state === 'bot') this.state = 'queued';
				this.o.event('queue', { position: f.position, waiting: f.waiting });
				break;
			case 'typing':
				this.agentTypes(f.on);
				break;
			case 'read':
				this.readByAgent = Math.max(this.readByAgent, f.seq);
				break;
			case 'error':
				this.error(f);
				break;
			case 'bye':
				this.link.bye(f.reason, f.retry_ms ?? 0);
				break;
			case 'pong':
				return;
		}
		this.o.change();
	}

	private welcome(f: ChatFrame & { t: 'welcome' }): void {
		const old = this.o.lasting.get(RESUME);
		if (old !== f.resume) {
			this.log = new Log();
			this.first = true;
			this.o.lasting.set(RESUME, f.resume);
		}
		this.o.event('resume', f.resume);
		this.state = f.state;
		if (f.state !== 'queued') this.queue = null;
		if (f.greeting) this.greeting = f.greeting;
		if (f.limits?.text) this.limit = f.limits.text;
		this.goal = f.seq;
		this.goalState = f.state;
		if (this.first) this.history = f.seq;
		this.first = false;
		this.link.ready();
		this.arrived();
	}

	private entry(f: Entry): void {
		if (f.cid) this.sender.done(f.cid);
		const done = this.log.add(f);
		if (done === 'gap') {
			this.link.lost();
			return;
		}
		if (done === 'new') {
			this.follow(f);
			if (f.seq > this.history) this.tell(f);
		}
		this.arrived();
	}

	/* What an entry says about the conversation's state. */
	private follow(f: Entry): void {
		if (f.kind === 'text') {
			if (f.by.role === 'agent') {
				this.agent = f.by.name ?? this.agent;
				this.agentTypes(false);
			}
			if (f.by.role === 'customer' && this.state === 'closed') this.state = 'bot';
		} else if (f.kind === 'handoff' || f.kind === 'transfer') this.state = 'queued';
		else if (f.kind === 'assigned') {
			this.state = 'human';
			this.agent = f.agent?.name ?? f.by.name ?? '';
		} else if (f.kind === 'released') this.state = afterRelease(f);
		else if (f.kind === 'closed') this.state = 'closed';
		if (this.state !== 'queued') this.queue = null;
		if (this.state !== 'human') this.typing = false;
	}

	/* Tells the page around about an entry that is news. */
	private tell(f: Entry): void {
		if (f.kind === 'text' && f.by.role !== 'customer') this.o.event('message', f);
		else if (f.kind === 'assigned') this.o.event('agent', this.agent);
		else if (f.kind === 'rating') this.o.event('rated', { score: f.score });
	}

	private ack(f: AckFrame): void {
		const item = this.sender.done(f.cid);
		if (item) {
			const done = this.log.acked(f, item, { role: 'customer' });
			if (done === 'gap') {
				this.link.lost();
				return;
			}
			if (done === 'new') {
				this.follow(this.log.entries[f.seq - 1]!);
				this.tell(this.log.entries[f.seq - 1]!);
			}
		}
		this.arrived();
	}

	private arrived(): void {
		if (!this.caughtUp && this.log.last >= this.goal) {
			this.caughtUp = true;
			// the server's word counts more than what the entries let us guess
			if (this.log.last === this.goal) this.state = this.goalState;
		}
		this.sender.flush();
	}

	private error(f: ErrorFrame): void {
		if (f.cid) {
			if (this.sender.refused(f)) this.o.event('error', f.code);
			return;
		}
		if (this.link.state === 'connecting') {
			if (f.code === 'not_found' && this.o.lasting.get(RESUME)) {
				this.forget();
				this.hello();
			} else if (f.code === 'unauthorized' && this.token) {
				this.token = '';
				this.o.event('token');
				this.link.lost();
			}
		}
		this.o.event('error', f.code);
	}

	private agentTypes(on: boolean): void {
		this.o.clock.cancel(this.typingTimer);
		this.typing = on;
		if (on) {
			this.typingTimer = this.o.clock.after(TYPING_FOR_MS, () => {
				this.typing = false;
				this.o.change();
			});
		}
	}
}
