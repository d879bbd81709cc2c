#include "sense/presence.h"

#include <math.h>
#include <string.h>

/* Shares of such states that were right on the recordings (docs/accuracy.md); the recordings have
 * about as many occupied as empty seconds. */
static const float MOVING_CONFIDENCE = 0.98F;
static const float SWAY_CONFIDENCE = 0.8F;
static const float EMPTY_CONFIDENCE = 0.65F; /* a sitting person is missed half of the time */
static const float HELD_CONFIDENCE = 0.9F;   /* just after motion; falls to 0.5 over the hold */
/* Sway's window: a walk in it would be taken for sway. */
static const int64_t SWAY_NS = 20000000000;

void aw_presence_config_default(struct aw_presence_config *c) {
    *c = (struct aw_presence_config){.moving_hold_s = 2,
                                     .still_hold_s = 30,
                                     .sway_s = 5,
                                     .sway_threshold = 0.65F}; /* exceeded in 10 % of the seconds
                                                                * of an empty room, measured */
}

int aw_presence_init(struct aw_presence *p, const struct aw_presence_config *config) {
    if (!(config->moving_hold_s > 0)) return AW_ERR_INVAL;
    if (!(config->still_hold_s > config->moving_hold_s && config->still_hold_s < 86400)) {
        return AW_ERR_INVAL;
    }
    if (!(config->sway_s >= 0 && config->sway_s < 86400)) return AW_ERR_INVAL;
    if (!(config->sway_threshold >= 0 && config->sway_threshold <= 1)) return AW_ERR_INVAL;
    memset(p, 0, sizeof *p);
    p->config = *config;
    return AW_OK;
}

void aw_presence_reset(struct aw_presence *p) {
    p->any_motion = p->any_evidence = p->swaying = false;
}

static double seconds(int64_t from_ns, int64_t to_ns) {
    return (double)(to_ns - from_ns) / 1e9;
}

/* Has sway lasted, with nothing moving in its window? */
static bool sways(struct aw_presence *p, int64_t t_ns, const struct aw_sway_result *sway) {
    bool now = sway && sway->reason == AW_REASON_NONE && sway->share > p->config.sway_threshold &&
               !(p->any_motion && t_ns - p->motion_ns < SWAY_NS);
    if (now && !p->swaying) p->sway_since_ns = t_ns;
    p->swaying = now;
    return now && seconds(p->sway_since_ns, t_ns) >= (double)p->config.sway_s;
}

void aw_presence_push(struct aw_presence *p, int64_t t_ns, const struct aw_motion_result *motion,
                      const struct aw_sway_result *sway, const struct aw_estimate *breathing,
                      struct aw_presence_result *out) {
    bool lasting_sway = sways(p, t_ns, sway);
    bool breathes = breathing && breathing->reason == AW_REASON_NONE;
    if (motion->reason != AW_REASON_NONE) {
        *out = (struct aw_presence_result){AW_STATE_NULL, motion->reason, NAN, false};
        return;
    }
    if (motion->moving && !breathes) {
        p->any_motion = p->any_evidence = true;
        p->motion_ns = p->evidence_ns = t_ns;
    } else if (breathes || lasting_sway) { /* deep breaths alone exceed the motion threshold */
        p->any_evidence = true;
        p->evidence_ns = t_ns;
    }
    double since_motion = p->any_motion ? seconds(p->motion_ns, t_ns) : INFINITY;
    double since_evidence = p->any_evidence ? seconds(p->evidence_ns, t_ns) : INFINITY;
    double hold = (double)p->config.still_hold_s;

    *out = (struct aw_presence_result){.reason = AW_REASON_NONE};
    if (breathes) {
        out->state = AW_STATE_STILL;
        out->confidence = breathing->confidence;
    } else if (since_motion < (double)p->config.moving_hold_s) {
        out->state = AW_STATE_MOVING;
        out->confidence = MOVING_CONFIDENCE;
    } else if (lasting_sway) {
        out->state = AW_STATE_STILL;
        out->confidence = SWAY_CONFIDENCE;
        out->experimental = true;
    } else if (since_evidence < hold) {
        out->state = AW_STATE_STILL;
        out->confidence = 0.5F + (HELD_CONFIDENCE - 0.5F) * (float)((hold - since_evidence) / hold);
        out->experimental = true;
    } else {
        bool listened = breathing && breathing->reason != AW_REASON_WARMING_UP;
        out->state = AW_STATE_EMPTY;
        out->confidence = listened ? EMPTY_CONFIDENCE : 0.5F; /* a still person had no chance yet */
        out->experimental = !listened;
    }
}
