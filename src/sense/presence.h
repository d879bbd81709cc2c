#ifndef AW_SENSE_PRESENCE_H
#define AW_SENSE_PRESENCE_H

#include "airwake.h"
#include "sense/motion.h"
#include "sense/sway.h"

/* Empty, still or moving, once per second.
 *
 *                  motion                       motion
 *        .------------------------> MOVING <------------------------.
 *        |                            | no motion for 2 s           |
 *      EMPTY <--------------------- STILL ---------------------------
 *        |   no evidence for 30 s     ^
 *        '----------------------------'
 *          breathing, or sway 5 s long with nothing moving for 20 s
 *
 * Somebody who stops moving does not leave by that: STILL holds for 30 s after the last motion
 * or other evidence. A room that was never seen moving starts EMPTY.
 *
 * A known breathing rate outweighs motion: deep breaths alone exceed the motion threshold, and the
 * breathing block gives no rate while somebody walks.
 *
 * STILL from sway, and held STILL, are experimental: an empty room's drift looks alike, see
 * sense/sway.h. So is EMPTY before breathing could have been found. */
struct aw_presence_config {
    float moving_hold_s;  /* > 0 */
    float still_hold_s;   /* > moving_hold_s */
    float sway_s;         /* sway must last so long, >= 0 */
    float sway_threshold; /* of sway's share, 0..1 */
};

void aw_presence_config_default(struct aw_presence_config *c);

struct aw_presence {
    struct aw_presence_config config;
    bool any_motion, any_evidence; /* the times below are set */
    int64_t motion_ns;             /* last time something moved */
    int64_t evidence_ns;           /* last time of motion, breathing or sway */
    bool swaying;
    int64_t sway_since_ns;
};

struct aw_presence_result {
    enum aw_state state; /* NULL with a reason */
    enum aw_reason reason;
    float confidence;  /* 0..1; NAN with a reason */
    bool experimental; /* the state rests on sway or on memory only */
};

/* Errors: INVAL. */
AW_MUST_USE int aw_presence_init(struct aw_presence *p, const struct aw_presence_config *config);
void aw_presence_reset(struct aw_presence *p);

/* One second's measurements, t_ns ascending. sway and breathing may be NULL: not measured. A known
 * breathing rate counts as evidence at its confidence. */
void aw_presence_push(struct aw_presence *p, int64_t t_ns, const struct aw_motion_result *motion,
                      const struct aw_sway_result *sway, const struct aw_estimate *breathing,
                      struct aw_presence_result *out);

#endif
