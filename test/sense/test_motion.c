#include "noise.h"
#include "sense/motion.h"
#include "test.h"

enum { GROUPS = 6 };
static unsigned char memory[1 << 18];
static struct aw_motion motion;

static void start(void) {
    struct aw_motion_config config;
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    aw_motion_config_default(&config);
    CHECK_INT(aw_motion_init(&motion, &arena, &config), AW_OK);
    CHECK(arena.used < 150000);
}

/* A walker at 2.4 GHz seen in the amplitude of a group: beats around 4 and 8 Hz that wander with
 * the steps. Mean square 1/2. */
static double walk(unsigned group, double t_s) {
    double steps = 2 * sin(2 * 3.14159265 * 0.9 * t_s + group);
    return 0.8 * sin(2 * 3.14159265 * 4.3 * t_s + steps + group * 1.7) +
           0.6 * sin(2 * 3.14159265 * 8.1 * t_s + 1.5 * steps + group * group);
}

struct scene {
    double rate_hz, jitter; /* of the interval */
    double noise;           /* std of a group, relative to its mean 1 */
    double motion;          /* amplitude of the walk, likewise */
    double drift;           /* std per second */
    uint64_t seed;
};

/* Pushes the seconds [from, to) and reads at the end of each; returns reads that said moving. */
static int run(struct scene s, int from_s, int to_s, struct aw_motion_result *last) {
    int moving = 0;
    int64_t step = (int64_t)(1e9 / s.rate_hz);
    uint64_t n = (uint64_t)((double)from_s * s.rate_hz);
    for (int second = from_s; second < to_s; second++) {
        for (;; n++) {
            int64_t t = (int64_t)n * step +
                        (int64_t)(s.jitter * (double)step * noise_uniform(s.seed + 1000, n));
            if (t >= (second + 1) * (int64_t)1000000000) break;
            float row[GROUPS];
            for (unsigned g = 0; g < GROUPS; g++) {
                row[g] = (float)(1 + s.noise * noise_gauss(s.seed * GROUPS + g, n) +
                                 s.motion * walk(g, (double)t / 1e9) +
                                 s.drift * s.noise * (double)t / 1e9);
            }
            aw_motion_push(&motion, t, row, GROUPS);
        }
        aw_motion_read(&motion, (second + 1) * (int64_t)1000000000 - 1, last);
        moving += last->moving;
    }
    return moving;
}

/* No false alarm in an hour of white noise, at any rate, with jitter and drift. */
static void quiet(void) {
    const struct scene scenes[] = {{100, 0.5, 0.02, 0, 0, 1},  {135, 0, 0.1, 0, 0.5, 2},
                                   {40, 0.9, 0.02, 0, 0, 3},   {26, 0, 0.02, 0, 0, 4},
                                   {1000, 0.5, 0.02, 0, 0, 5}, {10, 0.5, 0.014, 0, 0, 6}};
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        struct aw_motion_result r;
        start();
        CHECK_INT(run(scenes[i], 0, i == 4 ? 200 : 700, &r), 0);
        CHECK_INT(r.reason, AW_REASON_NONE);
        CHECK(r.score < r.threshold);
    }
}

/* A walker whose trace is as strong as the noise of a group: seen at once and throughout. */
static void walker(void) {
    const struct scene scenes[] = {{100, 0.5, 0.02, 0.03, 0, 1},
                                   {135, 0, 0.1, 0.15, 0.5, 2},
                                   {50, 0.5, 0.02, 0.05, 0, 3},
                                   {1000, 0.5, 0.02, 0.02, 0, 5},
                                   {10, 0.5, 0.014, 0.05, 0, 6}};
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        struct aw_motion_result r;
        struct scene s = scenes[i];
        start();
        s.motion = 0;
        CHECK_INT(run(s, 0, 20, &r), 0);
        s = scenes[i];
        CHECK(run(s, 20, 22, &r) >= 1); /* within two seconds */
        CHECK_INT(run(s, 22, 60, &r), 38);
        s.motion = 0;
        run(s, 60, 65, &r);
        CHECK_INT(run(s, 65, 90, &r), 0);
    }
}

