#include "base/byte_ring.h"

#include <string.h>

enum { LENGTH_BYTES = 4 };

int aw_byte_ring_init(struct aw_byte_ring *r, struct aw_arena *a, size_t size) {
    if (size < 64 || (size & (size - 1))) return AW_ERR_INVAL;
    r->bytes = aw_arena_alloc(a, size, 1);
    if (!r->bytes) return AW_ERR_NOMEM;
    r->mask = size - 1;
    atomic_init(&r->head, 0);
    atomic_init(&r->tail, 0);
    atomic_init(&r->lost, 0);
    return AW_OK;
}

static size_t put(struct aw_byte_ring *r, size_t at, const void *from, size_t len) {
    size_t first = r->mask + 1 - (at & r->mask);
    if (first > len) first = len;
    if (first) memcpy(r->bytes + (at & r->mask), from, first);
    if (len > first) memcpy(r->bytes, (const unsigned char *)from + first, len - first);
    return at + len;
}

static size_t get(const struct aw_byte_ring *r, size_t at, void *to, size_t len) {
    size_t first = r->mask + 1 - (at & r->mask);
    if (first > len) first = len;
    memcpy(to, r->bytes + (at & r->mask), first);
    if (len > first) memcpy((unsigned char *)to + first, r->bytes, len - first);
    return at + len;
}

bool aw_byte_ring_push(struct aw_byte_ring *r, const void *head, size_t head_len, const void *body,
                       size_t body_len) {
    size_t at = atomic_load_explicit(&r->head, memory_order_relaxed);
    size_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
    size_t len = head_len + body_len;
    if (len > UINT32_MAX || LENGTH_BYTES + len > r->mask + 1 - (at - tail)) {
        atomic_fetch_add_explicit(&r->lost, 1, memory_order_relaxed);
        return false;
    }
    uint32_t length = (uint32_t)len;
    at = put(r, at, &length, LENGTH_BYTES);
    at = put(r, at, head, head_len);
    at = put(r, at, body, body_len);
    atomic_store_explicit(&r->head, at, memory_order_release);
    return true;
}

size_t aw_byte_ring_pop(struct aw_byte_ring *r, void *out, size_t cap) {
    size_t at = atomic_load_explicit(&r->tail, memory_order_relaxed);
    if (at == atomic_load_explicit(&r->head, memory_order_acquire)) return 0;
    uint32_t length;
    at = get(r, at, &length, LENGTH_BYTES);
    size_t n = length < cap ? length : cap;
    get(r, at, out, n);
    atomic_store_explicit(&r->tail, at + length, memory_order_release);
    return n;
}
