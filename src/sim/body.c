#include "sim/body.h"

#include "sim/rng.h"
#include "sim/streams.h"
#include "sim/units.h"

#include <math.h>

enum { FRONT, SIDE_L, SIDE_R, HIPS, HAND_L, HAND_R, FOOT_L, FOOT_R };

/* Forward, left and up of each point in m, of an adult about 1.75 m tall; lying is on the back. */
static const double posture[3][AW_SIM_BODY_POINTS][3] = {
    [AW_SIM_STANDING] = {{0.12, 0, 1.30},
                         {0, 0.17, 1.30},
                         {0, -0.17, 1.30},
                         {0, 0, 0.95},
                         {0.05, 0.25, 0.80},
                         {0.05, -0.25, 0.80},
                         {0.05, 0.10, 0.15},
                         {0.05, -0.10, 0.15}},
    [AW_SIM_SITTING] = {{0.12, 0, 0.95},
                        {0, 0.17, 0.95},
                        {0, -0.17, 0.95},
                        {0, 0, 0.50},
                        {0.30, 0.15, 0.65},
                        {0.30, -0.15, 0.65},
                        {0.45, 0.10, 0.10},
                        {0.45, -0.10, 0.10}},
    [AW_SIM_LYING] = {{-0.40, 0, 0.22},
                      {-0.40, 0.17, 0.12},
                      {-0.40, -0.17, 0.12},
                      {0, 0, 0.12},
                      {0.05, 0.30, 0.08},
                      {0.05, -0.30, 0.08},
                      {0.80, 0.10, 0.08},
                      {0.80, -0.10, 0.08}},
};

/* Shares of the radar cross section, by the area each point stands for; sum 1. */
static const double power[AW_SIM_BODY_POINTS] = {0.30, 0.10, 0.10, 0.20, 0.05, 0.05, 0.10, 0.10};

/* The sides of the chest move outwards by about this part of the front. */
static const double side_part = 0.4;

/* A swinging hand goes half as far as a foot, and against it. */
static const double swing[AW_SIM_BODY_POINTS] = {
    [HAND_L] = -0.5, [HAND_R] = 0.5, [FOOT_L] = 1, [FOOT_R] = -1};

void aw_sim_body_init(struct aw_sim_body *b, const struct aw_sim_person *p, bool one_point,
                      uint64_t seed, uint32_t index) {
    struct aw_rng r;
    aw_rng_init(&r, seed, AW_SIM_STREAM_SWAY, index);
    b->person = p;
    b->one_point = one_point;
    aw_sim_plan_init(&b->plan, p);
    aw_sim_vitals_init(&b->vitals, p, seed, index);
    aw_sim_figure_init(&b->figure, seed, index);
    for (int axis = 0; axis < 2; axis++)
        for (int i = 0; i < 3; i++) {
            b->sway_hz[axis][i] = aw_rng_range(&r, 0.03, 0.3); /* standing sway is below 0.5 Hz */
            b->sway_rad[axis][i] = aw_rng_range(&r, 0, AW_TWO_PI);
        }
}

static double sway(const struct aw_sim_body *b, int axis, double t_s) {
    if (!(b->person->sway_m > 0)) return 0;
    double sum = 0;
    for (int i = 0; i < 3; i++)
        sum += sin(AW_TWO_PI * b->sway_hz[axis][i] * t_s + b->sway_rad[axis][i]);
    return b->person->sway_m * sqrt(2.0 / 3) * sum; /* three sines of rms 1/sqrt(2) each */
}

uint32_t aw_sim_body_points(const struct aw_sim_body *b, double t_s, struct aw_sim_point *out,
                            struct aw_sim_pose *pose) {
    struct aw_sim_pose local, *s = pose ? pose : &local;
    aw_sim_plan_at(&b->plan, t_s, s);
    if (!s->present) return 0;

    double lies = (s->posture0 == AW_SIM_LYING ? 1 - s->blend : 0) +
                  (s->posture1 == AW_SIM_LYING ? s->blend : 0);
    double chest_m =
        aw_sim_vitals_breath_m(&b->vitals, t_s) + aw_sim_vitals_heart_m(&b->vitals, t_s);
    double ahead = hypot(lies, 1 - lies);
    double swing_m = s->swing_m * sin(s->stride_rad);
    double c = cos(s->facing_rad), n = sin(s->facing_rad);
    double x_m = s->x_m + sway(b, 0, t_s), y_m = s->y_m + sway(b, 1, t_s);

    uint32_t count = b->one_point ? 1 : AW_SIM_BODY_POINTS;
    for (uint32_t i = 0; i < count; i++) {
        double p[3];
        for (int axis = 0; axis < 3; axis++) {
            double from = posture[s->posture0][i][axis];
            p[axis] = from + s->blend * (posture[s->posture1][i][axis] - from);
        }
        p[0] += swing[i] * swing_m;
        p[2] += s->z_m;
        if (i == FRONT) {
            p[0] += chest_m * (1 - lies) / ahead;
            p[2] += chest_m * lies / ahead;
        } else if (i == SIDE_L || i == SIDE_R) {
            p[1] += (i == SIDE_L ? side_part : -side_part) * chest_m;
        }
        out[i].at_m[0] = x_m + c * p[0] - n * p[1];
        out[i].at_m[1] = y_m + n * p[0] + c * p[1];
        out[i].at_m[2] = p[2];
        out[i].power = (b->one_point ? 1 : power[i]) * s->fade * s->fade;
    }
    return count;
}

bool aw_sim_body_skeleton(const struct aw_sim_body *b, double t_s, struct aw_sim_skeleton *out,
                          struct aw_sim_pose *pose, double *chest_m) {
    struct aw_sim_pose local, *s = pose ? pose : &local;
    aw_sim_plan_at(&b->plan, t_s, s);
    if (!s->present) return false;
    s->x_m += sway(b, 0, t_s);
    s->y_m += sway(b, 1, t_s);
    aw_sim_figure_at(&b->figure, s, t_s, out);
    if (chest_m)
        *chest_m = aw_sim_vitals_breath_m(&b->vitals, t_s) + aw_sim_vitals_heart_m(&b->vitals, t_s);
    return true;
}
