#include "noise.h"
#include "sense/speed.h"
#include "test.h"

static unsigned char memory[1 << 16];
static struct aw_speed speed;
static const int64_t S = 1000000000;

static void start(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_speed_init(&speed, &arena), AW_OK);
    CHECK(arena.used < 36000);
}

/* Who walks, and how it is heard. */
struct scene {
    double mps;     /* of the body, */
    double part;    /* whose way grows by part x 2 mps at most, */
    double turn_hz; /* and as a cosine of time of this frequency; 0 always */
    double noise;   /* of a value; the beats are 0.05 */
    double rate_hz; /* of frames, jittered by a tenth */
    uint16_t mhz;
    bool moving;
};

static const struct scene usual = {1, 1, 0, 0.01, 100, 2437, true};

static double way_m(const struct scene *c, double t) {
    double r = 2 * c->mps * c->part;
    return c->turn_hz > 0 ? r * sin(6.283185 * c->turn_hz * t) / (6.283185 * c->turn_hz) : r * t;
}

/* The answer after so many seconds. */
static struct aw_estimate walk_from(const struct scene *c, int from_s, int seconds, uint64_t seed) {
    struct aw_estimate e = {0};
    double lambda_m = 299.792458 / c->mhz;
    for (int s = from_s; s < from_s + seconds; s++) {
        for (int i = 0; i < (int)c->rate_hz; i++) {
            uint64_t n = (uint64_t)(s * (int)c->rate_hz + i);
            double t = s + (i + 0.1 * (noise_gauss(seed * 99, n) > 0)) / c->rate_hz;
            float row[7];
            for (unsigned g = 0; g < 7; g++)
                row[g] = (float)(1 + c->noise * noise_gauss(seed * 7 + g, n) +
                                 0.05 * cos(6.283185 * way_m(c, t) / lambda_m + g));
            aw_speed_push(&speed, (int64_t)(t * 1e9), row, 7);
        }
        aw_speed_read(&speed, (s + 1) * S, c->moving, c->mhz, &e);
    }
    return e;
}

static struct aw_estimate walk(const struct scene *c, int seconds, uint64_t seed) {
    start();
    return walk_from(c, 0, seconds, seed);
}

/* Straight towards both nodes the way shrinks by twice the speed. */
static void speeds(void) {
    for (int i = 0; i < 10; i++) {
        struct scene c = usual, fast = usual;
        c.mps = fast.mps = 0.3 + 0.18 * i;
        fast.mhz = 5320;
        fast.rate_hz = 200;
        struct aw_estimate e = walk(&c, 9, (uint64_t)i);
        CHECK_INT(e.reason, AW_REASON_NONE);
        CHECK_NEAR(e.value, c.mps, 0.06);
        CHECK(e.confidence > 0 && e.confidence < 1);
        CHECK_NEAR(walk(&fast, 9, (uint64_t)i).value, c.mps, 0.06);
    }
}

/* Turning to and fro every 4 s, it is the fastest moments that count. */
static void turns(void) {
    struct scene c = usual;
    c.turn_hz = 0.125;
    c.mps = 1.2;
    CHECK_NEAR(walk(&c, 9, 1).value, 1.2, 0.1);
    c.part = 0.8; /* never quite towards a node: too slow, not too fast */
    CHECK_NEAR(walk(&c, 9, 1).value, 0.96, 0.1);
}

static void reasons(void) {
    struct scene c = usual;
    struct aw_estimate e = walk(&c, 5, 1);
    CHECK_INT(e.reason, AW_REASON_WARMING_UP);
    CHECK(isnan(e.value) && isnan(e.confidence));
    c.rate_hz = 60;
    CHECK_INT(walk(&c, 9, 1).reason, AW_REASON_RATE_TOO_LOW);
    c = usual;
    c.mhz = 5320; /* 100/s are too few there */
    CHECK_INT(walk(&c, 9, 1).reason, AW_REASON_RATE_TOO_LOW);
    c = usual;
    c.noise = 0.3;
    CHECK_INT(walk(&c, 9, 1).reason, AW_REASON_NOT_CONFIDENT);
    start();
    aw_speed_read(&speed, S, true, 2437, &e); /* no frame yet */
    CHECK_INT(e.reason, AW_REASON_RATE_TOO_LOW);
    walk(&usual, 9, 1);
    aw_speed_read(&speed, 10 * S, true, 0, &e); /* carrier unknown */
    CHECK_INT(e.reason, AW_REASON_RATE_TOO_LOW);
}

/* Nothing is said of what does not move, nor of what moved before. */
static void stops(void) {
    struct scene still = usual;
    still.moving = false;
    still.mps = 0;
    CHECK_INT(walk(&usual, 9, 1).reason, AW_REASON_NONE);
    CHECK_INT(walk_from(&still, 9, 1, 1).reason, AW_REASON_NOT_MOVING);
    CHECK_INT(walk_from(&usual, 10, 5, 1).reason, AW_REASON_WARMING_UP);
    CHECK_INT(walk_from(&usual, 15, 1, 1).reason, AW_REASON_NONE);
    /* motion still believed, but nothing heard of it for 2 s */
    still.moving = true;
    CHECK_INT(walk_from(&still, 16, 3, 1).reason, AW_REASON_NOT_CONFIDENT);
}

/* Half a minute of noise that is called motion: no speed. */
static void noise_has_no_speed(void) {
    struct scene c = usual;
    c.mps = 0;
    for (uint64_t seed = 1; seed <= 40; seed++)
        CHECK_INT(walk(&c, 9, seed).reason, AW_REASON_NOT_CONFIDENT);
}

static void gaps(void) {
    start();
    walk_from(&usual, 0, 8, 1);
    struct aw_estimate e;
    aw_speed_read(&speed, 9 * S, true, 2437, &e); /* a second without frames */
    CHECK_INT(e.reason, AW_REASON_RATE_TOO_LOW);
    CHECK_INT(walk_from(&usual, 9, 5, 1).reason, AW_REASON_WARMING_UP);
    CHECK_NEAR(walk_from(&usual, 14, 3, 1).value, 1, 0.06);
    aw_speed_reset(&speed);
    CHECK_INT(walk_from(&usual, 17, 5, 1).reason, AW_REASON_WARMING_UP);
}

static void refusals(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_speed_init(&speed, &arena), AW_OK);
    for (size_t n = 0, need = arena.used; n < need; n += 97) {
        aw_arena_init(&arena, memory, n);
        CHECK_INT(aw_speed_init(&speed, &arena), AW_ERR_NOMEM);
    }
}

int main(void) {
    speeds();
    turns();
    reasons();
    stops();
    noise_has_no_speed();
    gaps();
    refusals();
    return test_end();
}
