#include "dsp/harmonic.h"

void aw_harmonic_run(const float *power, size_t n, const float *weight, size_t n_weights, size_t lo,
                     size_t hi, float *sum) {
    for (size_t i = lo; i <= hi; i++) {
        float s = 0;
        for (size_t h = 1; h <= n_weights && h * i < n; h++) s += weight[h - 1] * power[h * i];
        sum[i - lo] = s;
    }
}

struct aw_peak aw_harmonic_peak(const float *x, size_t n) {
    struct aw_peak peak = {.found = false};
    size_t best = 0;
    for (size_t i = 1; i + 1 < n; i++) {
        /* A flat top counts once, at its left end. */
        if (!(x[i] > x[i - 1]) || !(x[i] >= x[i + 1])) continue;
        if (!peak.found || x[i] > x[best]) {
            if (peak.found) peak.next = x[best];
            peak.found = true;
            best = i;
        } else if (x[i] > peak.next) {
            peak.next = x[i];
        }
    }
    if (!peak.found) return peak;
    float left = x[best - 1], middle = x[best], right = x[best + 1];
    float curve = left - 2 * middle + right; /* < 0 by the choice of best */
    float shift = 0.5F * (left - right) / curve;
    peak.at = (float)best + shift;
    peak.value = middle - 0.25F * (left - right) * shift;
    return peak;
}
