/*
 * The short things people say to a bot: yes, no, that did not help; in English and Chinese, as
 * whole messages only, so that "yes but my deposit …" is read as what it is.
 */
#include "dialogue/inside.h"

struct small_word {
	enum hl_small means;
	const char *text; /* as hl_small_key spells it */
};
static const struct small_word small_words[] = {
	{HL_SMALL_YES, "yes"},
	{HL_SMALL_YES, "yes please"},
	{HL_SMALL_YES, "yep"},
	{HL_SMALL_YES, "yeah"},
	{HL_SMALL_YES, "yup"},
	{HL_SMALL_YES, "y"},
	{HL_SMALL_YES, "sure"},
	{HL_SMALL_YES, "ok"},
	{HL_SMALL_YES, "okay"},
	{HL_SMALL_YES, "please"},
	{HL_SMALL_YES, "please do"},
	{HL_SMALL_YES, "go ahead"},
	{HL_SMALL_YES, "是"},
	{HL_SMALL_YES, "是的"},
	{HL_SMALL_YES, "好"},
	{HL_SMALL_YES, "好的"},
	{HL_SMALL_YES, "好啊"},
	{HL_SMALL_YES, "可以"},
	{HL_SMALL_YES, "行"},
	{HL_SMALL_YES, "嗯"},
	{HL_SMALL_YES, "要"},
	{HL_SMALL_YES, "需要"},
	{HL_SMALL_YES, "对"},
	{HL_SMALL_NO, "no"},
	{HL_SMALL_NO, "no thanks"},
	{HL_SMALL_NO, "no thank you"},
	{HL_SMALL_NO, "nope"},
	{HL_SMALL_NO, "not now"},
	{HL_SMALL_NO, "n"},
	{HL_SMALL_NO, "不"},
	{HL_SMALL_NO, "不用"},
	{HL_SMALL_NO, "不用了"},
	{HL_SMALL_NO, "不要"},
	{HL_SMALL_NO, "不需要"},
	{HL_SMALL_NO, "算了"},
	{HL_SMALL_NO, "没事了"},
	{HL_SMALL_NOT_HELPED, "did not help"},
	{HL_SMALL_NOT_HELPED, "didnt help"},
	{HL_SMALL_NOT_HELPED, "that did not help"},
	{HL_SMALL_NOT_HELPED, "that didnt help"},
	{HL_SMALL_NOT_HELPED, "this did not help"},
	{HL_SMALL_NOT_HELPED, "this didnt help"},
	{HL_SMALL_NOT_HELPED, "it did not help"},
	{HL_SMALL_NOT_HELPED, "it didnt help"},
	{HL_SMALL_NOT_HELPED, "that does not help"},
	{HL_SMALL_NOT_HELPED, "that doesnt help"},
	{HL_SMALL_NOT_HELPED, "this does not help"},
	{HL_SMALL_NOT_HELPED, "this doesnt help"},
	{HL_SMALL_NOT_HELPED, "does not help"},
	{HL_SMALL_NOT_HELPED, "doesnt help"},
	{HL_SMALL_NOT_HELPED, "not helpful"},
	{HL_SMALL_NOT_HELPED, "that is not helpful"},
	{HL_SMALL_NOT_HELPED, "thats not helpful"},
	{HL_SMALL_NOT_HELPED, "no help"},
	{HL_SMALL_NOT_HELPED, "useless"},
	{HL_SMALL_NOT_HELPED, "not solved"},
	{HL_SMALL_NOT_HELPED, "still not solved"},
	{HL_SMALL_NOT_HELPED, "still not working"},
	{HL_SMALL_NOT_HELPED, "still does not work"},
	{HL_SMALL_NOT_HELPED, "still doesnt work"},
	{HL_SMALL_NOT_HELPED, "that did not work"},
	{HL_SMALL_NOT_HELPED, "that didnt work"},
	{HL_SMALL_NOT_HELPED, "it did not work"},
	{HL_SMALL_NOT_HELPED, "it didnt work"},
	{HL_SMALL_NOT_HELPED, "did not work"},
	{HL_SMALL_NOT_HELPED, "didnt work"},
	{HL_SMALL_NOT_HELPED, "that does not answer my question"},
	{HL_SMALL_NOT_HELPED, "that doesnt answer my question"},
	{HL_SMALL_NOT_HELPED, "没用"},
	{HL_SMALL_NOT_HELPED, "没有用"},
	{HL_SMALL_NOT_HELPED, "不管用"},
	{HL_SMALL_NOT_HELPED, "没帮助"},
	{HL_SMALL_NOT_HELPED, "没有帮助"},
	{HL_SMALL_NOT_HELPED, "没解决"},
	{HL_SMALL_NOT_HELPED, "没有解决"},
	{HL_SMALL_NOT_HELPED, "还没解决"},
	{HL_SMALL_NOT_HELPED, "还是没解决"},
	{HL_SMALL_NOT_HELPED, "还是没有解决"},
	{HL_SMALL_NOT_HELPED, "问题没解决"},
	{HL_SMALL_NOT_HELPED, "问题没有解决"},
	{HL_SMALL_NOT_HELPED, "还是不行"},
	{HL_SMALL_NOT_HELPED, "不行"},
	{HL_SMALL_NOT_HELPED, "解决不了"},
	{HL_SMALL_NOT_HELPED, "没帮到我"},
	{HL_SMALL_NOT_HELPED, "答非所问"},
};

struct hl_str hl_small_key(struct hl_arena *arena, const struct hl_utterance *said)
{
	struct hl_buf buf;
	hl_buf_init(&buf, arena);
	for (size_t i = 0; i < said->n_words; i++) {
		const struct hl_word *word = &said->words[i];
		bool joined = i && word->kind == HL_WORD_HAN && word[-1].kind == HL_WORD_HAN;
		if (i && !joined)
			hl_buf_char(&buf, ' ');
		hl_buf_str(&buf, word->n_also ? word->also[word->n_also - 1] : word->form);
	}
	return buf.failed ? HL_NONE : hl_buf_view(&buf);
}

enum hl_small hl_small_find(struct hl_arena *arena, const struct hl_utterance *said)
{
	struct hl_str key = hl_small_key(arena, said);
	for (size_t i = 0; key.len && i < sizeof small_words / sizeof *small_words; i++)
		if (hl_str_eq(key, hl_str_of(small_words[i].text)))
			return small_words[i].means;
	return HL_SMALL_NONE;
}
