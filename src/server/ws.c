#include "server/ws.h"
#include "server/ruview_view.h"
#include "server/streams.h"
#include "server/view.h"
#include "server/ws_client.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { BURST = 16 /* messages per turn of one client */ };

static void close_client(struct aw_client *c, unsigned code, const char *why) {
    unsigned char text[64];
    size_t len = strlen(why);
    if (c->closing) return;
    c->closing = true;
    if (len > sizeof text) len = sizeof text;
    memcpy(text, why, len);
    lws_close_reason(c->wsi, (enum lws_close_status)code, text, len);
    /* Sends the reason, waits at most 5 s for the client to take it, then hangs up. */
    lws_set_timeout(c->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_SYNC);
}

static void too_slow(struct aw_client *c) {
    c->h->clients_slow++;
    close_client(c, 1013, "too slow: come back when you can read faster");
}

void aw_client_send(struct aw_client *c, struct aw_note *n) {
    if (c->closing) return;
    if (c->head - c->tail >= c->h->queue_max) {
        too_slow(c);
        return;
    }
    if (c->head == c->tail) c->waits_since_us = lws_now_usecs();
    c->queue[c->head++ % c->h->queue_max] = aw_note_ref(n);
    lws_callback_on_writable(c->wsi);
}

static void everything(struct aw_json *j, const struct aw_http *h, const char *type, bool hello) {
    int64_t now_ns = aw_loop_wall_ns();
    aw_json_open(j, '{');
    aw_json_key(j, "type");
    aw_json_str(j, type);
    aw_json_key(j, "timestamp");
    aw_json_num(j, (double)now_ns * 1e-9, 3);
    aw_json_key(j, "source");
    aw_json_str(j, aw_board_origin(h->board, now_ns));
    if (hello) {
        aw_json_key(j, "name");
        aw_json_str(j, "airwake");
        aw_json_key(j, "version");
        aw_json_str(j, h->version);
        aw_json_key(j, "sensing");
        aw_view_sensing(j, h->board, now_ns);
    }
    aw_json_key(j, "rooms");
    aw_view_rooms(j, h->board, now_ns);
    aw_json_key(j, "links");
    aw_view_links(j, h->board, now_ns);
    aw_json_key(j, "sources");
    aw_view_sources(j, h->board, now_ns);
    aw_json_close(j, '}');
}

static void write_hello(struct aw_json *j, void *arg) {
    everything(j, arg, "hello", true);
}

static void write_status(struct aw_json *j, void *arg) {
    everything(j, arg, "links", false);
}

struct one {
    const struct aw_http *h;
    uint32_t link;
};

static void write_update(struct aw_json *j, void *arg) {
    const struct one *o = arg;
    aw_view_update(j, o->h->board, o->link, aw_loop_wall_ns());
}

static void write_row(struct aw_json *j, void *arg) {
    const struct one *o = arg;
    aw_view_row(j, o->h->board, o->link);
}

static void write_rows(struct aw_json *j, void *arg) {
    const struct one *o = arg;
    aw_view_rows(j, o->h->board, o->link);
}

static void write_connected(struct aw_json *j, void *arg) {
    (void)arg;
    aw_json_open(j, '{');
    aw_json_key(j, "type");
    aw_json_str(j, "connection_established");
    aw_json_key(j, "payload");
    aw_json_open(j, '{');
    aw_json_key(j, "status");
    aw_json_str(j, "connected");
    aw_json_key(j, "backend");
    aw_json_str(j, "airwake");
    aw_json_close(j, '}');
    aw_json_close(j, '}');
}

/* The first message. NULL with true: there is none. */
static bool greeting(struct aw_http *h, enum aw_dialect dialect, struct aw_note **out) {
    *out = NULL;
    if (dialect == AW_WS_RUVIEW || dialect == AW_WS_RUVIEW_INTROSPECTION) return true;
    *out = aw_note_json(dialect == AW_WS_OWN ? write_hello : write_connected, h);
    return *out != NULL;
}

