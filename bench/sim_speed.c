#include "sim_speed.h"

#include "base/units.h"
#include "sim/rng.h"
#include "sim/scenario.h"
#include "sim/sim.h"

#include <math.h>
#include <stdlib.h>

static const double PAST_S = 8, STOOD_S = 3, STANDS_S = 12;
enum { WAYS = 6, PER_SECOND = 16, STREAM = 91 };

struct room {
    struct aw_sim_config config;
    struct aw_sim sim;
    struct aw_session *session;
    float iq[2 * 2 * AW_SIM_MAX_VALUES];
    unsigned char memory[AW_SIM_ARENA_BYTES];
};

static void script(struct aw_sim_config *c, uint64_t seed) {
    struct aw_sim_person *p = &c->person[0];
    struct aw_rng r;
    double part = fmod(0.6180339887498949 * (double)seed, 1); /* golden steps */
    aw_rng_init(&r, seed, STREAM, 0);
    for (p->n_steps = 0; p->n_steps < AW_SIM_MAX_STEPS; p->n_steps++) {
        struct aw_sim_step *s = &p->step[p->n_steps];
        double x_m = aw_rng_range(&r, 0.5, c->room_m[0] - 0.5);
        double y_m = aw_rng_range(&r, 0.5, c->room_m[1] - 0.5);
        *s = (struct aw_sim_step){AW_SIM_WALK, 0.4 + 1.6 * part, x_m, y_m, 0};
        if (p->n_steps % (WAYS + 1) == WAYS)
            *s = (struct aw_sim_step){.act = AW_SIM_STAY, .value = STANDS_S};
    }
}

/* Mean speed of the last seconds, and whether all of it was walked, or none. */
static double past(const struct room *r, int64_t t_ns, double seconds, bool *all, bool *none) {
    struct aw_sim_truth truth;
    int n = (int)(seconds * PER_SECOND);
    double sum = 0;
    *all = *none = true;
    for (int i = 0; i < n; i++) {
        aw_sim_truth(&r->sim, t_ns - i * AW_S / PER_SECOND, &truth);
        sum += truth.person[0].speed_mps / n;
        *all = *all && truth.person[0].moving;
        *none = *none && !truth.person[0].moving;
    }
    return sum;
}

static void judge(const struct room *r, const struct aw_update *u, struct sim_speed *out) {
    bool given = u->speed_mps.reason == AW_REASON_NONE, all, none, unused;
    double t_s = (double)(u->t_ns - r->config.start_ns) * 1e-9;
    if (t_s > r->config.seconds || t_s < PAST_S) return;
    double truth = past(r, u->t_ns, PAST_S, &all, &unused);
    past(r, u->t_ns, STOOD_S, &unused, &none);
    out->stood += none;
    out->stood_given += none && given;
    if (!all || out->walked == SIM_SPEED_MAX) return;
    if (given) { /* to the front */
        out->truth_mps[out->walked] = out->truth_mps[out->n];
        out->truth_mps[out->n] = truth;
        out->error_mps[out->n++] = (double)u->speed_mps.value - truth;
    } else {
        out->truth_mps[out->walked] = truth;
    }
    out->walked++;
}

bool sim_room_speed(uint64_t seed, const struct sim_radio *radio, uint32_t chains, bool fixed,
                    double echo_db, struct sim_speed *out) {
    struct room *r = calloc(1, sizeof *r);
    struct aw_arena a;
    struct aw_config config;
    struct aw_update u;
    *out = (struct sim_speed){0};
    if (!r) return false;
    struct aw_sim_config *c = &r->config;
    enum aw_sim_hw hw = chains > 1 ? AW_SIM_INTEL5300 : AW_SIM_ESP32;
    if (aw_sim_config_scenario(c, "walk", hw, seed) != AW_OK) abort();
    aw_sim_config_shuffle(c, seed);
    sim_radio_apply(c, radio);
    script(c, seed);
    c->n_rx = chains;
    c->seconds = 90;
    c->echo_fixed = fixed;
    c->echo_db = echo_db;
    aw_config_default(&config);
    config.max_links = 1;
    aw_arena_init(&a, r->memory, sizeof r->memory);
    bool ok =
        aw_sim_init(&r->sim, &a, c) == AW_OK && aw_session_create(&config, &r->session) == AW_OK;
    struct aw_frame f = {.iq = r->iq, .iq_cap = 2 * AW_SIM_MAX_VALUES};
    int got = 0;
    while (ok && (got = aw_sim_next(&r->sim, &f)) > 0) {
        aw_session_push_frame(r->session, &f, NULL);
        while (aw_session_poll(r->session, &u)) judge(r, &u, out);
    }
    aw_session_destroy(r->session);
    free(r);
    return ok && got == 0;
}
