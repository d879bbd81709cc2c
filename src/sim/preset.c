#include "sim/scenario.h"

#include "sim/rng.h"
#include "sim/streams.h"
#include "sim/units.h"

#include <math.h>

void aw_sim_impair_none(struct aw_sim_impair *im) {
    *im = (struct aw_sim_impair){.snr_db = INFINITY, .loss_burst = 1};
}

void aw_sim_impair_usual(struct aw_sim_impair *im) {
    *im = (struct aw_sim_impair){.snr_db = 30,
                                 .cfo_rad = AW_PI,
                                 .sto_s = 30e-9,
                                 .agc = 0.03,
                                 .quantise = true,
                                 .loss = 0.005,
                                 .loss_burst = 2,
                                 .jitter = 0.1};
}

void aw_sim_person_usual(struct aw_sim_person *p, double x_m, double y_m, double bpm) {
    *p = (struct aw_sim_person){.x_m = x_m,
                                .y_m = y_m,
                                .facing_rad = 5 * AW_PI / 6,
                                .chest_m = 0.005,
                                .chest_second = 0.1,
                                .inhale = 0.42,
                                .heart_m = 0.0003,
                                .heart_bpm = 68,
                                .heart_wander_bpm = 2,
                                .sway_m = 0.0003,
                                .n_breaths = 1,
                                .breath = {{0, bpm, 1}}};
}

void aw_sim_config_room(struct aw_sim_config *c, enum aw_sim_hw hw, uint64_t seed) {
    *c = (struct aw_sim_config){.seed = seed,
                                .start_ns = 1767225600000000000, /* 2026-01-01 UTC */
                                .seconds = 60,
                                .rate_hz = 100,
                                .hw = hw,
                                .n_rx = 1,
                                .n_tx = 1,
                                .room_m = {5, 4, 2.6},
                                .wall = 0.5, /* 6 dB a reflection: plaster and brick */
                                .diffuse = 0.5,
                                .diffuse_s = 30e-9, /* offices: 20 to 50 ns */
                                .clutter_m2 = 0.3,
                                .n_clutter = 16,
                                .rcs_m2 = 0.5, /* a person at 2-6 GHz: 0.3 to 1 m^2 */
                                .echo_walls = true,
                                .shadow = 0.5};
    aw_sim_config_nodes(c, 1);
    aw_sim_impair_usual(&c->impair);
}

void aw_sim_config_nodes(struct aw_sim_config *c, uint32_t n) {
    /* Not exactly alike in two rooms, and never in its symmetries, where images coincide. */
    static const double inset_m = 0.5, about_m = 0.3;
    struct aw_rng r;
    aw_rng_init(&r, c->seed, AW_SIM_STREAM_PLACE, 1);
    double tx[3] = {inset_m, inset_m, 1.5};
    for (int axis = 0; axis < 3; axis++) tx[axis] += aw_rng_range(&r, -about_m, about_m);
    double w = c->room_m[0] - 2 * inset_m, d = c->room_m[1] - 2 * inset_m;
    c->n_links = n;
    for (uint32_t i = 0; i < n && i < AW_SIM_MAX_LINKS; i++) {
        struct aw_sim_link *l = &c->link[i];
        *l = (struct aw_sim_link){.tx_m = {tx[0], tx[1], tx[2]}, .node = i + 1};
        /* Around the walls in golden steps from the corner opposite to the transmitter: any number
         * of nodes is spread, and the first ones do not move when more are added. */
        double u = 0.5 + 0.6180339887 * i;
        double along = (u - floor(u)) * 2 * (w + d);
        double x = along < w           ? along
                   : along < w + d     ? w
                   : along < 2 * w + d ? 2 * w + d - along
                                       : 0;
        double y = along < w           ? 0
                   : along < w + d     ? along - w
                   : along < 2 * w + d ? d
                                       : 2 * (w + d) - along;
        l->rx_m[0] = inset_m + x;
        l->rx_m[1] = inset_m + y;
        l->rx_m[2] = 1.2;
        for (int axis = 0; axis < 3; axis++) l->rx_m[axis] += aw_rng_range(&r, -about_m, about_m);
    }
}

