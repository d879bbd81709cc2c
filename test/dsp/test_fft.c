#include "dsp/fft.h"
#include "dsp_test.h"

enum { MAX = AW_FFT_MAX };
static float x[2 * MAX], y[2 * MAX], z[2 * MAX];
static double want[2 * MAX];

/* The sum of the header, in double; the angle index is reduced exactly. */
static void dft(const float *in, double *out, size_t n, size_t n_out, bool complex_input) {
    static double c[MAX], s[MAX];
    for (size_t i = 0; i < n; i++) {
        c[i] = cos(2 * PI * (double)i / (double)n);
        s[i] = sin(2 * PI * (double)i / (double)n);
    }
    for (size_t k = 0; k < n_out; k++) {
        double re = 0, im = 0;
        for (size_t i = 0; i < n; i++) {
            size_t at = i * k % n;
            double a = (double)(complex_input ? in[2 * i] : in[i]);
            double b = complex_input ? (double)in[2 * i + 1] : 0;
            re += a * c[at] + b * s[at];
            im += b * c[at] - a * s[at];
        }
        out[2 * k] = re;
        out[2 * k + 1] = im;
    }
}

static void definition(void) {
    for (size_t n = AW_FFT_MIN; n <= MAX; n *= 2) {
        struct aw_arena a;
        struct aw_fft f;
        arena_fresh(&a);
        CHECK_INT(aw_fft_init(&f, &a, n), AW_OK);
        for (size_t i = 0; i < 2 * n; i++) x[i] = (float)noise_gauss(n, i);
        dft(x, want, n, n, true);
        aw_fft_run(&f, x, y);
        CHECK_SNR(y, want, 2 * n, 125);
        aw_fft_inverse(&f, y, z);
        for (size_t i = 0; i < 2 * n; i++) want[i] = (double)x[i];
        CHECK_SNR(z, want, 2 * n, 125);
        if (n < 2 * AW_FFT_MIN) continue;
        struct aw_rfft r;
        CHECK_INT(aw_rfft_init(&r, &a, n), AW_OK);
        dft(x, want, n, n / 2 + 1, false);
        aw_rfft_run(&r, x, y);
        CHECK_SNR(y, want, n + 2, 125);
        CHECK(y[1] == 0 && y[n + 1] == 0);
    }
}

/* Impulse gives a line, DC a single bin, shift a phase ramp; energy stays (Parseval); linear. */
static void laws(void) {
    struct aw_arena a;
    struct aw_fft f;
    enum { N = 128, AT = 5 };
    arena_fresh(&a);
    CHECK_INT(aw_fft_init(&f, &a, N), AW_OK);
    memset(x, 0, sizeof x);
    x[2 * AT] = 1;
    aw_fft_run(&f, x, y);
    for (size_t k = 0; k < N; k++) {
        CHECK_NEAR(y[2 * k], cos(2 * PI * AT * (double)k / N), 1e-6);
        CHECK_NEAR(y[2 * k + 1], -sin(2 * PI * AT * (double)k / N), 1e-6);
    }
    for (size_t i = 0; i < N; i++) x[2 * i] = 1;
    x[2 * AT] = 1;
    aw_fft_run(&f, x, y);
    for (size_t k = 0; k < 2 * N; k++) CHECK_NEAR(y[k], k == 0 ? N : 0, 1e-5);
    double in = 0, out = 0;
    for (size_t i = 0; i < 2 * N; i++) x[i] = (float)noise_gauss(3, i);
    aw_fft_run(&f, x, y);
    for (size_t i = 0; i < 2 * N; i++) {
        in += (double)x[i] * (double)x[i];
        out += (double)y[i] * (double)y[i] / N;
        x[i] *= -2;
    }
    CHECK_NEAR(out / in, 1, 1e-6);
    aw_fft_run(&f, x, z);
    for (size_t i = 0; i < 2 * N; i++) CHECK(z[i] == -2 * y[i]);
}

static void refusals(void) {
    struct aw_fft f;
    struct aw_rfft r;
    const size_t bad[] = {0, 1, 2, 3, 5, 6, 12, 1000, 4095, 4097, 8192, SIZE_MAX};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_REFUSED(aw_fft_init(&f, &a, bad[i]));
        CHECK_REFUSED(aw_rfft_init(&r, &a, bad[i]));
    }
    CHECK_REFUSED(aw_rfft_init(&r, &a, 4));
    CHECK_ARENA(aw_fft_init(&f, &a, 64));
    CHECK_ARENA(aw_rfft_init(&r, &a, 32));
}

int main(void) {
    definition();
    laws();
    refusals();
    return test_end();
}
