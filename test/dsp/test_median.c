#include "dsp/median.h"
#include "noise.h"
#include "test.h"

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

enum { MOST = 700 };

/* Against sorting: random, with many equal values, sorted both ways, constant. The values remain,
 * in whatever order. */
static void definition(unsigned n, unsigned step) {
    for (unsigned kind = 0; kind < 5; kind++) {
        float x[MOST], sorted[MOST], work[MOST];
        for (unsigned i = 0; i < n; i++) {
            double u = noise_uniform(kind, n * 100 + i);
            x[i] = kind == 0   ? (float)u
                   : kind == 1 ? (float)(int)(u * 4)
                   : kind == 2 ? (float)i
                   : kind == 3 ? -(float)i
                               : 7.0F;
        }
        memcpy(sorted, x, n * sizeof *x);
        qsort(sorted, n, sizeof *sorted, ascending);
        for (unsigned k = 0; k < n; k += step) {
            memcpy(work, x, n * sizeof *x);
            CHECK(aw_median_select(work, n, k) == sorted[k]);
            qsort(work, n, sizeof *work, ascending);
            CHECK(memcmp(work, sorted, n * sizeof *work) == 0);
        }
        memcpy(work, x, n * sizeof *x);
        float want = n % 2 ? sorted[n / 2] : 0.5F * (sorted[n / 2 - 1] + sorted[n / 2]);
        CHECK(aw_median_run(work, n) == want);
    }
}

/* What is not a number has no place in an order, but it ends. */
static void not_numbers(void) {
    float x[40];
    for (int i = 0; i < 40; i++) x[i] = i % 3 ? NAN : (float)i;
    aw_median_run(x, 40);
    for (int i = 0; i < 40; i++) x[i] = NAN;
    CHECK(isnan(aw_median_select(x, 40, 20)));
}

int main(void) {
    for (unsigned n = 1; n <= 60; n++) definition(n, 1);
    for (unsigned n = 511; n <= 514; n++) definition(n, 17);
    definition(MOST, 13);
    not_numbers();
    CHECK(isnan(aw_median_run(NULL, 0)));
    return test_end();
}
