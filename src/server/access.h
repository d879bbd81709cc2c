/* Who may do what: by address, token, origin and rate. Loop thread only.
 *
 * A peer on loopback may do everything without a token, unless http.loopback_needs_token is set or
 * a proxy says that it speaks for somebody else (X-Forwarded-For). Everybody else needs a token of
 * the scope. Pages of other sites may neither change anything nor listen, unless listed in
 * http.cors_origins. */
#ifndef AW_SERVER_ACCESS_H
#define AW_SERVER_ACCESS_H

#include "server/rate.h"
#include "server/route.h"
#include "server/settings.h"
#include "server/token.h"

#include <sys/stat.h>

enum {
    AW_ACCESS_FAILURES = 10, /* wrong tokens in a row that an address may try, then one per: */
    AW_ACCESS_RETRY_S = 10,  /* also what Retry-After says */
};

struct aw_access {
    char path[3200];   /* of the tokens; "" there are none and will be none */
    struct stat known; /* of that file, as it was read */
    struct aw_tokens tokens;
    bool loopback_needs_token;
    struct aw_setting_list origins, names; /* of other sites; of this server in Host */
    struct aw_rate requests, failures;
    /* so far; guessed: tokens that were not looked at, after too many wrong ones */
    uint64_t refused_rate, refused_guess, refused_token, refused_scope, refused_origin,
        refused_host;
};

/* dir: folder of state; "" none. Errors: those of aw_tokens_load(). */
AW_MUST_USE int aw_access_open(struct aw_access *a, const struct aw_settings *s, const char *dir,
                               struct aw_why *why);

/* Once a second: reads the tokens again when the file changed. WebSocket clients are then asked to
 * connect again, so that one whose token was revoked hears no more. A file that cannot be read any
 * more leaves no token valid. */
void aw_access_second(struct aw_http *h);

/* 0 the client may; else the status to refuse with, and a sentence in *why. */
unsigned aw_access_refuse(struct lws *wsi, const struct aw_http *h, enum aw_scope scope,
                          const char **why);
/* The same, of any request, before it is looked at: 429. */
unsigned aw_access_refuse_rate(struct lws *wsi, const struct aw_http *h, const char **why);
/* The same, of a page that opens a WebSocket and is not from `host`: 403. */
unsigned aw_access_refuse_origin(struct lws *wsi, const struct aw_http *h, const char *host,
                                 const char **why);

/* True when host is a name in http.names. */
bool aw_access_named(const struct aw_http *h, const char *host);

/* The Origin of the request when it is a listed one: then in `origin`. */
bool aw_access_cors(struct lws *wsi, const struct aw_http *h, char *origin, size_t cap);

#endif
