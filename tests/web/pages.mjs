// The pages in a real browser against a scripted server (mock.mjs), which forces states that a real one
// reaches only by luck: refusals, lost sockets, hostile texts. Fails on any console error and on any
// violation of the pages' policies.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './mock.mjs';
import { builtPages, here } from './place.mjs';
import { check, equal, run, test } from './tap.mjs';
import { axe, launch, Visitor } from './browser.mjs';

const shots = join(here, 'shots');
mkdirSync(shots, { recursive: true });
const mock = await start({ dist: builtPages() });
const base = `http://localhost:${mock.port}`;
const browser = await launch();

const visit = (options, path = '/') => Visitor.open(browser, `${base}${path}`, shots, options);

/* A case with a visitor of its own, who must have seen no error at the end. */
const scene = (name, options, body, path) =>
	test(name, async () => {
		mock.refuse = false;
		const v = await visit(options, path);
		try {
			await body(v);
			v.clean();
		} catch (e) {
			if (v.seen.length > 0) e.stack += `\nthe page said: ${v.seen.join('\n')}`;
			throw e;
		} finally {
			await v.close();
		}
	});
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

scene('widget: opens by the launcher, focus in the composer, Escape brings it back', {}, async (v) => {
	const launcher = v.page.getByRole('button', { name: 'Open chat' });
	await launcher.click();
	await v.widget.locator('.composer textarea:focus').waitFor();
	await v.page.keyboard.press('Escape');
	await v.page.locator('iframe.on').waitFor({ state: 'detached' });
	check(await launcher.evaluate((b) => b === b.getRootNode().activeElement), 'focus is back on the launcher');
});

scene('widget: question, answer, markup, quick replies that go once used', {}, async (v) => {
	await v.openWidget();
	await v.ask('What are the fees?');
	await v.widget.locator('.bubble strong', { hasText: '0.10 %' }).waitFor();
	equal(await v.widget.locator('.bubble li').count(), 2);
	equal(await v.widget.locator('.bubble a').getAttribute('rel'), 'noopener noreferrer nofollow');
	await v.ask('my withdrawal is late');
	await v.widget.getByRole('button', { name: 'Withdrawal status' }).click();
	await v.widget.locator('.out .bubble', { hasText: 'Withdrawal status' }).waitFor();
	await v.widget.getByRole('button', { name: 'Where is my TxID?' }).last().waitFor();
	equal(await v.widget.locator('.choice').count(), 3, 'only the newest choices stand');
	await v.shot('widget-bot-en-light');
});

scene('widget: the conversation is there again after a reload, and nothing of it is announced', {}, async (v) => {
	await v.openWidget();
	await v.ask('deposit is missing');
	await v.widget.getByText('confirmations').waitFor();
	await v.page.reload();
	await v.widget.getByText('confirmations').waitFor();
	equal(await v.widget.locator('.bubble').count(), 2);
	const log = v.widget.getByRole('log');
	await v.widget.locator('[role=log][aria-live=polite]').waitFor();
	await log.evaluate((el) => {
		window.fresh = [];
		new MutationObserver((list) => list.forEach((m) => m.addedNodes.forEach((n) => window.fresh.push(n.textContent)))).observe(el, { childList: true });
	});
	await v.ask('fees');
	await v.widget.getByText('0.10 %').waitFor();
	const fresh = await log.evaluate(() => window.fresh);
	check(fresh.every((text) => !text.includes('confirmations')), 'old messages are not inserted again');
});

