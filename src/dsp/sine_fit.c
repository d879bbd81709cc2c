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

/* The trends' share of one wave and its norm without it, over the whole window. */
static double norm_of(const struct aw_sine_basis *b, double w, bool odd) {
    double dot[TREND] = {0}, norm = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < b->n; i++) {
            double t = w * ((double)i - 0.5 * (double)(b->n - 1));
            double v = odd ? sin(t) : cos(t);
            for (size_t d = 0; d < TREND; d++) {
                double p = (double)b->trend[d * b->n + i];
                if (pass == 0) dot[d] += v * p;
                if (pass == 1) v -= dot[d] * p;
            }
            norm += pass * v * v;
        }
    }
    return sqrt(norm);
}

/* The cheapest way to write n positions as stride m + q, see sine_fit.h; 0: there is none. */
static size_t choose_stride(size_t n, size_t period, size_t n_freq) {
    size_t best = 0, least = SIZE_MAX;
    for (size_t r = 1; r <= n && (r + 1) / 2 <= AW_SINE_FIT_OFFSETS; r++) {
        if (n % r || period % r || n / r % 2 == 0) continue;
        size_t cost = (r + 1) / 2 * ((period / r / 2 + 1) * (n / r) + 2 * n_freq);
        if (cost < least) {
            least = cost;
            best = r;
        }
    }
    return best;
}

static float *table(struct aw_arena *a, size_t rows, size_t columns) {
    return aw_arena_alloc(a, rows * columns, sizeof(float));
}

