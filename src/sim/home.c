#include "sim/plan.h"
#include "sim/rng.h"
#include "sim/scenario.h"
#include "sim/streams.h"
#include "sim/units.h"

#include <math.h>

static const double along_m = 1.3, across_m = 1.6; /* from the middle of the link */

static void room(struct aw_sim_config *c, struct aw_rng *r) {
    double gap_m = aw_rng_range(r, 3.8, 4.2), x_m = aw_rng_range(r, 0.3, 1.5);
    double y_m = aw_rng_range(r, across_m + 0.4, across_m + 2);
    struct aw_sim_link *l = &c->link[0];
    *l = (struct aw_sim_link){.node = 1};
    l->tx_m[0] = x_m;
    l->rx_m[0] = x_m + gap_m;
    l->tx_m[1] = l->rx_m[1] = y_m;
    l->tx_m[2] = aw_rng_range(r, 1.1, 1.3);
    l->rx_m[2] = aw_rng_range(r, 1.1, 1.3);
    c->room_m[0] = x_m + gap_m + aw_rng_range(r, 0.3, 1.5);
    c->room_m[1] = y_m + aw_rng_range(r, across_m + 0.4, across_m + 2);
    c->room_m[2] = aw_rng_range(r, 2.4, 3);
    c->wall = aw_rng_range(r, 0.3, 0.6);
    c->diffuse = aw_rng_range(r, 0.1, 0.5);
    c->n_clutter = (uint32_t)aw_rng_range(r, 6, 24);
    c->rcs_m2 = aw_rng_range(r, 0.3, 0.8);
    c->n_links = 1;
}

static void somewhere(const struct aw_sim_config *c, struct aw_rng *r, double *x_m, double *y_m) {
    const struct aw_sim_link *l = &c->link[0];
    *x_m = (l->tx_m[0] + l->rx_m[0]) / 2 + aw_rng_range(r, -along_m, along_m);
    *y_m = l->tx_m[1] + aw_rng_range(r, -across_m, across_m);
}

/* One or two steps from a posture on; Returns how long about. */
static double next_steps(const struct aw_sim_config *c, struct aw_rng *r, struct aw_sim_person *p,
                         enum aw_sim_posture *posture) {
    struct aw_sim_step *s = &p->step[p->n_steps];
    double what = aw_rng_uniform(r), rest_s = aw_rng_range(r, 1.5, 5);
    if (*posture != AW_SIM_STANDING) {
        s[0] = (struct aw_sim_step){.act = AW_SIM_STAY, .value = rest_s};
        s[1] = (struct aw_sim_step){.act = AW_SIM_STAND, .value = aw_rng_range(r, 1.2, 2)};
        if (*posture == AW_SIM_LYING) s[1].value += 1;
        *posture = AW_SIM_STANDING;
        p->n_steps += 2;
        return s[0].value + s[1].value;
    }
    p->n_steps++;
    if (what < 0.45) {
        s->act = AW_SIM_WALK;
        s->value = aw_rng_range(r, 0.5, 1.3);
        somewhere(c, r, &s->x_m, &s->y_m);
        return 2.5;
    }
    *s = (struct aw_sim_step){.act = AW_SIM_STAY, .value = rest_s};
    if (what < 0.62) return rest_s;
    s->act = what < 0.83 ? AW_SIM_SIT : what < 0.96 ? AW_SIM_LIE : AW_SIM_FALL;
    s->value = aw_rng_range(r, 1.2, 2) + (s->act == AW_SIM_LIE ? 1 : 0);
    if (s->act == AW_SIM_FALL) s->value = aw_rng_range(r, 0.6, 0.9);
    if (s->act == AW_SIM_LIE) s->z_m = aw_rng_uniform(r) < 0.5 ? 0 : aw_rng_range(r, 0.35, 0.55);
    *posture = s->act == AW_SIM_SIT ? AW_SIM_SITTING : AW_SIM_LYING;
    return s->value;
}

void aw_sim_config_home(struct aw_sim_config *c, enum aw_sim_hw hw, uint64_t seed, double seconds) {
    struct aw_rng r;
    aw_rng_init(&r, seed, AW_SIM_STREAM_HOME, 0);
    aw_sim_config_room(c, hw, seed);
    c->seconds = seconds;
    c->figure = true;
    room(c, &r);
    struct aw_sim_person *p = &c->person[0];
    double x_m, y_m;
    somewhere(c, &r, &x_m, &y_m);
    aw_sim_person_usual(p, x_m, y_m, aw_rng_range(&r, 10, 22));
    p->chest_m = aw_rng_range(&r, 0.003, 0.007);
    p->sway_m = aw_rng_range(&r, 0.001, 0.006);
    p->facing_rad = aw_rng_range(&r, -AW_PI, AW_PI);
    c->n_persons = 1;
    double enter_s = AW_SIM_HOME_EMPTY_S;
    if (aw_rng_uniform(&r) < 0.2) enter_s += aw_rng_range(&r, 0, AW_SIM_HOME_LATER_S);
    p->step[p->n_steps++] = (struct aw_sim_step){.act = AW_SIM_OUT, .value = enter_s};
    enum aw_sim_posture posture = AW_SIM_STANDING;
    for (double t_s = enter_s; t_s < seconds && p->n_steps + 2 <= AW_SIM_MAX_STEPS;)
        t_s += next_steps(c, &r, p, &posture);
}
