#include "dsp/noise_floor.h"
#include "dsp/stft.h"
#include "dsp_test.h"

enum { N = 64, D = 80 };

static struct aw_noise_floor make(struct aw_arena *a, size_t n, float alpha, size_t d, float hop) {
    struct aw_noise_floor f = {0};
    CHECK_INT(aw_noise_floor_init(&f, a, n, alpha, d, hop), AW_OK);
    return f;
}

/* As little biased on white noise as the header says, for several smoothings, lengths and overlaps,
 * from real spectrograms. */
static void unbiased(void) {
    const float alpha[] = {0.8F, 0.9F, 0.95F};
    const size_t d[] = {40, 80, 160}, hop[] = {16, 32, 64};
    for (int k = 0; k < 3; k++) {
        for (int j = 0; j < 3; j++) {
            for (int i = 0; i < 3; i++) {
                struct aw_arena a;
                struct aw_stft s;
                arena_fresh(&a);
                CHECK_INT(aw_stft_init(&s, &a, N, hop[k], 1, false), AW_OK);
                struct aw_noise_floor f = make(&a, N, alpha[i], d[j], (float)hop[k] / N);
                double sum = 0, count = 0;
                for (unsigned t = 0; t < 60000; t++) {
                    float re = (float)noise_gauss(5, t), im = (float)noise_gauss(6, t);
                    if (!aw_stft_push(&s, re, im)) continue;
                    if (!aw_noise_floor_push(&f, s.density) || t < (d[j] + 20) * hop[k]) continue;
                    for (int b = 0; b < N; b++) sum += (double)f.floor[b], count++;
                }
                printf("alpha %.1f D %zu hop %zu: floor / noise %.3f\n", (double)alpha[i], d[j],
                       hop[k], sum / count / 2);
                CHECK(sum / count / 2 > 0.97);
                CHECK(sum / count / 2 < (i == 0 ? 1.22 : 1.09));
            }
        }
    }
}

/* The recursion and the minimum, written out. */
static void definition(void) {
    enum { T = 400 };
    static double s[T][N];
    static float p[N];
    struct aw_arena a;
    arena_fresh(&a);
    struct aw_noise_floor f = make(&a, N, 0.8F, D, 0.5F);
    for (int round = 0; round < 2; round++) {
        for (unsigned t = 0; t < T; t++) {
            double g = fmax(1 - (double)0.8F, 1.0 / (t + 1));
            for (unsigned b = 0; b < N; b++) {
                p[b] = (float)-log(noise_uniform(7, t * N + b));
                double before = t ? s[t - 1][b] : 0;
                s[t][b] = before + g * ((double)p[b] - before);
            }
            bool ready = aw_noise_floor_push(&f, p);
            CHECK(ready == (t + 1 >= f.warm + f.part));
            if (!ready) continue;
            /* Columns the ring holds: 7 whole sub-windows, or 8 just when one ends, + the new. */
            unsigned since = t - (unsigned)f.warm, part = (unsigned)f.part;
            unsigned whole = since / part;
            unsigned from = (whole >= 7 ? (whole - 7) * part : 0) + (unsigned)f.warm;
            for (unsigned b = 0; b < N; b++) {
                double low = INFINITY;
                for (unsigned u = from; u <= t; u++) low = fmin(low, s[u][b]);
                CHECK_NEAR(f.floor[b] / (f.bias * (float)low), 1, 1e-5);
            }
        }
        aw_noise_floor_reset(&f);
    }
}

/* Events shorter than D leave the floor alone and pass the mask; a step of the noise is followed
 * after D; the mask is the formula; before it is ready all passes. */
static void mask(void) {
    struct aw_arena a;
    arena_fresh(&a);
    struct aw_noise_floor f = make(&a, N, 0.8F, D, 1);
    float p[N], gain[N];
    double noise_passed = 0, event_passed = 0, events = 0, quiet = 0;
    for (unsigned t = 0; t < 1000; t++) {
        bool event = t % 100 > 60;
        for (unsigned b = 0; b < N; b++) {
            p[b] = (float)-log(noise_uniform(8, t * N + b)) * (b >= 40 && event ? 30.0F : 1.0F);
        }
        bool ready = aw_noise_floor_push(&f, p);
        aw_noise_floor_mask(&f, p, gain);
        for (unsigned b = 0; b < N; b++) {
            if (!ready) {
                CHECK(gain[b] == (p[b] > 0 ? 1.0F : 0.0F));
                continue;
            }
            CHECK_NEAR(gain[b], fmax(0, 1 - (double)f.floor[b] / (double)p[b]), 1e-6);
            if (t < 200) continue;
            double passed = (double)gain[b] * (double)p[b];
            if (b >= 40 && event) event_passed += passed / 30, events++;
            if (b < 40) noise_passed += passed, quiet++;
        }
    }
    CHECK_NEAR(event_passed / events, 1 - 1 / 30.0, 0.04);
    CHECK(noise_passed / quiet < 0.5); /* e^-1 = 0.37 of exponential power is above its mean */
    double mean = 0;
    for (unsigned t = 0; t < 300; t++) {
        for (unsigned b = 0; b < N; b++) p[b] = 10 * (float)-log(noise_uniform(9, t * N + b));
        aw_noise_floor_push(&f, p);
    }
    for (unsigned b = 0; b < N; b++) mean += (double)f.floor[b] / N;
    CHECK_NEAR(mean, 10, 2);
    memset(p, 0, sizeof p);
    aw_noise_floor_mask(&f, p, gain);
    CHECK(gain[3] == 0);
}

static void refusals(void) {
    struct aw_noise_floor f;
    CHECK_REFUSED(aw_noise_floor_init(&f, &a, 0, 0.8F, D, 0.5F));
    CHECK_REFUSED(aw_noise_floor_init(&f, &a, SIZE_MAX, 0.8F, D, 0.5F));
    CHECK_REFUSED(aw_noise_floor_init(&f, &a, 4, 0.8F, 15, 0.5F));
    CHECK_REFUSED(aw_noise_floor_init(&f, &a, 4, 0.8F, 100001, 0.5F));
    const float bad_alpha[] = {0.79F, 1, 2, NAN}, bad_hop[] = {0, 0.04F, 1.1F, NAN};
    for (int i = 0; i < 4; i++) {
        CHECK_REFUSED(aw_noise_floor_init(&f, &a, 4, bad_alpha[i], D, 0.5F));
        CHECK_REFUSED(aw_noise_floor_init(&f, &a, 4, 0.8F, D, bad_hop[i]));
    }
    CHECK_ARENA(aw_noise_floor_init(&f, &a, 3, 0.8F, D, 0.5F));
}

int main(void) {
    unbiased();
    definition();
    mask();
    refusals();
    return test_end();
}
