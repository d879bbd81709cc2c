#include "sense/speed.h"

#include "base/units.h"
#include "dsp/median.h"

#include <math.h>
#include <string.h>

enum { N = AW_SPEED_N, PAST = AW_SPEED_PAST_S, MAX = AW_SPEED_WINDOWS };
enum { NOISE_FROM = 25, HALF = N / 2 }; /* lines from here on are noise: above 2.4 m/s */
enum { LEAST_S = 6, FRESH_S = 2 };      /* of motion; that must not be silent */

enum { ROWS = 450 };                   /* 1.7 s: a second, a window, their margins */
static const int64_t ROW_NS = 4000000; /* 250/s at most */

static const double C_MPS = 299792458;
static const float FASTEST_MPS = 3.07F; /* of half a rate of lambda fs / 2: lines 0.096 m/s apart */
static const float RATE_PER_HZ = 0.75F; /* frames per sample that are enough: 2.4 m/s beat at 0.39
                                         * of the samples' rate, 0.52 of the frames', where a line
                                         * between frames has half its amplitude left */
static const int64_t GAP_STEPS = 6;     /* samples without a frame that are bridged */
static const float STANDS_OUT = 1;      /* power of what moves to noise */
static const float ENOUGH = 0.6F;       /* of the windows must stand out, */
static const float FRESH = 0.6F;        /* and of those of the last 2 s: of noise a tenth does */
static const float QUANTILE = 0.95F;
static const float WITHIN = 0.7F; /* share within 0.2 m/s, simulated, see docs/accuracy.md */

int aw_speed_init(struct aw_speed *s, struct aw_arena *a) {
    memset(s, 0, sizeof *s);
    s->sample = aw_arena_alloc(a, 2 * (size_t)N, sizeof *s->sample);
    s->spectrum = aw_arena_alloc(a, 2 * (size_t)N, sizeof *s->spectrum);
    for (int i = 0; i < N; i++) s->window[i] = 0.5F - 0.5F * cosf(6.2831853F * (float)i / (float)N);
    int err = aw_fft_init(&s->fft, a, N);
    if (err == AW_OK) err = aw_rows_init(&s->rows, a, ROWS, AW_SPEED_GROUPS, ROW_NS);
    if (err) return err;
    return s->sample && s->spectrum ? AW_OK : AW_ERR_NOMEM;
}

void aw_speed_reset(struct aw_speed *s) {
    s->seconds = 0;
    aw_rows_reset(&s->rows);
}

void aw_speed_push(struct aw_speed *s, int64_t t_ns, const float *row, size_t n) {
    aw_rows_push(&s->rows, t_ns, row, n < AW_SPEED_GROUPS ? n : AW_SPEED_GROUPS);
}

/* Rows onto the uniform times of a window, on the line between neighbours. */
struct grid {
    size_t slot[N]; /* of the row at or before; the next is after it */
    float part[N];  /* of the next */
};

/* False with a gap. */
static bool grid_of(const struct aw_rows *r, size_t at, size_t n, int64_t from_ns, double step_ns,
                    struct grid *g) {
    size_t i = 0, here = at;
    for (int k = 0; k < N; k++) {
        int64_t t = from_ns + (int64_t)(step_ns * (double)k);
        while (i + 1 < n && r->t_ns[aw_rows_after(r, here, 1)] <= t) {
            here = aw_rows_after(r, here, 1);
            i++;
        }
        if (i + 1 >= n || r->t_ns[here] > t) return false;
        int64_t span = r->t_ns[aw_rows_after(r, here, 1)] - r->t_ns[here];
        if (span > (int64_t)(step_ns * (double)GAP_STEPS)) return false;
        g->slot[k] = here;
        g->part[k] = (float)(t - r->t_ns[here]) / (float)span;
    }
    return true;
}

/* One group at the grid's times, less its straight line, into a part of the sample. */
static void sample(struct aw_speed *s, const struct grid *g, size_t group, int part) {
    const struct aw_rows *r = &s->rows;
    float mean = 0, slope = 0;
    for (int k = 0; k < N; k++) {
        const float *a = r->values + g->slot[k] * r->max_width + group;
        const float *b = r->values + aw_rows_after(r, g->slot[k], 1) * r->max_width + group;
        float x = *a + g->part[k] * (*b - *a);
        s->sample[2 * k + part] = x;
        mean += x / (float)N;
        slope += x * (float)(2 * k - N + 1); /* in half steps from the middle */
    }
    slope *= 3 / ((float)N * ((float)N * (float)N - 1));
    for (int k = 0; k < N; k++)
        s->sample[2 * k + part] =
            (s->sample[2 * k + part] - mean - slope * (float)(2 * k - N + 1)) * s->window[k];
}

/* Power spectrum of two real series from the transform of one complex: density += P / sum P. */
static void add_density(struct aw_speed *s, bool both, float *density) {
    float p[2][HALF], sum[2] = {0};
    aw_fft_run(&s->fft, s->sample, s->spectrum);
    for (int k = 1; k < HALF; k++) {
        const float *y = s->spectrum + 2 * k, *z = s->spectrum + 2 * (N - k);
        float er = y[0] + z[0], ei = y[1] - z[1], sr = y[1] + z[1], si = y[0] - z[0];
        p[0][k] = er * er + ei * ei;
        p[1][k] = sr * sr + si * si;
        sum[0] += p[0][k];
        sum[1] += p[1][k];
    }
    for (int g = 0; g < 1 + both; g++)
        for (int k = 1; sum[g] > 0 && k < HALF; k++) density[k] += p[g][k] / sum[g];
}

