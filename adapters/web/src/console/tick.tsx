// One second hand for all timers on the screen; each redraws only its own text.
import { useEffect, useState } from 'preact/hooks';
import { duration } from '../core/time.ts';

const hands = new Set<() => void>();
let running = 0;

function useSecond(): number {
	const [now, set] = useState(() => Date.now());
	useEffect(() => {
		const hand = (): void => set(Date.now());
		hands.add(hand);
		if (!running) running = window.setInterval(() => hands.forEach((h) => h()), 1000);
		return () => {
			hands.delete(hand);
			if (hands.size === 0) {
				clearInterval(running);
				running = 0;
			}
		};
	}, []);
	return now;
}

/* How long it takes until a wait is late, and too late. */
const NEAR_MS = 120_000;
const LATE_MS = 300_000;
export type Level = 'ok' | 'near' | 'late' | 'calm';
export const level = (since: number, now: number): Level => (now - since > LATE_MS ? 'late' : now - since > NEAR_MS ? 'near' : 'ok');

export function Waited({ since, title }: { since: number; title?: string }) {
	const now = useSecond();
	return (
		<time class={`num wait ${level(since, now)}`} title={title}>
			{duration(now - since)}
		</time>
	);
}

/* The coloured edge of a row. */
export function Edge({ since }: { since: number }) {
	const now = useSecond();
	return <i class={`edge ${since ? level(since, now) : 'calm'}`} />;
}

export function Left({ until, of }: { until: number; of: number }) {
	const now = useSecond();
	const left = Math.max(0, until - now);
	return (
		<>
			<progress max={of} value={left} aria-hidden="true" />
			<span class="num left">{Math.ceil(left / 1000)} s</span>
		</>
	);
}

export function Retry({ at, text }: { at: number; text: (s: number) => string }) {
	const now = useSecond();
	return <span>{text(Math.max(0, Math.ceil((at - now) / 1000)))}</span>;
}
