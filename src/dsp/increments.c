#include "dsp/increments.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Rows as vectors of four, sums in double: series side by side do not wait for one another. */
typedef float f4 __attribute__((vector_size(16), aligned(4), may_alias));
typedef double d4 __attribute__((vector_size(32)));
enum { V = AW_INCREMENTS_MAX / 4 };

static inline void add_change(const float *a, const float *b, size_t blocks, d4 *sum) {
    for (size_t v = 0; v < blocks; v++) {
        f4 left = *(const f4 *)(const void *)(a + 4 * v),
           right = *(const f4 *)(const void *)(b + 4 * v);
        d4 d = __builtin_convertvector(left - right, d4);
        sum[v] += d * d;
    }
}

/* sum becomes that of the squared changes over lag; returns the pairs. */
static size_t at_lag(const float *x, size_t blocks, const int64_t *t_ns, size_t n, int64_t lag_ns,
                     d4 *sum) {
    size_t pairs = 0;
    memset(sum, 0, blocks * sizeof *sum);
    for (size_t i = 1, j = 0; i < n; i++) {
        while (j + 1 < i && t_ns[i] - t_ns[j + 1] >= lag_ns) j++;
        int64_t off = t_ns[i] - t_ns[j] - lag_ns;
        if (off > lag_ns / 4 || off < -lag_ns / 4) continue;
        add_change(x + 4 * blocks * i, x + 4 * blocks * j, blocks, sum);
        pairs++;
    }
    return pairs;
}

static size_t to_next(const float *x, size_t blocks, const int64_t *t_ns, size_t n, int64_t gap_ns,
                      d4 *sum) {
    size_t pairs = 0;
    memset(sum, 0, blocks * sizeof *sum);
    for (size_t i = 1; i < n; i++) {
        if (t_ns[i] - t_ns[i - 1] > gap_ns) continue;
        add_change(x + 4 * blocks * i, x + 4 * blocks * (i - 1), blocks, sum);
        pairs++;
    }
    return pairs;
}

float aw_increments_run(const float *x, size_t width, const int64_t *t_ns, size_t n, int64_t gap_ns,
                        const int64_t *lag_ns, size_t n_lags) {
    assert(width >= 1 && width <= AW_INCREMENTS_MAX);
    size_t blocks = aw_increments_stride(width) / 4;
    d4 sum[V];
    double far[AW_INCREMENTS_MAX] = {0};
    for (size_t l = 0; l < n_lags; l++) {
        size_t pairs = at_lag(x, blocks, t_ns, n, lag_ns[l], sum);
        if (pairs == 0) return NAN;
        for (size_t w = 0; w < width; w++)
            far[w] += sum[w / 4][w % 4] / (double)pairs / (double)n_lags;
    }
    size_t pairs = to_next(x, blocks, t_ns, n, gap_ns, sum);
    if (pairs == 0) return NAN;
    float share = 0;
    for (size_t w = 0; w < width; w++)
        if (far[w] > 0) share += (float)(1 - sum[w / 4][w % 4] / (double)pairs / far[w]);
    return share / (float)width;
}
