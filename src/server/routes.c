#include "server/routes.h"
#include "server/access.h"
#include "server/assets.h"
#include "server/guard.h"
#include "server/services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct aw_route_table *const tables[] = {
    &aw_routes_own,
    &aw_routes_calibration,
    &aw_routes_models,
    &aw_routes_rooms,
    &aw_routes_config,
    &aw_routes_store,
    &aw_routes_metrics,
    &aw_routes_recordings,
    &aw_routes_ruview,
    &aw_routes_ruview_recordings,
    &aw_routes_ruview_calibration,
};

const struct aw_route *aw_routes_at(size_t i) {
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        if (i < tables[t]->count) return &tables[t]->routes[i];
        i -= tables[t]->count;
    }
    return NULL;
}

static const char *const methods[] = {
    [LWSHUMETH_GET] = "GET",     [LWSHUMETH_POST] = "POST",     [LWSHUMETH_PUT] = "PUT",
    [LWSHUMETH_PATCH] = "PATCH", [LWSHUMETH_DELETE] = "DELETE", [LWSHUMETH_HEAD] = "GET",
};

static const char *method_name(int method) {
    return method >= 0 && (size_t)method < sizeof methods / sizeof methods[0] ? methods[method]
                                                                              : NULL;
}

/* The route of r->path and `method` among those with braces, or those without; adds the methods of
 * others to `allow`. */
static const struct aw_route *find_among(struct aw_request *r, const char *method, bool braces,
                                         char allow[64]) {
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < tables[t]->count; i++) {
            const struct aw_route *route = &tables[t]->routes[i];
            if ((strchr(route->path, '{') != NULL) != braces) continue;
            if (!aw_route_match(route->path, r->path, r->param)) continue;
            if (method && strcmp(method, route->method) == 0) return route;
            size_t len = strlen(allow);
            snprintf(allow + len, 64 - len, "%s%s%s", len ? ", " : "", route->method,
                     strcmp(route->method, "GET") == 0 ? ", HEAD" : "");
        }
    }
    return NULL;
}

/* The route of r->path and `method`. NULL with methods in `allow`: only others are answered. */
static const struct aw_route *find(struct aw_request *r, const char *method, char allow[64]) {
    allow[0] = '\0';
    const struct aw_route *route = find_among(r, method, false, allow);
    return route || allow[0] ? route : find_among(r, method, true, allow);
}

static const struct {
    const char *path;
    enum aw_dialect dialect;
} sockets[] = {
    {"/ws/sensing", AW_WS_OWN},
    {"/ws/introspection", AW_WS_RUVIEW_INTROSPECTION},
    {"/api/v1/stream/pose", AW_WS_RUVIEW_POSE},
};

/* Place in sockets[]; -1: none there. */
static int find_socket(const char *path) {
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++)
        if (strcmp(sockets[i].path, path) == 0) return (int)i;
    return -1;
}

/* The connection came in on a port for RuView clients. */
static bool is_extra(struct lws *wsi, const struct aw_http *h) {
    struct sockaddr_storage a;
    socklen_t len = sizeof a;
    if (!h->n_extra_ports) return false;
    if (getsockname(lws_get_socket_fd(wsi), (struct sockaddr *)&a, &len) < 0) return false;
    uint16_t port = ntohs(a.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&a)->sin6_port
                                                  : ((const struct sockaddr_in *)&a)->sin_port);
    for (size_t i = 0; i < h->n_extra_ports; i++)
        if (h->extra_port[i] == port) return true;
    return false;
}

/* Their page is on the main port when it opens a socket on another: Host, with that port. */
static void page_host(const struct aw_http *h, char *host, size_t cap) {
    char *end = strchr(host, ']'), *colon = strchr(end ? end : host, ':');
    size_t len = colon ? (size_t)(colon - host) : strlen(host);
    snprintf(host + len, cap - len, ":%u", h->port);
}

/* 0 the Host is one of ours; else the status to refuse with, and why. */
static unsigned refuse_host(struct lws *wsi, const struct aw_http *h, const char **why) {
    char host[128];
    int len = lws_hdr_total_length(wsi, WSI_TOKEN_HOST);
    *why = "the request has no Host header";
    if (len <= 0) return 400;
    *why = "this server answers only to its own address; the Host header names another";
    if (lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) > 0 &&
        (aw_guard_host(host, h->bind) || aw_access_named(h, host)))
        return 0;
    if (h->services && h->services->access) h->services->access->refused_host++;
    return 421;
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

