#include "server/frame_tap.h"

#include <stdlib.h>
#include <string.h>

enum { BREATH_BYTES = AW_FRAME_TAP_BREATHS * (sizeof(struct aw_tapped_breathing) + 16) };

struct aw_frame_tap *aw_frame_tap_create(size_t n_slots) {
    size_t bytes = n_slots * (sizeof(struct aw_tapped_frame) + 16) + BREATH_BYTES + 32;
    size_t all = (sizeof(struct aw_frame_tap) + bytes + 63) & ~(size_t)63;
    struct aw_frame_tap *t = aligned_alloc(64, all);
    struct aw_arena arena;
    if (!t) return NULL;
    memset(t, 0, offsetof(struct aw_frame_tap, slots));
    unsigned char *slots = (unsigned char *)(((uintptr_t)t->slots + 15) & ~(uintptr_t)15);
    aw_arena_init(&arena, slots, bytes - 16);
    int err = aw_ring_init(&t->frames, &arena, n_slots, sizeof(struct aw_tapped_frame));
    if (err == AW_OK)
        err = aw_ring_init(&t->breaths, &arena, AW_FRAME_TAP_BREATHS,
                           sizeof(struct aw_tapped_breathing));
    if (err == AW_OK) return t;
    free(t);
    return NULL;
}

void aw_frame_tap_destroy(struct aw_frame_tap *t) {
    free(t);
}

static bool mark(_Atomic uint64_t *wanted, uint32_t link, bool on) {
    if (link >= AW_FRAME_TAP_LINKS) return false;
    uint64_t bit = 1ull << link % 64;
    if (on)
        atomic_fetch_or_explicit(&wanted[link / 64], bit, memory_order_relaxed);
    else
        atomic_fetch_and_explicit(&wanted[link / 64], ~bit, memory_order_relaxed);
    return true;
}

static bool marked(const _Atomic uint64_t *wanted, uint32_t link) {
    if (link >= AW_FRAME_TAP_LINKS) return false;
    return atomic_load_explicit(&wanted[link / 64], memory_order_relaxed) >> link % 64 & 1;
}

bool aw_frame_tap_want(struct aw_frame_tap *t, uint32_t link, bool wanted) {
    return mark(t->wanted, link, wanted);
}

bool aw_frame_tap_want_breathing(struct aw_frame_tap *t, uint32_t link, bool wanted) {
    return mark(t->breathing_wanted, link, wanted);
}

bool aw_frame_tap_wants(const struct aw_frame_tap *t, uint32_t link) {
    return t && marked(t->wanted, link);
}

bool aw_frame_tap_wants_breathing(const struct aw_frame_tap *t, uint32_t link) {
    return t && marked(t->breathing_wanted, link);
}

bool aw_frame_tap_push_breathing(struct aw_frame_tap *t, uint32_t link, enum aw_origin_kind origin,
                                 const struct aw_breathing_evidence *e) {
    struct aw_tapped_breathing *to = aw_ring_reserve(&t->breaths);
    if (!to) return false;
    *to = (struct aw_tapped_breathing){link, origin, *e};
    aw_ring_commit(&t->breaths);
    return true;
}

bool aw_frame_tap_push(struct aw_frame_tap *t, uint32_t link, enum aw_origin_kind origin,
                       int64_t t_ns, float rssi_dbm, const struct aw_frame *f) {
    uint32_t index = t->index[link]++;
    struct aw_tapped_frame *to = aw_ring_reserve(&t->frames);
    if (!to) return false;
    uint32_t chains = (uint32_t)f->n_rx * f->n_tx, fit = AW_FRAME_TAP_VALUES / f->n_sub;
    to->link = link;
    to->index = index;
    to->origin = origin;
    to->t_ns = t_ns;
    to->seq = f->seq;
    to->flags = f->flags;
    to->rssi_dbm = rssi_dbm;
    to->spacing_hz = f->spacing_hz;
    to->n_rx = f->n_rx;
    to->n_tx = f->n_tx;
    to->n_sub = f->n_sub;
    to->chains = (uint16_t)(chains < fit ? chains : fit);
    memcpy(to->k, f->k, f->n_sub * sizeof to->k[0]);
    memcpy(to->kind, f->kind, f->n_sub);
    memcpy(to->iq, f->iq, (size_t)to->chains * f->n_sub * 2 * sizeof to->iq[0]);
    aw_ring_commit(&t->frames);
    return true;
}
