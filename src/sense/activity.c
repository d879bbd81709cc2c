#include "sense/activity.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

enum {
    SERIES = AW_ACTIVITY_SERIES,
    STEPS = AW_ACTIVITY_STEPS,
    WINDOW = AW_ACTIVITY_WINDOW,
    WIDTH = AW_ACTIVITY_WIDTH,
    LONG = 64,
    SHORT = 32,
    HOP = 5,   /* samples per step */
    HALF = 12, /* samples on each side of a 0.5 s mean */
    ENDS = 10, /* steps: 1 s, of the beginning, the end and the past */
    /* series, in this order */
    BANDS_LONG = 9,
    ENTROPY = BANDS_LONG,
    CENTRE,
    SHORT_AT,
    BANDS_SHORT = 4,
    FROM_START = SHORT_AT + BANDS_SHORT,
    FROM_END,
    FROM_PAST,
    ACF_AT,
    ACFS = 3,
};
_Static_assert(ACF_AT + ACFS == SERIES, "all series have their place");
_Static_assert((STEPS - 1) * HOP + LONG <= WINDOW, "steps fit in the window");

static const double TWO_PI = 6.28318530717958647692;
static const int64_t SAMPLE_NS = AW_S / AW_ACTIVITY_RATE_HZ, GAP_NS = AW_S;
static const float FLOOR = 0.05F;          /* of an amplitude of mean 1: keeps deep fades finite */
static const float POWER_FLOOR = 1e-7F;    /* of a band: below the quantisation of 8 bits */
static const float DISTANCE_FLOOR = 0.01F; /* of a 0.5 s mean: its noise */
static const size_t EDGE_LONG[BANDS_LONG + 1] = {1, 3, 4, 5, 7, 9, 11, 15, 20, 33}; /* 0.78 Hz */
static const size_t EDGE_SHORT[BANDS_SHORT + 1] = {1, 3, 5, 9, 17};                 /* 1.56 Hz */
static const size_t LAG[ACFS] = {2, 4, 8}; /* samples of 20 ms */

static void hann(float *w, size_t n) { /* sums to 1 */
    for (size_t i = 0; i < n; i++)
        w[i] = (float)((1 - cos(TWO_PI * (double)i / (double)n)) / (double)n);
}

int aw_activity_init(struct aw_activity *a, struct aw_arena *arena) {
    memset(a, 0, sizeof *a);
    int err = aw_rfft_init(&a->fft_long, arena, LONG);
    if (err == AW_OK) err = aw_rfft_init(&a->fft_short, arena, SHORT);
    if (err != AW_OK) return err;
    a->hann_long = aw_arena_alloc(arena, LONG, sizeof *a->hann_long);
    a->hann_short = aw_arena_alloc(arena, SHORT, sizeof *a->hann_short);
    a->ring = aw_arena_alloc(arena, WINDOW * WIDTH, sizeof *a->ring);
    a->came = aw_arena_alloc(arena, WINDOW, sizeof *a->came);
    a->column = aw_arena_alloc(arena, WINDOW * WIDTH, sizeof *a->column);
    a->half = aw_arena_alloc(arena, STEPS * WIDTH, sizeof *a->half);
    if (!a->hann_long || !a->hann_short || !a->ring || !a->came || !a->column || !a->half)
        return AW_ERR_NOMEM;
    hann(a->hann_long, LONG);
    hann(a->hann_short, SHORT);
    return AW_OK;
}

void aw_activity_reset(struct aw_activity *a) {
    a->any = false;
    a->count = 0;
}

/* ---- The window ------------------------------------------------------------------------------ */

/* n values as at most WIDTH, neighbours averaged. */
static size_t narrow(const float *row, size_t n, float *out) {
    size_t width = n < WIDTH ? n : WIDTH, at = 0;
    for (size_t i = 0; i < width; i++) {
        size_t end = (i + 1) * n / width;
        float sum = 0;
        for (size_t k = at; k < end; k++) sum += row[k];
        out[i] = sum / (float)(end - at);
        at = end;
    }
    return width;
}

