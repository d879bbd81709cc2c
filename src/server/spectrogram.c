#include "server/spectrogram.h"

#include "base/units.h"
#include "dsp/stft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = 16, MAX_N = 512, SWITCH = 50 /* frames of another shape in a row */ };
static const float WINDOW_S = 2, COLUMNS_HZ = 10, MIN_HZ = 5, MAX_HZ = 200;
static const int64_t GAP_NS = AW_S / 4;

struct aw_spectrogram {
    float rate_hz;
    size_t n;
    int64_t step_ns, at_ns; /* at_ns: the next value is read there */
    uint32_t index;
    uint16_t n_sub, others; /* shape in use; frames of another since */
    bool any;
    int64_t last_ns;
    float last[GROUPS];
    float mean[MAX_N / 2];
    struct aw_stft stft[GROUPS];
    void *memory;
};

static int init_groups(struct aw_spectrogram *s, struct aw_arena *a, size_t hop) {
    int err = AW_OK;
    for (int g = 0; g < GROUPS && err == AW_OK; g++)
        err = aw_stft_init(&s->stft[g], a, s->n, hop, s->rate_hz, true);
    return err;
}

struct aw_spectrogram *aw_spectrogram_create(float rate_hz) {
    struct aw_spectrogram *s = calloc(1, sizeof *s);
    struct aw_arena a;
    if (!s) return NULL;
    s->rate_hz = isfinite(rate_hz) ? fminf(fmaxf(rate_hz, MIN_HZ), MAX_HZ) : 20;
    s->step_ns = (int64_t)(1e9 / (double)s->rate_hz);
    for (s->n = 16; s->n < MAX_N && (float)s->n < WINDOW_S * s->rate_hz;) s->n *= 2;
    size_t hop = (size_t)fmaxf(1, s->rate_hz / COLUMNS_HZ);
    size_t bytes = GROUPS * (64 * s->n + 1024); /* stft: 32 n and the fft's tables, rounded up */
    s->memory = calloc(1, bytes);
    aw_arena_init(&a, s->memory, bytes);
    if (s->memory && init_groups(s, &a, hop) == AW_OK) return s;
    aw_spectrogram_destroy(s);
    return NULL;
}

void aw_spectrogram_destroy(struct aw_spectrogram *s) {
    if (!s) return;
    free(s->memory);
    free(s);
}

float aw_spectrogram_rate_hz(const struct aw_spectrogram *s) {
    return s->rate_hz;
}

float aw_spectrogram_window_s(const struct aw_spectrogram *s) {
    return (float)s->n / s->rate_hz;
}

/* Relative amplitude of each group; false: nothing was received. */
static bool groups(const struct aw_tapped_frame *f, float x[GROUPS]) {
    float amp[AW_MAX_SUB], sum = 0;
    unsigned n = 0;
    for (unsigned i = 0; i < f->n_sub; i++) {
        if (f->kind[i] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
        amp[n] = hypotf(f->iq[2 * i], f->iq[2 * i + 1]);
        sum += amp[n++];
    }
    if (n < GROUPS || !(sum > 0) || !isfinite(sum)) return false;
    for (unsigned g = 0; g < GROUPS; g++) {
        unsigned from = g * n / GROUPS, to = (g + 1) * n / GROUPS;
        float part = 0;
        for (unsigned i = from; i < to; i++) part += amp[i];
        x[g] = part / (float)(to - from) / (sum / (float)n);
    }
    return true;
}

static void begin(struct aw_spectrogram *s, int64_t t_ns, const float x[GROUPS]) {
    for (int g = 0; g < GROUPS; g++) aw_stft_reset(&s->stft[g]);
    s->any = true;
    s->last_ns = t_ns;
    s->at_ns = t_ns;
    memcpy(s->last, x, sizeof s->last);
}

/* Is f of the shape in use? Another one takes over when it alone arrives. */
static bool same_shape(struct aw_spectrogram *s, const struct aw_tapped_frame *f) {
    if (f->n_sub == s->n_sub) {
        s->others = 0;
        return true;
    }
    if (s->n_sub && ++s->others < SWITCH) return false;
    s->n_sub = f->n_sub;
    s->others = 0;
    s->any = false;
    return true;
}

static void emit(struct aw_spectrogram *s, void (*column)(void *ctx, const struct aw_spectrum *c),
                 void *ctx) {
    size_t half = s->n / 2;
    for (size_t i = 0; i < half; i++) {
        float sum = 0;
        for (int g = 0; g < GROUPS; g++) sum += s->stft[g].density[half + i];
        s->mean[i] = (i ? 2.0F : 1.0F) * sum / GROUPS; /* one-sided */
    }
    const struct aw_spectrum c = {.t_ns = s->at_ns,
                                  .index = s->index++,
                                  .step_hz = s->rate_hz / (float)s->n,
                                  .window_s = aw_spectrogram_window_s(s),
                                  .n = (uint32_t)half,
                                  .density = s->mean};
    column(ctx, &c);
}

void aw_spectrogram_push(struct aw_spectrogram *s, const struct aw_tapped_frame *f,
                         void (*column)(void *ctx, const struct aw_spectrum *c), void *ctx) {
    float x[GROUPS];
    if (!same_shape(s, f) || !groups(f, x)) return;
    if (s->any && f->t_ns <= s->last_ns && s->last_ns - f->t_ns < AW_S) return;
    if (!s->any || f->t_ns < s->last_ns || f->t_ns - s->last_ns > GAP_NS) {
        begin(s, f->t_ns, x);
        return;
    }
    for (; s->at_ns <= f->t_ns; s->at_ns += s->step_ns) {
        float w = (float)(s->at_ns - s->last_ns) / (float)(f->t_ns - s->last_ns);
        bool full = false;
        for (int g = 0; g < GROUPS; g++)
            full = aw_stft_push(&s->stft[g], s->last[g] + w * (x[g] - s->last[g]), 0);
        if (full) emit(s, column, ctx);
    }
    s->last_ns = f->t_ns;
    memcpy(s->last, x, sizeof s->last);
}
