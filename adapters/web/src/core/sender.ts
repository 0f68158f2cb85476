// Delivers an outbox over a link: one item at a time, so that a refused or delayed one never changes
// the order, each under its own id until the server has spoken.
import { freshId, type Clock } from './clock.ts';
import type { ErrorFrame } from './frames.ts';
import type { Item, Outbox } from './outbox.ts';

const ACK_MS = 15_000;

export interface SenderOptions {
	clock: Clock;
	outbox: Outbox;
	ready(): boolean; // welcomed, and the log is caught up
	send(frame: object): void;
	change(): void;
}

export class Sender {
	private inFlight = '';
	private timer = 0;

	constructor(private readonly o: SenderOptions) {}

	/* False when the outbox is full. */
	post(frame: Record<string, unknown>, shown: string): boolean {
		if (!this.o.outbox.add({ cid: freshId(), frame, shown, at: this.o.clock.now() })) return false;
		this.flush();
		this.o.change();
		return true;
	}

	again(cid: string): void {
		this.o.outbox.again(cid);
		this.flush();
		this.o.change();
	}

	/* The server has it: the item leaves the outbox. */
	done(cid: string): Item | undefined {
		if (this.inFlight === cid) this.stop();
		return this.o.outbox.take(cid);
	}

	/* The server's word against an item; tells whether it was its last word. */
	refused(f: ErrorFrame): boolean {
		const cid = f.cid!;
		if (this.inFlight === cid) this.stop();
		if (f.code === 'busy' || f.code === 'slow_down') {
			this.inFlight = cid;
			this.timer = this.o.clock.after(f.retry_after_ms ?? 1000, () => {
				this.inFlight = '';
				this.flush();
			});
			return false;
		}
		const silent = this.o.outbox.items.find((i) => i.cid === cid)?.shown === '';
		if (silent || f.code === 'stale') this.o.outbox.take(cid);
		else this.o.outbox.fail(cid, f.code);
		this.flush();
		return true;
	}

	flush(): void {
		if (this.inFlight || !this.o.ready()) return;
		const item = this.o.outbox.next();
		if (!item) return;
		this.inFlight = item.cid;
		this.o.send({ ...item.frame, cid: item.cid });
		this.timer = this.o.clock.after(ACK_MS, () => {
			this.inFlight = '';
			this.o.outbox.fail(item.cid, 'timeout');
			this.flush();
			this.o.change();
		});
	}

	/* The link is gone: what was in flight waits for the next one. */
	stop(): void {
		this.o.clock.cancel(this.timer);
		this.inFlight = '';
	}
}
