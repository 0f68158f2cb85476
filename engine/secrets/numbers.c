/*
 * Secrets that are numbers with a check: payment cards (Luhn and an issuer's prefix), the 18-digit
 * identity card (date and check digit), IBAN (mod 97); and telephone numbers by their shape. A
 * number announced as an order's is left alone, or one order number in ten would read as a card.
 */
#include <string.h>

#include "secrets/finder.h"

#define GROUPS_MAX 20
#define DIGITS_MAX 19

/* Runs of digits with single separators between, none touching a letter. */
struct group {
	uint32_t start, end;
};
struct cluster {
	struct group group[GROUPS_MAX];
	size_t n;
	bool dotted;	  /* a full stop or a comma stands between two of them */
	bool plus, paren; /* what stood before the first */
};

static bool digit_at(struct hl_str t, size_t i)
{
	return i < t.len && (unsigned)(t.ptr[i] - '0') < 10;
}

static bool letter_at(struct hl_str t, size_t i)
{
	return i < t.len && (unsigned)(t.ptr[i] - 'a') < 26;
}

/* Where the next group begins if only separators stand between; else 0. */
static size_t next_group(struct hl_str t, size_t i, bool *dotted)
{
	size_t from = i;
	bool dot = false;
	while (i < t.len && i - from < 6) {
		if (digit_at(t, i)) {
			*dotted = *dotted || dot;
			return i == from ? 0 : i;
		}
		if (strchr(" -_/()\n", t.ptr[i]) != NULL) {
			i++;
		} else if (t.ptr[i] == '.') {
			dot = true;
			i++;
		} else if (i + 2 < t.len && memcmp(t.ptr + i, "\xe2\x80", 2) == 0 &&
			   (unsigned char)t.ptr[i + 2] >= 0x90 &&
			   (unsigned char)t.ptr[i + 2] <= 0x95) {
			i += 3; /* hyphens and dashes of other widths */
		} else {
			return 0;
		}
	}
	return 0;
}

static size_t read_cluster(struct cluster *c, struct hl_str t, size_t i)
{
	*c = (struct cluster){0};
	c->paren = i > 0 && t.ptr[i - 1] == '(';
	c->plus = i > (size_t)c->paren && t.ptr[i - 1 - c->paren] == '+';
	while (c->n < GROUPS_MAX) {
		size_t e = i;
		while (digit_at(t, e))
			e++;
		c->group[c->n++] = (struct group){(uint32_t)i, (uint32_t)e};
		if (letter_at(t, e))
			return e;
		size_t next = next_group(t, e, &c->dotted);
		if (next == 0)
			return e;
		i = next;
	}
	return c->group[c->n - 1].end;
}

/* Digits of groups first … last; 0: more than DIGITS_MAX. */
static size_t digits_of(char out[DIGITS_MAX + 1], struct hl_str t, const struct cluster *c,
			size_t first, size_t last)
{
	size_t n = 0;
	for (size_t g = first; g <= last; g++) {
		size_t len = c->group[g].end - c->group[g].start;
		if (n + len > DIGITS_MAX)
			return 0;
		memcpy(out + n, t.ptr + c->group[g].start, len);
		n += len;
	}
	out[n] = '\0';
	return n;
}

static bool luhn_holds(const char *digits, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0') << (i % 2);
		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

/* Issuers' prefixes (ISO/IEC 7812): the first six digits from … to, and the lengths they use. */
static const struct issuer {
	uint32_t from, to;
	uint8_t shortest, longest;
} issuers[] = {
	{220000, 220499, 16, 19}, {222100, 272099, 16, 16}, {300000, 305999, 14, 19},
	{309500, 309599, 14, 19}, {340000, 349999, 15, 15}, {352800, 358999, 16, 19},
	{360000, 369999, 14, 19}, {370000, 379999, 15, 15}, {380000, 399999, 14, 19},
	{400000, 499999, 13, 19}, {500000, 509999, 13, 19}, {510000, 559999, 16, 16},
	{560000, 659999, 13, 19}, {670000, 679999, 13, 19}, {810000, 817199, 16, 19},
	{979200, 979299, 16, 16},
};

bool hl_is_card(const char *digits, size_t n)
{
	uint32_t prefix = 0;
	if (n < 13 || n > DIGITS_MAX || !luhn_holds(digits, n))
		return false;
	for (size_t i = 0; i < 6; i++)
		prefix = prefix * 10 + (uint32_t)(digits[i] - '0');
	for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++)
		if (prefix >= issuers[i].from && prefix <= issuers[i].to &&
		    n >= issuers[i].shortest && n <= issuers[i].longest)
			return true;
	return false;
}

