#include "base/arena.h"

#include <string.h>

enum { ALIGN = 16 }; /* max_align_t of the platforms we build for; also a SIMD load */

void aw_arena_init(struct aw_arena *a, void *base, size_t size) {
    a->base = base;
    a->size = base ? size : 0;
    a->used = 0;
}

void *aw_arena_alloc(struct aw_arena *a, size_t n, size_t size) {
    if (n == 0 || size == 0 || n > SIZE_MAX / 2 / size) return NULL;
    size_t skip = a->base ? (ALIGN - ((uintptr_t)(a->base + a->used) & (ALIGN - 1))) & (ALIGN - 1)
                          : (ALIGN - (a->used & (ALIGN - 1))) & (ALIGN - 1);
    size_t bytes = n * size;
    size_t start = a->used + skip;
    a->used = start + bytes;
    if (a->used > a->size) return NULL;
    memset(a->base + start, 0, bytes);
    return a->base + start;
}

size_t aw_arena_left(const struct aw_arena *a) {
    return a->used < a->size ? a->size - a->used : 0;
}
