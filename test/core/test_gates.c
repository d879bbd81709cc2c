/* What a link does not say although a block of it would: a fall where nothing moved, a heart while
 * somebody's motion is in its window. */
#include "base/units.h"
#include "noise.h"
#include "sense/amplitude.h"
#include "sense/fall.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "test.h"

enum { SUB = 48, RATE_HZ = 100, FIRST_S = 30, BURST_MS = 1200, SECONDS = 40 };

/* Frame n: a still room; for 1.2 s the values of every frame are shaken anew (interference). */
static void shaken(struct aw_frame *f, uint64_t n) {
    int64_t ms = (int64_t)n * 1000 / RATE_HZ;
    bool burst = ms >= FIRST_S * 1000 && ms < FIRST_S * 1000 + BURST_MS;
    for (unsigned i = 0; i < SUB; i++) {
        double level = 30 + 5 * cos(0.3 * i) + (burst ? 6 : 0.2) * noise_gauss(i, n);
        f->iq[2 * i] = (float)level;
    }
    f->t_ns = (int64_t)n * AW_S / RATE_HZ;
}

static struct aw_frame empty_frame(void) {
    static float iq[2 * SUB];
    static int16_t k[SUB];
    static uint8_t kind[SUB];
    for (int i = 0; i < SUB; i++) k[i] = (int16_t)(i - SUB / 2);
    return (struct aw_frame){.format = AW_FORMAT_AWK1,
                             .chip = "",
                             .t_kind = AW_TIME_HOST,
                             .node = 1,
                             .tx = 2,
                             .seq = -1,
                             .rssi_dbm = {NAN, NAN, NAN, NAN},
                             .noise_dbm = NAN,
                             .agc_db = NAN,
                             .n_rx = 1,
                             .n_tx = 1,
                             .n_sub = SUB,
                             .spacing_hz = 312500,
                             .k = k,
                             .kind = kind,
                             .iq = iq,
                             .iq_cap = SUB};
}

static struct aw_session *session(void) {
    struct aw_config config;
    struct aw_session *s;
    aw_config_default(&config);
    config.max_links = 1;
    CHECK_INT(aw_session_create(&config, &s), AW_OK);
    return s;
}

/* The burst and the stillness after it are a fall to the block, but nothing moved smoothly. */
static void fall_without_motion(void) {
    static unsigned char memory[2][1 << 17];
    struct aw_frame f = empty_frame();
    struct aw_amplitude_config config;
    struct aw_amplitude amplitude;
    struct aw_fall fall;
    struct aw_arena a;
    aw_arena_init(&a, memory[0], sizeof memory[0]);
    aw_amplitude_config_default(&config);
    CHECK_INT(aw_amplitude_init(&amplitude, &a, &config), AW_OK);
    aw_arena_init(&a, memory[1], sizeof memory[1]);
    CHECK_INT(aw_fall_init(&fall, &a), AW_OK);
    struct aw_session *s = session();
    struct aw_update u;
    int fallen = 0, told = 0, moving = 0, seconds = 0;
    for (uint64_t n = 0; n < SECONDS * RATE_HZ; n++) {
        struct aw_amplitude_row row;
        shaken(&f, n);
        if (aw_amplitude_push(&amplitude, &f, &row))
            aw_fall_push(&fall, f.t_ns, row.group, row.n_group);
        fallen += aw_fall_read(&fall);
        CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_OK);
        while (aw_session_poll(s, &u)) {
            seconds++;
            told += u.fall;
            moving += u.state == AW_STATE_MOVING;
        }
    }
    CHECK(seconds >= SECONDS - 2);
    CHECK_INT(fallen, 1);
    CHECK_INT(moving, 0);
    CHECK_INT(told, 0);
    aw_session_destroy(s);
}

/* Plays a simulated room; calls second() for every update. */
static void play(struct aw_sim_config *c, void (*second)(const struct aw_update *, double)) {
    static struct aw_sim sim;
    static float iq[4 * AW_SIM_MAX_VALUES];
    struct aw_frame f = {.iq = iq, .iq_cap = 2 * AW_SIM_MAX_VALUES};
    struct aw_arena a;
    struct aw_update u;
    void *memory = malloc(AW_SIM_ARENA_BYTES);
    aw_arena_init(&a, memory, AW_SIM_ARENA_BYTES);
    CHECK_INT(aw_sim_init(&sim, &a, c), AW_OK);
    struct aw_session *s = session();
    while (aw_sim_next(&sim, &f) == 1) {
        (void)aw_session_push_frame(s, &f, NULL);
        while (aw_session_poll(s, &u)) second(&u, (double)(u.t_ns - c->start_ns) * 1e-9);
    }
    aw_session_destroy(s);
    free(memory);
}

static int falls_;
static void count_falls(const struct aw_update *u, double t_s) {
    (void)t_s;
    falls_ += u->fall;
}

static void fall_with_motion(void) {
    struct aw_sim_config c;
    CHECK_INT(aw_sim_config_scenario(&c, "fall", AW_SIM_ESP32, 1), AW_OK);
    c.rate_hz = 100;
    c.seconds = 30;
    play(&c, count_falls);
    CHECK_INT(falls_, 1);
}

static double moved_s_, heart_s_ = INFINITY;
static void first_heart(const struct aw_update *u, double t_s) {
    if (u->motion.value > u->motion_threshold && isnan(u->breathing_bpm.value)) moved_s_ = t_s;
    if (u->heart_bpm.reason == AW_REASON_NONE && t_s < heart_s_) heart_s_ = t_s;
}

/* Somebody walks to the seat and sits: no heart until the walk has left its 60 s. */
static void heart_after_motion(void) {
    struct aw_sim_config c;
    CHECK_INT(aw_sim_config_scenario(&c, "still", AW_SIM_INTEL5300, 3), AW_OK);
    struct aw_sim_person *p = &c.person[0];
    p->step[0] = (struct aw_sim_step){.act = AW_SIM_WALK, .value = 1, .x_m = 1, .y_m = 2.5};
    p->step[1] = (struct aw_sim_step){.act = AW_SIM_WALK, .value = 1, .x_m = 3, .y_m = 1.3};
    p->step[2] = (struct aw_sim_step){.act = AW_SIM_SIT, .value = 1};
    p->n_steps = 3;
    p->chest_m = 0.002;
    p->heart_m = 0.0005;
    p->heart_wander_bpm = 0;
    p->sway_m = 0;
    c.n_rx = 2;
    c.rate_hz = 50;
    c.seconds = 110;
    c.echo_point = c.echo_fixed = true;
    c.echo_db = -16;
    c.impair.snr_db = 35;
    play(&c, first_heart);
    CHECK(moved_s_ > 3);
    CHECK(isfinite(heart_s_));
    CHECK(heart_s_ >= 60 + moved_s_ - 0.5); /* what moved has left */
}

int main(void) {
    fall_without_motion();
    fall_with_motion();
    heart_after_motion();
    return test_end();
}
