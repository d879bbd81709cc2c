#include "room.h"
#include "sim/body.h"
#include "sim/units.h"

static const double chest_m = 0.004;

static void person(struct aw_sim_person *p) {
    aw_sim_person_usual(p, 2, 2, 15);
    p->chest_m = chest_m;
    p->chest_second = 0;
    p->heart_wander_bpm = 0;
    p->sway_m = 0;
}

/* The integral of the rate is the number of breaths. */
static void breaths(void) {
    struct aw_sim_person p;
    person(&p);
    p.wander_bpm = 3;
    p.n_breaths = 4;
    p.breath[0] = (struct aw_sim_breath){10, 12, 1};
    p.breath[1] = (struct aw_sim_breath){50, 24, 1};
    p.breath[2] = (struct aw_sim_breath){50, 8, 1}; /* a step */
    p.breath[3] = (struct aw_sim_breath){200, 20, 1};
    struct aw_sim_vitals v;
    for (uint32_t i = 0; i < 10; i++) {
        aw_sim_vitals_init(&v, &p, i, 0);
        double integral = 0, last = aw_sim_vitals_breath_m(&v, 0), jump = 0;
        int up = 0;
        const double dt = 0.005;
        for (int n = 1; n <= 300 / dt; n++) {
            double x = aw_sim_vitals_breath_m(&v, n * dt);
            integral += aw_sim_vitals_breath_bpm(&v, (n - 0.5) * dt) / 60 * dt;
            up += last < 0 && x >= 0;
            jump = fmax(jump, fabs(x - last));
            CHECK(fabs(x) <= chest_m);
            last = x;
        }
        CHECK_NEAR(up, integral, 1);
        CHECK(jump < chest_m * dt * AW_PI * 30 / 60 / 0.42); /* never faster than 30 bpm */
    }
}

static void waveform(void) {
    struct aw_sim_person p;
    person(&p);
    p.inhale = 0.3;
    struct aw_sim_vitals v;
    aw_sim_vitals_init(&v, &p, 1, 0);
    double last = aw_sim_vitals_breath_m(&v, 0), high = 0, low = 0, high_heart = 0;
    int rising = 0;
    for (int n = 1; n <= 40000; n++) { /* 40 s: ten breaths */
        double x = aw_sim_vitals_breath_m(&v, n * 1e-3);
        rising += x > last;
        high = fmax(high, x);
        low = fmin(low, x);
        high_heart = fmax(high_heart, fabs(aw_sim_vitals_heart_m(&v, n * 1e-3)));
        last = x;
    }
    CHECK_NEAR(rising / 40000.0, 0.3, 0.001);
    CHECK_NEAR(high, chest_m, 1e-6);
    CHECK_NEAR(low, -chest_m, 1e-6);
    CHECK(high_heart > 0.0003 && high_heart < 0.0004);
}

static void apnoea(void) {
    struct room r;
    CHECK_INT(aw_sim_config_scenario(&r.config, "night", AW_SIM_ESP32, 1), AW_OK);
    room_init(&r);
    const struct aw_sim_vitals *v = &r.sim.body[0].vitals;
    struct aw_sim_truth t;
    for (double at = 243; at < 262; at += 0.1) {
        CHECK(aw_sim_vitals_breath_m(v, at) == 0);
        aw_sim_truth(&r.sim, r.config.start_ns + (int64_t)(at * 1e9), &t);
        CHECK(t.state == AW_STATE_STILL && t.persons == 1);
        CHECK(t.person[0].breathing_bpm == 0);
        CHECK(t.person[0].lying);
    }
    aw_sim_truth(&r.sim, r.config.start_ns + 300000000000, &t);
    CHECK_NEAR(t.person[0].breathing_bpm, 13, 0.51);
    room_free(&r);
}

/* In every scenario: no point of a body ever moves faster than a fall, and the truth agrees with
 * the points. */
