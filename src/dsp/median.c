#include "dsp/median.h"

#include <assert.h>
#include <math.h>

float aw_median_select(float *x, size_t n, size_t k) {
    assert(k < n);
    size_t lo = 0, hi = n - 1;
    while (lo < hi) {
        float pivot = x[lo + (hi - lo) / 2];
        size_t i = lo, j = hi;
        for (;;) {
            while (x[i] < pivot) i++;
            while (x[j] > pivot) j--;
            if (i >= j) break;
            float swap = x[i];
            x[i++] = x[j];
            x[j--] = swap;
        }
        /* Hoare's partition: x[lo..j] <= pivot <= x[j+1..hi], and j < hi since the pivot was taken
         * from the lower half. */
        if (k <= j) {
            hi = j;
        } else {
            lo = j + 1;
        }
    }
    return x[k];
}

float aw_median_run(float *x, size_t n) {
    if (n == 0) return NAN;
    float upper = aw_median_select(x, n, n / 2);
    if (n % 2 == 1) return upper;
    float lower = x[0];
    for (size_t i = 1; i < n / 2; i++) {
        if (x[i] > lower) lower = x[i];
    }
    return 0.5F * (lower + upper);
}
