// The left pane: presence, offers, and the two lists.
import { Icon, initials } from '../core/icons.tsx';
import type { QueueItem } from '../core/frames.ts';
import { fullTime } from '../core/time.ts';
import type { App, Tab } from './app.ts';
import type { Case, Presence, Standing } from './desk.ts';
import { rows } from './keys.ts';
import { Edge, Left, Waited } from './tick.tsx';

function OfferCard({ app, offer }: { app: App; offer: Standing }) {
	const { t, desk } = app;
	return (
		<section class="offer" aria-label={t('offer')}>
			<h3>{t('offer')}</h3>
			<p>
				<span class={`tag ${offer.urgency === 'always' ? 'late' : ''}`}>{t(`reason.${offer.reason ?? 'asked'}`)}</span>
				{offer.title && <span class="tag">{offer.title}</span>}
				{offer.team && <span class="tag">{offer.team}</span>}
				<span class="waited">{t('offer.waited')} <Waited since={offer.since} /></span>
			</p>
			{offer.summary?.last && <blockquote>{offer.summary.last}</blockquote>}
			<div class="clock"><Left until={offer.until} of={offer.expires_ms} /></div>
			<div class="row">
				<button type="button" class="primary" onClick={() => desk.accept(offer)}>{t('accept')} <kbd>A</kbd></button>
				<button type="button" class="box" onClick={() => desk.decline(offer)}>{t('decline')} <kbd>D</kbd></button>
			</div>
		</section>
	);
}

interface RowProps {
	app: App;
	conv: string;
	name: string;
	text: string;
	tags: [string, boolean][];
	since: number;
	timed: number;
	unread: number;
	lang?: string;
}

function Row({ app, conv, name, text, tags, since, timed, unread, lang }: RowProps) {
	const here = app.desk.open === conv;
	return (
		<li>
			<button type="button" class={`item ${here ? 'here' : ''} ${app.marked === conv ? 'marked' : ''}`} data-conv={conv} aria-current={here ? 'true' : undefined} onClick={() => app.show(conv)}>
				<Edge since={timed} />
				<span class="face">{initials(name)}</span>
				<span class="name">{name}</span>
				{since > 0 && <Waited since={since} title={fullTime(since, app.lang)} />}
				<span class="text" lang={lang}>{text}</span>
				<span class="tags">
					{tags.map(([tag, late]) => tag && <span class={late ? 'tag late' : 'tag'}>{tag}</span>)}
				</span>
				{unread > 0 && <span class="unread num"><span class="unseen">{app.t('new', { n: unread })}</span><span aria-hidden="true">{unread}</span></span>}
			</button>
		</li>
	);
}

const mineRow = (app: App, c: Case) => (
	<Row
		key={c.conv} app={app} conv={c.conv} name={app.name(c)} since={c.owes || c.since} timed={c.owes} unread={c.conv === app.desk.open ? 0 : c.unread} lang={c.last?.lang ?? ''}
		text={c.typing ? app.t('typing', { name: app.name(c) }) : c.last ? `${c.last.by.role === 'customer' ? '' : `${app.sender(c, c.last)}: `}${c.last.text ?? ''}` : ''}
		tags={[[c.title, false], [c.team, false]]}
	/>
);

const queueRow = (app: App, q: QueueItem) => (
	<Row
		key={q.conv} app={app} conv={q.conv} name={app.name(q)} since={Date.parse(q.since)} timed={Date.parse(q.since)} unread={0}
		text={app.t(`reason.${q.reason ?? 'asked'}`)}
		tags={[[q.title ?? '', q.urgency === 'always'], [q.team ?? '', false], [q.lang ?? '', false]]}
	/>
);

export function List({ app }: { app: App }) {
	const { t, desk } = app;
	const shown = new Set(rows(app));
	const mine = desk.mine;
	const tab = (name: Tab, n: number) => (
		<button type="button" role="tab" id={`tab-${name}`} aria-controls="list" aria-selected={app.tab === name} onClick={() => app.set('tab', name)}>
			{t(name)} <span class="num">{n}{name === 'queue' && desk.more ? '+' : ''}</span>
		</button>
	);
	return (
		<section class="list" aria-label={t('inbox')}>
			<header>
				<h2>{t('inbox')}</h2>
				<select class={`presence ${desk.presence}`} aria-label={t('presence')} value={desk.presence} onChange={(e) => desk.setPresence(e.currentTarget.value as Presence)}>
					{(['online', 'away', 'offline'] as const).map((p) => <option value={p}>{t(p)}</option>)}
				</select>
				<span class="tag num">{t('chats', { n: mine.length, of: desk.me?.capacity || 4 })}</span>
			</header>
			{desk.offers.map((o) => <OfferCard key={o.offer} app={app} offer={o} />)}
			<div class="search">
				<Icon name="search" size={16} />
				<input id="search" type="search" value={app.filter} placeholder={t('search')} aria-label={t('search')} onInput={(e) => app.set('filter', e.currentTarget.value)} />
				<kbd>/</kbd>
			</div>
			<div class="tabs" role="tablist">
				{tab('mine', mine.length)}
				{tab('queue', desk.queue.length)}
			</div>
			<div id="list" class="rows" role="tabpanel" aria-labelledby={`tab-${app.tab}`} tabIndex={0}>
				{shown.size === 0 && <p class="empty">{t(`${app.tab}.empty`)}</p>}
				<ul>{app.tab === 'mine' ? mine.filter((c) => shown.has(c.conv)).map((c) => mineRow(app, c)) : desk.queue.filter((q) => shown.has(q.conv)).map((q) => queueRow(app, q))}</ul>
			</div>
		</section>
	);
}
