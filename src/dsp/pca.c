#include "dsp/pca.h"

#include "dsp/eigen.h"

#include <math.h>
#include <string.h>

static const double MAX_GROWTH =
    1e6; /* then acc is scaled back: float keeps 24 bits at any scale */

int aw_pca_init(struct aw_pca *p, struct aw_arena *a, size_t n, size_t r, bool is_complex,
                float memory) {
    if (n < 1 || n > 1024 || r < 1 || r > AW_PCA_MAX_R || r > n) return AW_ERR_INVAL;
    if (!(memory >= 2 && memory < INFINITY)) return AW_ERR_INVAL;
    *p = (struct aw_pca){.n = n, .r = r, .is_complex = is_complex, .memory = memory};
    p->block = r + AW_PCA_SPARE < n ? r + AW_PCA_SPARE : n;
    p->mean_re = aw_arena_alloc(a, n, sizeof(double));
    p->mean_im = aw_arena_alloc(a, n, sizeof(double));
    p->d_re = aw_arena_alloc(a, n, sizeof(float));
    p->d_im = aw_arena_alloc(a, n, sizeof(float));
    p->acc_re = aw_arena_alloc(a, n * n, sizeof(float));
    p->acc_im = is_complex ? aw_arena_alloc(a, n * n, sizeof(float)) : p->acc_re;
    p->q_re = aw_arena_alloc(a, n * p->block, sizeof(float));
    p->q_im = aw_arena_alloc(a, n * p->block, sizeof(float));
    p->z_re = aw_arena_alloc(a, n * p->block, sizeof(float));
    p->z_im = aw_arena_alloc(a, n * p->block, sizeof(float));
    p->vector = aw_arena_alloc(a, n * r, (is_complex ? 2 : 1) * sizeof(float));
    if (!p->mean_re || !p->mean_im || !p->d_re || !p->d_im || !p->acc_re || !p->acc_im ||
        !p->q_re || !p->q_im || !p->z_re || !p->z_im || !p->vector) {
        return AW_ERR_NOMEM;
    }
    aw_pca_reset(p);
    return AW_OK;
}

/* Any start but one orthogonal to the answer does: fixed pseudo-random numbers within +-1 (a
 * multiplicative congruential generator; Lewis, Goodman, Miller, IBM Syst. J. 8, 1969). */
static void start(struct aw_pca *p) {
    uint64_t x = 1;
    for (size_t i = 0; i < p->n * p->block; i++) {
        x = x * 16807 % 2147483647;
        p->q_re[i] = (float)x / 1073741824.0F - 1;
        x = x * 16807 % 2147483647;
        p->q_im[i] = p->is_complex ? (float)x / 1073741824.0F - 1 : 0;
    }
}

void aw_pca_reset(struct aw_pca *p) {
    size_t n = p->n;
    p->seen = 0;
    p->growth = 1;
    memset(p->mean_re, 0, n * sizeof(double));
    memset(p->mean_im, 0, n * sizeof(double));
    memset(p->d_im, 0, n * sizeof(float));
    memset(p->acc_re, 0, n * n * sizeof(float));
    if (p->is_complex) memset(p->acc_im, 0, n * n * sizeof(float));
    memset(p->vector, 0, n * p->r * (p->is_complex ? 2 : 1) * sizeof(float));
    memset(p->value, 0, sizeof p->value);
    start(p);
}

/* acc = acc / growth; what has become too small for normal numbers goes to 0. */
static void scale_back(struct aw_pca *p) {
    float by = (float)(1 / p->growth);
    size_t parts = p->is_complex ? 2 : 1;
    for (size_t part = 0; part < parts; part++) {
        float *x = part ? p->acc_im : p->acc_re;
        for (size_t i = 0; i < p->n * p->n; i++) {
            float v = x[i] * by;
            x[i] = fabsf(v) > 1e-30F ? v : 0;
        }
    }
    p->growth = 1;
}

static void centre(const struct aw_pca *p, const float *x, float *re, float *im) {
    for (size_t i = 0; i < p->n; i++) {
        re[i] = (float)((double)(p->is_complex ? x[2 * i] : x[i]) - p->mean_re[i]);
        if (p->is_complex) im[i] = (float)((double)x[2 * i + 1] - p->mean_im[i]);
    }
}

