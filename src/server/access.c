#include "server/access.h"
#include "server/guard.h"
#include "server/log.h"
#include "server/services.h"
#include "server/system_clock.h"
#include "server/ws.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* ---- tokens ---- */

static void look(const char *path, struct stat *st) {
    if (!path[0] || stat(path, st) != 0) memset(st, 0, sizeof *st);
}

static bool same_file(const struct stat *a, const struct stat *b) {
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mode == b->st_mode &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int aw_access_open(struct aw_access *a, const struct aw_settings *s, const char *dir,
                   struct aw_why *why) {
    memset(a, 0, sizeof *a);
    a->loopback_needs_token = s->http_loopback_needs_token;
    a->origins = s->http_cors_origins;
    a->names = s->http_names;
    aw_rate_init(&a->requests, s->http_requests_per_s, 2 * s->http_requests_per_s);
    aw_rate_init(&a->failures, 1. / AW_ACCESS_RETRY_S, AW_ACCESS_FAILURES);
    if (!dir[0]) return AW_OK;
    snprintf(a->path, sizeof a->path, "%s/tokens", dir);
    look(a->path, &a->known);
    return aw_tokens_load(&a->tokens, a->path, why);
}

void aw_access_second(struct aw_http *h) {
    struct aw_access *a = h->services ? h->services->access : NULL;
    struct stat now;
    struct aw_why why;
    if (!a) return;
    look(a->path, &now);
    if (same_file(&now, &a->known)) return;
    a->known = now;
    if (aw_tokens_load(&a->tokens, a->path, &why) == AW_OK) {
        aw_log(AW_LOG_INFO, "tokens read again: %d", a->tokens.n);
    } else {
        a->tokens.n = 0;
        aw_log(AW_LOG_ERROR, "no token is valid any more: %s", why.text);
    }
    aw_ws_close_all(h, 1012, "tokens changed: connect again");
}

/* ---- the peer ---- */

/* A number per address (per /64 of IPv6), never 0; *loopback: it is this machine. */
static uint64_t peer(struct lws *wsi, bool *loopback) {
    struct sockaddr_storage at;
    socklen_t len = sizeof at;
    uint32_t v4;
    *loopback = false;
    if (getpeername(lws_get_socket_fd(wsi), (struct sockaddr *)&at, &len) != 0) return 1;
    if (at.ss_family == AF_INET) {
        memcpy(&v4, &((struct sockaddr_in *)&at)->sin_addr, 4);
    } else {
        const struct in6_addr *v6 = &((struct sockaddr_in6 *)&at)->sin6_addr;
        uint64_t net;
        *loopback = IN6_IS_ADDR_LOOPBACK(v6);
        memcpy(&net, v6, sizeof net);
        if (!IN6_IS_ADDR_V4MAPPED(v6)) return net | (uint64_t)1 << 63;
        memcpy(&v4, v6->s6_addr + 12, 4);
    }
    *loopback = ntohl(v4) >> 24 == 127;
    return (uint64_t)v4 + 2;
}

static bool trusted(struct lws *wsi, const struct aw_access *a, bool loopback) {
    return loopback && !a->loopback_needs_token &&
           lws_hdr_total_length(wsi, WSI_TOKEN_X_FORWARDED_FOR) <= 0;
}

/* ---- the page that asks ---- */

static bool listed(const struct aw_setting_list *list, const char *text) {
    for (int i = 0; i < list->n; i++)
        if (strcasecmp(list->item[i], text) == 0) return true;
    return false;
}

bool aw_access_named(const struct aw_http *h, const char *host) {
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(host, ":"), host);
    return h->services && h->services->access && listed(&h->services->access->names, name);
}

bool aw_access_cors(struct lws *wsi, const struct aw_http *h, char *origin, size_t cap) {
    return h->services && h->services->access &&
           lws_hdr_copy(wsi, origin, (int)cap, WSI_TOKEN_ORIGIN) > 0 &&
           listed(&h->services->access->origins, origin);
}

/* Browsers that send no Origin still say from where a request comes. */
static bool fetched_from_elsewhere(struct lws *wsi) {
    static const char name[] = "sec-fetch-site:";
    char site[32];
    int len = lws_hdr_custom_length(wsi, name, sizeof name - 1);
    if (len < 0) return false;
    return lws_hdr_custom_copy(wsi, site, sizeof site, name, sizeof name - 1) <= 0 ||
           (strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0);
}

