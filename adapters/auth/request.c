/*
 * What a command wants of the accounts, as JSON and as calls to a store: the same whether the
 * command has opened the store itself or asks the server that has.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "auth/control.h"

#define NAMES_MAX 64
#define NAME_BYTES_MAX 64

static const char *const verbs[] = {"add", "list", "password", "disable"};

/* ------------------------------------------------------------------ JSON */

static struct hl_str view(const json_t *value)
{
	return json_is_string(value)
		       ? (struct hl_str){json_string_value(value), json_string_length(value)}
		       : HL_NONE;
}

static bool take_names(struct hl_names *out, struct hl_pile *pile, const json_t *array)
{
	size_t n = json_array_size(array);
	struct hl_str *v;

	if ((array && !json_is_array(array)) || n > NAMES_MAX)
		return false;
	v = hl_pile_take(pile, n, sizeof(*v));
	for (size_t i = 0; v && i < n; i++) {
		v[i] = hl_pile_str(pile, view(json_array_get(array, i)));
		if (!v[i].len || v[i].len > NAME_BYTES_MAX || memchr(v[i].ptr, '\n', v[i].len))
			return false;
	}
	*out = (struct hl_names){v, n};
	return true;
}

/* A login name: it stands in log lines, author fields and URLs. */
static bool is_name(struct hl_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@",
			    name.ptr[i], 66))
			return false;
	return name.len && name.len <= NAME_BYTES_MAX;
}

static bool fits(const struct hl_control_request *r)
{
	if (r->verb != HL_CONTROL_LIST && !is_name(r->name))
		return false;
	for (size_t i = 0; i < r->display.len; i++)
		if ((unsigned char)r->display.ptr[i] < 0x20)
			return false;
	return r->display.len <= 4 * NAME_BYTES_MAX &&
	       (r->hash.len != 0) == (r->verb == HL_CONTROL_ADD || r->verb == HL_CONTROL_PASSWORD);
}

int hl_control_parse(struct hl_control_request *out, struct hl_pile *pile, struct hl_str line)
{
	json_t *root = line.len <= HL_CONTROL_LINE_MAX
			       ? json_loadb(line.ptr, line.len, JSON_REJECT_DUPLICATES, NULL)
			       : NULL;
	const char *verb = json_string_value(json_object_get(root, "verb"));
	json_t *capacity = json_object_get(root, "capacity");
	int status = HL_REFUSED;

	*out = (struct hl_control_request){.verb = HL_CONTROL_ADD};
	for (size_t i = 0; verb && i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(verb, verbs[i]) == 0) {
			out->verb = (enum hl_control_verb)i;
			status = HL_OK;
		}
	}
	out->name = hl_pile_str(pile, view(json_object_get(root, "name")));
	out->hash = hl_pile_str(pile, view(json_object_get(root, "hash")));
	out->display = hl_pile_str(pile, view(json_object_get(root, "display")));
	if (!take_names(&out->teams, pile, json_object_get(root, "teams")) ||
	    !take_names(&out->langs, pile, json_object_get(root, "langs")) ||
	    !take_names(&out->roles, pile, json_object_get(root, "roles")))
		status = HL_REFUSED;
	if (capacity && (!json_is_integer(capacity) || json_integer_value(capacity) < 0 ||
			 json_integer_value(capacity) > 1000))
		status = HL_REFUSED;
	else
		out->capacity = (unsigned)json_integer_value(capacity);
	if (status == HL_OK && !fits(out))
		status = HL_REFUSED;
	json_decref(root);
	return pile->failed ? HL_NOMEM : status;
}

static json_t *json_names(struct hl_names names)
{
	json_t *array = json_array();

	for (size_t i = 0; i < names.n; i++)
		json_array_append_new(array, json_stringn(names.v[i].ptr, names.v[i].len));
	return array;
}

static json_t *json_view(struct hl_str str)
{
	return json_stringn(str.len ? str.ptr : "", str.len);
}

char *hl_control_write(const struct hl_control_request *r)
{
	json_t *root = json_object();
	char *line;

	json_object_set_new(root, "verb", json_string(verbs[r->verb]));
	if (r->name.len)
		json_object_set_new(root, "name", json_view(r->name));
	if (r->hash.len)
		json_object_set_new(root, "hash", json_view(r->hash));
	if (r->verb == HL_CONTROL_ADD) {
		json_object_set_new(root, "display", json_view(r->display));
		json_object_set_new(root, "teams", json_names(r->teams));
		json_object_set_new(root, "langs", json_names(r->langs));
		json_object_set_new(root, "roles", json_names(r->roles));
		json_object_set_new(root, "capacity", json_integer((json_int_t)r->capacity));
	}
	line = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	return line;
}

/* ------------------------------------------------------------------ carrying out */

struct errand {
	struct hl_pile pile;
	struct hl_store *store;
	struct hl_control_request request; /* in the pile */
	int64_t now_ms;
	hl_control_team_fn *team_known;
	void *team_arg;
	hl_control_fn *done;
	void *arg;
};

