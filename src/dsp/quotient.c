#include "dsp/quotient.h"

#include <math.h>
#include <string.h>

int aw_quotient_init(struct aw_quotient *q, struct aw_arena *a,
                     const struct aw_quotient_config *c) {
    bool chains = c->kind == AW_QUOTIENT_CHAINS;
    if (!chains && c->kind != AW_QUOTIENT_SUBCARRIERS) return AW_ERR_INVAL;
    if (c->n_chains < (chains ? 2 : 1) || c->n_chains > AW_QUOTIENT_MAX_CHAINS) return AW_ERR_INVAL;
    if (c->n_sub < (chains ? 1 : 2) || c->n_sub > AW_MAX_SUB) return AW_ERR_INVAL;
    if (!(c->guard >= 0 && c->guard < INFINITY)) return AW_ERR_INVAL;
    if (!(c->learn >= 1 && c->learn < INFINITY) || !(c->change >= 1)) return AW_ERR_INVAL;
    *q = (struct aw_quotient){.config = *c, .candidates = chains ? c->n_chains : c->n_sub};
    q->share = aw_arena_alloc(a, q->candidates, sizeof *q->share);
    q->last = aw_arena_alloc(a, c->n_chains * c->n_sub, 2 * sizeof *q->last);
    return q->share && q->last ? AW_OK : AW_ERR_NOMEM;
}

void aw_quotient_reset(struct aw_quotient *q) {
    q->ref = 0;
    q->seen = 0;
    memset(q->share, 0, q->candidates * sizeof *q->share);
    memset(q->last, 0, q->config.n_chains * q->config.n_sub * 2 * sizeof *q->last);
}

static float power_of(const struct aw_quotient *q, const float *iq, size_t candidate) {
    size_t n_sub = q->config.n_sub, n, stride;
    const float *p;
    if (q->config.kind == AW_QUOTIENT_CHAINS) {
        p = iq + 2 * candidate * n_sub, n = n_sub, stride = 2;
    } else {
        p = iq + 2 * candidate, n = q->config.n_chains, stride = 2 * n_sub;
    }
    float sum = 0;
    for (size_t i = 0; i < n; i++, p += stride) sum += p[0] * p[0] + p[1] * p[1];
    return sum;
}

/* Follows the shares of power; whether another reference was chosen. */
static bool choose(struct aw_quotient *q, const float *iq) {
    float total = 0;
    for (size_t i = 0; i < q->config.n_chains * q->config.n_sub * 2; i++) total += iq[i] * iq[i];
    if (!(total > 0 && total < INFINITY)) return false;
    bool learning = q->seen < q->config.learn;
    if (learning) q->seen += 1;
    float alpha = 1 / q->seen;
    size_t best = 0;
    for (size_t i = 0; i < q->candidates; i++) {
        q->share[i] += alpha * (power_of(q, iq, i) / total - q->share[i]);
        if (q->share[i] > q->share[best]) best = i;
    }
    if (best == q->ref) return false;
    if (!learning && !(q->share[best] > q->config.change * q->share[q->ref])) return false;
    q->ref = best;
    return true;
}

bool aw_quotient_push(struct aw_quotient *q, const float *iq, float sigma, float *out) {
    size_t n_chains = q->config.n_chains, n_sub = q->config.n_sub;
    bool changed = choose(q, iq), chains = q->config.kind == AW_QUOTIENT_CHAINS;
    if (changed) memset(q->last, 0, n_chains * n_sub * 2 * sizeof *q->last);
    float least = q->config.guard * sigma;
    least *= least;
    for (size_t c = 0; c < n_chains; c++) {
        const float *h = iq + 2 * c * n_sub;
        const float *below = chains ? iq + 2 * q->ref * n_sub : h + 2 * q->ref;
        size_t step = chains ? 2 : 0;
        float *last = q->last + 2 * c * n_sub;
        for (size_t k = 0; k < n_sub; k++, h += 2, below += step, last += 2) {
            float power = below[0] * below[0] + below[1] * below[1];
            if (!(power > 0) || !(power >= least)) continue;
            float scale = 1 / power;
            last[0] = (h[0] * below[0] + h[1] * below[1]) * scale;
            last[1] = (h[1] * below[0] - h[0] * below[1]) * scale;
        }
    }
    memcpy(out, q->last, n_chains * n_sub * 2 * sizeof *out);
    return changed;
}
