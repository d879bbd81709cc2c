#include "sim_rooms.h"

#include "base/units.h"
#include "core/clock.h"
#include "sense/breathing.h"
#include "sense/chest.h"
#include "sense/motion.h"
#include "sim/scenario.h"
#include "sim/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sim_radio sim_radio_usual(double rate_hz) {
    return (struct sim_radio){
        .rate_hz = rate_hz, .snr_db = 30, .agc = 0.03, .loss = 0.005, .loss_burst = 2};
}

struct sim_radio sim_radio_poor(double rate_hz) {
    struct sim_radio r = sim_radio_usual(rate_hz);
    r.snr_db = 25;
    r.agc = 0.05;
    return r;
}

struct sim_radio sim_radio_rough(double rate_hz) {
    struct sim_radio r = sim_radio_poor(rate_hz);
    r.agc_step_db = 3;
    r.agc_step_hz = 0.1;
    r.loss = 0.05;
    r.loss_burst = 10;
    return r;
}

void sim_radio_apply(struct aw_sim_config *c, const struct sim_radio *radio) {
    c->rate_hz = radio->rate_hz;
    c->impair.snr_db = radio->snr_db;
    c->impair.agc = radio->agc;
    c->impair.agc_step_db = radio->agc_step_db;
    c->impair.agc_step_hz = radio->agc_step_hz;
    c->impair.loss = radio->loss;
    c->impair.loss_burst = radio->loss_burst;
}

/* ---- A room, its session, and the breathing block beside it ------------------------------------
 * The session publishes or refuses; what it would have said it keeps to itself, hence the same
 * blocks once more. */

struct sensing {
    struct aw_breathing_bases bases;
    struct aw_amplitude amplitude;
    struct aw_motion motion;
    struct aw_chest chest;
    struct aw_breathing breathing;
};

struct room {
    struct aw_sim_config config;
    struct aw_sim sim;
    struct aw_session *session;
    bool with_candidate;
    struct sensing sensing;
    float iq[2 * 2 * AW_SIM_MAX_VALUES];
    unsigned char sim_memory[AW_SIM_ARENA_BYTES];
    unsigned char sensing_memory[1 << 20];
};

static bool sensing_init(struct room *r) {
    struct sensing *s = &r->sensing;
    struct aw_arena a;
    struct aw_amplitude_config amplitude;
    struct aw_motion_config motion;
    struct aw_breathing_config breathing;
    aw_arena_init(&a, r->sensing_memory, sizeof r->sensing_memory);
    aw_amplitude_config_default(&amplitude);
    aw_motion_config_default(&motion);
    aw_breathing_config_default(&breathing);
    breathing.max_n = AW_CHEST_MAX;
    return aw_breathing_bases_init(&s->bases, &a) == AW_OK &&
           aw_amplitude_init(&s->amplitude, &a, &amplitude) == AW_OK &&
           aw_motion_init(&s->motion, &a, &motion) == AW_OK &&
           aw_chest_init(&s->chest, &a, amplitude.max_bins) == AW_OK &&
           aw_breathing_init(&s->breathing, &a, &s->bases, &breathing) == AW_OK;
}

static void sensing_push(struct sensing *s, const struct aw_frame *f) {
    struct aw_amplitude_row row;
    struct aw_chest_row chest;
    if (!aw_amplitude_push(&s->amplitude, f, &row)) return;
    if (row.fresh) aw_motion_break(&s->motion);
    aw_motion_push_frame(&s->motion, f->t_ns, &s->amplitude, &row);
    if (!aw_chest_push(&s->chest, &s->amplitude, f, &chest)) return;
    if (chest.fresh) aw_breathing_reset(&s->breathing);
    aw_breathing_push(&s->breathing, f->t_ns, chest.value, chest.n, chest.level);
}

static double sensing_candidate(struct sensing *s, int64_t t_ns) {
    struct aw_motion_result motion;
    struct aw_breathing_result breathing;
    aw_motion_read(&s->motion, t_ns, &motion);
    aw_breathing_read(&s->breathing, t_ns, motion.moving, &breathing);
    return (double)breathing.candidate_bpm;
}

/* A room with the people of a scenario; NULL when out of memory. */
static struct room *room_create_of(enum aw_sim_hw hw, const char *scenario, uint64_t seed,
                                   const struct sim_radio *radio) {
    struct room *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    struct aw_sim_config *c = &r->config;
    if (aw_sim_config_scenario(c, scenario, hw, seed) != AW_OK) abort();
    aw_sim_config_shuffle(c, seed);
    sim_radio_apply(c, radio);
    return r;
}

static struct room *room_create(const char *scenario, uint64_t seed,
                                const struct sim_radio *radio) {
    return room_create_of(AW_SIM_ESP32, scenario, seed, radio);
}

static void room_destroy(struct room *r) {
    aw_session_destroy(r->session);
    free(r);
}

/* Called for each second: what the session said, and the candidate (NAN without). */
typedef void (*on_second)(void *user, const struct room *r, double t_s, const struct aw_update *u,
                          double candidate_bpm);