static bool is_birthday(const char *d)
{
	int year = (d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + (d[3] - '0');
	int month = (d[4] - '0') * 10 + (d[5] - '0'), day = (d[6] - '0') * 10 + (d[7] - '0');
	return year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* GB 11643: 17 digits and a check digit 0–9 or X. */
static bool is_id_card(const char *digits, char check)
{
	static const unsigned char weights[17] = {7, 9, 10, 5,	8, 4, 2, 1, 6,
						  3, 7, 9,  10, 5, 8, 4, 2};
	unsigned sum = 0;
	for (size_t i = 0; i < 17; i++)
		sum += weights[i] * (unsigned)(digits[i] - '0');
	return digits[0] != '0' && is_birthday(digits + 6) && "10x98765432"[sum % 11] == check;
}

static bool is_mobile_cn(const char *digits, size_t n)
{
	return n == 11 && digits[0] == '1' && digits[1] >= '3';
}

static size_t size_of(const struct cluster *c, size_t g)
{
	return c->group[g].end - c->group[g].start;
}

/* 415-555-2671, (415) 555-2671, 1-800-555-1234 */
static bool is_grouped_us(const struct cluster *c, size_t first, size_t last)
{
	size_t n = last - first + 1;
	size_t g = first + (n == 4 && size_of(c, first) == 1);
	return (n == 3 || (n == 4 && g > first)) && size_of(c, g) == 3 && size_of(c, g + 1) == 3 &&
	       size_of(c, g + 2) == 4;
}

#define BIT(kind) (1u << HL_MARK_##kind)

/* What the nearest of the words before says that a number at `at` is. */
static unsigned announced(const struct hl_finder *f, uint32_t at)
{
	const struct hl_mark *mark = hl_finder_before(
		f, BIT(ORDER) | BIT(TX) | BIT(CARD) | BIT(PHONE) | BIT(ID_CARD), at, 4);
	return mark != NULL ? 1u << mark->kind : 0;
}

/* 010-62345678, 090-1234-5678, 0532 123 45 67: what stands behind a leading zero. */
static bool is_grouped_trunk(struct hl_str t, const struct cluster *c, size_t first, size_t last,
			     size_t digits)
{
	size_t n = last - first + 1, area = size_of(c, first);
	if (c->dotted || t.ptr[c->group[first].start] != '0' || area < 3 || area > 5 || n > 4)
		return false;
	bool dash = t.ptr[c->group[first].end] == '-' || t.ptr[c->group[first].end] == ')';
	return n == 2 ? dash && digits >= 10 && digits <= 12
		      : n >= 3 && digits >= 9 && digits <= 12;
}

/* Four groups of four, or as American Express prints it. */
static bool is_grouped_card(const struct cluster *c, size_t first, size_t last)
{
	size_t n = last - first + 1;
	if (n == 3)
		return size_of(c, first) == 4 && size_of(c, first + 1) == 6 &&
		       size_of(c, first + 2) == 5;
	for (size_t g = first; g < first + 4 && n >= 4; g++)
		if (size_of(c, g) != 4)
			return false;
	return n == 4;
}

/* A card's number; one with a slip in it too where the message calls it a card. */
static bool is_called_card(struct hl_str t, const struct cluster *c, size_t first, size_t last,
			   size_t digits)
{
	char lead = t.ptr[c->group[first].start];
	return !c->dotted && lead >= '3' && lead <= '6' && digits >= 15 && digits <= 19 &&
	       (first == last || is_grouped_card(c, first, last));
}

static enum hl_secret phone_kind(const struct cluster *c, size_t first, size_t last,
				 const char *digits, size_t n, bool trunk, bool order)
{
	bool whole = first == 0 && last + 1 == c->n;
	bool abroad = c->plus || (digits[0] == '0' && digits[1] == '0' && last > first);
	if (abroad && first == 0 && n >= 9 && n <= 15 && whole)
		return HL_SECRET_PHONE;
	if (is_mobile_cn(digits, n) && !order)
		return HL_SECRET_PHONE;
	return whole && (is_grouped_us(c, first, last) || trunk) ? HL_SECRET_PHONE
								 : HL_SECRET_COUNT;
}

/* What groups first … last are; HL_SECRET_COUNT: nothing. */
static enum hl_secret kind_of(const struct hl_finder *f, const struct cluster *c, size_t first,
			      size_t last, unsigned said)
{
	struct hl_str t = f->u->normal.text;
	char digits[DIGITS_MAX + 1];
	uint32_t end = c->group[last].end;
	size_t n = digits_of(digits, t, c, first, last);
	if (n < 7)
		return HL_SECRET_COUNT;
	bool x = n == 17 && letter_at(t, end) && t.ptr[end] == 'x' && !letter_at(t, end + 1) &&
		 !digit_at(t, end + 1);
	if ((n == 18 || x) && is_id_card(digits, x ? 'x' : digits[17]))
		return HL_SECRET_ID;
	if (letter_at(t, end))
		return HL_SECRET_COUNT;
	if (n == 18 && (said & BIT(ID_CARD)) != 0)
		return HL_SECRET_ID;
	bool order = first == last && (said & (BIT(ORDER) | BIT(TX))) != 0;
	if (hl_is_card(digits, n) && !order &&
	    (!c->dotted || (last - first == 3 && n == 16 && size_of(c, first) == 4)))
		return HL_SECRET_CARD;
	if ((said & BIT(CARD)) != 0 && is_called_card(t, c, first, last, n))
		return HL_SECRET_CARD;
	if (c->dotted && !is_grouped_us(c, first, last))
		return HL_SECRET_COUNT;
	if ((said & BIT(PHONE)) == 0 && hl_counts_something(f, hl_finder_word(f, end)))
		return HL_SECRET_COUNT;
	return phone_kind(c, first, last, digits, n, is_grouped_trunk(t, c, first, last, n), order);
}

/* A letter right before the number: it is part of something longer, unless it is "visa4111…". */
static bool glued_to_letters(const struct hl_finder *f, uint32_t start)
{
	struct hl_str t = f->u->normal.text;
	if (start == 0 || !letter_at(t, start - 1))
		return false;
	const struct hl_mark *mark =
		hl_finder_before(f, BIT(CARD) | BIT(PHONE) | BIT(ID_CARD), start, 0);
	return mark == NULL;
}

/* What is often typed behind a card's number: "11/27 999". Its end, or `at`. */
static uint32_t card_tail(struct hl_str t, uint32_t at)
{
	static const char shape[] = " 00/00 000"; /* 0: a digit, space: separators, or none */
	uint32_t i = at;
	for (const char *s = shape; *s != '\0'; s++) {
		if (*s == ' ') {
			while (i < t.len && t.ptr[i] != '\0' && strchr(" ,;|/", t.ptr[i]) != NULL)
				i++;
		} else if (*s == '0' ? !digit_at(t, i++) : t.ptr[i++] != *s) {
			return at;
		}
	}
	i += digit_at(t, i);
	return digit_at(t, i) || letter_at(t, i) ? at : i;
}

static void judge_cluster(struct hl_finder *f, const struct cluster *c)
{
	struct hl_str t = f->u->normal.text;
	for (size_t first = 0; first < c->n; first++) {
		uint32_t start = c->group[first].start;
		if (glued_to_letters(f, start))
			continue;
		unsigned said = announced(f, start);
		for (size_t last = c->n; last > first; last--) {
			enum hl_secret kind = kind_of(f, c, first, last - 1, said);
			if (kind == HL_SECRET_COUNT)
				continue;
			uint32_t end = c->group[last - 1].end;
			if (first == 0)
				start -= (uint32_t)c->plus + (uint32_t)c->paren;
			if (kind == HL_SECRET_CARD)
				end = card_tail(t, end);
			hl_finder_add(f, kind, start,
				      end + (kind == HL_SECRET_ID && letter_at(t, end)));
			first = last - 1;
			break;
		}
	}
}

/* ------------------------------------------------------------------ IBAN */

static unsigned mod97(unsigned so_far, char c)
{
	if ((unsigned)(c - '0') < 10)
		return (so_far * 10 + (unsigned)(c - '0')) % 97;
	return (so_far * 100 + (unsigned)(c - 'a') + 10) % 97;
}

static bool is_iban(const char *text, size_t n, size_t digits)
{
	unsigned rest = 0;
	if (n < 15 || n > 34 || digits < 11)
		return false;
	for (size_t i = 0; i < n; i++)
		rest = mod97(rest, text[(i + 4) % n]);
	return rest == 1;
}

/* The end of an IBAN that begins at `i` (two letters, two digits), or 0. */
static size_t iban_end(struct hl_str t, size_t i)
{
	char text[34];
	size_t n = 0, digits = 0, best = 0;
	for (; i < t.len; i++) {
		bool digit = digit_at(t, i);
		if (digit || letter_at(t, i)) {
			if (n == sizeof text)
				break;
			text[n++] = t.ptr[i];
			digits += digit;
			bool goes_on = digit_at(t, i + 1) || letter_at(t, i + 1) ||
				       (i + 1 < t.len && t.ptr[i + 1] == '-');
			if (!goes_on && is_iban(text, n, digits))
				best = i + 1;
		} else if ((t.ptr[i] != ' ' && t.ptr[i] != '-') ||
			   !(digit_at(t, i + 1) || letter_at(t, i + 1))) {
			break;
		}
	}
	return best;
}

void hl_find_numbers(struct hl_finder *f)
{
	struct hl_str t = f->u->normal.text;
	struct cluster cluster;
	for (size_t i = 0; i < t.len;) {
		bool begins = i == 0 || (!digit_at(t, i - 1) && !letter_at(t, i - 1));
		if (begins && letter_at(t, i) && letter_at(t, i + 1) && digit_at(t, i + 2) &&
		    digit_at(t, i + 3)) {
			size_t end = iban_end(t, i);
			if (end != 0)
				hl_finder_add(f, HL_SECRET_IBAN, (uint32_t)i, (uint32_t)end);
		}
		if (!digit_at(t, i)) {
			i++;
			continue;
		}
		i = read_cluster(&cluster, t, i);
		judge_cluster(f, &cluster);
	}
}
