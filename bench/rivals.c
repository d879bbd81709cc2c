#include "rivals.h"

#include "rival_past.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BAND = 12, MAX_RATE_HZ = 400 };
static const double pi = 3.14159265358979323846;

bool rival_row_read(struct rival_row *row, const struct aw_frame *f, struct rival_values *v) {
    size_t n = 0;
    int ltf = -1;
    for (uint16_t rx = 0; rx < f->n_rx; rx++) {
        const float *iq = f->iq + 2 * (size_t)rx * f->n_tx * f->n_sub;
        for (uint16_t i = 0; i < f->n_sub; i++) {
            if (f->kind[i] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
            if (ltf < 0) ltf = f->kind[i] & AW_LTF_MASK;
            if ((f->kind[i] & AW_LTF_MASK) != ltf) continue;
            if (n == RIVAL_BINS) return false;
            float re = iq[2 * (size_t)i], im = iq[2 * (size_t)i + 1];
            v->amplitude[n] = sqrtf(re * re + im * im);
            v->phase[n++] = atan2f(im, re);
        }
    }
    if (n == 0) return false;
    *row = (struct rival_row){.t_ns = f->t_ns,
                              .n_rx = f->n_rx,
                              .n_sub = (uint16_t)(n / f->n_rx),
                              .amplitude = v->amplitude,
                              .phase = v->phase};
    return true;
}

/* ---- past ---- */

int rival_past_init(struct rival_past *p, size_t cap) {
    *p = (struct rival_past){.cap = cap};
    p->value = calloc(cap * RIVAL_BINS, sizeof *p->value); /* touched as far as rows are wide */
    p->t_ns = calloc(cap, sizeof *p->t_ns);
    if (p->value && p->t_ns) return AW_OK;
    rival_past_free(p);
    return AW_ERR_NOMEM;
}

void rival_past_free(struct rival_past *p) {
    free(p->value);
    free(p->t_ns);
    *p = (struct rival_past){0};
}

void rival_past_push(struct rival_past *p, int64_t t_ns, const float *row, size_t n,
                     bool relative) {
    if (n != p->n) p->count = p->head = 0;
    p->n = n;
    float *to = p->value + p->head * n, sum = 0;
    memcpy(to, row, n * sizeof *to);
    for (size_t i = 0; i < n; i++) sum += row[i];
    for (size_t i = 0; i < n && relative && sum > 0; i++) to[i] *= (float)n / sum;
    p->t_ns[p->head] = t_ns;
    p->head = (p->head + 1) % p->cap;
    if (p->count < p->cap) p->count++;
}

static size_t slot(const struct rival_past *p, size_t i) {
    return (p->head + p->cap - p->count + i) % p->cap;
}

const float *rival_past_row(const struct rival_past *p, size_t i) {
    return p->value + slot(p, i) * p->n;
}

int64_t rival_past_time(const struct rival_past *p, size_t i) {
    return p->t_ns[slot(p, i)];
}

/* ---- turbulence ---- */

int rival_turbulence_init(struct rival_turbulence *r, uint32_t window, double fs_hz,
                          bool relative) {
    if (window < 2 || window > 256 || !(fs_hz > 22)) return AW_ERR_INVAL;
    double w = tan(pi * 11 / fs_hz); /* bilinear transform of 1 / (1 + s) */
    *r = (struct rival_turbulence){.window = window, .relative = relative};
    r->b = w / (1 + w);
    r->a = (w - 1) / (1 + w);
    return AW_OK;
}

void rival_turbulence_push(struct rival_turbulence *r, const struct rival_row *row) {
    double sum = 0, square = 0;
    uint16_t n = row->n_sub < BAND ? row->n_sub : BAND;
    for (uint16_t i = 0; i < n; i++) sum += row->amplitude[(2 * i + 1) * row->n_sub / (2 * n)];
    for (uint16_t i = 0; i < n; i++) {
        double d = row->amplitude[(2 * i + 1) * row->n_sub / (2 * n)] - sum / n;
        square += d * d;
    }
    double x = sqrt(square / n);
    if (r->relative) x = sum > 0 ? x * n / sum : 0;
    if (row->n_sub != r->n_sub) r->n = 0;
    r->n_sub = row->n_sub;
    double y = r->n == 0 ? x : r->b * (x + r->x1) - r->a * r->y1; /* starts settled */
    r->x1 = x;
    r->y1 = y;
    r->past[r->n++ % r->window] = y;
    if (r->n == 2 * r->window) r->n = r->window;
}

double rival_turbulence_read(const struct rival_turbulence *r) {
    if (r->n < r->window) return NAN;
    double mean = 0, square = 0;
    for (uint32_t i = 0; i < r->window; i++) mean += r->past[i] / r->window;
    for (uint32_t i = 0; i < r->window; i++) square += (r->past[i] - mean) * (r->past[i] - mean);
    return square / r->window;
}

/* ---- autocorrelation and coefficient of variation ---- */

int rival_spread_init(struct rival_spread *r, double window_s, bool relative) {
    *r = (struct rival_spread){.window_s = window_s, .relative = relative};
    if (!(window_s >= 0.1 && window_s <= 60)) return AW_ERR_INVAL;
    return rival_past_init(&r->past, (size_t)(window_s * MAX_RATE_HZ) + 1);
}

void rival_spread_free(struct rival_spread *r) {
    rival_past_free(&r->past);
}

void rival_spread_push(struct rival_spread *r, const struct rival_row *row) {
    size_t n = (size_t)row->n_rx * row->n_sub;
    rival_past_push(&r->past, row->t_ns, row->amplitude, n, r->relative);
}

struct moments {
    double mean, var, lag1; /* lag1: sum of products of neighbours / sum of squares */
};

static struct moments moments(const struct rival_past *p, size_t first, size_t bin) {
    struct moments m = {0, 0, 0};
    double n = (double)(p->count - first), before = 0;
    for (size_t i = first; i < p->count; i++) m.mean += rival_past_row(p, i)[bin] / n;
    for (size_t i = first; i < p->count; i++) {
        double d = rival_past_row(p, i)[bin] - m.mean;
        m.var += d * d / n;
        m.lag1 += d * before / n;
        before = d;
    }
    m.lag1 = m.var > 0 ? m.lag1 / m.var : 0;
    return m;
}

static double spread(const struct rival_spread *r, int64_t t_ns, bool lag1) {
    const struct rival_past *p = &r->past;
    size_t first = 0;
    while (first < p->count && (double)(t_ns - rival_past_time(p, first)) * 1e-9 >= r->window_s)
        first++;
    if (p->count < first + 8) return NAN;
    double sum = 0;
    for (size_t bin = 0; bin < p->n; bin++) {
        struct moments m = moments(p, first, bin);
        sum += lag1 ? m.lag1 : m.mean > 0 ? sqrt(m.var) / m.mean : 0;
    }
    return sum / (double)p->n;
}

double rival_lag1_read(const struct rival_spread *r, int64_t t_ns) {
    return spread(r, t_ns, true);
}

double rival_cv_read(const struct rival_spread *r, int64_t t_ns) {
    return spread(r, t_ns, false);
}
