/* Our own API. */
#include "server/frame_tap.h"
#include "server/openapi.h"
#include "server/route.h"
#include "server/view.h"

#include <stdlib.h>

static void key_uptime(struct aw_json *j, const struct aw_http *h) {
    aw_json_key(j, "uptime_s");
    aw_json_num(j, aw_loop_uptime_s(h), 1);
}

static uint64_t count_links(const struct aw_http *h) {
    uint64_t n = 0;
    for (size_t i = 0; i < AW_BOARD_LINKS; i++) n += h->board->links[i].used;
    return n;
}

static void health(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    const char *origin = aw_board_origin(h->board, aw_loop_wall_ns());
    const char *why = aw_board_not_ready(h->board);
    aw_json_open(j, '{');
    aw_json_key_str(j, "status", why ? "no-source" : origin ? "ok" : "no-data");
    aw_json_key_str(j, "reason", why ? why : origin ? NULL : "no link has frames");
    aw_json_key_str(j, "source", origin);
    aw_json_key_uint(j, "tick", h->board->updates);
    aw_json_key_uint(j, "links", count_links(h));
    aw_json_key_uint(j, "clients", h->n_clients);
    key_uptime(j, h);
    aw_json_close(j, '}');
}

static void live(struct aw_json *j, void *arg) {
    aw_json_open(j, '{');
    aw_json_key_str(j, "status", "alive");
    key_uptime(j, arg);
    aw_json_key_uint(j, "uptime", (uint64_t)aw_loop_uptime_s(arg)); /* RuView's name */
    aw_json_close(j, '}');
}

static void ready(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    aw_json_open(j, '{');
    aw_json_key_str(j, "status", "ready");
    aw_json_key_str(j, "source", aw_board_origin(h->board, aw_loop_wall_ns()));
    aw_json_close(j, '}');
}

static void version(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    aw_json_open(j, '{');
    aw_json_key_str(j, "name", "airwake");
    aw_json_key_str(j, "version", h->version);
    aw_json_key_str(j, "api", "v1");
    aw_json_close(j, '}');
}

static void info(struct aw_json *j, void *arg) {
    struct aw_http *h = arg;
    aw_json_open(j, '{');
    aw_json_key_str(j, "name", "airwake");
    aw_json_key_str(j, "version", h->version);
    aw_json_key_str(j, "api", "v1");
    aw_json_key_str(j, "source", aw_board_origin(h->board, aw_loop_wall_ns()));
    key_uptime(j, h);
    aw_json_key_uint(j, "links", count_links(h));
    aw_json_key(j, "clients");
    aw_json_open(j, '{');
    aw_json_key_uint(j, "now", h->n_clients);
    aw_json_key_uint(j, "max", h->max_clients);
    aw_json_key_uint(j, "total", h->clients_total);
    aw_json_key_uint(j, "refused", h->clients_refused);
    aw_json_key_uint(j, "closed_slow", h->clients_slow);
    aw_json_key_uint(j, "queue_max", h->queue_max);
    aw_json_close(j, '}');
    aw_json_key(j, "feed");
    aw_json_open(j, '{');
    aw_json_key_uint(j, "updates", h->board->updates);
    aw_json_key_uint(j, "ignored", h->board->ignored);
    aw_json_key_uint(j, "lost", atomic_load_explicit(&h->ring->lost, memory_order_relaxed));
    aw_json_close(j, '}');
    aw_json_key(j, "streams");
    aw_json_open(j, '{');
    aw_json_key_uint(j, "sent", h->streams_sent);
    aw_json_key_uint(j, "dropped", h->streams_dropped);
    uint64_t lost = 0;
    if (h->frame_tap)
        lost = atomic_load_explicit(&h->frame_tap->frames.lost, memory_order_relaxed) +
               atomic_load_explicit(&h->frame_tap->breaths.lost, memory_order_relaxed);
    aw_json_key_uint(j, "lost", lost);
    aw_json_close(j, '}');
    aw_json_key_uint(j, "requests", h->requests);
    aw_json_close(j, '}');
}

static void links(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    int64_t now_ns = aw_loop_wall_ns();
    aw_json_open(j, '{');
    aw_json_key(j, "links");
    aw_view_links(j, h->board, now_ns);
    aw_json_key(j, "sources");
    aw_view_sources(j, h->board, now_ns);
    aw_json_close(j, '}');
}

static void sources(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    aw_json_open(j, '{');
    aw_json_key(j, "sources");
    aw_view_sources(j, h->board, aw_loop_wall_ns());
    aw_json_close(j, '}');
}

