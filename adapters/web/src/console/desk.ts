// The agent's side without any view: the queue as the server pushes it, offers, and the conversations
// this agent follows, each with its log, its outbox and its draft. Everything resumes by seq.
import type { Clock } from '../core/clock.ts';
import {
	afterRelease, parse, type AckFrame, type Agent, type AgentFrame, type ConvInfo, type Entry, type ErrorFrame, type Mine, type Note, type Offer, type QueueItem, type State,
} from '../core/frames.ts';
import { Link, type Wire } from '../core/link.ts';
import { Log } from '../core/log.ts';
import { Outbox } from '../core/outbox.ts';
import { Sender } from '../core/sender.ts';
import type { Keep } from '../core/storage.ts';

export type Presence = 'online' | 'away' | 'offline';
export type Account = 'unknown' | 'out' | 'in';
export interface Standing extends Offer {
	until: number;
	since: number;
}

const TYPING_MS = 6_000;
const TYPING_EVERY_MS = 3_000;
const KEEP_CLOSED = 20;

/* One conversation as this agent knows it. */
export class Case {
	readonly log = new Log();
	readonly outbox: Outbox;
	readonly sender: Sender;
	info: ConvInfo | null = null;
	state: State;
	name = '';
	title = '';
	team = '';
	lang = '';
	since = 0;
	mine = false;
	followed = false;
	caughtUp = false;
	seen = 0;
	typing = false;
	readByCustomer = 0;
	draft: string;
	noting = false;
	rules: NonNullable<ConvInfo['matched']> = [];
	private typingTimer = 0;

	constructor(
		readonly conv: string,
		private readonly desk: Desk,
		state: State,
	) {
		this.state = state;
		this.outbox = new Outbox(desk.o.passing, `hotline.agent.${conv}`);
		this.draft = desk.o.passing.get(`hotline.draft.${conv}`) ?? '';
		this.sender = new Sender({
			clock: desk.o.clock,
			outbox: this.outbox,
			ready: () => desk.link.state === 'open' && this.followed && this.caughtUp,
			send: (frame) => void desk.link.send(frame),
			change: desk.o.change,
		});
	}

	setDraft(text: string): void {
		this.draft = text;
		if (text) this.desk.o.passing.set(`hotline.draft.${this.conv}`, text);
		else this.desk.o.passing.remove(`hotline.draft.${this.conv}`);
		this.desk.o.change();
	}

	/* The last word between the two people, or the bot's while there is none. */
	get last(): Entry | undefined {
		const texts = this.log.entries.filter((e) => e.kind === 'text');
		return texts.filter((e) => e.by.role !== 'bot').pop() ?? texts.pop();
	}

	/* The rules that matched, newest knowledge first; what the bot has answered counts too. */
	get matched(): NonNullable<ConvInfo['matched']> {
		const known = [...this.rules];
		for (const e of this.log.entries) {
			for (const intent of e.intents ?? (e.intent ? [e.intent] : [])) if (!known.some((m) => m.intent === intent)) known.push({ intent });
		}
		return known;
	}

	/* Since when the customer has been waiting for a word; 0: the next word is theirs. */
	get owes(): number {
		let at = 0;
		for (let i = this.log.entries.length - 1; i >= 0; i--) {
			const e = this.log.entries[i]!;
			if (e.kind !== 'text' || e.by.role === 'bot') continue;
			if (e.by.role !== 'customer') break;
			at = Date.parse(e.at);
		}
		return at;
	}

	get unread(): number {
		return this.mine ? this.log.entries.slice(this.seen).filter((e) => e.kind === 'text' && e.by.role === 'customer').length : 0;
	}

	customerTypes(on: boolean): void {
		this.desk.o.clock.cancel(this.typingTimer);
		this.typing = on;
		if (on) {
			this.typingTimer = this.desk.o.clock.after(TYPING_MS, () => {
				this.typing = false;
				this.desk.o.change();
			});
		}
	}
}

export interface DeskOptions {
	clock: Clock;
	connect(): Wire;
	lasting: Keep;
	passing: Keep;
	change(): void;
	event(name: 'message' | 'offer' | 'signed-out' | 'opened' | 'refused', conv: string): void;
}

export class Desk {
	readonly link: Link;
	account: Account;
	me: Agent | null = null;
	presence: Presence;
	online: Agent[] = [];
	teams: string[] = [];
	queue: QueueItem[] = [];
	more = false;
	offers: Standing[] = [];
	cases = new Map<string, Case>();
	open = '';
	token = '';
	private version = 0;
	private typedAt = 0;
	private wanted = ''; // a conversation to show once it is ours

