// The main job from end to end in a real browser against a real `hotline serve` with the shipped pack.
// usage: node real.mjs BINARY PACK [ONLY]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { axe, launch, Visitor } from './browser.mjs';
import { here } from './place.mjs';
import { Server } from './server.mjs';
import { check, equal, run, test } from './tap.mjs';

const [binary, pack, only] = process.argv.slice(2);
const shots = join(here, 'shots');
mkdirSync(shots, { recursive: true });
const server = new Server(binary, pack);
const meiWord = server.account('mei', 'Mei Lin');
const chenWord = server.account('chen', 'Chen Wei');
await server.start();
const browser = await launch();

const WIDE = { viewport: { width: 1440, height: 860 } };
const NET = { errors: /WebSocket|ERR_/ };

/* A case with the people it needs, who must have seen nothing wrong in their consoles. */
const scene = (name, body) =>
	test(name, async () => {
		const people = [];
		const come = async (path, options) => {
			const v = await Visitor.open(browser, server.base + path, shots, options);
			people.push(v);
			return v;
		};
		try {
			await body({
				site: (options) => come('/', options),
				guest: (options) => come('/w/', options),
				agent: async (who = 'mei', options = WIDE) => {
					const v = await come('/console/', options);
					await v.signIn(who, who === 'mei' ? meiWord : chenWord);
					return v;
				},
			});
			people.forEach((v) => v.clean());
		} catch (e) {
			for (const v of people) if (v.seen.length > 0) e.stack += `\n${new URL(v.page.url()).pathname} said: ${v.seen.join('\n')}`;
			await people.at(-1)?.shot('failed').catch(() => undefined);
			throw e;
		} finally {
			// nothing of one case may be offered in the next
			for (const v of people) await v.leave();
		}
	});

const ANSWERS = {
	en: [
		['My deposit has not arrived', /Which coin/, 'deposit'],
		['what is the withdrawal limit', /In 24 hours you can withdraw/, 'withdrawal'],
		['what are the trading fees', /0\.08 %.*0\.10 %/s, 'fees'],
		['I lost my 2FA device', /2FA|authenticator|reset/i, '2FA'],
	],
	zh: [
		['\u5145\u503c\u6ca1\u6709\u5230\u8d26', /\u5e01\u79cd/, 'deposit'],
		['\u63d0\u73b0\u9650\u989d\u662f\u591a\u5c11', /24 \u5c0f\u65f6\u63d0\u5e01\u9650\u989d/, 'withdrawal'],
		['\u4ea4\u6613\u624b\u7eed\u8d39\u662f\u591a\u5c11', /0\.08 %.*0\.10 %/s, 'fees'],
		['\u8c37\u6b4c\u9a8c\u8bc1\u5668\u4e22\u4e86', /\u9a8c\u8bc1/, '2FA'],
	],
};
for (const [lang, asks] of Object.entries(ANSWERS)) {
	for (const [question, answer, topic] of asks) {
		scene(`a customer asks about ${topic} in ${lang} and is answered`, async ({ site }) => {
			const v = await site({ locale: lang === 'zh' ? 'zh-CN' : 'en-US', colorScheme: lang === 'zh' ? 'dark' : 'light' });
			await v.openWidget(lang === 'zh' ? /\u6253\u5f00/ : 'Open chat');
			await v.ask(question);
			await v.widget.locator('.line.in[data-seq] .bubble').filter({ hasText: answer }).first().waitFor();
			await axe(v.frame());
			await v.shot(`real-${topic}-${lang}`);
		});
	}
}

