// Two short tones made by WebAudio: no sound file, no autoplay trouble. Browsers keep audio silent until
// the first gesture; wake() is called on one.
let audio: AudioContext | null = null;

export function wake(): void {
	try {
		audio ??= new AudioContext();
		void audio.resume().catch(() => undefined);
	} catch {
		audio = null;
	}
}

/* Plays the notes (Hz) one after another; false when the browser keeps us silent. */
export function chime(notes: number[], volume = 0.12): boolean {
	if (audio?.state !== 'running') return false;
	const ctx = audio;
	notes.forEach((hz, i) => {
		const tone = ctx.createOscillator();
		const gain = ctx.createGain();
		const at = ctx.currentTime + i * 0.16;
		tone.frequency.value = hz;
		gain.gain.setValueAtTime(0, at);
		gain.gain.linearRampToValueAtTime(volume, at + 0.02);
		gain.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
		tone.connect(gain).connect(ctx.destination);
		tone.start(at);
		tone.stop(at + 0.32);
	});
	return true;
}