static void sensing(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    int64_t now_ns = aw_loop_wall_ns();
    aw_json_open(j, '{');
    aw_json_key(j, "timestamp");
    aw_json_num(j, (double)now_ns * 1e-9, 3);
    aw_json_key_str(j, "source", aw_board_origin(h->board, now_ns));
    aw_json_key_uint(j, "tick", h->board->updates);
    aw_json_key(j, "rooms");
    aw_view_rooms(j, h->board, now_ns);
    aw_json_key(j, "links");
    aw_view_sensing(j, h->board, now_ns);
    aw_json_close(j, '}');
}

static void vitals(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    int64_t now_ns = aw_loop_wall_ns();
    aw_json_open(j, '{');
    aw_json_key(j, "timestamp");
    aw_json_num(j, (double)now_ns * 1e-9, 3);
    aw_json_key_str(j, "source", aw_board_origin(h->board, now_ns));
    aw_view_vitals(j, h->board, now_ns);
    aw_json_close(j, '}');
}

struct one_link {
    const struct aw_board *board;
    uint32_t place;
};

static void link_detail(struct aw_json *j, void *arg) {
    const struct one_link *l = arg;
    int64_t now_ns = aw_loop_wall_ns();
    aw_json_open(j, '{');
    aw_json_key(j, "link");
    aw_view_link(j, l->board, l->place, now_ns);
    aw_json_key(j, "sensing");
    aw_view_link_sensing(j, l->board, l->place, now_ns);
    aw_json_close(j, '}');
}

static int ready_or_not(struct aw_request *r) {
    const char *why = aw_board_not_ready(r->http->board);
    return why ? aw_answer_problem(r, 503, why) : aw_answer_json(r, 200, ready, r->http);
}

static int get_health(struct aw_request *r) {
    return aw_answer_json(r, 200, health, r->http);
}

static int get_live(struct aw_request *r) {
    return aw_answer_json(r, 200, live, r->http);
}

static int get_version(struct aw_request *r) {
    return aw_answer_json(r, 200, version, r->http);
}

static int get_info(struct aw_request *r) {
    return aw_answer_json(r, 200, info, r->http);
}

static int get_links(struct aw_request *r) {
    return aw_answer_json(r, 200, links, r->http);
}

static int get_sources(struct aw_request *r) {
    return aw_answer_json(r, 200, sources, r->http);
}

static int get_sensing(struct aw_request *r) {
    return aw_answer_json(r, 200, sensing, r->http);
}

static int get_vitals(struct aw_request *r) {
    return aw_answer_json(r, 200, vitals, r->http);
}

static int get_openapi(struct aw_request *r) {
    return aw_answer_note(r, 200, "application/json", aw_note_bytes(aw_openapi, aw_openapi_len));
}

static int get_link(struct aw_request *r) {
    char *end;
    unsigned long id = strtoul(r->param[0], &end, 10);
    struct one_link l = {r->http->board, AW_BOARD_LINKS};
    if (r->param[0][0] >= '0' && r->param[0][0] <= '9' && !*end && id < UINT32_MAX)
        l.place = aw_board_find(l.board, (uint32_t)id);
    if (l.place == AW_BOARD_LINKS || !l.board->links[l.place].has_info)
        return aw_answer_problem(r, 404, "there is no link of this number");
    return aw_answer_json(r, 200, link_detail, &l);
}

static const struct aw_route routes[] = {
    {"GET", "/openapi.json", AW_SCOPE_OPEN, get_openapi},
    {"GET", "/health", AW_SCOPE_OPEN, get_health},
    {"GET", "/health/live", AW_SCOPE_OPEN, get_live},
    {"GET", "/health/ready", AW_SCOPE_OPEN, ready_or_not},
    {"GET", "/health/version", AW_SCOPE_OPEN, get_version},
    {"GET", "/api/v1/info", AW_SCOPE_READ, get_info},
    {"GET", "/api/v1/links", AW_SCOPE_READ, get_links},
    {"GET", "/api/v1/links/{id}", AW_SCOPE_READ, get_link},
    {"GET", "/api/v1/sources", AW_SCOPE_READ, get_sources},
    {"GET", "/api/v1/sensing/latest", AW_SCOPE_READ, get_sensing},
    {"GET", "/api/v1/vitals", AW_SCOPE_READ, get_vitals},
};
const struct aw_route_table aw_routes_own = {routes, sizeof routes / sizeof routes[0]};
