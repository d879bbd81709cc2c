#include "sim/scenario.h"

#include "sim/rng.h"
#include "sim/streams.h"
#include "sim/units.h"

#include <math.h>
#include <string.h>

static struct aw_sim_person *add_person(struct aw_sim_config *c, double x_m, double y_m,
                                        double bpm) {
    struct aw_sim_person *p = &c->person[c->n_persons++];
    aw_sim_person_usual(p, x_m, y_m, bpm);
    return p;
}

static void act(struct aw_sim_person *p, enum aw_sim_act what, double value) {
    p->step[p->n_steps++] = (struct aw_sim_step){.act = what, .value = value};
}

static void walk(struct aw_sim_person *p, double x_m, double y_m, double mps) {
    p->step[p->n_steps++] =
        (struct aw_sim_step){.act = AW_SIM_WALK, .value = mps, .x_m = x_m, .y_m = y_m};
}

static void breathe(struct aw_sim_person *p, double t_s, double bpm, double depth) {
    p->breath[p->n_breaths++] = (struct aw_sim_breath){.t_s = t_s, .bpm = bpm, .depth = depth};
}

static const double door_x_m = 0.5, door_y_m = 3.7;
static const double seat_x_m = 3.0, seat_y_m = 1.3; /* beside the first node's line of sight */

static void nobody(struct aw_sim_config *c) {
    c->n_persons = 0;
}

static void still(struct aw_sim_config *c) {
    act(add_person(c, seat_x_m, seat_y_m, 15), AW_SIM_SIT, 0);
}

static void walks(struct aw_sim_config *c) {
    struct aw_sim_person *p = add_person(c, 1.0, 1.0, 18);
    for (int round = 0; round < 5; round++) {
        walk(p, 4.2, 1.0, 1.0);
        walk(p, 4.2, 3.0, 1.0);
        walk(p, 1.0, 3.0, 1.0);
        walk(p, 1.0, 1.0, 1.0);
    }
}

static void enter_sit_leave(struct aw_sim_config *c) {
    struct aw_sim_person *p = add_person(c, door_x_m, door_y_m, 15);
    act(p, AW_SIM_OUT, 15);
    walk(p, 2.0, 3.0, 0.9);
    walk(p, 4.0, 1.2, 0.9);
    walk(p, 1.5, 1.0, 0.9);
    walk(p, seat_x_m, seat_y_m, 0.8);
    act(p, AW_SIM_SIT, 2);
    act(p, AW_SIM_STAY, 62);
    act(p, AW_SIM_STAND, 1.5);
    walk(p, 4.0, 2.6, 0.9);
    walk(p, door_x_m, door_y_m, 1.0);
    act(p, AW_SIM_OUT, 0);
}

static void falls(struct aw_sim_config *c) {
    struct aw_sim_person *p = add_person(c, 1.0, 1.0, 20);
    walk(p, 4.0, 1.2, 0.9);
    walk(p, 2.5, 2.4, 0.9);
    act(p, AW_SIM_FALL, 0.6); /* 1.1 m in 0.6 s: 3.6 m/s on impact, 0.6 g */
    act(p, AW_SIM_STAY, 30);
    act(p, AW_SIM_STAND, 4);
    walk(p, 1.0, 1.0, 0.6);
}

static void two_people(struct aw_sim_config *c) {
    struct aw_sim_person *p = add_person(c, 1.8, 1.2, 12);
    act(p, AW_SIM_SIT, 0);
    p = add_person(c, 3.4, 2.8, 18);
    p->facing_rad = -AW_PI / 2;
    act(p, AW_SIM_SIT, 0);
}

static void night(struct aw_sim_config *c) {
    struct aw_sim_person *p = add_person(c, seat_x_m, seat_y_m, 0);
    p->step[p->n_steps++] = (struct aw_sim_step){.act = AW_SIM_LIE, .value = 0, .z_m = 0.5};
    p->n_breaths = 0;
    p->wander_bpm = 0.5;
    p->sway_m = 0;
    breathe(p, 0, 14, 1);
    breathe(p, 200, 12, 0.9);
    breathe(p, 240, 12, 0.9);
    breathe(p, 242, 12, 0); /* apnoea of 20 s between */
    breathe(p, 262, 14, 0);
    breathe(p, 264, 17, 1.3);
    breathe(p, 300, 13, 1);
    breathe(p, 600, 11, 1);
}

static void step(struct aw_sim_config *c) {
    struct aw_sim_person *p = add_person(c, seat_x_m, seat_y_m, 0);
    act(p, AW_SIM_SIT, 0);
    p->n_breaths = 0;
    breathe(p, 0, 12, 1);
    breathe(p, 120, 12, 1);
    breathe(p, 121, 20, 1);
    breathe(p, 240, 20, 1);
    breathe(p, 241, 15, 1);
}

const struct aw_sim_scenario aw_sim_scenarios[] = {
    {"empty", "nobody", 60, nobody},
    {"still", "one person sits and breathes 15/min", 60, still},
    {"walk", "one person walks around at 1 m/s", 60, walks},
    {"enter-sit-leave", "somebody enters, walks, sits still breathing 15/min, leaves", 120,
     enter_sit_leave},
    {"fall", "somebody walks, falls, lies still for 30 s, gets up", 60, falls},
    {"two-people", "two people sit, breathing 12/min and 18/min", 120, two_people},
    {"night", "a sleeper with slowly varying breathing and an apnoea of 20 s", 600, night},
    {"step", "breathing steps from 12 to 20 to 15/min", 360, step},
};
const uint32_t aw_sim_scenario_count = sizeof aw_sim_scenarios / sizeof *aw_sim_scenarios;

int aw_sim_config_scenario(struct aw_sim_config *c, const char *name, enum aw_sim_hw hw,
                           uint64_t seed) {
    for (uint32_t i = 0; i < aw_sim_scenario_count; i++)
        if (strcmp(aw_sim_scenarios[i].name, name) == 0) {
            aw_sim_config_room(c, hw, seed);
            c->seconds = aw_sim_scenarios[i].seconds;
            aw_sim_scenarios[i].people(c);
            return AW_OK;
        }
    return AW_ERR_INVAL;
}
