#include "dsp/increments.h"
#include "noise.h"
#include "test.h"

enum { N = 4000 };
static float x[N];
static int64_t t[N];
static const int64_t MS = 1000000;

static void times(int64_t step, double jitter) {
    for (unsigned i = 0; i < N; i++) {
        t[i] = i * step + (int64_t)(jitter * (double)step * noise_uniform(9, i));
    }
}

/* x alone in rows of four, the rest never looked at. */
static double alone(size_t n, const int64_t *lag, size_t n_lags) {
    static float rows[N * 4];
    for (size_t i = 0; i < n; i++) {
        for (size_t w = 0; w < 4; w++)
            rows[4 * i + w] = w ? (float)noise_gauss(77, 4 * i + w) : x[i];
    }
    return (double)aw_increments_run(rows, 1, t, n, 60 * MS, lag, n_lags);
}

static double share_at(size_t n, int64_t lag_ms) {
    int64_t lag = lag_ms * MS;
    return alone(n, &lag, 1);
}

static double share(void) {
    return share_at(N, 400);
}

/* The textbook sums on a uniform grid. */
static void definition(void) {
    times(10 * MS, 0);
    for (unsigned i = 0; i < N; i++) x[i] = (float)(noise_gauss(1, i) + sin(i * 0.05));
    double near = 0, far = 0;
    for (unsigned i = 1; i < N; i++) near += pow((double)x[i] - (double)x[i - 1], 2) / (N - 1);
    for (unsigned i = 40; i < N; i++) far += pow((double)x[i] - (double)x[i - 40], 2) / (N - 40);
    /* The first 10 pairs may be as short as 0.3 s: 1/400 of the pairs. */
    CHECK_NEAR(share(), 1 - near / far, 2e-3);
}

/* White noise 0; motion of SNR r gives r / (1 + r); a slow drift changes nothing; offset and scale
 * neither; alternation is negative; irregular times give the same. */
static void laws(void) {
    for (int jitter = 0; jitter < 2; jitter++) {
        times(10 * MS, jitter * 0.8);
        for (unsigned i = 0; i < N; i++) x[i] = (float)noise_gauss(2, i);
        CHECK_NEAR(share(), 0, 4 / sqrt(N));
        for (unsigned i = 0; i < N; i++) x[i] += 0.02F * (float)i; /* 2 std per second */
        CHECK_NEAR(share(), 0, 0.27); /* an autocorrelation gives 0.99 */
        for (unsigned i = 0; i < N; i++) {
            x[i] = (float)(noise_gauss(2, i) +
                           sqrt(2.0) * sin(6.6 * 2 * 3.14159 * (double)t[i] / 1e9));
        }
        double plain = share();
        CHECK_NEAR(plain, 0.5, 0.15);
        for (unsigned i = 0; i < N; i++) x[i] = 7 - 3 * x[i];
        CHECK_NEAR(share(), plain, 1e-4);
    }
    times(10 * MS, 0);
    for (unsigned i = 0; i < N; i++) x[i] = i % 2 ? 1.0F : -1.0F;
    CHECK(!(share() > -1)); /* D(0.4 s) of an alternation over an even lag is 0 */
    for (unsigned i = 0; i < N; i++) x[i] = 3;
    CHECK(share() == 0);
}

/* A motion with the period of one lag is seen at the others. */
static void several_lags(void) {
    int64_t lags[] = {400 * MS, 230 * MS, 310 * MS};
    times(10 * MS, 0);
    for (unsigned i = 0; i < N; i++) {
        x[i] = (float)(0.5 * noise_gauss(4, i) + sin(2 * 3.14159265 * 2.5 * (double)t[i] / 1e9));
    }
    CHECK(share() < 0.1);
    double mean = 0;
    for (int l = 0; l < 3; l++) {
        double d = 0;
        for (unsigned i = (unsigned)(lags[l] / t[1]); i < N; i++) {
            d += pow((double)x[i] - (double)x[i - (unsigned)(lags[l] / t[1])], 2) / N;
        }
        mean += d / 3;
    }
    double near = 0;
    for (unsigned i = 1; i < N; i++) near += pow((double)x[i] - (double)x[i - 1], 2) / N;
    double got = alone(N, lags, 3);
    CHECK_NEAR(got, 1 - near / mean, 0.01);
    CHECK(got > 0.5);
}

/* Series side by side: the mean of each alone, however many. */
static void side_by_side(void) {
    enum { SHORT = 400, MOST = 17 };
    static float rows[SHORT * 20];
    const int64_t lags[] = {230 * MS, 370 * MS, 510 * MS};
    times(10 * MS, 0.8);
    CHECK_INT(aw_increments_stride(MOST), 20);
    for (size_t width = 1; width <= MOST; width++) {
        size_t stride = aw_increments_stride(width);
        double sum = 0;
        for (unsigned w = 0; w < width; w++) {
            for (unsigned i = 0; i < SHORT; i++) {
                x[i] = w == 3 ? 5 : (float)(noise_gauss(20 + w, i) + w * sin(0.2 * i));
                rows[i * stride + w] = x[i];
            }
            sum += alone(SHORT, lags, 3);
        }
        CHECK_NEAR((double)aw_increments_run(rows, width, t, SHORT, 60 * MS, lags, 3),
                   sum / (double)width, 1e-6);
    }
}

/* Across a gap nothing is paired as neighbours; too short a series has no pairs. */
static void gaps(void) {
    times(10 * MS, 0);
    for (unsigned i = 0; i < N; i++) x[i] = (float)noise_gauss(3, i);
    for (unsigned i = N / 2; i < N; i++) {
        t[i] += 1000 * MS;
        x[i] += 100;
    }
    CHECK_NEAR(share(), 0, 5 / sqrt(N));
    CHECK(isnan(share_at(20, 400)));
    CHECK(isnan(share_at(0, 400)));
}

int main(void) {
    definition();
    laws();
    several_lags();
    side_by_side();
    gaps();
    return test_end();
}
