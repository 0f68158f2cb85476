// Times as people read them, by Intl in the interface's language.
import { tagOf, type Lang } from './i18n.ts';

const kept = new Map<string, Intl.DateTimeFormat>();

function format(lang: Lang, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${lang} ${name}`;
	let f = kept.get(key);
	if (!f) kept.set(key, (f = new Intl.DateTimeFormat(tagOf(lang), options)));
	return f;
}

export const clockTime = (at: number, lang: Lang): string =>
	format(lang, 'time', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

export const fullTime = (at: number, lang: Lang): string => format(lang, 'full', { dateStyle: 'medium', timeStyle: 'medium' }).format(at);

const dayStart = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

export const sameDay = (a: number, b: number): boolean => dayStart(a) === dayStart(b);

/* "Today", "Yesterday", or the date. */
export function dayName(at: number, now: number, lang: Lang): string {
	const days = Math.round((dayStart(at) - dayStart(now)) / 86_400_000);
	if (days === 0 || days === -1) {
		const name = new Intl.RelativeTimeFormat(tagOf(lang), { numeric: 'auto' }).format(days, 'day');
		return name.charAt(0).toUpperCase() + name.slice(1);
	}
	return format(lang, 'day', { dateStyle: 'medium' }).format(at);
}

/* 0:38, 12:05, 1:02:09 */
export function duration(ms: number): string {
	const s = Math.max(0, Math.floor(ms / 1000));
	const two = (n: number): string => String(n).padStart(2, '0');
	const h = Math.floor(s / 3600);
	const m = Math.floor(s / 60) % 60;
	return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
