// When Enter means "send": never while an input method is composing. Safari ends the composition before
// the keydown that ended it, so its keyCode 229 has to be asked as well.
export function isSend(e: KeyboardEvent, touch: boolean): boolean {
	if (e.key !== 'Enter' || e.isComposing || e.keyCode === 229) return false;
	if (e.ctrlKey || e.metaKey) return true;
	return !e.shiftKey && !e.altKey && !touch;
}

export const isTouch = (): boolean => matchMedia('(hover: none) and (pointer: coarse)').matches;

/* Grows a text area with its text, up to a height. */
export function fit(area: HTMLTextAreaElement, most: number): void {
	area.style.height = 'auto';
	area.style.height = `${Math.min(area.scrollHeight + 2, most)}px`;
}

export const codePoints = (text: string): number => [...text].length;
