#include "dsp/clip.h"

#include "dsp/median.h"

#include <math.h>

enum { SAMPLE = 128 }; /* values that tell median and MAD well enough: to 10 % of the std */

void aw_clip_run(float *x, size_t n, float k, float *scratch) {
    if (n == 0) return;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i];
    float mean = (float)(sum / (double)n);
    for (size_t i = 0; i < n; i++) squares += (double)((x[i] - mean) * (x[i] - mean));
    float std = (float)sqrt(squares / (double)n);

    size_t step = n / SAMPLE + 1, m = 0;
    for (size_t i = 0; i < n; i += step) scratch[m++] = x[i];
    float median = aw_median_run(scratch, m);
    for (size_t i = 0; i < m; i++) scratch[i] = fabsf(scratch[i] - median);
    float mad = aw_median_run(scratch, m);

    float reach = k * fmaxf(1.4826F * mad, 0.3F * std);
    float low = median - reach, high = median + reach;
    for (size_t i = 0; i < n; i++) x[i] = x[i] < low ? low : x[i] > high ? high : x[i];
}
