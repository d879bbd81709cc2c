#include "sense/breathing.h"

#include "base/units.h"
#include "dsp/noise_line.h"

#include <math.h>
#include <string.h>

enum {
    FS = 5,                        /* slots per second: 60 bpm is 0.2 of it */
    GROUPS = AW_SINE_FIT_CHANNELS, /* neighbouring subcarriers fade together: averaging them
                                    * keeps the breath and divides the noise */
    COMMON = GROUPS,               /* the slot's last value: ln of the common amplitude */
    GRID = AW_BREATHING_GRID,
    W15 = 0,
    W30 = 1,
    W60 = 2,
    WINDOWS = AW_BREATHING_WINDOWS,
};

static const struct {
    unsigned slots, n_freq;
    float step_bpm; /* half the resolution 60 / seconds, or finer where the grid asks for it */
} WINDOW[WINDOWS] = {{15 * FS, 57, 1}, {30 * FS, 113, 0.5F}, {60 * FS, 113, 0.5F}};

static const float LO_BPM = 4, STEP_BPM = 0.25F;
static const float MAX_GAP_S = 2; /* half a breath at 15 bpm: a line still resembles it */
static const float HEARD = 0.6F;  /* of the slots must have frames of their own */
static const float RIDGE = 0.02F; /* of the trace; flat between 0.01 and 0.03 */
static const float CLIP = 1.5F;   /* of the median sample's amplitude; flat from 1 to 2.5 */
static const float SHORT_BPM = 12, LONG_BPM = 6; /* three cycles in 15 s, in 30 s */
/* A rate is refused when the shortest windows show another one this many times as strong. Simulated
 * steps, 40 rooms: of all rates given 7 to 9 % are wrong, without it 16 to 21 %. Costs .024 of the
 * coverage on breathing-esp32. */
static const float OVERTAKEN = 1.5F;
static const float NEAR_BPM = 1;      /* what counts as the same rate: the accuracy aimed at */
static const float REFINE_BPM = 0.5F; /* how far the fine rate strays from the coarse, 1 sigma */
static const float FAR = 8;           /* sigma: 1e-14, no line is that much stronger */

/* Confidence: see breathing.h. */
static const float C_ONE = 2.70F, C_LINE = 1.75F, C_MASS = 2.10F, C_UNUSUAL = -6.34F;
static const float REST_BPM = 14;

/* A line at half the rate, this strong relative to it and at least so strong, may be the breath of
 * which the rate is the second harmonic. */
static const float HALF_SHARE = 0.4F, HALF_LEAST = 2;

/* A chest close to the link is itself what moves. It is told from a walker by explaining most of
 * the variance (walkers in 4 recordings reach 0.67 of it) and by being slow: its mean square change
 * over 0.2 s is below that of 25 bpm, relative to that over 1.4 s (walkers: 0.2 to 0.7). */
static const float CHEST_SHARE = 0.8F, CHEST_FAST = 0.12F;

static const float LOST = 0.35F, FOUND = 0.5F; /* amplitude of 10 s against the 20 s before */
static const int64_t APNOEA_MAX_NS = 60 * AW_S;

int aw_breathing_bases_init(struct aw_breathing_bases *b, struct aw_arena *a) {
    for (int w = 0; w < WINDOWS; w++) {
        unsigned per_bpm = (unsigned)(1 / WINDOW[w].step_bpm);
        int rc = aw_sine_basis_init(&b->window[w], a, WINDOW[w].slots, 60 * FS * per_bpm,
                                    (unsigned)LO_BPM * per_bpm, WINDOW[w].n_freq);
        if (rc < 0) return rc;
        b->log_f[w] = aw_arena_alloc(a, WINDOW[w].n_freq, sizeof *b->log_f[w]);
        if (!b->log_f[w]) return AW_ERR_NOMEM;
        for (unsigned k = 0; k < WINDOW[w].n_freq; k++)
            b->log_f[w][k] = logf((LO_BPM + (float)k * WINDOW[w].step_bpm) / 15);
    }
    return AW_OK;
}

void aw_breathing_config_default(struct aw_breathing_config *c) {
    *c = (struct aw_breathing_config){.max_n = 512, .publish = 0.93F, .hold_s = 3};
}

