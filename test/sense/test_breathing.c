#include "noise.h"
#include "sense/breathing.h"
#include "test.h"

#define S INT64_C(1000000000)

enum { BINS = 40 };
static unsigned char shared_memory[1 << 18], memory[1 << 17];
static struct aw_breathing_bases bases;
static struct aw_breathing block;
static const double PI = 3.14159265358979323846;

static void fresh(void) {
    struct aw_arena a;
    struct aw_breathing_config c;
    aw_breathing_config_default(&c);
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_breathing_init(&block, &a, &bases, &c), AW_OK);
}

/* A room: rates over time, chest amplitude relative to the static paths, noise per value. */
struct room {
    double (*bpm)(double t_s); /* 0: no breath */
    double chest, noise, drift, rate_hz;
    uint64_t seed;
};

static double phase; /* of the breath, cycles */

/* The frame at t_s: every bin sees the chest with a weight and a sign of its own. */
static void push(const struct room *r, double t_s, uint64_t i) {
    float row[BINS];
    double bpm = r->bpm(t_s);
    phase += bpm / 60 / r->rate_hz;
    double breath = bpm > 0 ? cos(2 * PI * phase) + 0.25 * cos(4 * PI * phase + 1) : 0;
    for (unsigned k = 0; k < BINS; k++) {
        double weight = cos(0.17 * k + (double)r->seed);
        double drift = r->drift * sin(2 * PI * t_s / 90 + k);
        row[k] = (float)(1 + r->chest * weight * breath + drift +
                         r->noise * noise_gauss(r->seed, i * BINS + k));
    }
    aw_breathing_push(&block, (int64_t)(t_s * 1e9), row, BINS, NAN);
}

static struct aw_breathing_result run(const struct room *r, double from_s, double to_s,
                                      void (*each)(double, const struct aw_breathing_result *)) {
    struct aw_breathing_result out = {0};
    static uint64_t i;
    double next = ceil(from_s + 1e-6);
    for (double t = from_s; t < to_s; t += 1 / r->rate_hz) {
        push(r, t + 0.3 / r->rate_hz * noise_uniform(r->seed + 1, i), i);
        i++;
        if (t < next) continue;
        aw_breathing_read(&block, (int64_t)(t * 1e9), false, &out);
        if (each) each(t, &out);
        next++;
    }
    return out;
}

static double none(double t) {
    return 0 * t;
}
static double six(double t) {
    return 6 + 0 * t;
}
static double fifteen(double t) {
    return 15 + 0 * t;
}
static double thirty(double t) {
    return 30 + 0 * t;
}
static double fifty(double t) {
    return 50 + 0 * t;
}
static double twelve_then_nineteen(double t) {
    return t < 120 ? 12 : 19;
}
static double stops(double t) {
    return t < 90 ? 15 : 0;
}

static void finds(void) {
    static double (*const rates[])(double) = {six, fifteen, thirty, fifty};
    for (size_t k = 0; k < 4; k++) {
        for (uint64_t seed = 1; seed <= 3; seed++) {
            fresh();
            struct room r = {rates[k], 0.02, 0.02, 0.02, 20, seed};
            struct aw_breathing_result out = run(&r, 0, 65, NULL);
            CHECK_INT(out.reason, AW_REASON_NONE);
            CHECK_NEAR(out.rate_bpm, rates[k](0), 0.3);
            CHECK(out.confidence > 0.93F && out.confidence <= 1);
            CHECK(!out.apnoea);
        }
    }
}

static unsigned said, seconds;
static void count(double t, const struct aw_breathing_result *out) {
    (void)t;
    seconds++;
    said += out->reason == AW_REASON_NONE;
    CHECK(isnan(out->rate_bpm) == (out->reason != AW_REASON_NONE));
    CHECK(out->confidence >= 0 && out->confidence <= 1);
}

/* 20 minutes of drift and noise without a breath: fewer than 1 % of the seconds get a rate. */
static void refuses_noise(void) {
    said = seconds = 0;
    for (uint64_t seed = 20; seed < 30; seed++) {
        fresh();
        struct room r = {none, 0, 0.02, 0.03, 20, seed};
        run(&r, 0, 120, count);
    }
    CHECK(seconds > 1100);
    CHECK(said <= seconds / 100);
}

static double relocked;
static void watch_step(double t, const struct aw_breathing_result *out) {
    if (t > 120 && relocked == 0 && fabsf(out->rate_bpm - 19) <= 1) relocked = t - 120;
}

static void follows_a_step(void) {
    fresh();
    phase = 0;
    struct room r = {twelve_then_nineteen, 0.01, 0.03, 0.01, 20, 5};
    relocked = 0;
    run(&r, 0, 170, watch_step);
    CHECK(relocked > 0 && relocked <= 45);
}

static double lost_at;
static void watch_loss(double t, const struct aw_breathing_result *out) {
    if (t < 90) CHECK(!out->apnoea);
    if (out->apnoea && lost_at == 0) lost_at = t;
}

static void notices_apnoea(void) {
    fresh();
    struct room r = {stops, 0.03, 0.005, 0, 20, 6};
    lost_at = 0;
    run(&r, 0, 115, watch_loss);
    CHECK(lost_at >= 97 && lost_at <= 105);
}

