// Time and chance as one small object, so that the connection's behaviour can be tested without waiting.

export interface Clock {
	now(): number;
	after(ms: number, run: () => void): number;
	cancel(id: number): void;
	random(): number;
}

export const wallClock: Clock = {
	now: () => Date.now(),
	after: (ms, run) => setTimeout(run, ms) as unknown as number,
	cancel: (id) => clearTimeout(id),
	random: () => Math.random(),
};

/* A fresh client id: unique enough for one author in one conversation. */
export function freshId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(12));
	return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
