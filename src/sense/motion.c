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
static const float HOLD = 0.6F;     /* of the threshold, while moving */
static const float NULL_SIGMAS = 5; /* above a learned or calibrated null */
static const float LOWEST = 0.11F;  /* a learned or calibrated threshold is at least this */

static const float SPREAD_RISE = 0.25F;     /* log10: 1.8 times the usual spread is motion */
static const float SPREAD_USUAL = -1.85F;   /* without a null: int8 noise of a strong link, measured
                                             * -1.9..-1.7 */
static const float SPREAD_QUANTILE = 0.25F; /* of past reads: quiet even if somebody mostly moves */
static const float SPREAD_LOW = -1.95F, SPREAD_HIGH = -1.3F; /* believable nulls */

void aw_motion_config_default(struct aw_motion_config *c) {
    *c = (struct aw_motion_config){.max_group = 16, .window_s = 4};
}

int aw_motion_init(struct aw_motion *m, struct aw_arena *arena,
                   const struct aw_motion_config *config) {
    if (config->max_group < 1 || config->max_group > 64) return AW_ERR_INVAL;
    if (!(config->window_s >= 2 && config->window_s <= 10)) return AW_ERR_INVAL;
    memset(m, 0, sizeof *m);
    m->config = *config;
    m->cap = (size_t)((double)config->window_s * 1e9 / (double)ROW_NS) + 32;
    m->rows = aw_arena_alloc(arena, m->cap * config->max_group, sizeof *m->rows);
    m->t_ns = aw_arena_alloc(arena, m->cap, sizeof *m->t_ns);
    m->column = aw_arena_alloc(arena, m->cap, sizeof *m->column);
    m->scratch = aw_arena_alloc(arena, m->cap, sizeof *m->scratch);
    m->column_t_ns = aw_arena_alloc(arena, m->cap, sizeof *m->column_t_ns);
    return m->rows && m->t_ns && m->column && m->scratch && m->column_t_ns ? AW_OK : AW_ERR_NOMEM;
}

void aw_motion_break(struct aw_motion *m) {
    m->head = m->count = 0;
    m->sum_n = 0;
    m->any = false;
}

void aw_motion_reset(struct aw_motion *m) {
    aw_motion_break(m);
    m->n_group = 0;
    m->moving = false;
    m->null.known = false;
    m->past_n_s = m->past_n_spread = 0;
}

void aw_motion_set_null(struct aw_motion *m, const struct aw_motion_null *null) {
    m->null = *null;
}

static void flush(struct aw_motion *m) {
    float *row = m->rows + m->head * m->config.max_group;
    float scale = 1 / (float)m->sum_n;
    for (size_t g = 0; g < m->n_group; g++) row[g] = m->sum[g] * scale;
    m->t_ns[m->head] = m->sum_t_ns;
    m->head = m->head + 1 == m->cap ? 0 : m->head + 1;
    if (m->count < m->cap) m->count++;
    m->sum_n = 0;
}