scene('widget: a message survives a dead server and a reload, and arrives once', { errors: /WebSocket|ERR_/ }, async (v) => {
	await v.openWidget();
	await v.ask('fees');
	await v.widget.getByText('0.10 %').waitFor();
	mock.refuse = true;
	mock.killChats();
	await v.ask('deposit in the dark');
	await v.widget.getByText('Connection lost').first().waitFor();
	await v.shot('widget-lost');
	await v.page.reload();
	await v.widget.locator('.waiting .bubble', { hasText: 'deposit in the dark' }).waitFor();
	mock.refuse = false;
	await v.widget.locator('.line[data-seq] .bubble', { hasText: 'deposit in the dark' }).waitFor();
	await v.widget.getByText('confirmations').waitFor();
	equal(await v.widget.locator('.bubble', { hasText: 'deposit in the dark' }).count(), 1);
	const conv = [...mock.convs.values()].find((c) => c.log.some((e) => e.text === 'deposit in the dark'));
	equal(conv.log.filter((e) => e.text === 'deposit in the dark').length, 1);
});

scene('widget: a frozen link is noticed and what was sent into it arrives once', { errors: /WebSocket|ERR_/ }, async (v) => {
	await v.openWidget();
	await v.ask('fees');
	await v.widget.getByText('0.10 %').waitFor();
	await v.context.setOffline(true);
	await v.ask('my withdrawal, sent into the void');
	await v.widget.getByText('Sends when you are back online').waitFor();
	await v.context.setOffline(false);
	await v.widget.getByText('Please send the transaction hash').waitFor();
	equal(await v.widget.locator('.bubble', { hasText: 'into the void' }).count(), 1);
});

scene('widget: refused messages say so in words and can be tried again', {}, async (v) => {
	await v.openWidget();
	await v.ask('refuse this');
	await v.widget.getByText('Not sent').first().waitFor();
	await v.widget.getByRole('button', { name: 'Try again' }).click();
	await v.widget.getByRole('button', { name: 'Try again' }).waitFor();
	equal(await v.widget.getByRole('status').textContent(), 'Not sent');
});

scene('widget: an input method at work is never interrupted', {}, async (v) => {
	await v.openWidget();
	const box = v.widget.locator('.composer textarea');
	const cdp = await v.context.newCDPSession(v.page);
	await box.focus();
	await cdp.send('Input.imeSetComposition', { text: '\u4f60\u597d', selectionStart: 2, selectionEnd: 2 });
	await box.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true });
	// Safari's order: the composition has ended, the keydown that ended it comes after
	await cdp.send('Input.insertText', { text: '\u4f60\u597d' });
	await box.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: false });
	equal(await box.inputValue(), '\u4f60\u597d');
	await box.press('Enter');
	await v.widget.locator('.out .bubble', { hasText: '\u4f60\u597d' }).waitFor();
	equal(await v.widget.locator('.out .bubble').count(), 1);
});

scene('widget: place in line, the agent by name, typing, closing, rating, a new chat', {}, async (v) => {
	await v.openWidget();
	await v.ask('someone hacked me');
	await v.widget.getByText('Your place in line').waitFor();
	check((await v.widget.locator('.queue').textContent()).includes('About 3–6 min'), 'the range is named');
	await v.shot('widget-queue');
	await v.widget.getByRole('button', { name: 'Leave a message instead' }).click();
	await v.widget.getByText('This choice is no longer open.').waitFor();
	const conv = [...mock.convs.values()].pop();
	mock.agentSays(conv, { kind: 'assigned', by: { role: 'agent', name: 'Mei Lin' }, agent: { name: 'Mei Lin' } });
	await v.widget.getByRole('heading', { name: 'Mei Lin' }).waitFor();
	mock.tellChats(conv, { t: 'typing', by: 'agent', on: true });
	await v.widget.locator('.dots').waitFor();
	await v.shot('widget-agent');
	mock.agentSays(conv, { kind: 'text', by: { role: 'agent', name: 'Mei Lin' }, text: 'I have **frozen** the account.' });
	await v.widget.locator('.dots').waitFor({ state: 'detached' });
	mock.agentSays(conv, { kind: 'closed', by: { role: 'agent', name: 'Mei Lin' }, why: 'resolved' });
	await v.widget.getByText('Was your problem solved?').waitFor();
	await v.widget.locator('input[value=yes]').check();
	await v.widget.locator('input[name=score][value="4"]').check();
	await v.shot('widget-rating');
	await v.widget.getByRole('button', { name: 'Send rating' }).click();
	await v.widget.getByText('Thank you for your rating.').waitFor();
	equal(conv.log.at(-1).score, 4);
	await v.widget.getByRole('button', { name: 'Start a new chat' }).click();
	await v.widget.getByText('What can I do for you?').waitFor();
	equal(await v.widget.locator('.out .bubble').count(), 0);
});

