// One conversation's log as this screen knows it: entries by seq without a gap, and for agents the
// notes between them. An entry made here from an ack stands in for the server's own copy, which a
// sender gets only on a later replay.
import type { AckFrame, Entry, Note } from './frames.ts';
import type { Item } from './outbox.ts';

export type Applied = 'new' | 'known' | 'gap';

export class Log {
	entries: Entry[] = [];
	notes: Note[] = [];

	get last(): number {
		return this.entries.length;
	}

	get lastNote(): number {
		return this.notes.length;
	}

	add(entry: Entry): Applied {
		const have = this.entries[entry.seq - 1];
		if (have) {
			if (!have.local || entry.local) return 'known';
			this.entries = this.entries.map((e) => (e === have ? entry : e));
			return 'new';
		}
		if (entry.seq !== this.last + 1) return 'gap';
		this.entries = [...this.entries, entry];
		if (entry.kind === 'redaction' && entry.of !== undefined) this.rewrite(entry.of, entry.text ?? '');
		return 'new';
	}

	addNote(note: Note): Applied {
		if (note.note_seq <= this.lastNote) return 'known';
		if (note.note_seq !== this.lastNote + 1) return 'gap';
		this.notes = [...this.notes, note];
		return 'new';
	}

	/* The entry that an ack of `item` stands for. */
	acked(ack: AckFrame, item: Item, by: Entry['by']): Applied {
		const base = { seq: ack.seq, at: ack.at, by, cid: ack.cid, local: true };
		const f = item.frame;
		switch (f['t']) {
			case 'send':
				return this.add({ ...base, kind: 'text', text: ack.text ?? item.shown });
			case 'human':
				return this.add({ ...base, kind: 'handoff', reason: 'asked' });
			case 'end':
				return this.add({ ...base, kind: 'closed', why: 'ended' });
			case 'rate':
				return this.add({ ...base, kind: 'rating', score: Number(f['score']), solved: String(f['solved'] ?? '') });
			case 'resolve':
				return this.add({ ...base, kind: 'closed', why: 'resolved' });
			case 'to_bot':
				return this.add({ ...base, kind: 'released' });
			case 'transfer':
				return this.add({ ...base, kind: 'transfer', ...((f['to'] as { team?: string }).team ? { team: (f['to'] as { team: string }).team } : {}) });
			default:
				return 'known';
		}
	}

	private rewrite(seq: number, text: string): void {
		this.entries = this.entries.map((e) => (e.seq === seq ? { ...e, text } : e));
	}
}