void aw_motion_push(struct aw_motion *m, int64_t t_ns, const float *row, size_t n) {
    if (n > m->config.max_group) n = m->config.max_group;
    if (n != m->n_group) {
        aw_motion_break(m);
        m->n_group = n;
    }
    if (m->any && t_ns <= m->last_ns) return;
    if (!m->any) m->first_ns = t_ns;
    m->any = true;
    m->last_ns = t_ns;
    if (t_ns - m->first_ns < SETTLE_NS) return;
    if (m->sum_n && t_ns - m->sum_t_ns >= ROW_NS) flush(m);
    if (m->sum_n == 0) {
        m->sum_t_ns = t_ns;
        memcpy(m->sum, row, n * sizeof *row);
    } else {
        for (size_t g = 0; g < n; g++) m->sum[g] += row[g];
    }
    m->sum_n++;
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* Rows with t in (from, to]: their number, and in *at the ring slot of the first. */
static size_t rows_between(const struct aw_motion *m, int64_t from, int64_t to, size_t *at) {
    size_t n = m->count, slot = m->head;
    while (n > 0) { /* the newest first: drop those after `to` */
        size_t before = slot == 0 ? m->cap - 1 : slot - 1;
        if (m->t_ns[before] <= to) break;
        slot = before;
        n--;
    }
    size_t taken = 0;
    while (taken < n) {
        size_t before = slot == 0 ? m->cap - 1 : slot - 1;
        if (m->t_ns[before] <= from) break;
        slot = before;
        taken++;
    }
    *at = slot;
    return taken;
}

static void take_column(struct aw_motion *m, size_t group, size_t at, size_t n) {
    for (size_t i = 0; i < n; i++) {
        m->column[i] = m->rows[at * m->config.max_group + group];
        if (group == 0) m->column_t_ns[i] = m->t_ns[at];
        at = at + 1 == m->cap ? 0 : at + 1;
    }
}

/* 1 / median interval, which a gap does not move; n > 1. */
static float usual_rate(struct aw_motion *m, size_t at, size_t n) {
    int64_t before = m->t_ns[at];
    for (size_t i = 0; i + 1 < n; i++) {
        at = at + 1 == m->cap ? 0 : at + 1;
        m->scratch[i] = (float)(m->t_ns[at] - before);
        before = m->t_ns[at];
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
    float share = 0, relative = 0;
    for (size_t g = 0; g < m->n_group; g++) {
        take_column(m, g, at, n);
        aw_clip_run(m->column, n, CLIP, m->scratch);
        share += aw_increments_run(m->column, m->column_t_ns, n, GAP_NS, LAG_NS,
                                   sizeof LAG_NS / sizeof *LAG_NS);
        relative += relative_std(m->column, n);
    }
    *spread = log10f(relative / (float)m->n_group + 1e-4F); /* 1e-4: below any receiver's noise */
    return share / (float)m->n_group;
}

/* The quantile of the reads kept, n <= AW_MOTION_PAST. */
static float past_quantile(const float *past, uint32_t n, float q) {
    float x[AW_MOTION_PAST];
    memcpy(x, past, n * sizeof *x);
    return aw_median_select(x, n, (size_t)(q * (float)(n - 1)));
}

static float threshold_of(const struct aw_motion *m, float rows) {
    float apriori = BIAS + SIGMAS / sqrtf(rows * INDEPENDENT);
    float mean = NAN, std = NAN;
    if (m->null.known) {
        mean = m->null.mean;
        std = m->null.std;
    } else if (m->past_n_s >= LEARN_READS) {
        /* The lower quarter is quiet even where somebody moves most of the time: of a Gaussian
         * null, q25 - q05 is 0.97 std and q25 is 0.674 std below its mean. */
        uint32_t n = m->past_n_s < AW_MOTION_PAST ? m->past_n_s : AW_MOTION_PAST;
        float q25 = past_quantile(m->past_s, n, 0.25F);
        std = (q25 - past_quantile(m->past_s, n, 0.05F)) / 0.97F;
        mean = q25 + 0.674F * std;
    }
    float learned = mean + NULL_SIGMAS * std;
    if (!(learned < apriori)) return apriori;
    return learned > LOWEST ? learned : LOWEST;
}

static float usual_spread(const struct aw_motion *m) {
    float usual = SPREAD_USUAL;
    if (m->null.known && m->null.spread < INFINITY) return m->null.spread;
    if (m->past_n_spread >= LEARN_READS) {
        uint32_t n = m->past_n_spread < AW_MOTION_PAST ? m->past_n_spread : AW_MOTION_PAST;
        usual = past_quantile(m->past_spread, n, SPREAD_QUANTILE);
    }
    return usual < SPREAD_LOW ? SPREAD_LOW : usual > SPREAD_HIGH ? SPREAD_HIGH : usual;
}

static void decide_by_share(struct aw_motion *m, int64_t t_ns, size_t n,
                            struct aw_motion_result *out) {
    float high = threshold_of(m, (float)n);
    out->score = out->share;
    size_t at;
    size_t n_fast = rows_between(m, t_ns - FAST_NS, t_ns, &at);
    if (n_fast >= MIN_ROWS) {
        float unused;
        float fast = window_share(m, at, n_fast, &unused);
        float fast_high = BIAS + FAST_SIGMAS / sqrtf((float)n_fast * INDEPENDENT);
        if (fast > fast_high && fast * high / fast_high > out->score) {
            out->score = fast * high / fast_high; /* on the scale of the one threshold shown */
        }
    }
    out->threshold = m->moving ? fmaxf(HOLD * high, LOWEST) : high;
    m->past_s[m->past_n_s++ % AW_MOTION_PAST] = out->share;
}

static void decide_by_spread(struct aw_motion *m, struct aw_motion_result *out) {
    float rise = out->spread - usual_spread(m);
    float high = 1 - powf(10, -2 * SPREAD_RISE);
    out->score = fmaxf(1 - powf(10, -2 * rise), -1);
    out->threshold = m->moving ? HOLD * high : high;
    m->past_spread[m->past_n_spread++ % AW_MOTION_PAST] = out->spread;
}

void aw_motion_read(struct aw_motion *m, int64_t t_ns, struct aw_motion_result *out) {
    *out = (struct aw_motion_result){
        .score = NAN, .threshold = NAN, .share = NAN, .spread = NAN, .rate_hz = NAN};
    if (m->sum_n && t_ns - m->sum_t_ns >= ROW_NS) flush(m);
    int64_t window_ns = (int64_t)(m->config.window_s * 1e9F);
    size_t at;
    size_t n = m->n_group ? rows_between(m, t_ns - window_ns, t_ns, &at) : 0;
    int64_t span_ns = 0;
    if (n > 1) {
        size_t last = at + n - 1 < m->cap ? at + n - 1 : at + n - 1 - m->cap;
        span_ns = m->t_ns[last] - m->t_ns[at];
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
    out->share = window_share(m, at, n, &out->spread);
    if (out->rate_hz >= SHARE_MIN_HZ && out->share <= 1) {
        decide_by_share(m, t_ns, n, out);
    } else {
        out->share = NAN;
        decide_by_spread(m, out);
    }
    out->moving = m->moving = out->score > out->threshold;
}
