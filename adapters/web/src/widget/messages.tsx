// The conversation as bubbles, grouped by sender, with lines for what happened to it. The log region
// goes live only after the history is in it, so that a screen reader hears news and nothing else.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { afterRelease, type Button, type Entry } from '../core/frames.ts';
import { Icon } from '../core/icons.tsx';
import { safeLink } from '../core/markup.ts';
import type { Item } from '../core/outbox.ts';
import { Plain, Rich } from '../core/rich.tsx';
import { clockTime, dayName, fullTime, sameDay } from '../core/time.ts';
import type { App } from './app.ts';

const GROUP_MS = 120_000;
const NEAR_PX = 40;

export function senderName(app: App, e: Entry): string {
	if (e.by.role === 'customer') return app.t('you');
	if (e.by.role === 'bot') return app.t('bot');
	return e.by.name || app.t('agent');
}

/* The line for an entry that is no message; empty: nothing to say. */
function eventLine(app: App, e: Entry): string {
	const { t } = app;
	switch (e.kind) {
		case 'handoff':
			return t(e.reason === 'asked' || e.reason === 'sensitive' ? `handoff.${e.reason}` : 'handoff.other');
		case 'assigned':
			return t('joined', { name: e.agent?.name || e.by.name || t('agent') });
		case 'released':
			return t(afterRelease(e) === 'queued' ? 'requeued' : 'released');
		case 'transfer':
			return t('transfer');
		case 'closed':
			return t('ended');
		case 'rating':
			return t('rated', { n: e.score ?? 0 });
		case 'redaction':
			return t('redacted');
		default:
			return '';
	}
}

function Choices({ app, buttons }: { app: App; buttons: Button[] }) {
	const press = (b: Button): void => void (b.choice ? app.chat.choose(b.choice, b.title) : app.chat.say(b.title));
	return (
		<div class="choices">
			{buttons.map((b) => {
				const link = b.url ? safeLink(b.url) : null;
				if (link) {
					return (
						<a class="choice" href={link.href} target="_blank" rel="noopener noreferrer nofollow">
							{b.title}
						</a>
					);
				}
				return (
					<button type="button" class="choice" onClick={() => press(b)}>
						{b.title}
					</button>
				);
			})}
		</div>
	);
}

function Mark({ app, item }: { app: App; item: Item }) {
	const { chat, t } = app;
	if (item.failed) {
		return (
			<span class="failed">
				{t('failed')} • {' '}
				<button type="button" class="link" onClick={() => chat.sender.again(item.cid)}>{t('again')}</button>
			</span>
		);
	}
	return <>{t(chat.link.state === 'open' || !chat.link.downSince ? 'sending' : 'later')}</>;
}

function Bubble({ app, e, last }: { app: App; e: Entry; last: boolean }) {
	const { chat, t } = app;
	const at = Date.parse(e.at);
	const mine = e.by.role === 'customer';
	const mark = mine ? ` • ${t(chat.readByAgent >= e.seq ? 'read' : 'sent')}` : '';
	const name = senderName(app, e);
	return (
		<div class={`line ${mine ? 'out' : 'in'}`} data-seq={e.seq}>
			<div class="bubble" lang={e.lang || undefined}>
				<span class="unseen">{t('from', { name, time: clockTime(at, app.lang) })}: </span>
				{mine ? <Plain text={e.text ?? ''} copy={t('copy')} /> : <Rich text={e.text ?? ''} copy={t('copy')} />}
			</div>
			{last && (
				<p class="meta num" title={fullTime(at, app.lang)} aria-hidden={!mine}>
					{mine ? '' : `${name} • `}
					{clockTime(at, app.lang)}
					{mark}
				</p>
			)}
		</div>
	);
}

