#include "server/reply.h"
#include "server/access.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HEADER_BYTES = 2048, CHUNK_BYTES = 16 * 1024 };

static const char *title(unsigned status) {
    switch (status) {
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 409:
        return "Conflict";
    case 411:
        return "Length Required";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 416:
        return "Range Not Satisfiable";
    case 415:
        return "Unsupported Media Type";
    case 421:
        return "Misdirected Request";
    case 422:
        return "Unprocessable Content";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 507:
        return "Insufficient Storage";
    default:
        return "Error";
    }
}

static int add(struct lws *wsi, const char *name, const char *value, unsigned char **p,
               unsigned char *end) {
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                       (const unsigned char *)value, (int)strlen(value), p, end);
}

/* The page runs its own scripts and styles and talks to its own origin, nothing else. */
static int add_security(struct lws *wsi, unsigned char **p, unsigned char *end) {
    return add(wsi, "content-security-policy:",
               "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", p,
               end) ||
           add(wsi, "x-content-type-options:", "nosniff", p, end) ||
           add(wsi, "referrer-policy:", "no-referrer", p, end) ||
           add(wsi, "cross-origin-resource-policy:", "same-origin", p, end);
}

/* Who came by TLS once is to come by nothing else for a year. */
static int add_hsts(struct lws *wsi, unsigned char **p, unsigned char *end) {
    return aw_loop_of(wsi)->tls &&
           add(wsi, "strict-transport-security:", "max-age=31536000", p, end);
}

static int add_status(struct lws *wsi, unsigned status, unsigned char **p, unsigned char *end) {
    char retry[12];
    snprintf(retry, sizeof retry, "%d", AW_ACCESS_RETRY_S);
    if (status == 401) return add(wsi, "www-authenticate:", "Bearer realm=\"airwake\"", p, end);
    if (status == 429) return add(wsi, "retry-after:", retry, p, end);
    return 0;
}

static int add_cors(struct lws *wsi, unsigned char **p, unsigned char *end) {
    char origin[160];
    if (!aw_access_cors(wsi, aw_loop_of(wsi), origin, sizeof origin)) return 0;
    return add(wsi, "access-control-allow-origin:", origin, p, end) ||
           add(wsi, "access-control-allow-methods:", "GET, HEAD, POST, PUT, PATCH, DELETE", p,
               end) ||
           add(wsi, "access-control-allow-headers:", "authorization, content-type", p, end) ||
           add(wsi, "access-control-max-age:", "600", p, end) ||
           add(wsi, "vary:", "origin", p, end);
}

static int add_headers(struct lws *wsi, const struct aw_reply *r, size_t len, unsigned char **p,
                       unsigned char *end) {
    if (lws_add_http_header_status(wsi, r->status, p, end)) return 1;
    if (r->type && (add(wsi, "content-type:", r->type, p, end) ||
                    lws_add_http_header_content_length(wsi, len, p, end)))
        return 1;
    if (add(wsi, "cache-control:", r->cache ? r->cache : "no-store", p, end)) return 1;
    if (r->etag &&
        (add(wsi, "etag:", r->etag, p, end) || add(wsi, "vary:", "accept-encoding", p, end)))
        return 1;
    if (r->encoding && add(wsi, "content-encoding:", r->encoding, p, end)) return 1;
    if (r->extra_name && add(wsi, r->extra_name, r->extra_value, p, end)) return 1;
    if (r->file && add(wsi, "accept-ranges:", "bytes", p, end)) return 1;
    if (r->content_range && add(wsi, "content-range:", r->content_range, p, end)) return 1;
    if (add_status(wsi, r->status, p, end) || add_cors(wsi, p, end) || add_hsts(wsi, p, end))
        return 1;
    if (r->close && add(wsi, "connection:", "close", p, end)) return 1;
    return add_security(wsi, p, end) || lws_finalize_http_header(wsi, p, end);
}

static int finish(struct lws *wsi, struct aw_conn *c) {
    bool close = c->close;
    aw_reply_drop(c);
    return close || lws_http_transaction_completed(wsi) ? -1 : 0;
}

void aw_reply_unsent(struct aw_reply *r) {
    aw_note_drop(r->body);
    r->body = NULL;
    if (r->file) close(r->file - 1);
    r->file = 0;
}

int aw_reply_send(struct lws *wsi, struct aw_conn *c, const struct aw_reply *reply) {
    unsigned char buf[LWS_PRE + HEADER_BYTES];
    unsigned char *start = buf + LWS_PRE, *p = start;
    struct aw_reply r = *reply;
    if (r.type && !r.body && !r.file) return -1; /* out of memory: none for a reply either */
    aw_reply_drop(c);
    uint64_t len = r.file ? r.file_len : r.body ? r.body->len : 0;
    aw_metrics_request(&aw_loop_of(wsi)->metrics, c->route, r.status);
    if (add_headers(wsi, &r, len, &p, buf + sizeof buf - 1) ||
        lws_write(wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS) < 0) {
        aw_reply_unsent(&r);
        return -1;
    }
    c->close = r.close;
    if (r.head || len == 0) {
        aw_reply_unsent(&r);
        return finish(wsi, c);
    }
    c->body = r.body;
    c->file = r.file;
    c->file_left = r.file_len;
    lws_callback_on_writable(wsi);
    return 0;
}

