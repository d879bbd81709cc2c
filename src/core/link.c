#include "core/link.h"

#include "base/frame.h"
#include "base/units.h"
#include "sense/count.h"

#include <string.h>

static const int64_t FALL_MOTION_NS = 8 * AW_S; /* burst 4 s at most, then 3 s still */

static int init_sensing(struct aw_link *l, struct aw_arena *a, const struct aw_link_tables *tables,
                        const struct aw_frame *f) {
    struct aw_amplitude_config amplitude;
    struct aw_motion_config motion;
    aw_amplitude_config_default(&amplitude);
    struct aw_presence_config presence;
    struct aw_breathing_config breathing;
    aw_motion_config_default(&motion);
    aw_presence_config_default(&presence);
    aw_breathing_config_default(&breathing);
    breathing.max_n = AW_CHEST_MAX;
    int err = aw_amplitude_init(&l->amplitude, a, &amplitude);
    if (err == AW_OK) err = aw_chest_init(&l->chest, a, amplitude.max_bins);
    if (err == AW_OK) err = aw_motion_init(&l->motion, a, &motion);
    if (err == AW_OK) err = aw_breathing_init(&l->breathing, a, tables->breathing, &breathing);
    l->has_heart = tables->heart && f->n_rx >= 2 && !(f->flags & AW_FRAME_AMPLITUDE_ONLY);
    if (err == AW_OK && l->has_heart) err = aw_heart_init(&l->heart, a, tables->heart);
    if (err == AW_OK) err = aw_sway_init(&l->sway, a);
    if (err == AW_OK) err = aw_speed_init(&l->speed, a);
    if (err == AW_OK) err = aw_fall_init(&l->fall, a);
    if (err == AW_OK) err = aw_presence_init(&l->presence, &presence);
    return err;
}

size_t aw_link_bytes(void) {
    /* What the blocks take at their default configuration, rounded up; test_session.c checks that a
     * link fits. */
    return 512 * 1024;
}

int aw_link_init(struct aw_link *l, void *memory, size_t bytes, const struct aw_link_tables *tables,
                 uint32_t serial, const struct aw_frame *f) {
    struct aw_arena a;
    aw_arena_init(&a, memory, bytes);
    *l = (struct aw_link){.used = true, .report = {.overlap = NAN, .still_overlap = NAN}};
    aw_calibration_init(&l->calibration);
    int err = init_sensing(l, &a, tables, f);
    if (err != AW_OK) {
        l->used = false;
        return err;
    }
    l->info = (struct aw_link_info){.serial = serial,
                                    .format = f->format,
                                    .origin = f->origin,
                                    .node = f->node,
                                    .tx = f->tx,
                                    .rx_chain = f->rx_chain,
                                    .tx_chain = f->tx_chain,
                                    .n_rx = f->n_rx,
                                    .n_tx = f->n_tx};
    aw_clock_reset(&l->clock);
    aw_order_reset(&l->order);
    aw_rate_reset(&l->rate);
    return AW_OK;
}

bool aw_link_matches(const struct aw_link *l, const struct aw_frame *f) {
    const struct aw_link_info *i = &l->info;
    return i->node == f->node && i->tx == f->tx && i->origin == f->origin &&
           i->format == f->format && i->rx_chain == f->rx_chain && i->tx_chain == f->tx_chain &&
           i->n_rx == f->n_rx && i->n_tx == f->n_tx;
}

/* Mean power of the chains, in dBm. */
static float rssi_dbm(const struct aw_frame *f) {
    float mw = 0;
    int n = 0;
    for (int i = 0; i < f->n_rx; i++) {
        if (!isfinite(f->rssi_dbm[i])) continue;
        mw += powf(10, f->rssi_dbm[i] / 10);
        n++;
    }
    return n ? 10 * log10f(mw / (float)n) : NAN;
}

