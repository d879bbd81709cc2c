#ifndef AW_DSP_CLIP_H
#define AW_DSP_CLIP_H

#include "airwake.h"

/* Limits a series to its bulk, in place:
 *     x <- min(max(x, m - r), m + r),   m = median,   r = k max(1.4826 MAD, 0.3 std)
 * 1.4826 MAD is the standard deviation of a Gaussian; the floor of 0.3 std keeps a coarsely
 * quantised series, whose MAD is often 0, from being flattened. Of more than 128 values every
 * second, third ... is looked at for m and MAD.
 *
 * x        [n]
 * scratch  [n]
 * k        > 0; 3.5 cuts 0.05 % of Gaussian values
 * Source: Huber, Robust Statistics, 1981, 5.1 (the clip and MAD); the floor is derived here, see
 * test_clip.c. */
void aw_clip_run(float *x, size_t n, float k, float *scratch);

#endif
