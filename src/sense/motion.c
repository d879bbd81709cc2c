#include "sense/motion.h"

#include "dsp/clip.h"
#include "dsp/increments.h"
#include "dsp/median.h"

#include <math.h>
#include <string.h>

static const int64_t ROW_NS = 5000000;  /* 200 rows/s at most: bounds memory, and a lag below
                                         * 5 ms would see a walker's 24 Hz as constant anyway */
static const int64_t GAP_NS = 60000000; /* neighbours further apart say nothing about 10 ms */
/* Long against the 10 ms and the half period of a slow walk's beat (0.3 m/s at 2.4 GHz: 100 ms),
 * short against breathing and drift; not multiples of each other. 0.15 .. 0.5 s measure alike. */
static const int64_t LAG_NS[] = {230000000, 370000000, 510000000};
static const int64_t FAST_NS = 1000000000;
static const int64_t SETTLE_NS = 1000000000; /* rows left out at the beginning: receivers still set
                                              * their gain (seen in ESP32 recordings) */
static const float SHARE_MIN_HZ = 25; /* rows/s; below, lag one is > 40 ms, where motion is gone */
enum { MIN_ROWS = 12, LEARN_READS = 30 };
static const float WARM = 0.7F;     /* of the window must have passed before the first decision */
static const float MIN_SPAN = 0.4F; /* of the window must be covered by rows */
static const float CLIP = 3.5F;     /* standard deviations, dsp/clip.h */

static const float BIAS = 0.10F;    /* of s in empty rooms, coloured noise, measured */
static const float SIGMAS = 5.5F;   /* of the white null: P_fa 2e-8 per read, leaves the margin to
                                     * what is not white */
static const float FAST_SIGMAS = 7; /* within 1 s */
static const float INDEPENDENT = 3; /* independent groups of a 20 MHz channel, measured 2..4 */
static const float HOLD = 0.6F;     /* of the a-priori threshold, while moving */
static const float NULL_SIGMAS = 5; /* above a learned or calibrated null */
static const float LOWEST = 0.13F;  /* a learned or calibrated threshold is at least this */

static const float SPREAD_RISE = 0.25F;     /* log10: 1.8 times the usual spread is motion */
static const float SPREAD_USUAL = -1.85F;   /* without a null: int8 noise of a strong link, measured
                                             * -1.9..-1.7 */
static const float SPREAD_QUANTILE = 0.25F; /* of past reads: quiet even if somebody mostly moves */
static const float SPREAD_LOW = -1.95F, SPREAD_HIGH = -1.3F; /* believable nulls */

static const float COMB_MAX_HZ = 30; /* above, no comb is needed; and 25 is not passed both ways */
static const float AGREE_SIGMAS = 4.7F;
static const float COMMON_USUAL = 0.006F;  /* receivers' own in empty rooms: medians of 5 sets of
                                            * recordings are 0.000 to 0.010 */
static const float COMMON_QUIET = 0.0055F; /* below, a receiver is quiet */
static const float COMMON_LEAST = 0.0035F; /* believable null: half of the faintest walker's */

void aw_motion_config_default(struct aw_motion_config *c) {
    *c = (struct aw_motion_config){.max_group = 16, .window_s = 4};
}

int aw_motion_init(struct aw_motion *m, struct aw_arena *arena,
                   const struct aw_motion_config *config) {
    if (config->max_group < 1 || config->max_group > 64) return AW_ERR_INVAL;
    if (!(config->window_s >= 2 && config->window_s <= 10)) return AW_ERR_INVAL;
    memset(m, 0, sizeof *m);
    m->config = *config;
    size_t cap = (size_t)((double)config->window_s * 1e9 / (double)ROW_NS) + 32;
    m->slow = true;
    int err = aw_rows_init(&m->rows, arena, cap, config->max_group, ROW_NS);
    if (err == AW_OK) err = aw_comb_init(&m->comb, arena, config->window_s);
    m->column = aw_arena_alloc(arena, cap, sizeof *m->column);
    m->scratch = aw_arena_alloc(arena, cap, sizeof *m->scratch);
    m->block =
        aw_arena_alloc(arena, cap * aw_increments_stride(config->max_group), sizeof *m->block);
    m->column_t_ns = aw_arena_alloc(arena, cap, sizeof *m->column_t_ns);
    if (err) return err;
    return m->column && m->scratch && m->block && m->column_t_ns ? AW_OK : AW_ERR_NOMEM;
}

void aw_motion_break(struct aw_motion *m) {
    aw_rows_reset(&m->rows);
    aw_comb_reset(&m->comb);
    m->any = false;
    m->slow = true;
}

void aw_motion_reset(struct aw_motion *m) {
    aw_motion_break(m);
    m->moving = false;
    m->null.known = false;
    m->past_shares = m->past_spreads = m->past_commons = 0;
}