/* The next piece into buf; 0 the file is shorter than it was. */
static size_t next_piece(struct aw_conn *c, unsigned char *buf, bool *last) {
    uint64_t left = c->file ? c->file_left : c->body->len - c->sent;
    size_t n = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
    if (c->file) {
        ssize_t got = read(c->file - 1, buf, n);
        if (got <= 0) return 0;
        n = (size_t)got;
        c->file_left -= n;
    } else {
        memcpy(buf, c->body->bytes + LWS_PRE + c->sent, n);
        c->sent += n;
    }
    *last = n == left;
    return n;
}

int aw_reply_continue(struct lws *wsi, struct aw_conn *c) {
    if (!c->body && !c->file) return 0;
    unsigned char buf[LWS_PRE + CHUNK_BYTES];
    bool last;
    size_t n = next_piece(c, buf + LWS_PRE, &last);
    if (n == 0) return -1;
    if (lws_write(wsi, buf + LWS_PRE, n, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
        return -1;
    if (last) return finish(wsi, c);
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, AW_HTTP_TIMEOUT_S);
    lws_callback_on_writable(wsi);
    return 0;
}

void aw_reply_drop(struct aw_conn *c) {
    aw_note_drop(c->body);
    if (c->file) close(c->file - 1);
    c->body = NULL;
    c->sent = 0;
    c->file = 0;
    c->close = false;
}

struct problem {
    unsigned status;
    const char *detail, *field, *allowed;
};

static void write_problem(struct aw_json *j, void *arg) {
    const struct problem *p = arg;
    aw_json_open(j, '{');
    aw_json_key(j, "type");
    aw_json_str(j, "about:blank");
    aw_json_key(j, "title");
    aw_json_str(j, title(p->status));
    aw_json_key(j, "status");
    aw_json_uint(j, p->status);
    aw_json_key(j, "detail");
    aw_json_str(j, p->detail);
    if (p->field) {
        aw_json_key(j, "field");
        aw_json_str(j, p->field);
        aw_json_key(j, "allowed");
        aw_json_str(j, p->allowed);
    }
    aw_json_close(j, '}');
}

static struct aw_reply reply_of(struct problem p) {
    return (struct aw_reply){.status = p.status,
                             .type = "application/problem+json",
                             .body = aw_note_json(write_problem, &p)};
}

struct aw_reply aw_reply_of_problem(unsigned status, const char *detail) {
    return reply_of((struct problem){.status = status, .detail = detail});
}

int aw_reply_range(struct lws *wsi, struct aw_conn *c, const char *field, const char *allowed) {
    char detail[256];
    snprintf(detail, sizeof detail, "%s: allowed is %s", field, allowed);
    struct aw_reply r = reply_of((struct problem){422, detail, field, allowed});
    return aw_reply_send(wsi, c, &r);
}

static bool is_head(struct lws *wsi) {
    char *uri;
    int len;
    return lws_http_get_uri_and_method(wsi, &uri, &len) == LWSHUMETH_HEAD;
}

int aw_reply_problem(struct lws *wsi, struct aw_conn *c, unsigned status, const char *detail,
                     bool close) {
    struct aw_reply r = aw_reply_of_problem(status, detail);
    r.close = close;
    r.head = is_head(wsi);
    if (status == 426) {
        r.extra_name = "upgrade:";
        r.extra_value = "websocket";
    }
    return aw_reply_send(wsi, c, &r);
}

int aw_reply_not_allowed(struct lws *wsi, struct aw_conn *c, const char *allow) {
    struct aw_reply r =
        aw_reply_of_problem(405, "this address answers only the methods in the Allow header");
    r.extra_name = "allow:";
    r.extra_value = allow;
    r.close = true;
    return aw_reply_send(wsi, c, &r);
}

int aw_reply_refuse_upgrade(struct lws *wsi, unsigned status, const char *detail) {
    struct aw_conn c = {0}; /* lws has no per-connection memory for us yet */
    struct aw_reply r = aw_reply_of_problem(status, detail);
    r.close = true;
    struct aw_note *body = aw_note_ref(r.body);
    if (aw_reply_send(wsi, &c, &r) == 0 && body)
        lws_write(wsi, body->bytes + LWS_PRE, body->len, LWS_WRITE_HTTP_FINAL);
    aw_note_drop(body);
    aw_reply_drop(&c);
    return -1;
}
