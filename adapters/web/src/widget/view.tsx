// The panel: head, safety line, connection, messages, cards and the composer.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, initials, type IconName } from '../core/icons.tsx';
import type { App } from './app.ts';
import { Closing, QueueCard } from './cards.tsx';
import { Composer } from './composer.tsx';
import { Messages, senderName } from './messages.tsx';

function Face({ app }: { app: App }) {
	const { chat } = app;
	const icon: IconName | null = chat.state === 'bot' ? 'bot' : chat.state === 'queued' ? 'clock' : null;
	if (icon) return <span class={`face ${chat.state}`}><Icon name={icon} /></span>;
	return <span class="face human">{chat.agent ? initials(chat.agent) : <Icon name="person" />}</span>;
}

function Menu({ app, close }: { app: App; close: () => void }) {
	const { chat, t } = app;
	const box = useRef<HTMLDivElement>(null);
	useEffect(() => {
		box.current?.querySelector('button')?.focus();
	}, []);
	const item = (label: string, run: () => void) => (
		<button type="button" role="menuitem" onClick={() => (close(), run())}>
			{label}
		</button>
	);
	const move = (e: KeyboardEvent): void => {
		const items = [...(box.current?.querySelectorAll('button') ?? [])];
		const at = items.indexOf(document.activeElement as HTMLButtonElement);
		const to = e.key === 'ArrowDown' ? at + 1 : e.key === 'ArrowUp' ? at - 1 : e.key === 'Home' ? 0 : e.key === 'End' ? items.length - 1 : null;
		if (to === null) return;
		e.preventDefault();
		items[(to + items.length) % items.length]?.focus();
	};
	const open = chat.log.last > 0 && chat.state !== 'closed';
	return (
		<div class="menu" role="menu" aria-label={t('menu')} ref={box} onKeyDown={move}>
			{chat.state === 'bot' && item(t('human'), () => chat.human())}
			{open && item(t('end'), () => chat.end())}
			{chat.state === 'closed' && item(t('fresh'), () => chat.fresh())}
			{chat.log.last > 0 && item(t('transcript'), () => app.transcript((e) => senderName(app, e)))}
			{item(t(app.sound ? 'sound.off' : 'sound.on'), () => app.setSound(!app.sound))}
			{item(t('lang'), () => app.setLang(app.lang === 'zh' ? 'en' : 'zh', true))}
		</div>
	);
}

function Head({ app }: { app: App }) {
	const { chat, t } = app;
	const [menu, setMenu] = useState(false);
	const more = useRef<HTMLButtonElement>(null);
	const shut = (): void => {
		setMenu(false);
		more.current?.focus();
	};
	useEffect(() => {
		if (!menu) return undefined;
		const away = (e: Event): void => {
			if (!(e.target as Element).closest('.menu-box')) setMenu(false);
		};
		document.addEventListener('pointerdown', away);
		return () => document.removeEventListener('pointerdown', away);
	}, [menu]);
	const sub = chat.state === 'human' ? t('agent.sub') : t(`${chat.state === 'queued' ? 'queue' : chat.state}.sub`);
	const title = chat.state === 'human' ? chat.agent || t('agent') : t(chat.state === 'queued' ? 'queue' : chat.state);
	return (
		<header>
			<Face app={app} />
			<div class="who">
				<h1>{title}</h1>
				<p>
					{chat.state === 'human' && <i class="dot" />}
					{sub}
				</p>
			</div>
			<div
				class="menu-box"
				onKeyDown={(e) => {
					if (e.key !== 'Escape' || !menu) return;
					e.stopPropagation();
					shut();
				}}
			>
				<button type="button" class="flat" ref={more} aria-label={t('menu')} aria-haspopup="menu" aria-expanded={menu} onClick={() => setMenu(!menu)}>
					<Icon name="more" />
				</button>
				{menu && <Menu app={app} close={shut} />}
			</div>
			{app.framed && (
				<button type="button" class="flat" aria-label={t('minimise')} onClick={() => app.close()}>
					<Icon name="minus" />
				</button>
			)}
		</header>
	);
}

function Connection({ app }: { app: App }) {
	const { link } = app.chat;
	const { t } = app;
	const [, tick] = useState(0);
	const down = link.state !== 'open' && link.downSince > 0;
	useEffect(() => {
		if (!down) return undefined;
		const id = setInterval(() => tick((n) => n + 1), 500);
		return () => clearInterval(id);
	}, [down]);
	if (link.state === 'replaced') {
		return (
			<div class="band warn">
				<Icon name="clock" size={16} />
				<span>{t('lost.replaced')}</span>
				<button type="button" onClick={() => link.retry()}>{t('here')}</button>
			</div>
		);
	}
	// a short loss is nobody's business
	if (!down || link.state === 'idle' || Date.now() - link.downSince < 2000) return null;
	const s = Math.max(0, Math.ceil((link.retryAt - Date.now()) / 1000));
	return (
		<div class="band warn">
			<Icon name="clock" size={16} />
			<span>{link.state === 'waiting' && s > 0 ? t('lost', { s }) : t('lost.now')}</span>
			<button type="button" onClick={() => link.retry()}>{t('retry')}</button>
		</div>
	);
}

/* What a screen reader hears besides new messages: place in line, at most every 30 s, and failures. */
function Status({ app }: { app: App }) {
	const { chat, t } = app;
	const [said, setSaid] = useState('');
	const last = useRef(0);
	const failed = chat.outbox.items.filter((i) => i.failed).length;
	const place = chat.state === 'queued' ? chat.queue : null;
	const down = chat.link.downSince > 0 && chat.link.state !== 'open';
	useEffect(() => {
		if (!place || Date.now() - last.current < 30_000) return;
		last.current = Date.now();
		setSaid(t('place.say', { p: place.position, n: place.waiting }));
	}, [place?.position, place?.waiting]);
	useEffect(() => {
		if (failed > 0) setSaid(t('failed'));
	}, [failed]);
	useEffect(() => {
		if (!down) return undefined;
		const id = setTimeout(() => setSaid(t('lost.now')), 2000);
		return () => clearTimeout(id);
	}, [down]);
	return <div class="unseen" role="status">{said}</div>;
}

export function Widget({ app }: { app: App }) {
	const { chat, t } = app;
	const full = app.framed && innerWidth <= 520 && app.shown;
	const panel = useRef<HTMLDivElement>(null);
	// only a panel that fills the screen keeps the focus
	const keys = (e: KeyboardEvent): void => {
		if (e.key === 'Escape' && app.framed) app.close();
		if (e.key !== 'Tab' || !full) return;
		const stops = [...panel.current!.querySelectorAll<HTMLElement>('button:not(:disabled), a[href], textarea, [tabindex="0"]')];
		const edge = e.shiftKey ? stops[0] : stops[stops.length - 1];
		if (document.activeElement !== edge) return;
		e.preventDefault();
		(e.shiftKey ? stops[stops.length - 1] : stops[0])?.focus();
	};
	const role = full ? ({ role: 'dialog', 'aria-modal': 'true', 'aria-label': t('bot') } as const) : {};
	return (
		<div class="panel" ref={panel} onKeyDown={keys} {...role}>
			<Head app={app} />
			<main>
				<p class="band safe">
					<Icon name="shield" size={16} />
					<span>{t('safe')}</span>
				</p>
				<Connection app={app} />
				<Messages app={app}>
					{chat.state === 'queued' && chat.queue && <QueueCard app={app} place={chat.queue} />}
					{chat.state === 'closed' && <Closing app={app} />}
				</Messages>
				<Composer app={app} />
			</main>
			<Status app={app} />
		</div>
	);
}
