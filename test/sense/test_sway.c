#include "noise.h"
#include "sense/sway.h"
#include "test.h"

static unsigned char memory[1 << 16];
static struct aw_sway sway;
static const int64_t S = 1000000000;

static void start(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_sway_init(&sway, &arena), AW_OK);
    CHECK(arena.used < 30000);
}

/* Breathing of the given depth in 6 groups of unit noise 0.02, for so many seconds. */
static struct aw_sway_result breathe(double rate_hz, double depth, int seconds, uint64_t seed) {
    for (int i = 0; i < (int)(seconds * rate_hz); i++) {
        double t = i / rate_hz;
        float row[6];
        for (unsigned g = 0; g < 6; g++) {
            row[g] = (float)(1 + 0.02 * noise_gauss(seed * 6 + g, (uint64_t)i) +
                             depth * sin(2 * 3.14159265 * 0.25 * t + g / 3));
        }
        aw_sway_push(&sway, (int64_t)(t * 1e9), row, 6);
    }
    struct aw_sway_result r;
    aw_sway_read(&sway, seconds * S, &r);
    return r;
}

/* Noise 0; a breath as deep as the noise of a row of a single group is plain in 10 Hz rows of three
 * groups: noise variance 4e-4 / 10 / 3 against 2e-4. */
static void noise_and_breath(void) {
    double mean = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        start();
        struct aw_sway_result r = breathe(100, 0, 25, seed);
        CHECK_INT(r.reason, AW_REASON_NONE);
        CHECK_NEAR(r.share, 0, 0.25);
        mean += (double)r.share / 20;
    }
    CHECK_NEAR(mean, 0, 0.05);
    start();
    CHECK_NEAR(breathe(100, 0.02, 25, 1).share, 0.93, 0.04);
    start();
    CHECK(breathe(10, 0.02, 25, 1).share > 0.5F); /* at 10 frames/s nothing is averaged in time */
}

static void reasons(void) {
    struct aw_sway_result r;
    start();
    aw_sway_read(&sway, 0, &r);
    CHECK_INT(r.reason, AW_REASON_NO_FRAMES);
    CHECK(isnan(r.share));
    CHECK_INT(breathe(100, 0, 10, 1).reason, AW_REASON_WARMING_UP);
    aw_sway_reset(&sway);
    CHECK_INT(breathe(2, 0, 30, 1).reason, AW_REASON_RATE_TOO_LOW);
    aw_sway_read(&sway, 100 * S, &r);
    CHECK_INT(r.reason, AW_REASON_NO_FRAMES);
}

/* reset = fresh; any number of groups. */
static void laws(void) {
    start();
    struct aw_sway_result a = breathe(50, 0.01, 25, 3);
    aw_sway_reset(&sway);
    struct aw_sway_result b = breathe(50, 0.01, 25, 3);
    CHECK(a.share == b.share);
    for (size_t n = 1; n <= 64; n++) {
        float row[64];
        for (size_t i = 0; i < n; i++) row[i] = 1;
        aw_sway_reset(&sway);
        for (int i = 0; i < 300; i++) aw_sway_push(&sway, i * S / 10, row, n);
        aw_sway_read(&sway, 30 * S, &a);
        CHECK(a.reason == AW_REASON_NONE && a.share == 0);
    }
}

static void refusals(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, NULL, 0);
    CHECK_INT(aw_sway_init(&sway, &arena), AW_ERR_NOMEM);
    size_t need = arena.used;
    for (size_t size = 0; size < need; size += 64) {
        aw_arena_init(&arena, memory, size);
        CHECK_INT(aw_sway_init(&sway, &arena), AW_ERR_NOMEM);
    }
}

int main(void) {
    noise_and_breath();
    reasons();
    laws();
    refusals();
    return test_end();
}
