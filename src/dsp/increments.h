#ifndef AW_DSP_INCREMENTS_H
#define AW_DSP_INCREMENTS_H

#include "airwake.h"

/* How much of what a series does within a lag is smooth, from the structure function
 *     D(u) = < (x(t + u) - x(t))^2 >:    share = 1 - D(one sample) / mean over lags of D(lag)
 * White noise gives 0 +- 1/sqrt(n). A smooth motion seen in white noise gives its share of the
 * variance, motion / (motion + noise), as the autocorrelation at one sample does; but a drift
 * slower than the lags adds to both alike and cancels, where the autocorrelation takes it for
 * motion. Several lags, because a periodic motion is blind to its own period. Times may be
 * irregular.
 *
 * Several series on the same times, side by side: the mean of their shares. Pairs are looked for
 * once for all of them.
 *
 * x            [n][aw_increments_stride(width)], values beyond width ignored
 * width        series, 1..AW_INCREMENTS_MAX
 * t_ns         [n] ascending
 * gap_ns       neighbours further apart than this are not "one sample" apart, > 0
 * lag_ns       [n_lags] > 0 each; pairs within a quarter of it are used
 * Returns the mean share, <= 1, below 0 when the series alternate; NAN when no pair has a lag; a
 * constant series counts 0.
 * Source: structure function: Kolmogorov 1941; the share is derived here, laws in
 * test_increments.c. */
float aw_increments_run(const float *x, size_t width, const int64_t *t_ns, size_t n, int64_t gap_ns,
                        const int64_t *lag_ns, size_t n_lags);

enum { AW_INCREMENTS_MAX = 64 };
static inline size_t aw_increments_stride(size_t width) {
    return (width + 3) / 4 * 4;
}

#endif
