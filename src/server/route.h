/* Routes: what answers at which address.
 *
 *     static int link(struct aw_request *r) { ... return aw_answer_json(r, 200, write, arg); }
 *     static const struct aw_route routes[] = {{"GET", "/api/v1/links/{id}", AW_SCOPE_READ, link}};
 *     const struct aw_route_table aw_routes_own = {routes, 1};
 *
 * Handlers run in the loop thread and must not wait. One whose answer comes from another thread
 * takes a ticket with aw_answer_later(), and hands the result to the loop thread by
 * aw_http_call() (http.h), where aw_later_answer() sends it. GET routes answer HEAD too. */
#ifndef AW_SERVER_ROUTE_H
#define AW_SERVER_ROUTE_H

#include "server/reply.h"
#include "server/scope.h"

#include <cjson/cJSON.h>

enum {
    AW_REQUEST_PARAMS = 2,
    AW_REQUEST_PARAM_BYTES = 96,
    AW_REQUEST_BODY_BYTES = 64 * 1024, /* longest body: 413 above */
    AW_LATER_S = 30,                   /* an answer that takes longer never comes: hang up */
};

struct aw_request;

struct aw_route {
    const char *method;                  /* GET, POST, PUT, PATCH, DELETE */
    const char *path;                    /* segments in braces match one segment each */
    enum aw_scope scope;                 /* a client must have */
    int (*answer)(struct aw_request *r); /* returns what aw_answer_...() returned */
};

struct aw_route_table {
    const struct aw_route *routes;
    size_t count;
};

extern const struct aw_route_table aw_routes_own, aw_routes_calibration, aw_routes_rooms,
    aw_routes_config, aw_routes_models, aw_routes_store, aw_routes_metrics, aw_routes_recordings,
    aw_routes_ruview, aw_routes_ruview_recordings, aw_routes_ruview_calibration;

struct aw_request {
    struct aw_http *http;
    struct lws *wsi;
    struct aw_conn *conn;
    const struct aw_route *route;
    bool head;
    char path[256];
    char param[AW_REQUEST_PARAMS][AW_REQUEST_PARAM_BYTES]; /* segments in braces, in order */
    cJSON *json; /* the body, an object; NULL there was none */
    size_t body_len, body_max;
    char body[]; /* NUL-terminated */
};

/* True when `path` fits `pattern`; the segments in braces go to param. */
bool aw_route_match(const char *pattern, const char *path,
                    char param[AW_REQUEST_PARAMS][AW_REQUEST_PARAM_BYTES]);

/* Value of ?key=...; false when it is not given or does not fit. */
bool aw_request_query(const struct aw_request *r, const char *key, char *value, size_t cap);

enum aw_given { AW_GIVEN_NOT, AW_GIVEN, AW_GIVEN_BAD };

/* A number from the query or the JSON body. BAD: it is none or outside [min, max]; the answer is
 * then aw_answer_range(). */
enum aw_given aw_request_query_number(const struct aw_request *r, const char *key, double min,
                                      double max, double *value);
enum aw_given aw_request_number(const struct aw_request *r, const char *key, double min, double max,
                                double *value);
/* A string of the JSON body with 1..max bytes. */
enum aw_given aw_request_string(const struct aw_request *r, const char *key, size_t max,
                                const char **value);

/* Answers. All return what the handler is to return. */
int aw_answer_json(struct aw_request *r, unsigned status,
                   void (*write)(struct aw_json *j, void *arg), void *arg);
int aw_answer_note(struct aw_request *r, unsigned status, const char *type, struct aw_note *body);
int aw_answer_none(struct aw_request *r); /* 204 */
int aw_answer_problem(struct aw_request *r, unsigned status, const char *detail);
/* 422 naming the field and what is allowed: "allowed" is a text such as "0..65535". */
int aw_answer_range(struct aw_request *r, const char *field, const char *allowed);
/* The len bytes of the open file fd, or the range of them that the client asks for; closes it in the
 * end. */
int aw_answer_file(struct aw_request *r, int fd, uint64_t len, const char *type);

/* Puts the answer off. *ticket names it; 0 is never given. The client may hang up meanwhile. */
int aw_answer_later(struct aw_request *r, uint64_t *ticket);
/* Loop thread: sends the answer, or drops it when the client is gone. Takes over reply->body. */
void aw_later_answer(struct aw_http *h, uint64_t ticket, const struct aw_reply *reply);
void aw_later_problem(struct aw_http *h, uint64_t ticket, unsigned status, const char *detail);

#endif
