/* Conditions on what the host signed and on the language. */
#include "classify/classify.h"

static bool known_value(struct hl_str *out, struct hl_str name, const struct hl_attr *user,
			size_t n_user, struct hl_str lang)
{
	if (hl_str_eq(name, HL_STR("lang"))) {
		*out = lang;
		return lang.len > 0;
	}
	if (!hl_str_starts(name, HL_STR("user.")))
		return false;
	struct hl_str attr = hl_str_sub(name, 5, SIZE_MAX);
	for (size_t i = 0; i < n_user; i++) {
		if (!hl_str_eq(user[i].name, attr))
			continue;
		*out = user[i].value;
		return true;
	}
	return false;
}

static bool cond_holds(const struct hl_cond *cond, const struct hl_attr *user, size_t n_user,
		       struct hl_str lang)
{
	struct hl_str value;
	bool fits = false;
	if (known_value(&value, cond->name, user, n_user, lang))
		for (size_t i = 0; i < cond->values.n && !fits; i++)
			fits = hl_str_eq(value, cond->values.v[i]);
	return cond->op == HL_COND_NOT ? !fits : fits;
}

bool hl_conds_hold(const struct hl_conds *conds, const struct hl_attr *user, size_t n_user,
		   struct hl_str lang)
{
	for (size_t i = 0; i < conds->n; i++)
		if (!cond_holds(&conds->v[i], user, n_user, lang))
			return false;
	return true;
}
