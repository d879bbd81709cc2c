#ifndef AW_CORE_LINK_H
#define AW_CORE_LINK_H

#include "base/arena.h"
#include "core/clock.h"
#include "core/order.h"
#include "core/rate.h"
#include "sense/amplitude.h"
#include "sense/breathing.h"
#include "sense/calibration.h"
#include "sense/chest.h"
#include "sense/fall.h"
#include "sense/heart.h"
#include "sense/motion.h"
#include "sense/presence.h"
#include "sense/speed.h"
#include "sense/sway.h"

/* One transmitter-receiver pair: what is known of it and the sensing of its frames. */
struct aw_link {
    bool used;
    struct aw_link_info info;
    struct aw_clock clock;
    struct aw_order order;
    struct aw_rate rate;
    struct aw_amplitude amplitude;
    struct aw_chest chest;
    struct aw_motion motion;
    struct aw_breathing breathing;
    struct aw_sway sway;
    struct aw_speed speed;
    struct aw_fall fall;
    struct aw_heart heart;
    bool has_heart; /* two receive chains or more, with phase */
    struct aw_presence presence;
    struct aw_calibration calibration;
    struct aw_calibration_report report;
    bool calibrating;
    uint32_t frames_in_second;
    int64_t second_ns; /* end of the last one closed */
    struct aw_estimate breathing_said;
    float candidate_bpm, candidate_confidence;
};

/* Tables that all links of a session use; immutable. heart may be NULL: no heart rates. */
struct aw_link_tables {
    const struct aw_breathing_bases *breathing;
    const struct aw_sine_basis *heart;
};

/* Memory of its own that one link needs at most. */
size_t aw_link_bytes(void);

/* Starts the link that f is the first frame of. What tables point to must outlive it.
 * Errors: NOMEM (memory smaller than aw_link_bytes()). */
AW_MUST_USE int aw_link_init(struct aw_link *l, void *memory, size_t bytes,
                             const struct aw_link_tables *tables, uint32_t serial,
                             const struct aw_frame *f);

/* Does f belong to this link? */
bool aw_link_matches(const struct aw_link *l, const struct aw_frame *f);

/* One frame of it, at session time t_ns. */
void aw_link_push(struct aw_link *l, const struct aw_frame *f, int64_t t_ns, uint32_t lost);

/* Closes the second that ends at t_ns. */
void aw_link_second(struct aw_link *l, int64_t t_ns, struct aw_update *out);

/* As in airwake.h. */
void aw_link_breathing(const struct aw_link *l, struct aw_breathing_evidence *out);
int aw_link_calibrate_begin(struct aw_link *l, enum aw_take take);
int aw_link_calibrate_finish(struct aw_link *l);
void aw_link_calibration(const struct aw_link *l, struct aw_calibration_saved *out);
int aw_link_calibration_restore(struct aw_link *l, const struct aw_calibration_saved *saved);
void aw_link_calibration_clear(struct aw_link *l);

#endif
