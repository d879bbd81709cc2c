#ifndef AW_DSP_HARMONIC_H
#define AW_DSP_HARMONIC_H

#include "airwake.h"

/* Harmonic-sum spectrum: a periodic motion that is not a sine puts power on multiples of its rate,
 * and the rate itself is where they add up:
 *     S[i] = sum_{h=1}^{n_weights} weight[h-1] P[h i],     P = 0 beyond its end
 * Harmonics are taken at exact multiples of a bin, so the spectrum should be zero padded to more
 * than n_weights bins per line width (half a bin's error of the rate is h/2 bins at h).
 * Weights fall with h so that half the rate, which collects the even harmonics only, stays below:
 * {1, 0.5} never prefers it. Source: Noll, Pitch determination of human speech by the harmonic
 * product spectrum, the harmonic sum spectrum, ..., Symp. Computer Processing in Communications,
 * 1970; Hermes, JASA 83(1), 1988 (falling weights). */

/* power      [n]
 * weight     [n_weights], n_weights >= 1
 * lo, hi     bins wanted, lo <= hi < n
 * sum        [hi - lo + 1] out, S[lo..hi] */
void aw_harmonic_run(const float *power, size_t n, const float *weight, size_t n_weights, size_t lo,
                     size_t hi, float *sum);

struct aw_peak {
    bool found;  /* false: no value is larger than both neighbours */
    float at;    /* place, in bins from x[0], by a parabola through three values */
    float value; /* of the parabola there */
    float next;  /* the second highest peak's largest value; 0 when there is none */
};

/* The highest local maximum of x [n]. Ends do not count: a spectrum that rises into the edge of the
 * band has its peak elsewhere. Source of the interpolation: Smith, Serra, PARSHL, ICMC 1987. */
struct aw_peak aw_harmonic_peak(const float *x, size_t n);

#endif
