#include "dsp/sine_fit.h"

#include "dsp/cholesky.h"
#include "dsp/median.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { C = AW_SINE_FIT_CHANNELS, TREND = AW_SINE_FIT_TREND };

static const double TWO_PI = 6.283185307179586;

/* ---- Basis ----------------------------------------------------------------------------------- */

/* Gram-Schmidt on 1, t, t^2 over the window, twice for precision. */
static void make_trend(float *trend, size_t n) {
    for (size_t d = 0; d < TREND; d++) {
        float *p = trend + d * n;
        for (size_t i = 0; i < n; i++) {
            double t = 2.0 * (double)i / (double)(n - 1) - 1.0;
            p[i] = (float)pow(t, (double)d);
        }
        for (int pass = 0; pass < 2; pass++) {
            for (size_t e = 0; e < d; e++) {
                double dot = 0;
                for (size_t i = 0; i < n; i++) dot += (double)p[i] * trend[e * n + i];
                for (size_t i = 0; i < n; i++) p[i] -= (float)dot * trend[e * n + i];
            }
            double norm = 0;
            for (size_t i = 0; i < n; i++) norm += (double)p[i] * p[i];
            for (size_t i = 0; i < n; i++) p[i] = (float)(p[i] / sqrt(norm));
        }
    }
}

/* One basis function over the first half of the window, the middle sample (if any) last: freed from
 * the trends of its parity and scaled to unit norm over the whole window. */
static void make_wave(const float *trend, size_t n, size_t half, double f, bool odd, float *out) {
    double dot[TREND] = {0};
    for (size_t i = 0; i < half; i++) {
        double t = (double)i - 0.5 * (double)(n - 1);
        double v = odd ? sin(TWO_PI * f * t) : cos(TWO_PI * f * t);
        double weight = 2 * i + 1 == n ? 1 : 2;
        for (size_t d = odd; d < TREND; d += 2) dot[d] += weight * v * (double)trend[d * n + i];
        out[i] = (float)v;
    }
    double norm = 0;
    for (size_t i = 0; i < half; i++) {
        double v = out[i];
        for (size_t d = odd; d < TREND; d += 2) v -= dot[d] * (double)trend[d * n + i];
        out[i] = (float)v;
        norm += (2 * i + 1 == n ? 1 : 2) * v * v;
    }
    for (size_t i = 0; i < half; i++) out[i] = (float)(out[i] / sqrt(norm));
}

int aw_sine_basis_init(struct aw_sine_basis *b, struct aw_arena *a, size_t n, double f_lo,
                       double f_step, size_t n_freq) {
    if (n < 8 || n > 4096 || n_freq < 1 || n_freq > 4096) return AW_ERR_INVAL;
    if (!(f_lo > 0) || !(f_step >= 0) || !(f_lo + f_step * (double)(n_freq - 1) < 0.5))
        return AW_ERR_INVAL;
    *b = (struct aw_sine_basis){.n = n, .half = (n + 1) / 2, .n_freq = n_freq};
    b->trend = aw_arena_alloc(a, TREND * n, sizeof *b->trend);
    b->cosine = aw_arena_alloc(a, n_freq * b->half, sizeof *b->cosine);
    b->sine = aw_arena_alloc(a, n_freq * b->half, sizeof *b->sine);
    if (!b->trend || !b->cosine || !b->sine) return AW_ERR_NOMEM;
    make_trend(b->trend, n);
    for (size_t k = 0; k < n_freq; k++) {
        double f = f_lo + f_step * (double)k;
        make_wave(b->trend, n, b->half, f, false, b->cosine + k * b->half);
        make_wave(b->trend, n, b->half, f, true, b->sine + k * b->half);
    }
    return AW_OK;
}

int aw_sine_fit_init(struct aw_sine_fit *s, struct aw_arena *a, size_t max_n) {
    if (max_n < 8 || max_n > 4096) return AW_ERR_INVAL;
    s->max_n = max_n;
    s->x = aw_arena_alloc(a, max_n * C, sizeof *s->x);
    s->even = aw_arena_alloc(a, (max_n / 2 + 1) * C, sizeof *s->even);
    s->odd = aw_arena_alloc(a, (max_n / 2 + 1) * C, sizeof *s->odd);
    s->energy = aw_arena_alloc(a, max_n, sizeof *s->energy);
    return s->x && s->even && s->odd && s->energy ? AW_OK : AW_ERR_NOMEM;
}

/* ---- Fit: rows of 16 channels as four vectors of four, which gcc and clang map to SSE, NEON or
 * WASM registers; left to themselves they vectorise across samples and lose half the speed ------
 */

