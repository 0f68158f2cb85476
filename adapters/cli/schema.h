/* rules/schema.json as bytes, made at build time. */
#ifndef HL_CLI_SCHEMA_H
#define HL_CLI_SCHEMA_H

extern const unsigned char cli_schema_text[];
extern const unsigned long cli_schema_text_size;

#endif
