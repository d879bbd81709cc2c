#include "server/http.h"
#include "server/access.h"
#include "server/listen.h"
#include "server/loop.h"
#include "server/models.h"
#include "server/reply.h"
#include "server/routes.h"
#include "server/services.h"
#include "server/streams.h"
#include "server/system_clock.h"
#include "server/tls.h"
#include "server/ws.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CLOSE_MS = 500, CLOSE_STEP_US = 10 * 1000 };

int64_t aw_loop_wall_ns(void) {
    return aw_system_ns(CLOCK_REALTIME);
}

double aw_loop_uptime_s(const struct aw_http *h) {
    return (double)(aw_system_ns(CLOCK_MONOTONIC) - h->start_ns) * 1e-9;
}

struct aw_http *aw_loop_of(struct lws *wsi) {
    return lws_context_user(lws_get_context(wsi));
}

static void on_drain(lws_sorted_usec_list_t *timer) {
    aw_loop_drain(lws_container_of(timer, struct aw_http, drain_timer));
}

static void pass(struct aw_http *h, const struct aw_msg *m) {
    for (size_t i = 0; i < h->n_sinks; i++) h->sinks[i].message(h->sinks[i].ctx, h->board, m);
}

static void tell(void *ctx, const struct aw_msg *m) {
    struct aw_http *h = ctx;
    aw_board_push(h->board, m);
    pass(h, m);
}

struct aw_rooms_out aw_loop_rooms_out(struct aw_http *h) {
    return (struct aw_rooms_out){tell, h};
}

static struct aw_rooms *rooms_of(const struct aw_http *h) {
    return h->services ? h->services->rooms : NULL;
}

/* One message of the feed. The rooms of lanes stand in while people have named none. */
static void take(struct aw_http *h, const struct aw_msg *m) {
    struct aw_rooms *rooms = rooms_of(h);
    const struct aw_rooms_out out = {tell, h};
    if (m->kind == AW_MSG_ROOM && rooms && rooms->n) return;
    aw_board_push(h->board, m);
    if (rooms) aw_rooms_place(rooms, h->board, m);
    pass(h, m);
    if (rooms) aw_rooms_message(rooms, h->board, m, &out);
    if (m->kind == AW_MSG_REPLY) m->reply.replied(h, m);
}

void aw_loop_drain(struct aw_http *h) {
    if (h->services) aw_models_drain(h->services->models);
    size_t budget = 2 * (h->ring->mask + 1); /* a fast writer must not keep us from the sockets */
    const struct aw_msg *m;
    for (; budget && (m = aw_ring_peek(h->ring)); budget--) {
        if (m->kind == AW_MSG_GONE) aw_streams_gone(h, aw_board_find(h->board, m->link));
        take(h, m);
        uint32_t updated =
            m->kind == AW_MSG_UPDATE ? aw_board_find(h->board, m->link) : AW_BOARD_LINKS;
        int64_t taken_ns = m->wall_ns;
        aw_ring_release(h->ring);
        if (updated == AW_BOARD_LINKS) continue;
        aw_ws_update(h, updated);
        aw_metrics_latency(&h->metrics, aw_loop_wall_ns() - taken_ns);
    }
    aw_streams_drain(h);
    if (!budget) lws_sul_schedule(h->context, 0, &h->drain_timer, on_drain, 1);
}

/* Something that another thread wants done in the loop thread. */
struct aw_call {
    struct aw_call *next;
    void (*call)(struct aw_http *h, void *arg);
    void *arg;
};

bool aw_http_call(struct aw_http *h, void (*call)(struct aw_http *h, void *arg), void *arg) {
    struct aw_call *c = malloc(sizeof *c);
    if (!c) return false;
    *c = (struct aw_call){NULL, call, arg};
    pthread_mutex_lock(&h->calls_lock);
    *h->calls_end = c;
    h->calls_end = &c->next;
    pthread_mutex_unlock(&h->calls_lock);
    aw_http_wake(h);
    return true;
}

