// Words of the interface: one flat JSON per language, one t(). Plurals come as `key.one`, `key.other`.

export type Words = Record<string, string>;
export type Lang = 'en' | 'zh';

/* The interface language nearest to a BCP 47 tag. */
export function langOf(tag: string | null | undefined): Lang {
	return tag?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const tagOf = (lang: Lang): string => (lang === 'zh' ? 'zh-CN' : 'en');

export type T = (key: string, values?: Record<string, string | number>) => string;

export function words(all: Record<Lang, Words>, lang: Lang): T {
	const mine = all[lang];
	const plural = new Intl.PluralRules(tagOf(lang));
	return (key, values) => {
		let text = mine[key];
		if (text === undefined && typeof values?.['n'] === 'number') text = mine[`${key}.${plural.select(values['n'])}`] ?? mine[`${key}.other`];
		text ??= all.en[key] ?? key;
		return values ? text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : text;
	};
}