typedef float f4 __attribute__((vector_size(16), may_alias));
enum { V = C / 4 };

static inline f4 splat(float v) {
    return (f4){v, v, v, v};
}

static inline f4 *row_of(float *x, size_t i) {
    return (f4 *)(void *)(x + i * C);
}
static inline const f4 *row_in(const float *x, size_t i) {
    return (const f4 *)(const void *)(x + i * C);
}

static void detrend(float *x, const struct aw_sine_basis *b) {
    f4 dot[TREND][V] = {0};
    for (size_t i = 0; i < b->n; i++) {
        const f4 *row = row_in(x, i);
        for (size_t d = 0; d < TREND; d++) {
            f4 p = splat(b->trend[d * b->n + i]);
            for (size_t v = 0; v < V; v++) dot[d][v] += p * row[v];
        }
    }
    for (size_t i = 0; i < b->n; i++) {
        f4 *row = row_of(x, i);
        for (size_t d = 0; d < TREND; d++) {
            f4 p = splat(b->trend[d * b->n + i]);
            for (size_t v = 0; v < V; v++) row[v] -= p * dot[d][v];
        }
    }
}

/* Every channel to unit norm; those that do not vary beyond rounding to zero.
 * Returns how many remain. */
static size_t normalise(float *x, size_t n, float least) {
    f4 sum[V] = {0};
    for (size_t i = 0; i < n; i++) {
        const f4 *row = row_in(x, i);
        for (size_t v = 0; v < V; v++) sum[v] += row[v] * row[v];
    }
    size_t kept = 0;
    for (size_t c = 0; c < C; c++) {
        float norm = sum[c / 4][c % 4];
        bool varies = norm > least * (float)n;
        kept += varies;
        sum[c / 4][c % 4] = varies ? 1 / sqrtf(norm) : 0;
    }
    for (size_t i = 0; i < n; i++) {
        f4 *row = row_of(x, i);
        for (size_t v = 0; v < V; v++) row[v] *= sum[v];
    }
    return kept;
}

static void clip_bursts(struct aw_sine_fit *s, size_t n, float clip) {
    float *energy = s->energy;
    for (size_t i = 0; i < n; i++) {
        float e = 0;
        for (size_t c = 0; c < C; c++) e += s->x[i * C + c] * s->x[i * C + c];
        energy[i] = e;
    }
    /* the median permutes: it works on a copy in the folding scratch */
    memcpy(s->even, energy, n * sizeof *energy);
    float limit = clip * clip * aw_median_run(s->even, n);
    for (size_t i = 0; i < n; i++) {
        if (!(energy[i] > limit) || !(limit > 0)) continue;
        float scale = sqrtf(limit / energy[i]);
        for (size_t c = 0; c < C; c++) s->x[i * C + c] *= scale;
    }
}

/* gram [C][C] = X'X, four rows of it at a time so that the sums stay in registers. */
static void gram_of(const float *x, size_t n, float *gram) {
    for (size_t r = 0; r < C; r += 4) {
        f4 sum[4][V] = {0};
        for (size_t i = 0; i < n; i++) {
            const f4 *row = row_in(x, i);
            for (size_t k = 0; k < 4; k++) {
                f4 left = splat(x[i * C + r + k]);
                for (size_t v = 0; v < V; v++) sum[k][v] += left * row[v];
            }
        }
        memcpy(gram + r * C, sum, sizeof sum);
    }
}

/* x := x L'^-1 with L L' = X'X + ridge tr I: afterwards U is a plain sum of squares. */
static bool whiten(float *x, size_t n, float ridge, float *inverse) {
    float gram[C * C];
    gram_of(x, n, gram);
    float trace = 0;
    for (size_t c = 0; c < C; c++) trace += gram[c * C + c];
    for (size_t c = 0; c < C; c++) gram[c * C + c] += ridge * trace;
    if (aw_cholesky_run(gram, inverse, C, C) < 0) return false;
    f4 turned[C][V]; /* the transposed inverse: row k is what x[k] contributes */
    for (size_t k = 0; k < C; k++) {
        for (size_t c = 0; c < C; c++) turned[k][c / 4][c % 4] = inverse[c * C + k];
    }
    for (size_t i = 0; i < n; i++) {
        f4 out[V] = {0};
        for (size_t k = 0; k < C; k++) {
            f4 left = splat(x[i * C + k]);
            for (size_t v = k / 4; v < V; v++) out[v] += left * turned[k][v];
        }
        memcpy(x + i * C, out, sizeof out);
    }
    return true;
}