/* Median line above the noise, in lines; NAN when little stands out. */
static float median_line(const float *density, float samples_per_frame) {
    float shape[HALF], top = 0, reference = 0, noise = 0, above[HALF], sum = 0, until = 0;
    for (int k = 1; k < HALF; k++) {
        /* what interpolation leaves of white noise, mean over the phase between frames */
        shape[k] = (2 + cosf(6.2831853F * (float)k / (float)N * samples_per_frame)) / 3;
        if (k < NOISE_FROM) continue;
        top += density[k];
        reference += shape[k];
    }
    for (int k = 1; k < HALF; k++) {
        noise += top / reference * shape[k];
        sum += above[k] = fmaxf(density[k] - top / reference * shape[k], 0);
    }
    if (!(sum > STANDS_OUT * noise)) return NAN;
    for (int k = 1; k < HALF; k++) {
        if (until + above[k] >= sum / 2) return (float)k - 0.5F + (sum / 2 - until) / above[k];
        until += above[k];
    }
    return NAN;
}

static float window_line(struct aw_speed *s, int64_t end_ns, double step_ns, float rate_hz) {
    const struct aw_rows *r = &s->rows;
    struct grid g;
    float density[HALF] = {0};
    size_t at;
    int64_t from_ns = end_ns - (int64_t)(step_ns * (double)N),
            margin_ns = (int64_t)(step_ns * (double)GAP_STEPS);
    size_t n = aw_rows_between(r, from_ns - margin_ns, end_ns + margin_ns, &at);
    if (!grid_of(r, at, n, from_ns, step_ns, &g)) return NAN;
    for (size_t i = 0; i < r->width; i += 2) {
        bool both = i + 1 < r->width;
        sample(s, &g, i, 0);
        sample(s, &g, both ? i + 1 : i, 1);
        add_density(s, both, density);
    }
    return median_line(density, (float)(1e9 / step_ns) / rate_hz);
}

static struct aw_estimate refuse(enum aw_reason reason) {
    return (struct aw_estimate){NAN, NAN, reason};
}

/* 1 / median interval of the rows of the last second; 0 with fewer than 8. */
static float usual_rate(struct aw_rows *r, int64_t t_ns) {
    float interval[ROWS];
    size_t at, n;
    aw_rows_settle(r, t_ns);
    n = aw_rows_between(r, t_ns - AW_S, t_ns, &at);
    if (n < 8) return 0;
    for (size_t i = 0; i + 1 < n; i++)
        interval[i] =
            (float)(r->t_ns[aw_rows_after(r, at, i + 1)] - r->t_ns[aw_rows_after(r, at, i)]);
    return 1e9F / aw_median_run(interval, n - 1);
}

/* The windows of the last seconds, and the value from them. */
static struct aw_estimate judge(const struct aw_speed *s) {
    float all[PAST * MAX];
    uint32_t n = 0, windows = 0, fresh = 0, fresh_windows = 0;
    uint32_t seconds = s->seconds < PAST ? s->seconds : PAST;
    if (seconds < LEAST_S) return refuse(AW_REASON_WARMING_UP);
    for (uint32_t back = 1; back <= seconds; back++) {
        uint32_t slot = (s->seconds - back) % PAST;
        windows += s->windows[slot];
        if (back <= FRESH_S) fresh_windows += s->windows[slot];
        for (uint32_t i = 0; i < s->windows[slot]; i++) {
            if (isnan(s->rate_mps[slot][i])) continue;
            all[n++] = s->rate_mps[slot][i];
            fresh += back <= FRESH_S;
        }
    }
    if (!((float)n >= ENOUGH * (float)windows && (float)fresh >= FRESH * (float)fresh_windows))
        return refuse(AW_REASON_NOT_CONFIDENT);
    float f = aw_median_select(all, n, (size_t)(QUANTILE * (float)(n - 1) + 0.5F));
    return (struct aw_estimate){f / 2, WITHIN, AW_REASON_NONE};
}

void aw_speed_read(struct aw_speed *s, int64_t t_ns, bool moving, uint16_t freq_mhz,
                   struct aw_estimate *out) {
    float lambda_m = (float)(C_MPS / (1e6 * (double)freq_mhz)), fs_hz = 4 * FASTEST_MPS / lambda_m;
    float rate_hz = usual_rate(&s->rows, t_ns);
    bool able = freq_mhz > 0 && rate_hz >= RATE_PER_HZ * fs_hz;
    if (!able || !moving) {
        s->seconds = 0;
        *out = refuse(able ? AW_REASON_NOT_MOVING : AW_REASON_RATE_TOO_LOW);
        return;
    }
    uint32_t slot = s->seconds++ % PAST, windows = (uint32_t)(4 * fs_hz / N);
    if (windows > MAX) windows = MAX;
    s->windows[slot] = windows;
    for (uint32_t i = 0; i < windows; i++) {
        int64_t end_ns = t_ns - (int64_t)(1e9 * (windows - i) / windows);
        float line = window_line(s, end_ns, 1e9 / (double)fs_hz, rate_hz);
        s->rate_mps[slot][i] = line * fs_hz / N * lambda_m;
    }
    *out = judge(s);
}
