/*
 * store_suite.h: what every store must do, whatever it is made of.
 */
#ifndef STORE_SUITE_H
#define STORE_SUITE_H

#include <uv.h>

#include "hotline_adapter.h"

/* How the suite gets stores; each test program defines one. */
struct store_kit {
	const char *name;
	struct hl_store *(*open)(
		uv_loop_t *loop); /* an empty store; fails the test when it can't */
	void (*clean)(void);	  /* after it was closed and freed */
};
extern const struct store_kit store_kit;

/* Runs the suite; the number of failed tests. */
int store_suite_run(void);

/* ------------------------------------------------------------------ calls that wait */

struct kit { /* a loop, a store, and the arena of what was read */
	uv_loop_t loop;
	struct hl_store *store;
};
void kit_open(struct kit *kit);
void kit_close(struct kit *kit); /* close, free, loop closed */
void kit_wait(struct kit *kit, const bool *done);

/* An append of texts to one conversation, as a host would make it. */
struct draft {
	const char *conv, *author, *cid;
	uint64_t seq, note_seq; /* expected */
	size_t n, n_notes;	/* entries (0: one) and notes to add */
	bool no_text;		/* no entries but the notes */
	char digest;		/* filled into all 16 bytes */
	enum hl_state state;
	const char *user;
	int64_t due_ms;
	uint64_t rewrite; /* seq to rewrite; 0: none */
	size_t body;	  /* bytes a body; 0: a short one */
};
/* Starts an append; *out is set when it is answered, and `*answered` counted up. */
void draft_start(struct kit *kit, const struct draft *draft, struct hl_append_done *out,
		 size_t *answered);
struct hl_append_done draft_append(struct kit *kit, const struct draft *draft);
struct hl_append_done draft_check(struct kit *kit, const struct draft *draft);

/* A page as one line: "1:text-1 n1:note-1 2:text-2 …", with "…" at the end when there is more. */
struct shown {
	enum hl_store_result result;
	char line[8192];
	uint64_t seq, note_seq; /* the last ones */
	size_t n, bytes;
	bool more;
};
void show_page(struct kit *kit, const char *conv, uint64_t after_seq, uint64_t after_note_seq,
	       bool notes, size_t limit, struct shown *out);
/* "seq.note_seq state due snapshot" of a conversation or of a user's open one. */
void show_loaded(struct kit *kit, const char *conv, const char *user, struct shown *out);
/* "conv:state:seq …": of states when `states`, else what is due. */
void show_rows(struct kit *kit, unsigned states, const char *after, int64_t now_ms, size_t limit,
	       struct shown *out);

#endif