function Row({ app, e, before, after }: { app: App; e: Entry; before: Entry | undefined; after: Entry | undefined }) {
	const at = Date.parse(e.at);
	const day = !before || !sameDay(Date.parse(before.at), at);
	const line = e.kind === 'text' ? null : eventLine(app, e);
	const grouped = after?.kind === 'text' && after.by.role === e.by.role && after.by.name === e.by.name && Date.parse(after.at) - at < GROUP_MS;
	return (
		<>
			{day && <p class="event num">{dayName(at, Date.now(), app.lang)} {clockTime(at, app.lang)}</p>}
			{e.kind === 'text' ? <Bubble app={app} e={e} last={!grouped} /> : line ? <p class="event num">{line} • {clockTime(at, app.lang)}</p> : null}
		</>
	);
}

export function Messages({ app, children }: { app: App; children: ComponentChildren }) {
	const { chat, t } = app;
	const box = useRef<HTMLDivElement>(null);
	const stuck = useRef(true);
	const [away, setAway] = useState(0);
	const entries = chat.log.entries;
	const pending = chat.outbox.items.filter((i) => i.shown);
	const size = entries.length + pending.length;

	const scrolled = (): void => {
		const el = box.current!;
		stuck.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_PX;
		if (stuck.current) {
			setAway(0);
			if (app.visible) app.saw(chat.log.last);
		}
	};
	const down = (): void => {
		const el = box.current;
		if (!el) return;
		el.scrollTop = el.scrollHeight;
		stuck.current = true;
		setAway(0);
	};
	useLayoutEffect(() => {
		if (stuck.current || pending.length > 0) down();
		else if (chat.log.last > 0) setAway((n) => n + 1);
	}, [size]);
	useLayoutEffect(() => {
		if (stuck.current) down();
	}, [chat.state, chat.queue, chat.typing]);
	useEffect(() => {
		const watch = new ResizeObserver(() => stuck.current && down());
		watch.observe(box.current!);
		watch.observe(box.current!.firstElementChild!);
		return () => watch.disconnect();
	}, []);
	useEffect(() => {
		if (stuck.current && app.visible) app.saw(chat.log.last);
	});

	const [live, setLive] = useState(false);
	useEffect(() => {
		if (!chat.caughtUp || live) return undefined;
		const id = setTimeout(() => setLive(true), 100);
		return () => clearTimeout(id);
	}, [chat.caughtUp]);

	const latest = entries[entries.length - 1];
	const asks = latest?.kind === 'text' && latest.by.role === 'bot' && pending.length === 0 ? latest.buttons : undefined;
	const first = entries.length === 0 && pending.length === 0;
	return (
		<div class="scroll" ref={box} onScroll={scrolled}>
			<div class="stream">
				<div class="log" role="log" aria-label={t('log')} aria-live={live ? 'polite' : 'off'} tabIndex={0}>
					{chat.greeting ? (
						<div class="line in">
							<div class="bubble"><Rich text={chat.greeting.text} copy={t('copy')} /></div>
							{first && <p class="meta">{t('bot')}</p>}
						</div>
					) : (
						first && <p class="event">{t('empty')}</p>
					)}
					{entries.map((e, i) => <Row key={e.seq} app={app} e={e} before={entries[i - 1]} after={entries[i + 1]} />)}
					{pending.map((i) => (
						<div key={i.cid} class="line out waiting">
							<div class="bubble">
								<span class="unseen">{t('you')}: </span>
								<Plain text={i.shown} copy={t('copy')} />
							</div>
							<p class="meta num"><Mark app={app} item={i} /></p>
						</div>
					))}
				</div>
				{first && chat.greeting?.buttons && <Choices app={app} buttons={chat.greeting.buttons} />}
				{asks && asks.length > 0 && <Choices app={app} buttons={asks} />}
				{chat.typing && (
					<div class="line in">
						<div class="bubble dots" role="img" aria-label={t('typing', { name: chat.agent || t('agent') })}><i /><i /><i /></div>
					</div>
				)}
				{children}
				{away > 0 && (
					<button type="button" class="news" onClick={down}>
						<Icon name="down" size={16} /> {t('new', { n: away })}
					</button>
				)}
			</div>
		</div>
	);
}