static void make_calls(struct aw_http *h) {
    pthread_mutex_lock(&h->calls_lock);
    struct aw_call *c = h->calls;
    h->calls = NULL;
    h->calls_end = &h->calls;
    pthread_mutex_unlock(&h->calls_lock);
    for (struct aw_call *next; c; c = next) {
        next = c->next;
        c->call(h, c->arg);
        free(c);
    }
}

static void on_rows(lws_sorted_usec_list_t *timer) {
    struct aw_http *h = lws_container_of(timer, struct aw_http, row_timer);
    if (!h->clients || h->closing) return; /* the next client starts it again */
    aw_ws_rows(h);
    lws_sul_schedule(h->context, 0, timer, on_rows, AW_HTTP_ROW_US);
}

static void on_status(lws_sorted_usec_list_t *timer) {
    struct aw_http *h = lws_container_of(timer, struct aw_http, status_timer);
    if (h->closing) return;
    aw_access_second(h);
    aw_loop_drain(h);
    const struct aw_rooms_out out = {tell, h};
    if (rooms_of(h)) aw_rooms_tick(rooms_of(h), h->board, aw_loop_wall_ns(), &out);
    aw_ws_status(h);
    for (size_t i = 0; i < h->n_sinks; i++)
        if (h->sinks[i].second) h->sinks[i].second(h->sinks[i].ctx, h->board, aw_loop_wall_ns());
    lws_sul_schedule(h->context, 0, timer, on_status, AW_HTTP_STATUS_US);
}

static void on_ruview(lws_sorted_usec_list_t *timer) {
    struct aw_http *h = lws_container_of(timer, struct aw_http, ruview_timer);
    if (h->closing || !aw_ws_ruview(h)) return; /* the next such client starts it again */
    lws_sul_schedule(h->context, 0, timer, on_ruview, AW_HTTP_RUVIEW_US);
}

/* Of a client with permessage-deflate: window 2^12 and hash 2^(5 + 7) entries of 2 bytes make
 * 16 + 16 KiB to compress. Fast, since the same text is compressed for each client. An error says
 * that the client has none. */
static void bound_memory(struct lws *wsi) {
    static const char name[] = "permessage-deflate";
    (void)lws_set_extension_option(wsi, name, "server_max_window_bits", "12");
    (void)lws_set_extension_option(wsi, name, "mem_level", "5");
    (void)lws_set_extension_option(wsi, name, "compression_level", "1");
}

static int established(struct lws *wsi, struct aw_conn *c) {
    struct aw_http *h = aw_loop_of(wsi);
    enum aw_dialect dialect = aw_routes_dialect(wsi);
    bound_memory(wsi);
    int result = aw_ws_established(wsi, c, dialect);
    if (result == 0 && dialect != AW_WS_OWN) /* schedules anew what runs already */
        lws_sul_schedule(h->context, 0, &h->ruview_timer, on_ruview, 1);
    if (result == 0 && h->n_clients == 1)
        lws_sul_schedule(h->context, 0, &h->row_timer, on_rows, AW_HTTP_ROW_US);
    return result;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len) {
    struct aw_conn *c = user;
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return aw_routes_serve(wsi, c);
    case LWS_CALLBACK_HTTP_BODY:
        return aw_routes_body(c, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return aw_routes_body_done(c);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return aw_reply_continue(wsi, c);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return aw_routes_upgrade(wsi, in);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
    case LWS_CALLBACK_CLOSED_HTTP:
        if (c) aw_routes_closed(aw_loop_of(wsi), c);
        return 0;
    case LWS_CALLBACK_ESTABLISHED:
        return established(wsi, c);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return aw_ws_writable(c->client);
    case LWS_CALLBACK_RECEIVE:
        return aw_ws_received(c->client, in, len);
    case LWS_CALLBACK_CLOSED:
        aw_ws_closed(c->client);
        c->client = NULL;
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED: {
        struct aw_http *h = aw_loop_of(wsi);
        atomic_store_explicit(&h->woken, false, memory_order_seq_cst);
        if (h->vhost) {
            aw_loop_drain(h);
            make_calls(h);
        }
        return 0;
    }
    default:
        return 0;
    }
}

