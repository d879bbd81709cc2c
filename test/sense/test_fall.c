#include "noise.h"
#include "sense/fall.h"
#include "test.h"

enum { GROUPS = 6 };
static unsigned char memory[1 << 16];
static struct aw_fall fall;
static int64_t now_ns;
static double phase;

static void start(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_fall_init(&fall, &arena), AW_OK);
    now_ns = 0;
    phase = 0;
}

/* A body at v_mps (path length changes at twice that, 2.4 GHz) for so many seconds, at rate_hz;
 * returns falls seen. */
static int go(double rate_hz, double v_mps, double seconds) {
    int falls = 0;
    for (int i = 0; i < (int)(seconds * rate_hz); i++) {
        now_ns += (int64_t)(1e9 / rate_hz);
        phase += 2 * 3.14159265 * 2 * v_mps / 0.125 / rate_hz;
        float row[GROUPS];
        for (unsigned g = 0; g < GROUPS; g++) {
            row[g] = (float)(1 + 0.01 * noise_gauss(g, (uint64_t)now_ns) +
                             0.1 * sin(phase * (1 + 0.03 * g) + 2 * g));
        }
        aw_fall_push(&fall, now_ns, row, GROUPS);
        falls += aw_fall_read(&fall);
    }
    return falls;
}

static void falls(void) {
    const double rates[] = {20, 50, 100, 500};
    for (int i = 0; i < 4; i++) {
        start();
        CHECK_INT(go(rates[i], 0, 15), 0);
        CHECK_INT(go(rates[i], 0.5, 1), 0);
        CHECK_INT(go(rates[i], 1.6, 0.6), 0);
        CHECK_INT(go(rates[i], 0, 2.5), 0); /* not yet: stillness must last */
        CHECK_INT(go(rates[i], 0, 3), 1);
        CHECK_INT(go(rates[i], 0, 20), 0); /* once */
    }
}

/* Walking, walking on after a burst, slow movements, and a second burst while cooling down. */
static void not_falls(void) {
    start();
    go(100, 0, 15);
    CHECK_INT(go(100, 1.2, 20) + go(100, 0, 6), 0);
    start();
    go(100, 0, 15);
    CHECK_INT(go(100, 1.6, 0.6) + go(100, 0, 1) + go(100, 1.6, 0.6) + go(100, 0.8, 9), 0);
    start();
    go(100, 0, 15);
    CHECK_INT(go(100, 0.1, 1.5) + go(100, 0, 10), 0);
    start();
    go(100, 0, 15);
    CHECK_INT(go(100, 1.6, 0.6) + go(100, 0, 5), 1);
    CHECK_INT(go(100, 1.6, 0.6) + go(100, 0, 6), 0);
    go(100, 0, 10);
    CHECK_INT(go(100, 1.6, 0.6) + go(100, 0, 6), 1);
}

/* A gap forgets a burst; too few frames never report; reset = fresh. */
static void gaps(void) {
    start();
    go(100, 0, 15);
    go(100, 1.6, 0.6);
    now_ns += 1000000000;
    CHECK_INT(go(100, 0, 10), 0);
    start();
    go(5, 0, 60);
    CHECK_INT(go(5, 1.6, 0.8) + go(5, 0, 20), 0);
    aw_fall_reset(&fall);
    CHECK_INT(fall.stage, AW_FALL_QUIET);
    go(100, 0, 15);
    CHECK_INT(go(100, 1.6, 0.6) + go(100, 0, 6), 1);
}

static void refusals(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, NULL, 0);
    CHECK_INT(aw_fall_init(&fall, &arena), AW_ERR_NOMEM);
}

int main(void) {
    falls();
    not_falls();
    gaps();
    refusals();
    return test_end();
}