static bool from_elsewhere(struct lws *wsi, const struct aw_http *h, const char *host) {
    char origin[160];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) <= 0) return fetched_from_elsewhere(wsi);
    return !aw_access_cors(wsi, h, origin, sizeof origin) &&
           !(lws_hdr_copy(wsi, origin, sizeof origin, WSI_TOKEN_ORIGIN) > 0 &&
             aw_guard_origin(origin, host));
}

unsigned aw_access_refuse_origin(struct lws *wsi, const struct aw_http *h, const char *host,
                                 const char **why) {
    if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) <= 0 || !from_elsewhere(wsi, h, host)) return 0;
    if (h->services && h->services->access) h->services->access->refused_origin++;
    *why = "pages of other sites may not listen here";
    return 403;
}

/* ---- the token ---- */

/* "Authorization: Bearer x", or "bearer.x" among the protocols of a WebSocket; the length. */
static size_t given_token(struct lws *wsi, char text[256]) {
    const char *at = NULL;
    if (lws_hdr_copy(wsi, text, 256, WSI_TOKEN_HTTP_AUTHORIZATION) > 0) {
        at = strncasecmp(text, "Bearer ", 7) == 0 ? text + 7 + strspn(text + 7, " ") : text;
    } else if (lws_hdr_copy(wsi, text, 256, WSI_TOKEN_PROTOCOL) > 0) {
        at = strstr(text, "bearer.");
        if (at) at += 7;
    }
    size_t len = at ? strcspn(at, ", ") : 0;
    memmove(text, at ? at : text, len);
    text[len] = '\0';
    return len;
}

static bool gives_token(struct lws *wsi) {
    char text[256];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_AUTHORIZATION) > 0) return true;
    return lws_hdr_total_length(wsi, WSI_TOKEN_PROTOCOL) > 0 && given_token(wsi, text) > 0;
}

static unsigned refuse_token(struct lws *wsi, struct aw_access *a, enum aw_scope scope,
                             uint64_t address, const char **why) {
    char text[256];
    int64_t now_ns = aw_system_ns(CLOCK_MONOTONIC);
    *why = "too many wrong tokens from this address: wait";
    if (!aw_rate_has(&a->failures, address, now_ns)) {
        a->refused_guess++;
        return 429;
    }
    const struct aw_token *t = aw_tokens_find(&a->tokens, text, given_token(wsi, text));
    sodium_memzero(text, sizeof text);
    if (!t) {
        a->refused_token++;
        (void)aw_rate_take(&a->failures, address, now_ns);
        *why = "this token is not valid: make one with airwake token create";
        return 401;
    }
    if (t->scope >= scope) return 0;
    a->refused_scope++;
    *why = scope == AW_SCOPE_ADMIN ? "the token's scope is to be admin for this"
                                   : "the token's scope is to be control or admin for this";
    return 403;
}

unsigned aw_access_refuse_rate(struct lws *wsi, const struct aw_http *h, const char **why) {
    struct aw_access *a = h->services ? h->services->access : NULL;
    bool loopback;
    if (!a) return 0;
    uint64_t address = peer(wsi, &loopback);
    if (trusted(wsi, a, loopback) ||
        aw_rate_take(&a->requests, address, aw_system_ns(CLOCK_MONOTONIC)))
        return 0;
    a->refused_rate++;
    *why = "too many requests from this address: wait";
    return 429;
}

unsigned aw_access_refuse(struct lws *wsi, const struct aw_http *h, enum aw_scope scope,
                          const char **why) {
    struct aw_access *a = h->services ? h->services->access : NULL;
    char host[128];
    bool loopback;
    if (scope >= AW_SCOPE_CONTROL && (lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) <= 0 ||
                                      from_elsewhere(wsi, h, host))) {
        if (a) a->refused_origin++;
        *why = "pages of other sites may not change anything here";
        return 403;
    }
    if (!a || scope == AW_SCOPE_OPEN) return 0;
    uint64_t address = peer(wsi, &loopback);
    if (gives_token(wsi)) return refuse_token(wsi, a, scope, address, why);
    if (trusted(wsi, a, loopback)) return 0;
    a->refused_token++;
    *why = "a token is needed: Authorization: Bearer TOKEN; make one with airwake token create";
    return 401;
}
