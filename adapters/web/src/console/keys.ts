// Single keys for an agent's hands. They never act while somebody is typing, a dialog is open or a
// modifier is held; the composer has its own.
import type { App } from './app.ts';

/* What help shows, and what listen() obeys. */
export const KEYS: [keys: string[], meaning: string][] = [
	[['j', '↓'], 'key.down'],
	[['k', '↑'], 'key.up'],
	[['Enter'], 'key.open'],
	[['a'], 'key.take'],
	[['d'], 'key.decline'],
	[['r'], 'key.reply'],
	[['n'], 'key.note'],
	[['t'], 'key.transfer'],
	[['b'], 'key.bot'],
	[['e'], 'key.resolve'],
	[['1', '2'], 'key.tabs'],
	[['/'], 'key.search'],
	[[']'], 'key.details'],
	[['Ctrl', 'Enter'], 'key.send'],
	[['Ctrl', 'Shift', 'Enter'], 'key.sendresolve'],
	[['Esc'], 'key.esc'],
	[['?'], 'key.help'],
];

/* The rows of the list as they stand on the screen. */
export function rows(app: App): string[] {
	const hit = (text: string): boolean => text.toLowerCase().includes(app.filter.trim().toLowerCase());
	return app.tab === 'mine'
		? app.desk.mine.filter((c) => hit(`${app.name(c)} ${c.title} ${c.last?.text ?? ''}`)).map((c) => c.conv)
		: app.desk.queue.filter((q) => hit(`${app.name(q)} ${q.title ?? ''} ${q.team ?? ''}`)).map((q) => q.conv);
}

function move(app: App, by: number): void {
	const list = rows(app);
	const at = list.indexOf(app.marked || app.desk.open);
	const to = list[Math.min(list.length - 1, Math.max(0, at + by))];
	if (to === undefined) return;
	app.set('marked', to);
	document.querySelector(`[data-conv="${CSS.escape(to)}"]`)?.scrollIntoView({ block: 'nearest' });
}

const search = (): void => document.querySelector<HTMLInputElement>('#search')?.focus();

function act(app: App, key: string): boolean {
	const { desk } = app;
	const c = desk.current;
	const own = c?.mine ? c : undefined;
	const offer = desk.offers[0];
	switch (key) {
		case 'j':
		case 'ArrowDown':
			move(app, 1);
			return true;
		case 'k':
		case 'ArrowUp':
			move(app, -1);
			return true;
		case 'Enter':
			if (!app.marked) return false;
			app.show(app.marked, true);
			return true;
		case 'a':
			if (offer) desk.accept(offer);
			else if (c && !c.mine && c.state !== 'closed') desk.take(c.conv);
			else if (app.tab === 'queue' && app.marked) desk.take(app.marked);
			return true;
		case 'd':
			if (offer) desk.decline(offer);
			return true;
		case 'r':
			if (own) app.mode(own, false);
			return true;
		case 'n':
			if (c) app.mode(c, true);
			return true;
		case 't':
			if (own) app.set('dialog', 'transfer');
			return true;
		case 'e':
			if (own) app.set('dialog', 'resolve');
			return true;
		case 'b':
			if (own) desk.toBot(own);
			return true;
		case '1':
		case '2':
			app.set('tab', key === '1' ? 'mine' : 'queue');
			return true;
		case '/':
			search();
			return true;
		case ']':
			app.toggleDetails();
			return true;
		case '?':
			app.set('dialog', 'help');
			return true;
		case 'Escape':
			app.set('pane', 'list');
			return true;
		default:
			return false;
	}
}

export function listen(app: App): void {
	addEventListener('keydown', (e) => {
		const el = e.target as HTMLElement;
		if (e.isComposing || e.keyCode === 229 || e.ctrlKey || e.metaKey || e.altKey || app.dialog || app.desk.account !== 'in') return;
		if (el.matches('input, textarea, select, [contenteditable]')) {
			if (e.key === 'Escape') el.blur();
			return;
		}
		// keys that a focused control needs itself
		if ((e.key === 'Enter' || e.key === ' ') && el.matches('button, a, summary')) return;
		if (e.key.startsWith('Arrow') && el.matches('[role=log], [role=tab]')) return;
		if (act(app, e.key)) e.preventDefault();
	});
}