void aw_motion_set_null(struct aw_motion *m, const struct aw_motion_null *null) {
    m->null = *null;
}

void aw_motion_push(struct aw_motion *m, int64_t t_ns, const float *row, size_t n) {
    if (n > m->config.max_group) n = m->config.max_group;
    if (m->rows.width && n != m->rows.width) aw_motion_break(m);
    if (!m->any) m->first_ns = t_ns;
    m->any = true;
    if (t_ns - m->first_ns < SETTLE_NS) return;
    aw_rows_push(&m->rows, t_ns, row, n);
}

void aw_motion_push_comb(struct aw_motion *m, int64_t t_ns, const float *row, size_t n,
                         size_t parts) {
    if (m->any && t_ns - m->first_ns >= SETTLE_NS) aw_comb_push(&m->comb, t_ns, row, n, parts);
}

void aw_motion_push_frame(struct aw_motion *m, int64_t t_ns, const struct aw_amplitude *a,
                          const struct aw_amplitude_row *row) {
    aw_motion_push(m, t_ns, row->group, row->n_group);
    if (!m->slow) return;
    float comb[AW_COMB_MAX];
    size_t parts, n = aw_amplitude_comb(a, comb, AW_COMB_MAX, &parts);
    aw_motion_push_comb(m, t_ns, comb, n, parts);
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* 1 / median interval, which a gap does not move; n > 1. */
static float usual_rate(struct aw_motion *m, size_t at, size_t n) {
    aw_rows_column(&m->rows, at, n, 0, m->column, m->column_t_ns);
    for (size_t i = 0; i + 1 < n; i++) {
        m->scratch[i] = (float)(m->column_t_ns[i + 1] - m->column_t_ns[i]);
    }
    return 1e9F / aw_median_run(m->scratch, n - 1);
}

static float relative_std(const float *x, size_t n) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) squares += ((double)x[i] - mean) * ((double)x[i] - mean);
    return mean > 0 ? (float)(sqrt(squares / (double)n) / mean) : 0;
}

/* s and the spread over n rows from slot at; NAN for s when no pair of rows has the lag. */
static float window_share(struct aw_motion *m, size_t at, size_t n, float *spread) {
    float relative = 0;
    size_t stride = aw_increments_stride(m->rows.width);
    for (size_t g = 0; g < m->rows.width; g++) {
        aw_rows_column(&m->rows, at, n, g, m->column, m->column_t_ns);
        aw_clip_run(m->column, n, CLIP, m->scratch);
        for (size_t i = 0; i < n; i++) m->block[i * stride + g] = m->column[i];
        relative += relative_std(m->column, n);
    }
    *spread =
        log10f(relative / (float)m->rows.width + 1e-4F); /* 1e-4: below any receiver's noise */
    return aw_increments_run(m->block, m->rows.width, m->column_t_ns, n, GAP_NS, LAG_NS,
                             sizeof LAG_NS / sizeof *LAG_NS);
}

/* The quantile of the reads kept, n <= AW_MOTION_PAST. */
static float past_quantile(const float *past, uint32_t n, float q) {
    float x[AW_MOTION_PAST];
    memcpy(x, past, n * sizeof *x);
    return aw_median_select(x, n, (size_t)(q * (float)(n - 1)));
}

static float apriori_threshold(float rows, float sigmas) {
    return BIAS + sigmas / sqrtf(rows * INDEPENDENT);
}

static float threshold_of(const struct aw_motion *m, float apriori) {
    float mean = NAN, std = NAN;
    if (m->null.known) {
        mean = m->null.mean;
        std = m->null.std;
    } else if (m->past_shares >= LEARN_READS) {
        /* The lower quarter is quiet even where somebody moves most of the time: of a Gaussian
         * null, q25 - q05 is 0.97 std and q25 is 0.674 std below its mean. */
        uint32_t n = m->past_shares < AW_MOTION_PAST ? m->past_shares : AW_MOTION_PAST;
        float q25 = past_quantile(m->past_share, n, 0.25F);
        std = (q25 - past_quantile(m->past_share, n, 0.05F)) / 0.97F;
        mean = q25 + 0.674F * std;
    }
    float learned = mean + NULL_SIGMAS * std;
    if (!(learned < apriori)) return apriori;
    return learned > LOWEST ? learned : LOWEST;
}

static float usual_spread(const struct aw_motion *m) {
    float usual = SPREAD_USUAL;
    if (m->null.known && m->null.spread < INFINITY) return m->null.spread;
    if (m->past_spreads >= LEARN_READS) {
        uint32_t n = m->past_spreads < AW_MOTION_PAST ? m->past_spreads : AW_MOTION_PAST;
        usual = past_quantile(m->past_spread, n, SPREAD_QUANTILE);
    }
    return usual < SPREAD_LOW ? SPREAD_LOW : usual > SPREAD_HIGH ? SPREAD_HIGH : usual;
}

