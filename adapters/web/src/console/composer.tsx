// Where an agent writes: a reply or, in yellow and by its own button, a private note. The draft belongs
// to the conversation and stays with it.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { codePoints, fit, isSend } from '../core/compose.ts';
import type { App } from './app.ts';
import type { Case } from './desk.ts';

const LIMIT = 4000;

export function Composer({ app, c }: { app: App; c: Case }) {
	const { t, desk } = app;
	const area = useRef<HTMLTextAreaElement>(null);
	const [full, setFull] = useState(false);
	const noting = c.noting || !c.mine;
	const over = codePoints(c.draft) - LIMIT;
	const ready = c.draft.trim() !== '' && over <= 0;
	const send = (): boolean => {
		if (!ready) return false;
		const text = c.draft.trim();
		const sent = noting ? desk.note(c, text) : desk.reply(c, text);
		setFull(!sent);
		if (!sent) return false;
		c.setDraft('');
		area.current?.focus();
		return true;
	};
	// before the next key arrives
	useLayoutEffect(() => {
		if (app.focusTick > 0) area.current?.focus();
	}, [app.focusTick]);
	useEffect(() => {
		if (area.current) fit(area.current, 220);
	}, [c.draft]);
	const keys = (e: KeyboardEvent): void => {
		if (!isSend(e, false) && !(e.key === 'Enter' && e.shiftKey && (e.ctrlKey || e.metaKey))) return;
		e.preventDefault();
		if (e.shiftKey && (e.ctrlKey || e.metaKey)) {
			if (noting || (c.draft.trim() && !send())) return;
			desk.resolve(c, 'solved', []);
		} else send();
	};
	const hint = !c.mine && !c.noting ? (c.state === 'closed' ? 'write.closed' : 'write.other') : noting ? 'write.note' : 'write';
	const label = t(hint, { name: app.name(c) });
	return (
		<form
			class={noting ? 'composer noting' : 'composer'}
			onSubmit={(e) => {
				e.preventDefault();
				send();
			}}
		>
			<textarea
				ref={area}
				rows={2}
				value={c.draft}
				placeholder={label}
				aria-label={label}
				aria-invalid={over > 0}
				onInput={(e) => {
					c.setDraft(e.currentTarget.value);
					desk.typed(c, e.currentTarget.value !== '');
				}}
				onBlur={() => desk.typed(c, false)}
				onKeyDown={keys}
			/>
			<div class="row">
				<div class="modes" role="group">
					<button type="button" aria-pressed={!noting} disabled={!c.mine} onClick={() => app.mode(c, false)}>{t('reply')} <kbd>R</kbd></button>
					<button type="button" aria-pressed={noting} onClick={() => app.mode(c, true)}>{t('note.mode')} <kbd>N</kbd></button>
				</div>
				<span class="over" role="alert">{full ? t('full') : over > 0 ? t('long', { n: over }) : ''}</span>
				<span class="grow" />
				{!noting && (
					<button type="button" class="box wide" disabled={!ready} onClick={() => send() && desk.resolve(c, 'solved', [])}>{t('send.resolve')}</button>
				)}
				<button type="submit" class="primary" disabled={!ready}>{t(noting ? 'send.note' : 'send')}</button>
			</div>
		</form>
	);
}
