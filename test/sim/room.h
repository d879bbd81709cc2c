/* A simulator over its own memory, and what a test does with one. */
#ifndef AW_TEST_SIM_ROOM_H
#define AW_TEST_SIM_ROOM_H

#include "sim/scenario.h"
#include "sim/sim.h"
#include "test.h"

struct room {
    struct aw_sim_config config;
    struct aw_sim sim;
    struct aw_arena arena;
    struct aw_frame frame;
    float iq[2 * AW_MAX_CHAINS * AW_MAX_CHAINS * AW_SIM_MAX_VALUES];
    void *memory;
};

static inline void room_init(struct room *r) {
    r->memory = malloc(AW_SIM_ARENA_BYTES);
    aw_arena_init(&r->arena, r->memory, AW_SIM_ARENA_BYTES);
    r->frame = (struct aw_frame){.iq = r->iq, .iq_cap = sizeof r->iq / sizeof *r->iq / 2};
    CHECK_INT(aw_sim_init(&r->sim, &r->arena, &r->config), AW_OK);
}

static inline bool room_next(struct room *r) {
    int got = aw_sim_next(&r->sim, &r->frame);
    CHECK(got >= 0);
    return got > 0;
}

static inline void room_free(struct room *r) {
    free(r->memory);
}

static inline double room_seconds(const struct room *r) {
    return (double)(r->frame.t_ns - r->config.start_ns) * 1e-9;
}

#endif
