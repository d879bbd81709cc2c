/* Persons over time: the same number for the same person, joints smoothed, misses bridged.
 *
 *     persons of one moment -> assignment to the persons known -> a filter per joint and axis
 *                                |-> nobody near: a candidate, shown when seen for birth_s
 *                                '-> not seen for death_s: gone
 *
 * Each coordinate of each joint is followed with constant velocity (dsp/kalman.h); a measurement's
 * variance is joint_std_m^2 / confidence. Assignment: the one whose sum of costs is least, exactly;
 * a pair costs min(1, (d / g)^2), d the distance between the middle of the joints and where it was
 * expected, g = gate_m + SPEED t after t without a measurement: leaving a pair alone costs 1. What
 * is farther than g is never assigned. Two that cross keep their numbers by their velocities, as
 * long as they do not stop where they meet.
 * Source of the assignment: Jonker, Volgenant, A Shortest Augmenting Path Algorithm for Dense and
 * Sparse Linear Assignment Problems, Computing 38, 1987; test_pose_tracker.c checks it against all
 * permutations. The rest derived here. */
#ifndef AW_SENSE_POSE_TRACKER_H
#define AW_SENSE_POSE_TRACKER_H

#include "dsp/kalman.h"
#include "sense/pose.h"

enum {
    AW_POSE_TRACKS = 12, /* with candidates */
};

struct aw_pose_tracker_config {
    float joint_std_m; /* of a measured coordinate of confidence 1, > 0 */
    float walk_q;      /* spectral density of a joint's acceleration, m^2 / s^3, > 0 */
    float gate_m;      /* > 0 */
    float birth_s;     /* >= 0; with two measurements at least */
    float death_s;     /* > birth_s */
    float hide_m;      /* a joint whose expected error exceeds it is STALE, > joint_std_m */
};

struct aw_pose_track {
    uint32_t id; /* 0: this place is free */
    bool shown;
    int64_t born_ns, seen_ns;
    uint32_t seen;    /* measurements */
    float confidence; /* of the last one */
    float joint_confidence[AW_JOINTS];
    struct aw_kalman filter[AW_JOINTS][3];
};

struct aw_pose_tracker {
    struct aw_pose_tracker_config config;
    struct aw_kalman_config kalman;
    uint32_t last_id;
    int64_t t_ns;
    bool any;
    struct aw_pose_track track[AW_POSE_TRACKS];
};

struct aw_tracked {
    uint32_t id;          /* from 1; not given again */
    float age_s;          /* since it was first seen */
    float unseen_s;       /* 0: measured at this moment; else its joints are predictions */
    struct aw_person who; /* a joint not known well enough is STALE */
};

/* Errors: INVAL (also of NaN). */
AW_MUST_USE int aw_pose_tracker_init(struct aw_pose_tracker *t,
                                     const struct aw_pose_tracker_config *c);
void aw_pose_tracker_reset(struct aw_pose_tracker *t); /* ids begin anew */

/* The persons seen at t_ns; not newer than the last: ignored. Nobody seen is a measurement too:
 * push it. */
void aw_pose_tracker_push(struct aw_pose_tracker *t, int64_t t_ns, const struct aw_poses *p);

/* Who is there as of the last push, oldest first; Returns how many. out [AW_POSE_TRACKS] */
uint32_t aw_pose_tracker_read(const struct aw_pose_tracker *t, struct aw_tracked *out);

enum { AW_ASSIGN_MAX = 16 };

/* The assignment of rows to columns with the least sum, each column at most once.
 * cost [rows][columns], finite, rows <= columns <= AW_ASSIGN_MAX; column [rows] gets the choice */
void aw_assign_run(const float *cost, size_t rows, size_t columns, uint8_t *column);

#endif