scene('a stolen account goes to the security team: accept, read, reply, cut, back, resolve, rate', async ({ site, agent }) => {
	const mei = await agent('mei', { ...WIDE, ...NET });
	const v = await site(NET);
	await v.openWidget();
	await v.ask('what are the trading fees');
	await v.widget.locator('.bubble', { hasText: '0.10 %' }).waitFor();
	await v.ask('someone got into my account and my coins are gone');
	await v.widget.getByText(/Your place in line|Mei Lin joined/).first().waitFor();
	await axe(v.frame());
	const offer = mei.page.locator('.offer');
	await offer.waitFor();
	check((await offer.innerText()).includes('security'), 'it is offered to the security team');
	await axe(mei.page);
	await mei.shot('real-offer');
	await mei.page.keyboard.press('a');
	await mei.page.locator('.line.customer', { hasText: 'coins are gone' }).waitFor();
	equal(await mei.page.locator('.line.customer').count(), 2, 'the whole transcript');
	await mei.page.locator('.line.bot .meta', { hasText: 'fees.trading' }).waitFor();
	await mei.page.locator('.rules', { hasText: 'account.hacked' }).waitFor();
	await v.widget.getByRole('heading', { name: 'Mei Lin' }).waitFor();
	await v.widget.locator('.meta', { hasText: 'Read' }).first().waitFor();
	await mei.reply('I am on it: the account is **frozen** now.');
	await v.widget.locator('.bubble strong', { hasText: 'frozen' }).waitFor();
	await mei.page.keyboard.press('Escape');
	await mei.page.keyboard.press('n');
	await mei.reply('log-in from a new device at 02:00');
	await mei.page.locator('.line.note', { hasText: 'new device' }).waitFor();
	await mei.page.keyboard.press('Escape');
	await mei.page.keyboard.press('r');

	await v.context.setOffline(true);
	await v.ask('are you still there?');
	await mei.reply('Yes. What was your last own withdrawal?');
	await v.widget.getByText('Sends when you are back online').waitFor();
	await v.context.setOffline(false);
	await mei.page.locator('.line.customer', { hasText: 'are you still there?' }).waitFor();
	await v.widget.locator('.bubble', { hasText: 'last own withdrawal' }).waitFor();
	await mei.context.setOffline(true);
	await mei.reply('sent while cut off');
	await mei.page.getByText('Sends when back online').waitFor();
	await v.ask('last week');
	await mei.context.setOffline(false);
	await v.widget.locator('.bubble', { hasText: 'sent while cut off' }).waitFor();
	await mei.page.locator('.line.customer', { hasText: 'last week' }).waitFor();
	for (const text of ['are you still there?', 'last own withdrawal', 'sent while cut off', 'last week']) {
		equal(await v.widget.locator('.bubble', { hasText: text }).count(), 1, `the customer sees once: ${text}`);
		equal(await mei.page.locator('.bubble', { hasText: text }).count(), 1, `the agent sees once: ${text}`);
	}
	await mei.page.locator('.waiting, .failed').first().waitFor({ state: 'detached' });
	await axe(mei.page);
	await mei.shot('real-talk');
	await v.shot('real-agent');

	await v.page.reload();
	await v.widget.locator('.bubble', { hasText: 'last week' }).waitFor();
	equal(await v.widget.locator('.line.in .bubble', { hasText: 'frozen' }).count(), 1, 'all of it is there after a reload');
	check(!(await v.frame().evaluate(() => document.body.innerText)).includes('new device'), 'no note reaches the customer');

	await mei.page.keyboard.press('Escape');
	await mei.page.keyboard.press('e');
	await mei.page.locator('dialog[open]').waitFor();
	await mei.page.keyboard.press('Enter');
	await v.widget.getByText('Was your problem solved?').waitFor();
	await v.widget.locator('input[value=yes]').check();
	await v.widget.locator('input[name=score][value="5"]').check();
	await axe(v.frame());
	await v.widget.getByRole('button', { name: 'Send rating' }).click();
	await v.widget.getByText('Thank you for your rating.').waitFor();
	await mei.page.locator('.event', { hasText: 'Rated 5 of 5' }).waitFor();
	const href = await mei.page.getByRole('link', { name: 'Download transcript' }).getAttribute('href');
	const text = await mei.page.evaluate(async (url) => (await fetch(url)).text(), href);
	check(text.includes('coins are gone') && text.includes('frozen'), 'the transcript can be downloaded');
});

scene('a button is pressed, a person is asked for, the queue is left again', async ({ guest }) => {
	const v = await guest();
	await v.say('what are the trading fees');
	await v.page.locator('.choice').first().click();
	await v.page.locator('.out[data-seq]').nth(1).waitFor();
	await v.page.getByRole('button', { name: 'Menu' }).click();
	await v.page.getByRole('menuitem', { name: 'Talk to a person' }).click();
	await v.page.getByText('Your place in line').waitFor();
	await v.shot('real-queue');
	await axe(v.page);
	await v.page.reload();
	await v.page.getByText('Your place in line').waitFor();
	await v.page.locator('.queue .actions button').last().click();
	await v.page.getByText('Back to the assistant').first().waitFor();
	await v.page.locator('.queue').waitFor({ state: 'detached' });
});

