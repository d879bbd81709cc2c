/* The web face of airwake: HTTP and WebSocket on one port, over libwebsockets.
 *
 *     aw_http_create(&config, &h, why, sizeof why)
 *     while (!stop) aw_http_service(h);          one thread, "the loop thread"
 *     aw_http_wake(h);                           any thread: the ring has something, or stop is set
 *     aw_http_destroy(h);                        the loop thread, when nobody can wake any more
 *
 * Only aw_http_wake and aw_http_call may be called from another thread. */
#ifndef AW_SERVER_HTTP_H
#define AW_SERVER_HTTP_H

#include "base/ring.h"

struct aw_http;
struct aw_services;
struct aw_sink;
struct aw_frame_tap;

struct aw_http_config {
    const char *bind;               /* address to listen on, NULL: "127.0.0.1" */
    uint16_t port;                  /* 0: any free one, see aw_http_port() */
    const char *version;            /* shown to clients; not NULL */
    struct aw_ring *ring;           /* of struct aw_msg; this is its reader */
    struct aw_frame_tap *frame_tap; /* likewise of its frames; NULL: no streams of them */
    bool compress;                  /* permessage-deflate for clients that offer it */
    uint32_t max_clients;           /* WebSocket clients at a time; 0: 256 */
    uint32_t queue_max;           /* messages waiting for one client before it is closed; 0: 512 */
    uint32_t sndbuf_bytes;        /* kernel send buffer per client, 0: 256 KiB */
    const uint16_t *ruview_ports; /* listen there, too, for RuView clients; 0: any free one */
    size_t n_ruview_ports;        /* 0..4 */
    const char *tls_cert; /* PEM files; both, and all ports speak TLS >= 1.2 only; or NULL */
    const char *tls_key;
    const struct aw_services *services; /* for the routes; must outlive the server; NULL: none */
    const struct aw_sink *sinks;        /* likewise; hear the feed */
    size_t n_sinks;
};

/* Listens. On failure `why` gets a sentence for the user.
 * Errors: INVAL (bind is no address), IO (the port is in use, not allowed), NOMEM. */
AW_MUST_USE int aw_http_create(const struct aw_http_config *config, struct aw_http **out, char *why,
                               size_t why_bytes);

uint16_t aw_http_port(const struct aw_http *h);
uint16_t aw_http_ruview_port(const struct aw_http *h, size_t i); /* 0 past the last */

/* Waits for something to happen (a request, a wake, a timer; at most about a second) and serves
 * it. Returns AW_ERR_IO when the loop is broken for good. */
AW_MUST_USE int aw_http_service(struct aw_http *h);

/* Makes aw_http_service() return soon, having drained the ring. Cheap when a wake is already
 * under way. Thread-safe and async-signal-safe. */
void aw_http_wake(struct aw_http *h);

/* Any thread: calls call(h, arg) in the loop thread soon, in the order asked for. False: out of
 * memory, it will not be called. Calls that are due when the server ends are still made, so that
 * arg can be freed there. */
AW_MUST_USE bool aw_http_call(struct aw_http *h, void (*call)(struct aw_http *h, void *arg),
                              void *arg);

/* Closes: WebSocket clients get close code 1001 (going away) and up to half a second to hear it.
 * NULL is fine. */
void aw_http_destroy(struct aw_http *h);

#endif
