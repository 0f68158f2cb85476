// The one script a customer's site includes: the launcher, the frame that holds the widget, and
// window.Hotline. All talk with the frame goes over one MessageChannel, opened towards the chat's own
// origin only; a constructed style sheet needs nothing from the site's style-src.
type Fn = (value: unknown) => void;

((): void => {
	const doc = document;
	const me = doc.currentScript as HTMLScriptElement;
	const set = me.dataset;
	const frameUrl = new URL('w/', me.src);
	const early = (window as any).Hotline as unknown;
	const listeners: Record<string, Fn[]> = {};
	const words = (): string[] => (((told['lang'] as string) || doc.documentElement.lang || navigator.language).startsWith('zh') ? ['打开客服对话', '客服', '条未读'] : ['Open chat', 'Support chat', 'unread']);
	let box: Record<string, string> = {};
	try {
		box = sessionStorage as unknown as typeof box;
	} catch {
		// the site's own storage is off: nothing outlives this page
	}
	const recall = (key: string): string => box['hotline.' + key] || '';
	const remember = (key: string, value: string): void => void (box['hotline.' + key] = value);

	let frame: HTMLIFrameElement | undefined;
	let port: MessagePort | undefined;
	let waiting: unknown[] = [];
	let shown = false;
	let title = '';
	let unread = 0;
	// what the site has told us, for the frame's hello and as it changes
	const told: Record<string, unknown> = { lang: set['lang'], theme: set['theme'] };

	const host = doc.createElement('div');
	const root = host.attachShadow({ mode: 'open' });
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(
		`:host{all:initial}button,iframe{position:fixed;z-index:2147483000;inset-inline-end:16px;bottom:16px;border:0;box-shadow:0 8px 32px #10182838}button{width:56px;height:56px;border-radius:50%;background:#0B5CD5;color:#fff;cursor:pointer;padding:16px}button:hover{background:#084BB0}button:focus-visible{outline:3px solid #0B5CD5;outline-offset:3px}svg{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}span{position:absolute;top:-4px;inset-inline-end:-4px;min-width:20px;box-sizing:border-box;padding:0 5px;border-radius:10px;background:#C4281C;font:600 12px/20px system-ui}span:empty{display:none}iframe{width:372px;height:min(640px,calc(100vh - 32px));border-radius:16px;opacity:0;visibility:hidden;transition:.16s}iframe.on{opacity:1;visibility:visible}.off{visibility:hidden}@media(max-width:520px){iframe{inset:0;width:100%;height:100vh;height:100dvh;border-radius:0}}@media(prefers-reduced-motion:reduce){iframe{transition:none}}@media(forced-colors:active){button,span,iframe{border:2px solid}}`,
	);
	root.adoptedStyleSheets = [sheet];
	const button = doc.createElement('button');
	button.type = 'button';
	const svg = doc.createElementNS('http://www.w3.org/2000/svg', 'svg');
	svg.setAttribute('viewBox', '0 0 24 24');
	const path = doc.createElementNS(svg.namespaceURI, 'path');
	path.setAttribute('d', 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8l-4 3v-3H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z');
	const badge = doc.createElement('span');
	svg.append(path);
	button.append(svg, badge);
	root.append(button);

	const tell = (message: unknown): void => (port ? port.postMessage(message) : void waiting.push(message));
	const emit = (name: string, value?: unknown): void => (listeners[name] || []).forEach((fn) => fn(value));
	const label = (n: number): void => {
		unread = n;
		badge.textContent = n > 99 ? '99+' : (n || '') + '';
		button.setAttribute('aria-label', words()[0]! + (n ? `, ${n} ${words()[2]}` : ''));
		if (n && doc.hidden) {
			title ||= doc.title;
			doc.title = `(${n}) ${title}`;
		} else if (title) {
			doc.title = title;
			title = '';
		}
	};
	const heard = (m: any): void => {
		if (m.t === 'close') close();
		else if (m.t === 'unread') label(m.n);
		else if (m.t === 'live') remember('live', m.on ? '1' : '');
		else if (m.t === 'keep') remember('resume', m.resume);
		if (m.t === 'event' || m.t === 'unread') emit(m.name || 'unread', m.value ?? m.n);
	};
	const load = (): void => {
		if (frame) return;
		frame = doc.createElement('iframe');
		frame.title = words()[1]!;
		frame.allow = 'clipboard-write';
		frame.src = frameUrl.href;
		frame.onload = (): void => {
			const channel = new MessageChannel();
			port = channel.port1;
			port.onmessage = (e): void => heard(e.data);
			const page = { url: location.href.slice(0, 1000), title: (title || doc.title).slice(0, 200) };
			frame!.contentWindow!.postMessage({ hotline: 1, ...told, page, resume: recall('resume') }, frameUrl.origin, [channel.port2]);
			for (const m of waiting) port.postMessage(m);
			waiting = [];
		};
		root.append(frame);
	};
	const show = (on: boolean): void => {
		if (on === shown) return;
		load();
		shown = on;
		frame!.className = on ? 'on' : '';
		button.className = on ? 'off' : '';
		doc.documentElement.style.overflow = on && matchMedia('(max-width:520px)').matches ? 'hidden' : '';
		remember('open', on ? '1' : '');
		tell({ t: on ? 'open' : 'closed' });
		(on ? frame! : button).focus();
		emit(on ? 'open' : 'close');
	};
	const open = (): void => show(true);
	const close = (): void => show(false);
	const put = (key: string, value: unknown): void => {
		told[key] = value;
		tell({ t: 'set', [key]: value });
	};
	const api: Record<string, (...values: any[]) => void> = {
		open,
		close,
		toggle: (): void => show(!shown),
		identify: (jwt: string): void => put('token', jwt),
		context: (values: unknown): void => put('context', values),
		setLang(lang: string): void {
			put('lang', lang);
			label(unread);
		},
		setTheme: (theme: string): void => put('theme', theme),
		on(name: string, fn: Fn): void {
			(listeners[name] ||= []).push(fn);
		},
		logout(): void {
			told['token'] = '';
			load();
			tell({ t: 'logout' });
			close();
		},
		destroy(): void {
			close();
			host.remove();
			delete (window as any).Hotline;
		},
		push: ([name, ...values]: [string, ...unknown[]]): void => api[name]!(...values),
	};
	(window as any).Hotline = api;
	button.onclick = open;
	button.onpointerenter = button.onfocus = load;
	doc.addEventListener('visibilitychange', () => label(unread));
	const begin = (): void => {
		label(0);
		doc.body.append(host);
		if (Array.isArray(early)) early.forEach(api['push']!);
		if (recall('live')) load();
		if (recall('open') && !matchMedia('(max-width:520px)').matches) open();
	};
	if (doc.body) begin();
	else doc.addEventListener('DOMContentLoaded', begin);
})();
