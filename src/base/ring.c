#include "base/ring.h"

int aw_ring_init(struct aw_ring *r, struct aw_arena *a, size_t n_slots, size_t slot_bytes) {
    if (n_slots < 2 || (n_slots & (n_slots - 1)) || slot_bytes == 0) return AW_ERR_INVAL;
    r->slot_bytes = (slot_bytes + 15) & ~(size_t)15;
    r->mask = n_slots - 1;
    r->slots = aw_arena_alloc(a, n_slots, r->slot_bytes);
    if (!r->slots) return AW_ERR_NOMEM;
    atomic_init(&r->head, 0);
    atomic_init(&r->tail, 0);
    atomic_init(&r->lost, 0);
    return AW_OK;
}

void *aw_ring_reserve(struct aw_ring *r) {
    size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    size_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);
    if (head - tail > r->mask) {
        atomic_fetch_add_explicit(&r->lost, 1, memory_order_relaxed);
        return NULL;
    }
    return r->slots + (head & r->mask) * r->slot_bytes;
}

void aw_ring_commit(struct aw_ring *r) {
    size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
    atomic_store_explicit(&r->head, head + 1, memory_order_release);
}

const void *aw_ring_peek(struct aw_ring *r) {
    size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    size_t head = atomic_load_explicit(&r->head, memory_order_acquire);
    return head == tail ? NULL : r->slots + (tail & r->mask) * r->slot_bytes;
}

void aw_ring_release(struct aw_ring *r) {
    size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
    atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
}
