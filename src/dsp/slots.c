#include "dsp/slots.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int aw_slots_init(struct aw_slots *s, struct aw_arena *a, size_t n, size_t cap, float fs_hz,
                  float max_gap_s) {
    if (n == 0 || cap < 2 || !(fs_hz > 0 && fs_hz <= 1e6F) || !(max_gap_s >= 0 && max_gap_s < 1e6F))
        return AW_ERR_INVAL;
    *s = (struct aw_slots){.n = n, .cap = cap, .fs_hz = fs_hz, .max_gap_s = max_gap_s};
    s->ring = aw_arena_alloc(a, cap, n * sizeof *s->ring);
    s->heard = aw_arena_alloc(a, cap, sizeof *s->heard);
    s->sum = aw_arena_alloc(a, n, sizeof *s->sum);
    return s->ring && s->heard && s->sum ? AW_OK : AW_ERR_NOMEM;
}

void aw_slots_reset(struct aw_slots *s) {
    s->head = s->count = 0;
    s->sum_n = 0;
}

static float *append(struct aw_slots *s, bool heard) {
    float *row = s->ring + s->head * s->n;
    s->heard[s->head] = heard;
    s->head = (s->head + 1) % s->cap;
    if (s->count < s->cap) s->count++;
    return row;
}

/* Closes the open slot, bridging the `empty` slots before it from the last closed one. */
static void close_slot(struct aw_slots *s, int64_t empty) {
    float scale = 1 / (float)s->sum_n;
    for (size_t i = 0; i < s->n; i++) s->sum[i] *= scale;
    if (s->count > 0) {
        const float *last = s->ring + (s->head + s->cap - 1) % s->cap * s->n;
        for (int64_t k = 1; k <= empty; k++) {
            float w = (float)k / (float)(empty + 1);
            float *row = append(s, false);
            for (size_t i = 0; i < s->n; i++) row[i] = last[i] + w * (s->sum[i] - last[i]);
        }
    }
    memcpy(append(s, true), s->sum, s->n * sizeof *s->sum);
    s->sum_n = 0;
}

void aw_slots_push(struct aw_slots *s, int64_t t_ns, const float *row) {
    int64_t slot = (int64_t)floor((double)t_ns * 1e-9 * (double)s->fs_hz);
    int64_t max_gap = (int64_t)(s->max_gap_s * s->fs_hz);
    if (max_gap > (int64_t)s->cap - 2) max_gap = (int64_t)s->cap - 2;
    if (s->sum_n > 0 && slot != s->slot) {
        int64_t ahead = slot - s->slot;
        if (ahead > 0 && ahead - 1 <= max_gap) {
            close_slot(s, s->empty);
            s->empty = ahead - 1;
        } else if (ahead < 0 && -ahead <= max_gap + 1) {
            slot = s->slot;
        } else {
            aw_slots_reset(s);
        }
    }
    if (s->sum_n == 0) {
        if (s->count == 0) s->empty = 0;
        memset(s->sum, 0, s->n * sizeof *s->sum);
    }
    s->slot = slot;
    s->last_ns = t_ns;
    s->sum_n++;
    for (size_t i = 0; i < s->n; i++) s->sum[i] += row[i];
}

bool aw_slots_at(const struct aw_slots *s, size_t ago, float *row) {
    assert(ago >= 1 && ago <= s->count);
    size_t at = (s->head + s->cap - ago) % s->cap;
    memcpy(row, s->ring + at * s->n, s->n * sizeof *row);
    return s->heard[at];
}