	constructor(readonly o: DeskOptions) {
		const p = o.lasting.get('hotline.presence');
		this.presence = p === 'away' || p === 'offline' ? p : 'online';
		this.account = o.lasting.get('hotline.signed') ? 'unknown' : 'out';
		this.link = new Link({
			clock: o.clock,
			connect: o.connect,
			onOpen: () => void this.link.send({ t: 'hello', v: 1, ...(this.token ? { token: this.token } : {}) }),
			onFrame: (data) => this.frame(data),
			onState: () => {
				if (this.link.state !== 'open') this.cut();
				o.change();
			},
		});
	}

	get current(): Case | undefined {
		return this.cases.get(this.open);
	}

	get mine(): Case[] {
		return [...this.cases.values()].filter((c) => c.mine).sort((a, b) => a.since - b.since);
	}

	signedIn(token: string): void {
		this.token = token;
		this.o.lasting.set('hotline.signed', '1');
		this.account = 'unknown';
		this.link.start();
		this.o.change();
	}

	signedOut(): void {
		this.token = '';
		this.o.lasting.remove('hotline.signed');
		this.account = 'out';
		this.link.stop();
		this.me = null;
		this.queue = [];
		this.offers = [];
		for (const c of this.cases.values()) {
			c.outbox.clear();
			c.setDraft('');
		}
		this.cases.clear();
		this.open = '';
		this.o.change();
	}

	setPresence(state: Presence): void {
		this.presence = state;
		this.o.lasting.set('hotline.presence', state);
		this.link.send({ t: 'presence', state });
		this.o.change();
	}

	accept(offer: Standing): void {
		this.wanted = offer.conv;
		this.link.send({ t: 'accept', conv: offer.conv, offer: offer.offer });
	}

	decline(offer: Standing): void {
		this.link.send({ t: 'decline', conv: offer.conv, offer: offer.offer });
		this.drop(offer.offer);
	}

	take(conv: string): void {
		this.wanted = conv;
		this.link.send({ t: 'take', conv });
	}

	/* Shows a conversation; one from the queue is followed only while it is looked at. */
	show(conv: string): void {
		const before = this.current;
		if (before && before.conv !== conv && !before.mine && before.state !== 'closed') {
			this.link.send({ t: 'leave', conv: before.conv });
			this.cases.delete(before.conv);
		}
		this.open = conv;
		if (conv && !this.cases.has(conv)) {
			const item = this.queue.find((q) => q.conv === conv);
			const c = new Case(conv, this, 'queued');
			if (item) this.named(c, item);
			this.cases.set(conv, c);
			this.follow(c);
		}
		this.saw();
		this.o.change();
	}

	/* What is on the screen has been read. */
	saw(): void {
		const c = this.current;
		if (!c || c.log.last <= c.seen) return;
		c.seen = c.log.last;
		if (c.mine) this.link.send({ t: 'read', conv: c.conv, seq: c.seen });
	}

	reply(c: Case, text: string): boolean {
		return c.sender.post({ t: 'send', conv: c.conv, text }, text);
	}
	note(c: Case, text: string): boolean {
		return c.sender.post({ t: 'note', conv: c.conv, text }, text);
	}
	transfer(c: Case, to: { team?: string; agent?: string }, note: string): boolean {
		return c.sender.post({ t: 'transfer', conv: c.conv, to, ...(note ? { note } : {}) }, '');
	}
	resolve(c: Case, outcome: string, tags: string[]): boolean {
		return c.sender.post({ t: 'resolve', conv: c.conv, outcome, ...(tags.length > 0 ? { tags } : {}) }, '');
	}
	toBot(c: Case): boolean {
		return c.sender.post({ t: 'to_bot', conv: c.conv }, '');
	}

	typed(c: Case, on: boolean): void {
		const now = this.o.clock.now();
		if (!c.mine || c.noting || (on && now - this.typedAt < TYPING_EVERY_MS) || (!on && this.typedAt === 0)) return;
		this.typedAt = on ? now : 0;
		this.link.send({ t: 'typing', conv: c.conv, on });
	}

	private cut(): void {
		this.offers = [];
		for (const c of this.cases.values()) {
			c.sender.stop();
			c.followed = false;
		}
	}

	private follow(c: Case): void {
		c.caughtUp = false;
		this.link.send({ t: 'open', conv: c.conv, last_seq: c.log.last, last_note_seq: c.log.lastNote });
	}

