#include "dsp/eigen.h"
#include "dsp_test.h"

enum { MAX = 16 };
static double a[2 * MAX * MAX], kept[2 * MAX * MAX], v[2 * MAX * MAX], w[MAX];

/* |A v - w v| and |V^H V - 1|, relative to the largest eigenvalue. */
static double residual(size_t n) {
    double worst = 0, scale = fmax(fabs(w[0]), fabs(w[n - 1])) + 1e-300;
    for (size_t e = 0; e < n; e++) {
        for (size_t i = 0; i < n; i++) {
            double re = -w[e] * v[2 * (e * n + i)], im = -w[e] * v[2 * (e * n + i) + 1];
            double dot_re = i == e ? -1 : 0, dot_im = 0;
            for (size_t j = 0; j < n; j++) {
                const double *x = kept + 2 * (i * n + j), *y = v + 2 * (e * n + j);
                const double *z = v + 2 * (i * n + j);
                re += x[0] * y[0] - x[1] * y[1];
                im += x[0] * y[1] + x[1] * y[0];
                dot_re += z[0] * y[0] + z[1] * y[1];
                dot_im += z[0] * y[1] - z[1] * y[0];
            }
            worst = fmax(worst, hypot(re, im) / scale);
            worst = fmax(worst, hypot(dot_re, dot_im));
        }
    }
    return worst;
}

static void definition(void) {
    double worst = 0;
    for (unsigned round = 0; round < 200; round++) {
        size_t n = 1 + round % MAX;
        bool real = round % 3 == 0, poor = round % 5 == 1; /* rank 2 */
        double trace = 0, sum = 0;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = i; j < n; j++) {
                double re = noise_gauss(round, i * n + j), im = noise_gauss(round + 500, i * n + j);
                if (poor) {
                    re = noise_gauss(round, i) * noise_gauss(round, j) +
                         (double)(i + 1) * (double)(j + 1);
                }
                bool plain = real || poor || i == j;
                kept[2 * (i * n + j)] = kept[2 * (j * n + i)] = re;
                kept[2 * (i * n + j) + 1] = plain ? 0 : im;
                kept[2 * (j * n + i) + 1] = plain ? 0 : -im;
            }
            trace += kept[2 * (i * n + i)];
        }
        memcpy(a, kept, sizeof a);
        for (size_t i = 1; i < n; i++) a[2 * (i * n)] = (double)NAN; /* the lower is not read */
        aw_eigen_run(a, v, w, n);
        worst = fmax(worst, residual(n));
        for (size_t i = 0; i < n; i++) {
            sum += w[i];
            if (i) CHECK(w[i] <= w[i - 1]);
        }
        CHECK_NEAR(sum, trace, 1e-9 * (1 + fabs(trace)));
    }
    printf("worst residual %.2g\n", worst);
    CHECK(worst < 1e-13);
}

/* Known ones: diagonal, zero, and the Pauli matrix sigma_y with its vectors (1, j), (1, -j). */
static void known(void) {
    const double y[8] = {0, 0, 0, -1, 0, 1, 0, 0};
    memcpy(a, y, sizeof y);
    aw_eigen_run(a, v, w, 2);
    CHECK_NEAR(w[0], 1, 1e-15);
    CHECK_NEAR(w[1], -1, 1e-15);
    CHECK_NEAR(v[0] * v[3] - v[1] * v[2], 0.5, 1e-15); /* second component j times the first */
    memset(a, 0, sizeof a);
    for (int i = 0; i < 5; i++) a[2 * (i * 5 + i)] = i * i;
    aw_eigen_run(a, v, w, 5);
    for (int i = 0; i < 5; i++) CHECK(w[i] == (4 - i) * (4 - i) && v[2 * (i * 5 + 4 - i)] == 1);
    memset(a, 0, sizeof a);
    aw_eigen_run(a, v, w, 3);
    CHECK(w[0] == 0 && w[2] == 0 && v[0] == 1);
}

int main(void) {
    definition();
    known();
    return test_end();
}
