/* What a breathing rate rests on: against the truth of a simulated sitter. */
#include "base/units.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "test.h"

static struct aw_sim_config c;
static struct aw_sim sim;
static struct aw_breathing_evidence e;

/* Correlation of the wave with the chest it was read from, over the wave's own time. */
static double against_the_chest(void) {
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    const int n = AW_BREATHING_WAVE;
    for (int i = 0; i < n; i++) {
        struct aw_sim_truth truth;
        double middle = (double)e.wave_end_ns * 1e-9 - (n - i - 0.5) / (double)e.wave_hz;
        aw_sim_truth(&sim, (int64_t)(middle * 1e9), &truth);
        double chest = truth.person[0].breathing_m, v = (double)e.wave[i];
        x += chest;
        y += v;
        xx += chest * chest;
        yy += v * v;
        xy += chest * v;
    }
    return (n * xy - x * y) / sqrt((n * xx - x * x) * (n * yy - y * y));
}

static void check_groups(void) {
    CHECK_INT(e.groups, AW_BREATHING_GROUPS);
    for (uint32_t g = 0; g < e.groups; g++) {
        CHECK_INT(e.group[g].chain, 0);
        CHECK(e.group[g].k_first <= e.group[g].k_last);
        CHECK(e.group[g].k_first >= -28 && e.group[g].k_last <= 28);
        CHECK(g == 0 || e.group[g].k_first > e.group[g - 1].k_last);
        CHECK(fabsf(e.group[g].weight) <= 1);
    }
}

int main(void) {
    static float iq[2 * 256];
    struct aw_frame f = {.iq = iq, .iq_cap = 256};
    struct aw_arena a;
    struct aw_config config;
    struct aw_session *s;
    struct aw_update u = {0}, last = {0};
    void *memory = malloc(AW_SIM_ARENA_BYTES);
    aw_arena_init(&a, memory, AW_SIM_ARENA_BYTES);
    CHECK_INT(aw_sim_config_scenario(&c, "still", AW_SIM_ESP32, 1), AW_OK);
    c.rate_hz = 50;
    CHECK_INT(aw_sim_init(&sim, &a, &c), AW_OK);
    aw_config_default(&config);
    CHECK_INT(aw_session_create(&config, &s), AW_OK);
    CHECK(!aw_session_breathing(s, 0, &e)); /* no link yet */
    while (aw_sim_next(&sim, &f) == 1) {
        (void)aw_session_push_frame(s, &f, NULL);
        while (aw_session_poll(s, &u)) {
            CHECK(aw_session_breathing(s, u.link, &e));
            CHECK_INT(e.t_ns, u.t_ns);
            CHECK_INT(e.rate_bpm.reason, u.breathing_bpm.reason);
            last = u;
        }
    }
    CHECK_INT(last.breathing_bpm.reason, AW_REASON_NONE);
    CHECK(e.rate_bpm.value == last.breathing_bpm.value && e.candidate_bpm == e.rate_bpm.value);
    CHECK_INT(e.coarse_reason, AW_REASON_NONE);
    CHECK_INT(e.wave_reason, AW_REASON_NONE);
    double r = against_the_chest();
    if (!(fabs(r) > 0.8)) fprintf(stderr, "correlation with the chest %.3f\n", r);
    CHECK(fabs(r) > 0.8);
    check_groups();

    aw_session_advance(s, last.t_ns + 2 * AW_S); /* the node is unplugged: nothing old is shown */
    while (aw_session_poll(s, &u)) {
    }
    CHECK(aw_session_breathing(s, 0, &e));
    CHECK_INT(e.fine_reason, AW_REASON_NO_FRAMES);
    CHECK_INT(e.wave_reason, AW_REASON_NO_FRAMES);
    CHECK(isnan(e.candidate_bpm));
    aw_session_destroy(s);
    free(memory);
    return test_end();
}