scene('widget: unread messages count on the launcher and in the title', {}, async (v) => {
	await v.openWidget();
	await v.ask('fees');
	await v.widget.getByText('0.10 %').waitFor();
	await v.widget.getByRole('button', { name: 'Minimise' }).click();
	const conv = [...mock.convs.values()].pop();
	mock.agentSays(conv, { kind: 'text', by: { role: 'bot' }, text: 'One more thing.' });
	await v.page.getByRole('button', { name: 'Open chat, 1 unread' }).waitFor();
	await v.shot('launcher-badge');
	await v.openWidget(/unread/);
	await v.page.locator('button[aria-label="Open chat"]').waitFor({ state: 'attached' });
});

scene('widget: Chinese and dark, from the page around', { locale: 'zh-CN', colorScheme: 'dark' }, async (v) => {
	await v.openWidget(/\u6253\u5f00/);
	await v.ask('\u63d0\u5e01\u4e24\u4e2a\u5c0f\u65f6\u8fd8\u6ca1\u5230\u8d26');
	await v.widget.getByText('\u5df2\u53d1\u9001').waitFor();
	await v.shot('widget-bot-zh-dark');
	await v.page.getByRole('button', { name: 'English' }).click();
	await v.widget.getByPlaceholder('Write a message…').waitFor();
	await axe(v.frame());
});

scene('widget: a phone gets a full screen that keeps the focus', PHONE, async (v) => {
	await v.page.getByRole('button', { name: 'Open chat' }).tap();
	await v.widget.locator('[role=dialog][aria-modal=true]').waitFor();
	await v.widget.locator('.composer textarea').fill('fees');
	await v.widget.getByRole('button', { name: 'Send' }).tap();
	await v.widget.getByText('0.10 %').waitFor();
	const frame = v.frame();
	const room = await frame.evaluate(() => [document.documentElement.scrollWidth, innerWidth, innerHeight, getComputedStyle(document.querySelector('.composer textarea')).fontSize]);
	equal([room[0] <= room[1], room[2] >= 800, room[3]], [true, true, '16px']);
	const small = await frame.evaluate(() => [...document.querySelectorAll('button, textarea')].map((b) => [b.textContent || b.ariaLabel, b.getBoundingClientRect()]).filter(([, r]) => r.width < 44 || r.height < 44).map(([n]) => n));
	equal(small, [], 'targets of 44 px');
	await v.shot('widget-phone');
});

scene('widget: inside a page that forbids nearly everything', {}, async (v) => {
	const strict = `default-src 'none'; script-src ${base} 'nonce-n'; frame-src ${base}; require-trusted-types-for 'script'; trusted-types 'none'`;
	mock.page = {
		headers: { 'content-security-policy': strict },
		body: `<!doctype html><title>Shop</title><body><script nonce="n">window.Hotline=[['on','message',(m)=>{window.heard=m}],['open']]</script><script src="${base}/hotline.js" data-lang="en"></script>`,
	};
	await v.page.goto(`http://127.0.0.1:${mock.port}/page`);
	await v.widget.locator('.composer textarea').waitFor();
	await v.ask('fees');
	await v.widget.getByText('0.10 %').waitFor();
	equal(await v.page.evaluate(() => [document.querySelector('div').shadowRoot.querySelector('iframe').contentDocument, window.heard.by]), [null, 'bot'], 'out of reach, but events come');
	await v.page.evaluate(() => window.Hotline.logout());
	await v.page.waitForFunction(() => !document.querySelector('div').shadowRoot.querySelector('iframe.on'));
	await v.page.evaluate(() => window.Hotline.open());
	await v.widget.getByText('What can I do for you?').waitFor();
	equal(await v.widget.locator('.out .bubble').count(), 0, 'nothing is left after logout');
	await v.page.evaluate(() => window.Hotline.destroy());
	equal(await v.page.evaluate(() => typeof window.Hotline), 'undefined');
});

