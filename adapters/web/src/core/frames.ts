// The frames of hotline.chat.v1 and hotline.agent.v1 as types. The strict reading of what a server
// sends happens in parse(): anything else is dropped, so no view ever meets a half-formed frame.

export type State = 'bot' | 'queued' | 'human' | 'closed';
export type Role = 'customer' | 'bot' | 'agent' | 'system';

export interface Author {
	role: Role;
	name?: string;
}
export interface Button {
	title: string;
	choice?: string;
	url?: string;
}
export interface Entry {
	seq: number;
	at: string;
	kind: 'text' | 'handoff' | 'assigned' | 'released' | 'transfer' | 'closed' | 'rating' | 'redaction';
	by: Author;
	text?: string;
	lang?: string;
	cid?: string;
	buttons?: Button[];
	intent?: string;
	intents?: string[];
	reply_to?: number;
	reason?: string;
	team?: string;
	agent?: { name?: string; display?: string };
	why?: string;
	outcome?: string;
	tags?: string[];
	of?: number;
	score?: number;
	solved?: string;
	comment?: string;
	// made here from an ack, before (or instead of) the server's own copy
	local?: boolean;
}
export interface Note {
	note_seq: number;
	after: number;
	at: string;
	kind: string;
	by: Author;
	text?: string;
	cid?: string;
}

/* What a `released` leads to: the desk looks for another agent when one has gone, else the bot goes on. */
export const afterRelease = (e: Entry): State => (e.by.role === 'system' && e.agent?.name ? 'queued' : 'bot');

interface Conv {
	conv: string;
}
export interface ErrorFrame {
	t: 'error';
	code: string;
	message?: string;
	cid?: string;
	conv?: string;
	retry_after_ms?: number;
}
export interface ByeFrame {
	t: 'bye';
	reason: string;
	retry_ms?: number;
}
export interface AckFrame {
	t: 'ack';
	cid: string;
	seq: number;
	note_seq?: number;
	at: string;
	text?: string;
}
export interface QueuePlace {
	t: 'queue';
	position: number;
	waiting: number;
	wait_s?: [number, number];
	actions?: Button[];
}
export interface Greeting {
	text: string;
	buttons?: Button[];
}
export type ChatFrame =
	| { t: 'welcome'; v: number; conv: string; resume: string; seq: number; state: State; lang?: string; limits?: { text?: number }; greeting?: Greeting }
	| ({ t: 'ev' } & Entry)
	| AckFrame
	| QueuePlace
	| { t: 'typing'; by: string; on: boolean }
	| { t: 'read'; by: string; seq: number }
	| ErrorFrame
	| ByeFrame
	| { t: 'pong' };

export interface Agent {
	name: string;
	display?: string;
	teams?: string[];
	langs?: string[];
	roles?: string[];
	capacity?: number;
	presence?: string;
	// in the list of those online: how many conversations each has
	load?: number;
}
export interface Mine {
	conv: string;
	state: State;
	seq: number;
	note_seq?: number;
	since?: string;
	title?: string;
	customer?: string;
	lang?: string;
	team?: string;
}
export interface QueueItem {
	conv: string;
	team?: string;
	urgency?: string;
	reason?: string;
	since: string;
	lang?: string;
	title?: string;
	customer?: string;
}
export interface Offer {
	t: 'offer';
	conv: string;
	offer: string;
	expires_ms: number;
	reason?: string;
	team?: string;
	urgency?: string;
	waited_ms?: number;
	title?: string;
	customer?: string;
	lang?: string;
	summary?: { intents?: string[]; slots?: Record<string, unknown>; last?: string };
}
export interface ConvInfo {
	conv: string;
	state: State;
	seq: number;
	note_seq?: number;
	team?: string;
	owner?: string | { agent?: string; name?: string };
	lang?: string;
	title?: string;
	customer?: Record<string, unknown>;
	slots?: Record<string, unknown>;
	matched?: { intent: string; score?: number; rule?: string }[];
}
export type AgentFrame =
	| { t: 'welcome'; v: number; agent: Agent; mine: Mine[]; online?: Agent[]; teams?: string[]; presence?: string }
	| { t: 'queue'; version: number; items: QueueItem[]; more?: boolean }
	| { t: 'queue_delta'; version: number; add?: QueueItem[]; remove?: string[] }
	| Offer
	| { t: 'offer_gone'; offer: string; conv?: string; why: string }
	| ({ t: 'conv' } & ConvInfo)
	| ({ t: 'ev' } & Conv & (Entry | Note))
	| (AckFrame & { conv?: string })
	| ({ t: 'typing'; by: string; on: boolean } & Conv)
	| ({ t: 'read'; by: string; seq: number } & Conv)
	| ErrorFrame
	| ByeFrame
	| { t: 'pong' };

type Check = (f: Record<string, unknown>) => boolean;
const whole = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0;
const text = (v: unknown): v is string => typeof v === 'string';
const entry: Check = (f) =>
	(whole(f['seq']) || whole(f['note_seq'])) && text(f['kind']) && text(f['at']) && typeof f['by'] === 'object' && f['by'] !== null &&
	(f['text'] === undefined || text(f['text'])) && (f['buttons'] === undefined || Array.isArray(f['buttons']));

const checks: Record<string, Check> = {
	welcome: (f) => f['v'] === 1,
	ev: entry,
	ack: (f) => text(f['cid']) && (whole(f['seq']) || whole(f['note_seq'])),
	queue: (f) => whole(f['position']) || Array.isArray(f['items']),
	queue_delta: (f) => whole(f['version']),
	offer: (f) => text(f['conv']) && text(f['offer']) && whole(f['expires_ms']),
	offer_gone: (f) => text(f['offer']),
	conv: (f) => text(f['conv']) && text(f['state']) && whole(f['seq']),
	typing: (f) => typeof f['on'] === 'boolean',
	read: (f) => whole(f['seq']),
	error: (f) => text(f['code']),
	bye: (f) => text(f['reason']),
	pong: () => true,
};

/* A server's frame, or null when it is not one we know. */
export function parse<F>(data: unknown): F | null {
	if (typeof data !== 'string') return null;
	let f: unknown;
	try {
		f = JSON.parse(data);
	} catch {
		return null;
	}
	if (typeof f !== 'object' || f === null) return null;
	const frame = f as Record<string, unknown>;
	const name = frame['t'];
	if (!text(name) || !Object.hasOwn(checks, name) || !checks[name]!(frame)) return null;
	return frame as F;
}
