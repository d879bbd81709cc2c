#ifndef AW_BASE_ARENA_H
#define AW_BASE_ARENA_H

#include "airwake.h"

/* A bump allocator over memory the caller owns. Nothing is ever freed singly: blocks take what
 * they need at init and live as long as their owner.
 *
 *     base                used                         size
 *     |---- handed out ----|---------- free ------------| */
struct aw_arena {
    unsigned char *base;
    size_t size;
    size_t used; /* keeps growing past size when full, so that a dry run (base NULL) measures */
};

/* base may be NULL with size 0: then every allocation fails but `used` says what would be needed.
 */
void aw_arena_init(struct aw_arena *a, void *base, size_t size);

/* n * size zeroed bytes, aligned to 16; NULL when full (or n * size overflows). */
void *aw_arena_alloc(struct aw_arena *a, size_t n, size_t size);

/* Bytes still free. */
size_t aw_arena_left(const struct aw_arena *a);

#endif
