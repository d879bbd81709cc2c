#ifndef AW_DSP_FFT_H
#define AW_DSP_FFT_H

#include "airwake.h"
#include "base/arena.h"

/* Discrete Fourier transform of a power-of-two number of values:
 *     Y[k] = sum_{i=0}^{n-1} x[i] e^{-2 pi j i k / n},   k = 0 .. n-1
 * Complex values are pairs (re, im). Tables are made once at init in double; after that a plan is
 * read only and may be shared by threads.
 * Source: Cooley, Tukey, Math. Comp. 19, 1965; decimation in time, radix 4 with one radix-2 pass
 * when log2 n is odd. test_fft.c holds it to the sum above in double. */
enum { AW_FFT_MIN = 4, AW_FFT_MAX = 4096 };

struct aw_fft {
    size_t n;
    float *twiddle;   /* per radix-4 pass of span m: [3][m][2] e^{-2 pi j (1, 2, 3) i / 4m} */
    uint16_t *source; /* [n] bit-reversed indices */
};

/* n  a power of two, AW_FFT_MIN .. AW_FFT_MAX
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_fft_init(struct aw_fft *f, struct aw_arena *a, size_t n);

/* x [n][2] to y [n][2]; not in place. */
void aw_fft_run(const struct aw_fft *f, const float *x, float *y);

/* The inverse, x[i] = 1/n sum_k y[k] e^{+2 pi j i k / n}: y [n][2] to x [n][2]; not in place. */
void aw_fft_inverse(const struct aw_fft *f, const float *y, float *x);

/* The same of real values, at half the cost: one complex transform of n/2. */
struct aw_rfft {
    size_t n;
    struct aw_fft half;
    float *twiddle; /* [n/4 + 1][2] e^{-2 pi j k / n} */
};

/* n  a power of two, 2 AW_FFT_MIN .. AW_FFT_MAX
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_rfft_init(struct aw_rfft *f, struct aw_arena *a, size_t n);

/* x [n] real to y [n/2 + 1][2], k = 0 .. n/2 (the rest is the conjugate mirror); not in place. */
void aw_rfft_run(const struct aw_rfft *f, const float *x, float *y);

#endif
