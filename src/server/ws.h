/* WebSocket clients. What one of /ws/sensing gets:
 *
 *     hello            once: version, all links, sources and their sensing
 *     rows             once per link: the rows of the last seconds
 *     sensing_update   each, in order, never dropped
 *     links            once per second: all links and sources; only the newest waits
 *     row              per link at most 20 per second; only the newest waits
 *     pong             for {"type":"ping"}; other messages are ignored
 *
 * Clients that speak RuView's dialect (ruview_view.h) get one kind of message, 10 times per second
 * (introspection: once); only the newest waits, and a client that takes none for AW_WS_STALL_S is
 * too slow.
 *
 * A client for which queue_max updates wait, or whose first update waits for longer than
 * AW_WS_STALL_S, is too slow: it is closed with 1013 (try again later) and counted. */
#ifndef AW_SERVER_WS_H
#define AW_SERVER_WS_H

#include "server/loop.h"

enum { AW_WS_STALL_S = 15 };

/* lws callbacks; return what the callback returns. */
int aw_ws_established(struct lws *wsi, struct aw_conn *c, enum aw_dialect dialect);
int aw_ws_writable(struct aw_client *client);
int aw_ws_received(struct aw_client *client, const char *bytes, size_t len);
void aw_ws_closed(struct aw_client *client);

/* To all clients. */
void aw_ws_update(struct aw_http *h, uint32_t link);
void aw_ws_rows(struct aw_http *h);   /* those that changed since the last call */
void aw_ws_status(struct aw_http *h); /* links and sources; also closes those who stall */
/* To clients of RuView's streams; false when there are none. */
bool aw_ws_ruview(struct aw_http *h);
void aw_ws_close_all(struct aw_http *h, unsigned code, const char *why);

#endif
