/* The page, embedded in the program by web/embed.mjs. */
#ifndef AW_SERVER_ASSETS_H
#define AW_SERVER_ASSETS_H

#include "server/loop.h"

struct aw_asset {
    const char *path; /* "/index.html" */
    const char *type; /* content type */
    const char *hash; /* of the content, hexadecimal */
    const unsigned char *gz;
    size_t gz_len, raw_len;
};

extern const struct aw_asset aw_assets[]; /* generated */
extern const size_t aw_assets_count;

/* "/" is "/index.html"; NULL when there is no such file. */
const struct aw_asset *aw_asset_find(const char *path);

/* True when an Accept-Encoding header lets us answer with gzip. NULL: no header. */
bool aw_asset_takes_gzip(const char *accept_encoding);

/* Replies with the asset, or 304 when the client has it already. */
int aw_asset_send(struct lws *wsi, struct aw_conn *c, const struct aw_asset *a, bool head);

#endif
