#include "sense/calibration.h"

#include "dsp/median.h"

#include <math.h>
#include <string.h>

enum { MIN_READS = 10 };
static const float MAX_MOVED = 0.1F;
static const float MAX_OVERLAP = 0.05F;
static const int64_t EMPTY_NS = 60000000000; /* empty so long before tracking begins */
static const float TRACK_GAIN = 1 / 600.0F;  /* per second: a time constant of 10 minutes */
static const float LEAST_STD = 0.02F;        /* of the share: white noise of 4 s at 100 rows/s and
                                              * 6 independent groups, the best a link can do */

void aw_calibration_init(struct aw_calibration *c) {
    memset(c, 0, sizeof *c);
}

void aw_calibration_begin(struct aw_calibration *c, enum aw_take take) {
    c->take = take;
    c->begun[take] = true;
    c->n[take] = 0;
    if (take == AW_TAKE_EMPTY) c->moved = 0;
}

void aw_calibration_push(struct aw_calibration *c, const struct aw_motion_result *motion) {
    if (motion->reason != AW_REASON_NONE) return;
    if (c->take == AW_TAKE_EMPTY && motion->moving) {
        c->moved++;
        return;
    }
    uint32_t slot = c->n[c->take]++ % AW_CALIBRATION_READS;
    c->share[c->take][slot] = motion->share;
    c->spread[c->take][slot] = motion->spread;
    c->common[c->take][slot] = motion->common;
}

static uint32_t kept(const struct aw_calibration *c, enum aw_take take) {
    return c->n[take] < AW_CALIBRATION_READS ? c->n[take] : AW_CALIBRATION_READS;
}

/* Mann and Whitney: the share of pairs in which the occupied read ranks below the empty one. */
static float overlap_of(const float *empty, uint32_t n_empty, const float *occupied,
                        uint32_t n_occupied) {
    double below = 0;
    for (uint32_t i = 0; i < n_empty; i++) {
        for (uint32_t j = 0; j < n_occupied; j++) {
            below += occupied[j] < empty[i] ? 1 : occupied[j] > empty[i] ? 0 : 0.5;
        }
    }
    return (float)(below / ((double)n_empty * (double)n_occupied));
}

static float overlap_with(const struct aw_calibration *c, enum aw_take take) {
    bool by_share = !isnan(c->share[AW_TAKE_EMPTY][0]) && !isnan(c->share[take][0]);
    const float(*value)[AW_CALIBRATION_READS] = by_share ? c->share : c->spread;
    return overlap_of(value[AW_TAKE_EMPTY], kept(c, AW_TAKE_EMPTY), value[take], kept(c, take));
}

static struct aw_motion_null null_of(const struct aw_calibration *c) {
    uint32_t n = kept(c, AW_TAKE_EMPTY);
    const float *share = c->share[AW_TAKE_EMPTY];
    double mean = 0, squares = 0;
    for (uint32_t i = 0; i < n; i++) mean += (double)share[i] / n;
    for (uint32_t i = 0; i < n; i++) squares += pow((double)share[i] - mean, 2) / (n - 1);
    float spread[AW_CALIBRATION_READS];
    memcpy(spread, c->spread[AW_TAKE_EMPTY], n * sizeof *spread);
    float common[AW_CALIBRATION_READS];
    uint32_t n_common = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!isnan(c->common[AW_TAKE_EMPTY][i])) common[n_common++] = c->common[AW_TAKE_EMPTY][i];
    return (struct aw_motion_null){
        .known = true,
        .mean = (float)mean,
        .std = fmaxf((float)sqrt(squares), LEAST_STD),
        .spread = aw_median_run(spread, n),
        .common = n_common ? aw_median_select(common, n_common, n_common * 9 / 10) : NAN};
}

void aw_calibration_finish(struct aw_calibration *c, struct aw_calibration_result *out) {
    uint32_t empty = kept(c, AW_TAKE_EMPTY), occupied = kept(c, AW_TAKE_OCCUPIED);
    uint32_t still = kept(c, AW_TAKE_STILL);
    *out = (struct aw_calibration_result){
        .reads = {empty, occupied, still}, .overlap = NAN, .still_overlap = NAN};
    out->moved = c->moved ? (float)c->moved / (float)(c->moved + c->n[AW_TAKE_EMPTY]) : 0;
    c->null.known = false;
    if (out->moved > MAX_MOVED) {
        out->verdict = AW_CALIBRATION_SOMEBODY_MOVED;
        return;
    }
    if (empty < MIN_READS || (c->begun[AW_TAKE_OCCUPIED] && occupied < MIN_READS)) {
        out->verdict = AW_CALIBRATION_TOO_SHORT;
        return;
    }
    if (still >= MIN_READS) out->still_overlap = overlap_with(c, AW_TAKE_STILL);
    if (occupied) {
        out->overlap = overlap_with(c, AW_TAKE_OCCUPIED);
        if (!(out->overlap <= MAX_OVERLAP)) {
            out->verdict = AW_CALIBRATION_OVERLAP;
            return;
        }
    }
    out->verdict = AW_CALIBRATION_ARMED;
    out->null = c->null = null_of(c);
    c->armed_mean = c->null.mean;
    c->armed_spread = c->null.spread;
    c->empty = false;
}

float aw_calibration_track(struct aw_calibration *c, int64_t t_ns, enum aw_state state,
                           const struct aw_motion_result *motion) {
    if (!c->null.known) return 0;
    if (state != AW_STATE_EMPTY) {
        c->empty = false;
    } else if (!c->empty) {
        c->empty = true;
        c->empty_since_ns = t_ns;
    } else if (t_ns - c->empty_since_ns >= EMPTY_NS && motion->reason == AW_REASON_NONE) {
        if (!isnan(motion->share)) c->null.mean += TRACK_GAIN * (motion->share - c->null.mean);
        c->null.spread += TRACK_GAIN * (motion->spread - c->null.spread);
        if (!isnan(motion->common))
            c->null.common += TRACK_GAIN * (motion->common - c->null.common);
    }
    float share = fabsf(c->null.mean - c->armed_mean) / c->null.std;
    /* The spread's own scatter: about 1/sqrt(2 T F) of itself, 0.02 in log10; 0.1 is a quarter more
     * noise and counts as 3. */
    float spread = fabsf(c->null.spread - c->armed_spread) * 30;
    return share > spread ? share : spread; /* NAN share: the spread alone */
}

void aw_calibration_save(const struct aw_calibration *c, float value[AW_CALIBRATION_VALUES]) {
    const float now[] = {c->null.mean, c->null.std, c->null.spread, c->armed_mean, c->armed_spread};
    for (size_t i = 0; i < AW_CALIBRATION_VALUES; i++)
        value[i] = c->null.known && i < sizeof now / sizeof *now ? now[i] : NAN;
}

bool aw_calibration_restore(struct aw_calibration *c, const float value[AW_CALIBRATION_VALUES]) {
    /* The share may be NAN, of a slow link; the spread never is. */
    if (!isfinite(value[2]) || !isfinite(value[4]) || value[1] < LEAST_STD) return false;
    aw_calibration_init(c);
    c->null = (struct aw_motion_null){
        .known = true, .mean = value[0], .std = value[1], .spread = value[2]};
    c->armed_mean = value[3];
    c->armed_spread = value[4];
    return true;
}
