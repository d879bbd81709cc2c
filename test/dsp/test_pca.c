#include "dsp/eigen.h"
#include "dsp/pca.h"
#include "dsp_test.h"

enum { N = 40, R = 3, T = 600 };
static float x[T][2 * N];
static double cov[2 * N * N], kept[2 * N * N], v[2 * N * N], w[N];

/* Three sources of falling strength in noise, on a static channel a hundred times larger. */
static void fill(bool complex_input, unsigned stream) {
    for (unsigned t = 0; t < T; t++) {
        for (unsigned k = 0; k < N; k++) {
            double re = 100, im = -50;
            for (unsigned s = 0; s < R; s++) {
                double amplitude = noise_gauss(stream + s, t) * (R - s);
                double phase = 2 * PI * noise_uniform(stream + 10 + s, k);
                re += amplitude * cos(phase);
                im += amplitude * sin(phase);
            }
            re += 0.3 * noise_gauss(stream + 20, t * N + k);
            im += 0.3 * noise_gauss(stream + 21, t * N + k);
            if (complex_input) {
                x[t][2 * k] = (float)re;
                x[t][2 * k + 1] = (float)im;
            } else {
                x[t][k] = (float)re;
            }
        }
    }
}

/* Exponentially weighted covariance in double by the recursion's meaning: weights of each push. */
static void covariance(bool complex_input, double memory) {
    double weight[T], mean[2 * N] = {0};
    for (unsigned t = 0; t < T; t++) {
        double alpha = fmax(1.0 / (t + 1), 1 / memory);
        for (unsigned u = 0; u < t; u++) weight[u] *= 1 - alpha;
        weight[t] = alpha;
    }
    unsigned width = complex_input ? 2 : 1;
    for (unsigned t = 0; t < T; t++) {
        for (unsigned i = 0; i < N; i++) {
            mean[2 * i] += weight[t] * (double)x[t][width * i];
            if (complex_input) mean[2 * i + 1] += weight[t] * (double)x[t][2 * i + 1];
        }
    }
    memset(cov, 0, sizeof cov);
    for (unsigned t = 0; t < T; t++) {
        double d[2 * N];
        for (unsigned i = 0; i < N; i++) {
            d[2 * i] = (double)x[t][width * i] - mean[2 * i];
            d[2 * i + 1] = complex_input ? (double)x[t][2 * i + 1] - mean[2 * i + 1] : 0;
        }
        for (unsigned i = 0; i < N; i++) {
            for (unsigned j = 0; j < N; j++) {
                double *to = cov + 2 * (i * N + j);
                to[0] += weight[t] * (d[2 * i] * d[2 * j] + d[2 * i + 1] * d[2 * j + 1]);
                to[1] += weight[t] * (d[2 * i + 1] * d[2 * j] - d[2 * i] * d[2 * j + 1]);
            }
        }
    }
}

static void definition(void) {
    const float memories[] = {200, 1e6F};
    for (int c = 0; c < 2; c++) {
        for (int m = 0; m < 2; m++) {
            struct aw_arena a;
            struct aw_pca p;
            unsigned width = c ? 2 : 1;
            arena_fresh(&a);
            CHECK_INT(aw_pca_init(&p, &a, N, R, c, memories[m]), AW_OK);
            for (int round = 0; round < 2; round++) {
                fill(c, 30 + (unsigned)c);
                for (unsigned t = 0; t < T; t++) aw_pca_push(&p, x[t]);
                covariance(c, (double)memories[m]);
                static float got[2 * N * N];
                static double want[2 * N * N];
                size_t values = 0;
                for (unsigned i = 0; i < N; i++) {
                    for (unsigned j = 0; j <= i; j++) {
                        got[values] = (float)((double)p.acc_re[i * N + j] / p.growth);
                        want[values++] = cov[2 * (i * N + j)];
                        if (!c) continue;
                        got[values] = (float)((double)p.acc_im[i * N + j] / p.growth);
                        want[values++] = cov[2 * (i * N + j) + 1];
                    }
                }
                CHECK_SNR(got, want, values, 90);
                memcpy(kept, cov, sizeof kept);
                aw_eigen_run(cov, v, w, N);
                aw_pca_solve(&p, 8);
                for (unsigned e = 0; e < R; e++) {
                    CHECK_NEAR(p.value[e] / (float)w[e], 1, 1e-4);
                    double re = 0, im = 0, norm = 0;
                    for (unsigned k = 0; k < N; k++) {
                        double p_re = (double)p.vector[(e * N + k) * width];
                        double p_im = c ? (double)p.vector[(e * N + k) * 2 + 1] : 0;
                        re += p_re * v[2 * (e * N + k)] + p_im * v[2 * (e * N + k) + 1];
                        im += p_re * v[2 * (e * N + k) + 1] - p_im * v[2 * (e * N + k)];
                        norm += p_re * p_re + p_im * p_im;
                    }
                    CHECK_NEAR(norm, 1, 1e-5);
                    CHECK_NEAR(hypot(re, im), 1, 1e-5);
                    if (e == 0) {
                        printf("vector 0: 1 - |cos| %.1g\n", fabs(1 - hypot(re, im)));
                    }
                }
                aw_pca_reset(&p);
            }
        }
    }
}

