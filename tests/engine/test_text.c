/* Normal form, words and language: case by case, then against utf8proc asked about everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include <cmocka.h>

#include "text/chars.h"
#include "text/text.h"

static struct hl_str normal_of(struct hl_arena *arena, const char *text)
{
	struct hl_normal normal;
	assert_int_equal(hl_text_normalise(&normal, arena, hl_str_of(text), NULL, 0), HL_OK);
	return hl_arena_dup(arena, normal.text);
}

static void test_normal_form(void **state)
{
	(void)state;
	static const struct {
		const char *text, *normal;
	} cases[] = {
		{"", ""},
		{"My DEPOSIT", "my deposit"},
		{"ＢＴＣ　１２３！", "btc 123!"},
		{"強平價怎麼", "强平价怎么"},
		{"提幣沒到賬", "提币没到账"},
		{"為甚麼沒到帳", "为什么没到账"},
		{"甚\xcc\xb6\xe2\x80\x8b麼", "什么"},
		{"甚至", "甚至"},
		{"trac\xe2\x84\xaa", "track"},
		{"\xc5\xbftatu\xc5\xbf", "status"},
		{"\xd1\x95\x65\x65\x64", "seed"}, /* Cyrillic s */
		{"d\xd0\xb5"
		 "posit",
		 "deposit"}, /* Cyrillic e */
		{"\xce\xb1"
		 "ccount",
		 "account"}, /* Greek alpha */
		{"\xd0\xbc\xd0\xbe\xd1\x81\xd1\x82", "\xd0\xbc\xd0\xbe\xd1\x81\xd1\x82"}, /* мост */
		{"caf\xc3\xa9 cafe\xcc\x81", "caf\xc3\xa9 caf\xc3\xa9"},
		{"𝐬𝐞𝐞𝐝 𝕡𝕙𝕣𝕒𝕤𝕖", "seed phrase"},
		{"ｄｅｐ\xd0\xbeｓｉｔ", "deposit"},
		{"ꜱᴇᴇᴅ", "seed"},
		{"🅱🅣🅒", "btc"},
		{"wi\xe2\x80\x8bth\xc2\xad"
		 "draw",
		 "withdraw"},
		{"\xe2\x80\xae"
		 "abc\xe2\x80\xac",
		 "abc"},
		{"d\xcc\xb6"
		 "e\xcc\xb6p",
		 "dep"},
		{"don\xe2\x80\x99t", "don't"},
		{"a\tb\r\nc\x01"
		 "d",
		 "a b\n\nc d"},
		{"\xe4\xb8\x8d\xff\xe4\xb8", "\xe4\xb8\x8d\xef\xbf\xbd\xef\xbf\xbd"},
		{"1️⃣ 👍🏽", "1 👍"},
		{"ｶﾞ", "ガ"},
		{"Straße İ", "strasse i"},
		{"…", "..."},
		{"①½", "11⁄2"},
		{"\xef\xbf\xbc", " "},
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(normal_of(&arena, cases[i].text).ptr, cases[i].normal);
	hl_arena_deinit(&arena);
}

/* Words as one text: forms with | between, a space between words, / where a sentence ends, + glued.
 */
static const char *words_of(struct hl_arena *arena, struct hl_str text)
{
	struct hl_utterance u;
	struct hl_buf buf;
	assert_int_equal(hl_utterance_read(&u, arena, text, NULL, 0), HL_OK);
	hl_buf_init(&buf, arena);
	for (size_t i = 0; i < u.n_words; i++) {
		const struct hl_word *w = &u.words[i];
		static const char *const kinds[] = {"", "#", "", "E:", "H:", "L:", "S:"};
		if (i > 0)
			hl_buf_cstr(&buf, w->glued			  ? "+"
					  : w->sentence != w[-1].sentence ? " / "
									  : " ");
		hl_buf_cstr(&buf, kinds[w->kind]);
		hl_buf_str(&buf, w->form);
		for (size_t k = 0; k < w->n_also; k++) {
			hl_buf_char(&buf, '|');
			hl_buf_str(&buf, w->also[k]);
		}
	}
	hl_buf_char(&buf, '\0');
	return buf.ptr;
}

