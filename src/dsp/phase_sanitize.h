#ifndef AW_DSP_PHASE_SANITIZE_H
#define AW_DSP_PHASE_SANITIZE_H

#include "airwake.h"

/* The classic cleaning of CSI phase: unwrap over subcarriers, take out the straight line
 *     residual[i] = unwrapped arg H[i] - (offset + slope k[i]),
 *     minimising sum |H[i]|^2 residual[i]^2
 * which removes common phase and sampling time of each packet without any memory. Weights |H|^2 are
 * the inverse variance of a phase in white noise. A step between neighbours that is truly above pi
 * (a faded subcarrier, noise) breaks the line for this packet; dsp/align.h does not have that flaw
 * and is better wherever packets can be compared with a template (test_phase_sanitize.c).
 * Source: Sen, Radunovic, Choudhury, Minka, You are facing the Mona Lisa, MobiSys 2012, 3.2 (line
 * through the ends); weighted least squares as in Kotaru et al., SpotFi, SIGCOMM 2015, alg. 1. */
struct aw_phase_line {
    float offset_rad; /* at k = 0, unwrapped */
    float slope_rad;  /* per index */
};

/* iq     [n][2] one chain, n >= 1
 * k      [n] true subcarrier indices, ascending
 * phase  [n] out: residual, rad. Values of zero amplitude count for nothing and get the phase of
 *        their left neighbour before the line is taken out.
 * Returns the line; slope 0 when only one index has energy. */
struct aw_phase_line aw_phase_sanitize_run(const float *iq, const int16_t *k, size_t n,
                                           float *phase);

#endif
