#include "dsp/select.h"

#include <math.h>
#include <string.h>

/* Heapsort: no recursion, no worst case. Source: Williams, Algorithm 232, CACM 7(6), 1964. */
static void sink(float *x, size_t at, size_t n) {
    float v = x[at];
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && x[child + 1] > x[child]) child++;
        if (!(x[child] > v)) break;
        x[at] = x[child];
    }
    x[at] = v;
}

static void sort(float *x, size_t n) {
    for (size_t i = n / 2; i-- > 0;) sink(x, i, n);
    for (size_t i = n; i-- > 1;) {
        float top = x[0];
        x[0] = x[i];
        x[i] = top;
        sink(x, 0, i);
    }
}

struct aw_split aw_select_split(const float *x, size_t n, float *scratch) {
    memcpy(scratch, x, n * sizeof *x);
    sort(scratch, n);
    struct aw_split split = {.threshold = scratch[n - 1]};
    double mean = 0, total = 0, below = 0, best = 0;
    for (size_t i = 0; i < n; i++) mean += (double)scratch[i] / (double)n;
    for (size_t i = 0; i < n; i++) total += pow((double)scratch[i] - mean, 2);
    for (size_t i = 0; i + 1 < n; i++) {
        below += (double)scratch[i] - mean;
        if (scratch[i] == scratch[i + 1]) continue;
        /* Means of the classes differ by -below (1/a + 1/b); between them lies below^2 n/(a b). */
        double a = (double)(i + 1), b = (double)(n - 1 - i);
        double between = below * below * (double)n / (a * b);
        if (between > best) {
            best = between;
            split.threshold = 0.5F * scratch[i] + 0.5F * scratch[i + 1];
            /* Half-way between neighbouring floats rounds to one of them. */
            if (!(split.threshold < scratch[i + 1])) split.threshold = scratch[i];
            split.upper = n - 1 - i;
        }
    }
    if (total > 0) split.share = (float)fmin(best / total, 1);
    return split;
}

float aw_select_combine(const float *gain, const float *noise_var, size_t n, float *w) {
    double ratio = 0;
    for (size_t k = 0; k < n; k++) {
        bool used = noise_var[k] > 0 && isfinite(gain[k]);
        w[k] = used ? gain[k] / noise_var[k] : 0;
        if (used) ratio += (double)w[k] * (double)gain[k];
    }
    float scale = ratio > 0 ? (float)(1 / ratio) : 0;
    for (size_t k = 0; k < n; k++) w[k] *= scale;
    return (float)ratio;
}
