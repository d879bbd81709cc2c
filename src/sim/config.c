#include "sim/config.h"

#include "base/frame.h"
#include "sim/hardware.h"
#include "sim/units.h"

#include <math.h>
#include <string.h>

/* Limits of the doubles of a struct by their place in it. */
struct field {
    struct aw_sim_limit limit;
    size_t at;
};

#define FIELD(S, name, lo, hi)                                                                     \
    { {#name, lo, hi}, offsetof(struct S, name) }

/* The ranges are wider than any room or hardware; they keep the arithmetic finite. */
static const struct field config_fields[] = {
    FIELD(aw_sim_config, seconds, 0.001, 1e7),
    FIELD(aw_sim_config, rate_hz, 0.01, 1e5),
    FIELD(aw_sim_config, room_m[0], 1, 200),
    FIELD(aw_sim_config, room_m[1], 1, 200),
    FIELD(aw_sim_config, room_m[2], 1, 200),
    FIELD(aw_sim_config, wall, 0, 0.99),
    FIELD(aw_sim_config, diffuse, 0, 1000),
    FIELD(aw_sim_config, diffuse_s, 0, 1e-5),
    FIELD(aw_sim_config, clutter_m2, 0, 100),
    FIELD(aw_sim_config, rcs_m2, 0, 100),
    FIELD(aw_sim_config, echo_db, -200, 40),
    FIELD(aw_sim_config, shadow, 0, 1),
    FIELD(aw_sim_config, impair.snr_db, -40, INFINITY),
    FIELD(aw_sim_config, impair.cfo_rad, 0, AW_PI),
    FIELD(aw_sim_config, impair.cfo_hz, -1e6, 1e6),
    FIELD(aw_sim_config, impair.sto_s, 0, 1e-5),
    FIELD(aw_sim_config, impair.sfo, -1e-3, 1e-3),
    FIELD(aw_sim_config, impair.agc, 0, 1),
    FIELD(aw_sim_config, impair.agc_step_db, 0, 40),
    FIELD(aw_sim_config, impair.agc_step_hz, 0, 1000),
    FIELD(aw_sim_config, impair.level, 0, 32767),
    FIELD(aw_sim_config, impair.loss, 0, 0.99),
    FIELD(aw_sim_config, impair.loss_burst, 1, 1e6),
    FIELD(aw_sim_config, impair.duplicate, 0, 1),
    FIELD(aw_sim_config, impair.jitter, 0, 0.95),
    FIELD(aw_sim_config, impair.stamp_s, 0, 10),
    FIELD(aw_sim_config, impair.mixed, 0, 1),
};

static const struct field person_fields[] = {
    FIELD(aw_sim_person, facing_rad, -10, 10), FIELD(aw_sim_person, chest_m, 0, 0.1),
    FIELD(aw_sim_person, chest_second, 0, 1),  FIELD(aw_sim_person, inhale, 0.1, 0.9),
    FIELD(aw_sim_person, wander_bpm, 0, 20),   FIELD(aw_sim_person, heart_m, 0, 0.01),
    FIELD(aw_sim_person, heart_bpm, 0, 300),   FIELD(aw_sim_person, heart_wander_bpm, 0, 50),
    FIELD(aw_sim_person, sway_m, 0, 1),
};

static const struct aw_sim_limit count_limits[] = {
    {"hw", 0, AW_SIM_HW_COUNT - 1},
    {"channel", 1, 177},
    {"n_clutter", 0, 1000},
    {"n_links", 1, AW_SIM_MAX_LINKS},
    {"n_persons", 0, AW_SIM_MAX_PERSONS},
    {"n_breaths", 0, AW_SIM_MAX_BREATHS},
    {"n_steps", 0, AW_SIM_MAX_STEPS},
    {"act", 0, AW_SIM_ACT_COUNT - 1},
};
enum { HW, CHANNEL, N_CLUTTER, N_LINKS, N_PERSONS, N_BREATHS, N_STEPS, ACT };

/* By the number of antennas the hardware has. */
static const struct aw_sim_limit rx_limits[AW_MAX_CHAINS + 1] = {
    {"n_rx", 1, 0}, {"n_rx", 1, 1}, {"n_rx", 1, 2}, {"n_rx", 1, 3}, {"n_rx", 1, 4}};
static const struct aw_sim_limit tx_limits[AW_MAX_CHAINS + 1] = {
    {"n_tx", 1, 0}, {"n_tx", 1, 1}, {"n_tx", 1, 2}, {"n_tx", 1, 3}, {"n_tx", 1, 4}};

static const struct aw_sim_limit place_limit = {"place inside the room, m", 0, 200};
static const struct aw_sim_limit time_limit = {"breath t_s, rising", 0, 1e7};
static const struct aw_sim_limit bpm_limit = {"breath bpm", 0, 120};
static const struct aw_sim_limit depth_limit = {"breath depth", 0, 10};
static const struct aw_sim_limit speed_limit = {"walk speed, m/s", 0.05, 10};
static const struct aw_sim_limit posture_limit = {"posture change, s", 0, 60};
static const struct aw_sim_limit duration_limit = {"duration, s", 0, 1e7};

static bool inside(double x, double lo, double hi) {
    return x >= lo && x <= hi;
}

static const struct aw_sim_limit *check_fields(const struct field *f, size_t n, const void *base) {
    for (size_t i = 0; i < n; i++) {
        double x;
        memcpy(&x, (const char *)base + f[i].at, sizeof x);
        if (!inside(x, f[i].limit.lo, f[i].limit.hi)) return &f[i].limit;
    }
    return NULL;
}

static bool in_room(const struct aw_sim_config *c, double x, double y, double z) {
    return inside(x, 0, c->room_m[0]) && inside(y, 0, c->room_m[1]) && inside(z, 0, c->room_m[2]);
}

static const struct aw_sim_limit *check_step(const struct aw_sim_config *c,
                                             const struct aw_sim_step *s) {
    if ((unsigned)s->act >= AW_SIM_ACT_COUNT) return &count_limits[ACT];
    const struct aw_sim_limit *limit = &posture_limit;
    if (s->act == AW_SIM_OUT || s->act == AW_SIM_STAY) limit = &duration_limit;
    if (s->act == AW_SIM_WALK) limit = &speed_limit;
    if (!inside(s->value, limit->lo, limit->hi)) return limit;
    if (s->act == AW_SIM_WALK && !in_room(c, s->x_m, s->y_m, 0)) return &place_limit;
    if (s->act == AW_SIM_LIE && !in_room(c, 0, 0, s->z_m)) return &place_limit;
    return NULL;
}

static const struct aw_sim_limit *check_person(const struct aw_sim_config *c,
                                               const struct aw_sim_person *p) {
    const struct aw_sim_limit *bad =
        check_fields(person_fields, sizeof person_fields / sizeof *person_fields, p);
    if (bad) return bad;
    if (!in_room(c, p->x_m, p->y_m, 0)) return &place_limit;
    if (p->n_breaths > AW_SIM_MAX_BREATHS) return &count_limits[N_BREATHS];
    if (p->n_steps > AW_SIM_MAX_STEPS) return &count_limits[N_STEPS];
    for (uint32_t i = 0; i < p->n_breaths; i++) {
        const struct aw_sim_breath *b = &p->breath[i];
        if (!inside(b->t_s, i ? p->breath[i - 1].t_s : 0, time_limit.hi)) return &time_limit;
        if (!inside(b->bpm, bpm_limit.lo, bpm_limit.hi)) return &bpm_limit;
        if (!inside(b->depth, depth_limit.lo, depth_limit.hi)) return &depth_limit;
    }
    for (uint32_t i = 0; i < p->n_steps && !bad; i++) bad = check_step(c, &p->step[i]);
    return bad;
}

static const struct aw_sim_limit *check_counts(const struct aw_sim_config *c) {
    if ((unsigned)c->hw >= AW_SIM_HW_COUNT) return &count_limits[HW];
    unsigned chains = aw_sim_hardware[c->hw].max_chains;
    if (c->n_rx < 1 || c->n_rx > chains) return &rx_limits[chains];
    if (c->n_tx < 1 || c->n_tx > chains) return &tx_limits[chains];
    if (c->channel && !aw_channel_to_mhz(c->channel)) return &count_limits[CHANNEL];
    if (c->n_clutter > 1000) return &count_limits[N_CLUTTER];
    if (c->n_links < 1 || c->n_links > AW_SIM_MAX_LINKS) return &count_limits[N_LINKS];
    if (c->n_persons > AW_SIM_MAX_PERSONS) return &count_limits[N_PERSONS];
    return NULL;
}

const struct aw_sim_limit *aw_sim_config_check(const struct aw_sim_config *c) {
    const struct aw_sim_limit *bad = check_counts(c);
    if (!bad) bad = check_fields(config_fields, sizeof config_fields / sizeof *config_fields, c);
    for (uint32_t i = 0; i < c->n_links && !bad; i++) {
        const double *tx = c->link[i].tx_m, *rx = c->link[i].rx_m;
        if (!in_room(c, tx[0], tx[1], tx[2]) || !in_room(c, rx[0], rx[1], rx[2]))
            bad = &place_limit;
    }
    for (uint32_t i = 0; i < c->n_persons && !bad; i++) bad = check_person(c, &c->person[i]);
    return bad;
}
