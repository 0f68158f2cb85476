/*
 * Numbers in words, "my card is four two four two …", 验证码是四八二九一三, and cards' numbers in
 * pieces. Digit words stand in ordinary talk too ("one or two"), so a row of them counts only as
 * long as a number of its kind and, but for a card whose check holds, where the message says what
 * it is.
 */
#include <string.h>

#include "secrets/finder.h"

#define BIT(kind) (1u << HL_MARK_##kind)
#define DIGITS_MAX 19u

/* By the words' forms; sorted by bytes. */
static const struct digit_word {
	struct hl_str word;
	char digit; /* 'd', 't': the next digit twice, three times */
} digit_words[] = {
	{{"double", 6}, 'd'}, {{"eight", 5}, '8'}, {{"five", 4}, '5'},	{{"four", 4}, '4'},
	{{"nine", 4}, '9'},   {{"o", 1}, '0'},	   {{"oh", 2}, '0'},	{{"one", 3}, '1'},
	{{"seven", 5}, '7'},  {{"six", 3}, '6'},   {{"three", 5}, '3'}, {{"triple", 6}, 't'},
	{{"two", 3}, '2'},    {{"zero", 4}, '0'},  {{"〇", 3}, '0'},	{{"一", 3}, '1'},
	{{"七", 3}, '7'},     {{"三", 3}, '3'},	   {{"九", 3}, '9'},	{{"二", 3}, '2'},
	{{"五", 3}, '5'},     {{"伍", 3}, '5'},	   {{"八", 3}, '8'},	{{"六", 3}, '6'},
	{{"叁", 3}, '3'},     {{"四", 3}, '4'},	   {{"壹", 3}, '1'},	{{"幺", 3}, '1'},
	{{"捌", 3}, '8'},     {{"柒", 3}, '7'},	   {{"玖", 3}, '9'},	{{"肆", 3}, '4'},
	{{"贰", 3}, '2'},     {{"陆", 3}, '6'},	   {{"零", 3}, '0'},
};

/* The digit a word says, 'd' and 't' as above, 0: none. */
static char digit_of(const struct hl_word *word)
{
	size_t low = 0, high = sizeof digit_words / sizeof *digit_words;
	if (word->kind == HL_WORD_NUMBER)
		return word->form.len == 1 ? word->form.ptr[0] : '\0';
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = hl_str_cmp(digit_words[middle].word, word->form);
		if (order == 0)
			return digit_words[middle].digit;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return '\0';
}

struct row {
	char digits[DIGITS_MAX + 1];
	size_t n, first, last; /* words */
	bool words;	       /* not only figures */
};

/* The row of digit words from `first` on; of more than a number's digits the first ones. */
static struct row row_at(const struct hl_finder *f, size_t first)
{
	struct row row = {.first = first, .last = first};
	size_t times = 1;
	for (size_t i = first; i < f->u->n_words && row.n + times <= DIGITS_MAX; i++) {
		char digit = digit_of(&f->u->words[i]);
		if (digit == '\0')
			break;
		row.last = i;
		row.words = row.words || f->u->words[i].kind != HL_WORD_NUMBER;
		if (digit == 'd' || digit == 't') {
			times = digit == 'd' ? 2 : 3;
			continue;
		}
		for (; times > 0; times--)
			row.digits[row.n++] = digit;
		times = 1;
	}
	return row;
}

/* What the row is; HL_SECRET_COUNT: nothing. */
static enum hl_secret kind_of(const struct hl_finder *f, const struct row *row)
{
	uint32_t start = f->u->words[row->first].start;
	const struct hl_mark *mark = hl_finder_before(
		f, BIT(CARD) | BIT(PHONE) | BIT(CODE) | BIT(ONE_TIME) | BIT(ORDER), start, 4);
	if (row->n >= 13 &&
	    (hl_is_card(row->digits, row->n) || (mark && mark->kind == HL_MARK_CARD)))
		return HL_SECRET_CARD;
	if (mark == NULL || mark->kind == HL_MARK_ORDER)
		return HL_SECRET_COUNT;
	if (mark->kind == HL_MARK_PHONE)
		return row->n >= 7 && row->n <= 15 ? HL_SECRET_PHONE : HL_SECRET_COUNT;
	struct hl_value value = hl_finder_value(f, mark);
	size_t least = mark->kind == HL_MARK_ONE_TIME && value.stated ? 3 : 4;
	bool next = value.start == start && (value.stated || mark->kind == HL_MARK_ONE_TIME);
	return mark->kind != HL_MARK_CARD && next && row->n >= least && row->n <= 8
		       ? HL_SECRET_CODE
		       : HL_SECRET_COUNT;
}

void hl_find_spelt(struct hl_finder *f)
{
	for (size_t i = 0; i < f->u->n_words; i++) {
		struct row row = row_at(f, i);
		if (row.n < 3)
			continue;
		enum hl_secret kind = row.words ? kind_of(f, &row) : HL_SECRET_COUNT;
		if (kind != HL_SECRET_COUNT)
			hl_finder_add(f, kind, f->u->words[row.first].start,
				      f->u->words[row.last].end);
		i = row.last;
	}
}

/* ------------------------------------------------------------------ over several messages */

/* The figures that end a message, from word *first on: how many. */
static size_t figures_at_end(const struct hl_finder *f, size_t *first)
{
	size_t n = 0, i = f->u->n_words;
	for (; i > 0 && f->u->words[i - 1].kind == HL_WORD_NUMBER && n <= DIGITS_MAX; i--) {
		struct hl_str form = f->u->words[i - 1].form;
		if (hl_shape_of(form).digits != form.len)
			break;
		n += form.len;
	}
	*first = i;
	return n;
}

/* Figures first … of each message in a row; false: no card. */
static bool make_card(struct hl_finder **parts, size_t n, const size_t *first)
{
	char digits[DIGITS_MAX + 1];
	size_t len = 0;
	bool called = false, grouped = true;
	for (size_t i = 0; i < n; i++) {
		const struct hl_utterance *u = parts[i]->u;
		called = called || hl_finder_has(parts[i], BIT(CARD));
		grouped = grouped && !hl_finder_has(parts[i], BIT(ORDER) | BIT(TX));
		for (size_t k = first[i]; k < u->n_words; k++) {
			struct hl_str form = u->words[k].form;
			if (len + form.len > DIGITS_MAX)
				return false;
			memcpy(digits + len, form.ptr, form.len);
			len += form.len;
			grouped = grouped && form.len % 4 == 0;
		}
	}
	return len >= 13 && (called || grouped) && hl_is_card(digits, len);
}

bool hl_is_all_figures(const struct hl_finder *f)
{
	size_t first;
	return figures_at_end(f, &first) > 0 && first == 0;
}

void hl_find_joint_card(struct hl_finder **parts, size_t n)
{
	size_t first[HL_SECRETS_RECENT_MAX + 1], from = n;
	/* all but the first of them are figures and nothing else */
	while (from > 0 && figures_at_end(parts[from - 1], &first[from - 1]) > 0) {
		from--;
		if (n - from > 1 && make_card(parts + from, n - from, first + from))
			break;
		if (from == 0 || first[from] > 0)
			return;
	}
	if (from == n || n - from < 2 || !make_card(parts + from, n - from, first + from))
		return;
	for (size_t i = from; i < n; i++)
		hl_finder_add(parts[i], HL_SECRET_CARD, parts[i]->u->words[first[i]].start,
			      parts[i]->u->words[parts[i]->u->n_words - 1].end);
}