static void decide_by_share(struct aw_motion *m, int64_t t_ns, size_t n,
                            struct aw_motion_result *out) {
    float apriori = apriori_threshold((float)n, SIGMAS);
    float high = threshold_of(m, apriori);
    out->score = out->share;
    size_t at;
    size_t n_fast = aw_rows_between(&m->rows, t_ns - FAST_NS, t_ns, &at);
    if (n_fast >= MIN_ROWS) {
        float unused;
        float fast = window_share(m, at, n_fast, &unused);
        float fast_high = apriori_threshold((float)n_fast, FAST_SIGMAS);
        if (fast > fast_high && fast * high / fast_high > out->score) {
            out->score = fast * high / fast_high; /* on the scale of the one threshold shown */
        }
    }
    out->threshold = m->moving ? fminf(HOLD * apriori, high) : high;
    m->past_share[m->past_shares++ % AW_MOTION_PAST] = out->share;
}

/* What even and odd subcarriers have in common while nothing moves; INFINITY: not known, or too much
 * to tell it from motion. */
static float quiet_common(const struct aw_motion *m) {
    float quiet = INFINITY;
    if (m->null.known && m->null.common < INFINITY) {
        quiet = m->null.common;
    } else if (m->past_commons >= LEARN_READS) {
        uint32_t n = m->past_commons < AW_MOTION_PAST ? m->past_commons : AW_MOTION_PAST;
        quiet = past_quantile(m->past_common, n, SPREAD_QUANTILE);
    }
    return quiet > COMMON_QUIET ? INFINITY : fmaxf(quiet, COMMON_LEAST);
}

static float excess(float rise) {
    return 1 - powf(10, -2 * rise);
}

/* By the spread, or by the comb on a link whose receiver is known to be quiet; either way the comb's
 * teeth must agree, where there is a comb. */
static void decide_slow(struct aw_motion *m, const struct aw_comb_result *comb,
                        struct aw_motion_result *out) {
    float high = excess(SPREAD_RISE);
    float score = excess(out->spread - usual_spread(m));
    float common = log10f(comb->common + 1e-6F);
    if (!isnan(comb->agreement)) {
        float quiet = quiet_common(m);
        score = fminf(score, excess(common - log10f(COMMON_USUAL)));
        if (quiet < INFINITY) score = fmaxf(score, excess(common - log10f(quiet)));
        score = fminf(score, fminf(comb->agreement / (AGREE_SIGMAS * comb->sigma) * high, 1));
        m->past_common[m->past_commons++ % AW_MOTION_PAST] = comb->common;
    }
    out->score = fmaxf(score, -1);
    out->threshold = m->moving ? HOLD * high : high;
    m->past_spread[m->past_spreads++ % AW_MOTION_PAST] = out->spread;
}

void aw_motion_read(struct aw_motion *m, int64_t t_ns, struct aw_motion_result *out) {
    *out = (struct aw_motion_result){
        .score = NAN, .threshold = NAN, .share = NAN, .spread = NAN, .common = NAN, .rate_hz = NAN};
    aw_rows_settle(&m->rows, t_ns);
    int64_t window_ns = (int64_t)(m->config.window_s * 1e9F);
    size_t at;
    size_t n = aw_rows_between(&m->rows, t_ns - window_ns, t_ns, &at);
    int64_t span_ns = 0;
    if (n > 1) {
        span_ns = m->rows.t_ns[aw_rows_after(&m->rows, at, n - 1)] - m->rows.t_ns[at];
        out->rate_hz = usual_rate(m, at, n);
    }
    if (!m->any) {
        out->reason = AW_REASON_NO_FRAMES;
    } else if (t_ns - m->first_ns < (int64_t)(WARM * (float)window_ns)) {
        out->reason = AW_REASON_WARMING_UP;
    } else if (n == 0) {
        out->reason = AW_REASON_NO_FRAMES;
    } else if (n < MIN_ROWS || span_ns < (int64_t)(MIN_SPAN * (float)window_ns)) {
        out->reason = AW_REASON_RATE_TOO_LOW;
    }
    if (out->reason != AW_REASON_NONE) {
        m->moving = false;
        return;
    }
    m->slow = out->rate_hz < COMB_MAX_HZ;
    out->share = window_share(m, at, n, &out->spread);
    if (out->rate_hz >= SHARE_MIN_HZ && out->share <= 1) {
        decide_by_share(m, t_ns, n, out);
    } else {
        struct aw_comb_result comb;
        out->share = NAN;
        aw_comb_read(&m->comb, t_ns - window_ns, t_ns, &comb);
        out->common = comb.common;
        decide_slow(m, &comb, out);
    }
    out->moving = m->moving = out->score > out->threshold;
}
