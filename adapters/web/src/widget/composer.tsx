// Where the customer writes. It stays usable in every state of the connection; Enter sends unless an
// input method is still at work.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { codePoints, fit, isSend, isTouch } from '../core/compose.ts';
import { Icon } from '../core/icons.tsx';
import type { App } from './app.ts';

const DRAFT = 'hotline.draft';

export function Composer({ app }: { app: App }) {
	const { chat, t } = app;
	const [text, setText] = useState(() => app.passing.get(DRAFT) ?? '');
	const [full, setFull] = useState(false);
	const area = useRef<HTMLTextAreaElement>(null);
	const over = codePoints(text) - chat.limit;
	const write = (value: string): void => {
		setText(value);
		setFull(false);
		if (value) app.passing.set(DRAFT, value);
		else app.passing.remove(DRAFT);
	};
	const send = (): void => {
		const ready = text.trim();
		if (!ready || over > 0) return;
		if (!chat.say(ready)) {
			setFull(true);
			return;
		}
		write('');
		area.current?.focus();
	};
	// before the next key arrives
	useLayoutEffect(() => {
		if (app.focusTick > 0) area.current?.focus();
	}, [app.focusTick]);
	useEffect(() => {
		if (area.current) fit(area.current, 120);
	}, [text]);
	return (
		<form
			class="composer"
			onSubmit={(e) => {
				e.preventDefault();
				send();
			}}
		>
			<textarea
				ref={area}
				rows={1}
				value={text}
				placeholder={t(chat.state === 'closed' ? 'write.closed' : 'write')}
				aria-label={t(chat.state === 'closed' ? 'write.closed' : 'write')}
				aria-invalid={over > 0}
				onInput={(e) => {
					write(e.currentTarget.value);
					chat.typed(e.currentTarget.value !== '');
				}}
				onBlur={() => chat.typed(false)}
				onKeyDown={(e) => {
					if (!isSend(e, isTouch())) return;
					e.preventDefault();
					send();
				}}
			/>
			<button type="submit" class="primary send" aria-label={t('send')} disabled={!text.trim() || over > 0}>
				<Icon name="send" />
			</button>
			{(over > 0 || full || app.notice) && <p class="over" role="alert">{full ? t('full') : over > 0 ? t('long', { n: over }) : app.notice}</p>}
		</form>
	);
}