/* The tracker's grid leaves out the ends, where a maximum cannot be told from a slope. */
static const struct aw_rate_tracker_config TRACKER = {
    .lo_bpm = 4.25F, .step_bpm = 0.25F, .n = 222, .drift_bpm = 0.1F, .jump = 0.01F, .gain = 0.1F};
enum { INNER = 1 }; /* of the grid's points is the tracker's first */

int aw_breathing_init(struct aw_breathing *b, struct aw_arena *a,
                      const struct aw_breathing_bases *bases,
                      const struct aw_breathing_config *config) {
    if (config->max_n < 1 || config->max_n > 4096) return AW_ERR_INVAL;
    if (!(config->publish >= 0 && config->publish <= 1)) return AW_ERR_INVAL;
    if (!(config->hold_s >= 0 && config->hold_s <= 3600)) return AW_ERR_INVAL;
    memset(b, 0, sizeof *b);
    b->config = *config;
    b->bases = bases;
    b->coarse_reason = b->fine_reason = AW_REASON_WARMING_UP;
    int rc = aw_slots_init(&b->slots, a, GROUPS + 1, AW_BREATHING_SLOTS, FS, MAX_GAP_S);
    if (rc < 0) return rc;
    rc = aw_rate_tracker_init(&b->tracker, &TRACKER);
    if (rc < 0) return rc;
    rc = aw_sine_fit_init(&b->fit, a, AW_BREATHING_SLOTS);
    if (rc < 0) return rc;
    for (int w = 0; w < WINDOWS; w++) {
        b->z[w] = aw_arena_alloc(a, GRID, sizeof *b->z[w]);
        if (!b->z[w]) return AW_ERR_NOMEM;
    }
    b->mixed = aw_arena_alloc(a, GRID, sizeof *b->mixed);
    b->u = aw_arena_alloc(a, GRID, sizeof *b->u);
    b->scratch = aw_arena_alloc(a, GRID, sizeof *b->scratch);
    b->wave = aw_arena_alloc(a, WINDOW[W30].slots, sizeof *b->wave);
    b->last_wave = aw_arena_alloc(a, WINDOW[W30].slots, sizeof *b->last_wave);
    return b->mixed && b->u && b->scratch && b->wave && b->last_wave ? AW_OK : AW_ERR_NOMEM;
}

