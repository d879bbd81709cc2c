#include "dsp/acf.h"
#include "dsp_test.h"

enum { N = 5, WINDOW = 50, LAGS = 4, LONG = 20000 };
static const size_t LAG[LAGS] = {1, 7, 30, WINDOW - 1};
static float x[LONG][N];

static double by_definition(size_t end, size_t count, size_t lag, size_t c) {
    double mean = 0, energy = 0, cross = 0;
    if (count <= lag) return 0;
    for (size_t i = end - count; i < end; i++) mean += (double)x[i][c] / (double)count;
    for (size_t i = end - count; i < end; i++) {
        energy += pow((double)x[i][c] - mean, 2);
        if (i + lag < end) cross += ((double)x[i][c] - mean) * ((double)x[i + lag][c] - mean);
    }
    return energy > 0 ? cross / energy : 0;
}

/* Against the sums of the header at all fillings, after long runs, with offsets, steps in level and
 * constants. */
static void definition(void) {
    struct aw_arena a;
    struct aw_acf f;
    static float got[LONG * LAGS];
    static double want[LONG * LAGS];
    arena_fresh(&a);
    CHECK_INT(aw_acf_init(&f, &a, N, WINDOW, LAG, LAGS), AW_OK);
    for (size_t c = 0; c < N; c++) {
        for (size_t t = 0; t < LONG; t++) {
            double noise = noise_gauss(c, t);
            x[t][c] = (float)(c == 0   ? noise
                              : c == 1 ? 1000 + noise
                              : c == 2 ? sin(0.3 * (double)t) + 0.1 * noise
                              : c == 3 ? noise + (t > LONG / 2 ? 3e4 : 0)
                                       : 4.7);
        }
    }
    for (int round = 0; round < 2; round++) {
        size_t values = 0;
        float rho[N], mean[N], variance[N];
        for (size_t t = 0; t < LONG; t++) {
            aw_acf_push(&f, x[t]);
            if (t > 2 * WINDOW && t % 97) continue;
            size_t count = t + 1 < WINDOW ? t + 1 : WINDOW;
            for (size_t l = 0; l < LAGS; l++) {
                aw_acf_read(&f, l, rho);
                CHECK(rho[4] == 0);
                for (size_t c = 0; c < 4; c++) {
                    CHECK(rho[c] >= -1.00001F && rho[c] <= 1.00001F);
                    got[values] = rho[c];
                    want[values++] = by_definition(t + 1, count, LAG[l], c);
                }
            }
            aw_acf_moments(&f, mean, variance);
            CHECK(mean[4] == 4.7F && variance[4] == 0);
            CHECK_NEAR(mean[1], 1000, 4);
        }
        printf("%zu values ", values);
        CHECK_SNR(got, want, values, 100);
        aw_acf_reset(&f);
    }
}

/* White noise has mean -1/T and deviation 1/sqrt(T); an alternation is -1; a period comes back. */
static void laws(void) {
    enum { WIDE = 64 };
    struct aw_arena a;
    struct aw_acf f;
    arena_fresh(&a);
    const size_t lag[2] = {1, 20};
    CHECK_INT(aw_acf_init(&f, &a, WIDE, 200, lag, 2), AW_OK);
    float v[WIDE], rho[WIDE];
    double sum = 0, square = 0;
    for (unsigned t = 0; t < 4000; t++) {
        for (unsigned c = 0; c < WIDE; c++) v[c] = (float)noise_gauss(40 + c, t);
        aw_acf_push(&f, v);
        if (t % 200 != 199) continue;
        aw_acf_read(&f, 0, rho);
        for (unsigned c = 0; c < WIDE; c++) {
            sum += (double)rho[c] / (20 * WIDE);
            square += (double)rho[c] * (double)rho[c] / (20 * WIDE);
        }
    }
    CHECK_NEAR(sum, -1.0 / 200, 4 / sqrt(200 * 20 * WIDE));
    CHECK_NEAR(sqrt(square) * sqrt(200), 1, 0.08);
    for (unsigned t = 0; t < 200; t++) {
        v[0] = t % 2 ? 1.0F : -1.0F;
        v[1] = (float)sin(2 * PI * t / 20);
        aw_acf_push(&f, v);
    }
    aw_acf_read(&f, 0, rho);
    CHECK_NEAR(rho[0], -199.0 / 200, 1e-5);
    aw_acf_read(&f, 1, rho);
    CHECK_NEAR(rho[1], 0.9, 1e-4);
}

static void refusals(void) {
    struct aw_acf f;
    const size_t zero = 0, one = 1, ten = 10;
    CHECK_REFUSED(aw_acf_init(&f, &a, 0, 10, &one, 1));
    CHECK_REFUSED(aw_acf_init(&f, &a, SIZE_MAX, 10, &one, 1));
    CHECK_REFUSED(aw_acf_init(&f, &a, 1, 1, &one, 1));
    CHECK_REFUSED(aw_acf_init(&f, &a, 1, 65537, &one, 1));
    CHECK_REFUSED(aw_acf_init(&f, &a, 1, 10, &zero, 1));
    CHECK_REFUSED(aw_acf_init(&f, &a, 1, 10, &ten, 1));
    CHECK_REFUSED(aw_acf_init(&f, &a, 1, 10, &one, 0));
    CHECK_REFUSED(aw_acf_init(&f, &a, 1, 10, &one, AW_ACF_MAX_LAGS + 1));
    CHECK_ARENA(aw_acf_init(&f, &a, 2, 10, LAG, 2));
}

int main(void) {
    definition();
    laws();
    refusals();
    return test_end();
}
