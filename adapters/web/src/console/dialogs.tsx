// Transfer, resolve, help: native dialogs, which keep the focus and close on Escape by themselves.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { App } from './app.ts';
import type { Case } from './desk.ts';
import { KEYS } from './keys.ts';

function Modal({ app, title, children }: { app: App; title: string; children: ComponentChildren }) {
	const box = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		const before = document.activeElement as HTMLElement | null;
		box.current?.showModal();
		return () => before?.focus();
	}, []);
	return (
		<dialog
			ref={box}
			aria-label={title}
			onClose={() => app.set('dialog', '')}
			onClick={(e) => {
				if (e.target === box.current) app.set('dialog', '');
			}}
		>
			<div class="inside">
				<h2>{title}</h2>
				{children}
			</div>
		</dialog>
	);
}

function Feet({ app, label, disabled }: { app: App; label: string; disabled?: boolean }) {
	return (
		<div class="row feet">
			<button type="button" class="box" onClick={() => app.set('dialog', '')}>{app.t('cancel')}</button>
			<button type="submit" class="primary" disabled={disabled}>{label}</button>
		</div>
	);
}

function Transfer({ app, c }: { app: App; c: Case }) {
	const { t, desk } = app;
	const others = desk.online.filter((a) => a.name !== desk.me?.name);
	const teams = [...new Set([...desk.teams, ...(desk.me?.teams ?? []), ...desk.online.flatMap((a) => a.teams ?? []), ...desk.queue.map((q) => q.team ?? '')])].filter(Boolean).sort();
	const [to, setTo] = useState(teams.find((x) => x !== c.team) ? `team:${teams.find((x) => x !== c.team)}` : '');
	const [note, setNote] = useState('');
	const choice = (value: string, label: string) => (
		<label class="choice">
			<input type="radio" name="to" value={value} checked={to === value} onChange={() => setTo(value)} />
			{label}
		</label>
	);
	return (
		<Modal app={app} title={t('transfer')}>
			<form
				onSubmit={(e) => {
					e.preventDefault();
					const [kind, name] = [to.slice(0, to.indexOf(':')), to.slice(to.indexOf(':') + 1)];
					desk.transfer(c, kind === 'team' ? { team: name } : { agent: name }, note.trim().slice(0, 4000));
					app.set('dialog', '');
				}}
			>
				<fieldset>
					<legend>{t('to.team')}</legend>
					{teams.map((x) => choice(`team:${x}`, x))}
				</fieldset>
				<fieldset>
					<legend>{t('to.agent')}</legend>
					{others.length === 0 && <p class="dim">{t('to.none')}</p>}
					{others.map((a) => choice(`agent:${a.name}`, a.display || a.name))}
				</fieldset>
				<label class="field">
					{t('to.note')}
					<textarea rows={3} value={note} onInput={(e) => setNote(e.currentTarget.value)} />
				</label>
				<Feet app={app} label={t('transfer')} disabled={!to} />
			</form>
		</Modal>
	);
}

function Resolve({ app, c }: { app: App; c: Case }) {
	const { t, desk } = app;
	const [outcome, setOutcome] = useState('solved');
	const [tags, setTags] = useState('');
	return (
		<Modal app={app} title={t('resolve')}>
			<form
				onSubmit={(e) => {
					e.preventDefault();
					desk.resolve(c, outcome, tags.split(/[,\uff0c]/).map((x) => x.trim().slice(0, 40)).filter(Boolean).slice(0, 10));
					app.set('dialog', '');
				}}
			>
				<fieldset>
					<legend>{t('outcome')}</legend>
					{['solved', 'unsolved', 'no_reply'].map((o) => (
						<label class="choice">
							<input type="radio" name="outcome" value={o} checked={outcome === o} onChange={() => setOutcome(o)} />
							{t(o)}
						</label>
					))}
				</fieldset>
				<label class="field">
					{t('tags')}
					<input value={tags} onInput={(e) => setTags(e.currentTarget.value)} />
				</label>
				<Feet app={app} label={t('resolve')} />
			</form>
		</Modal>
	);
}

function Help({ app }: { app: App }) {
	return (
		<Modal app={app} title={app.t('help')}>
			<dl class="keys">
				{KEYS.map(([keys, meaning]) => (
					<div>
						<dt>{keys.map((k) => <kbd>{k}</kbd>)}</dt>
						<dd>{app.t(meaning)}</dd>
					</div>
				))}
			</dl>
			<div class="row feet">
				<button type="button" class="primary" onClick={() => app.set('dialog', '')}>{app.t('close')}</button>
			</div>
		</Modal>
	);
}

export function Dialogs({ app }: { app: App }) {
	const c = app.desk.current;
	if (app.dialog === 'help') return <Help app={app} />;
	if (!c?.mine) return null;
	if (app.dialog === 'transfer') return <Transfer app={app} c={c} />;
	if (app.dialog === 'resolve') return <Resolve app={app} c={c} />;
	return null;
}
