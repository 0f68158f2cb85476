/*
 * Plays the transcripts: conversations written as they are read. Each file is a test of its own.
 * What must hold is below an action; everything the engine does there must be listed, in order.
 *
 *   pack: small            lang: zh            user: level=vip         team: mei funds,security
 *   customer> text         press> button title human>  end>  rate> 5 yes thanks   choice> 3.1
 *   mei> text              mei! take | accept | decline | resolve solved | to_bot | note TEXT |
 *                          transfer TEAM [NOTE] | transfer @AGENT [NOTE] | online | away | offline
 *   +30s +10m +2h          the clock, with everything that becomes due      reload
 *   bot< …  system< …  note< …  stored< …    as the log has it; a newline is " / ", "..." is any
 * text handoff: REASON TEAM URGENCY   assigned: A   released: [A]   transfer: TEAM   closed: WHY
 *   rating: 5 yes COMMENT          redaction: SEQ TEXT           refused: CODE    same: SEQ
 *   state: S   asks: SLOT|nothing  slots: a=b,c=d   buttons: A | B   offered: A   position: 1 of 2
 *   waiting: 3             others who queue before, for the pack's first team or the one named
 */
#include "player.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ actions */

static void transfer(struct player *p, const char *name, char *to)
{
	struct hl_event event = {.kind = HL_EV_TRANSFER};
	char *note = strchr(to, ' ');
	if (note) {
		*note = 0;
		event.text = S(note + 1);
	}
	if (*to == '@')
		event.agent = S(to + 1);
	else
		event.team = S(to);
	send_event(p, &event, name);
}

static void agent_does(struct player *p, const char *name, char *what)
{
	static const struct {
		const char *word;
		enum hl_event_kind kind;
	} verbs[] = {{"take", HL_EV_TAKE},
		     {"accept", HL_EV_ACCEPT},
		     {"note", HL_EV_NOTE},
		     {"resolve", HL_EV_RESOLVE},
		     {"to_bot", HL_EV_TO_BOT}};
	char *rest = strchr(what, ' ');
	if (rest)
		*rest++ = 0;
	for (int presence = HL_OFFLINE; presence <= HL_ONLINE; presence++) {
		if (!strcmp(what, hl_presence_name((enum hl_presence)presence))) {
			set_agent(p, name, rest ? rest : "", (enum hl_presence)presence);
			return;
		}
	}
	begin(p);
	if (!strcmp(what, "transfer")) {
		transfer(p, name, rest);
		return;
	}
	if (!strcmp(what, "decline")) {
		assert_int_equal(hl_desk_decline(p->desk, p->now, S(name), S(p->offer)), HL_OK);
		pull_desk(p);
		return;
	}
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(what, verbs[i].word) != 0)
			continue;
		char offer[32];
		snprintf(offer, sizeof offer, "%s", p->offer);
		struct hl_event event = {.kind = verbs[i].kind,
					 .text = S(rest ? rest : ""),
					 .offer = S(offer),
					 .outcome = S(rest ? rest : "")};
		send_event(p, &event, name);
		return;
	}
	fail_msg("%s:%d: unknown verb %s", p->path, p->line, what);
}

static void press(struct player *p, const char *title)
{
	struct hl_event event = {.kind = HL_EV_CHOICE};
	char choice[64] = "";
	begin(p);
	struct hl_view view;
	hl_conversation_view(&view, p->conv);
	if (!view.row.seq) {
		struct hl_greeting greeting;
		assert_int_equal(
			hl_greet(&greeting, p->scratch, hl_rules_ruleset(p->rules), p->conv),
			HL_OK);
		for (size_t i = 0; i < greeting.n_buttons; i++)
			if (greeting.buttons[i].title.len == strlen(title) &&
			    !memcmp(greeting.buttons[i].title.ptr, title, strlen(title)))
				snprintf(choice, sizeof choice, "%.*s",
					 V(greeting.buttons[i].choice));
	}
	for (size_t i = 0; i < p->n_buttons; i++)
		if (!strcmp(p->titles[i], title))
			snprintf(choice, sizeof choice, "%s", p->choices[i]);
	if (!choice[0])
		fail_msg("%s:%d: no button %s (there are: %s)", p->path, p->line, title,
			 p->buttons);
	event.choice = S(choice);
	send_event(p, &event, NULL);
}

static void rate(struct player *p, const char *text)
{
	char solved[16] = "", comment[256] = "";
	struct hl_event event = {.kind = HL_EV_RATE};
	assert_true(sscanf(text, "%d %15s %255[^\n]", &event.score, solved, comment) >= 1);
	event.solved = S(solved);
	event.text = S(comment);
	send_event(p, &event, NULL);
}

