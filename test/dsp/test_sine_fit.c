#include "dsp/sine_fit.h"
#include "noise.h"
#include "test.h"

enum { C = AW_SINE_FIT_CHANNELS, MAX_N = 151, FREQS = 20 };

static unsigned char memory[1 << 20];
static const double PI = 3.14159265358979323846;

/* ---- The definition, in double, by another route: least squares for everything ----------------
 */

/* Takes the span of the columns q [k][n] (orthonormal) out of x [n]. */
static void take_out(const double *q, size_t k, size_t n, double *x) {
    for (size_t j = 0; j < k; j++) {
        double dot = 0;
        for (size_t i = 0; i < n; i++) dot += q[j * n + i] * x[i];
        for (size_t i = 0; i < n; i++) x[i] -= dot * q[j * n + i];
    }
}

static double unit(double *x, size_t n) {
    double norm = 0;
    for (size_t i = 0; i < n; i++) norm += x[i] * x[i];
    for (size_t i = 0; i < n; i++) x[i] /= sqrt(norm);
    return norm;
}

/* a z = b by Gaussian elimination with pivoting, z in b; two right-hand sides. */
static void solve(double a[C][C], double b[C][2]) {
    for (size_t k = 0; k < C; k++) {
        size_t p = k;
        for (size_t i = k + 1; i < C; i++)
            if (fabs(a[i][k]) > fabs(a[p][k])) p = i;
        for (size_t j = 0; j < C; j++) {
            double t = a[k][j];
            a[k][j] = a[p][j];
            a[p][j] = t;
        }
        for (size_t j = 0; j < 2; j++) {
            double t = b[k][j];
            b[k][j] = b[p][j];
            b[p][j] = t;
        }
        for (size_t i = 0; i < C; i++) {
            if (i == k) continue;
            double m = a[i][k] / a[k][k];
            for (size_t j = 0; j < C; j++) a[i][j] -= m * a[k][j];
            for (size_t j = 0; j < 2; j++) b[i][j] -= m * b[k][j];
        }
    }
    for (size_t i = 0; i < C; i++)
        for (size_t j = 0; j < 2; j++) b[i][j] /= a[i][i];
}

static double textbook(const float *series, size_t n, double f, double ridge) {
    static double trend[3 * MAX_N], x[C][MAX_N], q[2][MAX_N];
    for (size_t d = 0; d < 3; d++) {
        for (size_t i = 0; i < n; i++)
            trend[d * n + i] = pow((double)i / (double)n - 0.5, (double)d);
        for (int pass = 0; pass < 2; pass++) take_out(trend, d, n, trend + d * n);
        unit(trend + d * n, n);
    }
    for (size_t c = 0; c < C; c++) {
        for (size_t i = 0; i < n; i++) x[c][i] = (double)series[i * C + c];
        take_out(trend, 3, n, x[c]);
        unit(x[c], n);
    }
    for (size_t i = 0; i < n; i++) {
        q[0][i] = cos(2 * PI * f * (double)i);
        q[1][i] = sin(2 * PI * f * (double)i);
    }
    for (size_t j = 0; j < 2; j++) {
        take_out(trend, 3, n, q[j]);
        if (j) take_out(q[0], 1, n, q[1]);
        unit(q[j], n);
    }
    double gram[C][C], rhs[C][2], left[C][2];
    for (size_t a = 0; a < C; a++) {
        for (size_t b = 0; b < C; b++) {
            gram[a][b] = a == b ? ridge * C : 0;
            for (size_t i = 0; i < n; i++) gram[a][b] += x[a][i] * x[b][i];
        }
        for (size_t j = 0; j < 2; j++) {
            left[a][j] = 0;
            for (size_t i = 0; i < n; i++) left[a][j] += x[a][i] * q[j][i];
            rhs[a][j] = left[a][j];
        }
    }
    solve(gram, rhs);
    double m[2][2] = {{0}};
    for (size_t j = 0; j < 2; j++)
        for (size_t k = 0; k < 2; k++)
            for (size_t a = 0; a < C; a++) m[j][k] += left[a][j] * rhs[a][k];
    double half = 0.5 * (m[0][0] - m[1][1]);
    return 0.5 * (m[0][0] + m[1][1]) + sqrt(half * half + m[0][1] * m[1][0]);
}