static void reasons(void) {
    struct aw_breathing_result out;
    struct room r = {fifteen, 0.02, 0.02, 0, 20, 7};
    fresh();
    aw_breathing_read(&block, S, false, &out);
    CHECK_INT(out.reason, AW_REASON_NO_FRAMES);
    out = run(&r, 0, 25, NULL);
    CHECK_INT(out.reason, AW_REASON_WARMING_UP);
    out = run(&r, 25, 50, NULL);
    CHECK_INT(out.reason, AW_REASON_NONE);
    aw_breathing_read(&block, 50 * S, true, &out);
    CHECK_INT(out.reason, AW_REASON_MOVING);
    aw_breathing_read(&block, 52 * S, false, &out); /* held for 3 s */
    CHECK_INT(out.reason, AW_REASON_MOVING);
    aw_breathing_read(&block, 60 * S, false, &out);
    CHECK_INT(out.reason, AW_REASON_NO_FRAMES);
    out = run(&r, 60, 65, NULL); /* after a gap of 10 s everything starts again */
    CHECK_INT(out.reason, AW_REASON_WARMING_UP);

    fresh();
    r.rate_hz = 1;
    out = run(&r, 0, 60, NULL);
    CHECK_INT(out.reason, AW_REASON_RATE_TOO_LOW);

    fresh();
    struct room still = {none, 0, 0, 0, 20, 8};
    out = run(&still, 0, 60, NULL);
    CHECK_INT(out.reason, AW_REASON_NO_SIGNAL);
}

/* A bridged gap of 1.5 s, and reset = fresh. */
static void gap_and_reset(void) {
    fresh();
    struct room r = {fifteen, 0.02, 0.02, 0, 20, 9};
    run(&r, 0, 40, NULL);
    phase += 1.5 * 0.25;
    struct aw_breathing_result out = run(&r, 41.5, 65, NULL);
    CHECK_INT(out.reason, AW_REASON_NONE);
    CHECK_NEAR(out.rate_bpm, 15, 0.3);
    aw_breathing_reset(&block);
    out = run(&r, 65, 90, NULL);
    CHECK_INT(out.reason, AW_REASON_WARMING_UP);
}

/* The fine spectrum peaks at the rate said, and so does the wave; before there is one, a reason. */
static void shows_what_it_rests_on(void) {
    static struct aw_breathing_evidence e;
    struct room r = {fifteen, 0.02, 0.02, 0, 20, 10};
    fresh();
    aw_breathing_evidence(&block, &e);
    CHECK_INT(e.coarse_reason, AW_REASON_WARMING_UP);
    run(&r, 0, 20, NULL);
    aw_breathing_evidence(&block, &e);
    CHECK_INT(e.coarse_reason, AW_REASON_NONE);
    CHECK_INT(e.fine_reason, AW_REASON_WARMING_UP);
    CHECK_INT(e.wave_reason, AW_REASON_WARMING_UP);
    CHECK_INT(e.groups, 0);
    struct aw_breathing_result out = run(&r, 20, 70, NULL);
    aw_breathing_evidence(&block, &e);
    CHECK_INT(e.fine_reason, AW_REASON_NONE);
    CHECK(e.fine_s == 60 && e.wave_hz == 5);
    CHECK_INT(e.groups, AW_BREATHING_GROUPS);
    size_t top = 1;
    for (size_t i = 1; i + 1 < AW_BREATHING_POINTS; i++)
        if (e.fine[i] > e.fine[top]) top = i;
    CHECK_NEAR(e.first_bpm + e.step_bpm * (float)top, out.rate_bpm, 0.3);
    CHECK(e.fine[top] > 5);
    double end_s = (double)e.wave_end_ns * 1e-9, re = 0, im = 0, square = 0, weights = 0;
    CHECK(end_s > 69 && end_s <= 70.05);
    for (size_t i = 0; i < AW_BREATHING_WAVE; i++) {
        double turn = 2 * PI * 0.25 * (double)i / 5, v = (double)e.wave[i];
        re += v * cos(turn);
        im += v * sin(turn);
        square += v * v;
    }
    CHECK_NEAR(square / AW_BREATHING_WAVE, 1, 1e-3);
    CHECK(2 * (re * re + im * im) / AW_BREATHING_WAVE / square > 0.85); /* of its power */
    for (size_t g = 0; g < e.groups; g++)
        weights += (double)(e.group[g].weight * e.group[g].weight);
    CHECK_NEAR(weights, 1, 1e-3);
    aw_breathing_reset(&block);
    aw_breathing_evidence(&block, &e);
    CHECK_INT(e.fine_reason, AW_REASON_WARMING_UP);
}

static void refuses(void) {
    struct aw_arena a;
    struct aw_breathing_config c;
    aw_breathing_config_default(&c);
#define REFUSED(field, value)                                                                      \
    do {                                                                                           \
        struct aw_breathing_config bad = c;                                                        \
        bad.field = value;                                                                         \
        aw_arena_init(&a, memory, sizeof memory);                                                  \
        CHECK_INT(aw_breathing_init(&block, &a, &bases, &bad), AW_ERR_INVAL);                      \
    } while (0)
    REFUSED(max_n, 0);
    REFUSED(max_n, 4097);
    REFUSED(publish, -0.1F);
    REFUSED(publish, 1.1F);
    REFUSED(publish, NAN);
    REFUSED(hold_s, -1);
    REFUSED(hold_s, NAN);
    aw_arena_init(&a, NULL, 0);
    CHECK_INT(aw_breathing_init(&block, &a, &bases, &c), AW_ERR_NOMEM);
    struct aw_breathing_bases b;
    aw_arena_init(&a, NULL, 0);
    CHECK_INT(aw_breathing_bases_init(&b, &a), AW_ERR_NOMEM);
}

int main(void) {
    struct aw_arena a;
    aw_arena_init(&a, shared_memory, sizeof shared_memory);
    CHECK_INT(aw_breathing_bases_init(&bases, &a), AW_OK);
    finds();
    refuses_noise();
    follows_a_step();
    notices_apnoea();
    reasons();
    gap_and_reset();
    shows_what_it_rests_on();
    refuses();
    return test_end();
}
