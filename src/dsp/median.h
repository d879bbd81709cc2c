#ifndef AW_DSP_MEDIAN_H
#define AW_DSP_MEDIAN_H

#include "airwake.h"

/* The k-th smallest (k = 0 the smallest) of n values, n > k, by Hoare's selection: O(n) on average.
 * x [n] may be permuted. NaN free: with one the result is any of the values.
 * Source: Hoare, Algorithm 65: Find, CACM 4(7) 1961. */
float aw_median_select(float *x, size_t n, size_t k);

/* The median, of an even n the mean of the two in the middle; NAN for n = 0. x may be
 * permuted. */
float aw_median_run(float *x, size_t n);

#endif
