#include "server/phase.h"

#include "base/units.h"
#include "dsp/align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SWITCH = 50 /* frames of another shape in a row */ };
static const float MEMORY_S = 10; /* a breath or two: the template is the still room */
static const int64_t ROW_NS =
    AW_S / 20 - AW_S / 400; /* 20 per second, frames being early at times */

struct aw_phase {
    float memory;                       /* packets */
    uint16_t n_sub, all_chains, others; /* shape in use; frames of another since */
    uint16_t n, chains;
    int64_t row_ns, told_ns; /* of the last row; of the last reason */
    bool any_row, any_told, anchored;
    uint32_t index;
    struct aw_align align;
    void *memory_bytes;
    float *iq, *angle;       /* [chains][n][2], [chains][n] */
    uint16_t at[AW_MAX_SUB]; /* [n] places in the frame */
    int16_t k[AW_MAX_SUB];
};

struct aw_phase *aw_phase_create(float rate_hz) {
    struct aw_phase *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->memory = isfinite(rate_hz) ? fminf(fmaxf(rate_hz * MEMORY_S, 50), 5000) : 200;
    return p;
}

void aw_phase_destroy(struct aw_phase *p) {
    if (!p) return;
    free(p->memory_bytes);
    free(p);
}

/* Places of the valid subcarriers of the first training field, by ascending k, each once. */
static void choose(struct aw_phase *p, const struct aw_tapped_frame *f) {
    p->n = 0;
    for (uint16_t i = 0; i < f->n_sub; i++) {
        if (f->kind[i] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
        if ((f->kind[i] ^ f->kind[0]) & AW_LTF_MASK) continue;
        uint16_t to = p->n;
        while (to > 0 && p->k[to - 1] > f->k[i]) to--;
        if (to > 0 && p->k[to - 1] == f->k[i]) continue;
        memmove(p->k + to + 1, p->k + to, (size_t)(p->n - to) * sizeof p->k[0]);
        memmove(p->at + to + 1, p->at + to, (size_t)(p->n - to) * sizeof p->at[0]);
        p->k[to] = f->k[i];
        p->at[to] = i;
        p->n++;
    }
}

/* False: this shape cannot be aligned. */
static bool take_shape(struct aw_phase *p, const struct aw_tapped_frame *f) {
    p->n_sub = f->n_sub;
    p->all_chains = f->chains;
    p->others = 0;
    p->anchored = p->any_row = false;
    p->chains = f->chains < AW_ALIGN_MAX_CHAINS ? f->chains : AW_ALIGN_MAX_CHAINS;
    free(p->memory_bytes);
    p->memory_bytes = NULL;
    choose(p, f);
    if (p->n < 2) return false;
    size_t values = (size_t)p->chains * p->n, dense = (size_t)(p->k[p->n - 1] - p->k[0]) + 64;
    size_t bytes = 4 * (5 * values + 2 * dense * p->chains + 16 * dense) + 4096;
    struct aw_arena a;
    p->memory_bytes = calloc(1, bytes);
    if (!p->memory_bytes) return false;
    aw_arena_init(&a, p->memory_bytes, bytes);
    p->iq = aw_arena_alloc(&a, 2 * values, sizeof *p->iq);
    p->angle = aw_arena_alloc(&a, values, sizeof *p->angle);
    return p->iq && p->angle &&
           aw_align_init(&p->align, &a, p->chains, p->n, p->k, p->memory) == AW_OK;
}

/* Is f of the shape in use? Another one takes over when it alone arrives. */
static bool same_shape(struct aw_phase *p, const struct aw_tapped_frame *f) {
    if (p->memory_bytes && f->n_sub == p->n_sub && f->chains == p->all_chains) {
        p->others = 0;
        return true;
    }
    if (p->memory_bytes && ++p->others < SWITCH) return false;
    if (take_shape(p, f)) return true;
    free(p->memory_bytes);
    p->memory_bytes = NULL;
    return false;
}

/* Turns the frame by the line that fits its first chain: no packet to compare with is there yet. */
static void anchor(struct aw_phase *p) {
    double re = 0, im = 0;
    int d = p->k[1] - p->k[0];
    for (unsigned i = 1; i + 1 < p->n; i++)
        if (p->k[i + 1] - p->k[i] < d) d = p->k[i + 1] - p->k[i];
    for (unsigned i = 0; i + 1 < p->n; i++) {
        const float *a = p->iq + 2 * i, *b = a + 2;
        if (p->k[i + 1] - p->k[i] != d) continue;
        re += (double)(b[0] * a[0] + b[1] * a[1]);
        im += (double)(b[1] * a[0] - b[0] * a[1]);
    }
    double slope = atan2(im, re) / d;
    re = im = 0;
    for (unsigned i = 0; i < p->n; i++) {
        double c = cos(slope * p->k[i]), s = sin(slope * p->k[i]);
        re += (double)p->iq[2 * i] * c + (double)p->iq[2 * i + 1] * s;
        im += (double)p->iq[2 * i + 1] * c - (double)p->iq[2 * i] * s;
    }
    double offset = atan2(im, re);
    for (size_t i = 0; i < (size_t)p->chains * p->n; i++) {
        double turn = offset + slope * p->k[i % p->n], c = cos(turn), s = sin(turn);
        float h_re = p->iq[2 * i], h_im = p->iq[2 * i + 1];
        p->iq[2 * i] = (float)((double)h_re * c + (double)h_im * s);
        p->iq[2 * i + 1] = (float)((double)h_im * c - (double)h_re * s);
    }
}

static void tell(struct aw_phase *p, const struct aw_tapped_frame *f, enum aw_reason reason,
                 void (*row)(void *ctx, const struct aw_phase_row *r), void *ctx) {
    if (p->any_told && f->t_ns >= p->told_ns && f->t_ns - p->told_ns < AW_S) return;
    p->any_told = true;
    p->told_ns = f->t_ns;
    row(ctx, &(struct aw_phase_row){.reason = reason, .t_ns = f->t_ns});
}

static void show(struct aw_phase *p, const struct aw_tapped_frame *f,
                 const struct aw_align_result *r,
                 void (*row)(void *ctx, const struct aw_phase_row *r), void *ctx) {
    for (size_t i = 0; i < (size_t)p->chains * p->n; i++) {
        float re = p->iq[2 * i], im = p->iq[2 * i + 1];
        p->angle[i] = re != 0 || im != 0 ? atan2f(im, re) : NAN;
    }
    p->any_row = true;
    p->row_ns = f->t_ns;
    const struct aw_phase_row out = {.t_ns = f->t_ns,
                                     .index = p->index++,
                                     .n = p->n,
                                     .chains = p->chains,
                                     .k = p->k,
                                     .phase = p->angle,
                                     .taken_rad = r->phase_rad,
                                     .slope_rad = r->slope_rad,
                                     .residual = r->residual};
    row(ctx, &out);
}

void aw_phase_push(struct aw_phase *p, const struct aw_tapped_frame *f, bool learn,
                   void (*row)(void *ctx, const struct aw_phase_row *r), void *ctx) {
    if (f->flags & AW_FRAME_AMPLITUDE_ONLY) {
        tell(p, f, AW_REASON_NO_PHASE, row, ctx);
        return;
    }
    if (!same_shape(p, f)) return;
    for (unsigned c = 0; c < p->chains; c++)
        for (unsigned i = 0; i < p->n; i++)
            memcpy(p->iq + 2 * ((size_t)c * p->n + i),
                   f->iq + 2 * ((size_t)c * f->n_sub + p->at[i]), 2 * sizeof *p->iq);
    if (!p->anchored) anchor(p);
    struct aw_align_result result;
    aw_align_push(&p->align, p->iq, learn || !p->anchored, p->iq, &result);
    if (!result.ok) {
        tell(p, f, AW_REASON_NO_SIGNAL, row, ctx);
        return;
    }
    p->anchored = true;
    if (p->any_row && f->t_ns >= p->row_ns && f->t_ns - p->row_ns < ROW_NS) return;
    show(p, f, &result, row, ctx);
}
