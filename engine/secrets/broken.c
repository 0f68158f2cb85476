/*
 * Keys in pieces: broken over lines, set in groups, or inside a wallet's file. A piece of a key is
 * no key by itself, so the pieces are put together again and judged as a whole; only where the
 * message calls it a private key is one half enough.
 */
#include <string.h>

#include "secrets/finder.h"

#define BIT(kind) (1u << HL_MARK_##kind)

#define PIECES_MAX 20u /* 64 digits in groups of four, and a few */
#define KEY_MAX 128u   /* bytes of a key put together */
#define HEX_KEY 64u
#define HALF_MIN 24u /* hexadecimal digits of a key's half, where a key is spoken of */
#define WIF_PIECE_MIN 12u
#define WIF_LOOKS 16u /* checksums computed for a message, at most */

struct piece {
	uint32_t start, end; /* without 0x */
	bool hex;
};

static bool is_piece_byte(char c)
{
	return (unsigned)(c - 'a') < 26 || (unsigned)(c - '0') < 10;
}

/* The next run of letters and digits at `at` or later; false: none. */
static bool next_piece(struct piece *piece, struct hl_str t, uint32_t at)
{
	while (at < t.len && !is_piece_byte(t.ptr[at]))
		at++;
	piece->start = at;
	piece->hex = true;
	if (at + 2 < t.len && t.ptr[at] == '0' && t.ptr[at + 1] == 'x')
		piece->start = at += 2;
	for (; at < t.len && is_piece_byte(t.ptr[at]); at++)
		piece->hex = piece->hex && (t.ptr[at] <= '9' || t.ptr[at] <= 'f');
	piece->end = at;
	return piece->end > piece->start;
}

/* Nothing but blanks, dashes, quotes and the like between. */
static bool goes_on(struct hl_str t, uint32_t end, uint32_t start)
{
	if (start - end > 6)
		return false;
	for (uint32_t i = end; i < start; i++)
		if (t.ptr[i] == '\0' || strchr(" \n-\"'`,.+|/", t.ptr[i]) == NULL)
			return false;
	return true;
}

/* Groups that are 64 hexadecimal digits together, from the first of `v` on: how many, 0: no. */
static size_t count_hex(const struct piece *v, size_t n)
{
	size_t digits = 0;
	for (size_t i = 0; i < n && v[i].hex && digits < HEX_KEY; i++) {
		digits += v[i].end - v[i].start;
		if (digits == HEX_KEY)
			return i + 1;
	}
	return 0;
}

/* Pieces that are one key of Bitcoin's import format together: how many, 0: no. */
static size_t count_wif(const struct hl_finder *f, const struct piece *v, size_t n, unsigned *looks)
{
	char text[KEY_MAX];
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		struct hl_str raw = hl_finder_raw(f, v[i].start, v[i].end);
		if (raw.len < WIF_PIECE_MIN || len + raw.len > 53)
			return 0;
		memcpy(text + len, raw.ptr, raw.len);
		len += raw.len;
		if (i > 0 && len >= 50 && ++*looks <= WIF_LOOKS &&
		    hl_is_wif((struct hl_str){text, len}))
			return i + 1;
	}
	return 0;
}

/* Pieces that an extended private key, whose prefix tells it, goes on in: how many, 0: none. */
static size_t count_extended(const struct hl_finder *f, const struct piece *v, size_t n)
{
	struct hl_str t = f->u->normal.text;
	size_t len = v[0].end - v[0].start, i = 1;
	if (len < 20 || memcmp(t.ptr + v[0].start + 1, "prv", 3) != 0)
		return 0;
	for (; i < n && len < 111 && len + v[i].end - v[i].start <= 112; i++)
		len += v[i].end - v[i].start;
	return i;
}

static void judge_pieces(struct hl_finder *f, const struct piece *v, size_t n, bool spoken,
			 unsigned *looks)
{
	for (size_t i = 0; i < n;) {
		size_t pieces = spoken ? count_hex(v + i, n - i) : 0;
		if (pieces > 0 && !hl_called_key(f, v[i].start))
			pieces = 0;
		if (pieces == 0)
			pieces = count_wif(f, v + i, n - i, looks);
		if (pieces == 0)
			pieces = count_extended(f, v + i, n - i);
		if (pieces > 0)
			hl_finder_add(f, HL_SECRET_KEY, v[i].start, v[i + pieces - 1].end);
		i += pieces > 0 ? pieces : 1;
	}
}

/* "first half 4f3e… second half 91ac…" */
static void judge_half(struct hl_finder *f, const struct piece *piece)
{
	uint32_t len = piece->end - piece->start;
	struct hl_shape s = hl_shape_of(hl_str_sub(f->u->normal.text, piece->start, len));
	if (piece->hex && len >= HALF_MIN && len < HEX_KEY && len != 40 && s.digits >= 4 &&
	    s.lower >= 4 && hl_called_key(f, piece->start))
		hl_finder_add(f, HL_SECRET_KEY, piece->start, piece->end);
}

void hl_find_broken_keys(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	struct piece v[PIECES_MAX];
	bool spoken = hl_finder_has(f, BIT(PRIVATE_KEY) | BIT(SECRET_KEY) | BIT(KEY));
	bool surely = hl_finder_has(f, BIT(PRIVATE_KEY));
	size_t n = 0;
	unsigned looks = 0;
	for (uint32_t at = 0; next_piece(&v[n], t, at);) {
		at = v[n].end;
		if (surely)
			judge_half(f, &v[n]);
		if (n > 0 && !goes_on(t, v[n - 1].end, v[n].start)) {
			judge_pieces(f, v, n, spoken, &looks);
			v[0] = v[n];
			n = 0;
		}
		if (++n == PIECES_MAX) {
			judge_pieces(f, v, n, spoken, &looks);
			memmove(v, v + n / 2, (n - n / 2) * sizeof *v);
			n -= n / 2;
		}
	}
	judge_pieces(f, v, n, spoken, &looks);
}

/* ------------------------------------------------------------------ wallets' files */

/* The value in quotes that follows a name, or what stands for it where they were left out. */
static void add_file_value(struct hl_finder *f, size_t name_end)
{
	struct hl_str t = f->u->normal.text;
	size_t start = name_end, end;
	while (start < t.len && t.ptr[start] != '\0' && strchr("\"' :=\\\n", t.ptr[start]) != NULL)
		start++;
	for (end = start; end < t.len && (is_piece_byte(t.ptr[end]) ||
					  (t.ptr[end] != '\0' && strchr("+/=", t.ptr[end])));)
		end++;
	if (end - start >= 32)
		hl_finder_add(f, HL_SECRET_KEY, (uint32_t)start, (uint32_t)end);
}

void hl_find_wallet_files(struct hl_finder *f)
{
	static const struct hl_str names[] = {
		{"ciphertext", 10}, {"encrypted_key", 13}, {"encryptedkey", 12}, {"\"data\"", 6}};
	struct hl_str t = f->u->normal.text;
	if (hl_str_find(t, HL_STR("\"salt\""), 0) == SIZE_MAX &&
	    hl_str_find(t, HL_STR("cipher"), 0) == SIZE_MAX)
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t at = 0; (at = hl_str_find(t, names[i], at)) != SIZE_MAX;) {
			at += names[i].len;
			add_file_value(f, at);
		}
}
