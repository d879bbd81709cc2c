#include "dsp/select.h"
#include "dsp_test.h"

enum { MAX = 300 };
static float x[MAX], scratch[MAX];

/* Variance within the classes x <= t and x > t. */
static double within(size_t n, double t) {
    double sum = 0;
    for (int side = 0; side < 2; side++) {
        double mean = 0, count = 0;
        for (size_t i = 0; i < n; i++) {
            if (((double)x[i] > t) != side) continue;
            count++;
            mean += (double)x[i];
        }
        for (size_t i = 0; i < n && count > 0; i++) {
            if (((double)x[i] > t) == side) sum += pow((double)x[i] - mean / count, 2);
        }
    }
    return sum;
}

/* No value as threshold leaves less variance, for any sort of data. */
static void definition(void) {
    for (unsigned set = 0; set < 200; set++) {
        size_t n = 1 + (size_t)(noise_uniform(1, set) * (set % 2 ? 12 : MAX - 1));
        for (unsigned i = 0; i < n; i++) {
            double g = noise_gauss(set + 10, i);
            x[i] = (float)(set % 3 == 0 ? round(2 * g) : g + (i % 3 ? 0 : 4));
        }
        struct aw_split s = aw_select_split(x, n, scratch);
        double got = within(n, (double)s.threshold), best = got;
        size_t above = 0;
        for (size_t i = 0; i < n; i++) {
            best = fmin(best, within(n, (double)x[i]));
            above += x[i] > s.threshold;
            if (i) CHECK(scratch[i] >= scratch[i - 1]);
        }
        CHECK(got <= best * (1 + 1e-9) + 1e-12);
        CHECK_INT(s.upper, above);
        double all = within(n, 1e9);
        if (all > 0) CHECK_NEAR(s.share, 1 - got / all, 1e-6);
    }
}

static void laws(void) {
    for (unsigned i = 0; i < MAX; i++) x[i] = 3;
    struct aw_split s = aw_select_split(x, MAX, scratch);
    CHECK(s.threshold == 3 && s.upper == 0 && s.share == 0);
    /* 18 of 56 sensitive at six times the ratio, log-normal spread 0.4: F1 as a labelled check. */
    double f1 = 0;
    for (unsigned round = 0; round < 200; round++) {
        double hit = 0, wrong = 0;
        for (unsigned i = 0; i < 56; i++) {
            x[i] = (float)(0.4 * noise_gauss(900 + round, i) + (i < 18 ? log(6) : 0));
        }
        s = aw_select_split(x, 56, scratch);
        for (unsigned i = 0; i < 56; i++) {
            bool upper = x[i] > s.threshold;
            hit += upper && i < 18;
            wrong += upper != (i < 18);
        }
        f1 += 2 * hit / (2 * hit + wrong) / 200;
    }
    printf("F1 %.3f\n", f1);
    CHECK(f1 > 0.96);
    for (unsigned i = 0; i < MAX; i++) x[i] = (float)noise_gauss(5, i);
    CHECK_NEAR(aw_select_split(x, MAX, scratch).share, 2 / PI, 0.06);
    for (unsigned i = 0; i < MAX; i++) x[i] = (float)noise_uniform(5, i);
    CHECK_NEAR(aw_select_split(x, MAX, scratch).share, 0.75, 0.05);
    x[0] = 1; /* neighbouring floats are still parted */
    x[1] = nextafterf(1, 2);
    s = aw_select_split(x, 2, scratch);
    CHECK(s.upper == 1 && s.threshold >= x[0] && s.threshold < x[1]);
}

/* The weights give s back, with the ratio promised, and no other weights do better. */
static void combine(void) {
    enum { N = 20 };
    float gain[N], noise[N], w[N];
    for (unsigned k = 0; k < N; k++) {
        gain[k] = (float)noise_gauss(7, k);
        noise[k] = (float)(0.1 + noise_uniform(8, k));
    }
    float ratio = aw_select_combine(gain, noise, N, w);
    for (unsigned trial = 0; trial < 200; trial++) {
        double signal = 0, power = 0;
        for (unsigned k = 0; k < N; k++) {
            double v = (double)w[k] * (1 + (trial ? 0.1 * noise_gauss(trial + 50, k) : 0));
            signal += v * (double)gain[k];
            power += v * v * (double)noise[k];
        }
        double got = signal * signal / power;
        if (trial == 0) CHECK_NEAR(signal, 1, 1e-5);
        if (trial == 0) CHECK_NEAR(got / (double)ratio, 1, 1e-5);
        if (trial > 0) CHECK(got < (double)ratio);
    }
    double check = 0;
    for (unsigned k = 0; k < N; k++) check += pow((double)gain[k], 2) / (double)noise[k];
    CHECK_NEAR(ratio / (float)check, 1, 1e-5);
    noise[0] = 0, noise[1] = NAN, noise[2] = INFINITY, noise[3] = -1, gain[4] = NAN;
    CHECK(aw_select_combine(gain, noise, N, w) > 0);
    for (unsigned k = 0; k < N; k++) CHECK((w[k] == 0) == (k < 5));
    memset(gain, 0, sizeof gain);
    CHECK(aw_select_combine(gain, noise, N, w) == 0 && w[9] == 0);
}

int main(void) {
    definition();
    laws();
    combine();
    return test_end();
}
