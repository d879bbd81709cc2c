#ifndef AW_BASE_RING_H
#define AW_BASE_RING_H

#include "base/arena.h"

#include <stdatomic.h>

/* Single producer, single consumer ring of equal slots. When it is full the producer loses the
 * new item and counts it: what was promised to the reader stays.
 *
 *        tail (reader)        head (writer)
 *     .....|xxxxxxxxxxxxxxxxxxxx|.........     head - tail items, both only grow */
struct aw_ring {
    unsigned char *slots;
    size_t slot_bytes;
    size_t mask; /* number of slots - 1, a power of two minus one */
    _Alignas(64) _Atomic size_t head;
    _Alignas(64) _Atomic size_t tail;
    _Alignas(64) _Atomic uint64_t lost; /* items that found no room */
};

/* n_slots      power of two, >= 2
 * slot_bytes   > 0
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_ring_init(struct aw_ring *r, struct aw_arena *a, size_t n_slots,
                             size_t slot_bytes);

/* Writer: the slot to fill next, NULL (and counted) when full; then aw_ring_commit(). */
void *aw_ring_reserve(struct aw_ring *r);
void aw_ring_commit(struct aw_ring *r);

/* Reader: the oldest item, NULL when empty; then aw_ring_release(). */
const void *aw_ring_peek(struct aw_ring *r);
void aw_ring_release(struct aw_ring *r);

#endif