void aw_link_push(struct aw_link *l, const struct aw_frame *f, int64_t t_ns, uint32_t lost) {
    struct aw_link_info *i = &l->info;
    (void)lost;
    if (i->frames == 0) i->first_t_ns = t_ns;
    i->frames++;
    i->last_t_ns = t_ns;
    i->t_kind = f->t_kind;
    size_t chip = strnlen(f->chip, sizeof i->chip - 1); /* the frame's may not outlive it */
    memcpy(i->chip, f->chip, chip);
    i->chip[chip] = '\0';
    i->channel = f->channel;
    i->freq_mhz = f->freq_mhz;
    i->bandwidth_mhz = f->bandwidth_mhz;
    i->n_sub = f->n_sub;
    i->rssi_dbm = rssi_dbm(f);
    i->noise_dbm = f->noise_dbm;
    l->frames_in_second++;
    aw_rate_push(&l->rate, t_ns);

    struct aw_amplitude_row row;
    if (!aw_amplitude_push(&l->amplitude, f, &row)) return;
    if (row.fresh) { /* other subcarriers: what follows does not continue what was */
        aw_motion_break(&l->motion);
        aw_sway_reset(&l->sway);
        aw_speed_reset(&l->speed);
        aw_fall_reset(&l->fall);
        if (l->has_heart) aw_heart_reset(&l->heart);
    }
    aw_motion_push_frame(&l->motion, t_ns, &l->amplitude, &row);
    aw_sway_push(&l->sway, t_ns, row.group, row.n_group);
    aw_speed_push(&l->speed, t_ns, row.group, row.n_group);
    aw_fall_push(&l->fall, t_ns, row.group, row.n_group);
    if (l->has_heart) aw_heart_push(&l->heart, t_ns, &l->amplitude, f);
    struct aw_chest_row chest;
    if (aw_chest_push(&l->chest, &l->amplitude, f, &chest)) {
        if (chest.fresh) aw_breathing_reset(&l->breathing);
        aw_breathing_push(&l->breathing, t_ns, chest.value, chest.n, chest.level);
    }
    i->n_live = aw_amplitude_live(&l->amplitude);
}

int aw_link_calibrate_begin(struct aw_link *l, enum aw_take take) {
    if (take != AW_TAKE_EMPTY && !l->calibration.n[AW_TAKE_EMPTY]) return AW_ERR_INVAL;
    if (!l->calibrating && take == AW_TAKE_EMPTY) aw_calibration_init(&l->calibration);
    aw_calibration_begin(&l->calibration, take);
    l->calibrating = true;
    return AW_OK;
}

int aw_link_calibrate_finish(struct aw_link *l) {
    if (!l->calibrating) return AW_ERR_INVAL;
    struct aw_calibration_result r;
    aw_calibration_finish(&l->calibration, &r);
    l->calibrating = false;
    l->report = (struct aw_calibration_report){.verdict = r.verdict,
                                               .empty_s = r.reads[AW_TAKE_EMPTY],
                                               .occupied_s = r.reads[AW_TAKE_OCCUPIED],
                                               .moved = r.moved,
                                               .overlap = r.overlap,
                                               .still_s = r.reads[AW_TAKE_STILL],
                                               .still_overlap = r.still_overlap,
                                               .take = l->calibration.take};
    aw_motion_set_null(&l->motion, &l->calibration.null);
    return AW_OK;
}

void aw_link_calibration(const struct aw_link *l, struct aw_calibration_saved *out) {
    const uint32_t *n = l->calibration.n;
    out->report = l->report;
    out->report.collecting = l->calibrating;
    if (l->calibrating) {
        out->report.take = l->calibration.take;
        out->report.empty_s = n[AW_TAKE_EMPTY];
        out->report.occupied_s = n[AW_TAKE_OCCUPIED];
        out->report.still_s = n[AW_TAKE_STILL];
    }
    aw_calibration_save(&l->calibration, out->value);
}

int aw_link_calibration_restore(struct aw_link *l, const struct aw_calibration_saved *saved) {
    if (saved->report.verdict != AW_CALIBRATION_ARMED || l->calibrating) return AW_ERR_INVAL;
    if (!aw_calibration_restore(&l->calibration, saved->value)) return AW_ERR_INVAL;
    l->report = saved->report;
    l->report.collecting = false;
    l->report.restored = true;
    aw_motion_set_null(&l->motion, &l->calibration.null);
    return AW_OK;
}

void aw_link_calibration_clear(struct aw_link *l) {
    aw_calibration_init(&l->calibration);
    l->calibrating = false;
    l->report = (struct aw_calibration_report){.overlap = NAN, .still_overlap = NAN};
    aw_motion_set_null(&l->motion, &l->calibration.null);
}

/* One more second: of a take, or of use. */
static void calibrate(struct aw_link *l, int64_t t_ns, const struct aw_motion_result *motion,
                      enum aw_state state) {
    if (l->calibrating) {
        aw_calibration_push(&l->calibration, motion);
    } else if (l->calibration.null.known) {
        l->report.drift = aw_calibration_track(&l->calibration, t_ns, state, motion);
        aw_motion_set_null(&l->motion, &l->calibration.null);
    }
}

static struct aw_estimate missing(enum aw_reason reason) {
    return (struct aw_estimate){NAN, 0, reason};
}

