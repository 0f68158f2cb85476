/*
 * The words that give a number or a token its meaning: six digits after "verification code" are a
 * secret, after "error code" they are not. Both languages; further ones are further lines.
 */
#include <string.h>

#include "secrets/finder.h"

struct announced {
	struct hl_str words; /* Latin words with a space between, or Chinese */
	enum hl_mark_kind kind;
};
#define SAYS(text, kind)                                                                           \
	{                                                                                          \
		{(text), sizeof(text) - 1}, HL_MARK_##kind                                         \
	}

/* Sorted by bytes; of several that fit, the last is the longest. */
static const struct announced latin[] = {
	SAYS("2 fa", ONE_TIME),
	SAYS("2 step", ONE_TIME),
	SAYS("access key", API),
	SAYS("access token", API),
	SAYS("account number", ORDER),
	SAYS("address", TX),
	SAYS("api", API),
	SAYS("api key", API),
	SAYS("api secret", API),
	SAYS("api token", API),
	SAYS("apikey", API),
	SAYS("app secret", API),
	SAYS("area code", HARMLESS),
	SAYS("auth code", ONE_TIME),
	SAYS("authentication code", ONE_TIME),
	SAYS("authenticator", ONE_TIME),
	SAYS("backup code", BACKUP_CODE),
	SAYS("backup codes", BACKUP_CODE),
	SAYS("bank code", HARMLESS),
	SAYS("bar code", HARMLESS),
	SAYS("bearer", API),
	SAYS("bonus code", HARMLESS),
	SAYS("call me", PHONE),
	SAYS("card", CARD),
	SAYS("cell", PHONE),
	SAYS("client secret", API),
	SAYS("code", CODE),
	SAYS("codes", CODE),
	SAYS("confirmation code", ONE_TIME),
	SAYS("country code", HARMLESS),
	SAYS("coupon code", HARMLESS),
	SAYS("credit card", CARD),
	SAYS("cvc", ONE_TIME),
	SAYS("cvv", ONE_TIME),
	SAYS("debit card", CARD),
	SAYS("discount code", HARMLESS),
	SAYS("email code", ONE_TIME),
	SAYS("error", HARMLESS),
	SAYS("error code", HARMLESS),
	SAYS("hash", TX),
	SAYS("id card", ID_CARD),
	SAYS("identity card", ID_CARD),
	SAYS("invitation code", HARMLESS),
	SAYS("invite code", HARMLESS),
	SAYS("login code", ONE_TIME),
	SAYS("mnemonic", SEED),
	SAYS("mobile", PHONE),
	SAYS("one time code", ONE_TIME),
	SAYS("order", ORDER),
	SAYS("order code", HARMLESS),
	SAYS("otp", ONE_TIME),
	SAYS("parol", PASSWORD),
	SAYS("pass", PASSWORD),
	SAYS("passcode", PASSWORD),
	SAYS("passphrase", PASSWORD),
	SAYS("passport", PASSPORT),
	SAYS("passwd", PASSWORD),
	SAYS("password", PASSWORD),
	SAYS("passwort", PASSWORD),
	SAYS("passwrod", PASSWORD),
	SAYS("phone", PHONE),
	SAYS("phone number", PHONE),
	SAYS("pin", ONE_TIME),
	SAYS("pin code", ONE_TIME),
	SAYS("postal code", HARMLESS),
	SAYS("priv key", PRIVATE_KEY),
	SAYS("private key", PRIVATE_KEY),
	SAYS("private keys", PRIVATE_KEY),
	SAYS("privatekey", PRIVATE_KEY),
	SAYS("privkey", PRIVATE_KEY),
	SAYS("promo code", HARMLESS),
	SAYS("promotion code", HARMLESS),
	SAYS("psw", PASSWORD),
	SAYS("pswd", PASSWORD),
	SAYS("pw", PASSWORD),
	SAYS("pwd", PASSWORD),
	SAYS("qr code", HARMLESS),
	SAYS("recovery code", BACKUP_CODE),
	SAYS("recovery codes", BACKUP_CODE),
	SAYS("recovery phrase", SEED),
	SAYS("recovery words", SEED),
	SAYS("reference", ORDER),
	SAYS("referral code", HARMLESS),
	SAYS("response code", HARMLESS),
	SAYS("secret", API),
	SAYS("secret key", API),
	SAYS("secret phrase", SEED),
	SAYS("secretkey", API),
	SAYS("security code", ONE_TIME),
	SAYS("seed", SEED),
	SAYS("seed phrase", SEED),
	SAYS("sms code", ONE_TIME),
	SAYS("sort code", HARMLESS),
	SAYS("spend key", PRIVATE_KEY),
	SAYS("status code", HARMLESS),
	SAYS("swift code", HARMLESS),
	SAYS("tel", PHONE),
	SAYS("telephone", PHONE),
	SAYS("ticket", ORDER),
	SAYS("totp", ONE_TIME),
	SAYS("tracking", ORDER),
	SAYS("transaction", TX),
	SAYS("two factor code", ONE_TIME),
	SAYS("tx", TX),
	SAYS("txid", TX),
	SAYS("txn", TX),
	SAYS("uid", ORDER),
	SAYS("verification code", ONE_TIME),
	SAYS("verify code", ONE_TIME),
	SAYS("voucher code", HARMLESS),
	SAYS("wallet key", PRIVATE_KEY),
	SAYS("whatsapp", PHONE),
	SAYS("zip code", HARMLESS),
};
static const struct announced han[] = {
	SAYS("密码", PASSWORD),
	SAYS("口令", PASSWORD),
	SAYS("验证码", ONE_TIME),
	SAYS("动态码", ONE_TIME),
	SAYS("校验码", ONE_TIME),
	SAYS("安全码", ONE_TIME),
	SAYS("谷歌码", ONE_TIME),
	SAYS("确认码", ONE_TIME),
	SAYS("备份码", BACKUP_CODE),
	SAYS("恢复码", BACKUP_CODE),
	SAYS("私钥", PRIVATE_KEY),
	SAYS("密钥", API),
	SAYS("令牌", API),
	SAYS("护照", PASSPORT),
	SAYS("手机", PHONE),
	SAYS("手机号", PHONE),
	SAYS("电话", PHONE),
	SAYS("电话号", PHONE),
	SAYS("身份证", ID_CARD),
	SAYS("银行卡", CARD),
	SAYS("信用卡", CARD),
	SAYS("卡号", CARD),
	SAYS("助记词", SEED),
	SAYS("订单", ORDER),
	SAYS("单号", ORDER),
	SAYS("工单", ORDER),
	SAYS("编号", ORDER),
	SAYS("哈希", TX),
	SAYS("地址", TX),
	SAYS("错误码", HARMLESS),
	SAYS("错误代码", HARMLESS),
	SAYS("邀请码", HARMLESS),
	SAYS("优惠码", HARMLESS),
	SAYS("推荐码", HARMLESS),
};