static void test_words(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"My deposit, missing!", "my deposit missing"},
		{"haven't rock'n'roll 'quoted'", "havent rocknroll quoted"},
		{"提500U", "提+#500+u"},
		{"1,000.50 3. 2fa trc20", "#1,000.50 #3 / #2+fa trc+#20"},
		{"sooo", "soo|so"},
		{"hellloooo", "helloo|heloo|hello|helo"},
		{"aaa111aaa", "aa|a+#111+aa|a"},
		{"哈哈哈哈", "哈+哈+哈+哈"},
		{"😂😂😂😭", "E:😂+E:😭"},
		{"wait... what? no. 0.5 ok.go", "wait what / no / #0.5 ok go"},
		{"充值没到。怎么办\n在吗", "充+值+没+到 / 怎+么+办 / 在+吗"},
		{"see https://etherscan.io/tx/0xAB, ok", "see L:https://etherscan.io/tx/0xab ok"},
		{"www.acme.com/x。好", "L:www.acme.com/x / 好"},
		{"and/or top-up", "and or top up"},
		{"tx 0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060 late",
		 "tx H:0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060 late"},
		{"to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2到",
		 "to H:1bvbmseystwetqtfn5au4m4gfg7xjanvn2+到"},
		{"bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
		 "H:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"},
		{"pleaaaaaaaaaaaaaaaaaaaaaaaaaaase", "pleaase|please"},
		{"\xef\xbf\xbc", ""},
		/* accents are the word's, not the form's */
		{"café CAFÉ cafe\xcc\x81 Łódź Ærø naïve", "cafe cafe cafe lodz aero naive"},
		{"depósito não größe œuvre l'été", "deposito nao grosse oeuvre lete"},
		{"ещё еще мой", "еще еще мой"},
		{"oéééh", "oeeh|oeh"},
		{"aab aabb aaabbb", "aab aabb aabb|abb|aab|ab"},
		{"abcdefg abcdefgh abcdefghi", "abcdefg abcdefgh abcdefghi"},
		{"abcdefff abcdefgggg", "abcdeff|abcdef abcdefgg|abcdefg"},
		/* flags are one, a family is three */
		{"🇺🇸🇺🇸🇷🇺🇸🇬", "E:🇺🇸+E:🇷🇺+E:🇸🇬"},
		{"🇺 🇸x", "E:🇺 E:🇸+x"},
		{"👨\xe2\x80\x8d👩\xe2\x80\x8d👧 👍🏽👍👍🏿", "E:👨+E:👩+E:👧 E:👍"},
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(words_of(&arena, hl_str_of(cases[i].text)), cases[i].words);
	hl_arena_deinit(&arena);
}

static void test_sizes_and_places(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_utterance u;
	struct hl_str text = HL_STR("轉\xe2\x80\x8b"
				    "帳 Ｂ\xd0\xa2"
				    "C fast");
	assert_int_equal(hl_utterance_read(&u, &arena, text, NULL, 0), HL_OK);
	assert_int_equal(u.n_words, 4);
	assert_int_equal(u.size2, 6);
	static const struct hl_span places[] = {{0, 3}, {6, 9}, {10, 16}, {17, 21}};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(u.words[i].ostart, places[i].start);
		assert_int_equal(u.words[i].oend, places[i].end);
	}
	assert_true(u.words[1].glued);
	assert_true(hl_str_eq(u.words[2].form, HL_STR("btc")));
	assert_true(u.words[2].latin);
	hl_arena_deinit(&arena);
}