void aw_breathing_reset(struct aw_breathing *b) {
    aw_gain_steps_reset(&b->gain);
    aw_slots_reset(&b->slots);
    aw_rate_tracker_reset(&b->tracker);
    b->n = 0;
    b->any_wave = b->any_moved = b->any_published = b->apnoea = false;
    b->coarse_reason = b->fine_reason = AW_REASON_WARMING_UP;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

void aw_breathing_push(struct aw_breathing *b, int64_t t_ns, const float *row, size_t n,
                       float level) {
    if (n > b->config.max_n) n = b->config.max_n;
    if (n == 0) return;
    if (b->n != n) {
        if (b->n) aw_breathing_reset(b);
        b->n = n;
    }
    float packed[GROUPS + 1] = {0};
    size_t groups = n < GROUPS ? n : GROUPS;
    for (size_t g = 0, at = 0; g < groups; g++) {
        size_t end = (g + 1) * n / groups;
        float sum = 0, count = (float)(end - at);
        for (; at < end; at++) sum += row[at];
        packed[g] = sum / count;
    }
    float common = isfinite(level) ? aw_gain_steps_push(&b->gain, level) : NAN;
    packed[COMMON] = isfinite(common) ? common : b->gain.common;
    bool had = b->slots.sum_n > 0;
    aw_slots_push(&b->slots, t_ns, packed);
    if (had && b->slots.sum_n == 1 && b->slots.count == 0) { /* too long a gap */
        aw_rate_tracker_reset(&b->tracker);
        b->any_wave = b->any_published = b->apnoea = false;
    }
}

/* ---- Spectra --------------------------------------------------------------------------------- */

/* z on the common grid from the native one, `factor` times coarser: Catmull-Rom. */
static void refine(const float *x, size_t n, size_t factor, float *out) {
    for (size_t k = 0; k + 1 < n; k++) {
        float a = x[k ? k - 1 : 0], b = x[k], c = x[k + 1], d = x[k + 2 < n ? k + 2 : n - 1];
        for (size_t j = 0; j < factor; j++) {
            float t = (float)j / (float)factor;
            *out++ = b + 0.5F * t *
                             (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
        }
    }
    *out = x[n - 1];
}

static float largest(const float *z, size_t lo, size_t hi, size_t *at) {
    size_t k = lo;
    for (size_t i = lo; i <= hi; i++) {
        if (z[i] > z[k]) k = i;
    }
    if (at) *at = k;
    return z[k];
}

/* Mean square change of the rows in the fit over 0.2 s relative to that over 1.4 s. */
static float fast_share(const float *x, size_t slots) {
    const size_t near = GROUPS, far = 7 * GROUPS;
    double fast = 0, slow = 0;
    for (size_t i = far; i < slots * GROUPS; i++) {
        fast += (double)((x[i] - x[i - near]) * (x[i] - x[i - near]));
        slow += (double)((x[i] - x[i - far]) * (x[i] - x[i - far]));
    }
    return slow > 0 ? (float)(fast / slow) : 1;
}

/* Fills z of window w. False: nothing varies. */
static bool spectrum(struct aw_breathing *b, int w, size_t *heard) {
    unsigned slots = WINDOW[w].slots;
    float *x = b->fit.x;
    float row[GROUPS + 1];
    *heard = 0;
    for (unsigned i = 0; i < slots; i++) {
        *heard += aw_slots_at(&b->slots, slots - i, row);
        float scale = expf(row[COMMON]);
        for (int g = 0; g < GROUPS; g++) x[i * GROUPS + (unsigned)g] = row[g] * scale;
    }
    if (w == W30) b->fast = fast_share(x, slots);
    aw_sine_fit_run(&b->fit, &b->bases->window[w], RIDGE, CLIP, b->u);
    if (w == W30) b->share = *b->u > 0 ? largest(b->u, 0, WINDOW[w].n_freq - 1, NULL) : 0;
    if (!(b->u[0] > 0)) return false;
    aw_noise_line_run(b->u, b->bases->log_f[w], WINDOW[w].n_freq, b->scratch);
    refine(b->u, WINDOW[w].n_freq, (size_t)(WINDOW[w].step_bpm / STEP_BPM), b->z[w]);
    return true;
}

static float bpm_of(float point) {
    return LO_BPM + STEP_BPM * point;
}

/* The grid's points lo..hi lie within `width` of bpm (and inside the tracker's range). */
static void range(float bpm, float width, size_t *lo, size_t *hi) {
    float first = ceilf((bpm - width - LO_BPM) / STEP_BPM);
    float last = floorf((bpm + width - LO_BPM) / STEP_BPM);
    *lo = first < INNER ? INNER : first > GRID - 2 ? GRID - 2 : (size_t)first;
    *hi = last < INNER ? INNER : last > GRID - 2 ? GRID - 2 : (size_t)last;
}

static float line_near(const float *z, float bpm) {
    size_t lo, hi;
    range(bpm, NEAR_BPM, &lo, &hi);
    return largest(z, lo, hi, NULL);
}

/* The line of z closest to the coarse rate, in the sense of z times a Gaussian about it. */
static float fine_rate(const float *z, float coarse, float *scratch) {
    for (size_t i = 0; i < GRID; i++) {
        float d = (bpm_of((float)i) - coarse) / REFINE_BPM;
        scratch[i] = fabsf(d) < FAR ? z[i] * expf(-0.5F * d * d) : 0;
    }
    size_t k;
    largest(scratch, INNER, GRID - 2, &k);
    return bpm_of((float)k + aw_rate_tracker_vertex(scratch, GRID, k));
}

static void mix(struct aw_breathing *b, bool has30) {
    for (size_t i = 0; i < GRID; i++) {
        float w = (bpm_of((float)i) - LONG_BPM) / (SHORT_BPM - LONG_BPM);
        w = !has30 || w > 1 ? 1 : w < 0 ? 0 : w;
        b->mixed[i] = w * b->z[W15][i] + (1 - w) * (has30 ? b->z[W30][i] : 0);
    }
}

/* ---- Judgement ------------------------------------------------------------------------------- */

static bool half_as_likely(const float *z, float bpm) {
    if (bpm / 2 < TRACKER.lo_bpm) return false;
    size_t lo, hi, k;
    range(bpm / 2, 0.75F * NEAR_BPM, &lo, &hi);
    float half = largest(z, lo, hi, &k);
    if (half < z[k - 1] || half < z[k + 1]) return false; /* a slope, not a line */
    return half >= HALF_LEAST && half > HALF_SHARE * line_near(z, bpm);
}

static float confidence(float line, float mass, float bpm) {
    float unusual = fabsf(log2f(bpm / REST_BPM)) - 1;
    float s = C_ONE + C_LINE * logf(line > 0.3F ? line : 0.3F) +
              C_MASS * logf(mass > 1e-3F ? mass : 1e-3F) + C_UNUSUAL * (unusual > 0 ? unusual : 0);
    return 1 / (1 + expf(-s));
}

/* Variate of 30 s at bpm: the wave's newest value, its sign kept; and the amplitude of the last
 * 10 s against that of the 20 s before. The fit must still hold that window. */
static float follow_wave(struct aw_breathing *b, float bpm, float *ratio) {
    const struct aw_sine_basis *basis = &b->bases->window[W30];
    size_t n = basis->n, k = (size_t)((bpm - LO_BPM) / WINDOW[W30].step_bpm + 0.5F);
    b->wave_k = k < basis->n_freq ? k : basis->n_freq - 1;
    aw_sine_fit_variate(&b->fit, basis, b->wave_k, b->wave);
    float dot = 0, late = 0, early = 0;
    for (size_t i = 0; b->any_wave && i + FS < n; i++) dot += b->wave[i] * b->last_wave[i + FS];
    b->wave_turned = dot < 0;
    for (size_t i = 0; i < n; i++) {
        if (dot < 0) b->wave[i] = -b->wave[i];
        *(i < 20 * FS ? &early : &late) += b->wave[i] * b->wave[i];
    }
    *ratio = early > 0 ? sqrtf(2 * late / early) : 1;
    memcpy(b->last_wave, b->wave, n * sizeof *b->wave);
    b->any_wave = true;
    return b->wave[n - 1] * sqrtf((float)n);
}

static void judge_apnoea(struct aw_breathing *b, int64_t t_ns, float ratio, bool moving) {
    bool recent = b->any_published && t_ns - b->published_ns <= 30 * AW_S;
    if (!b->apnoea && recent && ratio < LOST) {
        b->apnoea = true;
        b->apnoea_ns = t_ns;
    }
    if (moving || ratio > FOUND || t_ns - b->apnoea_ns > APNOEA_MAX_NS) b->apnoea = false;
}

/* The shortest windows show another rate by far: it has changed and the long ones do not know. */
static bool overtaken(const struct aw_breathing *b, float bpm) {
    size_t k;
    float best = largest(b->mixed, INNER, GRID - 2, &k);
    float apart = fabsf(bpm_of((float)k) - bpm);
    return apart > 2 * NEAR_BPM && best > OVERTAKEN * line_near(b->mixed, bpm);
}

static enum aw_reason judge(const struct aw_breathing *b, const struct aw_breathing_result *r,
                            const float *z, bool moving) {
    if (moving) return AW_REASON_MOVING;
    if (r->confidence < 0.5F) return AW_REASON_NO_PERIODICITY;
    if (half_as_likely(z, r->candidate_bpm)) return AW_REASON_AMBIGUOUS;
    if (overtaken(b, r->candidate_bpm)) return AW_REASON_NOT_CONFIDENT;
    if (r->confidence < b->config.publish) return AW_REASON_NOT_CONFIDENT;
    return AW_REASON_NONE;
}

void aw_breathing_read(struct aw_breathing *b, int64_t t_ns, bool moving,
                       struct aw_breathing_result *out) {
    *out = (struct aw_breathing_result){.reason = AW_REASON_WARMING_UP,
                                        .rate_bpm = NAN,
                                        .candidate_bpm = NAN,
                                        .peak_bpm = {NAN, NAN, NAN},
                                        .line = {NAN, NAN, NAN},
                                        .wave = NAN};
    b->coarse_reason = b->fine_reason = AW_REASON_WARMING_UP;
    if (moving) {
        b->moved_ns = t_ns;
        b->any_moved = true;
    }
    bool unrest = b->any_moved && t_ns - b->moved_ns <= (int64_t)(b->config.hold_s * 1e9F);
    if (b->slots.sum_n == 0 || t_ns - b->slots.last_ns > (int64_t)(MAX_GAP_S * 1e9F)) {
        out->reason = b->coarse_reason = b->fine_reason = AW_REASON_NO_FRAMES;
        return;
    }
    size_t count = b->slots.count, heard, heard15;
    if (count < WINDOW[W15].slots) return;
    bool has30 = count >= WINDOW[W30].slots, has60 = count >= WINDOW[W60].slots;
    bool varies = spectrum(b, W15, &heard15);
    if (has60) spectrum(b, W60, &heard);
    if (has30) spectrum(b, W30, &heard); /* last: the wave needs its fit */
    if (!varies) {
        out->reason = b->coarse_reason = b->fine_reason = AW_REASON_NO_SIGNAL;
        return;
    }
    if ((float)heard15 < HEARD * (float)WINDOW[W15].slots) {
        aw_rate_tracker_reset(&b->tracker);
        out->reason = b->coarse_reason = b->fine_reason = AW_REASON_RATE_TOO_LOW;
        return;
    }
    if (has30 && b->share >= CHEST_SHARE && b->fast <= CHEST_FAST) unrest = false;
    mix(b, has30);
    aw_rate_tracker_push(&b->tracker, b->mixed + INNER);
    float coarse = aw_rate_tracker_read(&b->tracker, &out->mass);
    b->coarse_reason = AW_REASON_NONE;
    if (!has30) return;

    b->fine_reason = AW_REASON_NONE;
    b->fine_window = has60 ? W60 : W30;
    const float *z = b->z[b->fine_window];
    out->candidate_bpm = fine_rate(z, coarse, b->scratch);
    for (int w = 0; w <= (has60 ? W60 : W30); w++) {
        size_t k;
        largest(b->z[w], INNER, GRID - 2, &k);
        out->peak_bpm[w] = bpm_of((float)k + aw_rate_tracker_vertex(b->z[w], GRID, k));
        out->line[w] = line_near(b->z[w], coarse);
    }
    out->confidence = confidence(out->line[has60 ? W60 : W30], out->mass, out->candidate_bpm);
    out->reason = judge(b, out, z, unrest);
    float ratio;
    out->wave = follow_wave(b, out->candidate_bpm, &ratio);
    judge_apnoea(b, t_ns, ratio, unrest);
    out->apnoea = b->apnoea;
    if (out->reason == AW_REASON_NONE) {
        out->rate_bpm = out->candidate_bpm;
        b->published_ns = t_ns;
        b->any_published = true;
    }
}

/* ---- For looking at -------------------------------------------------------------------------- */

_Static_assert((int)AW_BREATHING_POINTS == (int)GRID, "as in airwake.h");
_Static_assert((int)AW_BREATHING_GROUPS == (int)GROUPS, "as in airwake.h");
_Static_assert((int)AW_BREATHING_WAVE == 30 * (int)FS, "as in airwake.h");

void aw_breathing_evidence(const struct aw_breathing *b, struct aw_breathing_evidence *out) {
    out->first_bpm = LO_BPM;
    out->step_bpm = STEP_BPM;
    out->coarse_reason = b->coarse_reason;
    out->fine_reason = out->wave_reason = b->fine_reason;
    out->groups = 0;
    if (b->coarse_reason == AW_REASON_NONE) memcpy(out->coarse, b->mixed, sizeof out->coarse);
    if (b->fine_reason != AW_REASON_NONE) return;
    memcpy(out->fine, b->z[b->fine_window], sizeof out->fine);
    out->fine_s = (float)WINDOW[b->fine_window].slots / FS;
    out->wave_hz = FS;
    out->wave_end_ns = (b->slots.slot - b->slots.empty) * (AW_S / FS);
    for (size_t i = 0; i < AW_BREATHING_WAVE; i++)
        out->wave[i] = b->wave[i] * sqrtf(AW_BREATHING_WAVE);
    float w[GROUPS];
    aw_sine_fit_weights(&b->fit, &b->bases->window[W30], b->wave_k, w);
    out->groups = (uint32_t)(b->n < GROUPS ? b->n : GROUPS);
    for (size_t g = 0; g < out->groups; g++) out->group[g].weight = b->wave_turned ? -w[g] : w[g];
}
