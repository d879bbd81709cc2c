#ifndef AW_DSP_HAMPEL_H
#define AW_DSP_HAMPEL_H

#include "airwake.h"
#include "base/arena.h"

/* Hampel filter over a vector, one window per element: a value that lies far from the median of its
 * neighbours becomes that median, all others pass unchanged:
 *     y[i] = x[i]  if |x[i] - m| <= k s,  else m
 *     m = median x[i-h .. i+h],   s = max(1.4826 median |x - m|, floor)
 * 1.4826 = 1 / Phi^-1(3/4) makes s the standard deviation of a Gaussian. Quantised values often
 * have a median deviation of 0, which would make every step of one LSB an outlier; a uniform error
 * of step q has the deviation q / sqrt(12), so floor = q / sqrt(12) lets them pass for k > sqrt(12)
 * and floor = q for any k >= 1.
 * Windows are cut at the beginning. Delay: half pushes.
 * Source: Hampel, The influence curve and its role in robust estimation, JASA 69, 1974; Pearson,
 * Outliers in process modeling and identification, IEEE Trans. CST 10(1), 2002. */
enum { AW_HAMPEL_MAX_HALF = 31, AW_HAMPEL_MAX_WINDOW = 2 * AW_HAMPEL_MAX_HALF + 1 };

struct aw_hampel {
    size_t n, half, window;
    float k, floor;
    float *ring;   /* [window][n] the last vectors */
    float *sorted; /* [n][window] the same by size, smallest first; `count` of them */
    size_t head, count;
};

/* n      elements per vector, > 0
 * half   neighbours on each side, 1..AW_HAMPEL_MAX_HALF
 * k      > 0; 3 replaces 0.27 % of Gaussian values when the window is long
 * floor  smallest deviation believed, in units of x, >= 0
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_hampel_init(struct aw_hampel *f, struct aw_arena *a, size_t n, size_t half,
                               float k, float floor);
void aw_hampel_reset(struct aw_hampel *f);

/* x [n] in; y [n] out: the filtered vector of half pushes ago; may be x. A value that is not finite
 * counts as the last one of its element (0 at the beginning).
 * Returns whether y was written: not in the first half pushes. */
bool aw_hampel_push(struct aw_hampel *f, const float *x, float *y);

#endif
