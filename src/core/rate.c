#include "core/rate.h"

#include <math.h>
#include <string.h>

enum { ENOUGH = 8, REFRESH = 16 };

void aw_rate_reset(struct aw_rate *r) {
    *r = (struct aw_rate){0};
}

/* Median of n values, which it sorts. n <= AW_RATE_SPAN: insertion is fast enough. */
static float median(float *v, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        float x = v[i];
        uint32_t j = i;
        for (; j > 0 && v[j - 1] > x; j--) v[j] = v[j - 1];
        v[j] = x;
    }
    return n % 2 ? v[n / 2] : 0.5F * (v[n / 2 - 1] + v[n / 2]);
}

static float refresh(struct aw_rate *r, float *sorted, uint32_t n) {
    memcpy(sorted, r->interval_s, n * sizeof *sorted);
    r->median_s = median(sorted, n);
    return r->median_s;
}

void aw_rate_push(struct aw_rate *r, int64_t t_ns) {
    if (r->n > 0 || r->last_ns) {
        float dt = (float)(t_ns - r->last_ns) * 1e-9F;
        if (dt < 0) return; /* reordered: says nothing about the rate */
        if (r->median_s > 0 && dt > 4 * r->median_s && dt > 0.25F) r->gaps++;
        r->interval_s[r->at] = dt;
        r->at = (r->at + 1) % AW_RATE_SPAN;
        if (r->n < UINT32_MAX) r->n++;
        if (r->n % REFRESH == 0) {
            float sorted[AW_RATE_SPAN];
            refresh(r, sorted, r->n < AW_RATE_SPAN ? r->n : AW_RATE_SPAN);
        }
    }
    r->last_ns = t_ns;
}

void aw_rate_read(struct aw_rate *r, float *rate_hz, float *jitter_ms) {
    float sorted[AW_RATE_SPAN];
    uint32_t n = r->n < AW_RATE_SPAN ? r->n : AW_RATE_SPAN;
    *rate_hz = *jitter_ms = NAN;
    if (n < ENOUGH) return;
    float mid = refresh(r, sorted, n);
    if (!(mid > 0)) return;
    for (uint32_t i = 0; i < n; i++) sorted[i] = fabsf(sorted[i] - mid);
    *rate_hz = 1 / mid;
    *jitter_ms = 1e3F * median(sorted, n);
}
