#ifndef AW_DSP_SINE_FIT_H
#define AW_DSP_SINE_FIT_H

#include "airwake.h"
#include "base/arena.h"

/* How well does one sinusoid of frequency f, common to all channels but with weights of their own,
 * explain a short multichannel series? The squared canonical correlation
 *
 *     U(f) = largest eigenvalue of  Q' X (X' X + ridge tr(X' X) I)^-1 X' Q,    0 <= U < 1
 *
 * X [n][channels]: channels free of a polynomial of degree 2, clipped, unit norm;
 * Q [n][2]: cos and sin of f, free of the same polynomial, unit norm.
 *
 * Channels of either polarity add up, and what many channels share but is not periodic (drift)
 * is weighted down.
 *
 * X is free of the polynomial, so cos and sin need only the norm they have without it, and Q'X is a
 * Fourier sum about the window's centre, where cosines are even and sines odd:
 *
 *     position p = stride m + q,   |q| < stride / 2,   |m| <= reach
 *     sum over p of x cos(w p) = sum over q of cos(w q) [sum over m of x cos(w stride m)] - sin ..
 *
 * The inner sums depend on w stride modulo a turn only, so frequencies `turns` apart share them; +-p
 * and then +-q are folded. Together a quarter of the work of the plain sums, or less.
 *
 * Source: Hotelling, Relations between two sets of variates, Biometrika 28, 1936; the ridge as in
 * Vinod, J. Econometrics 4, 1976; the sums: Cooley, Tukey, Math. Comp. 19, 1965.
 * test_sine_fit.c checks it against the definition in double. */
enum {
    AW_SINE_FIT_CHANNELS = 16, /* rows always have this many values; unused ones are zero */
    AW_SINE_FIT_TREND = 3,     /* polynomials taken out: degree 0, 1, 2 */
    AW_SINE_FIT_OFFSETS = 32,  /* q >= 0 at most */
};

/* Immutable after init; may be shared by any number of links and threads. */
struct aw_sine_basis {
    size_t n, half, n_freq;
    size_t period, first;
    size_t stride, reach, offsets; /* offsets: q >= 0 */
    size_t turns;                  /* period / stride: angles w stride are multiples of 1 / turns */
    float *trend;                  /* [TREND][n] orthonormal Legendre polynomials */
    float *far_cos, *far_sin;      /* [turns / 2 + 1][reach + 1] */
    float *near_cos, *near_sin;    /* [n_freq][offsets] */
    float *scale;                  /* [n_freq][2] 1 / norm of cosine, of sine */
};

/* n samples, 8..4096; frequencies first / period, (first + 1) / period, ... in cycles per sample,
 * all in (0, 0.5), period <= 65536; n_freq 1..4096. Every factor of two in n must be in period too.
 * The lowest should make more than about 0.75 cycles in the window.
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_sine_basis_init(struct aw_sine_basis *b, struct aw_arena *a, size_t n,
                                   size_t period, size_t first, size_t n_freq);

/* Scratch and result of one fit, for windows of up to max_n samples. */
struct aw_sine_fit {
    size_t max_n;
    float *x;          /* [max_n][CHANNELS] in: the series; out: whitened series */
    float *even, *odd; /* [max_n / 2 + 1][CHANNELS] folded, then folded again */
    float *energy;     /* [max_n] */
    float whiten[AW_SINE_FIT_CHANNELS * AW_SINE_FIT_CHANNELS]; /* row c makes whitened channel c */
};

AW_MUST_USE int aw_sine_fit_init(struct aw_sine_fit *s, struct aw_arena *a, size_t max_n);

/* The series is in s->x [b->n][CHANNELS], b->n <= max_n, and is replaced by the whitened one.
 * ridge: > 0; clip: samples whose energy over all channels exceeds clip^2 times the median are
 * scaled down to that (a cough is not a breath).
 * u [b->n_freq] out. All zero when no channel varies. */
void aw_sine_fit_run(struct aw_sine_fit *s, const struct aw_sine_basis *b, float ridge, float clip,
                     float *u);

/* After run: the series that correlates best with frequency number k, y [b->n], unit norm. */
void aw_sine_fit_variate(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t k,
                         float *y);

/* Likewise: what each channel has to be multiplied with to give that series, w [CHANNELS], for
 * channels of unit norm; sum of squares 1. Zero where a channel does not vary. */
void aw_sine_fit_weights(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t k,
                         float *w);

#endif