	/* Something is missing: asks for the rest, once. */
	private mend(c: Case): void {
		if (c.caughtUp) this.follow(c);
	}

	private frame(data: unknown): void {
		const f = parse<AgentFrame>(data);
		if (!f) return;
		switch (f.t) {
			case 'welcome':
				this.welcome(f);
				break;
			case 'queue':
				this.version = f.version;
				this.queue = sorted(f.items);
				this.more = f.more === true;
				break;
			case 'queue_delta':
				this.delta(f);
				break;
			case 'offer':
				this.offered(f);
				break;
			case 'offer_gone':
				this.drop(f.offer);
				break;
			case 'conv':
				this.conv(f);
				break;
			case 'ev':
				this.entry(f.conv, f);
				break;
			case 'ack':
				this.ack(f);
				break;
			case 'typing':
				if (f.by === 'customer') this.cases.get(f.conv)?.customerTypes(f.on);
				break;
			case 'read':
				this.read(f.conv, f.by, f.seq);
				break;
			case 'error':
				this.error(f);
				break;
			case 'bye':
				this.link.bye(f.reason, f.retry_ms ?? 0);
				break;
			case 'pong':
				break;
		}
		this.o.change();
	}

	private welcome(f: AgentFrame & { t: 'welcome' }): void {
		this.account = 'in';
		this.me = f.agent;
		this.online = f.online ?? [];
		this.teams = f.teams ?? [];
		this.offers = [];
		this.o.lasting.set('hotline.signed', '1');
		this.link.ready();
		this.link.send({ t: 'presence', state: this.presence });
		const mine = new Set(f.mine.map((m) => m.conv));
		for (const c of this.cases.values()) if (!mine.has(c.conv)) c.mine = false;
		for (const m of f.mine) this.mineIs(m);
		for (const c of [...this.cases.values()]) {
			if (c.mine || c.conv === this.open) this.follow(c);
			else this.cases.delete(c.conv);
		}
	}

	private mineIs(m: Mine): void {
		let c = this.cases.get(m.conv);
		if (!c) this.cases.set(m.conv, (c = new Case(m.conv, this, m.state)));
		// what was said before this screen opened has been read on another
		if (c.log.last === 0) c.seen = m.seq;
		c.mine = true;
		c.state = m.state;
		this.named(c, m);
	}

	private named(c: Case, of: { customer?: string; title?: string; team?: string; lang?: string; since?: string }): void {
		c.name = of.customer || c.name;
		c.title = of.title || c.title;
		c.team = of.team || c.team;
		c.lang = of.lang || c.lang;
		if (of.since) c.since = Date.parse(of.since);
	}

	private delta(f: AgentFrame & { t: 'queue_delta' }): void {
		if (f.version !== this.version + 1) {
			this.link.send({ t: 'queue' });
			return;
		}
		this.version = f.version;
		const gone = new Set([...(f.remove ?? []), ...(f.add ?? []).map((a) => a.conv)]);
		this.queue = sorted([...this.queue.filter((q) => !gone.has(q.conv)), ...(f.add ?? [])]);
	}

	private offered(f: Offer): void {
		const now = this.o.clock.now();
		this.offers = [...this.offers.filter((x) => x.offer !== f.offer), { ...f, until: now + f.expires_ms, since: now - (f.waited_ms ?? 0) }];
		this.o.clock.after(f.expires_ms + 500, () => this.drop(f.offer));
		this.o.event('offer', f.conv);
	}

	private drop(offer: string): void {
		this.offers = this.offers.filter((x) => x.offer !== offer);
		this.o.change();
	}

	private conv(f: ConvInfo): void {
		let c = this.cases.get(f.conv);
		if (!c) this.cases.set(f.conv, (c = new Case(f.conv, this, f.state)));
		c.info = f;
		if (f.matched && f.matched.length > 0) c.rules = f.matched;
		c.state = f.state;
		c.followed = true;
		const name = f.customer?.['name'] ?? f.customer?.['user'] ?? f.customer?.['id'];
		this.named(c, { customer: typeof name === 'string' ? name : c.name, ...(f.title ? { title: f.title } : {}), ...(f.team ? { team: f.team } : {}), ...(f.lang ? { lang: f.lang } : {}) });
		const owner = typeof f.owner === 'string' ? f.owner : f.owner?.agent;
		c.mine = f.state === 'human' && (owner ? owner === this.me?.name : c.mine || this.wanted === f.conv);
		if (c.mine && !c.since) c.since = this.o.clock.now();
		this.offers = this.offers.filter((x) => x.conv !== f.conv);
		c.caughtUp = c.log.last >= f.seq;
		this.trim();
		if (this.wanted === f.conv && c.mine) {
			this.wanted = '';
			c.noting = false;
			this.show(f.conv);
			this.o.event('opened', f.conv);
		}
		c.sender.flush();
	}