static void continuity(void) {
    for (uint32_t i = 0; i < aw_sim_scenario_count; i++) {
        struct room r;
        CHECK_INT(aw_sim_config_scenario(&r.config, aw_sim_scenarios[i].name, AW_SIM_ESP32, 2), 0);
        room_init(&r);
        const double dt = 0.002;
        struct aw_sim_point now[AW_SIM_BODY_POINTS], last[AW_SIM_BODY_POINTS];
        double worst = 0, worst_power = 0;
        for (uint32_t b = 0; b < r.config.n_persons; b++) {
            uint32_t had = 0;
            for (double t = 0; t < r.config.seconds; t += dt) {
                struct aw_sim_pose pose;
                uint32_t n = aw_sim_body_points(&r.sim.body[b], t, now, &pose);
                for (uint32_t p = 0; p < n; p++) {
                    for (int axis = 0; axis < 3; axis++) {
                        CHECK(now[p].at_m[axis] > 0 && now[p].at_m[axis] < r.config.room_m[axis]);
                        if (had)
                            worst = fmax(worst, fabs(now[p].at_m[axis] - last[p].at_m[axis]) / dt);
                    }
                    double before = had ? last[p].power : 0;
                    if (t > 0) worst_power = fmax(worst_power, fabs(now[p].power - before));
                }
                if (had && !n) /* gone: it had faded */
                    for (uint32_t p = 0; p < had; p++)
                        worst_power = fmax(worst_power, last[p].power);
                had = n;
                memcpy(last, now, sizeof last);
            }
        }
        CHECK(worst < 4.2);
        CHECK(worst_power < 0.01);
        room_free(&r);
    }
}

static void walking(void) {
    struct room r;
    CHECK_INT(aw_sim_config_scenario(&r.config, "walk", AW_SIM_ESP32, 2), AW_OK);
    room_init(&r);
    const struct aw_sim_plan *plan = &r.sim.body[0].plan;
    double way = 0, top = 0;
    const double dt = 0.001;
    struct aw_sim_pose a, b;
    for (double t = 0; t < 50; t += dt) {
        aw_sim_plan_at(plan, t, &a);
        aw_sim_plan_at(plan, t + dt, &b);
        double v = hypot(b.x_m - a.x_m, b.y_m - a.y_m) / dt;
        CHECK(a.moving);
        CHECK_NEAR(v, (a.speed_mps + b.speed_mps) / 2, 0.02);
        way += v * dt;
        top = fmax(top, a.speed_mps);
    }
    CHECK_NEAR(top, 1.0, 1e-9);
    CHECK(way > 35 && way < 50);
    /* 3.2 m at 1 m/s with half a ramp lost at both ends: 3.8 s, at the first corner. */
    aw_sim_plan_at(plan, 3.8, &a);
    CHECK_NEAR(a.x_m, 4.2, 1e-6);
    CHECK_NEAR(a.y_m, 1.0, 1e-6);
    room_free(&r);
}

static void falling(void) {
    struct room r;
    CHECK_INT(aw_sim_config_scenario(&r.config, "fall", AW_SIM_ESP32, 2), AW_OK);
    room_init(&r);
    struct aw_sim_truth a, b;
    double fastest = 0, impact_s = 0;
    uint32_t before = 0;
    for (double t = 0; t < 60; t += 0.01) {
        aw_sim_truth(&r.sim, r.config.start_ns + (int64_t)(t * 1e9), &a);
        aw_sim_truth(&r.sim, r.config.start_ns + (int64_t)((t + 0.01) * 1e9), &b);
        double down = (a.person[0].z_m - b.person[0].z_m) / 0.01;
        fastest = fmax(fastest, down);
        if (a.falls > before) impact_s = t;
        before = a.falls;
    }
    CHECK_INT(before, 1);
    CHECK(fastest > 3.3 && fastest < 3.7);
    aw_sim_truth(&r.sim, r.config.start_ns + (int64_t)((impact_s + 1) * 1e9), &a);
    CHECK(a.state == AW_STATE_STILL && a.person[0].lying && a.person[0].z_m < 0.3);
    CHECK(a.person[0].breathing_bpm > 0);
    room_free(&r);
}