void aw_pca_push(struct aw_pca *p, const float *x) {
    size_t n = p->n;
    p->seen = fminf(p->seen + 1, p->memory);
    double alpha = 1 / (double)p->seen;
    centre(p, x, p->d_re, p->d_im);
    for (size_t i = 0; i < n; i++) p->mean_re[i] += alpha * (double)p->d_re[i];
    for (size_t i = 0; i < n; i++) p->mean_im[i] += alpha * (double)p->d_im[i];
    if (p->seen == 1) return; /* R = 0 */
    float weight = (float)(alpha * p->growth);
    for (size_t i = 0; i < n; i++) {
        float re = weight * p->d_re[i], im = weight * p->d_im[i];
        float *restrict to = p->acc_re + i * n, *restrict to_im = p->acc_im + i * n;
        const float *d_re = p->d_re, *d_im = p->d_im;
        if (!p->is_complex) {
            for (size_t j = 0; j <= i; j++) to[j] += re * d_re[j];
            continue;
        }
        for (size_t j = 0; j <= i; j++) {
            to[j] += re * d_re[j] + im * d_im[j];
            to_im[j] += im * d_re[j] - re * d_im[j];
        }
    }
    p->growth /= 1 - alpha;
    if (p->growth > MAX_GROWTH) scale_back(p);
}

/* The upper triangle from the lower. */
static void mirror(struct aw_pca *p) {
    for (size_t i = 0; i < p->n; i++) {
        for (size_t j = 0; j < i; j++) {
            p->acc_re[j * p->n + i] = p->acc_re[i * p->n + j];
            if (p->is_complex) p->acc_im[j * p->n + i] = -p->acc_im[i * p->n + j];
        }
    }
}

/* z = acc q for all vectors of the block; column j of acc is the conjugate of its row j. */
static void multiply(struct aw_pca *p) {
    size_t n = p->n;
    memset(p->z_re, 0, n * p->block * sizeof(float));
    memset(p->z_im, 0, n * p->block * sizeof(float));
    for (size_t j = 0; j < n; j++) {
        const float *row = p->acc_re + j * n, *row_im = p->acc_im + j * n;
        for (size_t b = 0; b < p->block; b++) {
            float re = p->q_re[b * n + j], im = p->q_im[b * n + j];
            float *restrict z_re = p->z_re + b * n, *restrict z_im = p->z_im + b * n;
            if (!p->is_complex) {
                for (size_t i = 0; i < n; i++) z_re[i] += row[i] * re;
                continue;
            }
            for (size_t i = 0; i < n; i++) {
                z_re[i] += row[i] * re + row_im[i] * im;
                z_im[i] += row[i] * im - row_im[i] * re;
            }
        }
    }
}

/* x^H y in double. */
static void dot(const float *x_re, const float *x_im, const float *y_re, const float *y_im,
                size_t n, double *re, double *im) {
    double a = 0, b = 0;
    for (size_t i = 0; i < n; i++) {
        a += (double)x_re[i] * (double)y_re[i] + (double)x_im[i] * (double)y_im[i];
        b += (double)x_re[i] * (double)y_im[i] - (double)x_im[i] * (double)y_re[i];
    }
    *re = a;
    *im = b;
}

static double norm(const float *re, const float *im, size_t n) {
    double a, b;
    dot(re, im, re, im, n, &a, &b);
    return sqrt(a);
}

/* q = z made orthonormal, by Gram-Schmidt done twice (Kahan, Parlett: twice is enough). What
 * depends on the vectors before it is replaced by the next unit vector. */