static void reload_snapshot(struct player *p)
{
	/* a note, because it is the commit that changes least; the state before it is given up */
	struct hl_outcome out;
	struct hl_event event = {.kind = HL_EV_NOTE,
				 .by = {HL_AGENT, S("tester"), S("tester")},
				 .text = S("restart"),
				 .at_ms = p->now};
	assert_int_equal(
		hl_step(&out, p->scratch, hl_rules_ruleset(p->rules), p->desk, p->conv, &event),
		HL_OK);
	assert_int_equal(out.result, HL_STEP_COMMIT);
	hl_conversation_free(out.next);
	struct hl_conversation *back = NULL;
	assert_int_equal(hl_conversation_load(&back, out.snapshot), HL_OK);
	hl_conversation_free(p->conv);
	p->conv = back;
}

static bool do_setting(struct player *p, const char *key, char *value)
{
	if (!strcmp(key, "pack")) {
		snprintf(p->pack, sizeof p->pack, "%s", value);
	} else if (!strcmp(key, "lang")) {
		snprintf(p->lang, sizeof p->lang, "%s", value);
	} else if (!strcmp(key, "user")) {
		char *eq = strchr(value, '=');
		assert_non_null(eq);
		*eq = 0;
		snprintf(p->user_text[p->n_user][0], 64, "%s", value);
		snprintf(p->user_text[p->n_user][1], 64, "%s", eq + 1);
		p->user[p->n_user] = (struct hl_attr){S(p->user_text[p->n_user][0]),
						      S(p->user_text[p->n_user][1])};
		p->n_user++;
	} else if (!strcmp(key, "waiting")) {
		fill_queue(p, value);
	} else {
		return false;
	}
	return true;
}

static bool do_action(struct player *p, char *line)
{
	char *mark = strpbrk(line, " >!:<");
	struct hl_event event = {0};
	if (*line == '+') {
		pass_time(p, line + 1);
		return true;
	}
	if (!strcmp(line, "reload")) {
		reload_snapshot(p);
		return true;
	}
	if (!mark || *mark == '<' || *mark == ' ')
		return false;
	char kind = *mark;
	char *rest = mark + 1 + (mark[1] == ' ');
	*mark = 0;
	if (kind == ':') {
		if (do_setting(p, line, rest))
			return true;
		*mark = kind;
		return false;
	}
	if (kind == '!') {
		agent_does(p, line, rest);
		return true;
	}
	if (!strcmp(line, "press")) {
		press(p, rest);
		return true;
	}
	begin(p);
	static const struct {
		const char *word;
		enum hl_event_kind kind;
	} customer[] = {{"customer", HL_EV_SAY},
			{"human", HL_EV_ASK_HUMAN},
			{"end", HL_EV_END},
			{"choice", HL_EV_CHOICE}};
	if (!strcmp(line, "rate")) {
		rate(p, rest);
		return true;
	}
	event.text = S(rest);
	for (size_t i = 0; i < sizeof customer / sizeof *customer; i++) {
		if (strcmp(line, customer[i].word) != 0)
			continue;
		event.kind = customer[i].kind;
		event.choice = S(rest);
		send_event(p, &event, NULL);
		return true;
	}
	event.kind = HL_EV_REPLY;
	send_event(p, &event, line);
	return true;
}

/* ------------------------------------------------------------------ what must hold */

/* "..." in the pattern stands for any text. */
static bool fits(const char *pattern, const char *text)
{
	const char *gap = strstr(pattern, "...");
	if (!gap)
		return !strcmp(pattern, text);
	size_t head = (size_t)(gap - pattern);
	if (strncmp(pattern, text, head) != 0)
		return false;
	for (const char *at = text + head;; at++) {
		if (fits(gap + 3, at))
			return true;
		if (!*at)
			return false;
	}
}

static void state_line(struct player *p, const char *key, char *out, size_t size)
{
	struct hl_view view;
	struct hl_position at;
	hl_conversation_view(&view, p->conv);
	out[0] = 0;
	if (!strcmp(key, "state")) {
		snprintf(out, size, "%s", hl_state_name(view.row.state));
	} else if (!strcmp(key, "asks")) {
		snprintf(out, size, "%.*s", V(view.asked));
		if (!view.asked.len)
			snprintf(out, size, "nothing");
	} else if (!strcmp(key, "slots")) {
		for (size_t i = 0; i < view.n_slots; i++) {
			size_t n = strlen(out);
			snprintf(out + n, size - n, "%s%.*s=%.*s", n ? "," : "",
				 V(view.slots[i].name), V(view.slots[i].value));
		}
	} else if (!strcmp(key, "buttons")) {
		snprintf(out, size, "%s", p->buttons);
	} else if (!strcmp(key, "offered")) {
		snprintf(out, size, "%s", p->offer_agent);
	} else if (!strcmp(key, "position")) {
		hl_desk_position(&at, p->desk, view.row.conv);
		snprintf(out, size, "%u of %u", at.position, at.waiting);
	} else if (!strcmp(key, "stored")) {
		snprintf(out, size, "%.*s", V(view.last_text));
	} else if (!strcmp(key, "lang")) {
		snprintf(out, size, "%.*s", V(view.row.lang));
	} else if (!strcmp(key, "title")) {
		snprintf(out, size, "%.*s", V(view.row.title));
	}
}

