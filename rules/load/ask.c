/*
 * Questions nobody may ask: for a password, a code, a key or a seed phrase. Knows what those are
 * called, and the ways to speak of one without asking for it ("never your password", "before you
 * forgot your password").
 */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "load/load.h"

#define BEFORE_MAX 48u /* bytes in which a secret is denied */
#define TOPIC_MAX 24u  /* bytes in which it is what the question is about */

/* Folded: small letters, half width, a space for a hyphen. */
static const char *const secrets[] = {
	"password",
	"pass word",
	"passwd",
	"pwd",
	"passcode",
	"pass code",
	"passphrase",
	"pass phrase",
	"seed phrase",
	"seed words",
	"recovery phrase",
	"recovery words",
	"recovery code",
	"secret phrase",
	"secret words",
	"secret recovery phrase",
	"backup phrase",
	"backup code",
	"mnemonic",
	"12 words",
	"12 word",
	"24 words",
	"24 word",
	"twelve words",
	"private key",
	"secret key",
	"api secret",
	"2fa code",
	"two factor code",
	"verification code",
	"security code",
	"authentication code",
	"authenticator code",
	"one time code",
	"otp",
	"sms code",
	"login code",
	"log in code",
	"reset code",
	"confirmation code",
	"6 digit code",
	"six digit code",
	"code we sent",
	"code we have sent",
	"code you got",
	"code you received",
	"code from your",
	"pin",
	"pin code",
	"cvv",
	"cvc",
	"mot de passe",
	"contraseña",
	"passwort",
	"senha",
	"пароль",
	"密码",
	"密碼",
	"口令",
	"助记词",
	"助記詞",
	"恢复词",
	"恢復詞",
	"12个单词",
	"12 个单词",
	"24个单词",
	"24 个单词",
	"私钥",
	"私鑰",
	"密钥",
	"密鑰",
	"验证码",
	"驗證碼",
	"动态码",
	"動態碼",
	"安全码",
	"安全碼",
	"校验码",
	"校驗碼",
};
static const char *const denials[] = {"never", "not", "dont", "without", "不要", "请勿",
				      "勿",    "别",  "无需", "不需要",	 "請勿", "別"};
/* What one does with a secret that is then the question's topic; before it, or behind it. */
static const char *const topics[] = {"forgot", "forget",    "forgotten", "lost", "reset",
				     "change", "changed",   "changing",	 "忘记", "忘了",
				     "重置",   "resetting", "修改",	 "更改", "找回"};
static const char *const topics_behind[] = {"reset", "change", "manager", "error", "page",
					    "mail",  "email",  "重置",	  "错误",  "修改",
					    "找回",  "管理",   "更改"};

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Where `word` stands in the text, from `from` on; Latin words whole. text.len: nowhere. */
static size_t find_word(struct hl_str text, const char *word, size_t from)
{
	size_t len = strlen(word);
	for (size_t i = from; i + len <= text.len; i++) {
		char next = i + len < text.len ? text.ptr[i + len] : ' ';
		if (memcmp(text.ptr + i, word, len) != 0)
			continue;
		if (is_letter(word[0]) && i > 0 && is_letter(text.ptr[i - 1]))
			continue;
		if (is_letter(word[len - 1]) && is_letter(next) && next != 's')
			continue;
		return i;
	}
	return text.len;
}

static bool has_one_of(struct hl_str text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (find_word(text, words[i], 0) < text.len)
			return true;
	return false;
}

/* At most `max` bytes before `at`, within the sentence. */
static struct hl_str before(struct hl_str text, size_t at, size_t max)
{
	size_t from = at > max ? at - max : 0;
	for (size_t i = from; i < at; i++)
		if (strchr(".!?\n", text.ptr[i]) ||
		    (i + 3 <= at && memcmp(text.ptr + i, "。", 3) == 0))
			from = i + 1;
	return (struct hl_str){text.ptr + from, at - from};
}

static bool ends_with_no(struct hl_str text)
{
	while (text.len && text.ptr[text.len - 1] == ' ')
		text.len--;
	return text.len >= 2 && memcmp(text.ptr + text.len - 2, "no", 2) == 0 &&
	       (text.len == 2 || !is_letter(text.ptr[text.len - 3]));
}

/* Told off, or what the question is about; not asked for. */
static bool is_spoken_of(struct hl_str text, size_t at, size_t len)
{
	struct hl_str sentence = before(text, at, BEFORE_MAX);
	size_t behind = at + len;
	while (behind < text.len && text.ptr[behind] == ' ')
		behind++;
	for (size_t i = 0; i < LENGTH(topics_behind); i++)
		if (find_word(text, topics_behind[i], behind) == behind && behind < text.len)
			return true;
	return has_one_of(sentence, denials, LENGTH(denials)) || ends_with_no(sentence) ||
	       has_one_of(before(text, at, TOPIC_MAX), topics, LENGTH(topics));
}

static const char *asked_secret(struct hl_str text)
{
	for (size_t i = 0; i < LENGTH(secrets); i++) {
		size_t len = strlen(secrets[i]);
		for (size_t at = find_word(text, secrets[i], 0); at < text.len;
		     at = find_word(text, secrets[i], at + 1))
			if (!is_spoken_of(text, at, len))
				return secrets[i];
	}
	return NULL;
}

/* Small letters, half width, nothing invisible; a hyphen is a space, an apostrophe nothing. The
   caller frees .ptr; empty when out of memory. */
static struct hl_str fold(struct hl_str text)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t len =
		utf8proc_map((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, &out,
			     UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
				     UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
	char *v = (char *)out;
	size_t n = 0;
	for (utf8proc_ssize_t i = 0; i < len; i++)
		if (v[i] != '\'')
			v[n++] = v[i] == '-' ? ' ' : v[i];
	return (struct hl_str){v, len > 0 ? n : 0};
}

void hl_load_check_questions(struct hl_load *load)
{
	for (size_t i = 0; i < load->n_sites; i++) {
		const struct hl_site *site = &load->sites[i];
		if (site->role != HL_SITE_ASK)
			continue;
		struct hl_str text = fold(site->node->text);
		const char *secret = text.len ? asked_secret(text) : NULL;
		free((void *)(uintptr_t)text.ptr);
		if (!secret)
			continue;
		load->file = site->file;
		hl_load_error(
			load, site->node, "ask.secret",
			HL_STR("never ask for passwords, codes, keys or seed phrases: no one here "
			       "may know them"),
			"this question asks for a secret (%s)", secret);
	}
}
