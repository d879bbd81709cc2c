#ifndef AW_CORE_ORDER_H
#define AW_CORE_ORDER_H

#include "airwake.h"

/* Tells new frames from duplicates and late ones, by the sender's counter where there is one, by
 * the raw time stamp otherwise, and counts what is missing. */
struct aw_order {
    bool started;
    int64_t seq;
    int64_t t_ns;  /* raw */
    float head[4]; /* first values of the last frame: the same stamp with other values is new */
    uint64_t lost, duplicates, reordered;
};

void aw_order_reset(struct aw_order *o);

/* Returns AW_OK and the number of frames missing before this one in *lost, or DUPLICATE or
 * REORDERED. A counter that goes back by more than 64 is a restart of the sender. */
int aw_order_push(struct aw_order *o, const struct aw_frame *f, uint32_t *lost);

#endif
