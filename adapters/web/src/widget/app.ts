// The widget's one state: the conversation, the page around it, and what the customer has set. Views
// read it and call it; it tells them when to draw.
import { wallClock } from '../core/clock.ts';
import { Chat } from '../core/chat.ts';
import type { Entry } from '../core/frames.ts';
import { langOf, tagOf, words, type Lang, type T } from '../core/i18n.ts';
import { socketTo, watchNetwork } from '../core/link.ts';
import { chime, wake } from '../core/sound.ts';
import { keep } from '../core/storage.ts';
import en from './en.json';
import zh from './zh.json';

type Told = { lang?: string; theme?: string; token?: string; context?: Record<string, unknown>; page?: { url?: string; title?: string }; resume?: string };

const IDLE_MS = 10 * 60_000;
const NOTICE_MS = 6_000;
const EVENTS = new Set(['message', 'queue', 'agent', 'rated', 'token', 'error']);

export class App {
	readonly framed = window.parent !== window;
	readonly lasting = keep('localStorage');
	readonly passing = keep('sessionStorage');
	readonly chat: Chat;
	lang: Lang;
	t: T;
	shown = !this.framed;
	sound: boolean;
	unread = 0;
	focusTick = 0;
	notice = ''; // a word about something that could not be done; gone after a while
	private port: MessagePort | null = null;
	private draw: () => void = () => undefined;
	private queued = false;
	private seen = 0;
	private idle = 0;
	private live = false;

	constructor() {
		this.lang = langOf(this.lasting.get('hotline.lang') ?? navigator.language);
		this.t = words({ en, zh }, this.lang);
		this.sound = this.lasting.get('hotline.sound') !== 'off';
		this.chat = new Chat({
			clock: wallClock,
			connect: () => socketTo('/v1/chat', 'hotline.chat.v1'),
			lasting: this.lasting,
			passing: this.passing,
			change: () => this.changed(),
			event: (name, value) => this.happened(name, value),
		});
		this.setLang(this.lang, false);
		setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
		watchNetwork(this.chat.link);
		addEventListener('message', (e) => this.greeted(e));
		addEventListener('pointerdown', wake, { once: true });
		addEventListener('keydown', wake, { once: true });
		document.addEventListener('visibilitychange', () => this.changed());
		if (!this.framed) this.open();
	}

	subscribe(draw: () => void): void {
		this.draw = draw;
	}

	get visible(): boolean {
		return this.shown && document.visibilityState === 'visible';
	}

	changed(): void {
		this.count();
		if (this.queued) return;
		this.queued = true;
		queueMicrotask(() => {
			this.queued = false;
			this.draw();
		});
	}

	setLang(lang: Lang, chosen: boolean): void {
		this.lang = lang;
		this.t = words({ en, zh }, lang);
		document.documentElement.lang = tagOf(lang);
		document.title = this.t('bot');
		this.chat.lang = tagOf(lang);
		if (chosen) this.lasting.set('hotline.lang', lang);
		this.changed();
	}

	setSound(on: boolean): void {
		this.sound = on;
		this.lasting.set('hotline.sound', on ? 'on' : 'off');
		this.changed();
	}

	open(): void {
		this.shown = true;
		clearTimeout(this.idle);
		this.chat.link.start();
		this.focusTick += 1;
		this.changed();
	}

	close(): void {
		this.port?.postMessage({ t: 'close' });
	}

	/* Everything up to here has been on the screen. */
	saw(seq: number): void {
		this.seen = Math.max(this.seen, seq);
		this.chat.read(seq);
		this.count();
	}

	/* The transcript as a text file, made of what this screen shows. */
	transcript(name: (e: Entry) => string): void {
		const lines = this.chat.log.entries.filter((e) => e.kind === 'text').map((e) => `${e.at}  ${name(e)}: ${e.text ?? ''}`);
		const url = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'text/plain' }));
		const a = document.createElement('a');
		a.href = url;
		a.download = 'chat.txt';
		a.click();
		setTimeout(() => URL.revokeObjectURL(url), 10_000);
	}

	private count(): void {
		const chat = this.chat;
		if (this.seen < chat.history) this.seen = chat.history;
		if (this.seen > chat.log.last) this.seen = chat.log.last;
		const n = chat.log.entries.slice(this.seen).filter((e) => e.kind === 'text' && e.by.role !== 'customer').length;
		if (n !== this.unread) {
			this.unread = n;
			this.port?.postMessage({ t: 'unread', n });
		}
		const live = chat.log.last > 0 && chat.state !== 'closed';
		if (live !== this.live) {
			this.live = live;
			this.port?.postMessage({ t: 'live', on: live });
		}
	}

	private happened(name: string, value: unknown): void {
		if (name === 'resume') {
			if (this.lasting.blocked) this.port?.postMessage({ t: 'keep', resume: value });
			return;
		}
		if (name === 'message' && this.sound && !this.visible) chime([660, 880]);
		if (name === 'error' && value === 'stale') {
			this.notice = this.t('gone');
			setTimeout(() => {
				this.notice = '';
				this.changed();
			}, NOTICE_MS);
		}
		if (!EVENTS.has(name)) return;
		const e = value as Entry | undefined;
		this.port?.postMessage({ t: 'event', name, value: name === 'message' ? { seq: e?.seq, by: e?.by.role } : value });
	}

	/* The page around us introduces itself, once; all else comes by the port. */
	private greeted(e: MessageEvent): void {
		const told = e.data as (Told & { hotline?: number }) | null;
		if (e.source !== window.parent || this.port || told?.hotline !== 1 || !e.ports[0]) return;
		this.port = e.ports[0];
		this.port.onmessage = (m) => this.heard(m.data as Told & { t: string });
		if (this.lasting.blocked && told.resume) this.lasting.set('hotline.resume', told.resume);
		this.told(told, true);
		if (this.chat.known) this.chat.link.start();
		this.count();
		this.changed();
	}

	private heard(m: Told & { t: string }): void {
		if (m.t === 'open') this.open();
		else if (m.t === 'closed') {
			this.shown = false;
			// a waiting or served customer stays connected; others are called back by the next opening
			this.idle = window.setTimeout(() => {
				if (this.chat.state === 'bot' || this.chat.state === 'closed') this.chat.link.stop();
			}, IDLE_MS);
		} else if (m.t === 'set') this.told(m);
		else if (m.t === 'logout') this.chat.wipe();
		this.changed();
	}

	private told(m: Told, first = false): void {
		// what the customer chose here counts more than the page's first word
		if (typeof m.lang === 'string' && !(first && this.lasting.get('hotline.lang'))) this.setLang(langOf(m.lang), false);
		if (m.theme === 'dark' || m.theme === 'light') setTheme(m.theme);
		if (typeof m.token === 'string' && m.token) this.chat.identify(m.token);
		if (m.page) this.chat.page = strings(m.page, 1000);
		if (m.context) this.chat.context = strings(m.context, 500);
	}
}

function strings(v: object, most: number): Record<string, string> {
	const out: Record<string, string> = {};
	for (const [key, value] of Object.entries(v).slice(0, 20))
		if (typeof value === 'string' || typeof value === 'number') out[key.slice(0, 64)] = String(value).slice(0, most);
	return out;
}

export function setTheme(theme: 'dark' | 'light'): void {
	document.documentElement.dataset['theme'] = theme;
}
