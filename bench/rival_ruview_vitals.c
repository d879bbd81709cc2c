#include "rivals.h"

#include <math.h>
#include <stdlib.h>

enum { TAPS = 127, WINDOW_S = 30, LEAST_S = 10 };
static const double pi = 3.14159265358979323846, lo_hz = 0.1, hi_hz = 0.5;

static const struct rival_breathing_result none = {NAN, 0};

static bool rate_fits(double fs_hz) {
    return fs_hz >= 2 && fs_hz <= 400;
}

/* ---- biquad and zero crossings ---- */

int rival_crossings_init(struct rival_crossings *r, double fs_hz) {
    *r = (struct rival_crossings){.fs_hz = fs_hz};
    if (!rate_fits(fs_hz)) return AW_ERR_INVAL;
    r->cap = (size_t)(WINDOW_S * fs_hz);
    r->ema = calloc(RIVAL_BINS, sizeof *r->ema);
    r->y = calloc(r->cap, sizeof *r->y);
    if (r->ema && r->y) return AW_OK;
    rival_crossings_free(r);
    return AW_ERR_NOMEM;
}

void rival_crossings_free(struct rival_crossings *r) {
    free(r->ema);
    free(r->y);
    *r = (struct rival_crossings){0};
}

void rival_crossings_push(struct rival_crossings *r, const struct rival_row *row) {
    size_t n = (size_t)row->n_rx * row->n_sub;
    bool first = n != r->n;
    double s = 0;
    for (size_t i = 0; i < n; i++) {
        double x = row->amplitude[i];
        if (first) r->ema[i] = x;
        double residual = x - r->ema[i];
        r->ema[i] += 0.05 * residual;
        s += residual / (double)n;
    }
    if (first) {
        r->s[0] = r->s[1] = r->y1 = r->y2 = 0;
        r->count = 0;
        r->n = n;
    }
    double w = 2 * pi * (lo_hz + hi_hz) / 2 / r->fs_hz;
    double q = fmax(0, 1 - 2 * pi * (hi_hz - lo_hz) / r->fs_hz / 2);
    double y = (1 - q) * (s - r->s[1]) + 2 * q * cos(w) * r->y1 - q * q * r->y2;
    r->s[1] = r->s[0];
    r->s[0] = s;
    r->y2 = r->y1;
    r->y1 = y;
    r->y[r->count++ % r->cap] = y;
    if (r->count == 2 * r->cap) r->count = r->cap;
}

struct rival_breathing_result rival_crossings_read(const struct rival_crossings *r) {
    size_t n = r->count < r->cap ? r->count : r->cap, crossings = 0;
    size_t first = r->count < r->cap ? 0 : r->count % r->cap;
    if ((double)n < LEAST_S * r->fs_hz) return none;
    double mean = 0, square = 0, peak = 0, before = r->y[first];
    for (size_t i = 0; i < n; i++) {
        double y = r->y[(first + i) % r->cap];
        mean += y / (double)n;
        peak = fmax(peak, fabs(y));
        crossings += (y >= 0) != (before >= 0);
        before = y;
    }
    for (size_t i = 0; i < n; i++) square += (r->y[i] - mean) * (r->y[i] - mean) / (double)n;
    double hz = (double)crossings / 2 / ((double)n / r->fs_hz);
    if (!(hz >= lo_hz && hz <= hi_hz)) return none;
    return (struct rival_breathing_result){60 * hz, fmin(1, peak / sqrt(square) / 5)};
}

/* ---- Hamming FIR and peak ---- */

/* sin(2 pi f i) / (pi i), the ideal low-pass at f cycles per sample. */
static double sinc(double f, double i) {
    return i == 0 ? 2 * f : sin(2 * pi * f * i) / (pi * i);
}

int rival_peak_init(struct rival_peak *r, double fs_hz) {
    *r = (struct rival_peak){.fs_hz = fs_hz};
    if (!rate_fits(fs_hz)) return AW_ERR_INVAL;
    for (int i = 0; i < TAPS; i++) {
        double at = i - (TAPS - 1) / 2.0;
        r->taps[i] = (sinc(hi_hz / fs_hz, at) - sinc(lo_hz / fs_hz, at)) *
                     (0.54 - 0.46 * cos(2 * pi * i / (TAPS - 1)));
    }
    r->cap = (size_t)(WINDOW_S * fs_hz);
    r->x = calloc(r->cap, sizeof *r->x);
    r->y = calloc(r->cap, sizeof *r->y);
    if (r->x && r->y) return AW_OK;
    rival_peak_free(r);
    return AW_ERR_NOMEM;
}

void rival_peak_free(struct rival_peak *r) {
    free(r->x);
    free(r->y);
    *r = (struct rival_peak){0};
}

void rival_peak_push(struct rival_peak *r, const struct rival_row *row) {
    size_t n = (size_t)row->n_rx * row->n_sub;
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += row->amplitude[i];
    r->x[r->count++ % r->cap] = sum / (double)n;
    if (r->count == 2 * r->cap) r->count = r->cap;
}

double rival_peak_gain(const struct rival_peak *r, double f_hz) {
    double re = 0, im = 0;
    for (int i = 0; i < TAPS; i++) {
        re += r->taps[i] * cos(2 * pi * f_hz / r->fs_hz * i);
        im += r->taps[i] * sin(2 * pi * f_hz / r->fs_hz * i);
    }
    return sqrt(re * re + im * im);
}

/* Filters the window, before which its first value is taken to have lasted; tapers it. */
static void filter(const struct rival_peak *r, size_t first, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < TAPS; k++)
            sum += r->taps[k] * r->x[(first + (i > k ? i - k : 0)) % r->cap];
        r->y[i] = sum * (0.5 - 0.5 * cos(2 * pi * (double)i / (double)(n - 1)));
    }
}

static double line_power(const double *y, size_t n, double cycles) {
    double re = 0, im = 0;
    for (size_t i = 0; i < n; i++) {
        re += y[i] * cos(2 * pi * cycles * (double)i);
        im += y[i] * sin(2 * pi * cycles * (double)i);
    }
    return re * re + im * im;
}

struct rival_breathing_result rival_peak_read(const struct rival_peak *r) {
    size_t n = r->count < r->cap ? r->count : r->cap, size = 1;
    size_t first = r->count < r->cap ? 0 : r->count % r->cap;
    if ((double)n < LEAST_S * r->fs_hz) return none;
    while (size < n) size *= 2;
    filter(r, first, n);
    size_t from = (size_t)ceil(lo_hz / r->fs_hz * (double)size);
    size_t to = (size_t)floor(hi_hz / r->fs_hz * (double)size), best = from;
    double power[64] = {0}, mean = 0;
    for (size_t f = from; f <= to && f - from < 64; f++) {
        power[f - from] = line_power(r->y, n, (double)f / (double)size);
        mean += power[f - from] / (double)(to - from + 1);
        if (power[f - from] > power[best - from]) best = f;
    }
    double peak = power[best - from], at = (double)best;
    if (!(peak > 0)) return none;
    if (best > from && best < to) {
        double left = power[best - from - 1], right = power[best - from + 1];
        at += 0.5 * (left - right) / (left - 2 * peak + right);
    }
    return (struct rival_breathing_result){60 * at / (double)size * r->fs_hz, 1 - mean / peak};
}
