#include "rival_past.h"
#include "rivals.h"

#include <math.h>

enum { PAST = 128, MIN_PAST = 10 };
static const double pi = 3.14159265358979323846;

int rival_ruview_motion_init(struct rival_ruview_motion *r, double fs_hz) {
    *r = (struct rival_ruview_motion){.fs_hz = fs_hz, .confidence = 0, .motion = NAN};
    if (!(fs_hz > 0)) return AW_ERR_INVAL;
    return rival_past_init(&r->past, PAST);
}

void rival_ruview_motion_free(struct rival_ruview_motion *r) {
    rival_past_free(&r->past);
}

/* Tapers across the subcarriers, divides by the deviation of all values; returns their mean. */
static double preprocess(const struct rival_row *row, float *out) {
    size_t n = (size_t)row->n_rx * row->n_sub;
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++) {
        double at = row->n_sub > 1 ? (double)(i % row->n_sub) / (row->n_sub - 1) : 0.5;
        out[i] = row->amplitude[i] * (float)(0.54 - 0.46 * cos(2 * pi * at));
        mean += out[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) square += (out[i] - mean) * (out[i] - mean);
    double scale = sqrt(square / (double)n) + 1e-12;
    for (size_t i = 0; i < n; i++) out[i] /= (float)scale;
    return mean / scale;
}

/* Variance over antennas, mean over subcarriers. */
static double across(const float *x, uint16_t n_rx, uint16_t n_sub) {
    double sum = 0;
    for (size_t k = 0; k < n_sub; k++) {
        double mean = 0, square = 0;
        for (size_t a = 0; a < n_rx; a++) mean += x[a * n_sub + k] / n_rx;
        for (size_t a = 0; a < n_rx; a++)
            square += (x[a * n_sub + k] - mean) * (x[a * n_sub + k] - mean);
        sum += square / n_rx;
    }
    return sum / n_sub;
}

static double correlation(const float *a, const float *b, size_t n) {
    double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
    for (size_t k = 0; k < n; k++) {
        ma += a[k] / (double)n;
        mb += b[k] / (double)n;
    }
    for (size_t k = 0; k < n; k++) {
        aa += (a[k] - ma) * (a[k] - ma);
        bb += (b[k] - mb) * (b[k] - mb);
        ab += (a[k] - ma) * (b[k] - mb);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* Mean correlation of pairs of antennas, of its magnitude if asked; alone without a pair. */
static double pairs(const float *x, const struct rival_row *row, bool magnitude, double alone) {
    double sum = 0;
    int n = 0;
    for (size_t a = 0; a < row->n_rx; a++)
        for (size_t b = a + 1; b < row->n_rx; b++, n++) {
            double c = correlation(x + a * row->n_sub, x + b * row->n_sub, row->n_sub);
            sum += magnitude ? fabs(c) : c;
        }
    return n ? sum / n : alone;
}

/* Radix-2, in place. Source: Cooley and Tukey 1965. */
static void fft(double *re, double *im, size_t n) {
    for (size_t i = 1, j = 0; i < n; i++) {
        size_t bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i >= j) continue;
        double t = re[i];
        re[i] = re[j];
        re[j] = t;
    } /* im is zero here */
    for (size_t half = 1; half < n; half *= 2)
        for (size_t k = 0; k < half; k++) {
            double c = cos(pi * (double)k / (double)half), s = -sin(pi * (double)k / (double)half);
            for (size_t i = k; i < n; i += 2 * half) {
                size_t j = i + half;
                double tr = re[j] * c - im[j] * s, ti = re[j] * s + im[j] * c;
                re[j] = re[i] - tr;
                im[j] = im[i] - ti;
                re[i] += tr;
                im[i] += ti;
            }
        }
}

/* Strongest frequency but 0 of each subcarrier over time, mean over subcarriers, Hz. */
static double doppler_hz(const struct rival_past *p, double fs_hz) {
    double sum = 0;
    for (size_t k = 0; k < p->n; k++) {
        double re[PAST] = {0}, im[PAST] = {0}, best = -1;
        size_t line = 0;
        for (size_t i = 0; i < p->count; i++) re[i] = rival_past_row(p, i)[k];
        fft(re, im, PAST);
        for (size_t f = 1; f <= PAST / 2; f++) {
            double power = re[f] * re[f] + im[f] * im[f];
            if (power <= best) continue;
            best = power;
            line = f;
        }
        sum += (double)line * fs_hz / PAST;
    }
    return sum / (double)p->n;
}

void rival_ruview_motion_push(struct rival_ruview_motion *r, const struct rival_row *row) {
    float a[RIVAL_BINS];
    if (row->n_rx != r->n_rx) r->past.count = 0;
    r->n_rx = row->n_rx;
    double mean = preprocess(row, a), v = across(a, row->n_rx, row->n_sub);
    double q = across(row->phase, row->n_rx, row->n_sub);
    double c = pairs(a, row, true, 0), h = pairs(row->phase, row, false, 1);
    double variance = fmin(v / 0.5, 1), phase = (fmin(q / 0.5, 1) + 1 - fabs(h)) / 2;
    rival_past_push(&r->past, row->t_ns, a, row->n_sub, false);
    if (r->past.count < MIN_PAST) {
        r->motion = 0.4 * variance + 0.3 * c + 0.3 * phase;
    } else {
        double f = doppler_hz(&r->past, r->fs_hz);
        r->motion = 0.3 * variance + 0.2 * c + 0.2 * phase + 0.3 * fmin(f / 100, 1);
    }
    double now = 0.4 * (mean > 0.1) + 0.3 * (sqrt(v) > 0.05) + 0.3 * (r->motion > 0.3);
    r->confidence = 0.9 * r->confidence + 0.1 * now;
}

struct rival_ruview_motion_result rival_ruview_motion_read(const struct rival_ruview_motion *r) {
    return (struct rival_ruview_motion_result){.motion = r->motion,
                                               .confidence = r->n_rx ? r->confidence : NAN,
                                               .detected = r->confidence >= 0.8};
}
