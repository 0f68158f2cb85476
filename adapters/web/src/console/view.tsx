// The frame of the console: sign-in, rail, list, conversation, details.
import { useState } from 'preact/hooks';
import { Icon, initials, type IconName } from '../core/icons.tsx';
import type { App } from './app.ts';
import { Details } from './details.tsx';
import { Dialogs } from './dialogs.tsx';
import { List } from './list.tsx';
import { Talk } from './talk.tsx';
import { Retry } from './tick.tsx';

function SignIn({ app }: { app: App }) {
	const { t } = app;
	const [name, setName] = useState('');
	const [password, setPassword] = useState('');
	const [otp, setOtp] = useState('');
	const busy = app.signing === 'busy';
	return (
		<main class="signin">
			<form
				onSubmit={(e) => {
					e.preventDefault();
					void app.signIn(name.trim(), password, otp.trim());
				}}
			>
				<span class="brand"><Icon name="chat" size={24} />Hotline</span>
				<h1>{t('signin')}</h1>
				<p>{t('signin.sub')}</p>
				<label>
					{t('user')}
					<input name="name" autocomplete="username" autocapitalize="none" spellcheck={false} required value={name} onInput={(e) => setName(e.currentTarget.value)} autofocus />
				</label>
				<label>
					{t('password')}
					<input name="password" type="password" autocomplete="current-password" required value={password} onInput={(e) => setPassword(e.currentTarget.value)} />
				</label>
				<label>
					<span>{t('otp')} <small>{t('otp.hint')}</small></span>
					<input name="otp" inputmode="numeric" autocomplete="one-time-code" maxLength={8} value={otp} onInput={(e) => setOtp(e.currentTarget.value)} />
				</label>
				<button type="submit" class="primary" disabled={busy}>{t(busy ? 'signin.busy' : 'signin')}</button>
				<p class="wrong" role="alert">{app.signing && !busy ? t(`signin.${app.signing}`) : ''}</p>
				<p class="feet">
					<button type="button" class="plain" onClick={() => app.setLang(app.lang === 'zh' ? 'en' : 'zh')}>{t('language')}</button>
					<button type="button" class="plain" onClick={() => app.setTheme(app.theme === 'dark' ? 'light' : 'dark')}>{t('theme')}</button>
				</p>
			</form>
		</main>
	);
}

function Rail({ app }: { app: App }) {
	const { t, desk } = app;
	const waiting = desk.queue.length;
	const tool = (icon: IconName, label: string, run: () => void, pressed?: boolean) => (
		<button type="button" aria-label={label} title={label} aria-pressed={pressed} onClick={run}>
			<Icon name={icon} />
		</button>
	);
	return (
		<nav class="rail" aria-label="Hotline">
			<h1 class="unseen">Hotline</h1>
			<button type="button" class="on" aria-label={t('inbox')} aria-current="page" onClick={() => app.set('pane', 'list')}>
				<Icon name="inbox" />
				{waiting > 0 && <span class="count num">{waiting > 99 ? '99+' : waiting}</span>}
			</button>
			<span class="grow" />
			{tool(app.sound ? 'bell' : 'mute', t(app.sound ? 'sound.off' : 'sound.on'), () => app.setSound(!app.sound))}
			{tool(app.theme === 'dark' ? 'sun' : 'moon', t('theme'), () => app.setTheme(app.theme === 'dark' ? 'light' : 'dark'))}
			{tool('globe', t('language'), () => app.setLang(app.lang === 'zh' ? 'en' : 'zh'))}
			{tool('help', t('help'), () => app.set('dialog', 'help'))}
			{tool('exit', t('signout'), () => void app.signOut())}
			<span class={`face self ${desk.presence}`} title={desk.me?.display ?? desk.me?.name}>{initials(desk.me?.display ?? desk.me?.name ?? '?')}</span>
		</nav>
	);
}

function Banner({ app }: { app: App }) {
	const { link } = app.desk;
	const { t } = app;
	if (link.state === 'replaced') {
		return (
			<div class="banner" role="alert">
				<span>{t('lost.replaced')}</span>
				<button type="button" onClick={() => link.retry()}>{t('here')}</button>
			</div>
		);
	}
	if (link.state === 'open' || link.state === 'idle' || link.downSince === 0) return null;
	return (
		<div class="banner late" role="alert">
			{link.state === 'waiting' ? <Retry at={link.retryAt} text={(s) => (s > 0 ? t('lost', { s }) : t('lost.now'))} /> : <span>{t('lost.now')}</span>}
			<button type="button" onClick={() => link.retry()}>{t('retry')}</button>
		</div>
	);
}

export function Console({ app }: { app: App }) {
	const { desk, t } = app;
	if (desk.account === 'out') return <SignIn app={app} />;
	if (!desk.me) return <main class="signin"><p role="status">{t('lost.now')}</p></main>;
	const offer = desk.offers[0];
	return (
		<div class={`desk show-${app.pane} ${app.details && desk.current ? 'with-info' : ''}`}>
			<Rail app={app} />
			<Banner app={app} />
			<List app={app} />
			<Talk app={app} />
			{desk.current && app.details && <Details app={app} c={desk.current} />}
			<Dialogs app={app} />
			<div class="toast" role="status">{app.toast && <p>{app.toast}</p>}</div>
			<div class="unseen" role="alert">{offer ? t('offers.say', { reason: t(`reason.${offer.reason ?? 'asked'}`) }) : ''}</div>
		</div>
	);
}
