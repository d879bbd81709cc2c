#include "server/assets.h"
#include "server/reply.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

const struct aw_asset *aw_asset_find(const char *path) {
    if (strcmp(path, "/") == 0) path = "/index.html";
    for (size_t i = 0; i < aw_assets_count; i++)
        if (strcmp(aw_assets[i].path, path) == 0) return &aw_assets[i];
    return NULL;
}

/* RFC 9110, 12.5.3: a list of codings with an optional weight, where 0 means never. */
bool aw_asset_takes_gzip(const char *header) {
    for (const char *at = header; at && *at;) {
        at += strspn(at, " \t,");
        size_t len = strcspn(at, ",");
        size_t word = strcspn(at, " \t,;");
        if ((word == 4 && strncasecmp(at, "gzip", 4) == 0) || (word == 1 && *at == '*')) {
            const char *q = memchr(at, '=', len);
            return !q || strtod(q + 1, NULL) > 0;
        }
        at += len;
    }
    return false;
}

static struct aw_note *inflated(const struct aw_asset *a) {
    unsigned char *raw = malloc(a->raw_len + 1);
    if (!raw) return NULL;
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)a->gz,
                  .avail_in = (uInt)a->gz_len,
                  .next_out = raw,
                  .avail_out = (uInt)a->raw_len + 1};
    struct aw_note *n = NULL;
    if (inflateInit2(&z, 16 + MAX_WBITS) == Z_OK) { /* 16: gzip header */
        if (inflate(&z, Z_FINISH) == Z_STREAM_END) n = aw_note_bytes(raw, z.total_out);
        inflateEnd(&z);
    }
    free(raw);
    return n;
}

int aw_asset_send(struct lws *wsi, struct aw_conn *c, const struct aw_asset *a, bool head) {
    char header[256], etag[80];
    bool gzip = lws_hdr_copy(wsi, header, sizeof header, WSI_TOKEN_HTTP_ACCEPT_ENCODING) > 0 &&
                aw_asset_takes_gzip(header);
    snprintf(etag, sizeof etag, "\"%s%s\"", a->hash, gzip ? "-gz" : "");
    /* Vite puts a hash of the content into the names below /assets/. */
    bool forever = strncmp(a->path, "/assets/", 8) == 0;
    struct aw_reply r = {.status = 200,
                         .type = a->type,
                         .cache = forever ? "public, max-age=31536000, immutable" : "no-cache",
                         .etag = etag,
                         .encoding = gzip ? "gzip" : NULL,
                         .head = head};
    if (lws_hdr_copy(wsi, header, sizeof header, WSI_TOKEN_HTTP_IF_NONE_MATCH) > 0 &&
        (strstr(header, etag) || strcmp(header, "*") == 0)) {
        r.status = 304;
        r.type = NULL;
        r.encoding = NULL;
        return aw_reply_send(wsi, c, &r);
    }
    r.body = gzip ? aw_note_bytes(a->gz, a->gz_len) : inflated(a);
    return aw_reply_send(wsi, c, &r);
}
