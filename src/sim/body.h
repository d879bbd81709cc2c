#ifndef AW_SIM_BODY_H
#define AW_SIM_BODY_H

#include "sim/figure.h"
#include "sim/plan.h"
#include "sim/vitals.h"

/* A body as a few points that scatter: the front and both sides of the chest (which move with
 * breathing and heart), hips, hands and feet (which swing in walking). */
enum { AW_SIM_BODY_POINTS = 8 };

struct aw_sim_point {
    double at_m[3];
    double power; /* share of the body's radar cross section, in the doorway less */
};

struct aw_sim_body {
    const struct aw_sim_person *person;
    struct aw_sim_plan plan;
    struct aw_sim_vitals vitals;
    double sway_hz[2][3], sway_rad[2][3];
    bool one_point;
    struct aw_sim_figure figure;
};

/* p must outlive b. */
void aw_sim_body_init(struct aw_sim_body *b, const struct aw_sim_person *p, bool one_point,
                      uint64_t seed, uint32_t index);

/* The points at a time; Returns how many (0: not in the room). pose may be NULL.
 * out  [AW_SIM_BODY_POINTS] */
uint32_t aw_sim_body_points(const struct aw_sim_body *b, double t_s, struct aw_sim_point *out,
                            struct aw_sim_pose *pose);

/* The articulated body of that person at a time; false: not in the room. pose and chest_m (by
 * breathing and heart, outwards) may be NULL. */
bool aw_sim_body_skeleton(const struct aw_sim_body *b, double t_s, struct aw_sim_skeleton *out,
                          struct aw_sim_pose *pose, double *chest_m);

#endif
