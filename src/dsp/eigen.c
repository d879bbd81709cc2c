#include "dsp/eigen.h"

#include <math.h>
#include <string.h>

enum { MAX_SWEEPS = 30 }; /* convergence is quadratic: 200 random matrices took 8 at most */

/* The pair x, y becomes c x - s e* y and s x + c e* y, with e = e_re + j e_im of modulus 1. */
static void rotate(double *x, double *y, double c, double s, double e_re, double e_im) {
    double re = e_re * y[0] + e_im * y[1], im = e_re * y[1] - e_im * y[0];
    double x_re = x[0], x_im = x[1];
    x[0] = c * x_re - s * re;
    x[1] = c * x_im - s * im;
    y[0] = s * x_re + c * re;
    y[1] = s * x_im + c * im;
}

/* Whether there was anything to do: `tiny` is below the rounding of the whole matrix. */
static bool annihilate(double *a, double *v, size_t n, size_t p, size_t q, double tiny) {
    const double *pq = a + 2 * (p * n + q);
    double size = hypot(pq[0], pq[1]);
    double app = a[2 * (p * n + p)], aqq = a[2 * (q * n + q)];
    if (!(size > tiny)) return false;
    double e_re = pq[0] / size, e_im = pq[1] / size, tau = (aqq - app) / (2 * size);
    double t = (tau >= 0 ? 1 : -1) / (fabs(tau) + sqrt(1 + tau * tau));
    double c = 1 / sqrt(1 + t * t), s = t * c;
    for (size_t i = 0; i < n; i++) { /* A J, then J' A */
        rotate(a + 2 * (i * n + p), a + 2 * (i * n + q), c, s, e_re, e_im);
    }
    for (size_t i = 0; i < n; i++) {
        rotate(a + 2 * (p * n + i), a + 2 * (q * n + i), c, s, e_re, -e_im);
    }
    for (size_t i = 0; i < n; i++) {
        rotate(v + 2 * (p * n + i), v + 2 * (q * n + i), c, s, e_re, e_im);
    }
    return true;
}

void aw_eigen_run(double *a, double *v, double *w, size_t n) {
    memset(v, 0, 2 * n * n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        v[2 * (i * n + i)] = 1;
        a[2 * (i * n + i) + 1] = 0;
        for (size_t j = i + 1; j < n; j++) {
            a[2 * (j * n + i)] = a[2 * (i * n + j)];
            a[2 * (j * n + i) + 1] = -a[2 * (i * n + j) + 1];
        }
    }
    double square = 0;
    for (size_t i = 0; i < 2 * n * n; i++) square += a[i] * a[i];
    double tiny = 1e-17 * sqrt(square);
    bool turned = true;
    for (int sweep = 0; turned && sweep < MAX_SWEEPS; sweep++) {
        turned = false;
        for (size_t p = 0; p < n; p++) {
            for (size_t q = p + 1; q < n; q++) turned |= annihilate(a, v, n, p, q, tiny);
        }
    }
    for (size_t i = 0; i < n; i++) w[i] = a[2 * (i * n + i)];
    for (size_t i = 0; i < n; i++) { /* selection sort, vectors along */
        size_t top = i;
        for (size_t j = i + 1; j < n; j++) top = w[j] > w[top] ? j : top;
        double swap = w[i];
        w[i] = w[top];
        w[top] = swap;
        for (size_t j = 0; j < 2 * n; j++) {
            swap = v[2 * i * n + j];
            v[2 * i * n + j] = v[2 * top * n + j];
            v[2 * top * n + j] = swap;
        }
    }
}
