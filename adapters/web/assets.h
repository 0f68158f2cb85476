/*
 * assets.h: the web pages carried inside the binary: loader, widget, console and demo page, each
 * gzipped ahead. The table is made at build time; nothing here allocates or can fail.
 */
#ifndef HL_WEB_ASSETS_H
#define HL_WEB_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One file. All pointers are constant and live for ever. `path` is the whole URL path ("/",
 * "/hotline.js", "/w/", "/console/", …). `gz` is a gzip stream that unpacks to `len` bytes. `etag`
 * has its quotes. `immutable`: the name holds a hash of the content, so it may be cached for ever;
 * all others must be revalidated. `csp` is the value for Content-Security-Policy; when `framed`,
 * it names no frame-ancestors and the server appends "; frame-ancestors <allow-list>".
 */
struct hl_asset {
	const char *path;
	const char *type;
	const unsigned char *gz;
	size_t gz_len;
	size_t len;
	const char *etag;
	bool immutable;
	const char *csp;
	bool framed;
};

/* The file at exactly this path (no query), or NULL. `path` needs no NUL at its end. */
const struct hl_asset *hl_assets_find(const char *path, size_t len);

/* All files, ordered by path; their number goes to `*n`. */
const struct hl_asset *hl_assets_all(size_t *n);

#endif
