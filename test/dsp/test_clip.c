#include "dsp/clip.h"
#include "noise.h"
#include "test.h"

/* Gaussian values stay (0.05 % are cut at 3.5 sigma); spikes come back to the limit. */
static void gauss_and_spikes(void) {
    enum { N = 1000 };
    static float x[N], y[N], scratch[N];
    for (unsigned i = 0; i < N; i++) x[i] = y[i] = 5 + (float)noise_gauss(1, i);
    for (unsigned i = 0; i < N; i += 100) y[i] = x[i] = i % 200 ? 50.0F : -50.0F;
    aw_clip_run(y, N, 3.5F, scratch);
    unsigned changed = 0;
    for (unsigned i = 0; i < N; i++) {
        if (i % 100) {
            changed += x[i] != y[i];
        } else { /* std here is 5, so the floor of 0.3 std = 1.5 is above 1.48 MAD = 1 */
            CHECK_NEAR(fabsf(y[i] - 5), 3.5F * 0.3F * 5, 0.6);
        }
    }
    CHECK(changed == 0);
}

/* A quantised series whose MAD is 0 keeps its one step of motion: the floor on std. */
static void quantised(void) {
    float x[100], scratch[100];
    for (unsigned i = 0; i < 100; i++) x[i] = i % 4 == 0 ? 9.0F : 8.0F;
    aw_clip_run(x, 100, 3.5F, scratch);
    float std = sqrtf(0.25F * 0.75F);
    CHECK_NEAR(x[0], 8 + 3.5F * 0.3F * std, 1e-5);
    CHECK(x[1] == 8);
}

/* Shift and scale commute with it; a constant stays; nothing at all is fine. */
static void laws(void) {
    float x[64], y[64], scratch[64];
    for (unsigned i = 0; i < 64; i++) {
        x[i] = (float)noise_gauss(2, i) + (i == 20 ? 30.0F : 0.0F);
        y[i] = 3 * x[i] - 2;
    }
    aw_clip_run(x, 64, 3, scratch);
    aw_clip_run(y, 64, 3, scratch);
    for (unsigned i = 0; i < 64; i++) CHECK_NEAR(y[i], 3 * x[i] - 2, 2e-4);
    for (unsigned i = 0; i < 64; i++) x[i] = 4;
    aw_clip_run(x, 64, 3, scratch);
    for (unsigned i = 0; i < 64; i++) CHECK(x[i] == 4);
    aw_clip_run(x, 0, 3, scratch);
}

int main(void) {
    gauss_and_spikes();
    quantised();
    laws();
    return test_end();
}