static void told(struct room *r, on_second call, void *user) {
    struct aw_update u;
    while (aw_session_poll(r->session, &u)) {
        double t_s = (double)(u.t_ns - r->config.start_ns) * 1e-9;
        double candidate = r->with_candidate ? sensing_candidate(&r->sensing, u.t_ns) : NAN;
        call(user, r, t_s, &u, candidate);
    }
}

/* Plays the room and destroys it. */
static bool room_play(struct room *r, on_second call, void *user) {
    struct aw_config config;
    struct aw_arena a;
    struct aw_frame f = {.iq = r->iq, .iq_cap = 2 * AW_SIM_MAX_VALUES};
    aw_config_default(&config);
    config.max_links = 1;
    aw_arena_init(&a, r->sim_memory, sizeof r->sim_memory);
    bool ok = aw_sim_init(&r->sim, &a, &r->config) == AW_OK &&
              aw_session_create(&config, &r->session) == AW_OK && sensing_init(r);
    int got = 0;
    while (ok && (got = aw_sim_next(&r->sim, &f)) > 0) {
        /* a second that this frame closes does not know it yet */
        aw_session_advance(r->session, f.t_ns);
        told(r, call, user);
        if (aw_session_push_frame(r->session, &f, NULL) == AW_OK && r->with_candidate)
            sensing_push(&r->sensing, &f);
    }
    if (ok) {
        aw_session_advance(r->session,
                           r->config.start_ns + (int64_t)(r->config.seconds * 1e9) + AW_S / 2);
        told(r, call, user);
    }
    room_destroy(r);
    return ok && got == 0;
}

static bool right(double bpm, double truth_bpm) {
    return fabs(bpm - truth_bpm) <= 1; /* NAN is not */
}

static void set_chest(struct room *r, const struct sim_chest *chest) {
    r->config.person[0].chest_m = chest->chest_m;
    r->config.echo_point = r->config.echo_fixed = chest->point;
    r->config.echo_db = chest->echo_db;
}

/* ---- Breathing ------------------------------------------------------------------------------- */

static void breathing_second(void *user, const struct room *r, double t_s,
                             const struct aw_update *u, double candidate_bpm) {
    struct sim_breathing *b = user;
    if (t_s > r->config.seconds + 0.5) return;
    b->candidate_bpm = candidate_bpm;
    b->published_bpm = (double)u->breathing_bpm.value;
    b->reason = u->breathing_bpm.reason;
    if (t_s < r->config.seconds - 30.5) return;
    b->seconds++;
    b->moving += u->state == AW_STATE_MOVING;
    if (u->breathing_bpm.reason != AW_REASON_NONE) return;
    b->published++;
    b->published_right += right(b->published_bpm, b->truth_bpm);
}

bool sim_room_breathing(uint64_t seed, const struct sim_radio *radio, const struct sim_chest *chest,
                        struct sim_breathing *out) {
    struct room *r = room_create("still", seed, radio);
    if (!r) return false;
    double turn = 0.6180339887498949 * (double)seed; /* golden steps */
    *out = (struct sim_breathing){
        .truth_bpm = 8 + 20 * (turn - floor(turn)), .candidate_bpm = NAN, .published_bpm = NAN};
    set_chest(r, chest);
    r->config.person[0].breath[0].bpm = out->truth_bpm;
    r->with_candidate = true;
    return room_play(r, breathing_second, out);
}

/* ---- Heart ---- */

struct heart_sum {
    struct sim_heart *out;
    double sum_bpm;
    int n;
};

static void heart_second(void *user, const struct room *r, double t_s, const struct aw_update *u,
                         double candidate_bpm) {
    struct heart_sum *h = user;
    struct aw_sim_truth truth;
    (void)candidate_bpm;
    if (t_s > r->config.seconds + 0.5) return;
    aw_sim_truth(&r->sim, u->t_ns, &truth);
    if (t_s > r->config.seconds - 60) {
        h->sum_bpm += truth.person[0].heart_bpm;
        h->n++;
    }
    h->out->truth_bpm = h->n ? h->sum_bpm / h->n : NAN;
    h->out->published_bpm = (double)u->heart_bpm.value;
    h->out->reason = u->heart_bpm.reason;
    h->out->breathing_bpm = (double)u->breathing_bpm.value;
}