int aw_sine_basis_init(struct aw_sine_basis *b, struct aw_arena *a, size_t n, size_t period,
                       size_t first, size_t n_freq) {
    if (n < 8 || n > 4096 || period > 65536 || n_freq < 1 || n_freq > 4096) return AW_ERR_INVAL;
    if (first < 1 || 2 * (first + n_freq - 1) >= period) return AW_ERR_INVAL;
    size_t stride = choose_stride(n, period, n_freq);
    if (stride == 0) return AW_ERR_INVAL;
    *b = (struct aw_sine_basis){.n = n,
                                .half = (n + 1) / 2,
                                .n_freq = n_freq,
                                .period = period,
                                .first = first,
                                .stride = stride,
                                .offsets = (stride + 1) / 2,
                                .reach = n / stride / 2,
                                .turns = period / stride};
    size_t turns = b->turns / 2 + 1;
    b->trend = table(a, TREND, n);
    b->far_cos = table(a, turns, b->reach + 1);
    b->far_sin = table(a, turns, b->reach + 1);
    b->near_cos = table(a, n_freq, b->offsets);
    b->near_sin = table(a, n_freq, b->offsets);
    b->scale = table(a, n_freq, 2);
    if (!b->trend || !b->far_cos || !b->far_sin || !b->near_cos || !b->near_sin || !b->scale)
        return AW_ERR_NOMEM;
    make_trend(b->trend, n);
    for (size_t j = 0; j < turns; j++) {
        for (size_t m = 0; m <= b->reach; m++) {
            double w = TWO_PI * (double)(j * m) / (double)b->turns;
            b->far_cos[j * (b->reach + 1) + m] = (float)cos(w);
            b->far_sin[j * (b->reach + 1) + m] = (float)sin(w);
        }
    }
    for (size_t k = 0; k < n_freq; k++) {
        double w = TWO_PI * (double)(first + k) / (double)period;
        for (size_t q = 0; q < b->offsets; q++) {
            double p = (double)q + (stride % 2 ? 0 : 0.5);
            b->near_cos[k * b->offsets + q] = (float)cos(w * p);
            b->near_sin[k * b->offsets + q] = (float)sin(w * p);
        }
        b->scale[2 * k] = (float)(1 / norm_of(b, w, false));
        b->scale[2 * k + 1] = (float)(1 / norm_of(b, w, true));
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

/* Rows 4 r .. 4 r + 3 of X'X at and right of the diagonal's block, the rest by symmetry. r is known
 * where this is inlined, so that the sums stay in registers. */
static inline void gram_rows(const float *x, size_t n, const size_t r, float *gram) {
    f4 sum[4][V] = {0};
    for (size_t i = 0; i < n; i++) {
        const f4 *row = row_in(x, i);
        for (size_t k = 0; k < 4; k++) {
            f4 left = splat(x[i * C + 4 * r + k]);
            for (size_t v = r; v < V; v++) sum[k][v] += left * row[v];
        }
    }
    for (size_t k = 0; k < 4; k++) {
        for (size_t c = 4 * r; c < C; c++)
            gram[(4 * r + k) * C + c] = gram[c * C + 4 * r + k] = sum[k][c / 4][c % 4];
    }
}

/* out += four of a row's values times their rows of the turned inverse, zero left of block r. */
static inline void turn(const float *x, const f4 *turned, const size_t r, f4 *out) {
    for (size_t k = 0; k < 4; k++) {
        f4 left = splat(x[k]);
        for (size_t v = r; v < V; v++) out[v] += left * turned[k * V + v];
    }
}

/* x := x L'^-1 with L L' = X'X + ridge tr I: afterwards U is a plain sum of squares. */
static bool whiten(float *x, size_t n, float ridge, float *inverse) {
    float gram[C * C];
    gram_rows(x, n, 0, gram);
    gram_rows(x, n, 1, gram);
    gram_rows(x, n, 2, gram);
    gram_rows(x, n, 3, gram);
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
        turn(x + i * C, turned[0], 0, out);
        turn(x + i * C + 4, turned[4], 1, out);
        turn(x + i * C + 8, turned[8], 2, out);
        turn(x + i * C + 12, turned[12], 3, out);
        memcpy(x + i * C, out, sizeof out);
    }
    return true;
}

/* even and odd [half][C]: sums and differences of what lies at +p and -p about the centre, then of
 * what lies at stride m + q and stride m - q, in place. */
static void fold(struct aw_sine_fit *s, const struct aw_sine_basis *b) {
    size_t n = b->n, stride = b->stride;
    for (size_t i = 0; i < b->half; i++) {
        const f4 *a = row_in(s->x, n / 2 + i), *z = row_in(s->x, n - 1 - n / 2 - i);
        f4 *even = row_of(s->even, i), *odd = row_of(s->odd, i);
        f4 keep = splat(n % 2 && i == 0 ? 0 : 1); /* the middle counts once */
        for (size_t v = 0; v < V; v++) {
            even[v] = a[v] + keep * z[v];
            odd[v] = a[v] - z[v];
        }
    }
    for (size_t m = 1; m <= b->reach; m++) {
        for (size_t q = stride % 2; q < b->offsets; q++) {
            size_t above = stride * m + q, below = stride * m - q - (stride % 2 == 0);
            f4 *even = row_of(s->even, above), *odd = row_of(s->odd, above);
            f4 *even_below = row_of(s->even, below), *odd_below = row_of(s->odd, below);
            for (size_t v = 0; v < V; v++) {
                f4 e = even[v], o = odd[v];
                even[v] = e + even_below[v];
                even_below[v] = e - even_below[v];
                odd[v] = o - odd_below[v];
                odd_below[v] = o + odd_below[v];
            }
        }
    }
}

/* What all frequencies with the same far angles share: sums over m, for each q. */
struct far {
    f4 even_cos[AW_SINE_FIT_OFFSETS][V], even_sin[AW_SINE_FIT_OFFSETS][V];
    f4 odd_cos[AW_SINE_FIT_OFFSETS][V], odd_sin[AW_SINE_FIT_OFFSETS][V];
};

static void sum_far(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t turn,
                    struct far *far) {
    const float *cosine = b->far_cos + turn * (b->reach + 1);
    const float *sine = b->far_sin + turn * (b->reach + 1);
    for (size_t q = 0; q < b->offsets; q++) {
        f4 ec[V], oc[V], es[V] = {0}, os[V] = {0};
        memcpy(ec, row_in(s->even, q), sizeof ec);
        memcpy(oc, row_in(s->odd, q), sizeof oc);
        for (size_t m = 1; m <= b->reach; m++) {
            size_t above = b->stride * m + q, below = b->stride * m - q - (b->stride % 2 == 0);
            f4 c = splat(cosine[m]);
            for (size_t v = 0; v < V; v++) {
                ec[v] += c * row_in(s->even, above)[v];
                oc[v] += c * row_in(s->odd, above)[v];
            }
            f4 d = splat(sine[m]);
            for (size_t v = 0; v < V; v++) {
                es[v] += d * row_in(s->even, below)[v];
                os[v] += d * row_in(s->odd, below)[v];
            }
        }
        memcpy(far->even_cos[q], ec, sizeof ec);
        memcpy(far->odd_cos[q], oc, sizeof oc);
        memcpy(far->even_sin[q], es, sizeof es);
        memcpy(far->odd_sin[q], os, sizeof os);
    }
}

/* p and q [C]: correlation of the whitened series with cosine and sine of frequency number k, whose
 * far angles are those of `far`, or their negatives. */
static void sum_near(const struct aw_sine_basis *b, const struct far *far, size_t k, bool negative,
                     f4 *p, f4 *q) {
    const float *cosine = b->near_cos + k * b->offsets, *sine = b->near_sin + k * b->offsets;
    float sign = negative ? -1 : 1;
    f4 even[V] = {0}, odd[V] = {0};
    for (size_t i = 0; i < b->offsets; i++) {
        f4 c = splat(cosine[i]), d = splat(sine[i]), c_odd = splat(sign * cosine[i]),
           d_even = splat(sign * sine[i]);
        for (size_t v = 0; v < V; v++) {
            even[v] += c * far->even_cos[i][v] - d_even * far->even_sin[i][v];
            odd[v] += d * far->odd_cos[i][v] + c_odd * far->odd_sin[i][v];
        }
    }
    for (size_t v = 0; v < V; v++) {
        p[v] = splat(b->scale[2 * k]) * even[v];
        q[v] = splat(b->scale[2 * k + 1]) * odd[v];
    }
}

static float dot(const f4 *a, const f4 *b) {
    f4 sum = {0};
    for (size_t v = 0; v < V; v++) sum += a[v] * b[v];
    return sum[0] + sum[1] + (sum[2] + sum[3]);
}

/* Of [pp pq; pq qq], p and q [C]. */
static float largest_eigenvalue(const f4 *p, const f4 *q) {
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
    fold(s, b);
    struct far far;
    f4 p[V], q[V];
    for (size_t turn = 0; turn <= b->turns / 2; turn++) {
        sum_far(s, b, turn, &far);
        for (int side = 0; side < 2; side++) { /* k at +turn and at -turn */
            size_t at = side ? b->turns - turn : turn;
            if (side && (turn == 0 || at == turn)) continue;
            for (size_t k = (at + b->turns - b->first % b->turns) % b->turns; k < b->n_freq;
                 k += b->turns) {
                sum_near(b, &far, k, side, p, q);
                u[k] = largest_eigenvalue(p, q);
            }
        }
    }
}

/* Weights of the whitened channels in that series. */
static void direction(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t k,
                      f4 weight[V]) {
    struct far far;
    f4 p[V], q[V];
    size_t turn = (b->first + k) % b->turns;
    bool negative = turn > b->turns / 2;
    sum_far(s, b, negative ? b->turns - turn : turn, &far);
    sum_near(b, &far, k, negative, p, q);
    /* the best mix of cosine and sine: eigenvector of [pp pq; pq qq] */
    float angle = 0.5F * atan2f(2 * dot(p, q), dot(p, p) - dot(q, q));
    for (size_t v = 0; v < V; v++)
        weight[v] = splat(cosf(angle)) * p[v] + splat(sinf(angle)) * q[v];
}

void aw_sine_fit_variate(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t k,
                         float *y) {
    f4 weight[V];
    float norm = 0;
    direction(s, b, k, weight);
    for (size_t i = 0; i < b->n; i++) {
        y[i] = dot(row_in(s->x, i), weight);
        norm += y[i] * y[i];
    }
    float scale = norm > 0 ? 1 / sqrtf(norm) : 0;
    for (size_t i = 0; i < b->n; i++) y[i] *= scale;
}

void aw_sine_fit_weights(const struct aw_sine_fit *s, const struct aw_sine_basis *b, size_t k,
                         float *w) {
    f4 weight[V];
    float norm = 0;
    direction(s, b, k, weight);
    for (size_t c = 0; c < C; c++) {
        w[c] = 0;
        for (size_t i = 0; i < C; i++) w[c] += s->whiten[i * C + c] * weight[i / 4][i % 4];
        norm += w[c] * w[c];
    }
    float scale = norm > 0 ? 1 / sqrtf(norm) : 0;
    for (size_t c = 0; c < C; c++) w[c] *= scale;
}