scene('transfer to a colleague, who sees notes and all; back to the bot', async ({ guest, agent }) => {
	const mei = await agent('mei');
	const chen = await agent('chen');
	await chen.page.getByLabel('Presence').selectOption('away');
	const v = await guest();
	await v.say('I was hacked');
	await mei.page.locator('.offer').waitFor();
	await mei.page.keyboard.press('a');
	await mei.page.locator('.line.customer').waitFor();
	await chen.page.getByLabel('Presence').selectOption('online');
	await mei.page.keyboard.press('Escape');
	await mei.page.keyboard.press('t');
	const colleague = mei.page.locator('dialog input[value="agent:chen"]');
	if ((await colleague.count()) > 0) await colleague.check();
	else {
		await mei.page.locator('dialog input[value="team:security"]').check();
		await mei.page.getByLabel('Presence').selectOption('away');
	}
	await mei.page.locator('dialog textarea').fill('please take over, I know the customer');
	await mei.page.locator('dialog .primary').click();
	await v.page.getByText('Passed to a colleague').waitFor();
	await chen.page.locator('.offer').waitFor();
	await chen.page.getByRole('button', { name: /Accept/ }).click();
	await chen.page.locator('.line.customer', { hasText: 'I was hacked' }).waitFor();
	await chen.page.locator('.line.note', { hasText: 'please take over' }).waitFor();
	await v.page.getByRole('heading', { name: 'Chen Wei' }).waitFor();
	await chen.page.getByRole('button', { name: /To bot/ }).click();
	await v.page.getByText('Back to the assistant').first().waitFor();
});

scene('two agents want one conversation: one gets it, the other is told', async ({ guest, agent }) => {
	const mei = await agent('mei');
	const chen = await agent('chen');
	for (const a of [mei, chen]) {
		await a.page.getByLabel('Presence').selectOption('away');
		await a.page.getByRole('tab', { name: /Queue/ }).click();
	}
	const v = await guest();
	await v.say('I was hacked');
	for (const a of [mei, chen]) {
		await a.page.locator('.item').first().click();
		await a.page.locator('.line.customer').waitFor();
	}
	await Promise.all([mei, chen].map((a) => a.page.getByRole('button', { name: /Take over/ }).click()));
	await v.page.getByText(/joined/).waitFor();
	await mei.page.waitForTimeout(500);
	const owns = await Promise.all([mei, chen].map((a) => a.page.getByRole('button', { name: /Resolve/ }).count()));
	equal(owns[0] + owns[1], 1, 'exactly one has it');
	const loser = owns[0] ? chen : mei;
	await loser.page.getByText('Somebody else was faster').waitFor();
	equal(await v.page.getByText(/joined/).count(), 1);
});

scene('the server dies without a word and comes back: nothing lost, nothing doubled', async ({ guest, agent }) => {
	const mei = await agent('mei', { ...WIDE, ...NET });
	const v = await guest(NET);
	await v.say('I was hacked');
	await mei.page.locator('.offer').waitFor();
	await mei.page.keyboard.press('a');
	await mei.page.locator('.line.customer').waitFor();
	await server.kill();
	await v.page.locator('.composer textarea').fill('written into a dead server');
	await v.page.keyboard.press('Enter');
	await mei.reply('so is this');
	await mei.page.getByText('Connection lost').waitFor();
	await server.start();
	await mei.page.locator('.line.customer', { hasText: 'dead server' }).waitFor({ timeout: 40_000 });
	await v.page.locator('.line.in[data-seq]', { hasText: 'so is this' }).waitFor({ timeout: 40_000 });
	for (const p of [v.page, mei.page]) {
		for (const text of ['dead server', 'so is this', 'I was hacked']) equal(await p.locator('.bubble', { hasText: text }).count(), 1, text);
	}
});

scene('secrets never stay on the screen', async ({ guest }) => {
	const v = await guest();
	await v.say('my card is 4111 1111 1111 1111 and the fee was wrong');
	await v.page.locator('.out[data-seq] .bubble', { hasText: '[card]' }).waitFor();
	check(!(await v.page.locator('body').innerText()).includes('4111'), 'the number is gone here too');
	await v.page.reload();
	await v.page.locator('.out[data-seq] .bubble', { hasText: '[card]' }).waitFor();
});

scene('a wrong password says so', async ({ site }) => {
	const v = await site({ errors: /401|403/ });
	await v.page.goto(`${server.base}/console/`);
	await v.page.locator('[name=name]').fill('mei');
	await v.page.locator('[name=password]').fill('not the one');
	await v.page.getByRole('button', { name: 'Sign in' }).click();
	await v.page.getByText('is not right').waitFor();
	await axe(v.page);
});

const good = await run(only);
await browser.close();
await server.kill('SIGTERM');
process.exit(good ? 0 : 1);
