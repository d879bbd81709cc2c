#include "dsp/rows.h"

#include <string.h>

int aw_rows_init(struct aw_rows *r, struct aw_arena *a, size_t cap, size_t max_width,
                 int64_t row_ns) {
    if (cap == 0 || max_width == 0 || max_width > AW_ROWS_MAX_WIDTH || row_ns <= 0) {
        return AW_ERR_INVAL;
    }
    memset(r, 0, sizeof *r);
    r->cap = cap;
    r->max_width = max_width;
    r->row_ns = row_ns;
    r->values = aw_arena_alloc(a, cap * max_width, sizeof *r->values);
    r->t_ns = aw_arena_alloc(a, cap, sizeof *r->t_ns);
    return r->values && r->t_ns ? AW_OK : AW_ERR_NOMEM;
}

void aw_rows_reset(struct aw_rows *r) {
    r->head = r->count = r->width = 0;
    r->sum_n = 0;
    r->any = false;
}

static void complete(struct aw_rows *r) {
    float *row = r->values + r->head * r->max_width;
    float scale = 1 / (float)r->sum_n;
    for (size_t i = 0; i < r->width; i++) row[i] = r->sum[i] * scale;
    r->t_ns[r->head] = r->sum_t_ns;
    r->head = aw_rows_after(r, r->head, 1);
    if (r->count < r->cap) r->count++;
    r->sum_n = 0;
}

void aw_rows_settle(struct aw_rows *r, int64_t t_ns) {
    if (r->sum_n && t_ns - r->sum_t_ns >= r->row_ns) complete(r);
}

bool aw_rows_push(struct aw_rows *r, int64_t t_ns, const float *x, size_t n) {
    if (n > r->max_width) n = r->max_width;
    if (n != r->width) {
        aw_rows_reset(r);
        r->width = n;
    }
    if (r->any && t_ns <= r->last_ns) return false;
    r->any = true;
    r->last_ns = t_ns;
    bool done = r->sum_n && t_ns - r->sum_t_ns >= r->row_ns;
    if (done) complete(r);
    if (r->sum_n == 0) {
        r->sum_t_ns = t_ns;
        memcpy(r->sum, x, n * sizeof *x);
    } else {
        for (size_t i = 0; i < n; i++) r->sum[i] += x[i];
    }
    r->sum_n++;
    return done;
}

static size_t slot_before(const struct aw_rows *r, size_t slot) {
    return slot == 0 ? r->cap - 1 : slot - 1;
}

size_t aw_rows_between(const struct aw_rows *r, int64_t from_ns, int64_t to_ns, size_t *at) {
    size_t left = r->count, slot = r->head, n = 0;
    while (left > 0 && r->t_ns[slot_before(r, slot)] > to_ns) {
        slot = slot_before(r, slot);
        left--;
    }
    while (n < left && r->t_ns[slot_before(r, slot)] > from_ns) {
        slot = slot_before(r, slot);
        n++;
    }
    *at = slot;
    return n;
}

void aw_rows_column(const struct aw_rows *r, size_t at, size_t n, size_t component, float *x,
                    int64_t *t_ns) {
    for (size_t i = 0; i < n; i++) {
        x[i] = r->values[at * r->max_width + component];
        if (t_ns) t_ns[i] = r->t_ns[at];
        at = aw_rows_after(r, at, 1);
    }
}

const float *aw_rows_newest(const struct aw_rows *r, size_t back) {
    if (back >= r->count) return NULL;
    size_t slot = r->head + r->cap - 1 - back;
    return r->values + (slot < r->cap ? slot : slot - r->cap) * r->max_width;
}