/* The listening socket is ours, for its error messages; lws only watches it. */
static int on_accept(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                     size_t len) {
    (void)user, (void)in, (void)len;
    if (reason != LWS_CALLBACK_RAW_RX_FILE) return 0;
    struct aw_http *h = aw_loop_of(wsi);
    int fd = aw_listen_accept(lws_get_socket_fd(wsi), (int)h->sndbuf_bytes);
    /* lws closes fd when it has no room. */
    if (fd >= 0) lws_adopt_socket_vhost(h->vhost, fd);
    return 0;
}

static const struct lws_protocols protocols[] = {
    {.name = "airwake",
     .callback = on_event,
     .per_session_data_size = sizeof(struct aw_conn),
     .rx_buffer_size = 1024},
    {.name = "airwake-accept", .callback = on_accept},
    {.name = NULL},
};

static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate; client_no_context_takeover"},
    {NULL, NULL, NULL},
};

static const lws_retry_bo_t idle_policy = {.secs_since_valid_ping = AW_HTTP_PING_S,
                                           .secs_since_valid_hangup = AW_HTTP_HANGUP_S};

static int watch(struct aw_http *h, int fd) {
    lws_sock_file_fd_type listener = {.filefd = fd};
    return lws_adopt_descriptor_vhost(h->vhost, LWS_ADOPT_RAW_FILE_DESC, listener, "airwake-accept",
                                      NULL)
               ? AW_OK
               : AW_ERR_NOMEM;
}

static int listen_extra(struct aw_http *h, const struct aw_http_config *config, char *why,
                        size_t why_bytes) {
    for (size_t i = 0; i < config->n_ruview_ports && i < AW_HTTP_EXTRA_PORTS; i++) {
        uint16_t *port = &h->extra_port[h->n_extra_ports];
        *port = config->ruview_ports[i];
        int fd = aw_listen_open(h->bind, port, why, why_bytes);
        if (fd < 0) return fd;
        if (watch(h, fd) != AW_OK) return AW_ERR_NOMEM;
        h->n_extra_ports++;
    }
    return AW_OK;
}

static void use_tls(struct lws_context_creation_info *info, const struct aw_http_config *config) {
    info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info->alpn = "http/1.1"; /* a WebSocket needs it, and it is all that is tested here */
    info->ssl_cert_filepath = config->tls_cert;
    info->ssl_private_key_filepath = config->tls_key;
    info->ssl_options_set = (long)(SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 |
                                   SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
}

static int start(struct aw_http *h, const struct aw_http_config *config, int fd) {
    lws_set_log_level(0, NULL); /* libraries never print */
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = protocols,
        .user = h,
        .uid = -1,
        .gid = -1,
        .server_string = "airwake",
        .max_http_header_data = AW_HTTP_HEADER_BYTES,
        .max_http_header_pool = AW_HTTP_REQUESTS,
        .timeout_secs = AW_HTTP_TIMEOUT_S,
        .timeout_secs_ah_idle = AW_HTTP_TIMEOUT_S,
        .keepalive_timeout = AW_HTTP_KEEPALIVE_S,
        .retry_and_idle_policy = &idle_policy,
        .extensions = h->compress ? extensions : NULL,
        .fd_limit_per_thread =
            h->max_clients + AW_HTTP_REQUESTS + 8, /* 8: listeners, pipe, spare */
    };
    if (h->tls) use_tls(&info, config);
    h->context = lws_create_context(&info);
    h->vhost = h->context ? lws_get_vhost_by_name(h->context, "default") : NULL;
    if (!h->vhost) {
        close(fd);
        return AW_ERR_NOMEM;
    }
    if (watch(h, fd) != AW_OK) return AW_ERR_NOMEM;
    lws_sul_schedule(h->context, 0, &h->status_timer, on_status, AW_HTTP_STATUS_US);
    return AW_OK;
}