static int run(struct aw_request *r) {
    aw_loop_drain(r->http); /* so that the answer is not older than the question */
    return r->route->answer(r);
}

static void forget_request(struct aw_conn *c) {
    if (c->request) cJSON_Delete(c->request->json);
    free(c->request);
    c->request = NULL;
}

/* Bytes of the body to come; -1 the header makes no sense, -2 there is none. */
static long body_length(struct lws *wsi) {
    char text[24], *end;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0) return -2;
    if (lws_hdr_copy(wsi, text, sizeof text, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0) return -1;
    long len = strtol(text, &end, 10);
    return end == text || *end || len < 0 ? -1 : len;
}

static bool is_json(struct lws *wsi) {
    static const char want[] = "application/json";
    char type[96];
    return lws_hdr_copy(wsi, type, sizeof type, WSI_TOKEN_HTTP_CONTENT_TYPE) > 0 &&
           strncasecmp(type, want, sizeof want - 1) == 0;
}

/* Waits for the body; what cannot be taken is refused at once. */
static int take_body(struct aw_request *found, long len) {
    struct lws *wsi = found->wsi;
    struct aw_conn *c = found->conn;
    if (len < 0) return aw_reply_problem(wsi, c, 400, "Content-Length is not a number", true);
    if (len > AW_REQUEST_BODY_BYTES)
        return aw_reply_problem(wsi, c, 413, "the body is longer than 65536 bytes", true);
    if (!is_json(wsi))
        return aw_reply_problem(wsi, c, 415, "the body is to be application/json", true);
    struct aw_request *r = malloc(sizeof *r + (size_t)len + 1);
    if (!r) return -1;
    *r = *found;
    r->body_max = (size_t)len;
    c->request = r;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, AW_HTTP_TIMEOUT_S);
    return 0;
}

int aw_routes_body(struct aw_conn *c, const void *bytes, size_t len) {
    struct aw_request *r = c->request;
    if (!r) return 0; /* refused already */
    if (len > r->body_max - r->body_len) return -1;
    memcpy(r->body + r->body_len, bytes, len);
    r->body_len += len;
    return 0;
}

int aw_routes_body_done(struct aw_conn *c) {
    struct aw_request *r = c->request;
    if (!r) return 0;
    r->body[r->body_len] = '\0';
    const char *end;
    r->json = cJSON_ParseWithLengthOpts(r->body, r->body_len + 1, &end, true);
    int result = cJSON_IsObject(r->json)
                     ? run(r)
                     : aw_reply_problem(r->wsi, c, 400, "the body is not a JSON object", true);
    forget_request(c);
    return result;
}

void aw_routes_closed(struct aw_http *h, struct aw_conn *c) {
    forget_request(c);
    aw_later_forget(h, c);
    aw_reply_drop(c);
}

static int serve_file(struct aw_request *r, const struct aw_asset *asset, bool socket, bool reads) {
    if (!asset && !socket)
        return aw_reply_problem(r->wsi, r->conn, 404, "there is nothing at this address", !reads);
    if (!reads) return aw_reply_not_allowed(r->wsi, r->conn, "GET, HEAD");
    if (socket)
        return aw_reply_problem(r->wsi, r->conn, 426, "this address speaks WebSocket", false);
    return aw_asset_send(r->wsi, r->conn, asset, r->head);
}

/* A browser asks whether a page of another origin may ask: the headers of all replies say. */
static bool is_preflight(struct aw_request *r, int method) {
    char origin[160];
    return method == LWSHUMETH_OPTIONS && aw_access_cors(r->wsi, r->http, origin, sizeof origin);
}