/* What customers type, and of each word the bytes of theirs that it came from. */
static void test_typing(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words; /* form<original>, alternatives after | */
	} cases[] = {
		{"trac\xe2\x84\xaa my \xc5\xbftatus",
		 "track<trac\xe2\x84\xaa> my<my> status<\xc5\xbftatus>"},
		{"ＢＴＣ１２３！ＯＫ？", "btc<ＢＴＣ> 123<１２３> ok<ＯＫ>"},
		{"ﾃﾞﾎﾟｼﾞｯﾄ", "デポジット<ﾃﾞﾎﾟｼﾞｯﾄ>"},
		{"強平價怎麼，沒到賬！", "强<強> 平<平> 价<價> 怎<怎> 么<麼> 没<沒> 到<到> 账<賬>"},
		{"為甚麼沒到帳", "为<為> 什<甚> 么<麼> 没<沒> 到<到> 账<帳>"},
		{"with\xe2\x80\x8b"
		 "draw \xe2\x80\xae"
		 "abc\xe2\x80\xac ka\xc2\xad"
		 "rte \xef\xbb\xbfhi",
		 "withdraw<with\xe2\x80\x8b"
		 "draw> abc<abc> karte<ka\xc2\xad"
		 "rte> hi<hi>"},
		{"р\xd0\xb0ypal рaypаl привет бiткоин",
		 "paypal<р\xd0\xb0ypal> paypal<рaypаl> привет<привет> бiткоин<бiткоин>"},
		{"soooo heeeelp 急急急 wow!!!! ？？？",
		 "soo|so<soooo> heelp|help<heeeelp> 急<急> 急<急> 急<急> wow<wow>"},
		{"👨\xe2\x80\x8d👩 👍🏽👍 🇨🇳🇺🇸 ❤️ 1️⃣2️⃣",
		 "👨<👨> 👩<👩> 👍<👍🏽👍> 🇨🇳<🇨🇳> 🇺🇸<🇺🇸> "
		 "❤<❤> "
		 "12<1️⃣2️⃣>"},
		{"𝗵𝗲𝗹𝗽 𝓫𝓽𝓬 𝟏𝟐 ① Ⓑⓣⓒ 🅑🅣🅒", "help<𝗵𝗲𝗹𝗽> btc<𝓫𝓽𝓬> 12<𝟏𝟐> 1<①> btc<Ⓑⓣⓒ> btc<🅑🅣🅒>"},
		{"ﬁat oﬃce №5 ℃", "fiat<ﬁat> office<oﬃce> no<№> 5<5> c<℃>"},
		{"café cafe\xcc\x81 CAFÉ", "cafe<café> cafe<cafe\xcc\x81> cafe<CAFÉ>"},
		{"a\r\nb\xed\xa0\x80"
		 "d \xc0\xaf"
		 "e \xf0\x9f\x98"
		 "f",
		 "a<a> b<b> d<d> e<e> f<f>"},
		{"٥٠٠ usdt ۱۲", "500<٥٠٠> usdt<usdt> 12<۱۲>"},
		{"İstanbul ıs straße", "istanbul<İstanbul> is<ıs> strasse<straße>"},
		{"deposit…where “my” don’t", "deposit<deposit> where<where> my<my> dont<don’t>"},
		{"z\xcc\xb7\xcc\xa2o", "zo<z\xcc\xb7\xcc\xa2o>"},
		{"提500Ｕ", "提<提> 500<500> u<Ｕ>"},
		{"1,000 １，０００ 42，5分", "1,000<1,000> 1,000<１，０００> 42<42> 5<5> 分<分>"},
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_utterance u;
		struct hl_buf buf;
		hl_buf_init(&buf, &arena);
		assert_int_equal(hl_utterance_read(&u, &arena, hl_str_of(cases[i].text), NULL, 0),
				 HL_OK);
		for (size_t w = 0; w < u.n_words; w++) {
			const struct hl_word *word = &u.words[w];
			hl_buf_cstr(&buf, w > 0 ? " " : "");
			hl_buf_str(&buf, word->form);
			for (size_t k = 0; k < word->n_also; k++) {
				hl_buf_char(&buf, '|');
				hl_buf_str(&buf, word->also[k]);
			}
			hl_buf_char(&buf, '<');
			hl_buf_str(&buf,
				   hl_str_sub(u.original, word->ostart, word->oend - word->ostart));
			hl_buf_char(&buf, '>');
		}
		hl_buf_char(&buf, '\0');
		assert_string_equal(buf.ptr, cases[i].words);
	}
	/* NUL parts words as any control character does */
	struct hl_utterance u;
	assert_int_equal(hl_utterance_read(&u, &arena, HL_STR("a\0b"), NULL, 0), HL_OK);
	assert_int_equal(u.n_words, 2);
	assert_int_equal(u.words[1].ostart, 2);
	hl_arena_deinit(&arena);
}

