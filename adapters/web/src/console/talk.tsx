// The middle pane: one conversation whole, with the notes between its entries.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { afterRelease, type Entry, type Note } from '../core/frames.ts';
import { Icon } from '../core/icons.tsx';
import type { Item } from '../core/outbox.ts';
import { Plain, Rich } from '../core/rich.tsx';
import { clockTime, dayName, fullTime, sameDay } from '../core/time.ts';
import type { App } from './app.ts';
import { Composer } from './composer.tsx';
import type { Case } from './desk.ts';

const NEAR_PX = 60;
const FIRST_SHOWN = 200;

function eventLine(app: App, c: Case, e: Entry): string {
	const { t } = app;
	const name = app.sender(c, e);
	switch (e.kind) {
		case 'handoff': {
			const reason = t(`reason.${e.reason ?? 'asked'}`);
			return e.team ? t('ev.handoff.team', { reason, team: e.team }) : t('ev.handoff', { reason });
		}
		case 'assigned':
			return t('ev.assigned', { name: e.agent?.name || name });
		case 'released':
			return t(afterRelease(e) === 'queued' ? 'ev.gone' : 'ev.released', { name: e.agent?.name || name });
		case 'transfer':
			return t('ev.transfer', { name, to: e.team || e.agent?.name || '' });
		case 'closed':
			return t(`ev.closed.${e.why ?? 'ended'}`, { name });
		case 'rating':
			return [t('ev.rating', { n: e.score ?? 0 }), e.solved ? t(`ev.rating.${e.solved}`) : '', e.comment ?? ''].filter(Boolean).join(' • ');
		case 'redaction':
			return t('ev.redaction');
		default:
			return '';
	}
}

function Bubble({ app, c, e }: { app: App; c: Case; e: Entry }) {
	const { t } = app;
	const at = Date.parse(e.at);
	const role = e.by.role;
	const own = role === 'agent' && app.sender(c, e) === t('you');
	const score = e.intent ? c.rules.find((m) => m.intent === e.intent)?.score : undefined;
	const facts = [app.sender(c, e), role === 'bot' && e.intent ? t('rule', { rule: (e.intents ?? [e.intent]).join(', ') }) : '', score === undefined ? '' : score.toFixed(2), clockTime(at, app.lang), own ? t(c.readByCustomer >= e.seq ? 'read' : 'sent') : ''];
	return (
		<div class={`line ${role}`} data-seq={e.seq}>
			<div class="bubble" lang={e.lang || undefined}>
				{role === 'customer' ? <Plain text={e.text ?? ''} copy={t('copy')} /> : <Rich text={e.text ?? ''} copy={t('copy')} />}
			</div>
			{e.buttons && e.buttons.length > 0 && <p class="offered">{e.buttons.map((b) => <span class="tag">{b.title}</span>)}</p>}
			<p class="meta num" title={fullTime(at, app.lang)}>{facts.filter(Boolean).join(' • ')}</p>
		</div>
	);
}

function NoteLine({ app, c, note }: { app: App; c: Case; note: Note }) {
	const { t } = app;
	return (
		<div class="line note">
			<div class="bubble">
				<strong>{t('note')}</strong> • {app.sender(c, note)}: {note.text}
			</div>
			<p class="meta num">{t('note.only')} • {clockTime(Date.parse(note.at), app.lang)}</p>
		</div>
	);
}

function Waiting({ app, c, item }: { app: App; c: Case; item: Item }) {
	const { t } = app;
	return (
		<div class={`line ${item.frame['t'] === 'note' ? 'note' : 'agent'}`}>
			<div class="bubble"><Plain text={item.shown} copy={t('copy')} /></div>
			<p class="meta">
				{item.failed ? (
					<span class="failed">{t('failed')} • <button type="button" class="link" onClick={() => c.sender.again(item.cid)}>{t('again')}</button></span>
				) : (
					t(app.desk.link.state === 'open' ? 'sending' : 'later')
				)}
			</p>
		</div>
	);
}

