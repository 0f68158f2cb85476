// The right pane: who the customer is, what was found in the chat, and which rules matched.
import { Icon } from '../core/icons.tsx';
import { safeLink } from '../core/markup.ts';
import { Plain } from '../core/rich.tsx';
import type { App } from './app.ts';
import type { Case } from './desk.ts';

const shown = (v: unknown): string => (typeof v === 'string' ? v : typeof v === 'number' || typeof v === 'boolean' ? String(v) : v === null || v === undefined ? '' : JSON.stringify(v));

const NAMES: Record<string, string> = { id: 'c.user', user: 'c.user', name: 'c.name', lang: 'c.lang', page: 'c.page', 'page.url': 'c.page', 'page.title': 'c.title' };

function Facts({ app, of }: { app: App; of: [string, unknown][] }) {
	return (
		<dl>
			{of.map(([key, value]) => {
				const text = shown(value);
				if (!text) return null;
				const name = NAMES[key] ? app.t(NAMES[key]) : key;
				const page = key.startsWith('page') ? safeLink(text) : null;
				return (
					<div>
						<dt>{name}</dt>
						<dd title={text}>{page ? `${page.host}${new URL(page.href).pathname}` : <Plain text={text} copy={app.t('copy')} />}</dd>
					</div>
				);
			})}
		</dl>
	);
}

export function Details({ app, c }: { app: App; c: Case }) {
	const { t } = app;
	const customer = Object.entries(c.info?.customer ?? {});
	const slots = Object.entries(c.info?.slots ?? {}).filter(([, v]) => shown(v) !== '');
	const matched = c.matched;
	const has = (key: string): boolean => customer.some(([k]) => k === key);
	const more: [string, unknown][] = [...(c.lang && !has('lang') ? [['lang', c.lang] as [string, unknown]] : []), [t('c.team'), c.team], [t('c.conv'), c.conv]];
	return (
		<aside class="info" aria-label={t('details')} tabIndex={0}>
			<header>
				<h2>{t('customer')}</h2>
				<button type="button" class="flat" aria-label={t('close')} onClick={() => app.toggleDetails()}><Icon name="close" /></button>
			</header>
			<section><Facts app={app} of={[...customer, ...more]} /></section>
			<section>
				<h3>{t('found')}</h3>
				{slots.length > 0 ? <Facts app={app} of={slots} /> : <p class="dim">{t('found.none')}</p>}
			</section>
			<section>
				<h3>{t('matched')}</h3>
				{matched.length === 0 && <p class="dim">{t('matched.none')}</p>}
				<ul class="rules">
					{matched.map((m) => (
						<li>
							<span class="tag bot">{m.intent}</span>
							{m.score !== undefined && <span class="num score">{m.score.toFixed(2)}</span>}
							{m.rule && <code>{m.rule}</code>}
						</li>
					))}
				</ul>
			</section>
			<section>
				<a class="box" href={`/v1/conversations/${encodeURIComponent(c.conv)}/transcript?format=txt`} download={`${c.conv}.txt`}>{t('transcript')}</a>
			</section>
		</aside>
	);
}
