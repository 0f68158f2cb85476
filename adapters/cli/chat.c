/*
 * `hotline chat`: a conversation with a pack in the terminal, through the same step as the
 * server's.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/pack.h"

#define STR(s) (int)(s).len, ((s).len ? (s).ptr : "")

/* The buttons last shown: a typed number presses one. */
struct chat {
	struct hl_rules *rules;
	struct hl_scratch *scratch;
	struct hl_conversation *conv;
	struct hl_attr attrs[CLI_VALUES_MAX];
	size_t n_attrs;
	char choices[HL_BUTTONS_MAX + 1][64];
	size_t n_choices;
	char *last; /* the customer's last message, for :why */
	struct hl_birth birth;
};

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void print_buttons(struct chat *chat, const struct hl_button *buttons, size_t n)
{
	chat->n_choices = 0; /* a number said later is no button's of an older line */
	for (size_t i = 0; i < n && i <= HL_BUTTONS_MAX; i++) {
		const struct hl_button *button = &buttons[i];
		if (button->url.len)
			printf("      * %.*s <%.*s>\n", STR(button->title), STR(button->url));
		if (button->choice.len == 0 || button->choice.len >= sizeof(chat->choices[0]))
			continue;
		memcpy(chat->choices[chat->n_choices], button->choice.ptr, button->choice.len);
		chat->choices[chat->n_choices][button->choice.len] = '\0';
		printf("      [%zu] %.*s\n", ++chat->n_choices, STR(button->title));
	}
}

static void print_entry(struct chat *chat, const struct hl_entry *entry)
{
	switch (entry->kind) {
	case HL_ENTRY_TEXT:
		if (entry->by.role == HL_CUSTOMER)
			break;
		printf("bot<  %.*s\n", STR(entry->text));
		print_buttons(chat, entry->buttons, entry->n_buttons);
		break;
	case HL_ENTRY_HANDOFF:
		printf("  --  to a person: team %.*s (%s)\n", STR(entry->team),
		       hl_reason_name(entry->reason));
		break;
	case HL_ENTRY_NOTE:
		printf("  --  note for the agent: %.*s\n", STR(entry->text));
		break;
	case HL_ENTRY_CLOSED:
		printf("  --  closed: %s\n", hl_closed_name(entry->why));
		break;
	case HL_ENTRY_ASSIGNED:
	case HL_ENTRY_RELEASED:
	case HL_ENTRY_TRANSFER:
	case HL_ENTRY_RATING:
	case HL_ENTRY_REDACTION:
		printf("  --  %s\n", hl_entry_kind_name(entry->kind));
		break;
	}
}

static int step(struct chat *chat, const struct hl_event *event)
{
	struct hl_outcome outcome = {.next = NULL};
	int status = hl_step(&outcome, chat->scratch, hl_rules_ruleset(chat->rules), NULL,
			     chat->conv, event);
	if (status == HL_LIMIT) {
		puts("  --  this message is too long");
		return HL_OK;
	}
	if (status != HL_OK)
		return status;
	if (outcome.result == HL_STEP_REFUSED)
		printf("  --  refused: %s\n", hl_code_name(outcome.code));
	if (outcome.result != HL_STEP_COMMIT)
		return HL_OK;
	bool silent = true;
	for (size_t i = 0; i < outcome.n_entries; i++) {
		print_entry(chat, &outcome.entries[i]);
		silent = silent && outcome.entries[i].kind == HL_ENTRY_TEXT &&
			 outcome.entries[i].by.role == HL_CUSTOMER;
	}
	if (silent)
		puts("  --  kept for the person who takes over; :new begins anew");
	hl_conversation_free(chat->conv);
	chat->conv = outcome.next;
	return HL_OK;
}

static int why(struct chat *chat)
{
	struct hl_verdict verdict;
	if (!chat->last) {
		puts("  --  nothing was said yet");
		return HL_OK;
	}
	struct hl_query query = {.text = {chat->last, strlen(chat->last)},
				 .user = chat->attrs,
				 .n_user = chat->n_attrs,
				 .trace = true};
	int status = hl_classify(&verdict, chat->scratch, hl_rules_ruleset(chat->rules), &query);
	if (status == HL_OK)
		cli_print_verdict(stdout, &verdict, query.text);
	return status < 0 ? status : HL_OK;
}

/* A number alone presses the button of that number. 0: it is none. */
static size_t button_number(const struct chat *chat, struct hl_str line)
{
	if (line.len != 1 || line.ptr[0] < '1' || line.ptr[0] > '9')
		return 0;
	size_t number = (size_t)(line.ptr[0] - '0');
	return number <= chat->n_choices ? number : 0;
}

