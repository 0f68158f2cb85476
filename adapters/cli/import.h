/* What another program's files hold, on the way to a rule pack. */
#ifndef HL_CLI_IMPORT_H
#define HL_CLI_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/cli.h"

struct import_texts {
	char **v;
	size_t n, room;
};
struct import_value {
	char *value;
	struct import_texts say;
};
/* Where something stood that is not carried over. */
struct import_place {
	const char *file; /* below SOURCE, kept by the import; NULL: nowhere in particular */
	size_t line;	  /* 0: the whole file */
};
struct import_list {
	char *name; /* as a pack may name it */
	struct import_value *v;
	size_t n, room;
};
#define IMPORT_LANGS 8
struct import_slot { /* a value the intent wants */
	char *name;
	char *list;		 /* the list it is of, or ... */
	const char *type;	 /* ... the type, a constant, or ... */
	char *pattern;		 /* ... the pattern; all NULL: whatever is said, when it is asked */
	struct import_place at;	 /* of the pattern */
	char *ask[IMPORT_LANGS]; /* the question; NULL: not asked */
};
struct import_intent {
	char *id, *raw; /* raw: as it was called */
	struct import_texts examples, buttons, answers[IMPORT_LANGS];
	struct import_slot *slots;
	size_t n_slots, slots_room;
};
struct import {
	struct import_intent *intents;
	size_t n_intents, intents_room;
	struct import_list *lists;
	size_t n_lists, lists_room;
	struct import_texts outside, notes; /* notes: what could not be carried over */
	struct import_texts files;	    /* names of files that places tell */
	char langs[IMPORT_LANGS][3];	    /* the first is the default */
	size_t n_langs;
	char *error; /* why it cannot be read at all */
	bool failed; /* out of memory */
};

void import_init(struct import *import);
void import_deinit(struct import *import);
/* As freshly made: the files were another program's. An error stays. */
void import_reset(struct import *import);
/* Finds or adds. Ids and names are brought to what a pack allows. NULL when out of memory. */
struct import_intent *import_intent(struct import *import, const char *id);
void import_drop_intent(struct import *import, size_t at);
struct import_list *import_list(struct import *import, const char *name);
/* Forgets the values of a list: an empty one is not written. */
void import_forget(struct import_list *list);
void import_spelling(struct import *import, struct import_list *list, const char *value,
		     const char *say);
/* Finds or adds the intent's slot of that name. NULL when out of memory. */
struct import_slot *import_slot(struct import *import, struct import_intent *intent,
				const char *name);
/* A heap copy of what a list or slot may be called; NULL when out of memory. */
char *import_name(struct import *import, const char *name);
/* Number of a language ("zh-cn" is "zh"), added when new; the default for "". */
size_t import_lang(struct import *import, const char *lang);
/* Sets a text that is not set yet, cleaned as import_text does. */
void import_set(struct import *import, char **place, const char *text);
/* A button of the intent that leads to another, by that one's id as it was. */
void import_button(struct import *import, struct import_intent *intent, const char *id);
/* Adds a copy; empty texts and doubles are dropped. */
void import_text(struct import *import, struct import_texts *texts, const char *text);
/* The place, its file's name kept. */
struct import_place import_place(struct import *import, const char *file, size_t line);
void import_note(struct import *import, struct import_place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Sets the error, once. */
void import_error(struct import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A whole file, zero-terminated, at most 32 MiB; NULL when it is not there. The caller frees. */
char *import_read(struct import *import, const char *folder, const char *name, size_t *len);

/* The readers. False: this source is not theirs. */
bool import_rasa(struct import *import, const char *source);
bool import_dialogflow(struct import *import, const char *source);
bool import_table(struct import *import, const char *source);

/* Brings what was read to what a pack may hold: patterns and spellings that check refuses are named
   and dropped, values that another one spells are that one, intents nothing leads to go. */
void import_settle(struct import *import);

/* Writes the pack's files into a folder that does not exist yet. */
bool import_write(struct import *import, const char *folder);

#endif
