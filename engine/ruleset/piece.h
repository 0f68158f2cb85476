/*
 * ruleset/piece.h: what is known of a part of a pattern: literals that every match holds, in which
 * order they stand, and how far apart at most.
 */
#ifndef HL_PIECE_H
#define HL_PIECE_H

#include "ruleset/pattern.h"

#define HL_REACH_MAX 4096 /* bytes; further away is anywhere */
#define HL_REACH_CHARS 1024
#define HL_REACH_RUNS 64 /* runs; the same */

struct hl_piece {
	struct hl_literal_set sets[HL_PATTERN_SETS];
	size_t n;
	struct hl_reach tail; /* behind the last of them that is not aside */
	bool unbounded;	      /* holds an unbounded repeat */
	uint32_t scans;	      /* hl_pattern.scans */
	struct hl_reach dear; /* hl_pattern.dear */
	struct hl_reach once; /* the same of what is done once, unless what is before is redone */
	bool redone;	      /* holds what can be tried in several ways */
	bool edge;	      /* \b stands at its end */
};

/* So far one gets behind what is there. */
void hl_piece_pass(struct hl_piece *piece, struct hl_reach reach);
/* \b stands at the end of what is there. */
void hl_piece_edge(struct hl_piece *piece);
/* Puts a set behind the tail. Where there is no room the one with the shortest literal goes. */
void hl_piece_keep(struct hl_piece *piece, struct hl_literal_set set);
/* One of two alternatives holds: the better set of each becomes one, in `out`. HL_OK, HL_NOMEM. */
int hl_piece_join(struct hl_piece *out, const struct hl_piece *other, struct hl_arena *arena);
/* What is never given back runs so far. */
void hl_piece_whole(struct hl_piece *piece, struct hl_reach reach);
/* A group is next: repeated (`often`), or tried as a whole and never given back (`whole`). */
void hl_piece_enter(struct hl_piece *piece, const struct hl_piece *body, bool often, bool whole);
/* How far the sets from … to - 1 span, with the gaps before them. */
struct hl_reach hl_piece_reach(const struct hl_piece *piece, size_t from, size_t to);

#endif
