#include "dsp/line.h"

#include <math.h>
#include <string.h>

static const double TAU = 6.283185307179586476925;
enum { PAD = 4 };                 /* transforms so many times finer than 1 / duration */
static const double LEAST = 0.15; /* of a line that must be left beside a straight one */

/* Square root of a weight: what both sides of the least squares are multiplied by. */
static double root(size_t i, size_t n) {
    return sqrt(0.5 - 0.5 * cos(TAU * (double)i / (double)n));
}

/* q0, q1 from the windowed 1 and t by Gram and Schmidt. */
static void straight_lines(struct aw_line *l) {
    double w2 = 0, w2t = 0, w2tt = 0, middle = ((double)l->n - 1) / 2;
    for (size_t i = 0; i < l->n; i++) {
        double w = root(i, l->n), t = (double)i - middle;
        l->window[i] = (float)w;
        w2 += w * w;
        w2t += w * w * t;
        w2tt += w * w * t * t;
    }
    double mean = w2t / w2, norm = w2tt - mean * w2t;
    for (size_t i = 0; i < l->n; i++) {
        double w = root(i, l->n), t = (double)i - middle;
        l->q[i] = (float)(w / sqrt(w2));
        l->q[l->n + i] = (float)(w * (t - mean) / sqrt(norm));
    }
}

/* 1 / |u(f)|^2 = 1 / (|e|^2 - |q0^H e|^2 - |q1^H e|^2). */
static void gains(struct aw_line *l) {
    for (size_t k = 0; k < l->padded; k++) {
        double re[2] = {0}, im[2] = {0}, power = 0;
        for (size_t i = 0; i < l->n; i++) {
            double w = root(i, l->n), turn = TAU * (double)(k * i) / (double)l->padded;
            power += w * w;
            for (size_t p = 0; p < 2; p++) {
                re[p] += (double)l->q[p * l->n + i] * w * cos(turn);
                im[p] += (double)l->q[p * l->n + i] * w * sin(turn);
            }
        }
        double left = power;
        for (size_t p = 0; p < 2; p++) left -= re[p] * re[p] + im[p] * im[p];
        l->gain[k] = left > LEAST * power ? (float)(1 / left) : 0;
    }
}

int aw_line_init(struct aw_line *l, struct aw_arena *a, size_t n, float fs_hz) {
    if (n < 8 || n > 1024 || (n & (n - 1)) || !(fs_hz > 0 && fs_hz < INFINITY)) return AW_ERR_INVAL;
    *l = (struct aw_line){.n = n, .padded = PAD * n, .fs_hz = fs_hz};
    l->window = aw_arena_alloc(a, n, sizeof *l->window);
    l->q = aw_arena_alloc(a, 2 * n, sizeof *l->q);
    l->gain = aw_arena_alloc(a, l->padded, sizeof *l->gain);
    l->in = aw_arena_alloc(a, 2 * l->padded, sizeof *l->in);
    l->out = aw_arena_alloc(a, 2 * l->padded, sizeof *l->out);
    l->sum = aw_arena_alloc(a, l->padded, sizeof *l->sum);
    int err = aw_fft_init(&l->fft, a, l->padded);
    if (err) return err;
    if (!l->window || !l->q || !l->gain || !l->in || !l->out || !l->sum) return AW_ERR_NOMEM;
    straight_lines(l);
    gains(l);
    return AW_OK;
}

/* One series, weighted, without its straight line: its energy, and to in once more weighted, for the
 * product with the weighted exponential. */
static float take(struct aw_line *l, const float *x, size_t stride) {
    float dot[2][2] = {{0}}, energy = 0;
    const float *q0 = l->q, *q1 = l->q + l->n;
    /* about the first sample: a large constant costs no digits */
    for (size_t i = 0; i < l->n; i++)
        for (int c = 0; c < 2; c++) {
            float y = l->window[i] * (x[i * stride + (size_t)c] - x[c]);
            l->in[2 * i + (size_t)c] = y;
            dot[0][c] += q0[i] * y;
            dot[1][c] += q1[i] * y;
        }
    for (size_t i = 0; i < l->n; i++)
        for (int c = 0; c < 2; c++) {
            float *y = &l->in[2 * i + (size_t)c];
            *y -= dot[0][c] * q0[i] + dot[1][c] * q1[i];
            energy += *y * *y;
            *y *= l->window[i];
        }
    return energy;
}

static float at(const struct aw_line *l, size_t k) {
    return l->sum[k & (l->padded - 1)];
}

/* Greatest explained at least `away` from line `from`, and where. */
static size_t greatest(const struct aw_line *l, size_t from, size_t away) {
    size_t top = from;
    float most = -1;
    for (size_t k = from + away; k + away <= from + l->padded; k++) {
        if (!(at(l, k) > most)) continue;
        most = at(l, k);
        top = k & (l->padded - 1);
    }
    return top;
}

void aw_line_run(struct aw_line *l, const float *x, size_t series, struct aw_line_result *out) {
    float energy = 0;
    memset(l->sum, 0, l->padded * sizeof *l->sum);
    memset(l->in, 0, 2 * l->padded * sizeof *l->in);
    for (size_t s = 0; s < series; s++) {
        energy += take(l, x + 2 * s, 2 * series);
        aw_fft_run(&l->fft, l->in, l->out);
        for (size_t k = 0; k < l->padded; k++)
            l->sum[k] += l->out[2 * k] * l->out[2 * k] + l->out[2 * k + 1] * l->out[2 * k + 1];
    }
    *out = (struct aw_line_result){NAN, NAN, NAN};
    if (!(energy > 0)) return;
    for (size_t k = 0; k < l->padded; k++) l->sum[k] *= l->gain[k];
    size_t top = greatest(l, 0, 0);
    float before = at(l, top + l->padded - 1), peak = at(l, top), after = at(l, top + 1);
    float bend = before - 2 * peak + after;
    float off = before > 0 && after > 0 && bend < 0 ? 0.5F * (before - after) / bend : 0;
    float line = (float)top + off - (top > l->padded / 2 ? (float)l->padded : 0);
    out->hz = line * l->fs_hz / (float)l->padded;
    out->share = fminf(peak / energy, 1);
    out->second = at(l, greatest(l, top, 2 * PAD)) / peak;
}
