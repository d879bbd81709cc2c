#include "dsp/increments.h"

#include <math.h>

/* D(lag); NAN without a pair. */
static double at_lag(const float *x, const int64_t *t_ns, size_t n, int64_t lag_ns) {
    double sum = 0;
    size_t pairs = 0;
    for (size_t i = 1, j = 0; i < n; i++) {
        while (j + 1 < i && t_ns[i] - t_ns[j + 1] >= lag_ns) j++;
        int64_t off = t_ns[i] - t_ns[j] - lag_ns;
        if (off > lag_ns / 4 || off < -lag_ns / 4) continue;
        double d = (double)(x[i] - x[j]);
        sum += d * d;
        pairs++;
    }
    return pairs ? sum / (double)pairs : (double)NAN;
}

float aw_increments_run(const float *x, const int64_t *t_ns, size_t n, int64_t gap_ns,
                        const int64_t *lag_ns, size_t n_lags) {
    double near = 0, far = 0;
    size_t pairs = 0;
    for (size_t i = 1; i < n; i++) {
        if (t_ns[i] - t_ns[i - 1] > gap_ns) continue;
        double d = (double)(x[i] - x[i - 1]);
        near += d * d;
        pairs++;
    }
    for (size_t l = 0; l < n_lags; l++) far += at_lag(x, t_ns, n, lag_ns[l]) / (double)n_lags;
    if (pairs == 0 || isnan(far)) return NAN;
    if (!(far > 0)) return 0;
    return (float)(1 - near / (double)pairs / far);
}
