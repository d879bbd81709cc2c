#include "dsp/viterbi.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int aw_viterbi_init(struct aw_viterbi *v, struct aw_arena *a, size_t n, size_t lag, size_t reach,
                    float step) {
    if (n < 1 || n > AW_VITERBI_MAX_STATES || lag < 1 || lag > 65536) return AW_ERR_INVAL;
    if (reach > AW_VITERBI_MAX_REACH || !(step > 0 && step < INFINITY)) return AW_ERR_INVAL;
    *v = (struct aw_viterbi){.n = n, .lag = lag, .reach = reach};
    v->score = aw_arena_alloc(a, n, sizeof *v->score);
    v->next = aw_arena_alloc(a, n, sizeof *v->next);
    v->by = aw_arena_alloc(a, n, sizeof *v->by);
    v->from = aw_arena_alloc(a, n * lag, sizeof *v->from);
    if (!v->score || !v->next || !v->by || !v->from) return AW_ERR_NOMEM;
    for (size_t d = 0; d <= reach; d++) v->cost[d] = (float)(d * d) / (2 * step * step);
    return AW_OK;
}

void aw_viterbi_reset(struct aw_viterbi *v) {
    memset(v->score, 0, v->n * sizeof *v->score);
    v->head = v->count = v->best = 0;
}

/* Best way to each state, for one distance d at a time so that the loops run along the states. */
static void step(struct aw_viterbi *v) {
    size_t n = v->n;
    const float *restrict score = v->score;
    float *restrict next = v->next, *restrict by = v->by; /* floats all: one width of lanes */
    memcpy(next, score, n * sizeof *score);
    memset(by, 0, n * sizeof *by);
    for (size_t d = 1; d <= v->reach && d < n; d++) {
        float cost = v->cost[d], up = (float)d, down = -(float)d;
        for (size_t i = d; i < n; i++) {
            float way = score[i - d] - cost;
            by[i] = way > next[i] ? up : by[i];
            next[i] = way > next[i] ? way : next[i];
        }
        for (size_t i = 0; i < n - d; i++) {
            float way = score[i + d] - cost;
            by[i] = way > next[i] ? down : by[i];
            next[i] = way > next[i] ? way : next[i];
        }
    }
    signed char *from = v->from + v->head * n;
    for (size_t i = 0; i < n; i++) from[i] = (signed char)by[i];
    v->head = v->head + 1 < v->lag ? v->head + 1 : 0;
}

void aw_viterbi_push(struct aw_viterbi *v, const float *log_likelihood) {
    bool first = v->count == 0;
    if (!first) step(v);
    for (int attempt = 0; attempt < 2; attempt++) {
        float best = -INFINITY;
        for (size_t i = 0; i < v->n; i++) {
            float l = log_likelihood[i];
            v->score[i] = (first ? 0 : v->next[i]) + (l >= -INFINITY ? l : -INFINITY);
            if (v->score[i] > best) {
                best = v->score[i];
                v->best = i;
            }
        }
        if (best > -INFINITY && best < INFINITY) {
            for (size_t i = 0; i < v->n; i++) v->score[i] -= best;
            break;
        }
        /* Nothing possible: start anew, and if this push alone excludes all, with no opinion. */
        v->count = 0;
        if (first || attempt == 1) {
            aw_viterbi_reset(v);
            return;
        }
        first = true;
    }
    if (v->count <= v->lag) v->count++;
}

size_t aw_viterbi_read(const struct aw_viterbi *v, size_t ago) {
    assert(ago < v->count);
    size_t state = v->best, at = v->head;
    for (size_t i = 0; i < ago; i++) {
        at = at ? at - 1 : v->lag - 1;
        state = (size_t)((int)state - v->from[at * v->n + state]);
    }
    return state;
}
