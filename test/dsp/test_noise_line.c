#include "dsp/noise_line.h"
#include "noise.h"
#include "test.h"

enum { N = 113 };

static float log_f[N], scratch[N];

/* An exact power law becomes 1 everywhere and its exponent comes back, clipped to [-3, 0]. */
static void power_law(void) {
    static const float exponents[] = {-4, -3, -1.5F, -0.2F, 0, 1};
    for (size_t e = 0; e < sizeof exponents / sizeof *exponents; e++) {
        float u[N], b = exponents[e];
        for (size_t i = 0; i < N; i++) u[i] = 0.05F * expf(b * log_f[i]);
        float got = aw_noise_line_run(u, log_f, N, scratch);
        CHECK_NEAR(got, b < -3 ? -3 : b > 0 ? 0 : b, 2e-3);
        for (size_t i = 0; i < N && b >= -3 && b <= 0; i++) CHECK_NEAR(u[i], 1, 5e-3);
    }
}

/* A strong line does not lift the noise it is measured against: its z is its height over it. */
static void robust(void) {
    float u[N];
    for (size_t i = 0; i < N; i++) u[i] = expf(-1.5F * log_f[i] + 0.2F * (float)noise_gauss(4, i));
    for (size_t i = 30; i < 36; i++) u[i] *= 40;
    float b = aw_noise_line_run(u, log_f, N, scratch);
    CHECK_NEAR(b, -1.5, 0.15);
    for (size_t i = 30; i < 36; i++) CHECK(u[i] > 20 && u[i] < 80);
    for (size_t i = 0; i < N; i++) CHECK(i / 6 == 5 || (u[i] > 0.3F && u[i] < 3));
}

static void silence(void) {
    float u[N] = {0};
    aw_noise_line_run(u, log_f, N, scratch);
    for (size_t i = 0; i < N; i++) CHECK_NEAR(u[i], 1, 1e-3);
}

int main(void) {
    for (size_t i = 0; i < N; i++) log_f[i] = logf((4 + 0.5F * (float)i) / 15);
    power_law();
    robust();
    silence();
    return test_end();
}
