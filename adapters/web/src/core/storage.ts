// Browser storage that may be forbidden: in a cross-site frame with third-party storage blocked every
// access throws, and then values live in memory only.

export interface Keep {
	get(key: string): string | null;
	set(key: string, value: string): void;
	remove(key: string): void;
	readonly blocked: boolean;
}

export function memoryKeep(): Keep {
	const map = new Map<string, string>();
	return {
		get: (key) => map.get(key) ?? null,
		set: (key, value) => void map.set(key, value),
		remove: (key) => void map.delete(key),
		blocked: true,
	};
}

export function keep(kind: 'localStorage' | 'sessionStorage'): Keep {
	let store: Storage;
	try {
		store = window[kind];
		store.setItem('hotline.probe', '1');
		store.removeItem('hotline.probe');
	} catch {
		return memoryKeep();
	}
	return {
		get: (key) => store.getItem(key),
		set(key, value) {
			try {
				store.setItem(key, value);
			} catch {
				// full: the page goes on without it
			}
		},
		remove: (key) => store.removeItem(key),
		blocked: false,
	};
}