int aw_routes_serve(struct lws *wsi, struct aw_conn *c) {
    struct aw_http *h = aw_loop_of(wsi);
    struct aw_request r = {.http = h, .wsi = wsi, .conn = c};
    char allow[64];
    const char *why;
    int method;
    h->requests++;
    c->route = NULL;
    bool ok = request_path(wsi, r.path, sizeof r.path, &method);
    r.head = method == LWSHUMETH_HEAD;
    unsigned refused = refuse_host(wsi, h, &why);
    if (refused) return aw_reply_problem(wsi, c, refused, why, true);
    refused = aw_access_refuse_rate(wsi, h, &why);
    if (refused) return aw_reply_problem(wsi, c, refused, why, true);
    if (!ok) return aw_reply_problem(wsi, c, 414, "the address is longer than any here", true);

    if (is_extra(wsi, h) && strcmp(r.path, "/health") != 0 && strcmp(r.path, "/ws/sensing") != 0)
        return aw_reply_problem(wsi, c, 404, "this port has /ws/sensing and /health only", true);
    if (is_preflight(&r, method)) return aw_reply_send(wsi, c, &(struct aw_reply){.status = 204});
    r.route = find(&r, method_name(method), allow);
    c->route = r.route ? r.route->path : NULL;
    if (!r.route && allow[0]) return aw_reply_not_allowed(wsi, c, allow);
    if (!r.route)
        return serve_file(&r, aw_asset_find(r.path), find_socket(r.path) >= 0,
                          r.head || method == LWSHUMETH_GET);
    refused = aw_access_refuse(wsi, h, r.route->scope, &why);
    if (refused) return aw_reply_problem(wsi, c, refused, why, true);
    long len = body_length(wsi);
    if (method == LWSHUMETH_GET || r.head || method == LWSHUMETH_DELETE) {
        if (len > 0 || len == -1)
            return aw_reply_problem(wsi, c, 400, "a body makes no sense with this method", true);
        return run(&r);
    }
    if (len == -2) return aw_reply_problem(wsi, c, 411, "Content-Length is missing", true);
    return len == 0 ? run(&r) : take_body(&r, len);
}

/* What a WebSocket at this address speaks; asked for while the request is still there. */
static enum aw_dialect dialect_of(struct lws *wsi, const char *path, bool extra) {
    char text[32];
    enum aw_dialect dialect = sockets[find_socket(path)].dialect;
    if (extra) return AW_WS_RUVIEW;
    const char *format = lws_get_urlarg_by_name(wsi, "format=", text, sizeof text);
    return dialect == AW_WS_OWN && format && strcmp(format, "ruview") == 0 ? AW_WS_RUVIEW : dialect;
}

int aw_routes_upgrade(struct lws *wsi, const char *protocol) {
    struct aw_http *h = aw_loop_of(wsi);
    char path[256], host[128];
    const char *why;
    int method;
    bool extra = is_extra(wsi, h);
    h->requests++;
    unsigned refused = refuse_host(wsi, h, &why);
    if (refused) return aw_reply_refuse_upgrade(wsi, refused, why);
    if (strcasecmp(protocol, "websocket") != 0)
        return aw_reply_refuse_upgrade(wsi, 400, "only an upgrade to websocket is known here");
    if (!request_path(wsi, path, sizeof path, &method) || find_socket(path) < 0 ||
        (extra && strcmp(path, "/ws/sensing") != 0))
        return aw_reply_refuse_upgrade(wsi, 404, "there is no WebSocket at this address");
    if (lws_hdr_copy(wsi, host, sizeof host, WSI_TOKEN_HOST) <= 0) host[0] = '\0';
    if (extra) page_host(h, host, sizeof host);
    refused = aw_access_refuse_rate(wsi, h, &why);
    if (!refused) refused = aw_access_refuse_origin(wsi, h, host, &why);
    if (!refused) refused = aw_access_refuse(wsi, h, AW_SCOPE_READ, &why);
    if (refused) return aw_reply_refuse_upgrade(wsi, refused, why);
    if (h->n_clients >= h->max_clients || h->closing) {
        h->clients_refused++;
        return aw_reply_refuse_upgrade(wsi, 503, "all client places are taken: try again later");
    }
    lws_set_opaque_user_data(wsi, (void *)(uintptr_t)dialect_of(wsi, path, extra));
    return 0;
}

enum aw_dialect aw_routes_dialect(struct lws *wsi) {
    return (enum aw_dialect)(uintptr_t)lws_get_opaque_user_data(wsi);
}
