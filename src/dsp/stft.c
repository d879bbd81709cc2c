#include "dsp/stft.h"

#include <math.h>

int aw_stft_init(struct aw_stft *s, struct aw_arena *a, size_t n, size_t hop, float fs_hz,
                 bool zero_mean) {
    if (n < 8 || hop < 1 || hop > n || !(fs_hz > 0 && fs_hz < INFINITY)) return AW_ERR_INVAL;
    *s = (struct aw_stft){.n = n, .hop = hop, .zero_mean = zero_mean};
    int err = aw_fft_init(&s->fft, a, n);
    if (err == AW_ERR_INVAL) return err;
    s->window = aw_arena_alloc(a, n, sizeof *s->window);
    s->ring = aw_arena_alloc(a, n, 2 * sizeof *s->ring);
    s->in = aw_arena_alloc(a, n, 2 * sizeof *s->in);
    s->out = aw_arena_alloc(a, n, 2 * sizeof *s->out);
    s->density = aw_arena_alloc(a, n, sizeof *s->density);
    if (err < 0 || !s->window || !s->ring || !s->in || !s->out || !s->density) {
        return AW_ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        s->window[i] = (float)(0.5 - 0.5 * cos(6.283185307179586 * (double)i / (double)n));
    }
    s->scale = 1 / (fs_hz * 0.375F * (float)n); /* sum w^2 = 3n/8 */
    aw_stft_reset(s);
    return AW_OK;
}

void aw_stft_reset(struct aw_stft *s) {
    s->head = 0;
    s->until = s->n;
}

static void column(struct aw_stft *s) {
    size_t n = s->n, first = n - s->head; /* head is the oldest */
    float mean_re = 0, mean_im = 0;
    for (size_t i = 0; i < n; i++) {
        const float *x = s->ring + 2 * (i < first ? i + s->head : i - first);
        s->in[2 * i] = x[0];
        s->in[2 * i + 1] = x[1];
        mean_re += s->window[i] * x[0];
        mean_im += s->window[i] * x[1];
    }
    float keep = s->zero_mean ? 2 / (float)n : 0; /* 1 / sum w */
    mean_re *= keep;
    mean_im *= keep;
    for (size_t i = 0; i < n; i++) {
        s->in[2 * i] = s->window[i] * (s->in[2 * i] - mean_re);
        s->in[2 * i + 1] = s->window[i] * (s->in[2 * i + 1] - mean_im);
    }
    aw_fft_run(&s->fft, s->in, s->out);
    for (size_t half = 0; half < 2; half++) { /* negative frequencies first */
        const float *y = s->out + (half ? 0 : n);
        float *p = s->density + half * (n / 2);
        for (size_t k = 0; k < n / 2; k++) {
            p[k] = s->scale * (y[2 * k] * y[2 * k] + y[2 * k + 1] * y[2 * k + 1]);
        }
    }
}

bool aw_stft_push(struct aw_stft *s, float re, float im) {
    s->ring[2 * s->head] = re;
    s->ring[2 * s->head + 1] = im;
    s->head = s->head + 1 < s->n ? s->head + 1 : 0;
    if (--s->until > 0) return false;
    s->until = s->hop;
    column(s);
    return true;
}
