/* A WebSocket client, as ws.c and streams.c share it. */
#ifndef AW_SERVER_WS_CLIENT_H
#define AW_SERVER_WS_CLIENT_H

#include "server/loop.h"

enum {
    AW_CLIENT_WORDS = AW_BOARD_LINKS / 64,
    AW_CLIENT_BYTES = 256, /* longest client message that is looked at */
    AW_CLIENT_STREAM = 64, /* messages of streams that wait; then the oldest is left out */
};

struct aw_client {
    struct aw_client *next, **at; /* at: what points to us */
    struct aw_http *h;
    struct lws *wsi;
    enum aw_dialect dialect;
    bool closing;
    bool pong;
    struct aw_note *status;
    uint64_t backlog[AW_CLIENT_WORDS], rows[AW_CLIENT_WORDS]; /* one bit per link */
    uint32_t turn;                                            /* link whose row goes next */
    lws_usec_t waits_since_us;                   /* the first message of the queue, or status */
    uint64_t wants[AW_STREAMS][AW_CLIENT_WORDS]; /* subscribed: one bit per link */
    struct aw_note *stream[AW_CLIENT_STREAM];
    uint32_t stream_head, stream_tail;
    size_t rx_len; /* of the message arriving */
    char rx[AW_CLIENT_BYTES];
    uint32_t head, tail; /* queue[tail % max] .. queue[(head - 1) % max] */
    struct aw_note *queue[];
};

/* A text message to one client, in order with its updates; too many waiting close it. */
void aw_client_send(struct aw_client *c, struct aw_note *n);

#endif
