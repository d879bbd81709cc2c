#include "server/byte_range.h"
#include "server/route.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool aw_route_match(const char *pattern, const char *path,
                    char param[AW_REQUEST_PARAMS][AW_REQUEST_PARAM_BYTES]) {
    int n = 0;
    while (*pattern && *path) {
        if (*pattern != '{') {
            if (*pattern++ != *path++) return false;
            continue;
        }
        size_t len = strcspn(path, "/");
        if (n == AW_REQUEST_PARAMS || len == 0 || len >= AW_REQUEST_PARAM_BYTES) return false;
        memcpy(param[n], path, len);
        param[n++][len] = '\0';
        path += len;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *pattern == *path;
}

bool aw_request_query(const struct aw_request *r, const char *key, char *value, size_t cap) {
    char name[64], text[512];
    int n = snprintf(name, sizeof name, "%s=", key);
    if (n < 0 || (size_t)n >= sizeof name) return false;
    const char *at = lws_get_urlarg_by_name(r->wsi, name, text, sizeof text); /* behind the name */
    size_t len = at ? strlen(at) : cap;
    if (len >= cap) return false;
    memcpy(value, at, len + 1);
    return true;
}

static enum aw_given check(double v, double min, double max, double *value) {
    if (!isfinite(v) || v < min || v > max) return AW_GIVEN_BAD;
    *value = v;
    return AW_GIVEN;
}

enum aw_given aw_request_query_number(const struct aw_request *r, const char *key, double min,
                                      double max, double *value) {
    char text[64], *end;
    if (!aw_request_query(r, key, text, sizeof text)) return AW_GIVEN_NOT;
    double v = strtod(text, &end);
    return end == text || *end ? AW_GIVEN_BAD : check(v, min, max, value);
}

enum aw_given aw_request_number(const struct aw_request *r, const char *key, double min, double max,
                                double *value) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(r->json, key);
    if (!v || cJSON_IsNull(v)) return AW_GIVEN_NOT;
    return cJSON_IsNumber(v) ? check(v->valuedouble, min, max, value) : AW_GIVEN_BAD;
}

enum aw_given aw_request_string(const struct aw_request *r, const char *key, size_t max,
                                const char **value) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(r->json, key);
    if (!v || cJSON_IsNull(v)) return AW_GIVEN_NOT;
    size_t len = cJSON_IsString(v) ? strlen(v->valuestring) : 0;
    if (len == 0 || len > max) return AW_GIVEN_BAD;
    *value = v->valuestring;
    return AW_GIVEN;
}

int aw_answer_note(struct aw_request *r, unsigned status, const char *type, struct aw_note *body) {
    struct aw_reply reply = {.status = status, .type = type, .head = r->head, .body = body};
    return aw_reply_send(r->wsi, r->conn, &reply);
}

int aw_answer_json(struct aw_request *r, unsigned status,
                   void (*write)(struct aw_json *j, void *arg), void *arg) {
    return aw_answer_note(r, status, "application/json", aw_note_json(write, arg));
}

int aw_answer_none(struct aw_request *r) {
    return aw_answer_note(r, 204, NULL, NULL);
}

int aw_answer_problem(struct aw_request *r, unsigned status, const char *detail) {
    return aw_reply_problem(r->wsi, r->conn, status, detail, false);
}

int aw_answer_range(struct aw_request *r, const char *field, const char *allowed) {
    return aw_reply_range(r->wsi, r->conn, field, allowed);
}

/* Range is a matter of GET alone; after If-Range it holds for a version that we do not name. */
static enum aw_byte_range wanted_range(struct aw_request *r, uint64_t len, uint64_t *first,
                                       uint64_t *last) {
    char text[128];
    bool given = !r->head && lws_hdr_total_length(r->wsi, WSI_TOKEN_HTTP_IF_RANGE) <= 0 &&
                 lws_hdr_copy(r->wsi, text, sizeof text, WSI_TOKEN_HTTP_RANGE) > 0;
    return aw_byte_range_read(given ? text : NULL, len, first, last);
}

int aw_answer_file(struct aw_request *r, int fd, uint64_t len, const char *type) {
    struct aw_reply reply = {
        .status = 200, .type = type, .head = r->head, .file = fd + 1, .file_len = len};
    uint64_t first, last;
    char range[80];
    enum aw_byte_range wanted = wanted_range(r, len, &first, &last);
    if (wanted == AW_BYTE_RANGE_PART && lseek(fd, (off_t)first, SEEK_SET) == (off_t)first) {
        snprintf(range, sizeof range, "bytes %llu-%llu/%llu", (unsigned long long)first,
                 (unsigned long long)last, (unsigned long long)len);
        reply.status = 206;
        reply.file_len = last - first + 1;
        reply.content_range = range;
    } else if (wanted == AW_BYTE_RANGE_NONE) {
        close(fd);
        snprintf(range, sizeof range, "bytes */%llu", (unsigned long long)len);
        reply = aw_reply_of_problem(416, "the range lies beyond the end of the file");
        reply.content_range = range;
    }
    return aw_reply_send(r->wsi, r->conn, &reply);
}

/* Answers that are due. */
struct aw_later {
    struct aw_later *next;
    uint64_t ticket;
    struct lws *wsi;
    struct aw_conn *conn;
    bool head;
};

int aw_answer_later(struct aw_request *r, uint64_t *ticket) {
    struct aw_http *h = r->http;
    struct aw_later *l = calloc(1, sizeof *l);
    *ticket = 0;
    if (!l) return aw_answer_problem(r, 503, "out of memory");
    *l = (struct aw_later){h->laters, ++h->tickets, r->wsi, r->conn, r->head};
    h->laters = l;
    *ticket = r->conn->ticket = l->ticket;
    lws_set_timeout(r->wsi, PENDING_TIMEOUT_HTTP_CONTENT, AW_LATER_S);
    return 0;
}

static struct aw_later *take(struct aw_http *h, uint64_t ticket) {
    for (struct aw_later **at = &h->laters; *at; at = &(*at)->next) {
        struct aw_later *l = *at;
        if (l->ticket != ticket) continue;
        *at = l->next;
        l->conn->ticket = 0;
        return l;
    }
    return NULL;
}

void aw_later_forget(struct aw_http *h, struct aw_conn *c) {
    if (c->ticket) free(take(h, c->ticket));
}

void aw_later_answer(struct aw_http *h, uint64_t ticket, const struct aw_reply *reply) {
    struct aw_later *l = take(h, ticket);
    struct aw_reply r = *reply;
    if (!l) {
        aw_reply_unsent(&r);
        return;
    }
    r.head = l->head;
    /* Outside a callback of this connection an error cannot be returned: hang up instead. */
    if (aw_reply_send(l->wsi, l->conn, &r) != 0)
        lws_set_timeout(l->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    free(l);
}

void aw_later_problem(struct aw_http *h, uint64_t ticket, unsigned status, const char *detail) {
    struct aw_reply r = aw_reply_of_problem(status, detail);
    aw_later_answer(h, ticket, &r);
}
