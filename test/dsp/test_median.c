#include "dsp/median.h"
#include "noise.h"
#include "test.h"

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Against sorting: random, with many equal values, sorted both ways, constant. */
static void definition(void) {
    for (unsigned n = 1; n <= 60; n++) {
        for (unsigned kind = 0; kind < 5; kind++) {
            float x[60], sorted[60], work[60];
            for (unsigned i = 0; i < n; i++) {
                double u = noise_uniform(kind, n * 100 + i);
                x[i] = kind == 0   ? (float)u
                       : kind == 1 ? (float)(int)(u * 4)
                       : kind == 2 ? (float)i
                       : kind == 3 ? -(float)i
                                   : 7.0F;
            }
            memcpy(sorted, x, sizeof sorted);
            qsort(sorted, n, sizeof *sorted, ascending);
            for (unsigned k = 0; k < n; k++) {
                memcpy(work, x, sizeof work);
                CHECK(aw_median_select(work, n, k) == sorted[k]);
                for (unsigned i = 0; i < n; i++) {
                    CHECK(i < k ? work[i] <= work[k] : work[i] >= work[k]);
                }
            }
            memcpy(work, x, sizeof work);
            float want = n % 2 ? sorted[n / 2] : 0.5F * (sorted[n / 2 - 1] + sorted[n / 2]);
            CHECK(aw_median_run(work, n) == want);
        }
    }
    CHECK(isnan(aw_median_run(NULL, 0)));
}

int main(void) {
    definition();
    return test_end();
}