scene('widget: as a page of its own', PHONE, async (v) => {
	await v.page.locator('.composer textarea').fill('fees');
	await v.page.getByRole('button', { name: 'Send' }).tap();
	await v.page.getByText('0.10 %').waitFor();
	equal(await v.page.getByRole('button', { name: 'Minimise' }).count(), 0);
	await axe(v.page);
}, '/w/');

scene('widget: nothing to complain about for axe, light', {}, async (v) => {
	await axe(v.page);
	await v.openWidget();
	await axe(v.frame());
	await v.ask('my withdrawal is late, it is 0x9f3c1a2b4d5e6f70819293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6b21e');
	await v.widget.getByText('Please send').waitFor();
	await axe(v.frame());
	await v.widget.getByRole('button', { name: 'Menu' }).click();
	await axe(v.frame());
	await v.page.keyboard.press('Escape');
	await v.ask('someone hacked me');
	await v.widget.getByText('Your place').waitFor();
	await axe(v.frame());
	await v.ask('refuse this');
	await v.widget.getByText('Not sent').first().waitFor();
	await axe(v.frame());
	mock.agentSays([...mock.convs.values()].pop(), { kind: 'closed', by: { role: 'system' }, why: 'idle' });
	await v.widget.getByText('Was your problem').waitFor();
	await axe(v.frame());
});

