/* /api/v1/history, /api/v1/events, /api/v1/store: what was, from the store. */
#include "server/history.h"
#include "server/loop.h"
#include "server/route.h"
#include "server/services.h"
#include "server/store_query.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Loads and writes in the store's thread; the answer is sent in the loop thread. */
struct question {
    struct aw_http *http;
    uint64_t ticket;
    struct aw_note *note;
    bool events;
    struct aw_history_query history;
    struct aw_events_query event;
};

static int load(struct aw_db *db, void *ctx, struct aw_why *why) {
    struct question *q = ctx;
    int err;
    if (q->events) {
        struct aw_events_answer a;
        err = aw_events_load(db, &q->event, &a);
        if (err == AW_OK) q->note = aw_note_json(aw_events_json, &a);
        aw_events_free(&a);
    } else {
        struct aw_history_answer a;
        err = aw_history_load(db, &q->history, &a);
        if (err == AW_OK) q->note = aw_note_json(aw_history_json, &a);
        aw_history_free(&a);
    }
    *why = db->why;
    return err;
}

static void send_answer(void *ctx, int err, const struct aw_why *why) {
    struct question *q = ctx;
    if (err == AW_OK) {
        struct aw_reply reply = {.status = 200, .type = "application/json", .body = q->note};
        aw_later_answer(q->http, q->ticket, &reply);
    } else {
        aw_later_problem(q->http, q->ticket, 503, why->text);
    }
    free(q);
}

static struct aw_history *history_of(struct aw_request *r) {
    return r->http->services ? r->http->services->history : NULL;
}

/* Takes q over. */
static int ask(struct aw_request *r, struct question *q) {
    struct aw_history *h = history_of(r);
    q->http = r->http;
    int result = aw_answer_later(r, &q->ticket);
    const struct aw_store_job job = {load, send_answer, q};
    if (aw_store_ask(h->store, &job) != AW_OK) {
        aw_later_problem(r->http, q->ticket, 503, "too many questions wait for the history");
        free(q);
    }
    return result;
}

static int refuse_off(struct aw_request *r) {
    struct aw_history *h = history_of(r);
    return aw_answer_problem(r, 503, h && h->off[0] ? h->off : "history is off");
}

static struct question *question(struct aw_request *r) {
    struct aw_history *h = history_of(r);
    return h && h->store ? calloc(1, sizeof(struct question)) : NULL;
}

/* ?from=&to= in Unix seconds; by default the last span_s. False: *result is the answer. */
static bool span(struct aw_request *r, double span_s, double *from, double *to, int *result) {
    static const double last = 253402300799; /* end of year 9999 */
    double now_s = (double)aw_loop_wall_ns() * 1e-9;
    enum aw_given a = aw_request_query_number(r, "to", 0, last, to);
    if (a == AW_GIVEN_NOT) *to = floor(now_s) + 1;
    enum aw_given b = aw_request_query_number(r, "from", 0, last, from);
    if (b == AW_GIVEN_NOT) *from = fmax(0, *to - span_s);
    if (a != AW_GIVEN_BAD && b != AW_GIVEN_BAD && *from <= *to) return true;
    *result =
        aw_answer_range(r, a == AW_GIVEN_BAD ? "to" : "from",
                        a == AW_GIVEN_BAD || b == AW_GIVEN_BAD ? "Unix seconds, 0..253402300799"
                                                               : "Unix seconds, not after `to`");
    return false;
}

/* A link by its number while it is there, else by its name. */
static void name_link(struct aw_request *r, struct aw_history_query *q, const char *text) {
    char *end;
    unsigned long id = strtoul(text, &end, 10);
    snprintf(q->name, sizeof q->name, "%s", text);
    if (*end || id > UINT32_MAX) return;
    uint32_t at = aw_board_find(r->http->board, (uint32_t)id);
    if (at == AW_BOARD_LINKS) return;
    const struct aw_board_link *l = &r->http->board->links[at];
    snprintf(q->name, sizeof q->name, "%s", l->name);
    q->by_sender = true;
    q->sender = l->info.origin;
}

/* False: *result is the answer. */
static bool resolution(struct aw_request *r, struct aw_history_query *q, int *result) {
    char text[16] = "auto";
    bool given = aw_request_query(r, "resolution", text, sizeof text);
    q->at = AW_RESOLUTIONS;
    if (!given || strcmp(text, "auto") == 0) q->at = aw_history_auto(q->from_s, q->to_s);
    for (int i = 0; i < AW_RESOLUTIONS; i++)
        if (strcmp(text, aw_resolution_key[i]) == 0) q->at = (enum aw_resolution)i;
    if (q->at < AW_RESOLUTIONS) return true;
    *result = aw_answer_range(r, "resolution", "second, minute, hour, auto");
    return false;
}

