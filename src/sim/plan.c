#include "sim/plan.h"

#include "sim/units.h"

#include <math.h>

static const double ramp_s = 0.6, door_s = 0.7;

static double smooth(double u) { /* 0 -> 1 with zero slope at both ends */
    u = fmin(fmax(u, 0), 1);
    return u * u * (3 - 2 * u);
}

static bool is_still(enum aw_sim_act act) {
    return act == AW_SIM_STAY || act == AW_SIM_OUT;
}

/* Fills in how the segment ends from its step; it begins as the one before ended. */
static void segment_init(struct aw_sim_segment *s, const struct aw_sim_step *step,
                         const struct aw_sim_person *p) {
    double duration_s = step->value;
    s->act = step->act;
    switch (step->act) {
    case AW_SIM_WALK:
        s->x1_m = step->x_m;
        s->y1_m = step->y_m;
        s->length_m = hypot(s->x1_m - s->x0_m, s->y1_m - s->y0_m);
        s->speed_mps = fmin(step->value, s->length_m / ramp_s); /* a short way: never full speed */
        duration_s = s->speed_mps > 0 ? s->length_m / s->speed_mps + ramp_s : 0;
        if (duration_s > 0) s->facing1_rad = atan2(s->y1_m - s->y0_m, s->x1_m - s->x0_m);
        s->posture1 = AW_SIM_STANDING;
        break;
    case AW_SIM_SIT:
    case AW_SIM_LIE:
        s->facing1_rad = p->facing_rad;
        s->posture1 = step->act == AW_SIM_SIT ? AW_SIM_SITTING : AW_SIM_LYING;
        s->z1_m = step->act == AW_SIM_LIE ? step->z_m : 0;
        break;
    case AW_SIM_STAND:
        s->posture1 = AW_SIM_STANDING;
        s->z1_m = 0;
        break;
    case AW_SIM_FALL:
        s->posture1 = AW_SIM_LYING;
        s->z1_m = 0;
        break;
    default:
        break;
    }
    s->t1_s = s->t0_s + duration_s;
    s->facing1_rad = s->facing0_rad + remainder(s->facing1_rad - s->facing0_rad, AW_TWO_PI);
}

void aw_sim_plan_init(struct aw_sim_plan *plan, const struct aw_sim_person *p) {
    struct aw_sim_segment s = {.act = AW_SIM_STAY,
                               .x1_m = p->x_m,
                               .y1_m = p->y_m,
                               .facing1_rad = p->facing_rad,
                               .posture1 = AW_SIM_STANDING};
    plan->n = 0;
    for (uint32_t i = 0; i <= p->n_steps; i++) {
        struct aw_sim_segment next = {.t0_s = s.t1_s,
                                      .x0_m = s.x1_m,
                                      .y0_m = s.y1_m,
                                      .x1_m = s.x1_m,
                                      .y1_m = s.y1_m,
                                      .facing0_rad = s.facing1_rad,
                                      .facing1_rad = s.facing1_rad,
                                      .posture0 = s.posture1,
                                      .posture1 = s.posture1,
                                      .z0_m = s.z1_m,
                                      .z1_m = s.z1_m,
                                      .enters = i > 0 && s.act == AW_SIM_OUT};
        /* After the last step everything stays for ever, also being out. */
        struct aw_sim_step last = {.act = s.act == AW_SIM_OUT ? AW_SIM_OUT : AW_SIM_STAY,
                                   .value = INFINITY};
        segment_init(&next, i < p->n_steps ? &p->step[i] : &last, p);
        next.enters = next.enters && next.act != AW_SIM_OUT;
        if (i > 0 && next.act == AW_SIM_OUT && s.act != AW_SIM_OUT)
            plan->segment[i - 1].leaves = true;
        plan->segment[plan->n++] = next;
        s = next;
    }
}

/* Way gone and speed after tau seconds of walking. */
static void walk_at(const struct aw_sim_segment *s, double tau, struct aw_sim_pose *out) {
    double v = s->speed_mps, left = s->t1_s - s->t0_s - tau, way;
    if (!(v > 0)) return;
    out->speed_mps = v * fmin(1, fmin(tau, left) / ramp_s);
    if (left < ramp_s)
        way = s->length_m - v * left * left / (2 * ramp_s);
    else if (tau < ramp_s)
        way = v * tau * tau / (2 * ramp_s);
    else
        way = v * (tau - ramp_s / 2);
    double u = way / s->length_m;
    out->x_m = s->x0_m + u * (s->x1_m - s->x0_m);
    out->y_m = s->y0_m + u * (s->y1_m - s->y0_m);
    /* Two steps take 1.1 m at 1 m/s and grow with the root of the speed, so that half of a faster
     * walk is longer steps and half is more of them (Grieve, Gear, 1966, cadence ~ v^0.5). A foot
     * that swings by stride / 2 pi about the body has between zero and twice its speed. */
    double stride_m = 1.1 * sqrt(v);
    out->stride_rad = AW_TWO_PI * way / stride_m;
    out->swing_m = stride_m / AW_TWO_PI * out->speed_mps / v;
}

void aw_sim_plan_at(const struct aw_sim_plan *plan, double t_s, struct aw_sim_pose *out) {
    *out = (struct aw_sim_pose){.fade = 1};
    uint32_t i = 0;
    while (i + 1 < plan->n && plan->segment[i].t1_s <= t_s) {
        out->falls += plan->segment[i].act == AW_SIM_FALL;
        i++;
    }
    const struct aw_sim_segment *s = &plan->segment[i];
    double tau = t_s - s->t0_s;
    out->present = s->act != AW_SIM_OUT;
    out->moving = !is_still(s->act);
    out->x_m = s->x1_m;
    out->y_m = s->y1_m;
    out->posture0 = s->posture0;
    out->posture1 = s->posture1;
    double turn = smooth(tau / ramp_s);
    out->facing_rad = s->facing0_rad + turn * (s->facing1_rad - s->facing0_rad);
    if (s->act == AW_SIM_WALK) {
        walk_at(s, tau, out);
        out->blend = smooth(tau / ramp_s);
    } else if (is_still(s->act)) {
        out->blend = 1;
    } else {
        double u = tau / (s->t1_s - s->t0_s);
        out->blend = s->act == AW_SIM_FALL ? u * u : smooth(u);
    }
    out->z_m = s->z0_m + out->blend * (s->z1_m - s->z0_m);
    if (s->enters) out->fade *= smooth(tau / door_s);
    if (s->leaves) out->fade *= smooth((s->t1_s - t_s) / door_s);
    if (!out->present) out->fade = 0;
}
