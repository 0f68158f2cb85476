// The page of a fictional exchange. It uses the widget as any customer's site would: one script
// tag, and the one global that it defines.
import '../tokens.css';
import './demo.css';

// Before the loader has run, calls wait in a plain array; its API has the same push().
type Call = [name: string, ...values: unknown[]];
const page = window as unknown as { Hotline?: { push(call: Call): void } };
const hotline = (...call: Call): void => (page.Hotline ??= [] as Call[]).push(call) as void;

const zh: Record<string, string> = {
	markets: '行情', wallet: '钱包', help: '帮助', dark: '深色', agents: '客服工作台',
	fiction: 'Acme Exchange 是虚构的：本页演示 Hotline 在客户网站中的样子。没有真实资金，也没有真实账户。',
	deposit: '充值', withdraw: '提现', late: '提现 WD-20931 处理中', late2: '1,250 USDT,TRC-20，已确认 9/12',
	ask: '联系客服', pair: '交易对', price: '价格', change: '24 小时', volume: '成交量',
	q1: '我的充值没有到账', q2: '提现限额是多少？', q3: '交易手续费是多少？', q4: '我的两步验证设备丢了',
};
const en: Record<string, string> = {};
const marked = [...document.querySelectorAll<HTMLElement>('[data-i]')];
for (const node of marked) en[node.dataset['i']!] = node.textContent ?? '';

const root = document.documentElement;
const langButton = document.getElementById('lang')!;
const themeButton = document.getElementById('theme')!;
let lang = 'en';
let theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';

function draw(): void {
	const words = lang === 'zh' ? zh : en;
	for (const node of marked) node.textContent = words[node.dataset['i']!] ?? '';
	root.lang = lang === 'zh' ? 'zh-CN' : 'en';
	root.dataset['theme'] = theme;
	langButton.textContent = lang === 'zh' ? 'English' : '中文';
	langButton.lang = lang === 'zh' ? 'en' : 'zh';
	themeButton.textContent = theme === 'dark' ? (lang === 'zh' ? '浅色' : 'Light') : words['dark']!;
	hotline('setLang', root.lang);
	hotline('setTheme', theme);
}

langButton.addEventListener('click', () => {
	lang = lang === 'zh' ? 'en' : 'zh';
	draw();
});
themeButton.addEventListener('click', () => {
	theme = theme === 'dark' ? 'light' : 'dark';
	draw();
});
document.getElementById('ask')!.addEventListener('click', () => {
	hotline('context', { order: 'WD-20931', error: 'withdrawal_pending' });
	hotline('open');
});
for (const node of document.querySelectorAll('[data-open]')) node.addEventListener('click', () => hotline('open'));
if (new URLSearchParams(location.search).get('lang') === 'zh' || navigator.language.startsWith('zh')) lang = 'zh';
draw();