/* Projections are uncorrelated and have the eigenvalues as power; a vector keeps its phase from
 * solve to solve; nothing but a constant has no components; rank 1 is no trouble; long runs stay
 * finite and normal. */
static void laws(void) {
    struct aw_arena a;
    struct aw_pca p;
    arena_fresh(&a);
    CHECK_INT(aw_pca_init(&p, &a, N, R, true, 1e6F), AW_OK);
    for (unsigned t = 0; t < 100; t++) aw_pca_push(&p, x[0]);
    aw_pca_solve(&p, 3);
    CHECK_NEAR(p.value[0], 0, 1e-6);
    aw_pca_reset(&p);
    fill(true, 60);
    for (unsigned t = 0; t < T; t++) aw_pca_push(&p, x[t]);
    aw_pca_solve(&p, 8);
    double power[R] = {0}, cross_re = 0, cross_im = 0;
    for (unsigned t = 0; t < T; t++) {
        float y[2 * R];
        aw_pca_project(&p, x[t], y);
        for (unsigned e = 0; e < R; e++) {
            power[e] += (double)(y[2 * e] * y[2 * e] + y[2 * e + 1] * y[2 * e + 1]) / T;
        }
        cross_re += (double)(y[0] * y[2] + y[1] * y[3]) / T;
        cross_im += (double)(y[0] * y[3] - y[1] * y[2]) / T;
    }
    for (unsigned e = 0; e < R; e++) CHECK_NEAR(power[e] / (double)p.value[e], 1, 1e-3);
    CHECK(hypot(cross_re, cross_im) < 1e-3 * power[0]);
    static float before[2 * R * N];
    memcpy(before, p.vector, sizeof before);
    for (unsigned t = 0; t < 20; t++) {
        aw_pca_push(&p, x[t]);
        aw_pca_solve(&p, 1);
    }
    for (unsigned i = 0; i < 2 * N; i++) CHECK_NEAR(p.vector[i], before[i], 0.05);
    memcpy(before, p.vector, sizeof before);
    for (unsigned i = 0; i < N; i++) { /* turned by e^{2j}: the next one keeps that */
        double re = (double)before[2 * i], im = (double)before[2 * i + 1];
        p.vector[2 * i] = (float)(re * cos(2) - im * sin(2));
        p.vector[2 * i + 1] = (float)(re * sin(2) + im * cos(2));
    }
    memcpy(before, p.vector, sizeof before);
    aw_pca_solve(&p, 4);
    for (unsigned i = 0; i < 2 * N; i++) CHECK_NEAR(p.vector[i], before[i], 0.02);

    CHECK_INT(aw_pca_init(&p, &a, N, R, false, 50), AW_OK);
    for (unsigned t = 0; t < 40000; t++) {
        float one[N];
        for (unsigned k = 0; k < N; k++) {
            one[k] = t < 2000 ? (float)noise_gauss(70, t) * (k % 2 ? 1.0F : -2.0F) : 7;
        }
        aw_pca_push(&p, one);
        for (unsigned i = 0; i < N * N && t % 100 == 0; i++) {
            CHECK(p.acc_re[i] == 0 || isnormal(p.acc_re[i]));
        }
        if (t != 1999) continue;
        aw_pca_solve(&p, 2);
        CHECK(p.value[0] > 50 && p.value[1] < 1e-4F * p.value[0]);
        CHECK_NEAR(p.vector[0] / p.vector[1], -2, 1e-3);
    }
    aw_pca_solve(&p, 2);
    CHECK(p.value[0] >= 0 && p.value[0] < 1e-9F);
    for (unsigned i = 0; i < N * N; i++) CHECK(p.acc_re[i] == 0 || isnormal(p.acc_re[i]));
}

static void refusals(void) {
    struct aw_pca p;
    CHECK_REFUSED(aw_pca_init(&p, &a, 0, 1, true, 50));
    CHECK_REFUSED(aw_pca_init(&p, &a, 1025, 1, true, 50));
    CHECK_REFUSED(aw_pca_init(&p, &a, 10, 0, true, 50));
    CHECK_REFUSED(aw_pca_init(&p, &a, 10, AW_PCA_MAX_R + 1, true, 50));
    CHECK_REFUSED(aw_pca_init(&p, &a, 2, 3, true, 50));
    const float bad[] = {0, 1.9F, -1, NAN, INFINITY};
    for (int i = 0; i < 5; i++) CHECK_REFUSED(aw_pca_init(&p, &a, 10, 2, true, bad[i]));
    CHECK_ARENA(aw_pca_init(&p, &a, 3, 2, true, 50));
    CHECK_ARENA(aw_pca_init(&p, &a, 3, 2, false, 50));
}

int main(void) {
    definition();
    laws();
    refusals();
    return test_end();
}
