#ifndef AW_DSP_SELECT_H
#define AW_DSP_SELECT_H

#include "airwake.h"

/* Which subcarriers carry the motion, and how much to trust each. */

/* Splits values in two classes at the threshold that leaves the least variance within them (Otsu's
 * criterion, which is 2-means in one dimension), exactly: all n - 1 places in the sorted order are
 * tried, O(n log n). For ratios, which spread by factors, give their logarithms: the classes are
 * then compared in dB and one huge ratio does not make a class of its own.
 * Source: Otsu, A threshold selection method from gray-level histograms, IEEE Trans. SMC 9(1),
 * 1979, eq. 14-19. */
struct aw_split {
    float threshold; /* between the classes, half-way; values above are the upper class */
    size_t upper;    /* how many are above */
    float share;     /* of the variance that lies between the classes, 0..1: 2/pi = 0.64 for one
                      * Gaussian, 0.75 for a uniform density, towards 1 for two clear classes */
};

/* x        [n] finite, n >= 1
 * scratch  [n] out: x ascending
 * Equal values are never parted; all equal: threshold that value, upper 0, share 0. */
struct aw_split aw_select_split(const float *x, size_t n, float *scratch);

/* Maximum-ratio combining: the weights by which sum w[k] x[k] has the best ratio of signal to noise
 * when x[k] = gain[k] s + noise of variance noise_var[k], independent:
 *     w[k] = gain[k] / noise_var[k] / sum gain^2 / noise_var
 * scaled so that the sum is s itself plus noise. gain may be negative: subcarriers of opposite
 * polarity then add up.
 *
 * gain       [n] amplitude of the signal
 * noise_var  [n] in units of x^2; elements where it is not > 0 and finite get weight 0
 * w          [n] out; all 0 when there is no signal
 * Returns sum gain^2 / noise_var: the ratio of the combination for s of variance 1.
 * Source: Brennan, Linear diversity combining techniques, Proc. IRE 47, 1959, eq. 34. */
float aw_select_combine(const float *gain, const float *noise_var, size_t n, float *w);

#endif
