#ifndef AW_SENSE_CALIBRATION_H
#define AW_SENSE_CALIBRATION_H

#include "airwake.h"
#include "sense/motion.h"
#include "sense/sway.h"

/* What this room looks like empty and, if somebody helps, occupied.
 *
 *     init -> begin(EMPTY)    -> push ... (10 s or more)
 *          -> begin(OCCUPIED) -> push ... (optional: somebody moves about)
 *          -> finish: armed, or refused and why
 *     afterwards track: follows the empty room slowly
 *
 * Armed gives the motion block its null (aw_motion_set_null). With both takes it says how far they
 * overlap: the probability that a second of the occupied take ranks below a second of the empty
 * one, on the motion statistic; above 0.05 it does not arm. A third take, somebody still, only says
 * how far it overlaps: motion does not find them, breath and sway do. Reads that the a-priori threshold calls
 * moving do not enter the empty take; more than one in ten refuses it: the room was not empty.
 *
 * Tracking follows only while the state is EMPTY and has been for a minute, and stands still
 * otherwise: a person who sits down must not become part of the room. */
enum {
    AW_CALIBRATION_TAKES = 3,
    AW_CALIBRATION_READS = 120
}; /* reads per take; later ones
    * replace the oldest */

struct aw_calibration {
    float share[AW_CALIBRATION_TAKES][AW_CALIBRATION_READS];
    float spread[AW_CALIBRATION_TAKES][AW_CALIBRATION_READS];
    float common[AW_CALIBRATION_TAKES][AW_CALIBRATION_READS];
    uint32_t n[AW_CALIBRATION_TAKES]; /* reads pushed, may exceed AW_CALIBRATION_READS */
    uint32_t moved;                   /* reads left out of the empty take */
    enum aw_take take;
    bool begun[AW_CALIBRATION_TAKES];
    struct aw_motion_null null;     /* known once armed */
    float armed_mean, armed_spread; /* as of finish: what drift is measured from */
    int64_t empty_since_ns;
    bool empty;
};

struct aw_calibration_result {
    enum aw_calibration_verdict verdict;
    uint32_t reads[AW_CALIBRATION_TAKES];
    float moved;         /* share of the empty take's reads in which something moved */
    float overlap;       /* 0 apart .. 0.5 alike; NAN without an occupied take */
    float still_overlap; /* likewise of the still take */
    struct aw_motion_null null;
};

void aw_calibration_init(struct aw_calibration *c);
void aw_calibration_begin(struct aw_calibration *c, enum aw_take take);

/* One second of the take; reads with a reason are left out. */
void aw_calibration_push(struct aw_calibration *c, const struct aw_motion_result *motion);
void aw_calibration_finish(struct aw_calibration *c, struct aw_calibration_result *out);

/* An armed calibration as numbers, and back: restore arms, without the reads of the takes. False
 * when the numbers are not those of an armed one. */
void aw_calibration_save(const struct aw_calibration *c, float value[AW_CALIBRATION_VALUES]);
bool aw_calibration_restore(struct aw_calibration *c, const float value[AW_CALIBRATION_VALUES]);

/* One second in use. Returns how far the room has drifted since finish, in standard deviations of
 * the empty take; above 3 a new calibration is due. 0 when not armed. c->null then follows, for
 * aw_motion_set_null. */
float aw_calibration_track(struct aw_calibration *c, int64_t t_ns, enum aw_state state,
                           const struct aw_motion_result *motion);

#endif