static void test_redacted_spans_are_one_word(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_utterance u;
	struct hl_str text = HL_STR("card 4111 1111 please");
	const struct hl_redacted card = {.kind = "card", .span = {5, 14}};
	assert_int_equal(hl_utterance_read(&u, &arena, text, &card, 1), HL_OK);
	assert_true(hl_str_eq(u.normal.text, HL_STR("card \xef\xbf\xbc please")));
	assert_int_equal(u.n_words, 3);
	assert_int_equal(u.words[1].kind, HL_WORD_SECRET);
	assert_int_equal(u.words[1].ostart, 5);
	assert_int_equal(u.words[1].oend, 14);
	assert_int_equal(u.words[2].ostart, 15);
	hl_arena_deinit(&arena);
}

static void test_language(void **state)
{
	(void)state;
	static const struct {
		const char *text, *lang;
	} cases[] = {
		{"where is my deposit", "en"},
		{"btc deposit", ""},
		{"hi", ""},
		{"充值没到", "zh"},
		{"我的withdrawal还没到", "zh"},
		{"please tell 比特币 support to fix it", "en"},
		{"U", ""},
		{"¿dónde está mi depósito?", "es"},
		{"où est mon dépôt de bitcoin", "fr"},
		{"wo ist meine einzahlung", "de"},
		{"где мой депозит", "ru"},
		{"入金が反映されません", "ja"},
		{"입금이 아직 안 됐어요", "ko"},
		{"usdt trc erc solana", ""},
		{"no puedo entrar en mi cuenta", "es"},
		{"minha conta foi bloqueada", "pt"},
		{"kenapa deposit saya belum masuk", "id"},
		{"tôi không thể rút tiền", "vi"},
		{"para nasıl çekilir neden yok", "tr"},
		/* one borrowed word or name is no sign of another language */
		{"show dan's contact detail", ""},
		{"calculate two plus 29", "en"},
		{"lindafancy55 gmail dot com", ""},
		{"withdraw uno token", ""},
		{"", ""},
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_utterance u;
		assert_int_equal(hl_utterance_read(&u, &arena, hl_str_of(cases[i].text), NULL, 0),
				 HL_OK);
		assert_string_equal(hl_arena_dup(&arena, u.lang).ptr, cases[i].lang);
		assert_int_equal(u.lang_sure, u.lang.len > 0);
	}
	hl_arena_deinit(&arena);
}

static void test_pattern_text(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *folded;
	} cases[] = {
		{"充幣.*沒到", "充币.*没到"}, {"Ａ\\d+", "A\\d+"},
		{"到账？", "到账\\?"},	      {"\\（x", "\\(x"},
		{"\\\\（x", "\\\\\\(x"},      {"BTC|btc", "BTC|btc"},
	};
	struct hl_arena arena = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_normal out;
		assert_int_equal(hl_text_fold_pattern(&out, &arena, hl_str_of(cases[i].pattern)),
				 HL_OK);
		assert_string_equal(hl_arena_dup(&arena, out.text).ptr, cases[i].folded);
	}
	hl_arena_deinit(&arena);
}

