// A browser and the people in it: customers before the widget, agents before the console. Everything
// the pages log as an error, and every violation of their policies, is kept and fails the case.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './place.mjs';
import { check } from './tap.mjs';

const { chromium } = npm('playwright-core');
const axeSource = readFileSync(npm.resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const launch = () =>
	chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none', '--autoplay-policy=no-user-gesture-required'] });

/* Fails on anything axe-core finds on a page or in a frame. */
export async function axe(where) {
	await where.evaluate(axeSource);
	const found = await where.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
	const text = found.violations.map((x) => `${x.id}: ${x.help}\n${x.nodes.map((n) => `    ${n.target.join(' ')}  ${n.failureSummary}`).join('\n')}`);
	check(text.length === 0, `axe: ${text.join('\n')}`);
}

export class Visitor {
	static async open(browser, url, shots, { errors, ...options } = {}) {
		const v = new Visitor();
		v.allowed = errors;
		v.shots = shots;
		v.seen = [];
		v.context = await browser.newContext({ viewport: { width: 1100, height: 740 }, ...options });
		v.context.setDefaultTimeout(20_000);
		v.page = await v.context.newPage();
		v.page.on('console', (m) => ['error', 'warning'].includes(m.type()) && v.seen.push(m.text()));
		v.page.on('pageerror', (e) => v.seen.push(e.message));
		await v.page.goto(url);
		v.widget = v.page.frameLocator('iframe');
		return v;
	}

	frame() {
		return this.page.frames().find((f) => new URL(f.url()).pathname === '/w/');
	}

	async openWidget(name = 'Open chat') {
		await this.page.getByRole('button', { name }).click();
		await this.widget.locator('.composer textarea:focus').waitFor();
	}

	/* A message by the widget in its frame. */
	async ask(text) {
		const box = this.widget.locator('.composer textarea');
		await box.fill(text);
		await box.press('Enter');
		await this.widget.locator('.out .bubble', { hasText: text.slice(0, 20) }).first().waitFor();
	}

	/* A message by the widget as a page of its own; waits until the server has it. */
	async say(text) {
		const n = await this.page.locator('.out[data-seq]').count();
		const box = this.page.locator('.composer textarea');
		await box.fill(text);
		await box.press('Enter');
		await this.page.locator('.out[data-seq]').nth(n).waitFor();
	}

	async signIn(name = 'mei', password = 'right') {
		await this.page.locator('[name=name]').fill(name);
		await this.page.locator('[name=password]').fill(password);
		await this.page.locator('form .primary').click();
		await this.page.locator('.list h2').waitFor();
	}

	/* A reply (or note) by the console's composer. */
	async reply(text) {
		const box = this.page.locator('.composer textarea');
		await box.fill(text);
		await box.press('Enter');
	}

	async shot(name) {
		await this.page.evaluate(() => document.fonts.ready);
		await this.page.waitForTimeout(250);
		await this.page.screenshot({ path: join(this.shots, `${name}.png`) });
	}

	/* No page has complained about anything that was not expected. */
	clean() {
		const bad = this.seen.filter((text) => !this.allowed?.test(text));
		check(bad.length === 0, `the page complained: ${bad.join('\n')}`);
	}

	/* Ends what is open, so that nothing of it reaches somebody else, and goes. */
	async leave() {
		await this.context.setOffline(false).catch(() => undefined);
		const frame = this.frame();
		if (frame) {
			await frame.evaluate(() => window.dispatchEvent(new Event('online'))).catch(() => undefined);
			const menu = frame.locator('.menu-box > button');
			await menu.click({ timeout: 2000 }).catch(() => undefined);
			await frame.getByRole('menuitem', { name: /End this chat|\u7ed3\u675f\u4f1a\u8bdd/ }).click({ timeout: 1000 }).catch(() => undefined);
			await frame.locator('.closing').waitFor({ timeout: 1000 }).catch(() => undefined);
		}
		await this.context.close();
	}

	async close() {
		await this.context.close();
	}
}