/* A beginning too weak for the 4 s window, three quarters of which are still quiet, is seen by the
 * window of 1 s at the first read. */
static void beginning(void) {
    int seen = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct aw_motion_result r;
        struct scene s = {100, 0, 0.02, 0, 0, seed};
        start();
        CHECK_INT(run(s, 0, 10, &r), 0);
        s.motion = 0.034;
        seen += run(s, 10, 11, &r);
        CHECK(!r.moving || r.score > r.threshold);
    }
    CHECK(seen >= 14);
}

/* Once moving, a weaker motion holds the state that would not have begun it. */
static void hold(void) {
    struct scene strong = {100, 0, 0.02, 0.06, 0, 1}, weak = {100, 0, 0.02, 0.0145, 0, 1};
    struct aw_motion_result r;
    start();
    CHECK(run(weak, 0, 25, &r) <= 6);
    start();
    run(strong, 0, 5, &r);
    CHECK_NEAR(r.threshold, 0.6 * (0.10 + 5.5 / sqrt(400 * 3)), 0.005);
    CHECK(run(weak, 5, 25, &r) >= 16);
}

static void reasons(void) {
    struct aw_motion_result r;
    struct scene s = {100, 0, 0.02, 0, 0, 1};
    start();
    aw_motion_read(&motion, 0, &r);
    CHECK_INT(r.reason, AW_REASON_NO_FRAMES);
    CHECK(!r.moving && isnan(r.score));
    run(s, 0, 1, &r);
    CHECK_INT(r.reason, AW_REASON_WARMING_UP);
    run(s, 1, 3, &r);
    CHECK_INT(r.reason, AW_REASON_NONE);
    aw_motion_read(&motion, (int64_t)10 * 1000000000, &r);
    CHECK_INT(r.reason, AW_REASON_NO_FRAMES);
    s.rate_hz = 2;
    run(s, 10, 20, &r);
    CHECK_INT(r.reason, AW_REASON_RATE_TOO_LOW);
    s.rate_hz = 100;
    run(s, 20, 25, &r);
    CHECK_INT(r.reason, AW_REASON_NONE);
}

/* A calibrated null of white noise lets a weaker motion be seen; it never raises the threshold. */
static void calibrated(void) {
    struct scene weak = {100, 0, 0.02, 0.015, 0, 1};
    struct aw_motion_result r;
    start();
    CHECK(run(weak, 0, 25, &r) < 8);
    start();
    aw_motion_set_null(&motion, &(struct aw_motion_null){true, 0, 0.02F, -2, NAN});
    CHECK(run(weak, 0, 25, &r) >= 22);
    CHECK_NEAR(r.threshold, 0.13, 1e-6);
    start();
    aw_motion_set_null(&motion, &(struct aw_motion_null){true, 0.3F, 0.1F, -2, NAN});
    weak.motion = 0;
    run(weak, 0, 10, &r);
    CHECK_NEAR(r.threshold, 0.10 + 5.5 / sqrt(400 * 3), 0.01);
}

/* A slow link with more noise than usual: called moving until its null is known or learned. */
static void noisy_slow_link(void) {
    struct scene s = {10, 0.5, 0.03, 0, 0, 1};
    struct aw_motion_result r;
    start();
    aw_motion_set_null(&motion, &(struct aw_motion_null){true, NAN, NAN, log10f(0.03F), NAN});
    CHECK_INT(run(s, 0, 60, &r), 0);
    CHECK_NEAR(r.score, 0, 0.3);
    start();
    CHECK(run(s, 0, 20, &r) >= 10);
    run(s, 20, 60, &r);
    CHECK_INT(run(s, 60, 120, &r), 0);
}

/* 20 frames/s with combs. What moves is another value in every frame, and each part's own; of 40 s
 * from `from_s` on the reads that said moving. */