static void fold(struct aw_sine_fit *s, size_t n) {
    for (size_t i = 0; i < n / 2; i++) {
        const float *a = s->x + i * C, *z = s->x + (n - 1 - i) * C;
        for (size_t c = 0; c < C; c++) {
            s->even[i * C + c] = a[c] + z[c];
            s->odd[i * C + c] = a[c] - z[c];
        }
    }
    if (n % 2) {
        memcpy(s->even + n / 2 * C, s->x + n / 2 * C, C * sizeof *s->x);
        memset(s->odd + n / 2 * C, 0, C * sizeof *s->x);
    }
}

/* out [2][C]: the sums over i of wave_k[i] folded[i][C], for two waves at once. */
static void correlate(const float *wave0, const float *wave1, const float *folded, size_t half,
                      float *out) {
    f4 a[V] = {0}, b[V] = {0};
    for (size_t i = 0; i < half; i++) {
        const f4 *row = row_in(folded, i);
        f4 p = splat(wave0[i]), q = splat(wave1[i]);
        for (size_t v = 0; v < V; v++) {
            a[v] += p * row[v];
            b[v] += q * row[v];
        }
    }
    memcpy(out, a, sizeof a);
    memcpy(out + C, b, sizeof b);
}

static float dot(const float *a, const float *b) {
    float sum = 0;
    for (size_t c = 0; c < C; c++) sum += a[c] * b[c];
    return sum;
}

/* Of [pp pq; pq qq], p and q [C]. */
static float largest_eigenvalue(const float *p, const float *q) {
    float pp = dot(p, p), qq = dot(q, q), pq = dot(p, q), d = 0.5F * (pp - qq);
    return 0.5F * (pp + qq) + sqrtf(d * d + pq * pq);
}

void aw_sine_fit_run(struct aw_sine_fit *s, const struct aw_sine_basis *b, float ridge, float clip,
                     float *u) {
    assert(b->n <= s->max_n);
    detrend(s->x, b);
    size_t kept = normalise(s->x, b->n, 1e-12F);
    if (kept > 0) {
        clip_bursts(s, b->n, clip);
        detrend(s->x, b);
        kept = normalise(s->x, b->n, 1e-12F);
    }
    if (kept == 0 || !whiten(s->x, b->n, ridge, s->whiten)) {
        memset(u, 0, b->n_freq * sizeof *u);
        memset(s->x, 0, b->n * C * sizeof *s->x);
        memset(s->even, 0, b->half * C * sizeof *s->even);
        memset(s->odd, 0, b->half * C * sizeof *s->odd);
        memset(s->whiten, 0, sizeof s->whiten);
        return;
    }
    fold(s, b->n);
    for (size_t k = 0; k < b->n_freq; k += 2) {
        size_t next = k + 1 < b->n_freq ? k + 1 : k;
        float p[2 * C], q[2 * C];
        correlate(b->cosine + k * b->half, b->cosine + next * b->half, s->even, b->half, p);
        correlate(b->sine + k * b->half, b->sine + next * b->half, s->odd, b->half, q);
        u[k] = largest_eigenvalue(p, q);
        u[next] = largest_eigenvalue(p + (next - k) * C, q + (next - k) * C);
    }
}

/* Weights of the whitened channels in that series. */
static void direction(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t k,
                      float weight[C]) {
    float p[2 * C], q[2 * C];
    const float *cosine = b->cosine + k * b->half, *sine = b->sine + k * b->half;
    correlate(cosine, cosine, s->even, b->half, p);
    correlate(sine, sine, s->odd, b->half, q);
    /* the best mix of cosine and sine: eigenvector of [pp pq; pq qq] */
    float angle = 0.5F * atan2f(2 * dot(p, q), dot(p, p) - dot(q, q));
    for (size_t c = 0; c < C; c++) weight[c] = cosf(angle) * p[c] + sinf(angle) * q[c];
}

void aw_sine_fit_variate(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t k,
                         float *y) {
    float weight[C], norm = 0;
    direction(s, b, k, weight);
    for (size_t i = 0; i < b->n; i++) {
        y[i] = dot(s->x + i * C, weight);
        norm += y[i] * y[i];
    }
    float scale = norm > 0 ? 1 / sqrtf(norm) : 0;
    for (size_t i = 0; i < b->n; i++) y[i] *= scale;
}

void aw_sine_fit_weights(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t k,
                         float *w) {
    float weight[C], norm = 0;
    direction(s, b, k, weight);
    for (size_t c = 0; c < C; c++) {
        w[c] = 0;
        for (size_t i = 0; i < C; i++) w[c] += s->whiten[i * C + c] * weight[i];
        norm += w[c] * w[c];
    }
    float scale = norm > 0 ? 1 / sqrtf(norm) : 0;
    for (size_t c = 0; c < C; c++) w[c] *= scale;
}
