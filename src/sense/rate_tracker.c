#include "sense/rate_tracker.h"

#include <math.h>

int aw_rate_tracker_init(struct aw_rate_tracker *t, const struct aw_rate_tracker_config *c) {
    if (c->n < 3 || c->n > AW_RATE_TRACKER_MAX) return AW_ERR_INVAL;
    if (!(c->lo_bpm > 0 && c->lo_bpm < 1e4F) || !(c->step_bpm > 0 && c->step_bpm < 1e3F))
        return AW_ERR_INVAL;
    if (!(c->drift_bpm >= 0 && c->drift_bpm <= c->step_bpm)) return AW_ERR_INVAL;
    if (!(c->jump > 0 && c->jump < 1) || !(c->gain > 0 && c->gain < 1e3F)) return AW_ERR_INVAL;
    t->config = *c;
    float r = c->drift_bpm > 0 ? c->step_bpm / c->drift_bpm : INFINITY;
    float w = expf(-0.5F * r * r);
    t->side = w / (1 + 2 * w);
    aw_rate_tracker_reset(t);
    return AW_OK;
}

void aw_rate_tracker_reset(struct aw_rate_tracker *t) {
    for (size_t i = 0; i < t->config.n; i++) t->p[i] = 1 / (float)t->config.n;
}

void aw_rate_tracker_push(struct aw_rate_tracker *t, const float *z) {
    size_t n = t->config.n;
    float top = z[0];
    for (size_t i = 1; i < n; i++) top = z[i] > top ? z[i] : top;
    float before = t->p[0], sum = 0, jump = t->config.jump;
    for (size_t i = 0; i < n; i++) { /* the ends reflect */
        float here = t->p[i], after = i + 1 < n ? t->p[i + 1] : here;
        float moved = here + t->side * (before - 2 * here + after);
        before = here;
        t->p[i] = ((1 - jump) * moved + jump / (float)n) * expf(t->config.gain * (z[i] - top));
        sum += t->p[i];
    }
    for (size_t i = 0; i < n; i++) t->p[i] /= sum;
}

float aw_rate_tracker_vertex(const float *y, size_t n, size_t k) {
    if (k == 0 || k + 1 >= n) return 0;
    float bend = y[k - 1] - 2 * y[k] + y[k + 1];
    if (!(bend < 0)) return 0;
    float at = 0.5F * (y[k - 1] - y[k + 1]) / bend;
    return at < -0.5F ? -0.5F : at > 0.5F ? 0.5F : at;
}

float aw_rate_tracker_read(const struct aw_rate_tracker *t, float *mass) {
    size_t n = t->config.n, k = 0;
    for (size_t i = 1; i < n; i++) {
        if (t->p[i] > t->p[k]) k = i;
    }
    float at = (float)k;
    if (k > 0 && k + 1 < n) {
        float y[3] = {logf(t->p[k - 1]), logf(t->p[k]), logf(t->p[k + 1])};
        at += aw_rate_tracker_vertex(y, 3, 1);
    }
    float rate = t->config.lo_bpm + at * t->config.step_bpm;
    float sum = 0;
    for (size_t i = 0; i < n; i++) {
        float f = t->config.lo_bpm + (float)i * t->config.step_bpm;
        if (fabsf(f - rate) <= 1) sum += t->p[i];
    }
    *mass = sum;
    return rate;
}
