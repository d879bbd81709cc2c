/* What the files of the HTTP server share: the server, a connection, a WebSocket client. */
#ifndef AW_SERVER_LOOP_H
#define AW_SERVER_LOOP_H

#include "base/json.h"
#include "server/board.h"
#include "server/http.h"
#include "server/metrics.h"
#include "server/rooms.h"
#include "server/sink.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    AW_HTTP_CLIENTS = 256,           /* WebSocket clients, default */
    AW_HTTP_REQUESTS = 64,           /* plain HTTP connections beside them */
    AW_HTTP_QUEUE = 512,             /* messages waiting for a client, default */
    AW_HTTP_SNDBUF = 256 * 1024,     /* bytes in the kernel for a client, default */
    AW_HTTP_HEADER_BYTES = 4096,     /* of one request */
    AW_HTTP_MESSAGE_BYTES = 4096,    /* of one WebSocket message from a client */
    AW_HTTP_TIMEOUT_S = 10,          /* for a request to arrive, for a write to progress */
    AW_HTTP_KEEPALIVE_S = 15,        /* idle HTTP connection */
    AW_HTTP_PING_S = 30,             /* between pings to a WebSocket client */
    AW_HTTP_HANGUP_S = 45,           /* nothing heard, not even a pong */
    AW_HTTP_ROW_US = 50 * 1000,      /* rows go out at most this often: 20 per second and link */
    AW_HTTP_RUVIEW_US = 100 * 1000,  /* RuView messages: as often as their server */
    AW_HTTP_EXTRA_PORTS = 4,         /* for RuView clients */
    AW_HTTP_STATUS_US = 1000 * 1000, /* links and sources go out this often */
};

/* Bytes to send, shared by all who wait for them; freed with the last. */
struct aw_note {
    unsigned refs;
    bool binary; /* a WebSocket message that is not text */
    size_t len;
    unsigned char bytes[]; /* LWS_PRE bytes of room for the frame header, then len bytes */
};

/* What a WebSocket speaks: ours, or one of RuView's. */
enum aw_dialect { AW_WS_OWN, AW_WS_RUVIEW, AW_WS_RUVIEW_POSE, AW_WS_RUVIEW_INTROSPECTION };

/* What can be subscribed to; numbers of binary messages. Breathing is text. */
enum aw_stream {
    AW_STREAM_CSI = 1,
    AW_STREAM_SPECTROGRAM,
    AW_STREAM_PHASE,
    AW_STREAM_BREATHING,
    AW_STREAMS
};

struct aw_client;
struct aw_later;
struct aw_request;
struct aw_call;

struct aw_http {
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct aw_ring *ring;
    struct aw_board *board;
    const char *version;
    char bind[64];
    uint16_t port;
    uint32_t max_clients, queue_max, sndbuf_bytes;
    int64_t start_ns; /* monotonic */
    bool closing, compress, tls;
    atomic_bool woken;

    struct aw_client *clients; /* list */
    uint32_t n_clients;
    uint64_t clients_total, clients_slow, clients_refused, requests;
    struct aw_metrics metrics;

    const struct aw_services *services;
    const struct aw_sink *sinks;
    size_t n_sinks;
    struct aw_later *laters; /* answers that are due */
    uint64_t tickets;        /* given so far */
    pthread_mutex_t calls_lock;
    struct aw_call *calls, **calls_end; /* for the loop thread, in order */

    uint16_t extra_port[AW_HTTP_EXTRA_PORTS]; /* speak RuView's /ws/sensing and /health only */
    size_t n_extra_ports;
    uint32_t ruview_ticks, ruview_fps; /* messages this second, and in the last */
    lws_sorted_usec_list_t ruview_timer;
    struct aw_frame_tap *frame_tap;
    struct aw_spectrogram *spectrogram[AW_BOARD_LINKS]; /* of links that somebody subscribed to */
    struct aw_phase *phase[AW_BOARD_LINKS];             /* likewise */
    uint64_t streams_sent, streams_dropped;             /* messages of streams */

    lws_sorted_usec_list_t row_timer, status_timer, drain_timer;
    uint64_t row_sent[AW_BOARD_LINKS];        /* next_row when rows last went out */
    struct aw_note *row_note[AW_BOARD_LINKS]; /* the newest row as text, made when first needed */
    uint64_t row_note_of[AW_BOARD_LINKS];     /* its row number + 1 */
};

/* lws's per-connection memory: zeroed by it. Either an HTTP reply under way or a WebSocket. */
struct aw_conn {
    struct aw_client *client;
    struct aw_request *request; /* whose body is arriving */
    struct aw_note *body;       /* what is being sent */
    size_t sent;
    int file;           /* likewise, a descriptor + 1 */
    uint64_t file_left; /* bytes to send of it */
    uint64_t ticket;    /* the answer comes later; 0 no */
    bool close;         /* after the reply */
    const char *route;  /* of the table, that the reply is of; NULL none */
};

int64_t aw_loop_wall_ns(void); /* Unix time */
double aw_loop_uptime_s(const struct aw_http *h);
struct aw_http *aw_loop_of(struct lws *wsi);

/* Where messages about rooms go: the board, and all who hear the feed. */
struct aw_rooms_out aw_loop_rooms_out(struct aw_http *h);

/* Takes everything out of the ring and tells the clients. */
void aw_loop_drain(struct aw_http *h);

/* The connection is gone: its answer is not waited for any more. */
void aw_later_forget(struct aw_http *h, struct aw_conn *c);

/* A note with the text that `write` puts into j; NULL out of memory. Grows until it fits. */
struct aw_note *aw_note_json(void (*write)(struct aw_json *j, void *arg), void *arg);
struct aw_note *aw_note_bytes(const void *bytes, size_t len);
struct aw_note *aw_note_ref(struct aw_note *n); /* NULL is fine */
void aw_note_drop(struct aw_note *n);           /* NULL is fine */

#endif