function Head({ app, c }: { app: App; c: Case }) {
	const { t, desk } = app;
	const open = c.state !== 'closed';
	return (
		<header>
			<button type="button" class="flat back" aria-label={t('back')} onClick={() => app.set('pane', 'list')}><Icon name="back" /></button>
			<h2>{app.name(c)}</h2>
			<span class={`tag ${c.state === 'queued' ? 'near' : c.state === 'bot' ? 'bot' : c.mine ? 'ok' : ''}`}>{t(c.mine ? 'state.human.mine' : `state.${c.state}`)}</span>
			{c.title && <span class="tag topic">{c.title}</span>}
			<span class="grow" />
			{!c.mine && open && <button type="button" class="primary" onClick={() => desk.take(c.conv)}>{t('take')} <kbd>A</kbd></button>}
			{c.mine && (
				<>
					<button type="button" class="box" onClick={() => desk.toBot(c)}>{t('tobot')} <kbd>B</kbd></button>
					<button type="button" class="box" onClick={() => app.set('dialog', 'transfer')}>{t('transfer')} <kbd>T</kbd></button>
					<button type="button" class="primary" onClick={() => app.set('dialog', 'resolve')}>{t('resolve')} <kbd>E</kbd></button>
				</>
			)}
			<button type="button" class="flat" aria-label={t('details')} title={t('details')} aria-pressed={app.details} onClick={() => app.toggleDetails()}>
				<Icon name="panel" />
			</button>
		</header>
	);
}

function Transcript({ app, c }: { app: App; c: Case }) {
	const { t } = app;
	const box = useRef<HTMLDivElement>(null);
	const stuck = useRef(true);
	const [fresh, setFresh] = useState(0);
	const [all, setAll] = useState(false);
	const [live, setLive] = useState(false);
	const entries = c.log.entries;
	const from = all ? 0 : Math.max(0, entries.length - FIRST_SHOWN);
	const pending = c.outbox.items.filter((i) => i.shown);
	const size = entries.length + c.log.notes.length + pending.length;
	const down = (): void => {
		const el = box.current;
		if (!el) return;
		el.scrollTop = el.scrollHeight;
		stuck.current = true;
		setFresh(0);
	};
	useLayoutEffect(() => {
		if (stuck.current || pending.length > 0) down();
		else if (live) setFresh((n) => n + 1);
	}, [size]);
	useEffect(() => {
		const watch = new ResizeObserver(() => stuck.current && down());
		watch.observe(box.current!);
		watch.observe(box.current!.firstElementChild!);
		return () => watch.disconnect();
	}, []);
	useEffect(() => {
		if (!c.caughtUp || live) return undefined;
		const id = setTimeout(() => setLive(true), 100);
		return () => clearTimeout(id);
	}, [c.caughtUp]);
	const scrolled = (): void => {
		const el = box.current!;
		stuck.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_PX;
		if (stuck.current) setFresh(0);
		if (el.scrollTop < 40 && from > 0) setAll(true);
	};
	return (
		<div class="scroll" ref={box} onScroll={scrolled} role="log" aria-label={t('log')} aria-live={live ? 'polite' : 'off'} tabIndex={0}>
			<div class="stream">
				{c.log.notes.filter((n) => n.after <= from).map((n) => <NoteLine key={`n${n.note_seq}`} app={app} c={c} note={n} />)}
				{entries.slice(from).map((e, i) => {
					const before = entries[from + i - 1];
					const at = Date.parse(e.at);
					return (
						<>
							{(!before || !sameDay(Date.parse(before.at), at)) && <p class="event num">{dayName(at, Date.now(), app.lang)} {clockTime(at, app.lang)}</p>}
							{e.kind === 'text' ? <Bubble key={e.seq} app={app} c={c} e={e} /> : <p key={e.seq} class="event num" data-seq={e.seq}>{eventLine(app, c, e)} • {clockTime(at, app.lang)}</p>}
							{c.log.notes.filter((n) => n.after === e.seq && n.after > from).map((n) => <NoteLine key={`n${n.note_seq}`} app={app} c={c} note={n} />)}
						</>
					);
				})}
				{pending.map((i) => <Waiting key={i.cid} app={app} c={c} item={i} />)}
				{c.typing && <p class="typing">{t('typing', { name: app.name(c) })}</p>}
				{fresh > 0 && <button type="button" class="news" onClick={down}>{t('new', { n: fresh })}</button>}
			</div>
		</div>
	);
}

export function Talk({ app }: { app: App }) {
	const c = app.desk.current;
	if (!c) {
		return (
			<main class="talk empty">
				<Icon name="inbox" size={32} />
				<p><strong>{app.t('none')}</strong></p>
				<p>{app.t('none.sub')}</p>
			</main>
		);
	}
	return (
		<main class="talk">
			<Head app={app} c={c} />
			<Transcript key={c.conv} app={app} c={c} />
			<Composer key={`w${c.conv}`} app={app} c={c} />
		</main>
	);
}
