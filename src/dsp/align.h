#ifndef AW_DSP_ALIGN_H
#define AW_DSP_ALIGN_H

#include "airwake.h"
#include "base/arena.h"

/* Takes out of each packet what the radio adds and the room does not: gain (AGC), common phase
 * (carrier frequency offset) and phase slope over frequency (sampling time offset),
 *     minimise  sum_{c,k} |H[c,k] e^{-j (phase + slope k)} - g[c] T[c,k]|^2
 * over phase and slope, which all chains of a receiver share, and one gain per chain. T is a
 * template, the slow mean of aligned packets. Outcome: H e^{-j (phase + slope k)} / g.
 *
 * How: with z[k] = sum_c g[c] H[c,k] T*[c,k] (the |T|^2 weights of the linearised problem), the
 * slope starts at arg sum z[k+d] z*[k] / d over neighbours d apart, is refined by the same at 3 d,
 * 9 d, ... up to a quarter of the band, and gets STEPS Gauss-Newton steps
 *     phase = arg sum z e^{-j slope k}
 *     slope += sum k Im(z e^{-j (phase + slope k)}) / sum_c g^2 (E2 - E1^2 / E0),
 *     E_p = sum k^p |T|^2
 * No phase is unwrapped, so a faded subcarrier cannot break the line. Unambiguous for
 * |slope| < pi / d. In noise the start misses the right slope in none of 2000 packets of 56 values
 * at 3 dB per value, 0.15 % at 0 dB, 4 % at -3 dB (test_align.c).
 *
 * Standard deviation in white noise of variance s^2 per real part, at unit gain: phase s / sqrt(E0)
 * at the centre of mass of |T|^2, slope s / sqrt(E2 - E1^2 / E0): the Cramer-Rao bounds, checked by
 * test_align.c.
 * Source: least squares form of the SFO and CFO removal in Kotaru, Joshi, Bharadia, Katti, SpotFi,
 * SIGCOMM 2015, alg. 1, and Xie, Li, Li, Precise power delay profiling, MobiCom 2015; the complex
 * form is derived here. */
enum { AW_ALIGN_STEPS = 3, AW_ALIGN_MAX_CHAINS = 16 };

struct aw_align {
    size_t n_chains, n_sub;
    size_t dense;           /* integer indices from k[0] to k[n_sub-1], rounded up to whole lanes */
    float memory;           /* packets */
    float seen;             /* packets learned, up to memory; 0: no template yet */
    int spacing;            /* the most common distance between neighbours */
    uint16_t *at;           /* [n_sub] place of each subcarrier on the dense axis */
    float *t;               /* [n_chains][n_sub][2] template, mean |T|^2 = 1 over all */
    float *z_re, *z_im;     /* [n_chains][dense] H T*, 0 where there is no subcarrier */
    float *sum_re, *sum_im; /* [dense + span] z, then zeros */
    float *rot_re, *rot_im; /* [dense] e^{-j slope k} */
    float *index;           /* [dense] k relative to the middle of the axis */
    float middle;
    double energy[AW_ALIGN_MAX_CHAINS];  /* E0 of each chain */
    double inertia[AW_ALIGN_MAX_CHAINS]; /* E2 - E1^2 / E0 of each chain */
};

struct aw_align_result {
    bool ok;                         /* false: no energy or not finite; out is zero, rest 0 */
    float gain[AW_ALIGN_MAX_CHAINS]; /* g, > 0 when ok */
    float phase_rad;                 /* at k = 0, -pi..pi */
    float slope_rad;                 /* per subcarrier index */
    float residual;                  /* sum |out - T|^2 / sum |T|^2, >= 0 */
};

/* n_chains  1..AW_ALIGN_MAX_CHAINS chains sharing one oscillator and clock
 * n_sub     2..AW_MAX_SUB
 * k         [n_sub] true subcarrier indices, ascending, all different; copied
 * memory    packets the template's mean goes back over, >= 1
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_align_init(struct aw_align *f, struct aw_arena *a, size_t n_chains, size_t n_sub,
                              const int16_t *k, float memory);
void aw_align_reset(struct aw_align *f);

/* iq [n_chains][n_sub][2] in, out the same shape; may be the same array. The first packet becomes
 * the template (scaled to mean power 1). learn: let the template follow this packet; false while
 * something moves. */
void aw_align_push(struct aw_align *f, const float *iq, bool learn, float *out,
                   struct aw_align_result *result);

#endif