static void entering(void) {
    struct room r;
    CHECK_INT(aw_sim_config_scenario(&r.config, "enter-sit-leave", AW_SIM_ESP32, 2), AW_OK);
    room_init(&r);
    struct aw_sim_truth t;
    enum aw_state last = AW_STATE_NULL;
    char seen[64] = "";
    for (int i = 0; i < 1200; i++) {
        aw_sim_truth(&r.sim, r.config.start_ns + i * 100000000LL, &t);
        CHECK((t.persons == 0) == (t.state == AW_STATE_EMPTY));
        CHECK(t.person[0].present == (t.persons == 1));
        CHECK(t.person[0].present == !isnan(t.person[0].breathing_bpm));
        if (t.state != last && strlen(seen) < 50) {
            strcat(seen, aw_state_key(t.state));
            strcat(seen, " ");
        }
        last = t.state;
        if (i == 149) CHECK_INT(t.persons, 0);
        if (i == 151) CHECK_INT(t.persons, 1);
    }
    CHECK_STR(seen, "empty moving still moving empty ");
    room_free(&r);
}

/* Facing east and north, sitting and lying: where the front of the chest is, and where it goes. */
static void directions(void) {
    for (int lying = 0; lying < 2; lying++)
        for (int north = 0; north < 2; north++) {
            struct aw_sim_person p;
            person(&p);
            p.heart_m = 0;
            p.facing_rad = north ? AW_PI / 2 : 0;
            p.n_steps = 1;
            p.step[0].act = lying ? AW_SIM_LIE : AW_SIM_SIT;
            p.step[0].z_m = lying ? 0.5 : 0;
            struct aw_sim_body b;
            aw_sim_body_init(&b, &p, false, 1, 0);
            double low[3] = {9, 9, 9}, high[3] = {0};
            for (double t = 1; t < 9; t += 0.01) {
                struct aw_sim_point at[AW_SIM_BODY_POINTS];
                CHECK_INT(aw_sim_body_points(&b, t, at, NULL), AW_SIM_BODY_POINTS);
                double sum = 0;
                for (int i = 0; i < AW_SIM_BODY_POINTS; i++) sum += at[i].power;
                CHECK_NEAR(sum, 1, 1e-9);
                double out = at[0].at_m[lying ? 2 : north] - (lying ? 0.72 : 2.12);
                CHECK_NEAR(out, aw_sim_vitals_breath_m(&b.vitals, t), 1e-9); /* outwards */
                double left = at[1].at_m[!north] - at[2].at_m[!north]; /* left of east is north */
                CHECK(north ? left < -0.3 : left > 0.3);
                for (int axis = 0; axis < 3; axis++) {
                    low[axis] = fmin(low[axis], at[0].at_m[axis]);
                    high[axis] = fmax(high[axis], at[0].at_m[axis]);
                }
            }
            int moves = lying ? 2 : north; /* up, or forward */
            for (int axis = 0; axis < 3; axis++)
                CHECK_NEAR(high[axis] - low[axis], axis == moves ? 2 * chest_m : 0, 1e-5);
            CHECK_NEAR(high[2], lying ? 0.72 : 0.95, 0.01);
            CHECK_NEAR(high[north], lying ? 1.6 : 2.12, 0.01); /* lies with the feet forward */
            CHECK_NEAR(high[!north], 2, 0.01);
        }
}

/* The sway has the rms that was asked for, per axis. */
static void swaying(void) {
    struct aw_sim_person p;
    person(&p);
    p.n_breaths = 0;
    p.heart_m = 0;
    p.sway_m = 0.01;
    struct aw_sim_body b;
    aw_sim_body_init(&b, &p, true, 1, 0);
    double sum[2] = {0};
    int n = 0;
    for (double t = 0; t < 2000; t += 0.1, n++) {
        struct aw_sim_point at;
        CHECK_INT(aw_sim_body_points(&b, t, &at, NULL), 1);
        for (int axis = 0; axis < 2; axis++) {
            double away =
                at.at_m[axis] - 2 - (axis ? 0.12 * sin(p.facing_rad) : 0.12 * cos(p.facing_rad));
            sum[axis] += away * away;
        }
    }
    for (int axis = 0; axis < 2; axis++) CHECK_NEAR(sqrt(sum[axis] / n), 0.01, 0.0005);
}

int main(void) {
    breaths();
    waveform();
    apnoea();
    continuity();
    walking();
    falling();
    entering();
    directions();
    swaying();
    return test_end();
}