/* One chain cannot: its phase is the oscillators', and its amplitude too coarse for 0.3 mm. */
static struct aw_estimate heart(struct aw_link *l, int64_t t_ns,
                                const struct aw_motion_result *motion,
                                const struct aw_estimate *breathing) {
    struct aw_heart_result r;
    if (motion->reason != AW_REASON_NONE) return missing(motion->reason);
    if (!l->has_heart) return missing(AW_REASON_ONE_CHAIN);
    /* A known breathing rate outweighs motion, see sense/presence.h. Without one, what moves must
     * leave the window first: the read is told. */
    bool breathes = breathing->reason == AW_REASON_NONE;
    aw_heart_read(&l->heart, t_ns, motion->moving && !breathes, breathes ? breathing->value : NAN,
                  &r);
    if (!breathes) return missing(breathing->reason);
    return (struct aw_estimate){r.rate_bpm, r.confidence, r.reason};
}

static struct aw_estimate speed(struct aw_link *l, int64_t t_ns,
                                const struct aw_motion_result *motion, enum aw_state state) {
    struct aw_estimate e;
    bool moving = motion->reason == AW_REASON_NONE && state == AW_STATE_MOVING;
    aw_speed_read(&l->speed, t_ns, moving, l->info.freq_mhz, &e);
    return motion->reason == AW_REASON_NONE ? e : missing(motion->reason);
}

void aw_link_second(struct aw_link *l, int64_t t_ns, struct aw_update *out) {
    struct aw_motion_result motion;
    struct aw_sway_result sway;
    struct aw_breathing_result chest;
    struct aw_presence_result presence;
    aw_motion_read(&l->motion, t_ns, &motion);
    aw_sway_read(&l->sway, t_ns, &sway);
    out->frames = l->frames_in_second;
    l->frames_in_second = 0;
    if (out->frames == 0) /* windows still hold the past, but this second was not seen */
        motion = (struct aw_motion_result){
            .reason = AW_REASON_NO_FRAMES, .score = NAN, .threshold = NAN};
    aw_breathing_read(&l->breathing, t_ns, motion.moving, &chest);
    struct aw_estimate breathing = {chest.rate_bpm, chest.confidence, chest.reason};
    if (out->frames == 0) breathing = missing(AW_REASON_NO_FRAMES);
    l->second_ns = t_ns;
    l->breathing_said = breathing;
    l->candidate_bpm = out->frames ? chest.candidate_bpm : NAN;
    l->candidate_confidence = out->frames ? chest.confidence : 0;
    aw_presence_push(&l->presence, t_ns, &motion, &sway, &breathing, &presence);

    calibrate(l, t_ns, &motion, presence.state);
    out->links = presence.state != AW_STATE_NULL;
    out->state = presence.state;
    out->state_reason = presence.reason;
    out->state_confidence = presence.confidence;
    out->state_experimental = presence.experimental;
    out->motion = (struct aw_estimate){motion.score, NAN, motion.reason};
    out->motion_threshold = motion.threshold;
    out->breathing_bpm = breathing;
    out->breathing_wave = out->frames ? chest.wave : NAN;
    out->apnoea = out->frames && chest.apnoea; /* a silent node is not a silent chest */
    out->heart_bpm = heart(l, t_ns, &motion, &breathing);
    out->speed_mps = speed(l, t_ns, &motion, presence.state);
    aw_count_run(&presence, &out->persons);
    /* what is still after a burst must have moved: not breath, nor one bad second */
    bool fell = aw_fall_read(&l->fall);
    out->fall = fell && l->presence.any_motion && t_ns - l->presence.motion_ns <= FALL_MOTION_NS;
}

void aw_link_breathing(const struct aw_link *l, struct aw_breathing_evidence *out) {
    *out = (struct aw_breathing_evidence){.t_ns = l->second_ns,
                                          .rate_bpm = l->breathing_said,
                                          .candidate_bpm = l->candidate_bpm,
                                          .candidate_confidence = l->candidate_confidence};
    aw_breathing_evidence(&l->breathing, out);
    if (l->breathing_said.reason == AW_REASON_NO_FRAMES) /* this second was not seen */
        out->coarse_reason = out->fine_reason = out->wave_reason = AW_REASON_NO_FRAMES;
    for (uint32_t i = 0; i < out->groups; i++) {
        const struct aw_chest_group *g = &l->chest.group[i];
        out->group[i].chain = g->chain;
        out->group[i].k_first = g->k_first;
        out->group[i].k_last = g->k_last;
    }
}
