// A clock that moves only when told, and a server end for a Link.
import type { Clock } from '../../../../adapters/web/src/core/clock.ts';
import type { Wire } from '../../../../adapters/web/src/core/link.ts';

export class FakeClock implements Clock {
	time = 1_000_000;
	chance = 0.5;
	private next = 1;
	private timers = new Map<number, { at: number; run: () => void }>();

	now(): number {
		return this.time;
	}
	after(ms: number, run: () => void): number {
		this.timers.set(this.next, { at: this.time + ms, run });
		return this.next++;
	}
	cancel(id: number): void {
		this.timers.delete(id);
	}
	random(): number {
		return this.chance;
	}
	pass(ms: number): void {
		const end = this.time + ms;
		for (;;) {
			const due = [...this.timers].filter(([, t]) => t.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
			if (!due) break;
			this.timers.delete(due[0]);
			this.time = due[1].at;
			due[1].run();
		}
		this.time = end;
	}
}

export type Frame = Record<string, unknown>;

export class FakeServer {
	wires: FakeWire[] = [];
	down = false;
	connect = (): Wire => {
		const wire = new FakeWire();
		this.wires.push(wire);
		if (this.down) queueMicrotask(() => wire.drop());
		return wire;
	};
	get wire(): FakeWire {
		return this.wires[this.wires.length - 1]!;
	}
	/* Accepts the newest connection. */
	accept(): FakeWire {
		this.wire.onopen?.();
		return this.wire;
	}
}

export class FakeWire implements Wire {
	got: Frame[] = [];
	closed = false;
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: unknown }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;
	onerror: (() => void) | null = null;
	send(text: string): void {
		this.got.push(JSON.parse(text) as Frame);
	}
	close(): void {
		this.closed = true;
	}
	say(...frames: Frame[]): void {
		for (const f of frames) this.onmessage?.({ data: JSON.stringify(f) });
	}
	drop(): void {
		this.onclose?.({ code: 1006 });
	}
	last(t: string): Frame | undefined {
		return this.got.filter((f) => f['t'] === t).pop();
	}
	count(t: string): number {
		return this.got.filter((f) => f['t'] === t).length;
	}
}
