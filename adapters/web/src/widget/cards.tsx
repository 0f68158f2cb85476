// The cards below the messages: the place in line, and the end of a conversation.
import { useState } from 'preact/hooks';
import type { QueuePlace } from '../core/frames.ts';
import type { App } from './app.ts';
import { senderName } from './messages.tsx';

export function QueueCard({ app, place }: { app: App; place: QueuePlace }) {
	const { chat, t } = app;
	const done = place.waiting > 0 ? 1 - (place.position - 1) / place.waiting : 1;
	const minutes = place.wait_s?.map((s) => Math.max(1, Math.round(s / 60)));
	const wait = !minutes ? t('place.unknown') : place.wait_s![1] < 60 ? t('place.soon') : t('place.wait', { a: minutes[0]!, b: minutes[1]! });
	return (
		<section class="card queue" aria-label={t('place')}>
			<h2>{t('place')}</h2>
			<p class="num big">
				<strong>{place.position}</strong> {t('place.of', { n: place.waiting })}
			</p>
			<progress max={1} value={done} aria-hidden="true" />
			<p>{wait}</p>
			{place.actions && place.actions.length > 0 && (
				<div class="actions">
					{place.actions.map((a) => (
						<button type="button" class="box" onClick={() => (a.choice ? chat.choose(a.choice, a.title) : chat.say(a.title))}>
							{a.title}
						</button>
					))}
				</div>
			)}
		</section>
	);
}

const SOLVED = ['yes', 'partly', 'no'];

function Rating({ app, done }: { app: App; done: () => void }) {
	const { t } = app;
	const [solved, setSolved] = useState('');
	const [score, setScore] = useState(0);
	const [comment, setComment] = useState('');
	const send = (): void => {
		app.chat.rate(score, solved, comment.trim().slice(0, 1000));
		done();
	};
	return (
		<form
			class="card rating"
			onSubmit={(e) => {
				e.preventDefault();
				if (score) send();
			}}
		>
			<fieldset>
				<legend>{t('solved')}</legend>
				<p>{t('solved.sub')}</p>
				<div class="three">
					{SOLVED.map((s) => (
						<label class="box">
							<input type="radio" name="solved" value={s} checked={solved === s} onChange={() => setSolved(s)} />
							{t(s)}
						</label>
					))}
				</div>
			</fieldset>
			<fieldset>
				<legend>{t('service')}</legend>
				<div class="five">
					{[1, 2, 3, 4, 5].map((n) => (
						<label class="box">
							<input type="radio" name="score" value={n} checked={score === n} onChange={() => setScore(n)} aria-label={t('score', { n })} />
							<span class="num">{n}</span>
							{(n === 1 || n === 5) && <small>{t(`score.${n}`)}</small>}
						</label>
					))}
				</div>
			</fieldset>
			{score > 0 && (
				<textarea rows={2} maxLength={1000} value={comment} placeholder={t('comment')} aria-label={t('comment')} onInput={(e) => setComment(e.currentTarget.value)} />
			)}
			<div class="actions">
				<button type="submit" class="primary" disabled={score === 0}>{t('rate')}</button>
				<button type="button" class="box" onClick={done}>{t('skip')}</button>
			</div>
		</form>
	);
}

export function Closing({ app }: { app: App }) {
	const { chat, t } = app;
	const closed = chat.log.entries.reduce((at, e) => (e.kind === 'closed' ? e.seq : at), 0);
	const rated = chat.log.entries.some((e) => e.kind === 'rating' && e.seq > closed) || chat.outbox.items.some((i) => i.frame['t'] === 'rate');
	const [done, setDone] = useState(false);
	return (
		<div class="closing">
			{rated ? <p class="thanks">{t('thanks')}</p> : !done && <Rating app={app} done={() => setDone(true)} />}
			<div class="actions">
				<button type="button" class="box" onClick={() => app.transcript((e) => senderName(app, e))}>{t('transcript')}</button>
				<button type="button" class="box" onClick={() => chat.fresh()}>{t('fresh')}</button>
			</div>
		</div>
	);
}