/* ------------------------------------------------------------------ against the slow one */

static uint32_t plain_sign(uint32_t code)
{
	static const uint32_t apostrophes[] = {0xb4, 0x2bc, 0x2018, 0x2019, 0x201b, 0x2032};
	for (size_t i = 0; i < 6; i++)
		if (code == apostrophes[i])
			return '\'';
	if (code == '\n' || code == '\r' || code == 0x85 || code == 0x2028 || code == 0x2029)
		return '\n';
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xfffc ? ' ' : code;
}

/* The whole text at once by utf8proc, and what is not wanted taken out of it. */
static struct hl_str fold_once(struct hl_arena *arena, struct hl_str text)
{
	struct hl_buf out;
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t len = utf8proc_map(
		(const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, &folded,
		UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
	assert_true(len >= 0);
	hl_buf_init(&out, arena);
	for (const char *p = (const char *)folded, *end = p + len; p < end;) {
		uint32_t code = hl_utf8_next(&p, end);
		if (!hl_char_is_stacked_mark(code) && !hl_char_is_invisible(code))
			hl_buf_code(&out, plain_sign(hl_char_undressed(hl_char_simplified(code))));
	}
	free(folded);
	return hl_buf_view(&out);
}

/* Folded until it stays as it is; look-alikes and 甚麼 are left to the cases above. */
static struct hl_str slow_normal(struct hl_arena *arena, const uint32_t *codes, size_t n)
{
	struct hl_buf signs;
	struct hl_str text, folded;
	hl_buf_init(&signs, arena);
	for (size_t i = 0; i < n; i++)
		if (!hl_char_is_invisible(codes[i]))
			hl_buf_code(&signs, plain_sign(codes[i]));
	for (text = hl_buf_view(&signs);; text = folded) {
		folded = fold_once(arena, text);
		if (hl_str_eq(folded, text))
			return text;
	}
}

static bool has_look_alike(struct hl_str text)
{
	for (const char *p = text.ptr, *end = text.len > 0 ? p + text.len : p; p < end;)
		if (hl_char_look_alike(hl_utf8_next(&p, end)) != 0)
			return true;
	return false;
}

static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static uint32_t random_code(uint64_t *seed)
{
	static const struct {
		uint32_t first, n;
	} blocks[] = {{0x00, 0x80},	{0x61, 26},	  {0xa0, 0x160},    {0x300, 0x70},
		      {0x590, 0x200},	{0x900, 0x80},	  {0x1100, 0x100},  {0x1e00, 0x200},
		      {0x2000, 0x80},	{0x2100, 0x90},	  {0x2460, 0xa0},   {0x3000, 0x100},
		      {0x3200, 0x200},	{0x4e00, 0x5200}, {0xac00, 0x2ba0}, {0xf900, 0x200},
		      {0xfb00, 0x50},	{0xfe00, 0x10},	  {0xff00, 0xf0},   {0x1d400, 0x400},
		      {0x1f100, 0x100}, {0x1f300, 0x400}, {0x20000, 0x2000}};
	/* what customers type, and what may join it, next to each other often */
	static const uint32_t common[] = {
		'a',	'B',	' ',	'\n',	'3',	'\'',	0xe9,	0xc4,	 0xdf,	  0xad,
		0xb4,	0x131,	0x300,	0x301,	0x327,	0x34f,	0x200b, 0x200d,	 0x2019,  0x201d,
		0x2014, 0x2026, 0x20e3, 0x3001, 0x3000, 0x300c, 0x3099, 0x302a,	 0x4e00,  0x63d0,
		0x9fff, 0xfe0f, 0xff01, 0xff21, 0xff5e, 0xff9e, 0xff76, 0x1f3fd, 0x1f600, 0x1f1fa};
	if (draw(seed) % 2)
		return common[draw(seed) % (sizeof common / sizeof *common)];
	size_t block = draw(seed) % (sizeof blocks / sizeof *blocks);
	return blocks[block].first + draw(seed) % blocks[block].n;
}

/* Each byte comes from whole characters of the original, one after the other. */
static void check_places(const struct hl_normal *normal, struct hl_str original)
{
	bool starts[HL_TEXT_BYTES_MAX + 1] = {false};
	for (const char *p = original.ptr, *end = p + original.len; p < end;) {
		starts[p - original.ptr] = true;
		(void)hl_utf8_next(&p, end);
	}
	starts[original.len] = true;
	for (uint32_t i = 0; i < normal->text.len; i++) {
		struct hl_span at = hl_normal_span(normal, i, i + 1);
		assert_true(at.start < at.end && at.end <= original.len);
		assert_true(starts[at.start] && starts[at.end]);
		if (i > 0) {
			struct hl_span before = hl_normal_span(normal, i - 1, i);
			assert_true(before.start == at.start || before.end <= at.start);
		}
	}
	assert_memory_equal(normal->text.ptr + normal->text.len, "\0\0\0\0\0\0\0", 8);
}

static void test_normal_form_equals_utf8proc(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	uint64_t seed = 11;
	int compared = 0;
	for (int round = 0; round < 20000; round++) {
		uint32_t codes[12];
		size_t n = draw(&seed) % 12;
		struct hl_buf text;
		hl_arena_reset(&arena);
		hl_buf_init(&text, &arena);
		for (size_t i = 0; i < n; i++) {
			do
				codes[i] = random_code(&seed);
			while (codes[i] == 0x751a);
			hl_buf_code(&text, codes[i]);
		}
		struct hl_normal fast;
		assert_int_equal(hl_text_normalise(&fast, &arena, hl_buf_view(&text), NULL, 0),
				 HL_OK);
		struct hl_str slow = slow_normal(&arena, codes, n);
		if (has_look_alike(slow))
			continue;
		compared++;
		assert_true(hl_str_eq(fast.text, slow));
		check_places(&fast, hl_buf_view(&text));
	}
	assert_true(compared > 10000);
	hl_arena_deinit(&arena);
}

/* What has been folded once stays as it is, look-alikes and 甚麼 too. */
static void test_normal_form_is_its_own(void **state)
{
	(void)state;
	static const uint32_t apart[] = {0x751a, 0x4e48, 0x9ebc, 0x336,	 0x455, 0x43e,
					 0x3bf,	 0x200b, 0x6b,	 0xfffd, 0xe5f, 0x65};
	struct hl_arena arena = {0};
	uint64_t seed = 19;
	for (int round = 0; round < 20000; round++) {
		struct hl_normal once, twice;
		struct hl_buf text;
		hl_arena_reset(&arena);
		hl_buf_init(&text, &arena);
		for (size_t n = draw(&seed) % 48; n > 0; n--)
			hl_buf_code(&text,
				    draw(&seed) % 2 ? apart[draw(&seed) % 12] : random_code(&seed));
		assert_int_equal(hl_text_normalise(&once, &arena, hl_buf_view(&text), NULL, 0),
				 HL_OK);
		assert_int_equal(hl_text_normalise(&twice, &arena, once.text, NULL, 0), HL_OK);
		assert_true(hl_str_eq(once.text, twice.text));
		check_places(&once, hl_buf_view(&text));
	}
	hl_arena_deinit(&arena);
}

/* A space-padded wide character sends the same text down the slow path. */
static void test_ascii_path_equals_the_other(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	uint64_t seed = 5;
	static const char alphabet[] = "abcdeoAB01.,'!? \n-:/x00000fffaaa";
	for (int round = 0; round < 20000; round++) {
		char text[64];
		size_t n = draw(&seed) % 50;
		for (size_t i = 0; i < n; i++)
			text[i] = alphabet[draw(&seed) % (sizeof alphabet - 1)];
		struct hl_utterance fast, slow;
		hl_arena_reset(&arena);
		assert_int_equal(
			hl_utterance_read(&fast, &arena, (struct hl_str){text, n}, NULL, 0), HL_OK);
		memcpy(text + n, " \xe3\x80\x80", 4);
		assert_int_equal(
			hl_utterance_read(&slow, &arena, (struct hl_str){text, n + 4}, NULL, 0),
			HL_OK);
		assert_int_equal(fast.n_words, slow.n_words);
		for (size_t i = 0; i < fast.n_words; i++) {
			assert_int_equal(fast.words[i].ostart, slow.words[i].ostart);
			assert_int_equal(fast.words[i].oend, slow.words[i].oend);
			assert_int_equal(fast.words[i].sentence, slow.words[i].sentence);
			assert_true(hl_str_eq(fast.words[i].form, slow.words[i].form));
		}
	}
	hl_arena_deinit(&arena);
}

/* What was normalised once stays as it is: rules and messages then agree whichever came first. */
static void test_random_bytes_are_stable(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	uint64_t seed = 3;
	for (int round = 0; round < 20000; round++) {
		char bytes[40];
		size_t n = draw(&seed) % sizeof bytes;
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)(draw(&seed) % 3 ? draw(&seed) : 'a' + draw(&seed) % 4);
		struct hl_utterance u;
		hl_arena_reset(&arena);
		assert_int_equal(hl_utterance_read(&u, &arena, (struct hl_str){bytes, n}, NULL, 0),
				 HL_OK);
		assert_true(hl_utf8_valid(u.normal.text));
		check_places(&u.normal, u.original);
		uint32_t last = 0;
		for (size_t i = 0; i < u.n_words; i++) {
			assert_true(u.words[i].start >= last && u.words[i].end > u.words[i].start);
			assert_true(u.words[i].form.len > 0);
			last = u.words[i].end;
		}
		assert_true(last <= u.normal.text.len);
	}
	hl_arena_deinit(&arena);
}

static void test_long_and_odd_texts(void **state)
{
	(void)state;
	struct hl_arena arena = {0};
	struct hl_utterance u;
	static char same[HL_TEXT_BYTES_MAX];
	memset(same, 'a', sizeof same);
	assert_int_equal(hl_utterance_read(&u, &arena, (struct hl_str){same, sizeof same}, NULL, 0),
			 HL_OK);
	assert_int_equal(u.n_words, 1);
	assert_int_equal(u.words[0].form.len, 2);
	memset(same, '!', sizeof same);
	assert_int_equal(hl_utterance_read(&u, &arena, (struct hl_str){same, sizeof same}, NULL, 0),
			 HL_OK);
	assert_int_equal(u.n_words, 0);
	for (size_t i = 0; i + 1 < sizeof same; i += 2)
		memcpy(same + i, "\xcc\x81", 2);
	assert_int_equal(hl_utterance_read(&u, &arena, (struct hl_str){same, sizeof same}, NULL, 0),
			 HL_OK);
	assert_int_equal(u.n_words, 0);
	struct hl_arena small = {.limit = 30000};
	assert_int_equal(hl_utterance_read(&u, &small, (struct hl_str){same, sizeof same}, NULL, 0),
			 HL_NOMEM);
	hl_arena_deinit(&small);
	hl_arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal_form),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_sizes_and_places),
		cmocka_unit_test(test_typing),
		cmocka_unit_test(test_redacted_spans_are_one_word),
		cmocka_unit_test(test_language),
		cmocka_unit_test(test_pattern_text),
		cmocka_unit_test(test_normal_form_equals_utf8proc),
		cmocka_unit_test(test_normal_form_is_its_own),
		cmocka_unit_test(test_ascii_path_equals_the_other),
		cmocka_unit_test(test_random_bytes_are_stable),
		cmocka_unit_test(test_long_and_odd_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
