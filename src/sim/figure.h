#ifndef AW_SIM_FIGURE_H
#define AW_SIM_FIGURE_H

#include "sim/plan.h"
#include "sim/vitals.h"

/* An articulated person: 17 COCO joints on bones of constant length, moved by a plan.
 *
 * The plan (sim/plan.h) says where somebody is, where they face, their posture and stride. Hips,
 * feet and hands follow from the posture; knees and elbows by two-bone inverse kinematics, so bones
 * keep their length. On top, in slots of a few seconds, each arm rests, waves, reaches somewhere or
 * is folded, head and trunk lean and turn, and somebody who stands turns. All of it is a pure
 * function of (seed, index, time).
 *
 * Shares of the body's height: Winter, Biomechanics and Motor Control of Human Movement, 2009,
 * figure 4.1; each varies by 4 %. */

enum {
    AW_SIM_JOINTS = 17, /* in the order of COCO: nose, eyes, ears, shoulders, elbows, wrists, hips,
                           knees, ankles; left before right */
    AW_SIM_BONES = 14,
};

enum aw_sim_bone {
    AW_SIM_TRUNK, /* from between the shoulders to between the hips; all bones go outwards or down */
    AW_SIM_HEAD,
    AW_SIM_UPPER_ARM_L,
    AW_SIM_UPPER_ARM_R,
    AW_SIM_FOREARM_L,
    AW_SIM_FOREARM_R,
    AW_SIM_HAND_L,
    AW_SIM_HAND_R,
    AW_SIM_THIGH_L,
    AW_SIM_THIGH_R,
    AW_SIM_SHANK_L,
    AW_SIM_SHANK_R,
    AW_SIM_FOOT_L,
    AW_SIM_FOOT_R,
};

struct aw_sim_figure {
    uint64_t seed;
    uint32_t index;
    double height_m, girth; /* girth: radii over the usual ones */
    double trunk_m, shoulder_m, hip_m, neck_m, upper_arm_m, forearm_m, hand_m, thigh_m, shank_m,
        foot_m, sole_m; /* shoulder_m and hip_m from the middle; sole_m: the ankle's height */
    double slot_s;      /* length of a slot of gestures */
};

/* A capsule or, for the trunk, an elliptic one: from a to b, `deep` along front, `wide` along side.
 */
struct aw_sim_limb {
    double a_m[3], b_m[3];
    double front[3], side[3]; /* unit vectors at right angles to the bone; side points left */
    double deep_m, wide_m;
};

struct aw_sim_skeleton {
    double joint_m[AW_SIM_JOINTS][3];
    struct aw_sim_limb limb[AW_SIM_BONES];
};

/* A person 1.50 to 1.95 m tall, drawn from the seed. */
void aw_sim_figure_init(struct aw_sim_figure *f, uint64_t seed, uint32_t index);

/* The skeleton of somebody whose plan says `pose` at t_s. */
void aw_sim_figure_at(const struct aw_sim_figure *f, const struct aw_sim_pose *pose, double t_s,
                      struct aw_sim_skeleton *out);

#endif
