#include "base/units.h"
#include "dsp/kalman.h"
#include "dsp_test.h"

static const struct aw_kalman_config OPEN = {1e-4, 0.05, 1e9, 3, 1e9};

static struct aw_kalman make(struct aw_kalman_config c) {
    struct aw_kalman f = {0};
    CHECK_INT(aw_kalman_init(&f, &c), AW_OK);
    return f;
}

static int64_t time_of(unsigned i) {
    return (int64_t)((i + 0.8 * noise_uniform(9, i)) * 1e9);
}

/* Against the best linear estimate itself: with r(t) a Gaussian process of the model's covariance,
 * the filter's rate and variance are the conditional mean and variance given all measurements,
 * by solving the full system (no recursion). */
static void definition(void) {
    enum { M = 12 };
    const double q = OPEN.q, d2 = OPEN.drift_std * OPEN.drift_std, v0 = 0.01;
    struct aw_kalman f = make(OPEN);
    double t[M], z[M], v[M];
    for (unsigned n = 0; n < M; n++) {
        t[n] = 1e-9 * (double)(time_of(n) - time_of(0));
        z[n] = 0.25 + 0.1 * noise_gauss(1, n);
        v[n] = n ? 0.002 + 0.01 * noise_uniform(2, n) : v0;
        CHECK_INT(aw_kalman_push(&f, time_of(n), z[n], v[n]),
                  n ? AW_KALMAN_USED : AW_KALMAN_STARTED);
        /* Rate = z[0] + e, e of variance v0, + drift t + integrated noise. Unknown deviation from
         * z[0] at times s, t: v0 + d2 s t + q (s^2 (3 t - s) / 6), s <= t. */
        double m[M][M + 1] = {{0}}, c[M], at = t[n];
        for (unsigned i = 1; i <= n; i++) {
            for (unsigned j = 1; j <= n; j++) {
                double s = fmin(t[i], t[j]), u = fmax(t[i], t[j]);
                m[i][j] = v0 + d2 * s * u + q * s * s * (3 * u - s) / 6 + (i == j ? v[i] : 0);
            }
            double s = t[i];
            c[i] = v0 + d2 * s * at + q * s * s * (3 * at - s) / 6;
        }
        double mean = z[0], var = v0 + d2 * at * at + q * at * at * at / 3;
        for (int second = 0; second < 2; second++) { /* solve M y = z - z0, then M y = c */
            double w[M][M + 1];
            memcpy(w, m, sizeof w);
            for (unsigned i = 1; i <= n; i++) w[i][0] = second ? c[i] : z[i] - z[0];
            for (unsigned p = 1; p <= n; p++) {
                for (unsigned i = 1; i <= n; i++) {
                    double g = i == p ? 0 : w[i][p] / w[p][p];
                    for (unsigned j = 0; j <= n; j++) w[i][j] -= g * w[p][j];
                }
            }
            for (unsigned i = 1; i <= n; i++) {
                double y = w[i][0] / w[i][i];
                if (second) var -= c[i] * y;
                if (!second) mean += c[i] * y;
            }
        }
        struct aw_kalman_state s = aw_kalman_read(&f, time_of(n));
        CHECK_NEAR(s.rate, mean, 1e-9);
        CHECK_NEAR(s.rate_std * s.rate_std / var, 1, 1e-6);
    }
}

/* Its own variance is true: the normalised squared error averages 1 on data of the model; right
 * measurements would be refused as often as the gate says. */
static void consistency(void) {
    enum { RUNS = 400, T = 100 };
    struct aw_kalman_config c = OPEN;
    double error = 0, refused = 0;
    for (unsigned run = 0; run < RUNS; run++) {
        struct aw_kalman f = make(c);
        double rate = 0.3, drift = c.drift_std * noise_gauss(run, 0), r = 0.02 * 0.02;
        for (unsigned i = 0; i < T; i++) {
            double a = noise_gauss(run, 4 * i + 1), b = noise_gauss(run, 4 * i + 2);
            if (i) { /* dt = 1: a step of covariance Q */
                rate += drift + sqrt(c.q / 3) * a;
                drift += sqrt(c.q) * (sqrt(0.75) * a + 0.5 * b);
            }
            double z = rate + sqrt(r) * noise_gauss(run, 4 * i + 3);
            struct aw_kalman_state before = aw_kalman_read(&f, i * AW_S);
            double innovation = z - before.rate, var = before.rate_std * before.rate_std + r;
            refused += i > 0 && innovation * innovation > 6.63 * var;
            aw_kalman_push(&f, i * AW_S, z, r);
        }
        struct aw_kalman_state s = aw_kalman_read(&f, (T - 1) * AW_S);
        error += pow((s.rate - rate) / s.rate_std, 2) / RUNS;
    }
    printf("mean normalised squared error %.3f, refused %.4f\n", error, refused / (RUNS * (T - 1)));
    CHECK_NEAR(error, 1, 0.25);
    CHECK_NEAR(refused / (RUNS * (T - 1)), 0.01, 0.003);
}