/* ---- Checks -----------------------------------------------------------------------------------
 */

static void series(float *x, size_t n, double f, double amplitude, uint64_t seed) {
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < C; c++) {
            double drift = 0.3 * (double)i / (double)n * noise_gauss(seed + 7, c);
            x[i * C + c] =
                (float)(1 + drift + 0.1 * noise_gauss(seed, i * C + c) +
                        amplitude * noise_gauss(seed + 3, c) * cos(2 * PI * f * (double)i + 0.3));
        }
    }
}

static struct aw_sine_fit fit;
static struct aw_sine_basis basis;

static void setup(size_t n) {
    struct aw_arena a;
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_sine_basis_init(&basis, &a, n, 200, 4, FREQS), AW_OK);
    CHECK_INT(aw_sine_fit_init(&fit, &a, MAX_N), AW_OK);
}

static void definition(void) {
    static const size_t lengths[] = {75, 150, 151};
    for (size_t l = 0; l < 3; l++) {
        setup(lengths[l]);
        for (int k = 0; k < 3; k++) {
            static float x[MAX_N * C];
            float u[FREQS];
            series(x, basis.n, 0.05, 0.05 * k, 100 + (uint64_t)k);
            memcpy(fit.x, x, basis.n * C * sizeof *x);
            aw_sine_fit_run(&fit, &basis, 0.02F, 1e6F, u);
            for (size_t i = 0; i < FREQS; i++)
                CHECK_NEAR(u[i], textbook(x, basis.n, 0.02 + 0.005 * (double)i, 0.02), 1e-4);
        }
    }
}

/* Scale, offset, polarity and order of the channels do not matter. */
static void laws(void) {
    static float x[MAX_N * C];
    float u[FREQS], v[FREQS];
    setup(150);
    series(x, basis.n, 0.05, 0.1, 9);
    memcpy(fit.x, x, basis.n * C * sizeof *x);
    aw_sine_fit_run(&fit, &basis, 0.02F, 1.5F, u);
    for (size_t i = 0; i < basis.n; i++)
        for (size_t c = 0; c < C; c++)
            fit.x[i * C + c] = 5 + (c % 2 ? -3 : 2) * x[i * C + (C - 1 - c)];
    aw_sine_fit_run(&fit, &basis, 0.02F, 1.5F, v);
    size_t top = 0;
    for (size_t i = 0; i < FREQS; i++) {
        CHECK_NEAR(v[i], u[i], 2e-3);
        if (u[i] > u[top]) top = i;
    }
    CHECK_INT(top, 6); /* 0.05 */
    CHECK(u[top] > 0.8F && u[top] < 1);

    static float y[MAX_N];
    aw_sine_fit_variate(&fit, &basis, top, y);
    double dot = 0, norm = 0, energy = 0;
    for (size_t i = 0; i < basis.n; i++) {
        double s = cos(2 * PI * 0.05 * (double)i + 0.3);
        dot += (double)y[i] * s;
        norm += s * s;
        energy += (double)y[i] * (double)y[i];
    }
    CHECK_NEAR(energy, 1, 1e-4);
    CHECK(fabs(dot) / sqrt(norm) > 0.9);
}

/* Trend taken out, unit norm: what the weights are for. */
static void prepare(float *x, size_t n) {
    for (size_t c = 0; c < C; c++) {
        double norm = 0;
        for (size_t d = 0; d < AW_SINE_FIT_TREND; d++) {
            double dot = 0;
            for (size_t i = 0; i < n; i++) dot += (double)(basis.trend[d * n + i] * x[i * C + c]);
            for (size_t i = 0; i < n; i++) x[i * C + c] -= (float)dot * basis.trend[d * n + i];
        }
        for (size_t i = 0; i < n; i++) norm += (double)(x[i * C + c] * x[i * C + c]);
        for (size_t i = 0; i < n && norm > 0; i++) x[i * C + c] /= (float)sqrt(norm);
    }
}

