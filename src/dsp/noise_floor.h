#ifndef AW_DSP_NOISE_FLOOR_H
#define AW_DSP_NOISE_FLOOR_H

#include "airwake.h"
#include "base/arena.h"

/* Background of a spectrogram, bin by bin, while something comes and goes: the smoothed power falls
 * to the noise again and again, so its minimum over a time longer than any event, times the factor
 * by which a minimum of noise is too small, is the noise:
 *     S <- alpha S + (1 - alpha) P,    N = B min over the last D columns of S
 *     B = 1 + 2 (D' - 1) (1 - M) / (Q - 2 M),   Q = 2 / var(S),  M = M(D') tabulated
 * var(S) is the relative variance of the smoothed noise, with the correlation of overlapping Hann
 * windows; D' = D hop / (window / 2), at most D, counts columns as far as they are new. B is an
 * approximation for large Q: on white noise N is v + 0..9 % for alpha >= 0.9, + 5..22 % for 0.8
 * (test_noise_floor.c, D 40..160), and worse below, which is refused.
 * What stays for longer than D columns becomes background.
 * Source: Martin, Noise power spectral density estimation based on optimal smoothing and minimum
 * statistics, IEEE Trans. SAP 9(5), 2001, eq. 17 and table III (B and M), fig. 6 (sub-windows). */
enum { AW_NOISE_FLOOR_PARTS = 8 };

struct aw_noise_floor {
    size_t n, part; /* bins; columns per sub-window */
    float alpha, bias;
    size_t warm;   /* columns until S has its variance */
    float *smooth; /* [n] S */
    float *lowest; /* [PARTS][n] minima of sub-windows, a ring; the newest is growing */
    float *floor;  /* [n] N; 0 while not ready */
    size_t seen, in_part, head;
};

/* n        bins, > 0
 * alpha    smoothing per column, 0.8 <= alpha < 1; 0.9 is Q = 38 for independent columns
 * columns  D, 16..100000; rounded up to a multiple of AW_NOISE_FLOOR_PARTS
 * overlap  hop over window length of the columns, 0.05..1
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_noise_floor_init(struct aw_noise_floor *f, struct aw_arena *a, size_t n,
                                    float alpha, size_t columns, float overlap);
void aw_noise_floor_reset(struct aw_noise_floor *f);

/* density [n] >= 0. Returns whether f->floor is ready: after the first sub-window. */
bool aw_noise_floor_push(struct aw_noise_floor *f, const float *density);

/* Mask of what stands out of the floor, gain [n] = max(0, 1 - N / P), 0 for P = 0: the Wiener gain
 * of power. Source: Boll, IEEE Trans. ASSP 27(2), 1979 (power subtraction). */
void aw_noise_floor_mask(const struct aw_noise_floor *f, const float *density, float *gain);

#endif