bool sim_room_heart(uint64_t seed, const struct sim_radio *radio, double heart_m, double wander_bpm,
                    struct sim_heart *out) {
    struct room *r = room_create_of(AW_SIM_INTEL5300, "still", seed, radio);
    if (!r) return false;
    double breath = 0.6180339887498949 * (double)seed, heart = 0.7548776662466927 * (double)seed;
    *out = (struct sim_heart){.breathing_truth_bpm = 10 + 10 * (breath - floor(breath))};
    set_chest(r, &(struct sim_chest){0.002, true, -16});
    struct aw_sim_person *p = &r->config.person[0];
    p->breath[0].bpm = out->breathing_truth_bpm;
    p->heart_m = heart_m;
    p->heart_wander_bpm = wander_bpm;
    p->heart_bpm = 55 + 40 * (heart - floor(heart));
    r->config.n_rx = 2;
    r->config.seconds = 120;
    struct heart_sum sum = {.out = out};
    return room_play(r, heart_second, &sum);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

enum { IN_A_ROW = 5 };

struct relock {
    struct sim_relock *out;
    int row[2][2]; /* [candidate, published][step] right in a row so far */
};

static void relock_second(void *user, const struct room *r, double t_s, const struct aw_update *u,
                          double candidate_bpm) {
    static const double step_s[2] = {121, 241}, until_s[2] = {240, 360};
    static const double truth_bpm[2] = {20, 15};
    struct relock *k = user;
    (void)r;
    double said[2] = {candidate_bpm, (double)u->breathing_bpm.value};
    for (int step = 0; step < 2; step++) {
        if (t_s < step_s[step] || t_s > until_s[step]) continue;
        for (int kind = 0; kind < 2; kind++) {
            double *lock_s = kind ? &k->out->published_s[step] : &k->out->candidate_s[step];
            if (isfinite(*lock_s)) continue;
            int *row = &k->row[kind][step];
            *row = right(said[kind], truth_bpm[step]) ? *row + 1 : 0;
            if (*row == IN_A_ROW) *lock_s = t_s - (IN_A_ROW - 1) - step_s[step];
        }
    }
    if (t_s < 60 || u->breathing_bpm.reason != AW_REASON_NONE) return;
    double now_bpm = t_s < 120 ? 12 : t_s < 240 ? 20 : 15;
    k->out->published++;
    k->out->wrong += !right(said[1], now_bpm);
}

bool sim_room_relock(uint64_t seed, const struct sim_radio *radio, const struct sim_chest *chest,
                     struct sim_relock *out) {
    struct room *r = room_create("step", seed, radio);
    if (!r) return false;
    *out = (struct sim_relock){.candidate_s = {INFINITY, INFINITY},
                               .published_s = {INFINITY, INFINITY}};
    struct relock k = {.out = out};
    set_chest(r, chest);
    r->with_candidate = true;
    return room_play(r, relock_second, &k);
}

/* ---- Motion ---------------------------------------------------------------------------------- */

static const double FIRST_S = 5;

static void count(struct sim_motion *m, const struct aw_update *u) {
    m->breathing += u->breathing_bpm.reason == AW_REASON_NONE;
    m->falls += u->fall;
    if (u->motion.reason != AW_REASON_NONE) {
        m->unread++;
        return;
    }
    m->decisions++;
    m->above += u->motion.value > u->motion_threshold;
    m->moving += u->state == AW_STATE_MOVING;
}

static void still_second(void *user, const struct room *r, double t_s, const struct aw_update *u,
                         double candidate_bpm) {
    (void)r;
    (void)candidate_bpm;
    if (t_s >= FIRST_S && t_s <= r->config.seconds) count(user, u);
}

bool sim_room_empty(uint64_t seed, const struct sim_radio *radio, double seconds,
                    struct sim_motion *out) {
    struct room *r = room_create("empty", seed, radio);
    if (!r) return false;
    *out = (struct sim_motion){0};
    r->config.seconds = seconds;
    return room_play(r, still_second, out);
}

bool sim_room_sitting(uint64_t seed, const struct sim_radio *radio, double chest_m, double seconds,
                      struct sim_motion *out) {
    struct room *r = room_create("still", seed, radio);
    if (!r) return false;
    *out = (struct sim_motion){0};
    r->config.seconds = seconds;
    r->config.person[0].chest_m = chest_m;
    return room_play(r, still_second, out);
}

static void walker_second(void *user, const struct room *r, double t_s, const struct aw_update *u,
                          double candidate_bpm) {
    struct aw_sim_truth truth;
    (void)candidate_bpm;
    if (t_s < FIRST_S || t_s > r->config.seconds) return;
    for (int back = 0; back <= 16; back++) {
        aw_sim_truth(&r->sim, u->t_ns - back * AW_S / 4, &truth);
        if (!truth.person[0].moving) return;
    }
    count(user, u);
}

static void stay_out(struct aw_sim_person *p, double seconds) {
    memmove(p->step + 1, p->step, p->n_steps++ * sizeof *p->step);
    p->step[0] = (struct aw_sim_step){.act = AW_SIM_OUT, .value = seconds};
}

bool sim_room_walker(uint64_t seed, const struct sim_radio *radio, double empty_s, bool fixed,
                     double echo_db, struct sim_motion *out) {
    struct room *r = room_create("walk", seed, radio);
    if (!r) return false;
    *out = (struct sim_motion){0};
    r->config.seconds = empty_s + 45;
    if (empty_s > 0) stay_out(&r->config.person[0], empty_s);
    r->config.echo_fixed = fixed;
    r->config.echo_db = echo_db;
    return room_play(r, walker_second, out);
}