/* Whether the words from `at` on are `said`; *last is the last of them. */
static bool says(const struct hl_utterance *u, size_t at, struct hl_str said, size_t *last)
{
	size_t i = at;
	for (;; i++) {
		if (i >= u->n_words || !hl_str_starts(said, u->words[i].form))
			return false;
		said = hl_str_sub(said, u->words[i].form.len, said.len);
		if (said.len == 0)
			break;
		if (said.ptr[0] == ' ')
			said = hl_str_sub(said, 1, said.len);
		else if (u->words[i].kind != HL_WORD_HAN)
			return false;
	}
	*last = i;
	return true;
}

/* The first line whose first word is not before `word`. */
static size_t line_of(struct hl_str word)
{
	size_t low = 0, high = sizeof latin / sizeof *latin;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (hl_str_cmp(hl_str_sub(latin[middle].words, 0, word.len), word) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void push_mark(struct hl_finder *f, enum hl_mark_kind kind, size_t first, size_t last)
{
	/* "error code": the code within is not another mark */
	if (f->n_marks > 0 && f->marks[f->n_marks - 1].last >= last)
		return;
	struct hl_mark *mark = HL_PUSH(f->arena, f->marks, f->n_marks, f->cap_marks);
	if (mark == NULL)
		f->failed = true;
	else
		*mark = (struct hl_mark){kind, (uint32_t)first, (uint32_t)last};
}

static void mark_latin(struct hl_finder *f, size_t i)
{
	const struct hl_word *word = &f->u->words[i];
	const struct announced *best = NULL;
	size_t best_last = i, last;
	for (size_t k = line_of(word->form); k < sizeof latin / sizeof *latin; k++) {
		if (!hl_str_starts(latin[k].words, word->form))
			break;
		if (says(f->u, i, latin[k].words, &last)) {
			best = &latin[k];
			best_last = last;
		}
	}
	if (best != NULL)
		push_mark(f, best->kind, i, best_last);
}

static void mark_han(struct hl_finder *f, size_t i)
{
	const struct announced *best = NULL;
	size_t best_last = i, last;
	for (size_t k = 0; k < sizeof han / sizeof *han; k++) {
		if (memcmp(han[k].words.ptr, f->u->words[i].form.ptr, 3) == 0 &&
		    says(f->u, i, han[k].words, &last) && (best == NULL || last > best_last)) {
			best = &han[k];
			best_last = last;
		}
	}
	if (best != NULL)
		push_mark(f, best->kind, i, best_last);
}

void hl_marks_find(struct hl_finder *f)
{
	for (size_t i = 0; i < f->u->n_words; i++) {
		const struct hl_word *word = &f->u->words[i];
		if (word->kind == HL_WORD_HAN && word->form.len == 3)
			mark_han(f, i);
		else if (word->latin || word->kind == HL_WORD_NUMBER)
			mark_latin(f, i);
	}
}

bool hl_finder_has(const struct hl_finder *f, unsigned kinds)
{
	for (size_t i = 0; i < f->n_marks; i++)
		if (kinds >> f->marks[i].kind & 1)
			return true;
	return false;
}

const struct hl_mark *hl_finder_before(const struct hl_finder *f, unsigned kinds, uint32_t at,
				       uint32_t words)
{
	const struct hl_word *w = f->u->words;
	uint32_t here = 0;
	while (here < f->u->n_words && w[here].start < at)
		here++;
	for (size_t i = f->n_marks; i > 0; i--) {
		const struct hl_mark *mark = &f->marks[i - 1];
		if (w[mark->last].end <= at && kinds >> mark->kind & 1)
			return here - mark->last - 1 <= words ? mark : NULL;
	}
	return NULL;
}

/* ------------------------------------------------------------------ the value that follows */

/* Words that may stand between "password" and the password. */
static const char *const links[] = {"is",  "was",      "are",	 "s",	"it",	"its", "i",
				    "the", "my",       "number", "no",	"nr",	"to",  "here",
				    "as",  "this",     "that",	 "for", "you",	"got", "sent",
				    "me",  "received", "code",	 "me",	"just", "new"};
static const char *const stating[] = {"is", "was", "are", "its", "是", "为", "成"};
static const char *const han_links[] = {"是", "为", "的", "号", "码", "这", "个",
					"如", "下", "叫", "就", "我", "收", "到",
					"设", "成", "改", "了", "您", "你", "给"};

static bool one_of(struct hl_str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (hl_str_eq(word, hl_str_of(list[i])))
			return true;
	return false;
}
#define ONE_OF(word, list) one_of((word), (list), sizeof(list) / sizeof *(list))

static bool is_value_byte(char c)
{
	return c > ' ' && (unsigned char)c < 0x7f;
}

/* Skips spaces and signs; `:` and `=` state. */
static const char *skip_signs(const char *p, const char *end, bool *stated)
{
	while (p < end && strchr(" :=-\"'`#([{>\n", *p) != NULL) {
		if (*p == ':' || *p == '=')
			*stated = true;
		p++;
	}
	return p;
}

struct hl_value hl_finder_value(const struct hl_finder *f, const struct hl_mark *mark)
{
	const char *text = f->u->normal.text.ptr, *end = text + f->u->normal.text.len;
	const char *p = text + f->u->words[mark->last].end;
	struct hl_value value = {0};
	uint32_t next = mark->last + 1;
	for (unsigned links_left = 6;; links_left--, next++) {
		p = skip_signs(p, end, &value.stated);
		if (links_left == 0 || next >= f->u->n_words || text + f->u->words[next].start != p)
			break;
		const struct hl_word *word = &f->u->words[next];
		/* "no." is short for number; any other sign right behind a word belongs to a value
		 */
		bool number = word->form.len == 2 && word->form.ptr[0] == 'n';
		const char *past = text + word->end;
		bool joined = past < end && is_value_byte(*past) &&
			      strchr(number ? " :=." : " :=", *past) == NULL;
		bool skip = word->kind == HL_WORD_HAN ? ONE_OF(word->form, han_links)
						      : !joined && ONE_OF(word->form, links);
		if (!skip)
			break;
		value.stated = value.stated || ONE_OF(word->form, stating);
		p = text + word->end;
		if (number && p < end && *p == '.')
			p++;
	}
	const char *e = p;
	while (e < end && is_value_byte(*e))
		e++;
	while (e > p && strchr(",.;)]}\"'?", e[-1]) != NULL)
		e--;
	value.start = (uint32_t)(p - text);
	value.end = (uint32_t)(e - text);
	return value;
}
