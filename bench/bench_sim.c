/* Simulated frames per second of processor time, one JSON line per case. test/sim/test_channel.c
 * holds the same code to its definition. */
#include "sim/scenario.h"
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int run(const char *scenario, enum aw_sim_hw hw, uint32_t n_rx, uint32_t n_tx) {
    static struct aw_sim_config c;
    static float iq[2 * AW_MAX_CHAINS * AW_MAX_CHAINS * AW_SIM_MAX_VALUES];
    if (aw_sim_config_scenario(&c, scenario, hw, 1) < 0) return 1;
    c.n_rx = n_rx;
    c.n_tx = n_tx;
    struct aw_arena arena;
    struct aw_sim sim;
    struct aw_frame f = {.iq = iq, .iq_cap = sizeof iq / sizeof *iq / 2};
    void *memory = malloc(AW_SIM_ARENA_BYTES);
    uint64_t frames = 0;
    double start = seconds(), took = 0;
    do {
        aw_arena_init(&arena, memory, AW_SIM_ARENA_BYTES);
        if (aw_sim_init(&sim, &arena, &c) < 0) return 1;
        while (aw_sim_next(&sim, &f) > 0) frames++;
        took = seconds() - start;
    } while (took < 0.5);
    free(memory);
    double ns = took / (double)frames * 1e9;
    printf("{\"bench\":\"sim\",\"scenario\":\"%s\",\"hw\":\"%s\",\"n_rx\":%u,\"n_tx\":%u,"
           "\"n_sub\":%u,\"ns_per_frame\":%.0f,\"times_real_time_at_100_hz\":%.0f}\n",
           scenario, aw_sim_hardware[hw].key, n_rx, n_tx, f.n_sub, ns, 1e7 / ns);
    return 0;
}

int main(void) {
    return run("empty", AW_SIM_ESP32, 1, 1) | run("still", AW_SIM_ESP32, 1, 1) |
           run("walk", AW_SIM_ESP32, 1, 1) | run("two-people", AW_SIM_ESP32, 1, 1) |
           run("still", AW_SIM_INTEL5300, 3, 3) | run("still", AW_SIM_NEXMON80, 1, 1);
}