static void expect(struct player *p, const char *line)
{
	static const char *const keys[] = {"state",    "asks",	  "slots",    "buttons", "offered",
					   "position", "stored<", "language", "title"};
	char actual[LINE_MAX_BYTES], key[16];
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		size_t n = strlen(keys[i]);
		bool arrow = keys[i][n - 1] == '<';
		if (strncmp(line, keys[i], n) != 0 || (!arrow && line[n] != ':'))
			continue;
		snprintf(key, sizeof key, "%.*s", (int)(arrow ? n - 1 : n), keys[i]);
		state_line(p, strcmp(key, "language") ? key : "lang", actual, sizeof actual);
		const char *want = line + n + (arrow ? 0 : 1);
		want += *want == ' ';
		if (!fits(want, actual))
			fail_msg("%s:%d: expected %s, but it is: %s", p->path, p->line, line,
				 actual);
		return;
	}
	if (p->next_said == p->n_said)
		fail_msg("%s:%d: expected %s, but nothing more happened", p->path, p->line, line);
	if (!fits(line, p->said[p->next_said]))
		fail_msg("%s:%d: expected\n  %s\nbut this happened:\n  %s", p->path, p->line, line,
			 p->said[p->next_said]);
	p->next_said++;
}

static void nothing_left(struct player *p)
{
	if (p->next_said < p->n_said)
		fail_msg("%s:%d: this happened and is not in the transcript:\n  %s", p->path,
			 p->line, p->said[p->next_said]);
	p->next_said = p->n_said = 0;
}

static bool is_expectation(const char *line)
{
	static const char *const heads[] = {
		"bot<",	     "system<",	  "note<",     "stored<",  "handoff:", "assigned:",
		"released:", "transfer:", "closed:",   "rating:",  "refused:", "same:",
		"state:",    "asks:",	  "slots:",    "buttons:", "offered:", "position:",
		"language:", "title:",	  "redaction:"};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (!strncmp(line, heads[i], strlen(heads[i])))
			return true;
	return false;
}

static void play(void **state)
{
	static struct player player;
	struct player *p = &player;
	char line[LINE_MAX_BYTES];
	memset(p, 0, sizeof *p);
	p->path = *state;
	p->now = INT64_C(1767225600000);
	snprintf(p->pack, sizeof p->pack, "small");
	snprintf(p->lang, sizeof p->lang, "en");
	FILE *f = fopen(p->path, "r");
	assert_non_null(f);
	assert_int_equal(hl_scratch_new(&p->scratch), HL_OK);
	assert_int_equal(hl_desk_new(&p->desk, NULL), HL_OK);
	while (fgets(line, sizeof line, f)) {
		p->line++;
		line[strcspn(line, "\r\n")] = 0;
		if (!line[0] || line[0] == '#')
			continue;
		if (is_expectation(line)) {
			expect(p, line);
			continue;
		}
		nothing_left(p);
		if (!do_action(p, line))
			fail_msg("%s:%d: cannot read: %s", p->path, p->line, line);
	}
	nothing_left(p);
	fclose(f);
	hl_conversation_free(p->conv);
	hl_desk_free(p->desk);
	hl_scratch_free(p->scratch);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv)
{
	char *paths[256];
	struct CMUnitTest tests[256];
	size_t n = 0;
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	if (!dir) {
		printf("Bail out! usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	for (struct dirent *e; (e = readdir(dir)) && n < 256;) {
		size_t len = strlen(e->d_name);
		if (len < 5 || strcmp(e->d_name + len - 4, ".txt") != 0)
			continue;
		paths[n] = malloc(strlen(argv[1]) + len + 2);
		if (!paths[n])
			return 2;
		sprintf(paths[n++], "%s/%s", argv[1], e->d_name);
	}
	closedir(dir);
	qsort(paths, n, sizeof *paths, by_name);
	memset(tests, 0, sizeof tests);
	for (size_t i = 0; i < n; i++) {
		tests[i].name = strrchr(paths[i], '/') + 1;
		tests[i].test_func = play;
		tests[i].initial_state = paths[i];
	}
	int failed = _cmocka_run_group_tests("transcripts", tests, n, NULL, NULL);
	unload_packs();
	for (size_t i = 0; i < n; i++)
		free(paths[i]);
	return failed;
}