/* Takes the JSON. */
static void reply(struct errand *errand, json_t *root)
{
	char *line = json_dumps(root, JSON_COMPACT);

	json_decref(root);
	errand->done(errand->arg, line ? (struct hl_str){line, strlen(line)}
				       : HL_STR("{\"ok\":false,\"error\":\"out of memory\"}"));
	free(line);
	hl_pile_deinit(&errand->pile);
	free(errand);
}

static void reply_error(struct errand *errand, const char *error)
{
	reply(errand, json_pack("{s:b,s:s}", "ok", 0, "error", error));
}

static const char *why(enum hl_store_result result)
{
	switch (result) {
	case HL_STORE_BUSY:
		return "the store is busy: try again";
	case HL_STORE_FULL:
		return "the disk is full";
	default:
		return "the store has failed";
	}
}

static json_t *warnings(const struct errand *errand)
{
	json_t *array = json_array();

	for (size_t i = 0; errand->team_known && i < errand->request.teams.n; i++) {
		struct hl_str team = errand->request.teams.v[i];

		if (!errand->team_known(errand->team_arg, team))
			json_array_append_new(array, json_sprintf("the rules have no team %.*s",
								  (int)team.len, team.ptr));
	}
	return array;
}

static void on_put(void *arg, enum hl_store_result result)
{
	struct errand *errand = arg;

	if (result == HL_STORE_OK)
		reply(errand, json_pack("{s:b,s:o}", "ok", 1, "warnings", warnings(errand)));
	else
		reply_error(errand, why(result));
}

static void list(struct errand *errand, const struct hl_accounts_page *page)
{
	json_t *agents = json_array();

	for (size_t i = 0; i < page->n; i++) {
		const struct hl_account *at = &page->v[i];

		json_array_append_new(
			agents,
			json_pack("{s:o,s:o,s:o,s:o,s:o,s:i,s:b}", "name", json_view(at->name),
				  "display", json_view(at->display), "teams", json_names(at->teams),
				  "langs", json_names(at->langs), "roles", json_names(at->roles),
				  "capacity", (int)at->capacity, "disabled", (int)at->disabled));
	}
	reply(errand, json_pack("{s:b,s:o}", "ok", 1, "agents", agents));
}

static void on_accounts(void *arg, const struct hl_accounts_page *page)
{
	struct errand *errand = arg;
	const struct hl_control_request *r = &errand->request;
	struct hl_account account;

	if (page->result != HL_STORE_OK && page->result != HL_STORE_NOT_FOUND) {
		reply_error(errand, why(page->result));
		return;
	}
	if (r->verb == HL_CONTROL_LIST) {
		list(errand, page);
		return;
	}
	if ((page->n != 0) == (r->verb == HL_CONTROL_ADD)) {
		reply_error(errand, page->n ? "there is already an agent of this name"
					    : "there is no agent of this name");
		return;
	}
	if (r->verb == HL_CONTROL_ADD)
		account = (struct hl_account){.name = r->name,
					      .display = r->display.len ? r->display : r->name,
					      .hash = r->hash,
					      .teams = r->teams,
					      .langs = r->langs,
					      .roles = r->roles,
					      .capacity = r->capacity};
	else
		account = page->v[0];
	if (r->verb == HL_CONTROL_PASSWORD)
		account.hash = r->hash;
	account.disabled = r->verb == HL_CONTROL_DISABLE ||
			   (r->verb != HL_CONTROL_PASSWORD && account.disabled);
	account.changed_ms = errand->now_ms;
	errand->store->ops->account_put(errand->store, &account, on_put, errand);
}

int hl_control_carry_out(struct hl_store *store, const struct hl_control_request *request,
			 int64_t now_ms, hl_control_team_fn *team_known, void *team_arg,
			 hl_control_fn *done, void *arg)
{
	struct errand *errand = calloc(1, sizeof(*errand));
	struct hl_control_request *r;

	if (!errand)
		return HL_NOMEM;
	*errand = (struct errand){.store = store,
				  .request = *request,
				  .now_ms = now_ms,
				  .team_known = team_known,
				  .team_arg = team_arg,
				  .done = done,
				  .arg = arg};
	r = &errand->request;
	r->name = hl_pile_str(&errand->pile, request->name);
	r->hash = hl_pile_str(&errand->pile, request->hash);
	r->display = hl_pile_str(&errand->pile, request->display);
	r->teams = hl_pile_names(&errand->pile, request->teams);
	r->langs = hl_pile_names(&errand->pile, request->langs);
	r->roles = hl_pile_names(&errand->pile, request->roles);
	if (errand->pile.failed) {
		hl_pile_deinit(&errand->pile);
		free(errand);
		return HL_NOMEM;
	}
	store->ops->accounts(store, r->name, on_accounts, errand);
	return HL_OK;
}
