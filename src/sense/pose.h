/* Persons of a pose model's output: 17 COCO joints each, in metres of the link's frame.
 *
 *      z up          tx *-----------> x ------------* rx      origin: on the floor midway between
 *      |  y = z cross x                                       both; x points from tx to rx
 *
 * A joint is refused, with the reason beside it, when it is not a number (NOT_FINITE) or where no
 * joint of that person can be (IMPOSSIBLE): outside of the space, farther from the middle of the
 * body than anybody reaches, or on a limb longer than limbs are. The joints of a person are checked
 * from the trunk outwards, each against the nearest one that stood. What is left is not moved.
 *
 * Limbs: shares of the body's height from Winter, Biomechanics and Motor Control of Human Movement,
 * 2009, figure 4.1 (upper arm 0.186, forearm 0.146, thigh 0.245, shank 0.246, trunk 0.288, head and
 * neck 0.182, head 0.130), height 2.3 m, and half as much again, as a model errs. */
#ifndef AW_SENSE_POSE_H
#define AW_SENSE_POSE_H

#include "airwake.h"

enum {
    AW_JOINTS = 17,
    AW_POSE_PERSONS = 8, /* at most */
};

/* In the order of COCO. */
#define AW_JOINT_NAMES(X)                                                                          \
    X(NOSE, "nose")                                                                                \
    X(EYE_L, "left-eye")                                                                           \
    X(EYE_R, "right-eye")                                                                          \
    X(EAR_L, "left-ear")                                                                           \
    X(EAR_R, "right-ear")                                                                          \
    X(SHOULDER_L, "left-shoulder")                                                                 \
    X(SHOULDER_R, "right-shoulder")                                                                \
    X(ELBOW_L, "left-elbow")                                                                       \
    X(ELBOW_R, "right-elbow")                                                                      \
    X(WRIST_L, "left-wrist")                                                                       \
    X(WRIST_R, "right-wrist")                                                                      \
    X(HIP_L, "left-hip")                                                                           \
    X(HIP_R, "right-hip")                                                                          \
    X(KNEE_L, "left-knee")                                                                         \
    X(KNEE_R, "right-knee")                                                                        \
    X(ANKLE_L, "left-ankle")                                                                       \
    X(ANKLE_R, "right-ankle")
enum aw_joint_name {
#define AW_JOINT_ENUM(name, key) AW_JOINT_##name,
    AW_JOINT_NAMES(AW_JOINT_ENUM)
#undef AW_JOINT_ENUM
};

const char *aw_joint_key(enum aw_joint_name joint); /* "left-knee"; "unknown" */

struct aw_joint {
    float at_m[3];         /* x, y, z; NAN when refused */
    float confidence;      /* 0..1; NAN when refused */
    enum aw_reason reason; /* NONE; NOT_FINITE, IMPOSSIBLE; of a tracker also STALE */
};

struct aw_person {
    float confidence;  /* that somebody is there, 0..1 */
    uint32_t joints;   /* that were not refused */
    float middle_m[3]; /* the median of those, by coordinate; of a tracker their mean */
    struct aw_joint joint[AW_JOINTS];
};

struct aw_space {
    float min_m[3], max_m[3]; /* min < max */
};

struct aw_pose_config {
    struct aw_space space;   /* where joints can be, in the link's frame */
    float person_confidence; /* below: nobody; 0..1 */
    float apart_m;           /* two persons whose joints are closer on average are one; >= 0 */
    uint32_t min_joints;     /* fewer: the person is refused; 1..17 */
    uint32_t max_persons;    /* 1..AW_POSE_PERSONS */
};

struct aw_poses {
    uint32_t n; /* persons, the most confident first */
    struct aw_person person[AW_POSE_PERSONS];
    uint32_t not_finite, impossible; /* candidates refused whole */
    uint32_t doubles;                /* dropped for a more confident one in the same place */
    uint32_t beyond;                 /* dropped for max_persons */
    enum aw_reason reason; /* NONE; ABSENT: no candidate is confident; else why all were refused */
};

/* Errors: INVAL (also of NaN). */
AW_MUST_USE int aw_pose_check(const struct aw_pose_config *c);

/* The outputs of the model for one moment.
 * keypoints  [p][17][4] x, y, z in m and the logit of the joint's confidence; p >= 0
 * person     [p] logit */
void aw_pose_decode(const struct aw_pose_config *c, const float *keypoints, const float *person,
                    size_t p, struct aw_poses *out);

/* ---- Places ---------------------------------------------------------------------------------- */

/* From a link's frame to its room's. */
struct aw_link_frame {
    float origin_m[2];
    float along[2]; /* unit vector from tx to rx on the floor */
};

/* Positions of both ends in the room, z up. INVAL: not numbers, or less than 0.1 m apart on the
 * floor, so that the direction is not known. */
AW_MUST_USE int aw_link_frame_init(struct aw_link_frame *f, const float tx_m[3],
                                   const float rx_m[3]);
void aw_link_frame_to_room(const struct aw_link_frame *f, const float at_m[3], float out_m[3]);

/* A place as shares of the space: 0..1 inside, beyond it outside; out may be at_m. Returns whether
 * it is inside (NaN is not). */
bool aw_space_normal(const struct aw_space *s, const float at_m[3], float out[3]);

#endif