int aw_ws_established(struct lws *wsi, struct aw_conn *conn, enum aw_dialect dialect) {
    struct aw_http *h = aw_loop_of(wsi);
    struct aw_client *c = calloc(1, sizeof *c + h->queue_max * sizeof c->queue[0]);
    struct aw_note *hello;
    if (!greeting(h, dialect, &hello) || !c) {
        free(c);
        aw_note_drop(hello);
        return -1;
    }
    c->h = h;
    c->wsi = wsi;
    c->dialect = dialect;
    c->at = &h->clients;
    c->next = h->clients;
    if (c->next) c->next->at = &c->next;
    h->clients = c;
    h->n_clients++;
    h->clients_total++;
    conn->client = c;
    for (uint32_t i = 0; i < AW_BOARD_LINKS && dialect == AW_WS_OWN; i++)
        if (h->board->links[i].used) c->backlog[i / 64] |= 1ull << i % 64;
    if (hello) aw_client_send(c, hello);
    aw_note_drop(hello);
    if (h->n_clients == 1) aw_ws_rows(h); /* what changed while nobody listened is in the backlog */
    return 0;
}

void aw_ws_closed(struct aw_client *c) {
    if (!c) return;
    *c->at = c->next;
    if (c->next) c->next->at = c->at;
    c->h->n_clients--;
    for (; c->tail != c->head; c->tail++) aw_note_drop(c->queue[c->tail % c->h->queue_max]);
    aw_note_drop(c->status);
    aw_streams_closed(c);
    free(c);
}

/* The newest row as text, shared by all who want it. */
static struct aw_note *row_note(struct aw_http *h, uint32_t link) {
    uint64_t row = h->board->links[link].next_row;
    if (h->row_note_of[link] != row) {
        aw_note_drop(h->row_note[link]);
        h->row_note[link] = aw_note_json(write_row, &(struct one){h, link});
        h->row_note_of[link] = row;
    }
    return aw_note_ref(h->row_note[link]);
}

static struct aw_note *pong_note(void) {
    static const char pong[] = "{\"type\":\"pong\"}";
    return aw_note_bytes(pong, sizeof pong - 1);
}

/* Takes the next set bit at or after *turn, round and round. */
static bool take_bit(uint64_t *bits, uint32_t *turn, uint32_t *link) {
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++) {
        uint32_t l = (*turn + i) % AW_BOARD_LINKS;
        if (i % 64 == 0 && l % 64 == 0 && !bits[l / 64]) {
            i += 63;
            continue;
        }
        if (!(bits[l / 64] >> l % 64 & 1)) continue;
        bits[l / 64] &= ~(1ull << l % 64);
        *turn = (l + 1) % AW_BOARD_LINKS;
        *link = l;
        return true;
    }
    return false;
}

/* What the client gets next; the caller owns it. NULL: nothing (or no memory: it is left out). */
static struct aw_note *next_note(struct aw_client *c) {
    uint32_t link;
    if (c->tail != c->head) {
        c->waits_since_us = lws_now_usecs();
        return c->queue[c->tail++ % c->h->queue_max];
    }
    if (c->status) {
        struct aw_note *n = c->status;
        c->status = NULL;
        return n;
    }
    if (c->pong) {
        c->pong = false;
        return pong_note();
    }
    if (take_bit(c->backlog, &c->turn, &link)) {
        c->rows[link / 64] &= ~(1ull << link % 64);
        return aw_note_json(write_rows, &(struct one){c->h, link});
    }
    while (take_bit(c->rows, &c->turn, &link))
        if (c->h->board->links[link].next_row > c->h->board->links[link].first_row)
            return row_note(c->h, link);
    return aw_streams_next(c);
}

int aw_ws_writable(struct aw_client *c) {
    if (!c || c->closing) return 0;
    for (int i = 0; i < BURST && !lws_send_pipe_choked(c->wsi); i++) {
        struct aw_note *n = next_note(c);
        if (!n) return 0;
        int sent = lws_write(c->wsi, n->bytes + LWS_PRE, n->len,
                             n->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
        aw_note_drop(n);
        if (sent < 0) return -1;
    }
    lws_callback_on_writable(c->wsi);
    return 0;
}

/* {"type":"ping"}, with white space and more members allowed. */
static bool is_ping(const char *text, size_t len) {
    static const char want[] = "{\"type\":\"ping\"";
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        if (isspace((unsigned char)text[i])) continue;
        if (at == sizeof want - 1) return text[i] == '}' || text[i] == ',';
        if (text[i] != want[at++]) return false;
    }
    return false;
}

