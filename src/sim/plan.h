#ifndef AW_SIM_PLAN_H
#define AW_SIM_PLAN_H

#include "sim/config.h"

/* The script of a person with times: where somebody is and what posture they are in, at any time.
 *
 * Walking accelerates for 0.6 s, keeps its speed, and slows down for 0.6 s; posture changes follow
 * a smooth step, a fall accelerates evenly until the floor stops it. Turning takes 0.6 s. Somebody
 * who enters or leaves fades in or out within the first or last 0.7 s (the doorway). */

enum aw_sim_posture { AW_SIM_STANDING, AW_SIM_SITTING, AW_SIM_LYING };

struct aw_sim_segment {
    enum aw_sim_act act;
    double t0_s, t1_s;
    double x0_m, y0_m, x1_m, y1_m;
    double speed_mps, length_m;
    double facing0_rad, facing1_rad;
    enum aw_sim_posture posture0, posture1;
    double z0_m, z1_m; /* of the surface lain on */
    bool enters, leaves;
};

struct aw_sim_plan {
    uint32_t n;
    struct aw_sim_segment segment[AW_SIM_MAX_STEPS + 1];
};

struct aw_sim_pose {
    bool present;
    bool moving; /* walks, changes posture or falls */
    double fade; /* 0..1, below 1 in the doorway */
    double x_m, y_m;
    double speed_mps; /* walking */
    double facing_rad;
    double blend; /* from posture0 to posture1 */
    enum aw_sim_posture posture0, posture1;
    double z_m;
    double stride_rad; /* phase of the stride, two steps */
    double swing_m;    /* amplitude of a foot about the body */
    uint32_t falls;    /* that have ended */
};

void aw_sim_plan_init(struct aw_sim_plan *plan, const struct aw_sim_person *p);

void aw_sim_plan_at(const struct aw_sim_plan *plan, double t_s, struct aw_sim_pose *out);

#endif
