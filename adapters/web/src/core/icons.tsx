// Line icons, drawn here: no icon font, no emoji.
const paths = {
	bot: 'M12 4v3M6 7h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM9 12v2M15 12v2M2 12v2M22 12v2',
	clock: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
	shield: 'M12 3 5 6v5c0 4.5 3 8 7 10 4-2 7-5.5 7-10V6zM9 12l2 2 4-4',
	more: 'M5 12h.01M12 12h.01M19 12h.01',
	minus: 'M6 12h12',
	send: 'M20 4 4 11l6 3 3 6zM20 4 10 14',
	chat: 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8l-4 3v-3H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z',
	down: 'M12 5v14M6 13l6 6 6-6',
	person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.5-6 8-6s8 2 8 6',
	inbox: 'M4 13h5l1 3h4l1-3h5M6 5h12l2 8v5a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-5z',
	bell: 'M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4',
	mute: 'M6 16V11a6 6 0 0 1 9-5.2M18 11v5l2 2H8M10 21h4M3 3l18 18',
	sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M19 5l-1.5 1.5M6.5 17.5 5 19',
	moon: 'M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z',
	help: 'M9.5 9a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M12 17h.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
	exit: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M3 12h11M10 8l4 4-4 4',
	back: 'M15 5l-7 7 7 7',
	panel: 'M4 5h16v14H4zM15 5v14',
	search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4 4',
	close: 'M6 6l12 12M18 6 6 18',
	globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
	const wide = name === 'more' ? 3 : 1.75;
	return (
		<svg class="icon" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width={wide} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
			<path d={paths[name]} />
		</svg>
	);
}

/* Two letters of a Latin name, one sign of a Chinese one. */
export function initials(name: string): string {
	const clean = name.trim();
	if (/^\p{Script=Han}/u.test(clean)) return [...clean][0] ?? '';
	const parts = clean.split(/[\s._-]+/).filter(Boolean);
	const first = [...(parts[0] ?? '?')];
	return ((first[0] ?? '?') + (parts.length > 1 ? [...parts[parts.length - 1]!][0]! : (first[1] ?? ''))).toUpperCase();
}