int aw_ws_received(struct aw_client *c, const char *bytes, size_t len) {
    if (!c || c->closing) return 0;
    if (lws_is_first_fragment(c->wsi)) c->rx_len = 0;
    if (c->rx_len + len <= sizeof c->rx) memcpy(c->rx + c->rx_len, bytes, len);
    c->rx_len += len;
    if (c->rx_len > AW_HTTP_MESSAGE_BYTES) {
        unsigned char why[] = "message too long";
        lws_close_reason(c->wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, why, sizeof why - 1);
        return -1;
    }
    if (!lws_is_final_fragment(c->wsi) || lws_remaining_packet_payload(c->wsi)) return 0;
    size_t n = c->rx_len;
    c->rx_len = 0;
    if (n > sizeof c->rx || lws_frame_is_binary(c->wsi)) return 0;
    if (is_ping(c->rx, n)) {
        c->pong = true;
        lws_callback_on_writable(c->wsi);
    } else if (c->dialect == AW_WS_OWN) {
        aw_streams_request(c, c->rx, n);
    }
    return 0;
}

void aw_ws_update(struct aw_http *h, uint32_t link) {
    if (!h->clients) return;
    struct aw_note *n = aw_note_json(write_update, &(struct one){h, link});
    if (!n) return;
    for (struct aw_client *c = h->clients, *next; c; c = next) {
        next = c->next; /* sending may close c */
        if (c->dialect == AW_WS_OWN) aw_client_send(c, n);
    }
    aw_note_drop(n);
}

void aw_ws_rows(struct aw_http *h) {
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++) {
        uint64_t row = h->board->links[i].next_row;
        if (row == h->row_sent[i]) continue;
        h->row_sent[i] = row;
        for (struct aw_client *c = h->clients; c; c = c->next) {
            if (c->dialect != AW_WS_OWN) continue;
            c->rows[i / 64] |= 1ull << i % 64;
            lws_callback_on_writable(c->wsi);
        }
    }
}

/* Only the newest waits. */
static void replace_status(struct aw_client *c, struct aw_note *n) {
    if (!c->status && c->head == c->tail) c->waits_since_us = lws_now_usecs();
    aw_note_drop(c->status);
    c->status = aw_note_ref(n);
    lws_callback_on_writable(c->wsi);
}

static bool stalls(const struct aw_client *c, lws_usec_t now) {
    bool waits = c->head != c->tail || (c->dialect != AW_WS_OWN && c->status);
    return waits && now - c->waits_since_us > AW_WS_STALL_S * LWS_USEC_PER_SEC;
}

bool aw_ws_ruview(struct aw_http *h) {
    static void (*const write[])(struct aw_json *, void *) = {
        [AW_WS_RUVIEW] = aw_ruview_sensing, [AW_WS_RUVIEW_POSE] = aw_ruview_pose};
    struct aw_note *note[sizeof write / sizeof write[0]] = {NULL};
    bool any = false;
    for (struct aw_client *c = h->clients; c; c = c->next) {
        any = any || c->dialect != AW_WS_OWN;
        if (c->closing || c->dialect >= sizeof write / sizeof write[0] || !write[c->dialect])
            continue;
        if (!note[c->dialect]) note[c->dialect] = aw_note_json(write[c->dialect], h);
        if (note[c->dialect]) replace_status(c, note[c->dialect]);
    }
    for (size_t i = 0; i < sizeof note / sizeof note[0]; i++) aw_note_drop(note[i]);
    if (any) h->ruview_ticks++;
    return any;
}

void aw_ws_status(struct aw_http *h) {
    h->ruview_fps = h->ruview_ticks;
    h->ruview_ticks = 0;
    if (!h->clients) return;
    struct aw_note *n = aw_note_json(write_status, h), *inside = NULL;
    lws_usec_t now = lws_now_usecs();
    for (struct aw_client *c = h->clients, *next; c; c = next) {
        next = c->next;
        if (c->closing) continue;
        if (stalls(c, now)) {
            too_slow(c);
            continue;
        }
        if (c->dialect == AW_WS_RUVIEW_INTROSPECTION && !inside)
            inside = aw_note_json(aw_ruview_introspection, h);
        if (c->dialect == AW_WS_RUVIEW_INTROSPECTION && inside) replace_status(c, inside);
        if (c->dialect == AW_WS_OWN && n) replace_status(c, n);
    }
    aw_note_drop(n);
    aw_note_drop(inside);
}

void aw_ws_close_all(struct aw_http *h, unsigned code, const char *why) {
    for (struct aw_client *c = h->clients, *next; c; c = next) {
        next = c->next;
        close_client(c, code, why);
    }
}
