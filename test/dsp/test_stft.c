#include "dsp/stft.h"
#include "dsp_test.h"

enum { N = 64 };

static struct aw_stft make(struct aw_arena *a, size_t n, size_t hop, float fs, bool zero_mean) {
    struct aw_stft s = {0};
    arena_fresh(a);
    CHECK_INT(aw_stft_init(&s, a, n, hop, fs, zero_mean), AW_OK);
    return s;
}

/* Each column against the sum of the header over the last n samples. */
static void definition(void) {
    enum { HOP = 20, LONG = 300, FS = 100 };
    struct aw_arena a;
    float x[LONG][2];
    double want[N];
    for (int zero_mean = 0; zero_mean < 2; zero_mean++) {
        struct aw_stft s = make(&a, N, HOP, FS, zero_mean);
        for (int round = 0; round < 2; round++) {
            int columns = 0;
            for (unsigned t = 0; t < LONG; t++) {
                x[t][0] = (float)(noise_gauss(1, t) + 3 * cos(1.1 * t) + 2);
                x[t][1] = (float)(noise_gauss(2, t) + 3 * sin(1.1 * t));
                bool ready = aw_stft_push(&s, x[t][0], x[t][1]);
                CHECK(ready == (t >= N - 1 && (t - N + 1) % HOP == 0));
                if (!ready) continue;
                columns++;
                double mean[2] = {0, 0}, w[N], ww = 0;
                for (unsigned i = 0; i < N; i++) {
                    w[i] = pow(sin(PI * i / N), 2);
                    ww += w[i] * w[i];
                    mean[0] += w[i] * (double)x[t - N + 1 + i][0] / (N / 2) * zero_mean;
                    mean[1] += w[i] * (double)x[t - N + 1 + i][1] / (N / 2) * zero_mean;
                }
                for (int k = -N / 2; k < N / 2; k++) {
                    double re = 0, im = 0;
                    for (unsigned i = 0; i < N; i++) {
                        double p = w[i] * ((double)x[t - N + 1 + i][0] - mean[0]);
                        double q = w[i] * ((double)x[t - N + 1 + i][1] - mean[1]);
                        double c = cos(2 * PI * k * i / N), d = -sin(2 * PI * k * i / N);
                        re += p * c - q * d;
                        im += p * d + q * c;
                    }
                    want[k + N / 2] = (re * re + im * im) / (FS * ww);
                }
                double snr = snr_db(s.density, want, N);
                CHECK(snr > 110);
                if (columns == 1) printf("snr %.1f dB\n", snr);
                if (zero_mean) CHECK(s.density[N / 2] < 1e-10F);
            }
            CHECK_INT(columns, (LONG - N) / HOP + 1);
            aw_stft_reset(&s);
        }
    }
}

/* A moving target appears on its side only; density of white noise is variance / fs. */
static void laws(void) {
    struct aw_arena a;
    struct aw_stft s = make(&a, N, N, 200, false);
    for (int sign = -1; sign <= 1; sign += 2) {
        for (unsigned t = 0; t < N; t++) {
            double angle = sign * 2 * PI * 10 / N * t;
            bool ready = aw_stft_push(&s, (float)cos(angle), (float)sin(angle));
            CHECK(ready == (t == N - 1));
        }
        double power = 0;
        for (int i = 0; i < N; i++) {
            power += (double)s.density[i] * 200 / N;
            int off = abs(i - (N / 2 + sign * 10));
            if (off > 1) CHECK(s.density[i] < 1e-10F);
            if (off == 1) CHECK_NEAR(s.density[i] / s.density[N / 2 + sign * 10], 0.25, 1e-4);
        }
        CHECK_NEAR(power, 1, 1e-5);
    }
    double mean[N] = {0};
    for (unsigned t = 0; t < N * 2000; t++) {
        float re = (float)noise_gauss(3, t), im = (float)noise_gauss(4, t);
        if (!aw_stft_push(&s, re, im)) continue;
        for (int i = 0; i < N; i++) mean[i] += (double)s.density[i] / 2000;
    }
    for (int i = 0; i < N; i++) CHECK_NEAR(mean[i] * 200 / 2, 1, 0.12);
}

static void refusals(void) {
    struct aw_stft s;
    const size_t bad_n[] = {0, 4, 7, 12, 8192};
    for (int i = 0; i < 5; i++) CHECK_REFUSED(aw_stft_init(&s, &a, bad_n[i], 4, 100, false));
    CHECK_REFUSED(aw_stft_init(&s, &a, 16, 0, 100, false));
    CHECK_REFUSED(aw_stft_init(&s, &a, 16, 17, 100, false));
    const float bad[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++) CHECK_REFUSED(aw_stft_init(&s, &a, 16, 4, bad[i], false));
    CHECK_ARENA(aw_stft_init(&s, &a, 16, 4, 100, false));
}

int main(void) {
    definition();
    laws();
    refusals();
    return test_end();
}