static void orthonormal(struct aw_pca *p) {
    size_t n = p->n, unit = 0;
    for (size_t b = 0; b < p->block; b++) {
        float *re = p->q_re + b * n, *im = p->q_im + b * n;
        memcpy(re, p->z_re + b * n, n * sizeof(float));
        memcpy(im, p->z_im + b * n, n * sizeof(float));
        for (;;) {
            double before = norm(re, im, n), scale = before > 0 ? 1 / before : 0;
            for (size_t i = 0; i < n; i++) re[i] = (float)((double)re[i] * scale);
            for (size_t i = 0; i < n; i++) im[i] = (float)((double)im[i] * scale);
            for (size_t c = 0; c < 2 * b; c++) {
                const float *o_re = p->q_re + (c % b) * n, *o_im = p->q_im + (c % b) * n;
                double a, d;
                dot(o_re, o_im, re, im, n, &a, &d);
                float f = (float)a, g = (float)d;
                for (size_t i = 0; i < n; i++) {
                    re[i] -= f * o_re[i] - g * o_im[i];
                    im[i] -= f * o_im[i] + g * o_re[i];
                }
            }
            double after = norm(re, im, n);
            if (after > 1e-5) { /* above the rounding of float */
                float by = (float)(1 / after);
                for (size_t i = 0; i < n; i++) re[i] *= by;
                for (size_t i = 0; i < n; i++) im[i] *= by;
                break;
            }
            memset(re, 0, n * sizeof(float));
            memset(im, 0, n * sizeof(float));
            re[unit++ % n] = 1;
        }
    }
}

/* Component i from the subspace, weights u [block][2], in the phase of the vector before. */
static void publish(struct aw_pca *p, size_t i, const double *u) {
    size_t n = p->n, width = p->is_complex ? 2 : 1;
    float *out = p->vector + i * n * width;
    double re = 0, im = 0;
    float *v_re = p->d_re, *v_im = p->d_im;
    for (size_t k = 0; k < n; k++) {
        double a = 0, b = 0;
        for (size_t c = 0; c < p->block; c++) {
            double x = (double)p->q_re[c * n + k], y = (double)p->q_im[c * n + k];
            a += x * u[2 * c] - y * u[2 * c + 1];
            b += x * u[2 * c + 1] + y * u[2 * c];
        }
        v_re[k] = (float)a;
        v_im[k] = (float)b;
        double o_re = (double)out[width * k];
        double o_im = p->is_complex ? (double)out[2 * k + 1] : 0;
        re += a * o_re + b * o_im; /* out^H v */
        im += b * o_re - a * o_im;
    }
    double size = hypot(re, im);
    double c = size > 0 ? re / size : 1, s = size > 0 ? -im / size : 0;
    for (size_t k = 0; k < n; k++) {
        double a = (double)v_re[k], b = (double)v_im[k];
        out[width * k] = (float)(a * c - b * s);
        if (p->is_complex) out[2 * k + 1] = (float)(a * s + b * c);
        v_im[k] = 0;
    }
}

void aw_pca_solve(struct aw_pca *p, unsigned iterations) {
    double h[2 * AW_PCA_MAX_BLOCK * AW_PCA_MAX_BLOCK], u[2 * AW_PCA_MAX_BLOCK * AW_PCA_MAX_BLOCK];
    double w[AW_PCA_MAX_BLOCK];
    size_t n = p->n, m = p->block;
    mirror(p);
    for (unsigned i = 0; i < iterations; i++) {
        multiply(p);
        orthonormal(p);
    }
    multiply(p);
    for (size_t i = 0; i < m; i++) {
        for (size_t j = i; j < m; j++) { /* q_i^H R q_j */
            double *to = h + 2 * (i * m + j);
            dot(p->q_re + i * n, p->q_im + i * n, p->z_re + j * n, p->z_im + j * n, n, to, to + 1);
        }
    }
    aw_eigen_run(h, u, w, m);
    for (size_t i = 0; i < p->r; i++) {
        p->value[i] = (float)fmax(w[i] / p->growth, 0);
        publish(p, i, u + 2 * i * m);
    }
}

void aw_pca_project(const struct aw_pca *p, const float *x, float *y) {
    for (size_t i = 0; i < p->r; i++) {
        double re = 0, im = 0;
        for (size_t k = 0; k < p->n; k++) {
            if (!p->is_complex) {
                re += (double)p->vector[i * p->n + k] * ((double)x[k] - p->mean_re[k]);
                continue;
            }
            const float *v = p->vector + 2 * (i * p->n + k);
            double a = (double)x[2 * k] - p->mean_re[k];
            double b = (double)x[2 * k + 1] - p->mean_im[k];
            re += (double)v[0] * a + (double)v[1] * b;
            im += (double)v[0] * b - (double)v[1] * a;
        }
        if (p->is_complex) {
            y[2 * i] = (float)re;
            y[2 * i + 1] = (float)im;
        } else {
            y[i] = (float)re;
        }
    }
}
