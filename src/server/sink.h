/* Who else hears the feed: history, Home Assistant, figures. A sink is called in the loop thread
 * and must not wait; one that has slow work copies what it needs and hands it to its own thread. */
#ifndef AW_SERVER_SINK_H
#define AW_SERVER_SINK_H

#include "server/board.h"

struct aw_sink {
    /* One message, after the board took it in. The message is gone when the call returns. */
    void (*message)(void *ctx, const struct aw_board *b, const struct aw_msg *m);
    /* Once per second, all messages so far having been passed; NULL is fine. */
    void (*second)(void *ctx, const struct aw_board *b, int64_t now_ns);
    void *ctx;
    /* The server stops, all messages having been passed: write out what is held; NULL is fine. */
    void (*flush)(void *ctx);
};

#endif