static void sample(struct aw_activity *a, const float *now, float share) {
    float *x = a->ring + a->head * WIDTH;
    for (size_t i = 0; i < a->width; i++) x[i] = a->last[i] + share * (now[i] - a->last[i]);
    a->came[a->head] = (uint8_t)(a->pending < 255 ? a->pending : 255);
    a->pending = 0;
    a->head = (a->head + 1) % WINDOW;
    if (a->count < WINDOW) a->count++;
}

void aw_activity_push(struct aw_activity *a, int64_t t_ns, const float *row, size_t n) {
    float now[WIDTH];
    if (n == 0 || (a->any && t_ns <= a->last_ns)) return;
    size_t width = narrow(row, n, now);
    if (!a->any || width != a->width || t_ns - a->last_ns > GAP_NS) {
        a->any = true;
        a->width = width;
        a->head = a->count = 0;
        a->pending = 0;
        a->next_ns = t_ns;
        a->last_ns = t_ns - 1;
        memcpy(a->last, now, sizeof a->last);
    }
    a->pending++;
    for (; a->next_ns <= t_ns; a->next_ns += SAMPLE_NS)
        sample(a, now, (float)(a->next_ns - a->last_ns) / (float)(t_ns - a->last_ns));
    memcpy(a->last, now, sizeof a->last);
    a->last_ns = t_ns;
}

/* Column by column, oldest first: logarithms without their mean. */
static void take_columns(struct aw_activity *a) {
    for (size_t c = 0; c < a->width; c++) {
        float *x = a->column + c * WINDOW, mean = 0;
        for (size_t i = 0; i < WINDOW; i++) {
            float v = a->ring[(a->head + i) % WINDOW * WIDTH + c];
            x[i] = logf((v > 0 ? v : 0) + FLOOR);
            mean += x[i] / WINDOW;
        }
        for (size_t i = 0; i < WINDOW; i++) x[i] -= mean;
    }
}

/* ---- Series ---------------------------------------------------------------------------------- */

/* Power by frequency [n/2 + 1] of n samples, their mean taken out. */
static void power(const struct aw_rfft *fft, const float *window, const float *x, float *p) {
    float in[LONG] = {0}, out[LONG + 2], mean = 0;
    size_t n = fft->n;
    for (size_t i = 0; i < n; i++) mean += x[i];
    mean /= (float)n;
    for (size_t i = 0; i < n; i++) in[i] = window[i] * (x[i] - mean);
    aw_rfft_run(fft, in, out);
    for (size_t k = 0; k <= n / 2; k++)
        p[k] = out[2 * k] * out[2 * k] + out[2 * k + 1] * out[2 * k + 1];
}

static void bands(const float *p, const size_t *edge, size_t n, float *out) {
    for (size_t b = 0; b < n; b++) {
        float sum = 0;
        for (size_t k = edge[b]; k < edge[b + 1]; k++) sum += p[k];
        out[b * STEPS] = logf(sum / (float)(edge[b + 1] - edge[b]) + POWER_FLOOR);
    }
}

/* Of the power beyond 1 Hz: entropy over columns, 1 when all share it evenly; mean frequency. */
static void shape(const float *p, const float *each, size_t width, float *out) {
    float total = 0, moment = 0, entropy = 0, all = 0;
    for (size_t k = 2; k <= LONG / 2; k++) {
        total += p[k];
        moment += p[k] * (float)k;
    }
    for (size_t c = 0; c < width; c++) all += each[c];
    for (size_t c = 0; c < width; c++) {
        float q = each[c] / (all + 1e-20F);
        entropy -= q * logf(q + 1e-12F);
    }
    out[ENTROPY * STEPS] = width > 1 ? entropy / logf((float)width) : 0;
    out[CENTRE * STEPS] =
        logf(((moment + 1e-12F) / (total + 1e-12F)) * AW_ACTIVITY_RATE_HZ / (float)LONG);
}