/* Outliers do not matter; a jump that stays is followed after `lost`; a long gap starts anew. */
static void gate(void) {
    struct aw_kalman_config c = {1e-6, 0.01, 10.83, 4, 0.01};
    struct aw_kalman f = make(c);
    CHECK(!aw_kalman_read(&f, 0).known);
    int64_t t = 0;
    for (unsigned i = 0; i < 50; i++, t += AW_S) {
        bool wild = i % 10 == 5;
        enum aw_kalman_use use = aw_kalman_push(&f, t, wild ? 2 : 0.25, 1e-4);
        CHECK_INT(use, i == 0 ? AW_KALMAN_STARTED : wild ? AW_KALMAN_REFUSED : AW_KALMAN_USED);
    }
    CHECK_NEAR(aw_kalman_read(&f, t).rate, 0.25, 1e-6);
    for (unsigned i = 0; i < 6; i++, t += AW_S) {
        CHECK_INT(aw_kalman_push(&f, t, 0.4, 1e-4), i < 3    ? AW_KALMAN_REFUSED
                                                    : i == 3 ? AW_KALMAN_STARTED
                                                             : AW_KALMAN_USED);
    }
    CHECK_NEAR(aw_kalman_read(&f, t).rate, 0.4, 1e-6);
    CHECK_INT(aw_kalman_push(&f, t, (double)NAN, 1e-4), AW_KALMAN_REFUSED);
    CHECK_INT(aw_kalman_push(&f, t, 0.4, 0), AW_KALMAN_REFUSED);
    CHECK_INT(aw_kalman_push(&f, t, 0.4, -1), AW_KALMAN_REFUSED);
    CHECK_INT(aw_kalman_push(&f, t - 10 * AW_S, 0.4, 1e-4), AW_KALMAN_REFUSED);
    CHECK_NEAR(aw_kalman_read(&f, t).rate, 0.4, 1e-6);
    t += 3600 * AW_S;
    CHECK(!aw_kalman_read(&f, t).known && isnan(aw_kalman_read(&f, t).rate));
    CHECK_INT(aw_kalman_push(&f, t, 0.2, 1e-4), AW_KALMAN_STARTED);
    aw_kalman_reset(&f);
    struct aw_kalman fresh = make(c);
    CHECK(!f.known && f.rate == fresh.rate && f.p00 == fresh.p00 && f.t_ns == fresh.t_ns);
}

/* A steady ramp is followed without lag. */
static void ramp(void) {
    struct aw_kalman f = make(OPEN);
    for (int i = 0; i < 200; i++) aw_kalman_push(&f, i * AW_S, 0.2 + 0.003 * i, 1e-4);
    struct aw_kalman_state s = aw_kalman_read(&f, 210 * AW_S);
    CHECK_NEAR(s.rate, 0.2 + 0.003 * 210, 1e-6);
    CHECK_NEAR(s.drift, 0.003, 1e-7);
}

static void refusals(void) {
    struct aw_kalman f;
    struct aw_kalman_config c;
    const double bad[] = {0, -1, (double)NAN, (double)INFINITY};
    for (int i = 0; i < 4; i++) {
        c = OPEN;
        c.q = bad[i];
        CHECK_INT(aw_kalman_init(&f, &c), AW_ERR_INVAL);
        c = OPEN;
        c.drift_std = bad[i];
        CHECK_INT(aw_kalman_init(&f, &c), AW_ERR_INVAL);
        c = OPEN;
        c.gate = bad[i];
        CHECK_INT(aw_kalman_init(&f, &c), AW_ERR_INVAL);
        c = OPEN;
        c.limit_var = bad[i];
        CHECK_INT(aw_kalman_init(&f, &c), i < 3 ? AW_ERR_INVAL : AW_OK);
    }
    c = OPEN;
    c.lost = 0;
    CHECK_INT(aw_kalman_init(&f, &c), AW_ERR_INVAL);
}

int main(void) {
    definition();
    consistency();
    gate();
    ramp();
    refusals();
    return test_end();
}