int aw_http_create(const struct aw_http_config *config, struct aw_http **out, char *why,
                   size_t why_bytes) {
    const char *bind = config->bind ? config->bind : "127.0.0.1";
    if (!aw_tls_check(config->tls_cert, config->tls_key, why, why_bytes)) return AW_ERR_INVAL;
    uint16_t port = config->port;
    int fd = aw_listen_open(bind, &port, why, why_bytes);
    if (fd < 0) return fd;
    struct aw_http *h = calloc(1, sizeof *h);
    if (h) h->board = calloc(1, sizeof *h->board);
    int result = AW_ERR_NOMEM;
    if (h && h->board) {
        pthread_mutex_init(&h->calls_lock, NULL);
        h->calls_end = &h->calls;
        h->services = config->services;
        if (h->services) h->board->models = h->services->models;
        h->sinks = config->sinks;
        h->n_sinks = config->n_sinks;
        h->ring = config->ring;
        h->tls = config->tls_cert && config->tls_key;
        h->frame_tap = config->frame_tap;
        h->compress = config->compress;
        h->version = config->version;
        h->port = port;
        h->max_clients = config->max_clients ? config->max_clients : AW_HTTP_CLIENTS;
        h->queue_max = config->queue_max ? config->queue_max : AW_HTTP_QUEUE;
        h->sndbuf_bytes = config->sndbuf_bytes ? config->sndbuf_bytes : AW_HTTP_SNDBUF;
        h->start_ns = aw_system_ns(CLOCK_MONOTONIC);
        snprintf(h->bind, sizeof h->bind, "%s", bind);
        result = start(h, config, fd); /* owns fd from here */
        if (result == AW_OK) result = listen_extra(h, config, why, why_bytes);
    } else {
        close(fd);
    }
    if (result < 0) {
        if (result == AW_ERR_NOMEM)
            snprintf(why, why_bytes, "cannot start the HTTP server: not enough memory");
        aw_http_destroy(h);
        return result;
    }
    *out = h;
    return AW_OK;
}

uint16_t aw_http_port(const struct aw_http *h) {
    return h->port;
}

uint16_t aw_http_ruview_port(const struct aw_http *h, size_t i) {
    return i < h->n_extra_ports ? h->extra_port[i] : 0;
}

int aw_http_service(struct aw_http *h) {
    return lws_service(h->context, 0) < 0 ? AW_ERR_IO : AW_OK;
}

void aw_http_wake(struct aw_http *h) {
    if (!atomic_exchange_explicit(&h->woken, true, memory_order_seq_cst))
        lws_cancel_service(h->context);
}

static void on_step(lws_sorted_usec_list_t *timer) {
    struct aw_http *h = lws_container_of(timer, struct aw_http, drain_timer);
    lws_sul_schedule(h->context, 0, timer, on_step, CLOSE_STEP_US);
}

static void say_goodbye(struct aw_http *h) {
    int64_t end_ns = aw_system_ns(CLOCK_MONOTONIC) + (int64_t)CLOSE_MS * 1000000;
    h->closing = true;
    aw_ws_close_all(h, 1001, "the server is stopping");
    lws_sul_schedule(h->context, 0, &h->drain_timer, on_step, CLOSE_STEP_US);
    while (h->clients && aw_system_ns(CLOCK_MONOTONIC) < end_ns)
        if (lws_service(h->context, 0) < 0) break;
}

void aw_http_destroy(struct aw_http *h) {
    if (!h) return;
    make_calls(h);
    if (h->context) {
        if (h->vhost) say_goodbye(h);
        aw_loop_drain(h);
        for (size_t i = 0; i < h->n_sinks; i++)
            if (h->sinks[i].flush) h->sinks[i].flush(h->sinks[i].ctx);
        lws_context_destroy(h->context);
    }
    for (size_t i = 0; i < AW_BOARD_LINKS; i++) aw_note_drop(h->row_note[i]);
    aw_streams_end(h);
    pthread_mutex_destroy(&h->calls_lock);
    free(h->board);
    free(h);
}