static void random_place(const struct aw_sim_config *c, struct aw_rng *r, double out[3]) {
    for (int axis = 0; axis < 2; axis++) out[axis] = aw_rng_range(r, 0.3, c->room_m[axis] - 0.3);
    out[2] = aw_rng_range(r, 0.8, 1.8);
}

static double flat_distance(const double a[3], const double b[3]) {
    return hypot(a[0] - b[0], a[1] - b[1]);
}

/* A receiver 2-6 m from the transmitter, if chance finds one. */
static bool random_receiver(const struct aw_sim_config *c, struct aw_rng *r, const double tx[3],
                            double rx[3]) {
    for (int i = 0; i < 64; i++) {
        random_place(c, r, rx);
        double gap_m = flat_distance(tx, rx);
        if (gap_m >= 2 && gap_m <= 6) return true;
    }
    return false;
}

static void random_links(struct aw_sim_config *c, struct aw_rng *r) {
    bool found;
    do {
        double tx[3];
        random_place(c, r, tx);
        found = true;
        for (uint32_t i = 0; i < c->n_links && found; i++) {
            for (int axis = 0; axis < 3; axis++) c->link[i].tx_m[axis] = tx[axis];
            found = random_receiver(c, r, tx, c->link[i].rx_m);
        }
    } while (!found);
}

static bool walks(const struct aw_sim_person *p) {
    for (uint32_t i = 0; i < p->n_steps; i++)
        if (p->step[i].act == AW_SIM_WALK) return true;
    return false;
}

static bool too_close(const struct aw_sim_config *c, const double at[3]) {
    for (uint32_t i = 0; i < c->n_links; i++)
        if (flat_distance(at, c->link[i].tx_m) < 0.7 || flat_distance(at, c->link[i].rx_m) < 0.7)
            return true;
    return false;
}

/* How much the way transmitter -> (x, y) -> receiver grows per metre towards facing, 0..2. */
static double sensitivity(const struct aw_sim_link *l, const double at[3], double facing_rad) {
    double sum = 0;
    for (int end = 0; end < 2; end++) {
        const double *a = end ? l->rx_m : l->tx_m;
        sum += ((at[0] - a[0]) * cos(facing_rad) + (at[1] - a[1]) * sin(facing_rad)) /
               flat_distance(at, a);
    }
    return fabs(sum);
}

/* Somewhere, facing the middle of the first link within 60 degrees. */
static void random_seat(const struct aw_sim_config *c, struct aw_rng *r, struct aw_sim_person *p) {
    const struct aw_sim_link *l = &c->link[0];
    double at[3], middle_rad;
    for (int tries = 0; tries < 1000; tries++) { /* many nodes leave no free place: then anywhere */
        random_place(c, r, at);
        middle_rad =
            atan2((l->tx_m[1] + l->rx_m[1]) / 2 - at[1], (l->tx_m[0] + l->rx_m[0]) / 2 - at[0]);
        p->facing_rad = middle_rad + aw_rng_range(r, -AW_PI / 3, AW_PI / 3);
        if (!too_close(c, at) && sensitivity(l, at, p->facing_rad) >= 1) break;
    }
    p->x_m = at[0];
    p->y_m = at[1];
}

void aw_sim_config_shuffle(struct aw_sim_config *c, uint64_t seed) {
    struct aw_rng r;
    aw_rng_init(&r, seed, AW_SIM_STREAM_PLACE, 0);
    c->seed = seed;
    double sx = aw_rng_range(&r, 3, 8) / c->room_m[0], sy = aw_rng_range(&r, 3, 6) / c->room_m[1];
    c->room_m[0] *= sx;
    c->room_m[1] *= sy;
    random_links(c, &r);
    for (uint32_t i = 0; i < c->n_persons; i++) {
        struct aw_sim_person *p = &c->person[i];
        p->x_m *= sx;
        p->y_m *= sy;
        for (uint32_t j = 0; j < p->n_steps; j++) {
            p->step[j].x_m *= sx;
            p->step[j].y_m *= sy;
        }
        if (!walks(p)) random_seat(c, &r, p);
    }
}
