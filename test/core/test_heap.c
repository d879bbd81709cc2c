/* After create, no call to the heap: 10,000 frames of two nodes pass while a counter is armed
 * around the allocator (the linker's --wrap). */
#include "airwake.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "test.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool armed;
static int calls;

void *__wrap_malloc(size_t n) {
    calls += armed;
    return __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size) {
    calls += armed;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n) {
    calls += armed;
    return __real_realloc(p, n);
}

int main(void) {
    static struct aw_sim_config c;
    static struct aw_sim sim;
    static float iq[2 * 256];
    struct aw_frame f = {.iq = iq, .iq_cap = 256};
    struct aw_arena a;
    void *memory = malloc(AW_SIM_ARENA_BYTES);
    aw_arena_init(&a, memory, AW_SIM_ARENA_BYTES);
    CHECK_INT(aw_sim_config_scenario(&c, "enter-sit-leave", AW_SIM_ESP32, 1), AW_OK);
    aw_sim_config_nodes(&c, 2);
    CHECK_INT(aw_sim_init(&sim, &a, &c), AW_OK);

    struct aw_config config;
    struct aw_session *s;
    struct aw_update u;
    aw_config_default(&config);
    CHECK_INT(aw_session_create(&config, &s), AW_OK);
    armed = true;
    void *volatile probe = malloc(1); /* the counter counts */
    CHECK_INT(calls, 1);
    free(probe);
    calls = 0;

    int frames = 0, updates = 0;
    while (frames < 10000 && aw_sim_next(&sim, &f) == 1) {
        if (aw_session_push_frame(s, &f, NULL) == AW_OK) frames++;
        while (aw_session_poll(s, &u)) updates++;
    }
    armed = false;
    CHECK_INT(frames, 10000);
    CHECK(updates > 90);
    CHECK_INT(calls, 0);
    aw_session_destroy(s);
    free(memory);
    return test_end();
}
