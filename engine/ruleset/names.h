/*
 * ruleset/names.h: what {name} and <name> in a phrase stand for.
 */
#ifndef HL_RULESET_NAMES_H
#define HL_RULESET_NAMES_H

#include "ruleset/graph.h"

/* The atom of a word set. HL_OK; HL_REFUSED when there is no such set (reported); HL_NOMEM. */
int hl_names_set(uint32_t *atom, struct hl_phrase_env *env, const struct hl_line *line,
		 const struct hl_arc *arc);
/* The intent's slot, else the list, else the type of that name. *slot: its number + 1 among the
   set's slot names. HL_OK; HL_REFUSED (reported); HL_NOMEM. */
int hl_names_slot(uint32_t *atom, uint32_t *slot, struct hl_phrase_env *env,
		  const struct hl_line *line, const struct hl_arc *arc);
/* Reports every name of a phrase that stands for nothing, when the phrase is refused already for
   how it is written. HL_REFUSED, HL_NOMEM. */
int hl_names_check(struct hl_phrase_env *env, const struct hl_line *line,
		   const struct hl_spell *spell);
/* "amount" … → enum hl_slot_kind; -1: no type of that name. */
int hl_names_type(struct hl_str name);
/* Index of the pack's list, or SIZE_MAX. */
size_t hl_names_list(const struct hl_pack *pack, struct hl_str name);
/* Nearest list, as a remedy; empty: none is near. */
struct hl_str hl_names_near_list(struct hl_report *report, const struct hl_pack *pack,
				 struct hl_str name);

#endif
