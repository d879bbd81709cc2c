#include "dsp/align.h"

#include <math.h>
#include <string.h>

/* Four sums side by side: SIMD registers by the vector extension of gcc and clang, which is plain
 * arithmetic where there are none. */
enum { LANES = 4 };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

static inline lanes load(const float *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store(float *p, lanes v) {
    memcpy(p, &v, sizeof v);
}

static inline float total(lanes v) {
    return (v[0] + v[2]) + (v[1] + v[3]);
}

int aw_align_init(struct aw_align *f, struct aw_arena *a, size_t n_chains, size_t n_sub,
                  const int16_t *k, float memory) {
    if (n_chains < 1 || n_chains > AW_ALIGN_MAX_CHAINS) return AW_ERR_INVAL;
    if (n_sub < 2 || n_sub > AW_MAX_SUB || !(memory >= 1 && memory < INFINITY)) return AW_ERR_INVAL;
    for (size_t i = 1; i < n_sub; i++) {
        if (k[i] <= k[i - 1]) return AW_ERR_INVAL;
    }
    size_t span = (size_t)(k[n_sub - 1] - k[0]) + 1;
    *f = (struct aw_align){.n_chains = n_chains, .n_sub = n_sub, .memory = memory};
    size_t d = f->dense = (span + LANES - 1) / LANES * LANES;
    f->at = aw_arena_alloc(a, n_sub, sizeof *f->at);
    f->t = aw_arena_alloc(a, n_chains * n_sub, 2 * sizeof *f->t);
    f->z_re = aw_arena_alloc(a, n_chains * d, sizeof *f->z_re);
    f->z_im = aw_arena_alloc(a, n_chains * d, sizeof *f->z_im);
    f->sum_re = aw_arena_alloc(a, d + span, sizeof *f->sum_re);
    f->sum_im = aw_arena_alloc(a, d + span, sizeof *f->sum_im);
    f->rot_re = aw_arena_alloc(a, d, sizeof *f->rot_re);
    f->rot_im = aw_arena_alloc(a, d, sizeof *f->rot_im);
    f->index = aw_arena_alloc(a, d, sizeof *f->index);
    if (!f->at || !f->t || !f->z_re || !f->z_im || !f->sum_re || !f->sum_im || !f->rot_re ||
        !f->rot_im || !f->index) {
        return AW_ERR_NOMEM;
    }
    size_t most = 0;
    for (int step = 1; step <= k[1] - k[0] || (step <= 16 && step < (int)span); step++) {
        size_t same = 0;
        for (size_t i = 1; i < n_sub; i++) same += k[i] - k[i - 1] == step;
        if (same > most) {
            most = same;
            f->spacing = step;
        }
    }
    for (size_t i = 0; i < n_sub; i++) f->at[i] = (uint16_t)(k[i] - k[0]);
    size_t half = span / 2;
    f->middle = (float)k[0] + (float)half;
    for (size_t i = 0; i < d; i++) f->index[i] = (float)i - (float)half;
    return AW_OK;
}

void aw_align_reset(struct aw_align *f) {
    f->seen = 0;
}

/* rot[i] = e^{-j slope index[i]}: the first lanes by angle, then turned block by block. */
static void rotor(struct aw_align *f, float slope) {
    float c = cosf(slope * LANES), s = -sinf(slope * LANES);
    lanes re, im;
    for (int l = 0; l < LANES; l++) {
        re[l] = cosf(slope * f->index[l]);
        im[l] = -sinf(slope * f->index[l]);
    }
    for (size_t i = 0; i < f->dense; i += LANES) {
        store(f->rot_re + i, re);
        store(f->rot_im + i, im);
        lanes turned = re * c - im * s;
        im = re * s + im * c;
        re = turned;
    }
}

/* a = sum z rot, b = sum index z rot. */
static void moments(const struct aw_align *f, const float *z_re, const float *z_im, float *a,
                    float *b) {
    lanes a_re = {0}, a_im = {0}, b_re = {0}, b_im = {0};
    for (size_t i = 0; i < f->dense; i += LANES) {
        lanes p = load(f->rot_re + i), q = load(f->rot_im + i), k = load(f->index + i);
        lanes x = load(z_re + i), y = load(z_im + i);
        lanes re = x * p - y * q, im = x * q + y * p;
        a_re += re;
        a_im += im;
        b_re += k * re;
        b_im += k * im;
    }
    a[0] = total(a_re);
    a[1] = total(a_im);
    b[0] = total(b_re);
    b[1] = total(b_im);
}

/* Scales the template to mean power 1 and takes its moments. */
static bool measure(struct aw_align *f) {
    double all = 0;
    double e1[AW_ALIGN_MAX_CHAINS], e2[AW_ALIGN_MAX_CHAINS];
    for (size_t c = 0; c < f->n_chains; c++) {
        double p0 = 0, p1 = 0, p2 = 0;
        const float *t = f->t + 2 * c * f->n_sub;
        for (size_t i = 0; i < f->n_sub; i++) {
            float p = t[2 * i] * t[2 * i] + t[2 * i + 1] * t[2 * i + 1];
            float x = f->index[f->at[i]], px = p * x;
            p0 += (double)p;
            p1 += (double)px;
            p2 += (double)(px * x);
        }
        f->energy[c] = p0;
        e1[c] = p1;
        e2[c] = p2;
        all += p0;
    }
    if (!(all > 0 && all < (double)INFINITY)) return false;
    double want = (double)(f->n_chains * f->n_sub), scale = want / all;
    float by = (float)sqrt(scale);
    for (size_t i = 0; i < 2 * f->n_chains * f->n_sub; i++) f->t[i] *= by;
    for (size_t c = 0; c < f->n_chains; c++) {
        double e0 = f->energy[c];
        f->inertia[c] = e0 > 0 ? scale * (e2[c] - e1[c] * e1[c] / e0) : 0;
        f->energy[c] = scale * e0;
    }
    return true;
}

/* arg sum z[i + lag] z*[i] */
static float turn(const struct aw_align *f, size_t lag) {
    const float *re = f->sum_re, *im = f->sum_im;
    lanes c = {0}, e = {0};
    for (size_t i = 0; i < f->dense; i += LANES) { /* zeros follow the end */
        lanes p = load(re + i + lag), q = load(im + i + lag), x = load(re + i), y = load(im + i);
        c += p * x + q * y;
        e += q * x - p * y;
    }
    return atan2f(total(e), total(c));
}

/* From neighbours, where it is not ambiguous, to pairs further apart, where noise matters less. */
static float first_slope(const struct aw_align *f) {
    size_t lag = (size_t)f->spacing;
    float slope = turn(f, lag) / (float)lag;
    for (lag *= 3; lag <= f->dense / 4; lag *= 3) {
        slope += remainderf(turn(f, lag) - slope * (float)lag, 6.28318531F) / (float)lag;
    }
    return slope;
}

static void correlate(struct aw_align *f, const float *iq) {
    memset(f->sum_re, 0, f->dense * sizeof *f->sum_re);
    memset(f->sum_im, 0, f->dense * sizeof *f->sum_im);
    for (size_t c = 0; c < f->n_chains; c++) {
        const float *h = iq + 2 * c * f->n_sub, *t = f->t + 2 * c * f->n_sub;
        float *re = f->z_re + c * f->dense, *im = f->z_im + c * f->dense;
        for (size_t i = 0; i < f->n_sub; i++) {
            size_t at = f->at[i];
            re[at] = h[2 * i] * t[2 * i] + h[2 * i + 1] * t[2 * i + 1];
            im[at] = h[2 * i + 1] * t[2 * i] - h[2 * i] * t[2 * i + 1];
        }
        for (size_t i = 0; i < f->dense; i++) f->sum_re[i] += re[i];
        for (size_t i = 0; i < f->dense; i++) f->sum_im[i] += im[i];
    }
}

/* Phase at the middle, slope and gains; false when there is nothing to align. */
static bool solve(struct aw_align *f, float *phase, float *slope, float *gain) {
    *slope = first_slope(f);
    double sum_re = 0, sum_im = 0;
    for (size_t c = 0; c < f->n_chains; c++) gain[c] = 1;
    for (int step = 0;; step++) {
        rotor(f, *slope);
        float a[AW_ALIGN_MAX_CHAINS][2], b[AW_ALIGN_MAX_CHAINS][2];
        double moment_re = 0, moment_im = 0, inertia = 0;
        sum_re = sum_im = 0;
        for (size_t c = 0; c < f->n_chains; c++) {
            moments(f, f->z_re + c * f->dense, f->z_im + c * f->dense, a[c], b[c]);
            double g = (double)gain[c];
            sum_re += g * (double)a[c][0];
            sum_im += g * (double)a[c][1];
            moment_re += g * (double)b[c][0];
            moment_im += g * (double)b[c][1];
        }
        double size = sqrt(sum_re * sum_re + sum_im * sum_im);
        if (!(size > 0 && size < (double)INFINITY)) return false;
        double cosine = sum_re / size, sine = sum_im / size;
        for (size_t c = 0; c < f->n_chains; c++) {
            double along = (double)a[c][0] * cosine + (double)a[c][1] * sine;
            if (f->energy[c] > 0) gain[c] = (float)(fmax(along, 0) / f->energy[c]);
            inertia += (double)gain[c] * (double)gain[c] * f->inertia[c];
        }
        if (step == AW_ALIGN_STEPS) break;
        if (inertia > 0) *slope += (float)((moment_im * cosine - moment_re * sine) / inertia);
    }
    *phase = (float)atan2(sum_im, sum_re);
    return true;
}

/* out = H rot e^{-j phase} / g and the residual against T. */
static double apply(const struct aw_align *f, const float *iq, float phase, const float *gain,
                    float *out) {
    float c0 = cosf(phase), s0 = -sinf(phase);
    double residual = 0;
    for (size_t c = 0; c < f->n_chains; c++) {
        const float *h = iq + 2 * c * f->n_sub, *t = f->t + 2 * c * f->n_sub;
        float *o = out + 2 * c * f->n_sub, scale = gain[c] > 0 ? 1 / gain[c] : 0;
        float re0 = c0 * scale, im0 = s0 * scale, sum = 0;
        for (size_t i = 0; i < f->n_sub; i++) {
            float p = f->rot_re[f->at[i]], q = f->rot_im[f->at[i]];
            float re = p * re0 - q * im0, im = p * im0 + q * re0;
            float x = h[2 * i] * re - h[2 * i + 1] * im, y = h[2 * i] * im + h[2 * i + 1] * re;
            o[2 * i] = x;
            o[2 * i + 1] = y;
            sum += (x - t[2 * i]) * (x - t[2 * i]) + (y - t[2 * i + 1]) * (y - t[2 * i + 1]);
        }
        residual += (double)sum;
    }
    return residual / (double)(f->n_chains * f->n_sub);
}

void aw_align_push(struct aw_align *f, const float *iq, bool learn, float *out,
                   struct aw_align_result *r) {
    size_t values = 2 * f->n_chains * f->n_sub;
    float phase, slope;
    *r = (struct aw_align_result){.ok = false};
    bool first = f->seen == 0;
    if (first) {
        memcpy(f->t, iq, values * sizeof *iq);
        if (measure(f)) f->seen = 1;
    }
    if (f->seen > 0) { /* NaN and infinity survive every sum and are refused there */
        correlate(f, iq);
        r->ok = solve(f, &phase, &slope, r->gain);
    }
    if (!r->ok) {
        *r = (struct aw_align_result){.ok = false};
        memset(out, 0, values * sizeof *out);
        return;
    }
    r->residual = (float)apply(f, iq, phase, r->gain, out);
    r->slope_rad = slope;
    r->phase_rad = remainderf(phase - slope * f->middle, 6.28318531F);
    if (!learn || first) return;
    f->seen = fminf(f->seen + 1, f->memory);
    float alpha = 1 / f->seen;
    for (size_t i = 0; i < values; i++) f->t[i] += alpha * (out[i] - f->t[i]);
    if (!measure(f)) f->seen = 0;
}