	private entry(conv: string, f: Entry | Note): void {
		const c = this.cases.get(conv);
		if (!c) return;
		if (f.cid) c.sender.done(f.cid);
		if (f.kind === 'note') {
			if (c.log.addNote(f as Note) === 'gap') this.mend(c);
			return;
		}
		const e = f as Entry;
		const done = c.log.add(e);
		if (done === 'gap') {
			this.mend(c);
			return;
		}
		if (done === 'new') this.learn(c, e);
		if (c.log.last >= (c.info?.seq ?? 0)) c.caughtUp = true;
		if (c.caughtUp && c.conv === this.open && document.visibilityState === 'visible') this.saw();
		c.sender.flush();
	}

	/* What an entry says about whose the conversation is. */
	private learn(c: Case, e: Entry): void {
		const old = e.seq <= (c.info?.seq ?? 0);
		if (e.kind === 'text' && e.by.role === 'customer') {
			c.customerTypes(false);
			if (!old && c.mine) this.o.event('message', c.conv);
		}
		// the head of the transcript already knows how its entries ended
		if (old) return;
		if (e.kind === 'assigned') c.state = 'human';
		else if (e.kind === 'handoff' || e.kind === 'transfer') c.state = 'queued';
		else if (e.kind === 'released') c.state = afterRelease(e);
		else if (e.kind === 'closed') c.state = 'closed';
		else if (e.kind === 'text' && e.by.role === 'customer' && c.state === 'closed') c.state = 'bot';
		if (c.state !== 'human') c.mine = false;
		if (e.kind === 'assigned' && e.agent?.name && e.agent.name !== this.me?.display && e.agent.name !== this.me?.name) c.mine = false;
	}

	private ack(f: AckFrame & { conv?: string }): void {
		const c = f.conv ? this.cases.get(f.conv) : [...this.cases.values()].find((x) => x.outbox.items.some((i) => i.cid === f.cid));
		const item = c?.sender.done(f.cid);
		if (!c || !item) return;
		const by = { role: 'agent' as const, name: this.me?.display ?? this.me?.name ?? '' };
		if (item.frame['t'] === 'note') {
			const note: Note = { note_seq: f.note_seq ?? c.log.lastNote + 1, after: c.log.last, at: f.at, kind: 'note', by, text: item.shown };
			if (c.log.addNote(note) === 'gap') this.mend(c);
		} else {
			const done = c.log.acked(f, item, by);
			if (done === 'gap') this.mend(c);
			else if (done === 'new') this.learn(c, c.log.entries[f.seq - 1]!);
		}
		c.sender.flush();
	}

	private read(conv: string, by: string, seq: number): void {
		const c = this.cases.get(conv);
		if (c && by === 'customer') c.readByCustomer = Math.max(c.readByCustomer, seq);
	}

	private error(f: ErrorFrame): void {
		if (f.code === 'unauthorized' && this.link.state === 'connecting') {
			this.signedOut();
			this.o.event('signed-out', '');
			return;
		}
		const c = f.conv ? this.cases.get(f.conv) : [...this.cases.values()].find((x) => x.outbox.items.some((i) => i.cid === f.cid));
		if (f.cid && c) {
			if (c.sender.refused(f)) this.o.event('refused', f.code);
			return;
		}
		if (f.code === 'stale' || f.code === 'not_found') {
			if (f.conv) {
				this.offers = this.offers.filter((x) => x.conv !== f.conv);
				if (this.wanted === f.conv) this.wanted = '';
			}
		}
		this.o.event('refused', f.code);
	}

	/* Eight hours at the desk: old conversations leave memory. */
	private trim(): void {
		const old = [...this.cases.values()].filter((c) => !c.mine && c.conv !== this.open);
		for (const c of old.slice(0, Math.max(0, old.length - KEEP_CLOSED))) this.cases.delete(c.conv);
	}
}

const RANK: Record<string, number> = { always: 0, ask: 1, none: 2 };

function sorted(items: QueueItem[]): QueueItem[] {
	return [...items].sort((a, b) => (RANK[a.urgency ?? 'none'] ?? 2) - (RANK[b.urgency ?? 'none'] ?? 2) || Date.parse(a.since) - Date.parse(b.since));
}
