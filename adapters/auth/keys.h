/*
 * keys.h: the house's own secrets, in the data folder.
 */
#ifndef HL_KEYS_H
#define HL_KEYS_H

#include <stddef.h>
#include <stdint.h>

struct hl_keys {
	uint8_t resume[32]; /* of the MAC in a resume token */
	uint8_t digest[32]; /* of the digest of a send */
};

/* Reads folder/keys or makes it. HL_OK; HL_REFUSED with one plain line in `err`. */
int hl_keys_read(struct hl_keys *out, const char *folder, char *err, size_t err_size);

#endif