static int get_history(struct aw_request *r) {
    char text[AW_EVENT_NAME];
    double from, to;
    int result = 0;
    struct question *q = question(r);
    if (!q) return refuse_off(r);
    struct aw_history_query *h = &q->history;
    if ((h->room = aw_request_query(r, "room", text, sizeof text) && text[0])) {
        snprintf(h->name, sizeof h->name, "%s", text);
    } else if (aw_request_query(r, "link", text, sizeof text) && text[0]) {
        name_link(r, h, text);
    } else {
        h->room = true; /* all live links together */
        snprintf(h->name, sizeof h->name, "default");
    }
    if (!span(r, 3600, &from, &to, &result)) {
        free(q);
        return result;
    }
    h->from_s = (int64_t)from;
    h->to_s = (int64_t)ceil(to);
    if (!resolution(r, h, &result)) {
        free(q);
        return result;
    }
    return ask(r, q);
}

static int get_events(struct aw_request *r) {
    double from, to, limit = 100, cursor = 9007199254740992;
    int result = 0;
    struct question *q = question(r);
    if (!q) return refuse_off(r);
    const char *bad = NULL, *allowed = NULL;
    if (!span(r, 253402300799, &from, &to, &result)) {
        free(q);
        return result;
    }
    if (aw_request_query_number(r, "limit", 1, AW_EVENTS_MAX, &limit) == AW_GIVEN_BAD)
        bad = "limit", allowed = "1..1000";
    if (aw_request_query_number(r, "cursor", 0, 9007199254740992, &cursor) == AW_GIVEN_BAD)
        bad = "cursor", allowed = "`next` of an answer";
    if (bad) {
        free(q);
        return aw_answer_range(r, bad, allowed);
    }
    struct aw_events_query *e = &q->event;
    *e = (struct aw_events_query){.from_ms = (int64_t)(from * 1e3),
                                  .to_ms = (int64_t)(to * 1e3),
                                  .before_id = (int64_t)cursor,
                                  .limit = (int64_t)limit};
    q->events = true;
    if (!aw_request_query(r, "type", e->type, sizeof e->type)) e->type[0] = '\0';
    if (aw_request_query(r, "room", e->name, sizeof e->name) && e->name[0])
        snprintf(e->kind, sizeof e->kind, "room");
    else if (aw_request_query(r, "link", e->name, sizeof e->name) && e->name[0])
        snprintf(e->kind, sizeof e->kind, "link");
    else
        e->name[0] = '\0';
    return ask(r, q);
}

static void write_store(struct aw_json *j, void *ctx) {
    const struct aw_history *h = ctx;
    struct aw_store_stats s = {.bytes = -1};
    if (h && h->store) aw_store_stats(h->store, &s);
    aw_json_open(j, '{');
    aw_json_key(j, "on");
    aw_json_bool(j, h && h->store);
    aw_json_key(j, "ok");
    aw_json_bool(j, s.ok);
    aw_json_key(j, "reason");
    aw_json_str(j, !h || !h->store ? (h ? h->off : "history is off") : s.ok ? NULL : s.trouble);
    const struct {
        const char *key;
        uint64_t value;
    } counts[] = {{"seconds_written", s.summaries},
                  {"events_written", s.events},
                  {"batches", s.batches},
                  {"failures", s.failures},
                  {"lost", s.lost},
                  {"waiting", s.waiting}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        aw_json_key(j, counts[i].key);
        aw_json_uint(j, counts[i].value);
    }
    aw_json_key(j, "bytes");
    aw_json_num(j, s.bytes < 0 ? (double)NAN : (double)s.bytes, 0);
    aw_json_key(j, "written_at");
    aw_json_num(j, s.written_s ? (double)s.written_s : (double)NAN, 0);
    aw_json_close(j, '}');
}

static int get_store(struct aw_request *r) {
    return aw_answer_json(r, 200, write_store, history_of(r));
}

static const struct aw_route routes[] = {
    {"GET", "/api/v1/history", AW_SCOPE_READ, get_history},
    {"GET", "/api/v1/events", AW_SCOPE_READ, get_events},
    {"GET", "/api/v1/store", AW_SCOPE_READ, get_store},
};
const struct aw_route_table aw_routes_store = {routes, sizeof routes / sizeof routes[0]};
