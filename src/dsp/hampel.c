#include "dsp/hampel.h"

#include <math.h>
#include <string.h>

static const float MAD_TO_STD = 1.4826022F; /* 1 / Phi^-1(3/4) */

int aw_hampel_init(struct aw_hampel *f, struct aw_arena *a, size_t n, size_t half, float k,
                   float floor) {
    if (n == 0 || half < 1 || half > AW_HAMPEL_MAX_HALF || n > SIZE_MAX / AW_HAMPEL_MAX_WINDOW) {
        return AW_ERR_INVAL;
    }
    if (!(k > 0 && k < INFINITY) || !(floor >= 0 && floor < INFINITY)) return AW_ERR_INVAL;
    *f = (struct aw_hampel){.n = n, .half = half, .window = 2 * half + 1, .k = k, .floor = floor};
    f->ring = aw_arena_alloc(a, n * f->window, sizeof *f->ring);
    f->sorted = aw_arena_alloc(a, n * f->window, sizeof *f->sorted);
    return f->ring && f->sorted ? AW_OK : AW_ERR_NOMEM;
}

void aw_hampel_reset(struct aw_hampel *f) {
    f->head = f->count = 0;
    memset(f->ring, 0, f->n * f->window * sizeof *f->ring);
}

/* v [n] ascending without one `old` and with one `new`. */
static void replace(float *v, size_t n, float old, float new) {
    size_t i = 0;
    while (i + 1 < n && v[i] != old) i++;
    for (; i + 1 < n && v[i + 1] < new; i++) v[i] = v[i + 1];
    for (; i > 0 && v[i - 1] > new; i--) v[i] = v[i - 1];
    v[i] = new;
}

static void insert(float *v, size_t n, float new) {
    size_t i = n;
    for (; i > 0 && v[i - 1] > new; i--) v[i] = v[i - 1];
    v[i] = new;
}

static float median(const float *v, size_t n) {
    return n % 2 ? v[n / 2] : 0.5F * (v[n / 2 - 1] + v[n / 2]);
}

/* Median of |v - m|, v ascending: deviations grow outwards from m on both sides, so merging the two
 * sides visits them in order. */
static float deviation(const float *v, size_t n, float m) {
    size_t right = n / 2, left = right; /* v[left - 1] and v[right] are next */
    float before = 0, last = 0;
    for (size_t i = 0; i <= n / 2; i++) {
        before = last;
        if (right == n || (left > 0 && m - v[left - 1] < v[right] - m)) {
            last = m - v[--left];
        } else {
            last = v[right++] - m;
        }
    }
    return n % 2 ? last : 0.5F * (before + last);
}

bool aw_hampel_push(struct aw_hampel *f, const float *x, float *y) {
    size_t n = f->n, w = f->window, count = f->count;
    float *slot = f->ring + f->head * n;
    const float *previous = f->ring + (f->head ? f->head - 1 : w - 1) * n;
    size_t centre_at = f->head >= f->half ? f->head - f->half : f->head + w - f->half;
    const float *centre = f->ring + centre_at * n;
    bool full = count == w;
    size_t now = full ? w : count + 1;
    for (size_t c = 0; c < n; c++) {
        float *sorted = f->sorted + c * w;
        float value = isfinite(x[c]) ? x[c] : previous[c];
        if (full) {
            replace(sorted, w, slot[c], value);
        } else {
            insert(sorted, count, value);
        }
        slot[c] = value;
        if (now <= f->half) continue;
        float m = median(sorted, now);
        float s = fmaxf(MAD_TO_STD * deviation(sorted, now, m), f->floor);
        y[c] = fabsf(centre[c] - m) <= f->k * s ? centre[c] : m;
    }
    f->head = f->head + 1 < w ? f->head + 1 : 0;
    f->count = now;
    return now > f->half;
}