scene('widget: forced colours, no motion, twice the size', { forcedColors: 'active', reducedMotion: 'reduce', viewport: { width: 640, height: 480 } }, async (v) => {
	await v.openWidget();
	await v.ask('fees');
	await v.widget.getByText('0.10 %').waitFor();
	check(await v.frame().evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scrolling');
	await v.shot('widget-forced-colours');
});

const EVIL = [
	'<img src=x onerror="window.pwned=1">', '<script>window.pwned=1</script>', '[x](javascript:window.pwned=1)', 'javascript:window.pwned=1', '<svg/onload=window.pwned=1>',
	'{{constructor.constructor("window.pwned=1")()}}', '"><iframe srcdoc="<script>parent.pwned=1</script>">', '`</textarea><script>window.pwned=1</script>`', '\u202Egpj.exe', '${window.pwned=1}',
];

scene('hostile text is only text, for the customer and for the agent', { viewport: { width: 1440, height: 860 } }, async (v) => {
	await v.signIn();
	const guest = await visit({}, '/w/');
	for (const text of EVIL) await guest.say(text);
	await guest.say('I want a person');
	await v.page.getByRole('button', { name: /Accept/ }).click();
	await v.page.locator('.line.customer').nth(EVIL.length).waitFor();
	equal(await v.page.locator('.line.customer .bubble').allInnerTexts(), [...EVIL, 'I want a person']);
	for (const text of EVIL) {
		await v.reply(text);
		await v.page.keyboard.press('Escape');
		await v.page.keyboard.press('n');
		await v.reply(text);
		await v.page.keyboard.press('Escape');
		await v.page.keyboard.press('r');
	}
	await guest.page.locator('.line.in .bubble', { hasText: 'gpj.exe' }).last().waitFor();
	for (const page of [v.page, guest.page]) {
		equal(await page.evaluate(() => [window.pwned ?? null, document.querySelectorAll('.line img, .line script, .line iframe, .line a[href^=javascript]').length]), [null, 0]);
	}
	guest.clean();
	await guest.close();
}, '/console/');

scene('console: a wrong password says so; the right one opens the desk', { errors: /401/ }, async (v) => {
	await v.page.locator('[name=name]').fill('mei');
	await v.page.locator('[name=password]').fill('wrong');
	await v.page.getByRole('button', { name: 'Sign in' }).click();
	await v.page.getByText('is not right').waitFor();
	await axe(v.page);
	await v.shot('console-signin');
	await v.page.locator('[name=password]').fill('right');
	await v.page.keyboard.press('Enter');
	await v.page.getByRole('heading', { name: 'Inbox' }).waitFor();
	await axe(v.page);
	await v.page.reload();
	await v.page.getByRole('heading', { name: 'Inbox' }).waitFor();
	await v.page.getByRole('button', { name: 'Sign out' }).click();
	await v.page.getByRole('heading', { name: 'Sign in' }).waitFor();
}, '/console/');

for (const [lang, theme] of [['en', 'light'], ['zh', 'dark']]) {
	const zh = lang === 'zh';
	scene(`console: a whole conversation by keyboard, ${lang}, ${theme}`, { viewport: { width: 1440, height: 860 }, colorScheme: theme, locale: zh ? 'zh-CN' : 'en-US' }, async (v) => {
		await v.signIn();
		const guest = await visit({}, '/w/');
		await guest.say('My withdrawal is not there after 2 hours');
		await guest.say('It is 0x9f3c1a2b4d5e6f70819293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6b21e, I want a person please');
		await v.page.locator('.offer').waitFor();
		check((await v.page.title()).startsWith('(1)'), 'the title counts');
		await axe(v.page);
		await v.shot(`console-offer-${lang}-${theme}`);
		await v.page.keyboard.press('a');
		await v.page.locator('.composer textarea:focus').waitFor();
		equal(await v.page.locator('.line').count(), 3, 'the whole transcript is there');
		await v.page.keyboard.type('just typing: a t e n r b j k ? 1 2');
		equal(await v.page.locator('dialog').count(), 0, 'keys act only outside of text');
		await v.page.locator('.composer textarea').fill('Hi, it has **9 of 12** confirmations.');
		await v.page.keyboard.press('Control+Enter');
		await guest.page.getByText('9 of 12').waitFor();
		await v.page.keyboard.press('Escape');
		await v.page.keyboard.press('n');
		await v.page.keyboard.type('risk check passed');
		await axe(v.page);
		await v.page.keyboard.press('Enter');
		await v.page.locator('.line.note[class]', { hasText: 'risk check passed' }).waitFor();
		await v.page.keyboard.press('Escape');
		await v.page.keyboard.press('r');
		await guest.say('Great, thank you!');
		await v.page.locator('.line.customer', { hasText: 'Great' }).waitFor();
		await v.page.keyboard.type('half a dra');
		await axe(v.page);
		await v.shot(`console-talk-${lang}-${theme}`);
		for (const key of ['t', '?', 'e']) {
			await v.page.keyboard.press('Escape');
			await v.page.keyboard.press(key);
			await v.page.locator('dialog[open]').waitFor();
			await axe(v.page);
			await v.shot(`console-dialog-${key === '?' ? 'help' : key}-${lang}-${theme}`);
			if (key === 'e') await v.page.keyboard.press('Enter');
			else await v.page.keyboard.press('Escape');
			await v.page.locator('dialog').waitFor({ state: 'detached' });
		}
		await guest.page.locator('.rating').waitFor();
		check(!(await guest.page.locator('body').innerText()).includes('risk check'), 'no word of a note reaches the customer');
		equal(await v.page.locator('.composer textarea').inputValue(), 'half a dra', 'the draft is still there');
		guest.clean();
		await guest.close();
	}, '/console/');
}

scene('console: lost and found again: banner, nothing doubled, draft kept', { errors: /WebSocket|ERR_/ }, async (v) => {
	await v.signIn();
	const guest = await visit({}, '/w/');
	await guest.say('I want a person');
	await v.page.getByRole('button', { name: /Accept/ }).click();
	await v.page.locator('.composer textarea').waitFor();
	await v.context.setOffline(true);
	await v.reply('sent into the void');
	await v.page.locator('.composer textarea').fill('a draft');
	await guest.say('are you there?');
	await v.page.getByText('Connection lost').waitFor();
	await v.page.waitForTimeout(2200);
	await v.shot('console-lost');
	await v.context.setOffline(false);
	await guest.page.getByText('sent into the void').waitFor();
	await v.page.locator('.line.customer', { hasText: 'are you there?' }).waitFor();
	await v.page.locator('.meta', { hasText: /Sent|Read/ }).waitFor();
	equal(await v.page.locator('.line', { hasText: 'sent into the void' }).count(), 1);
	equal(await guest.page.locator('.line', { hasText: 'sent into the void' }).count(), 1);
	equal(await v.page.locator('.composer textarea').inputValue(), 'a draft');
	await v.page.reload();
	await v.page.locator('.item', { hasText: /void|there/ }).click();
	await v.page.locator('.line', { hasText: 'are you there?' }).waitFor();
	equal(await v.page.locator('.composer textarea').inputValue(), 'a draft');
	await guest.close();
}, '/console/');

scene('console: from the queue: look, take over, transfer, back to the bot', {}, async (v) => {
	await v.signIn();
	await v.page.getByLabel('Presence').selectOption('away');
	const guest = await visit({}, '/w/');
	await guest.say('someone hacked me');
	await v.page.keyboard.press('Escape');
	await v.page.getByRole('tab', { name: /Queue/ }).click();
	await v.page.locator('.item', { hasText: 'sensitive matter' }).last().click();
	await v.page.locator('.line.customer', { hasText: 'hacked' }).waitFor();
	equal(await v.page.getByRole('button', { name: 'Add note' }).count(), 1, 'only notes before it is mine');
	await axe(v.page);
	await v.page.getByRole('button', { name: /Take over/ }).click();
	await v.page.getByRole('button', { name: /Resolve/ }).waitFor();
	await guest.page.getByRole('heading', { name: 'Mei Lin' }).waitFor();
	await v.page.getByRole('button', { name: /Transfer/ }).click();
	await v.page.locator('dialog input[value="team:funds"]').check();
	await v.page.locator('dialog textarea').fill('please look');
	await v.page.locator('dialog .primary').click();
	await guest.page.getByText('Passed to a colleague').waitFor();
	await v.page.getByRole('button', { name: /Take over/ }).click();
	await v.page.getByRole('button', { name: /To bot/ }).click();
	await guest.page.getByText('Back to the assistant').waitFor();
	await guest.close();
}, '/console/');

for (const [name, viewport] of [['tablet', { width: 768, height: 1024 }], ['phone', { width: 390, height: 844 }], ['wall', { width: 1920, height: 1080 }]]) {
	scene(`console: fits a ${name}`, { viewport }, async (v) => {
		await v.signIn();
		const guest = await visit({}, '/w/');
		await guest.say('My withdrawal is not there after 2 hours');
		await guest.say('I want a person');
		await v.page.getByRole('button', { name: /Accept/ }).click();
		await v.page.locator('.line.customer').first().waitFor();
		check(await v.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no sideways scrolling');
		await axe(v.page);
		await v.shot(`console-${name}`);
		await guest.close();
	}, '/console/');
}

scene('demo page: both languages, both themes', {}, async (v) => {
	await v.shot('demo-en');
	await v.page.getByRole('button', { name: '\u4e2d\u6587' }).click();
	await v.page.getByRole('heading', { name: '\u94b1\u5305' }).waitFor();
	await v.page.locator('#theme').click();
	await axe(v.page);
	await v.shot('demo-zh-dark');
});

const good = await run(process.argv[2]);
await browser.close();
process.exit(good ? 0 : 1);