/* The channels times their weights are the variate; a dead channel has none. */
static void weights(void) {
    static float x[MAX_N * C], y[MAX_N];
    float u[FREQS], w[C];
    setup(150);
    series(fit.x, basis.n, 0.05, 0.5, 3);
    for (size_t i = 0; i < basis.n; i++) fit.x[i * C + 5] = 1;
    memcpy(x, fit.x, basis.n * C * sizeof *x);
    aw_sine_fit_run(&fit, &basis, 0.02F, 1e6F, u);
    aw_sine_fit_variate(&fit, &basis, 6, y);
    aw_sine_fit_weights(&fit, &basis, 6, w);
    prepare(x, basis.n);
    double dot = 0, norm = 0, square = 0;
    for (size_t i = 0; i < basis.n; i++) {
        double sum = 0;
        for (size_t c = 0; c < C; c++)
            if (c != 5) sum += (double)(w[c] * x[i * C + c]);
        dot += sum * (double)y[i];
        norm += sum * sum;
    }
    for (size_t c = 0; c < C; c++) square += (double)(w[c] * w[c]);
    CHECK(dot / sqrt(norm) > 0.9999);
    CHECK_NEAR(square, 1, 1e-4);
    CHECK(w[5] == 0);
}

/* A cough ten times as large as all else does not hide the breath. */
static void cough(void) {
    float u[FREQS], v[FREQS];
    setup(150);
    for (int clipped = 0; clipped < 2; clipped++) {
        series(fit.x, basis.n, 0.05, 0.1, 11);
        for (size_t i = 60; i < 70; i++)
            for (size_t c = 0; c < C; c++) fit.x[i * C + c] += 3 * (float)noise_gauss(5, i * C + c);
        aw_sine_fit_run(&fit, &basis, 0.02F, clipped ? 1.5F : 1e6F, clipped ? v : u);
    }
    CHECK(v[6] > 2 * u[6] && v[6] > 0.5F);
}

static void silence(void) {
    float u[FREQS], y[MAX_N];
    setup(150);
    for (size_t i = 0; i < basis.n * C; i++) fit.x[i] = 1;
    aw_sine_fit_run(&fit, &basis, 0.02F, 1.5F, u);
    for (size_t i = 0; i < FREQS; i++) CHECK(u[i] == 0);
    aw_sine_fit_variate(&fit, &basis, 0, y);
    CHECK(y[0] == 0);
    aw_sine_fit_weights(&fit, &basis, 0, y);
    CHECK(y[0] == 0 && y[C - 1] == 0);
}

static void refuses(void) {
    struct aw_arena a;
    struct aw_sine_basis b;
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_sine_basis_init(&b, &a, 7, 100, 2, 5), AW_ERR_INVAL);
    CHECK_INT(aw_sine_basis_init(&b, &a, 5000, 100, 2, 5), AW_ERR_INVAL);
    CHECK_INT(aw_sine_basis_init(&b, &a, 75, 100, 0, 5), AW_ERR_INVAL);
    CHECK_INT(aw_sine_basis_init(&b, &a, 75, 100000, 2, 5), AW_ERR_INVAL);
    CHECK_INT(aw_sine_basis_init(&b, &a, 75, 0, 2, 5), AW_ERR_INVAL);
    CHECK_INT(aw_sine_basis_init(&b, &a, 75, 100, 2, 0), AW_ERR_INVAL);
    CHECK_INT(aw_sine_basis_init(&b, &a, 75, 100, 45, 6), AW_ERR_INVAL); /* 0.5 */
    CHECK_INT(aw_sine_basis_init(&b, &a, 152, 100, 2, 5), AW_ERR_INVAL); /* 8 is not in 100 */
    CHECK_INT(aw_sine_fit_init(&fit, &a, 7), AW_ERR_INVAL);
    aw_arena_init(&a, NULL, 0);
    CHECK_INT(aw_sine_basis_init(&b, &a, 75, 100, 2, 5), AW_ERR_NOMEM);
    CHECK_INT(aw_sine_fit_init(&fit, &a, 75), AW_ERR_NOMEM);
}

int main(void) {
    definition();
    laws();
    weights();
    cough();
    silence();
    refuses();
    return test_end();
}
