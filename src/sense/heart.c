#include "sense/heart.h"

#include "base/units.h"
#include "dsp/median.h"
#include "sense/rate_tracker.h"

#include <math.h>
#include <string.h>

enum {
    FS = 10, /* slots per second: 180 bpm is 0.3 of it */
    C = AW_HEART_VALUES,
    N = AW_HEART_SLOTS,
    RATES = AW_HEART_RATES,
    GROUPS = C / 2, /* complex */
    HARMONICS = 8,  /* of the breath taken out: 8 x 20 bpm covers the heart's range */
    SEARCHED = 3,   /* of them used in the search: the strongest */
    TREND = AW_SINE_FIT_TREND,
};

enum { FIRST = 53 };                                  /* steps in the lowest rate */
static const float STEP_BPM = 0.75F, LO_BPM = 39.75F; /* finer than the resolution of 60 s, 1 bpm */
static const float RIDGE = 0.02F, CLIP = 3;
static const float MAX_GAP_S = 0.5F; /* half a beat at 60 bpm */
static const float HEARD = 0.6F;
static const float HALF_CONFIDENT = 5, PUBLISH = 0.9F, SEEN = 0.5F;
static const float SEARCH_BPM = 0.5F;
static const float TWO_PI = 6.28318531F;

int aw_heart_basis_init(struct aw_sine_basis *b, struct aw_arena *a) {
    return aw_sine_basis_init(b, a, N, (size_t)(60 * FS / STEP_BPM), FIRST, RATES);
}

int aw_heart_init(struct aw_heart *h, struct aw_arena *a, const struct aw_sine_basis *basis) {
    if (basis->n != N || basis->n_freq != RATES) return AW_ERR_INVAL;
    memset(h, 0, sizeof *h);
    h->basis = basis;
    int rc = aw_slots_init(&h->slots, a, C, N, FS, MAX_GAP_S);
    if (rc < 0) return rc;
    rc = aw_sine_fit_init(&h->fit, a, N);
    if (rc < 0) return rc;
    h->wave = aw_arena_alloc(a, (TREND + 2 * HARMONICS) * N, sizeof *h->wave);
    h->u = aw_arena_alloc(a, RATES, sizeof *h->u);
    h->scratch = aw_arena_alloc(a, RATES, sizeof *h->scratch);
    return h->wave && h->u && h->scratch ? AW_OK : AW_ERR_NOMEM;
}

void aw_heart_reset(struct aw_heart *h) {
    aw_slots_reset(&h->slots);
    h->any = false;
}

/* ---- Frames ---------------------------------------------------------------------------------- */

void aw_heart_push(struct aw_heart *h, int64_t t_ns, const struct aw_amplitude *a,
                   const struct aw_frame *f) {
    const struct aw_amplitude_layout *l = &a->layout;
    if (l->n_rx < 2 || f->flags & AW_FRAME_AMPLITUDE_ONLY) return;
    if (!h->any || h->k != f->k) {
        aw_heart_reset(h);
        h->swap = a->level[1] > a->level[0];
        h->k = f->k;
        h->any = true;
    }
    const float *first = f->iq + 2 * (size_t)l->first;
    const float *other = first + 2 * (size_t)f->n_tx * f->n_sub;
    const float *top = h->swap ? first : other, *below = h->swap ? other : first;
    float least = 0.1F * a->level[h->swap ? 1 : 0], row[C];
    size_t bins = a->n_live[0], at = 0;
    if (bins < GROUPS) return;
    for (size_t g = 0; g < GROUPS; g++) {
        size_t end = (g + 1) * bins / GROUPS;
        float re = 0, im = 0, count = (float)(end - at);
        for (; at < end; at++) {
            size_t i = 2 * (size_t)a->live[at] * l->stride;
            const float *p = top + i, *q = below + i;
            float power = q[0] * q[0] + q[1] * q[1]; /* guarded where the lower one fades */
            float scale = 1 / (power > least * least ? power : least * least);
            re += (p[0] * q[0] + p[1] * q[1]) * scale;
            im += (p[1] * q[0] - p[0] * q[1]) * scale;
        }
        row[2 * g] = re / count;
        row[2 * g + 1] = im / count;
    }
    aw_slots_push(&h->slots, t_ns, row);
}

/* ---- Taking the breath out ------------------------------------------------------------------- */

static void make_harmonic(float bpm, float *cosine, float *sine) {
    double w = (double)TWO_PI * (double)bpm / 60 / FS;
    double c = cos(w), s = sin(w), re = 1, im = 0; /* turned on in double: exact enough for 600 */
    for (size_t i = 0; i < N; i++) {
        cosine[i] = (float)re;
        sine[i] = (float)im;
        double t = re * c - im * s;
        im = re * s + im * c;
        re = t;
    }
}

/* Energy of x [N][C] along wave [N]. */
static float along(const float *x, const float *wave) {
    float sum[C] = {0}, energy = 0;
    for (size_t i = 0; i < N; i++) {
        for (size_t c = 0; c < C; c++) sum[c] += wave[i] * x[i * C + c];
    }
    for (size_t c = 0; c < C; c++) energy += sum[c] * sum[c];
    return energy;
}

static float explained(struct aw_heart *h, float bpm) {
    float sum = 0, *cosine = h->wave + TREND * N, *sine = cosine + N;
    for (int k = 1; k <= SEARCHED; k++) {
        make_harmonic((float)k * bpm, cosine, sine);
        sum += along(h->fit.x, cosine) + along(h->fit.x, sine);
    }
    return sum;
}

