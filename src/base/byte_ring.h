#ifndef AW_BASE_BYTE_RING_H
#define AW_BASE_BYTE_RING_H

#include "base/arena.h"

#include <stdatomic.h>

/* Single producer, single consumer ring of records of any length. A record that finds no room is
 * lost and counted: the producer never waits.
 *
 *     | length, 4 bytes | head part | body part |      wraps around at any byte */
struct aw_byte_ring {
    unsigned char *bytes;
    size_t mask; /* size - 1, a power of two minus one */
    _Alignas(64) _Atomic size_t head;
    _Alignas(64) _Atomic size_t tail;
    _Alignas(64) _Atomic uint64_t lost;
};

/* size: power of two, >= 64. Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_byte_ring_init(struct aw_byte_ring *r, struct aw_arena *a, size_t size);

/* Writer: one record of two parts. False: no room, counted. */
bool aw_byte_ring_push(struct aw_byte_ring *r, const void *head, size_t head_len, const void *body,
                       size_t body_len);

/* Reader: the oldest record goes to out; returns its length, 0 when there is none. A record longer
 * than cap is cut to cap. */
size_t aw_byte_ring_pop(struct aw_byte_ring *r, void *out, size_t cap);

#endif
