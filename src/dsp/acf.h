#ifndef AW_DSP_ACF_H
#define AW_DSP_ACF_H

#include "airwake.h"
#include "base/arena.h"

/* Autocorrelation of each element of a vector over the last `window` pushes, at chosen lags:
 *     rho(l) = sum_{i=0}^{T-1-l} (x[i] - m)(x[i+l] - m) / sum_{i=0}^{T-1} (x[i] - m)^2
 * m the mean and T the number of vectors in the window (so far). White noise gives
 * -1/T +- 1/sqrt(T).
 *
 * O(1) per element and lag: products enter and leave running sums in double, taken about a
 * reference near the mean so that a large offset costs no digits. Each element's sums are made
 * anew once per window, the elements taking turns, so errors do not grow.
 * For uniform rates; after a gap call reset.
 * Source: Box, Jenkins, Time Series Analysis, 1976, 2.1.5 (the estimator); sliding form derived
 * here, test_acf.c holds it to the sums above. */
enum { AW_ACF_MAX_LAGS = 32 };

struct aw_acf {
    size_t n, window, n_lags, max_lag;
    size_t lag[AW_ACF_MAX_LAGS];
    float *ring;       /* [window][n] */
    double *reference; /* [n] taken off before summing */
    double *sum;       /* [n] of x */
    double *square;    /* [n] of x^2 */
    double *product;   /* [n_lags][n] of x[i] x[i+lag] */
    double *oldest;    /* [n_lags][n] of the first lag values */
    double *newest;    /* [n_lags][n] of the last lag values */
    size_t head, count, turn;
};

/* n       elements per vector, > 0
 * window  pushes, 2..65536
 * lag     [n_lags] each 1..window-1
 * n_lags  1..AW_ACF_MAX_LAGS
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_acf_init(struct aw_acf *f, struct aw_arena *a, size_t n, size_t window,
                            const size_t *lag, size_t n_lags);
void aw_acf_reset(struct aw_acf *f);

/* x [n], finite. */
void aw_acf_push(struct aw_acf *f, const float *x);

/* rho [n] at lag number i, within -1..1. 0 where x is constant or the window shorter than the
 * lag + 1. */
void aw_acf_read(const struct aw_acf *f, size_t i, float *rho);

/* Mean and variance (over T, not T - 1) of each element in the window: [n] each, either NULL.
 * 0 while empty. */
void aw_acf_moments(const struct aw_acf *f, float *mean, float *variance);

#endif
