#ifndef AW_DSP_LINE_H
#define AW_DSP_LINE_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/fft.h"

/* The one frequency that best explains several short complex series beside a straight line of each:
 * least squares of
 *
 *     x_k(t) = a_k + b_k t + c_k e^{2 pi j f t},    weighted by a periodic Hann window,
 *
 * one f for all k. With everything times the root of the window, q0, q1 the straight lines made
 * orthonormal, y_k what is left of x_k without them, e(f) the exponential and u(f) what is left of it,
 *
 *     explained(f) = sum_k |e(f)^H y_k|^2 / |u(f)|^2        (y_k has no part along q0, q1)
 *
 * a transform of y_k and a division, so a slow line is not drowned by what stands still, as it is in
 * a spectrum, whose window spreads that over +-2 lines. Frequencies of which less than 15 % is left
 * beside the straight line are not looked at: |f| < 0.8 fs/n.
 * Source: derived here; test_line.c holds it to the least squares in double. Windowed single-tone
 * estimates: Rife, Boorstyn, IEEE Trans. Inf. Theory 20(5), 1974. */
struct aw_line {
    size_t n, padded;
    float fs_hz;
    struct aw_fft fft;
    float *window; /* [n] its root */
    float *q;      /* [2][n] q0, q1 */
    float *gain;   /* [padded] 1 / |u(f)|^2; 0 not looked at */
    float *in;     /* [padded][2] */
    float *out;    /* [padded][2] */
    float *sum;    /* [padded] explained(f), from f = 0 up, then the negative ones */
};

struct aw_line_result {
    float hz;     /* of the strongest; NAN when nothing is left beside the straight lines */
    float share;  /* explained(hz) / sum_k |y_k|^2, 0..1; NAN */
    float second; /* of the strongest 2 fs/n away or more, relative to explained(hz); NAN */
};

/* n      samples per series, a power of two within 8..1024
 * fs_hz  samples per second, > 0
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_line_init(struct aw_line *l, struct aw_arena *a, size_t n, float fs_hz);

/* x [n][series][2], oldest first. */
void aw_line_run(struct aw_line *l, const float *x, size_t series, struct aw_line_result *out);

#endif
