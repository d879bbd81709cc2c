/* A sleeper's apnoea is seen; a node that falls silent during it is not taken for one. */
#include "base/units.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "test.h"

int main(void) {
    static struct aw_sim_config c;
    static struct aw_sim sim;
    static float iq[2 * 256];
    struct aw_frame f = {.iq = iq, .iq_cap = 256};
    struct aw_arena a;
    void *memory = malloc(AW_SIM_ARENA_BYTES);
    aw_arena_init(&a, memory, AW_SIM_ARENA_BYTES);
    CHECK_INT(aw_sim_config_scenario(&c, "night", AW_SIM_ESP32, 1), AW_OK);
    c.rate_hz = 20;
    CHECK_INT(aw_sim_init(&sim, &a, &c), AW_OK);

    struct aw_config config;
    struct aw_session *s;
    struct aw_update u = {0};
    aw_config_default(&config);
    CHECK_INT(aw_session_create(&config, &s), AW_OK);
    while (!u.apnoea && aw_sim_next(&sim, &f) == 1) {
        (void)aw_session_push_frame(s, &f, NULL);
        while (!u.apnoea && aw_session_poll(s, &u)) {
        }
    }
    CHECK(u.apnoea && u.frames > 0);

    aw_session_advance(s, u.t_ns + 2 * AW_S); /* the node is unplugged */
    int silent = 0;
    while (aw_session_poll(s, &u)) {
        if (u.frames) continue;
        silent++;
        CHECK(!u.apnoea && !u.fall && u.breathing_bpm.reason == AW_REASON_NO_FRAMES);
    }
    CHECK(silent > 0);
    aw_session_destroy(s);
    free(memory);
    return test_end();
}
