// The console's one state around the desk: language, theme, sound, what is open on the screen.
import { wallClock } from '../core/clock.ts';
import type { Entry } from '../core/frames.ts';
import { langOf, tagOf, words, type Lang, type T } from '../core/i18n.ts';
import { socketTo, watchNetwork } from '../core/link.ts';
import { chime, wake } from '../core/sound.ts';
import { keep } from '../core/storage.ts';
import { Desk, type Case } from './desk.ts';
import en from './en.json';
import zh from './zh.json';

export type Tab = 'mine' | 'queue';
export type Dialog = '' | 'transfer' | 'resolve' | 'help';
export type Pane = 'list' | 'talk' | 'info';

const RING_MS = 3_000;
const TOAST_MS = 6_000;

export class App {
	readonly lasting = keep('localStorage');
	readonly desk: Desk;
	lang: Lang;
	t: T;
	theme: 'light' | 'dark';
	sound: boolean;
	tab: Tab = 'mine';
	filter = '';
	dialog: Dialog = '';
	pane: Pane = 'list';
	details: boolean;
	toast = '';
	marked = ''; // the row that j and k have reached
	signing = '';
	focusTick = 0;
	private draw: () => void = () => undefined;
	private queued = false;
	private toastTimer = 0;

	constructor() {
		this.lang = langOf(this.lasting.get('hotline.lang') ?? navigator.language);
		this.t = words({ en, zh }, this.lang);
		const theme = this.lasting.get('hotline.theme');
		this.theme = theme === 'dark' || theme === 'light' ? theme : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
		this.sound = this.lasting.get('hotline.sound') !== 'off';
		this.details = this.lasting.get('hotline.details') !== 'off';
		this.desk = new Desk({
			clock: wallClock,
			connect: () => socketTo('/v1/agent', 'hotline.agent.v1'),
			lasting: this.lasting,
			passing: keep('sessionStorage'),
			change: () => this.changed(),
			event: (name, conv) => this.happened(name, conv),
		});
		watchNetwork(this.desk.link);
		addEventListener('pointerdown', wake);
		addEventListener('keydown', wake);
		document.addEventListener('visibilitychange', () => {
			if (document.visibilityState === 'visible') this.desk.saw();
			this.changed();
		});
		// an offer rings until somebody has it
		setInterval(() => this.ring(), RING_MS);
		if (this.desk.account === 'unknown') this.desk.link.start();
		this.dress();
	}

	subscribe(draw: () => void): void {
		this.draw = draw;
	}

	changed(): void {
		if (this.queued) return;
		this.queued = true;
		queueMicrotask(() => {
			this.queued = false;
			this.dress();
			this.draw();
		});
	}

	set<K extends 'tab' | 'filter' | 'dialog' | 'pane' | 'marked' | 'signing'>(key: K, value: App[K]): void {
		(this as Pick<App, K>)[key] = value;
		this.changed();
	}

	setLang(lang: Lang): void {
		this.lang = lang;
		this.t = words({ en, zh }, lang);
		this.lasting.set('hotline.lang', lang);
		this.changed();
	}

	setTheme(theme: 'light' | 'dark'): void {
		this.theme = theme;
		this.lasting.set('hotline.theme', theme);
		this.changed();
	}

	setSound(on: boolean): void {
		this.sound = on;
		this.lasting.set('hotline.sound', on ? 'on' : 'off');
		if (on) chime([660, 880]);
		this.changed();
	}

	/* Shows or hides the details; on a narrow screen they are a drawer over the conversation. */
	toggleDetails(): void {
		if (matchMedia('(max-width: 1100px)').matches) {
			this.pane = this.pane === 'info' ? 'talk' : 'info';
			this.setDetails(true);
		} else this.setDetails(!this.details);
	}

	setDetails(on: boolean): void {
		this.details = on;
		this.lasting.set('hotline.details', on ? 'on' : 'off');
		this.changed();
	}

	say(text: string): void {
		clearTimeout(this.toastTimer);
		this.toast = text;
		this.toastTimer = window.setTimeout(() => {
			this.toast = '';
			this.changed();
		}, TOAST_MS);
		this.changed();
	}

	/* Opens a conversation; `write` puts the cursor into the composer too. */
	show(conv: string, write = false): void {
		this.desk.show(conv);
		this.marked = conv;
		this.pane = 'talk';
		if (write) this.focusTick += 1;
		this.changed();
	}

	mode(c: Case, noting: boolean): void {
		c.noting = noting;
		this.focusTick += 1;
		this.changed();
	}

	/* How the customer is called on the screen. */
	name(of: { name?: string; customer?: string; conv: string }): string {
		return of.name || of.customer || this.t('guest', { id: of.conv.replace(/[^0-9a-zA-Z]/g, '').slice(0, 4).toLowerCase() });
	}

	sender(c: Case, e: Entry | { by: Entry['by'] }): string {
		if (e.by.role === 'customer') return this.name(c);
		if (e.by.role === 'bot') return this.t('bot');
		if (e.by.role === 'system') return this.t('system');
		return e.by.name === (this.desk.me?.display ?? this.desk.me?.name) ? this.t('you') : (e.by.name ?? this.t('agent'));
	}

	async signIn(name: string, password: string, otp: string): Promise<void> {
		this.set('signing', 'busy');
		// asked for at a click, as browsers want it: an offer must reach an agent who looks elsewhere
		if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission();
		let status = 0;
		try {
			const answer = await fetch('/v1/login', {
				method: 'POST',
				headers: { 'Content-Type': 'application/json' },
				body: JSON.stringify({ name, password, ...(otp ? { otp } : {}) }),
			});
			status = answer.status;
			if (answer.ok) {
				const body = (await answer.json()) as { token?: string };
				this.set('signing', '');
				this.desk.signedIn(body.token ?? '');
				return;
			}
		} catch {
			// said below
		}
		this.set('signing', status === 429 ? 'slow' : status === 401 || status === 403 ? 'wrong' : 'down');
	}

	async signOut(): Promise<void> {
		await fetch('/v1/logout', { method: 'POST' }).catch(() => undefined);
		this.desk.signedOut();
	}

	private happened(name: string, conv: string): void {
		if (name === 'message' && (document.visibilityState !== 'visible' || conv !== this.desk.open) && this.sound) chime([520]);
		if (name === 'offer') {
			this.ring();
			this.notify();
		}
		if (name === 'signed-out') this.signing = 'over';
		if (name === 'opened') {
			this.tab = 'mine';
			this.marked = conv;
			this.pane = 'talk';
			this.focusTick += 1;
		}
		if (name === 'refused') this.say(this.t(`refused.${conv}`));
	}

	private ring(): void {
		if (this.sound && this.desk.offers.length > 0) chime([784, 988, 1175], 0.16);
	}

	private notify(): void {
		if (document.visibilityState === 'visible' || !('Notification' in window) || Notification.permission !== 'granted') return;
		new Notification(this.t('offer'), { tag: 'hotline-offer' });
	}

	private dress(): void {
		const n = this.desk.offers.length + this.desk.mine.reduce((sum, c) => sum + c.unread, 0);
		document.title = n > 0 ? `(${n}) Hotline` : 'Hotline';
		document.documentElement.lang = tagOf(this.lang);
		document.documentElement.dataset['theme'] = this.theme;
	}
}