static int begin(struct chat *chat)
{
	struct hl_greeting greeting;
	chat->conv = hl_conversation_free(chat->conv);
	chat->birth.at_ms = now_ms();
	int status = hl_conversation_new(&chat->conv, &chat->birth);
	if (status == HL_OK)
		status = hl_greet(&greeting, chat->scratch, hl_rules_ruleset(chat->rules),
				  chat->conv);
	if (status != HL_OK)
		return status;
	printf("bot<  %.*s\n", STR(greeting.text));
	print_buttons(chat, greeting.buttons, greeting.n_buttons);
	return HL_OK;
}

static bool is_line(struct hl_str line, const char *text)
{
	return line.len == strlen(text) && memcmp(line.ptr, text, line.len) == 0;
}

/* `:wyh`: a colon and a word in small letters; `:D` is none. */
static bool is_command(struct hl_str line)
{
	bool command = line.len > 2 && line.ptr[0] == ':';
	for (size_t i = 1; i < line.len && command; i++)
		command = line.ptr[i] >= 'a' && line.ptr[i] <= 'z';
	return command;
}

static int take_line(struct chat *chat, struct hl_str line)
{
	struct hl_event event = {.kind = HL_EV_SAY, .at_ms = now_ms(), .text = line};
	size_t pressed = button_number(chat, line);
	if (is_line(line, ":why"))
		return why(chat);
	if (is_line(line, ":new"))
		return begin(chat);
	if (is_line(line, ":human")) {
		event.kind = HL_EV_ASK_HUMAN;
		event.text = HL_NONE;
	} else if (is_command(line)) {
		puts("  --  there is :why, :new, :human and :quit");
		return HL_OK;
	} else if (pressed) {
		event.kind = HL_EV_CHOICE;
		event.text = HL_NONE;
		event.choice = (struct hl_str){chat->choices[pressed - 1],
					       strlen(chat->choices[pressed - 1])};
	} else {
		free(chat->last);
		chat->last = strndup(line.ptr, line.len);
	}
	return step(chat, &event);
}

static int talk(struct chat *chat)
{
	struct cli_lines lines;
	struct hl_str line;
	bool person = isatty(STDIN_FILENO) == 1;
	int status = cli_lines_init(&lines);
	if (status != HL_OK)
		return status;
	status = begin(chat);
	for (;;) {
		if (person)
			fputs("you>  ", stdout);
		if (status != HL_OK || !cli_lines_next(&lines, &line) || is_line(line, ":quit"))
			break;
		if (!person)
			printf("you>  %.*s\n", STR(line));
		status = lines.too_long ? HL_OK : take_line(chat, line);
	}
	cli_lines_deinit(&lines);
	return status;
}

static int run(int argc, char **argv)
{
	const char *folder, *lang = "";
	struct cli_values users = {.n = 0};
	struct chat chat = {.rules = NULL};
	const struct cli_option options[] = {{"--user", NULL, NULL, &users},
					     {"--lang", NULL, &lang, NULL}};
	int done = cli_parse(&cli_chat, argc, argv, options, 2, &folder, 1, 1);
	if (done < 0)
		done = cli_user_attrs(chat.attrs, &chat.n_attrs, &cli_chat, &users);
	if (done < 0)
		done = cli_load_pack(&chat.rules, &cli_chat, folder, true);
	if (done >= 0)
		return done;
	chat.birth = (struct hl_birth){.id = HL_STR("chat"),
				       .lang = {lang, strlen(lang)},
				       .user = chat.n_attrs ? HL_STR("you") : HL_NONE,
				       .attrs = chat.attrs,
				       .n_attrs = chat.n_attrs};
	int status = hl_scratch_new(&chat.scratch);
	if (status == HL_OK)
		status = talk(&chat);
	hl_conversation_free(chat.conv);
	hl_scratch_free(chat.scratch);
	hl_rules_free(chat.rules);
	free(chat.last);
	return status == HL_OK ? CLI_OK : cli_fail(&cli_chat, "the conversation broke off");
}

const struct cli_command cli_chat = {
	.name = "chat",
	.summary = "talk with a pack in the terminal",
	.usage = "usage: hotline chat PACK [--user NAME=VALUE ...] [--lang LANG]\n\n"
		 "A conversation as a customer has it. A number presses the button of that "
		 "number.\n\n"
		 "  :why     explain the last answer\n"
		 "  :new     begin a new conversation\n"
		 "  :human   press \"talk to a person\"\n"
		 "  :quit    end (or end of input)\n\n"
		 "  --user NAME=VALUE   what the host signed about the customer; may be repeated\n"
		 "  --lang LANG         the app's language\n\n"
		 "Exit status: 0 done, 1 the pack has errors, 2 wrong use.\n",
	.run = run,
};
