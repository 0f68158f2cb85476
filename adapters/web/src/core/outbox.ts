// What the user has sent and the server has not yet acknowledged. Each item keeps its client id until
// the ack, over reconnects and reloads, so that the server can tell a resend from a second message.
import type { Keep } from './storage.ts';

export interface Item {
	cid: string;
	frame: Record<string, unknown>; // without cid
	shown: string; // the text a bubble shows; empty: no bubble
	at: number;
	failed?: string; // the error's code: waits for the user
}

const MOST_ITEMS = 50;
const MOST_CHARS = 60_000;

export class Outbox {
	items: Item[] = [];

	constructor(
		private readonly store: Keep,
		private readonly key: string,
	) {
		try {
			const kept: unknown = JSON.parse(store.get(key) ?? '[]');
			if (Array.isArray(kept)) this.items = kept.filter(isItem).slice(0, MOST_ITEMS);
		} catch {
			this.items = [];
		}
	}

	/* False when it is full: the user must wait for some to be delivered. */
	add(item: Item): boolean {
		if (this.items.length >= MOST_ITEMS) return false;
		this.items = [...this.items, item];
		this.save();
		return true;
	}

	take(cid: string): Item | undefined {
		const item = this.items.find((i) => i.cid === cid);
		if (item) {
			this.items = this.items.filter((i) => i !== item);
			this.save();
		}
		return item;
	}

	/* The oldest that has not been refused. */
	next(): Item | undefined {
		return this.items.find((i) => i.failed === undefined);
	}

	fail(cid: string, code: string): void {
		this.items = this.items.map((i) => (i.cid === cid ? { ...i, failed: code } : i));
		this.save();
	}

	/* Tries a refused one again, as the newest, under the same id. */
	again(cid: string): void {
		const item = this.items.find((i) => i.cid === cid);
		if (!item) return;
		const { failed: _failed, ...fresh } = item;
		this.items = [...this.items.filter((i) => i !== item), fresh];
		this.save();
	}

	clear(): void {
		this.items = [];
		this.save();
	}

	private save(): void {
		if (this.items.length === 0) {
			this.store.remove(this.key);
			return;
		}
		let kept = this.items;
		let text = JSON.stringify(kept);
		while (text.length > MOST_CHARS && kept.length > 1) {
			kept = kept.slice(0, -1);
			text = JSON.stringify(kept);
		}
		this.store.set(this.key, text);
	}
}

function isItem(v: unknown): v is Item {
	const i = v as Item;
	return typeof i === 'object' && i !== null && typeof i.cid === 'string' && typeof i.shown === 'string' && typeof i.at === 'number' &&
		typeof i.frame === 'object' && i.frame !== null;
}
