#ifndef AW_SIM_SCENARIO_H
#define AW_SIM_SCENARIO_H

#include "sim/config.h"

/* Ready-made configs. */

struct aw_sim_scenario {
    const char *name;
    const char *title;
    double seconds;
    void (*people)(struct aw_sim_config *c);
};

extern const struct aw_sim_scenario aw_sim_scenarios[];
extern const uint32_t aw_sim_scenario_count;

/* An empty room of 5 x 4 x 2.6 m with one link of `hw`, one antenna each, 100 frames/s for 60 s,
 * furniture from the seed, and the hardware's usual defects (aw_sim_impair_usual). */
void aw_sim_config_room(struct aw_sim_config *c, enum aw_sim_hw hw, uint64_t seed);

/* The scenario of that name in that room, over its whole duration.
 * Errors: INVAL, no such name. */
AW_MUST_USE int aw_sim_config_scenario(struct aw_sim_config *c, const char *name, enum aw_sim_hw hw,
                                       uint64_t seed);

/* n receivers along the walls, node ids 1..n, and one transmitter in the corner, placed within
 * 0.3 m by the seed; the first nodes stay where they are when there are more. The room must be
 * 2 m or more each way; n <= AW_SIM_MAX_LINKS. */
void aw_sim_config_nodes(struct aw_sim_config *c, uint32_t n);

/* The same in a random room, for measuring over many: 3-8 x 3-6 m, transmitter and receivers 2-6 m
 * apart, ways stretched with the room. Who does not walk sits 0.7 m or more from the antennas and
 * faces the middle of the first link within 60 degrees, not in a blind spot of it: a chest moving
 * by 1 mm changes that link's way by 1 mm or more (2 mm at best). */
void aw_sim_config_shuffle(struct aw_sim_config *c, uint64_t seed);

/* Someone who breathes at a constant rate: 5 mm, slightly asymmetric; a heart of 0.3 mm, 68 bpm. */
void aw_sim_person_usual(struct aw_sim_person *p, double x_m, double y_m, double bpm);

/* One articulated person in daily motion, for training and measuring pose models (sim/home.c).
 * The link runs along x, its ends 3.8 to 4.2 m apart and 1.1 to 1.3 m high, antenna rows across it;
 * nobody is there for the first AW_SIM_HOME_EMPTY_S, in one of five up to
 * AW_SIM_HOME_LATER_S longer, then somebody walks, stands, turns, sits, lies,
 * gets up and uses their hands within 1.3 m along and 1.6 m across of its middle. Room, furniture,
 * walls, body and script are drawn from the seed. seconds > AW_SIM_HOME_EMPTY_S. */
enum { AW_SIM_HOME_EMPTY_S = 3, AW_SIM_HOME_LATER_S = 6 };
void aw_sim_config_home(struct aw_sim_config *c, enum aw_sim_hw hw, uint64_t seed, double seconds);

/* No defects at all; and those of ordinary hardware: free oscillator, 30 ns timing offset, 3 %
 * gain jitter, 30 dB SNR, 10 % timing jitter, 0.5 % loss, the hardware's integers. */
void aw_sim_impair_none(struct aw_sim_impair *im);
void aw_sim_impair_usual(struct aw_sim_impair *im);

#endif
