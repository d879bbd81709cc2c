#ifndef AW_SERVER_ROUTES_H
#define AW_SERVER_ROUTES_H

#include "server/loop.h"

/* Answers one HTTP request: Host check, route table, embedded files, 404. */
int aw_routes_serve(struct lws *wsi, struct aw_conn *c);

struct aw_route;

/* Route number i of all tables, NULL past the last. */
const struct aw_route *aw_routes_at(size_t i);

/* A piece of the request's body, and its end. */
int aw_routes_body(struct aw_conn *c, const void *bytes, size_t len);
int aw_routes_body_done(struct aw_conn *c);

/* The connection is gone. */
void aw_routes_closed(struct aw_http *h, struct aw_conn *c);

/* What the WebSocket that was just made speaks, by its port and address. */
enum aw_dialect aw_routes_dialect(struct lws *wsi);

/* Decides about an upgrade request before it happens: 0 go on, else what the callback returns. */
int aw_routes_upgrade(struct lws *wsi, const char *protocol);

#endif
