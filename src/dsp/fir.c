#include "dsp/fir.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

/* Modified Bessel function of order 0 by its power series: sum ((x/2)^i / i!)^2. */
static double bessel_i0(double x) {
    double sum = 1, term = 1;
    for (int i = 1; i < 64 && term > 1e-17 * sum; i++) {
        term *= x / (2 * i) * (x / (2 * i));
        sum += term;
    }
    return sum;
}

/* Kaiser 1974, eq. for the shape from the attenuation. */
static double kaiser_beta(double db) {
    if (db > 50) return 0.1102 * (db - 8.7);
    return db > 21 ? 0.5842 * pow(db - 21, 0.4) + 0.07886 * (db - 21) : 0;
}

static double sinc_low(double corner, double t) {
    return t == 0 ? 2 * corner : sin(2 * PI * corner * t) / (PI * t);
}

/* One half: h[i] belongs to the times -(middle - i) and middle - i. */
static void design(struct aw_fir *f, const struct aw_fir_config *c) {
    double lo = c->kind == AW_FIR_LOW_PASS ? 0 : (double)(c->lo_hz / c->fs_hz);
    double hi = c->kind == AW_FIR_HIGH_PASS ? 0.5 : (double)(c->hi_hz / c->fs_hz);
    double beta = kaiser_beta((double)c->stop_db), middle = (double)(f->taps / 2);
    double unity = c->kind == AW_FIR_LOW_PASS    ? 0
                   : c->kind == AW_FIR_HIGH_PASS ? 0.5
                                                 : 0.5 * (lo + hi);
    double gain = 0;
    for (int pass = 0; pass < 2; pass++) { /* sum first, then store normalised */
        for (size_t i = 0; i <= f->taps / 2; i++) {
            double t = middle - (double)i, u = t / middle;
            double window = bessel_i0(beta * sqrt(fmax(1 - u * u, 0))) / bessel_i0(beta);
            double h = window * (sinc_low(hi, t) - sinc_low(lo, t));
            if (pass == 0) gain += h * (t > 0 ? 2 * cos(2 * PI * unity * t) : 1);
            if (pass == 1) f->h[i] = (float)(h / gain);
        }
    }
}

int aw_fir_init(struct aw_fir *f, struct aw_arena *a, size_t n, const struct aw_fir_config *c) {
    bool lo = c->kind == AW_FIR_HIGH_PASS || c->kind == AW_FIR_BAND_PASS;
    bool hi = c->kind == AW_FIR_LOW_PASS || c->kind == AW_FIR_BAND_PASS;
    if (n == 0 || n > SIZE_MAX / AW_FIR_MAX_TAPS || (!lo && !hi)) return AW_ERR_INVAL;
    if (c->taps < AW_FIR_MIN_TAPS || c->taps > AW_FIR_MAX_TAPS || c->taps % 2 == 0) {
        return AW_ERR_INVAL;
    }
    if (!(c->stop_db >= 21 && c->stop_db <= 120)) return AW_ERR_INVAL;
    if (!(c->fs_hz > 0 && c->fs_hz < INFINITY)) return AW_ERR_INVAL;
    if (lo && !(c->lo_hz > 0 && c->lo_hz < 0.5F * c->fs_hz)) return AW_ERR_INVAL;
    if (hi && !(c->hi_hz > 0 && c->hi_hz < 0.5F * c->fs_hz)) return AW_ERR_INVAL;
    if (lo && hi && !(c->lo_hz < c->hi_hz)) return AW_ERR_INVAL;
    *f = (struct aw_fir){.n = n, .taps = c->taps};
    f->h = aw_arena_alloc(a, f->taps / 2 + 1, sizeof *f->h);
    f->ring = aw_arena_alloc(a, n * f->taps, sizeof *f->ring);
    if (!f->h || !f->ring) return AW_ERR_NOMEM;
    design(f, c);
    return AW_OK;
}

void aw_fir_reset(struct aw_fir *f) {
    memset(f->ring, 0, f->n * f->taps * sizeof *f->ring);
    f->head = 0;
}

enum { LANES = 16 }; /* elements summed in registers together */

/* `width` <= LANES elements from `from` on; f->head is already the oldest row. */
static inline void lanes(const struct aw_fir *f, size_t from, size_t width, float *y) {
    float sum[LANES] = {0};
    size_t old = f->head, new = f->head ? f->head - 1 : f->taps - 1;
    const float *ring = f->ring + from;
    for (size_t i = 0; i < f->taps / 2; i++) {
        const float *p = ring + old * f->n, *q = ring + new * f->n;
        for (size_t c = 0; c < width; c++) sum[c] += f->h[i] * (p[c] + q[c]);
        old = old + 1 < f->taps ? old + 1 : 0;
        new = new ? new - 1 : f->taps - 1;
    }
    const float *p = ring + old * f->n;
    for (size_t c = 0; c < width; c++) y[from + c] = sum[c] + f->h[f->taps / 2] * p[c];
}

void aw_fir_push(struct aw_fir *f, const float *x, float *y) {
    memcpy(f->ring + f->head * f->n, x, f->n * sizeof *x);
    f->head = f->head + 1 < f->taps ? f->head + 1 : 0;
    size_t from = 0;
    for (; from + LANES <= f->n; from += LANES) lanes(f, from, LANES, y);
    if (from < f->n) lanes(f, from, f->n - from, y);
}