/* The rate near bpm whose harmonics explain most: a grid of 0.1 bpm, then golden section. */
static float refine(struct aw_heart *h, float bpm) {
    float best = bpm, most = 0;
    for (int k = -5; k <= 5; k++) {
        float at = bpm + 0.2F * SEARCH_BPM * (float)k, e = explained(h, at);
        if (e > most) {
            most = e;
            best = at;
        }
    }
    float lo = best - 0.2F * SEARCH_BPM, hi = best + 0.2F * SEARCH_BPM;
    for (int k = 0; k < 8; k++) { /* 0.2 bpm x 0.618^8 = 0.004 */
        float a = lo + 0.382F * (hi - lo), b = lo + 0.618F * (hi - lo);
        if (explained(h, a) > explained(h, b)) {
            hi = b;
        } else {
            lo = a;
        }
    }
    return 0.5F * (lo + hi);
}

/* x without trend and harmonics of bpm. */
static void take_out(struct aw_heart *h, float bpm) {
    enum { COLUMNS = TREND + 2 * HARMONICS };
    float *x = h->fit.x;
    memcpy(h->wave, h->basis->trend, TREND * N * sizeof *h->wave);
    for (int k = 0; k < HARMONICS; k++) {
        float *cosine = h->wave + (size_t)(TREND + 2 * k) * N;
        make_harmonic((float)(k + 1) * bpm, cosine, cosine + N);
    }
    for (size_t j = TREND; j < COLUMNS; j++) {
        float *w = h->wave + j * N, norm = 0;
        for (size_t e = 0; e < j; e++) {
            const float *q = h->wave + e * N;
            float dot = 0;
            for (size_t i = 0; i < N; i++) dot += q[i] * w[i];
            for (size_t i = 0; i < N; i++) w[i] -= dot * q[i];
        }
        for (size_t i = 0; i < N; i++) norm += w[i] * w[i];
        float scale = norm > 1e-6F ? 1 / sqrtf(norm) : 0;
        for (size_t i = 0; i < N; i++) w[i] *= scale;
    }
    for (size_t j = 0; j < COLUMNS; j++) {
        const float *w = h->wave + j * N;
        float dot[C] = {0};
        for (size_t i = 0; i < N; i++) {
            for (size_t c = 0; c < C; c++) dot[c] += w[i] * x[i * C + c];
        }
        for (size_t i = 0; i < N; i++) {
            for (size_t c = 0; c < C; c++) x[i * C + c] -= w[i] * dot[c];
        }
    }
}

/* ---- Reading --------------------------------------------------------------------------------- */

static enum aw_reason load(struct aw_heart *h, int64_t t_ns) {
    struct aw_slots *s = &h->slots;
    if (s->sum_n == 0 || t_ns - s->last_ns > (int64_t)(MAX_GAP_S * 1e9F))
        return AW_REASON_NO_FRAMES;
    if (s->count < N) return AW_REASON_WARMING_UP;
    size_t heard = 0;
    for (size_t i = 0; i < N; i++) heard += aw_slots_at(s, N - i, h->fit.x + i * C);
    if ((float)heard < HEARD * N) return AW_REASON_RATE_TOO_LOW;
    for (size_t c = 0; c < C; c++) { /* small numbers keep float exact */
        float first = h->fit.x[c];
        for (size_t i = 0; i < N; i++) h->fit.x[i * C + c] -= first;
    }
    return AW_REASON_NONE;
}

void aw_heart_read(struct aw_heart *h, int64_t t_ns, bool moving, float breathing_bpm,
                   struct aw_heart_result *out) {
    *out = (struct aw_heart_result){.rate_bpm = NAN, .candidate_bpm = NAN, .line = NAN};
    if (moving) h->moved_ns = t_ns + N / FS * AW_S; /* it must have left the window */
    out->reason = load(h, t_ns);
    if (out->reason != AW_REASON_NONE) return;
    if (t_ns < h->moved_ns) {
        out->reason = AW_REASON_MOVING;
        return;
    }
    if (!(breathing_bpm > 0)) {
        out->reason = AW_REASON_NO_PERIODICITY;
        return;
    }
    take_out(h, refine(h, breathing_bpm));
    aw_sine_fit_run(&h->fit, h->basis, RIDGE, CLIP, h->u);
    memcpy(h->scratch, h->u, RATES * sizeof *h->u);
    float usual = aw_median_run(h->scratch, RATES);
    if (!(usual > 0)) {
        out->reason = AW_REASON_NO_SIGNAL;
        return;
    }
    size_t top = 1;
    for (size_t k = 1; k + 1 < RATES; k++) {
        if (h->u[k] > h->u[top]) top = k;
    }
    float ratio = HALF_CONFIDENT * usual / h->u[top];
    out->line = h->u[top] / usual;
    out->candidate_bpm =
        LO_BPM + STEP_BPM * ((float)top + aw_rate_tracker_vertex(h->u, RATES, top));
    out->confidence = 1 / (1 + ratio * ratio * ratio * ratio);
    out->reason = out->confidence < SEEN      ? AW_REASON_NO_PERIODICITY
                  : out->confidence < PUBLISH ? AW_REASON_NOT_CONFIDENT
                                              : AW_REASON_NONE;
    if (out->reason == AW_REASON_NONE) out->rate_bpm = out->candidate_bpm;
}
