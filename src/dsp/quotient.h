#ifndef AW_DSP_QUOTIENT_H
#define AW_DSP_QUOTIENT_H

#include "airwake.h"
#include "base/arena.h"

/* CSI quotient: what two receive chains (or two subcarriers) share, gain and oscillator phase,
 * cancels exactly, and a motion by less than a wavelength still draws an arc of a circle:
 *     chains:       R[c,k] = H[c,k] / H[ref,k]       also removes the sampling time
 *     subcarriers:  R[c,k] = H[c,k] / H[c,ref]       for one antenna; align first
 * A weak denominator turns noise into spikes. So the reference is the strongest (largest mean share
 * of the packet's power, over the first `learn` packets; later another must exceed it by a factor),
 * and where |H[ref]| < guard x sigma the last good quotient stays.
 * Source: Zeng et al., FarSense, IMWUT 3(3) 2019 (chains); SA-WiSense, arXiv 2507.17623, 2025
 * (subcarriers). The choice of the reference is derived here: the error of R is
 * sigma sqrt(1 + |R|^2) / |H[ref]|. */
enum aw_quotient_kind { AW_QUOTIENT_CHAINS, AW_QUOTIENT_SUBCARRIERS };
enum { AW_QUOTIENT_MAX_CHAINS = 16 };

struct aw_quotient_config {
    enum aw_quotient_kind kind;
    size_t n_chains; /* 2.. (chains) or 1.. (subcarriers) AW_QUOTIENT_MAX_CHAINS */
    size_t n_sub;    /* 1.. (chains) or 2.. (subcarriers) AW_MAX_SUB */
    float guard;     /* >= 0; 3: Rayleigh noise alone passes it with exp(-9/2) = 1 % */
    float learn;     /* packets, >= 1 */
    float change;    /* factor of mean power for another reference, >= 1; INFINITY: never */
};

struct aw_quotient {
    struct aw_quotient_config config;
    size_t candidates; /* chains or subcarriers */
    size_t ref;
    float seen;
    float *share; /* [candidates] slow mean of the share of power */
    float *last;  /* [n_chains][n_sub][2] */
};

/* Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_quotient_init(struct aw_quotient *q, struct aw_arena *a,
                                 const struct aw_quotient_config *config);
void aw_quotient_reset(struct aw_quotient *q);

/* iq   [n_chains][n_sub][2], finite
 * sigma  standard deviation of the noise per real part, in units of iq, >= 0
 * out  [n_chains][n_sub][2]; the reference's own is 1. Values never yet good are 0. Not in place.
 * Returns whether the reference is another than in the packet before: series break there, and what
 * stayed is forgotten. */
bool aw_quotient_push(struct aw_quotient *q, const float *iq, float sigma, float *out);

#endif