static int run_slow(double noise, double moved, bool agree, int from_s,
                    struct aw_motion_result *r) {
    int moving = 0;
    for (int i = from_s * 20; i < (from_s + 40) * 20; i++) {
        int64_t t = i * (int64_t)50000000;
        float row[GROUPS], comb[6];
        for (unsigned p = 0; p < 3; p++) {
            double own = moved * noise_gauss(90 + p, (uint64_t)i);
            for (unsigned h = 0; h < 2; h++) {
                if (!agree) own = moved * noise_gauss(90 + 3 * h + p, (uint64_t)i);
                comb[2 * p + h] =
                    (float)(1 + own + noise * noise_gauss(70 + 2 * p + h, (uint64_t)i));
                row[2 * p + h] = comb[2 * p + h];
            }
        }
        aw_motion_push(&motion, t, row, GROUPS);
        CHECK(aw_motion_slow(&motion));
        aw_motion_push_comb(&motion, t, comb, 6, 3);
        if (i % 20 < 19) continue;
        aw_motion_read(&motion, t, r);
        moving += r->moving;
    }
    return moving;
}

/* Below 25/s: a faint walker on a link seen to be quiet; noise, however strong, that even and odd
 * subcarriers do not share is none. */
static void slow_link(void) {
    struct aw_motion_result r;
    start();
    CHECK_INT(run_slow(0.01, 0, true, 0, &r), 0);
    CHECK(r.common < 0.004F);
    CHECK(run_slow(0.01, 0.012, true, 40, &r) >= 38); /* in the spread a rise of 1.6: not enough */
    start();
    CHECK(run_slow(0.01, 0.012, true, 0, &r) <= 1); /* never seen quiet */
    start();
    CHECK_INT(run_slow(0.01, 0.05, false, 0, &r), 0); /* a spread of 5 %, but nothing in common */
    CHECK(run_slow(0.01, 0.05, true, 40, &r) >= 38);
    struct scene fast = {100, 0.5, 0.02, 0, 0, 1};
    start();
    run(fast, 0, 10, &r);
    CHECK(!aw_motion_slow(&motion) && isnan(r.common));
}

/* reset = fresh; a gap, a break and repeated times do no harm; push in two halves = push at once.
 */
static void laws(void) {
    struct scene s = {100, 0.5, 0.02, 0.02, 0, 1};
    struct aw_motion_result a, b;
    start();
    run(s, 0, 10, &a);
    aw_motion_reset(&motion);
    run(s, 0, 10, &b);
    CHECK(memcmp(&a, &b, sizeof a) == 0);
    aw_motion_break(&motion);
    aw_motion_read(&motion, (int64_t)10 * 1000000000, &b);
    CHECK_INT(b.reason, AW_REASON_NO_FRAMES);
    aw_motion_reset(&motion);
    for (int repeat = 0; repeat < 3; repeat++) run(s, 0, 10, &b); /* old times are ignored */
    CHECK_NEAR(b.share, a.share, 1e-6);
    float row[3] = {1, 1, 1};
    aw_motion_push(&motion, (int64_t)20 * 1000000000, row, 3); /* another row: a break */
    aw_motion_read(&motion, (int64_t)21 * 1000000000, &b);
    CHECK_INT(b.reason, AW_REASON_WARMING_UP);
}

static void refusals(void) {
    struct aw_arena arena;
    const struct aw_motion_config bad[] = {{0, 4}, {65, 4}, {16, 1.9F}, {16, 10.1F}, {16, NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        aw_arena_init(&arena, memory, sizeof memory);
        CHECK_INT(aw_motion_init(&motion, &arena, &bad[i]), AW_ERR_INVAL);
    }
    struct aw_motion_config config;
    aw_motion_config_default(&config);
    aw_arena_init(&arena, NULL, 0);
    CHECK_INT(aw_motion_init(&motion, &arena, &config), AW_ERR_NOMEM);
    size_t need = arena.used;
    for (size_t size = 0; size < need; size += 160) {
        aw_arena_init(&arena, memory, size);
        CHECK_INT(aw_motion_init(&motion, &arena, &config), AW_ERR_NOMEM);
    }
}

int main(void) {
    quiet();
    walker();
    beginning();
    hold();
    reasons();
    calibrated();
    noisy_slow_link();
    slow_link();
    laws();
    refusals();
    return test_end();
}
