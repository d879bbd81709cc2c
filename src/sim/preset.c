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

void aw_sim_config_shuffle(struct aw_sim_config *c, uint64_t seed) {
    struct aw_rng r;
    aw_rng_init(&r, seed, AW_SIM_STREAM_PLACE, 0);
    c->seed = seed;
    c->room_m[0] = aw_rng_range(&r, 3, 8);
    c->room_m[1] = aw_rng_range(&r, 3, 6);
    c->room_m[2] = 2.6;
    aw_sim_config_nodes(c, 1);
    struct aw_sim_link *l = &c->link[0];
    double gap, body[3];
    do {
        random_place(c, &r, l->tx_m);
        random_place(c, &r, l->rx_m);
        gap = flat_distance(l->tx_m, l->rx_m);
    } while (gap < 2 || gap > 6);
    do random_place(c, &r, body);
    while (flat_distance(body, l->tx_m) < 0.7 || flat_distance(body, l->rx_m) < 0.7);
    struct aw_sim_person *p = &c->person[0];
    p->x_m = body[0];
    p->y_m = body[1];
    p->facing_rad =
        atan2((l->tx_m[1] + l->rx_m[1]) / 2 - body[1], (l->tx_m[0] + l->rx_m[0]) / 2 - body[0]) +
        aw_rng_range(&r, -AW_PI / 3, AW_PI / 3);
}
