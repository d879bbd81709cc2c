#include "server/routes.h"
#include "server/assets.h"
#include "server/guard.h"
#include "server/reply.h"
#include "server/view.h"

#include <string.h>
#include <strings.h>

static void key_str(struct aw_json *j, const char *key, const char *value) {
    aw_json_key(j, key);
    aw_json_str(j, value);
}

static void key_uint(struct aw_json *j, const char *key, uint64_t value) {
    aw_json_key(j, key);
    aw_json_uint(j, value);
}

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
    key_str(j, "status", why ? "no-source" : origin ? "ok" : "no-data");
    key_str(j, "reason", why ? why : origin ? NULL : "no link has frames");
    key_str(j, "source", origin);
    key_uint(j, "tick", h->board->updates);
    key_uint(j, "links", count_links(h));
    key_uint(j, "clients", h->n_clients);
    key_uptime(j, h);
    aw_json_close(j, '}');
}

static void live(struct aw_json *j, void *arg) {
    aw_json_open(j, '{');
    key_str(j, "status", "alive");
    key_uptime(j, arg);
    aw_json_close(j, '}');
}

static void ready(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    aw_json_open(j, '{');
    key_str(j, "status", "ready");
    key_str(j, "source", aw_board_origin(h->board, aw_loop_wall_ns()));
    aw_json_close(j, '}');
}

static void version(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    aw_json_open(j, '{');
    key_str(j, "name", "airwake");
    key_str(j, "version", h->version);
    key_str(j, "api", "v1");
    aw_json_close(j, '}');
}

static void info(struct aw_json *j, void *arg) {
    struct aw_http *h = arg;
    aw_json_open(j, '{');
    key_str(j, "name", "airwake");
    key_str(j, "version", h->version);
    key_str(j, "api", "v1");
    key_str(j, "source", aw_board_origin(h->board, aw_loop_wall_ns()));
    key_uptime(j, h);
    key_uint(j, "links", count_links(h));
    aw_json_key(j, "clients");
    aw_json_open(j, '{');
    key_uint(j, "now", h->n_clients);
    key_uint(j, "max", h->max_clients);
    key_uint(j, "total", h->clients_total);
    key_uint(j, "refused", h->clients_refused);
    key_uint(j, "closed_slow", h->clients_slow);
    key_uint(j, "queue_max", h->queue_max);
    aw_json_close(j, '}');
    aw_json_key(j, "feed");
    aw_json_open(j, '{');
    key_uint(j, "updates", h->board->updates);
    key_uint(j, "ignored", h->board->ignored);
    key_uint(j, "lost", atomic_load_explicit(&h->ring->lost, memory_order_relaxed));
    aw_json_close(j, '}');
    key_uint(j, "requests", h->requests);
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
    key_str(j, "source", aw_board_origin(h->board, now_ns));
    key_uint(j, "tick", h->board->updates);
    aw_json_key(j, "rooms");
    aw_view_rooms(j, h->board, now_ns);
    aw_json_key(j, "links");
    aw_view_sensing(j, h->board, now_ns);
    aw_json_close(j, '}');
}

static const struct route {
    const char *path;
    void (*write)(struct aw_json *j, void *http);
} routes[] = {
    {"/health", health},          {"/health/live", live},
    {"/health/ready", ready},     {"/health/version", version},
    {"/api/v1/info", info},       {"/api/v1/links", links},
    {"/api/v1/sources", sources}, {"/api/v1/sensing/latest", sensing},
};

static const struct route *find(const char *path) {
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        if (strcmp(routes[i].path, path) == 0) return &routes[i];
    return NULL;
}

/* 0 the Host is one of ours; else the status to refuse with, and why. */
static unsigned refuse_host(struct lws *wsi, const struct aw_http *h, const char **why) {
    char host[128];
    int len = lws_hdr_total_length(wsi, WSI_TOKEN_HOST);
    *why = "the request has no Host header";
    if (len <= 0) return 400;
    *why = "this server answers only to its own address; the Host header names another";
    if (lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) <= 0) return 421;
    return aw_guard_host(host, h->bind) ? 0 : 421;
}

static bool request_path(struct lws *wsi, char *path, size_t cap, int *method) {
    char *uri;
    int len;
    *method = lws_http_get_uri_and_method(wsi, &uri, &len);
    if (*method < 0 || len < 0 || (size_t)len >= cap) return false;
    memcpy(path, uri, (size_t)len);
    path[len] = '\0';
    return true;
}

static int serve_route(struct lws *wsi, struct aw_conn *c, const struct route *route, bool head) {
    struct aw_http *h = aw_loop_of(wsi);
    aw_loop_drain(h); /* so that the answer is not older than the question */
    if (route->write == ready) {
        const char *why = aw_board_not_ready(h->board);
        if (why) return aw_reply_problem(wsi, c, 503, why, false);
    }
    struct aw_reply r = {.status = 200,
                         .type = "application/json",
                         .head = head,
                         .body = aw_note_json(route->write, h)};
    return aw_reply_send(wsi, c, &r);
}

int aw_routes_serve(struct lws *wsi, struct aw_conn *c) {
    struct aw_http *h = aw_loop_of(wsi);
    char path[256];
    const char *why;
    int method;
    h->requests++;
    bool ok = request_path(wsi, path, sizeof path, &method);
    bool head = method == LWSHUMETH_HEAD;
    bool reads = head || method == LWSHUMETH_GET;
    unsigned refused = refuse_host(wsi, h, &why);
    if (refused) return aw_reply_problem(wsi, c, refused, why, true);
    if (!ok) return aw_reply_problem(wsi, c, 414, "the address is longer than any here", true);

    const struct route *route = find(path);
    const struct aw_asset *asset = route ? NULL : aw_asset_find(path);
    bool socket = strcmp(path, "/ws/sensing") == 0;
    if (!route && !asset && !socket)
        return aw_reply_problem(wsi, c, 404, "there is nothing at this address", !reads);
    if (!reads) return aw_reply_not_allowed(wsi, c, "GET, HEAD");
    if (socket) return aw_reply_problem(wsi, c, 426, "this address speaks WebSocket", false);
    if (route) return serve_route(wsi, c, route, head);
    return aw_asset_send(wsi, c, asset, head);
}

int aw_routes_upgrade(struct lws *wsi, const char *protocol) {
    struct aw_http *h = aw_loop_of(wsi);
    char path[256], host[128], origin[160];
    const char *why;
    int method;
    h->requests++;
    unsigned refused = refuse_host(wsi, h, &why);
    if (refused) return aw_reply_refuse_upgrade(wsi, refused, why);
    if (strcasecmp(protocol, "websocket") != 0)
        return aw_reply_refuse_upgrade(wsi, 400, "only an upgrade to websocket is known here");
    if (!request_path(wsi, path, sizeof path, &method) || strcmp(path, "/ws/sensing") != 0)
        return aw_reply_refuse_upgrade(wsi, 404, "there is no WebSocket at this address");
    if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) > 0) {
        bool same = lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) > 0 &&
                    lws_hdr_copy(wsi, origin, sizeof origin, WSI_TOKEN_ORIGIN) > 0 &&
                    aw_guard_origin(origin, host);
        if (!same)
            return aw_reply_refuse_upgrade(wsi, 403, "pages of other sites may not listen here");
    }
    if (h->n_clients >= h->max_clients || h->closing) {
        h->clients_refused++;
        return aw_reply_refuse_upgrade(wsi, 503, "all client places are taken: try again later");
    }
    return 0;
}
