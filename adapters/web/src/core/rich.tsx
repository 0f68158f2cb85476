// Shows markup as nodes. Nothing here ever assigns html.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { blocks, plain, shortId, type Inline } from './markup.ts';

function CopyId({ id, label }: { id: string; label: string }) {
	const [done, setDone] = useState(false);
	const copy = (): void => {
		navigator.clipboard?.writeText(id).then(
			() => setDone(true),
			() => undefined,
		);
		setTimeout(() => setDone(false), 1500);
	};
	return (
		<button type="button" class={done ? 'id done' : 'id'} title={id} aria-label={`${label} ${id}`} onClick={copy}>
			{shortId(id)}
		</button>
	);
}

function nodes(list: Inline[], copy: string): ComponentChildren[] {
	return list.map((n) => {
		switch (n.k) {
			case 'text':
				return n.text;
			case 'b':
				return <strong>{nodes(n.of, copy)}</strong>;
			case 'i':
				return <em>{nodes(n.of, copy)}</em>;
			case 'code':
				return <code>{n.text}</code>;
			case 'id':
				return <CopyId id={n.text} label={copy} />;
			case 'br':
				return <br />;
			case 'a':
				return (
					<a href={n.href} target="_blank" rel="noopener noreferrer nofollow">
						{n.of}
						{n.of.includes(n.host) ? null : <span class="host"> ({n.host})</span>}
					</a>
				);
		}
	});
}

export function Rich({ text, copy }: { text: string; copy: string }) {
	return (
		<>
			{blocks(text).map((b) =>
				b.k === 'p' ? (
					<p>{nodes(b.of, copy)}</p>
				) : b.k === 'ul' ? (
					<ul>{b.items.map((i) => <li>{nodes(i, copy)}</li>)}</ul>
				) : (
					<ol>{b.items.map((i) => <li>{nodes(i, copy)}</li>)}</ol>
				),
			)}
		</>
	);
}

export function Plain({ text, copy }: { text: string; copy: string }) {
	return <p class="plain-text">{nodes(plain(text), copy)}</p>;
}
