/* A Rasa project's files, read. */
#ifndef HL_CLI_IMPORT_RASA_H
#define HL_CLI_IMPORT_RASA_H

#include "cli/import.h"
#include "hotline_yaml.h"

#define RASA_FILES_MAX 512u

struct rasa {
	struct import *import;
	struct hl_yaml *files[RASA_FILES_MAX];
	size_t n;
	bool duckling; /* numbers, dates and the like are told by Duckling, not by values */
};

const struct hl_yaml_node *rasa_first(const struct hl_yaml_node *list);
/* A heap copy; NULL when it is no text. */
char *rasa_text(const struct hl_yaml_node *node);
struct import_place rasa_place(const struct rasa *r, const struct hl_yaml_node *node);

/* import_rasa_nlu.c: intents, examples, entities, synonyms, lookup tables, regular expressions. */
void rasa_take_nlu(struct rasa *r);

#endif
