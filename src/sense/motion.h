#ifndef AW_SENSE_MOTION_H
#define AW_SENSE_MOTION_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/rows.h"
#include "sense/amplitude.h"
#include "sense/comb.h"

/* Does something move? The share of the amplitudes' variance that is smooth from one frame to the
 * next, which noise is not, whatever its level:
 *
 *     s = mean over groups of 1 - D(10 ms) / D(0.2 .. 0.5 s)       D: dsp/increments.h
 *
 * over the last 4 s, and over the last 1 s with a higher threshold so that a beginning is seen
 * early. In an empty room s is 0 +- 1/sqrt(T F), T rows and F independent groups; measured it has
 * a bias of up to 0.1 from coloured noise, hence the threshold 0.1 + 5.5 / sqrt(T F), F = 3. Once
 * moving, 0.6 of that holds the state. A null learned from the quietest reads of the last
 * two minutes, or given by a calibration, can only lower the threshold (a weak link whose noise is
 * white lets a weaker motion be believed).
 *
 * The first second of a link is left out: receivers still set their gain then.
 *
 * Below 25 rows/s a walker decorrelates from row to row and s fails. Then, instead, the spread
 *     r = mean over groups of std / mean,  relative to that of the quietest reads or a calibration
 *     s = 1 - 1/r^2                        the share of the variance above the usual
 * and even and odd subcarriers must agree by 4.7 sigma (sense/comb.h), which noise, gain steps and
 * drift do not, and have 1.8 times as much in common as a receiver has of its own. On a link whose
 * receiver was seen to be quiet, by a calibration or in the quietest quarter of the last two minutes
 * (of 30 reads at least), what even and odd have in common takes the place of r: noise of any
 * strength is then out of the way, and a walker with a faint echo is seen.
 *
 * Source: lag-one autocorrelation of CSI power and its null: Zhang, Wu, Wang, Liu, WiDetect,
 * IMWUT 3(3) 2019; the structure-function form and the numbers: derived and measured here, see
 * docs/accuracy.md and test_motion.c. */
struct aw_motion_config {
    uint16_t max_group; /* values per row kept, 1..64 */
    float window_s;     /* 2..10 */
};

void aw_motion_config_default(struct aw_motion_config *c); /* 16, 4 */

/* What reads look like when nothing moves. */
struct aw_motion_null {
    bool known;
    float mean, std; /* of s where the rate allows s; NAN where it did not */
    float spread;    /* log10 of the spread, median */
    float common;    /* of the comb, 90 % quantile; NAN not measured */
};

enum { AW_MOTION_PAST = 120 }; /* reads kept for learning the null */

struct aw_motion {
    struct aw_motion_config config;
    struct aw_rows rows;
    float *column, *scratch; /* [rows.cap] one group in order of time */
    float *block; /* [rows.cap][max_group, rounded up] the groups side by side, in order of time */
    int64_t *column_t_ns; /* [rows.cap] */
    int64_t first_ns;     /* of the first frame since reset */
    bool any;             /* first_ns is set */
    bool moving;
    struct aw_motion_null null; /* calibrated */
    struct aw_comb comb;
    bool slow; /* the last read was below 30 rows/s, or there was none: combs are wanted */
    float past_share[AW_MOTION_PAST], past_spread[AW_MOTION_PAST], past_common[AW_MOTION_PAST];
    uint32_t past_shares, past_spreads, past_commons; /* counted up; slot = n % AW_MOTION_PAST */
};

struct aw_motion_result {
    enum aw_reason reason; /* NONE, WARMING_UP, NO_FRAMES, RATE_TOO_LOW, NO_SIGNAL */
    bool moving;           /* false with a reason */
    float score;           /* about 0 noise only .. 1 motion only, >= -1; NAN with a reason */
    float threshold;       /* moving when score is above; NAN with a reason */
    float share;           /* s over the whole window; NAN below 25 rows/s */
    float spread;          /* log10 of the mean of std / mean */
    float common;          /* of the comb; NAN where not measured */
    float rate_hz;         /* rows per second */
};

/* Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_motion_init(struct aw_motion *m, struct aw_arena *arena,
                               const struct aw_motion_config *config);

/* Forgets rows, the learned and the calibrated null. */
void aw_motion_reset(struct aw_motion *m);

/* Forgets the rows only: what follows does not continue them (other subcarriers). */
void aw_motion_break(struct aw_motion *m);

/* One row of group amplitudes (aw_amplitude), mean about 1. Rows may come at any rate; those within
 * 5 ms are averaged. Rows older than the last are ignored. n beyond max_group is ignored; another n
 * than before breaks. */
void aw_motion_push(struct aw_motion *m, int64_t t_ns, const float *row, size_t n);

/* Row and, where it is wanted, comb of one frame, after aw_amplitude_push(a, .., row) was true. */
void aw_motion_push_frame(struct aw_motion *m, int64_t t_ns, const struct aw_amplitude *a,
                          const struct aw_amplitude_row *row);

/* The comb of the same frame (aw_amplitude_comb), needed only while aw_motion_slow(). */
void aw_motion_push_comb(struct aw_motion *m, int64_t t_ns, const float *row, size_t n,
                         size_t parts);
static inline bool aw_motion_slow(const struct aw_motion *m) {
    return m->slow;
}

/* The state at t_ns from the window that ends there. Call once per second: the learned null counts
 * reads. */
void aw_motion_read(struct aw_motion *m, int64_t t_ns, struct aw_motion_result *out);

/* A calibrated null (from reads while nobody was there); known = false takes it back. */
void aw_motion_set_null(struct aw_motion *m, const struct aw_motion_null *null);

#endif
