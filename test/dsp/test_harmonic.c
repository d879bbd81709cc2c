#include "dsp/fft.h"
#include "dsp/harmonic.h"
#include "dsp_test.h"

static void definition(void) {
    enum { N = 513, LO = 20, HI = 300 };
    static float p[N], s[HI - LO + 1];
    static double want[HI - LO + 1];
    const float weight[] = {1, 0.7F, 0.4F, 0.2F};
    for (unsigned i = 0; i < N; i++) p[i] = (float)noise_uniform(1, i);
    for (unsigned n = 1; n <= 4; n++) {
        aw_harmonic_run(p, N, weight, n, LO, HI, s);
        for (unsigned i = LO; i <= HI; i++) {
            want[i - LO] = 0;
            for (unsigned h = 1; h <= n; h++) {
                if (h * i < N) want[i - LO] += (double)weight[h - 1] * (double)p[h * i];
            }
        }
        CHECK_SNR(s, want, HI - LO + 1, 130);
    }
    aw_harmonic_run(p, N, weight, 4, N - 1, N - 1, s);
    CHECK(s[0] == p[N - 1]);
}

/* 30 s at 10 Hz, zero padded; second harmonic stronger than the first: the plain spectrum says
 * twice the rate, the sum says the rate, for any phase. Not so for the pure double rate. */
static void rate(void) {
    enum { N = 4096, T = 300 };
    static float x[N], y[2 * N], p[N / 2 + 1], s[400];
    struct aw_arena a;
    struct aw_rfft f;
    arena_fresh(&a);
    CHECK_INT(aw_rfft_init(&f, &a, N), AW_OK);
    const float weight[] = {1, 0.5F};
    for (unsigned round = 0; round < 40; round++) {
        double hz = 0.2 + 0.3 * noise_uniform(2, round), low = round % 2 ? 0.8 : 0;
        memset(x, 0, sizeof x);
        for (int i = 0; i < T; i++) {
            double t = 0.1 * i, hann = 0.5 - 0.5 * cos(2 * PI * i / T);
            x[i] = (float)(hann *
                           (low * sin(2 * PI * hz * t + round) + sin(4 * PI * hz * t + 2 * round)));
        }
        aw_rfft_run(&f, x, y);
        for (int i = 0; i <= N / 2; i++) p[i] = y[2 * i] * y[2 * i] + y[2 * i + 1] * y[2 * i + 1];
        size_t lo = 40, hi = 410; /* 0.1 .. 1 Hz */
        struct aw_peak plain = aw_harmonic_peak(p + lo, hi - lo);
        aw_harmonic_run(p, N / 2 + 1, weight, 2, lo, hi - 1, s);
        struct aw_peak sum = aw_harmonic_peak(s, hi - lo);
        double unit = 10.0 / N;
        CHECK_NEAR(unit * (double)(plain.at + (float)lo), 2 * hz, 0.004);
        CHECK_NEAR(unit * (double)(sum.at + (float)lo), low > 0 ? hz : 2 * hz, 0.004);
    }
}

/* A parabola is found exactly; ends, constants, slopes and NaN are no peak; the runner-up. */
static void peaks(void) {
    float x[40];
    for (int i = 0; i < 40; i++) x[i] = (float)(9 - 0.5 * pow(i - 17.3, 2));
    struct aw_peak p = aw_harmonic_peak(x, 40);
    CHECK(p.found && p.next == 0);
    CHECK_NEAR(p.at, 17.3, 1e-4);
    CHECK_NEAR(p.value, 9, 1e-4);
    x[30] = 3;
    x[5] = 8;
    p = aw_harmonic_peak(x, 40);
    CHECK_NEAR(p.at, 17.3, 1e-4);
    CHECK(p.next == 8);
    float falling[] = {0, 9, 0, 5, 0, 7, 0, 3, 0};
    CHECK(aw_harmonic_peak(falling, 9).next == 7);
    x[35] = 12;
    x[34] = x[36] = 1;
    p = aw_harmonic_peak(x, 40);
    CHECK(p.at == 35 && p.value == 12);
    CHECK_NEAR(p.next, 9 - 0.5 * 0.09, 1e-4);
    for (int i = 0; i < 40; i++) x[i] = (float)i;
    CHECK(!aw_harmonic_peak(x, 40).found);
    for (int i = 0; i < 40; i++) x[i] = 1;
    CHECK(!aw_harmonic_peak(x, 40).found);
    for (int i = 0; i < 40; i++) x[i] = NAN;
    CHECK(!aw_harmonic_peak(x, 40).found);
    CHECK(!aw_harmonic_peak(x, 0).found && !aw_harmonic_peak(x, 2).found);
    float flat[] = {0, 1, 1, 0};
    p = aw_harmonic_peak(flat, 4);
    CHECK(p.found && p.at == 1.5F);
}

int main(void) {
    definition();
    rate();
    peaks();
    return test_end();
}