/* Over the columns, of LONG samples from `first` on. */
static void autocorrelation(const struct aw_activity *a, size_t first, float *out) {
    float var = 0, cov[ACFS] = {0};
    for (size_t c = 0; c < a->width; c++) {
        const float *x = a->column + c * WINDOW + first;
        float d[LONG], mean = 0;
        for (size_t i = 0; i < LONG; i++) mean += x[i] / LONG;
        for (size_t i = 0; i < LONG; i++) d[i] = x[i] - mean;
        for (size_t i = 0; i < LONG; i++) var += d[i] * d[i] / LONG;
        for (size_t k = 0; k < ACFS; k++)
            for (size_t i = LAG[k]; i < LONG; i++)
                cov[k] += d[i] * d[i - LAG[k]] / (float)(LONG - LAG[k]);
    }
    for (size_t k = 0; k < ACFS; k++) out[(ACF_AT + k) * STEPS] = cov[k] / (var + 1e-12F);
}

static void spectra(const struct aw_activity *a, size_t step, float *out) {
    float sum[LONG / 2 + 1] = {0}, sum_short[SHORT / 2 + 1] = {0}, p[LONG / 2 + 1], each[WIDTH];
    float share = 1 / (float)a->width;
    for (size_t c = 0; c < a->width; c++) {
        const float *x = a->column + c * WINDOW + step * HOP;
        power(&a->fft_long, a->hann_long, x, p);
        each[c] = 0;
        for (size_t k = 0; k <= LONG / 2; k++) sum[k] += share * p[k];
        for (size_t k = 2; k <= LONG / 2; k++) each[c] += p[k];
        power(&a->fft_short, a->hann_short, x + (LONG - SHORT) / 2, p);
        for (size_t k = 0; k <= SHORT / 2; k++) sum_short[k] += share * p[k];
    }
    bands(sum, EDGE_LONG, BANDS_LONG, out);
    shape(sum, each, a->width, out);
    bands(sum_short, EDGE_SHORT, BANDS_SHORT, out + SHORT_AT * STEPS);
    autocorrelation(a, step * HOP, out);
}

/* Distances of the 0.5 s means. */
static void distances(struct aw_activity *a, float *out) {
    float sum[3][STEPS] = {0};
    for (size_t c = 0; c < a->width; c++) {
        const float *x = a->column + c * WINDOW;
        float *m = a->half + c * STEPS, start = 0, end = 0;
        for (size_t j = 0; j < STEPS; j++) {
            size_t centre = j * HOP + LONG / 2;
            m[j] = 0;
            for (size_t i = centre - HALF; i <= centre + HALF; i++) m[j] += x[i] / (2 * HALF + 1);
        }
        for (size_t j = 0; j < ENDS; j++) {
            start += m[j] / ENDS;
            end += m[STEPS - 1 - j] / ENDS;
        }
        for (size_t j = 0; j < STEPS; j++) {
            float past = m[j < ENDS ? 0 : j - ENDS];
            sum[0][j] += (m[j] - start) * (m[j] - start);
            sum[1][j] += (m[j] - end) * (m[j] - end);
            sum[2][j] += (m[j] - past) * (m[j] - past);
        }
    }
    for (size_t s = 0; s < 3; s++)
        for (size_t j = 0; j < STEPS; j++)
            out[(FROM_START + s) * STEPS + j] =
                logf(sqrtf(sum[s][j] / (float)a->width) + DISTANCE_FLOOR);
}

enum aw_reason aw_activity_series(struct aw_activity *a, float *out) {
    uint32_t rows = 0;
    if (a->count < WINDOW) return AW_REASON_WARMING_UP;
    for (size_t i = 0; i < WINDOW; i++) rows += a->came[i];
    if (rows < AW_ACTIVITY_MIN_ROWS) return AW_REASON_RATE_TOO_LOW;
    take_columns(a);
    for (size_t j = 0; j < STEPS; j++) spectra(a, j, out + j);
    distances(a, out);
    return AW_REASON_NONE;
}

float aw_activity_share(const struct aw_activity *a) {
    size_t came = 0;
    for (size_t i = 0; i < a->count; i++) came += a->came[i] > 0;
    return a->count ? (float)came / (float)a->count : 0;
}
