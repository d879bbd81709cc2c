#include "dsp/acf.h"

#include <assert.h>
#include <string.h>

enum { MAX_WINDOW = 65536 };

int aw_acf_init(struct aw_acf *f, struct aw_arena *a, size_t n, size_t window, const size_t *lag,
                size_t n_lags) {
    if (n == 0 || n > SIZE_MAX / MAX_WINDOW || window < 2 || window > MAX_WINDOW) {
        return AW_ERR_INVAL;
    }
    if (n_lags < 1 || n_lags > AW_ACF_MAX_LAGS) return AW_ERR_INVAL;
    *f = (struct aw_acf){.n = n, .window = window, .n_lags = n_lags};
    for (size_t i = 0; i < n_lags; i++) {
        if (lag[i] < 1 || lag[i] >= window) return AW_ERR_INVAL;
        f->lag[i] = lag[i];
        if (lag[i] > f->max_lag) f->max_lag = lag[i];
    }
    f->ring = aw_arena_alloc(a, n * window, sizeof *f->ring);
    f->reference = aw_arena_alloc(a, n, sizeof *f->reference);
    f->sum = aw_arena_alloc(a, n, sizeof *f->sum);
    f->square = aw_arena_alloc(a, n, sizeof *f->square);
    f->product = aw_arena_alloc(a, n * n_lags, sizeof *f->product);
    f->oldest = aw_arena_alloc(a, n * n_lags, sizeof *f->oldest);
    f->newest = aw_arena_alloc(a, n * n_lags, sizeof *f->newest);
    bool all =
        f->ring && f->reference && f->sum && f->square && f->product && f->oldest && f->newest;
    return all ? AW_OK : AW_ERR_NOMEM;
}

void aw_acf_reset(struct aw_acf *f) {
    size_t n = f->n;
    f->head = f->count = f->turn = 0;
    memset(f->reference, 0, n * sizeof(double));
    memset(f->sum, 0, n * sizeof(double));
    memset(f->square, 0, n * sizeof(double));
    memset(f->product, 0, n * f->n_lags * sizeof(double));
    memset(f->oldest, 0, n * f->n_lags * sizeof(double));
    memset(f->newest, 0, n * f->n_lags * sizeof(double));
}

/* The vector `ago` pushes before the next one to write, 1 <= ago <= count. */
static const float *row(const struct aw_acf *f, size_t ago) {
    size_t at = f->head >= ago ? f->head - ago : f->head + f->window - ago;
    return f->ring + at * f->n;
}

/* Makes the sums of one element anew, about its present mean. */
static void refresh(struct aw_acf *f, size_t c) {
    double mean = f->reference[c] + f->sum[c] / (double)f->count, sum = 0, square = 0;
    for (size_t i = 1; i <= f->count; i++) {
        double x = (double)row(f, i)[c] - mean;
        sum += x;
        square += x * x;
    }
    f->reference[c] = mean;
    f->sum[c] = sum;
    f->square[c] = square;
    for (size_t l = 0; l < f->n_lags; l++) {
        size_t lag = f->lag[l];
        double product = 0, oldest = 0, newest = 0;
        for (size_t i = 1; i <= f->count; i++) {
            double x = (double)row(f, i)[c] - mean;
            if (i + lag <= f->count) product += x * ((double)row(f, i + lag)[c] - mean);
            if (i <= lag) newest += x;
            if (i > f->count - (lag < f->count ? lag : f->count)) oldest += x;
        }
        f->product[l * f->n + c] = product;
        f->oldest[l * f->n + c] = oldest;
        f->newest[l * f->n + c] = newest;
    }
}

/* The oldest vector leaves. */
static void drop(struct aw_acf *f) {
    size_t n = f->n;
    const float *old = row(f, f->count);
    for (size_t c = 0; c < n; c++) {
        double x = (double)old[c] - f->reference[c];
        f->sum[c] -= x;
        f->square[c] -= x * x;
    }
    for (size_t l = 0; l < f->n_lags; l++) { /* lag < window = count here */
        const float *partner = row(f, f->count - f->lag[l]);
        double *product = f->product + l * n, *oldest = f->oldest + l * n;
        for (size_t c = 0; c < n; c++) {
            double x = (double)old[c] - f->reference[c], y = (double)partner[c] - f->reference[c];
            product[c] -= x * y;
            oldest[c] += y - x;
        }
    }
    f->count--;
}

void aw_acf_push(struct aw_acf *f, const float *x) {
    size_t n = f->n;
    if (f->count == 0) {
        for (size_t c = 0; c < n; c++) f->reference[c] = (double)x[c];
    }
    if (f->count == f->window) drop(f);
    for (size_t l = 0; l < f->n_lags; l++) {
        size_t lag = f->lag[l];
        double *product = f->product + l * n, *newest = f->newest + l * n;
        double *oldest = f->oldest + l * n;
        const float *partner = lag <= f->count ? row(f, lag) : NULL;
        for (size_t c = 0; c < n; c++) {
            double v = (double)x[c] - f->reference[c];
            if (partner) {
                double y = (double)partner[c] - f->reference[c];
                product[c] += v * y;
                newest[c] += v - y;
            } else {
                newest[c] += v;
                oldest[c] += v;
            }
        }
    }
    for (size_t c = 0; c < n; c++) {
        double v = (double)x[c] - f->reference[c];
        f->sum[c] += v;
        f->square[c] += v * v;
    }
    memcpy(f->ring + f->head * n, x, n * sizeof *x);
    f->head = f->head + 1 < f->window ? f->head + 1 : 0;
    f->count++;
    size_t from = f->turn * n / f->window, to = (f->turn + 1) * n / f->window;
    for (size_t c = from; c < to; c++) refresh(f, c);
    f->turn = f->turn + 1 < f->window ? f->turn + 1 : 0;
}

void aw_acf_read(const struct aw_acf *f, size_t i, float *rho) {
    assert(i < f->n_lags);
    size_t at = i * f->n, count = f->count, lag = f->lag[i];
    for (size_t c = 0; c < f->n; c++) {
        if (count <= lag) {
            rho[c] = 0;
            continue;
        }
        double mean = f->sum[c] / (double)count;
        double energy = f->square[c] - f->sum[c] * mean;
        /* The pairs' first factors are all but the newest, the second all but the oldest. */
        double both = 2 * f->sum[c] - f->newest[at + c] - f->oldest[at + c];
        double cross = f->product[at + c] - mean * both + (double)(count - lag) * mean * mean;
        /* Rounding of the sums leaves 1e-13 of the square where x is constant. */
        rho[c] = energy > 1e-12 * f->square[c] ? (float)(cross / energy) : 0;
    }
}

void aw_acf_moments(const struct aw_acf *f, float *mean, float *variance) {
    for (size_t c = 0; c < f->n; c++) {
        double m = f->count ? f->sum[c] / (double)f->count : 0;
        double v = f->count ? f->square[c] / (double)f->count - m * m : 0;
        if (mean) mean[c] = f->count ? (float)(f->reference[c] + m) : 0;
        if (variance) variance[c] = v > 0 ? (float)v : 0;
    }
}
