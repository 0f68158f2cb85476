/*
 * player.h: one conversation played through the engine as a host would: the clock, the desk, the
 * events in, and what happened as lines of text.
 */
#ifndef PLAYER_H
#define PLAYER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hotline_desk.h"
#include "hotline_rules.h"

#define LINE_MAX_BYTES 4096
#define LINES_MAX 64
/* a view as the two arguments of %.*s */
#define V(s) (int)(s).len, (s).ptr ? (s).ptr : ""

struct player {
	const char *path;
	int line;
	struct hl_scratch *scratch;
	struct hl_rules *rules;
	struct hl_desk *desk;
	struct hl_conversation *conv;
	int64_t now, due;
	unsigned sends;
	char pack[64], lang[16];
	struct hl_attr user[8];
	char user_text[8][2][64];
	size_t n_user;
	char said[LINES_MAX][LINE_MAX_BYTES]; /* what happened and is not yet read */
	size_t n_said, next_said;
	char buttons[1024];
	char titles[8][256], choices[8][64];
	size_t n_buttons;
	char offer_agent[32], offer[32];
};

struct hl_str S(const char *text);
/* A place for one more line of what happened. */
char *room(struct player *p);
/* Loads the pack and opens the conversation, if that has not been done. */
void begin(struct player *p);
void unload_packs(void);
/* Steps an event of the customer (agent NULL) or an agent, with a fresh cid. */
void send_event(struct player *p, struct hl_event *event, const char *agent);
void set_agent(struct player *p, const char *name, const char *teams, enum hl_presence presence);
/* "30s", "10m", "2h": everything that becomes due on the way is done in its order. */
void pass_time(struct player *p, const char *text);
/* Others who wait: "3" or "3 funds". */
void fill_queue(struct player *p, const char *text);
/* What the desk wants done with the conversation. */
void pull_desk(struct player *p);

#endif
