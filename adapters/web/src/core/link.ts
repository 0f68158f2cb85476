// One WebSocket that comes back: backoff with full jitter, a heartbeat that notices a dead link whose
// readyState still says OPEN, and the server's own word (`bye`) on when to return. It knows frames
// only as text; what a welcome means is its owner's business.
import type { Clock } from './clock.ts';

export type LinkState =
	| 'idle' // nobody wants a connection
	| 'connecting'
	| 'open' // the owner has been welcomed
	| 'waiting' // lost; the next try is at `retryAt`
	| 'replaced'; // taken over by another window; comes back only when asked

export interface Wire {
	send(text: string): void;
	close(): void;
	onopen: (() => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
	onclose: ((event: { code: number }) => void) | null;
	onerror: (() => void) | null;
}

export interface LinkOptions {
	clock: Clock;
	connect(): Wire;
	onOpen(): void;
	onFrame(data: unknown): void;
	onState(): void;
}

const PING_MS = 20_000;
const DEAD_MS = 10_000;
const WELCOME_MS = 10_000;
const FIRST_MS = 500;
const MOST_MS = 30_000;

export class Link {
	state: LinkState = 'idle';
	retryAt = 0;
	downSince = 0;
	private wire: Wire | null = null;
	private tries = 0;
	private timer = 0;
	private dead = 0;
	private pings = 0;
	private said: { reason: string; retry: number } | null = null;

	constructor(private readonly o: LinkOptions) {}

	start(): void {
		if (this.state === 'idle' || this.state === 'replaced') this.dial();
	}

	stop(): void {
		this.drop();
		this.to('idle');
	}

	/* Tries at once: the user asked, or the network came back. */
	retry(): void {
		if (this.state === 'waiting' || this.state === 'replaced') this.dial();
		else if (this.state === 'open') this.ping();
	}

	/* The link is known to be gone, before the socket knows. */
	lost(): void {
		if (this.wire) this.fail();
	}

	/* The owner has been welcomed: the link is good. */
	ready(): void {
		this.o.clock.cancel(this.dead);
		this.dead = 0;
		this.tries = 0;
		this.downSince = 0;
		this.to('open');
		this.beat();
	}

	/* The server named a time to come back, or a reason not to. */
	bye(reason: string, retry: number): void {
		this.said = { reason, retry };
	}

	send(frame: object): boolean {
		if (!this.wire) return false;
		try {
			this.wire.send(JSON.stringify(frame));
			return true;
		} catch {
			return false;
		}
	}

	private dial(): void {
		this.drop();
		this.said = null;
		this.to('connecting');
		let wire: Wire;
		try {
			wire = this.o.connect();
		} catch {
			this.fail();
			return;
		}
		this.wire = wire;
		this.dead = this.o.clock.after(WELCOME_MS, () => this.fail());
		wire.onopen = () => this.o.onOpen();
		wire.onmessage = (event) => {
			// any frame proves the link
			if (this.state === 'open' && this.dead) {
				this.o.clock.cancel(this.dead);
				this.dead = 0;
			}
			this.o.onFrame(event.data);
		};
		wire.onclose = () => this.fail();
		wire.onerror = () => undefined;
	}

	private beat(): void {
		this.o.clock.cancel(this.timer);
		this.timer = this.o.clock.after(PING_MS, () => {
			this.ping();
			this.beat();
		});
	}

	private ping(): void {
		this.pings += 1;
		this.send({ t: 'ping', n: this.pings });
		if (!this.dead) this.dead = this.o.clock.after(DEAD_MS, () => this.fail());
	}

	private fail(): void {
		const said = this.said;
		this.drop();
		if (!this.downSince) this.downSince = this.o.clock.now();
		if (said?.reason === 'replaced' || said?.reason === 'idle') {
			this.to(said.reason === 'idle' ? 'idle' : 'replaced');
			return;
		}
		const most = Math.min(MOST_MS, FIRST_MS * 2 ** this.tries);
		this.tries = Math.min(this.tries + 1, 10);
		const wait = said && said.retry > 0 ? Math.min(said.retry, 2 * MOST_MS) : Math.max(100, this.o.clock.random() * most);
		this.retryAt = this.o.clock.now() + wait;
		this.timer = this.o.clock.after(wait, () => this.dial());
		this.to('waiting');
	}

	private drop(): void {
		this.o.clock.cancel(this.timer);
		this.o.clock.cancel(this.dead);
		this.dead = 0;
		const wire = this.wire;
		this.wire = null;
		if (!wire) return;
		wire.onopen = wire.onmessage = wire.onclose = wire.onerror = null;
		try {
			wire.close();
		} catch {
			// already gone
		}
	}

	private to(state: LinkState): void {
		if (this.state === state) return;
		this.state = state;
		this.o.onState();
	}
}

/* Lets the browser's own signs of a lost or returned network drive the link; returns the undoing. */
export function watchNetwork(link: Link): () => void {
	const back = (): void => link.retry();
	const gone = (): void => link.lost();
	const seen = (): void => {
		if (document.visibilityState === 'visible') link.retry();
	};
	addEventListener('online', back);
	addEventListener('offline', gone);
	addEventListener('pageshow', back);
	document.addEventListener('visibilitychange', seen);
	return () => {
		removeEventListener('online', back);
		removeEventListener('offline', gone);
		removeEventListener('pageshow', back);
		document.removeEventListener('visibilitychange', seen);
	};
}

export function socketTo(path: string, protocol: string): Wire {
	const url = new URL(path, location.href);
	url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
	return new WebSocket(url, protocol) as unknown as Wire;
}
