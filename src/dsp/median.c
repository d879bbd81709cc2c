#include "dsp/median.h"

#include <assert.h>
#include <math.h>

enum { SHORT = 512 }; /* values sorted into copies, without a branch per value */

static float middle_of(float a, float b, float c) {
    float lo = a < b ? a : b, hi = a < b ? b : a;
    return c < lo ? lo : c > hi ? hi : c;
}

/* to [n]: of from [n] the smaller ones first, in order, the others behind them; returns how many
 * are smaller than the pivot, or not larger. Each value is written to both ends: which one stays is
 * arithmetic. Guessing it wrong every other time would cost three times as much. */
static size_t split(const float *from, size_t n, float pivot, bool or_equal, float *to) {
    size_t front = 0, back = n - 1;
    for (size_t i = 0; i < n; i++) {
        float v = from[i];
        to[front] = to[back] = v;
        bool before = or_equal ? v <= pivot : v < pivot;
        front += before;
        back -= !before;
    }
    return front;
}

static float select_short(const float *x, size_t n, size_t k) {
    float copy[2][SHORT];
    const float *from = x;
    for (int turn = 0; n > 1; turn ^= 1) {
        float pivot = middle_of(from[0], from[n / 2], from[n - 1]), *to = copy[turn];
        size_t smaller = split(from, n, pivot, false, to);
        if (smaller == 0) { /* the pivot is the smallest: those like it are out of the way */
            size_t like = split(from, n, pivot, true, to);
            if (k < like) return pivot;
            smaller = like > 0 ? like : 1; /* not a number: go on all the same */
        }
        from = k < smaller ? to : to + smaller;
        n = k < smaller ? smaller : n - smaller;
        k = k < smaller ? k : k - smaller;
    }
    return from[0];
}

static float select_long(float *x, size_t n, size_t k) {
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

float aw_median_select(float *x, size_t n, size_t k) {
    assert(k < n);
    return n <= SHORT ? select_short(x, n, k) : select_long(x, n, k);
}

float aw_median_run(float *x, size_t n) {
    if (n == 0) return NAN;
    float upper = aw_median_select(x, n, n / 2);
    if (n % 2 == 1) return upper;
    size_t below = 0;
    float lower = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        below += x[i] < upper;
        lower = x[i] < upper && x[i] > lower ? x[i] : lower;
    }
    return below < n / 2 ? upper : 0.5F * (lower + upper);
}
