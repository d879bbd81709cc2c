#ifndef AW_DSP_IIR_H
#define AW_DSP_IIR_H

#include "airwake.h"
#include "base/arena.h"

/* Butterworth filters over a vector, one state per element: a cascade of second-order sections
 *     y[t] = b0 x[t] + b1 x[t-1] + b2 x[t-2] - a1 y[t-1] - a2 y[t-2]
 * Low-pass of order N:  |H(f)|^2 = 1 / (1 + (tan(pi f/fs) / tan(pi fc/fs))^2N), flat, -3 dB at fc.
 * Band-pass: 2N poles, -3 dB at both corners, gain 1 at the frequency f0 with
 *     tan^2(pi f0/fs) = tan(pi lo/fs) tan(pi hi/fs).
 * States and coefficients are double: at corners of a thousandth of the rate, single precision
 * moves poles visibly. Use for uniform rates; after a gap call reset or settle.
 * Source: Butterworth, Wireless Engineer 7, 1930; bilinear transform with prewarping: Oppenheim,
 * Schafer, Discrete-Time Signal Processing, 3rd ed., 7.2.2; sections in transposed direct form II,
 * same, 6.4. test_iir.c holds coefficients and response to these formulas. */
enum aw_iir_kind { AW_IIR_LOW_PASS, AW_IIR_HIGH_PASS, AW_IIR_BAND_PASS };
enum { AW_IIR_MAX_ORDER = 8 }; /* prototype; as many sections at most */

struct aw_iir_config {
    enum aw_iir_kind kind;
    unsigned order; /* of the prototype, 1..AW_IIR_MAX_ORDER; a band-pass has twice the poles */
    float fs_hz;    /* vectors per second, > 0 */
    float lo_hz;    /* corner of high-pass and band-pass, 0 < lo < fs/2 */
    float hi_hz;    /* corner of low-pass and band-pass, 0 < hi < fs/2, lo < hi */
};

struct aw_iir_section {
    double b0, b1, b2, a1, a2;
};

struct aw_iir {
    size_t n, n_sections;
    struct aw_iir_section section[AW_IIR_MAX_ORDER];
    double *state; /* [n_sections][2][n] */
};

/* n  elements per vector, > 0
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_iir_init(struct aw_iir *f, struct aw_arena *a, size_t n,
                            const struct aw_iir_config *config);

/* All states zero, as if x had been 0 for ever. */
void aw_iir_reset(struct aw_iir *f);

/* As if x [n] had been constant for ever: no transient when the next input is near it. */
void aw_iir_settle(struct aw_iir *f, const float *x);

/* x [n] in, y [n] out; may be the same array. */
void aw_iir_push(struct aw_iir *f, const float *x, float *y);

/* |H| at frequency / fs, 0..0.5. */
double aw_iir_gain(const struct aw_iir *f, double frequency);

#endif
