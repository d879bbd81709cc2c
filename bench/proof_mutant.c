#include "proof.h"

#include "base/units.h"
#include "sim/rng.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static uint32_t size_of(const struct aw_frame *f) {
    return (uint32_t)f->n_rx * f->n_tx * f->n_sub;
}

static void scale(struct aw_frame *f, uint32_t i, double by) {
    f->iq[2 * (size_t)i] *= (float)by;
    f->iq[2 * (size_t)i + 1] *= (float)by;
}

static double since_s(const struct proof_mutant_state *s, const struct aw_frame *f) {
    int64_t t_ns = f->t_kind == AW_TIME_NONE ? f->t_arrival_ns : f->t_ns;
    return (double)(t_ns - s->first_ns) * 1e-9;
}

static int gain_step(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    if (since_s(s, f) > seconds / 2)
        for (uint32_t i = 0; i < size_of(f); i++) scale(f, i, 2);
    return 1;
}

static int slow_clock(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)seconds;
    int64_t more = (int64_t)(since_s(s, f) * 0.1e9);
    f->t_ns += more;
    if (f->t_arrival_ns) f->t_arrival_ns += more; /* 0 is unknown */
    return 1;
}

static int conjugate(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)s;
    (void)seconds;
    for (uint32_t i = 0; i < size_of(f); i++) f->iq[2 * (size_t)i + 1] *= -1;
    return 1;
}

static int rotate(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)seconds;
    double c = cos((double)s->n), d = sin((double)s->n);
    for (uint32_t i = 0; i < size_of(f); i++) {
        float *z = f->iq + 2 * (size_t)i, re = z[0];
        z[0] = (float)(re * c - z[1] * d);
        z[1] = (float)(re * d + z[1] * c);
    }
    return 1;
}

static int mute(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)s;
    (void)seconds;
    return f->node != 2;
}

static int noise(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)seconds;
    struct aw_rng r;
    aw_rng_init(&r, 77, 1, s->n);
    for (uint32_t i = 0; i < size_of(f); i++) scale(f, i, exp(0.5 * aw_rng_normal(&r)));
    return 1;
}

static int freeze(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)seconds;
    uint32_t n = size_of(f);
    if (s->kept_n != n) {
        memcpy(s->kept, f->iq, sizeof *f->iq * 2 * n);
        s->kept_n = n;
    }
    struct aw_rng r; /* a still link has noise: 1 % */
    aw_rng_init(&r, 78, 1, s->n);
    for (uint32_t i = 0; i < 2 * n; i++)
        f->iq[i] = s->kept[i] * (float)(1 + 0.01 * aw_rng_normal(&r));
    return 1;
}

static int shake(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)seconds;
    double t_s = since_s(s, f);
    for (uint32_t i = 0; i < size_of(f); i++)
        scale(f, i, 1 + 0.1 * sin(2 * pi * 4 * t_s + 0.3 * i + 2 * sin(3 * t_s)));
    return 1;
}

static int drop(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)f;
    (void)seconds;
    return s->n % 2 == 0;
}

static int repeat(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)f;
    (void)seconds;
    return s->n % 100 == 99 ? 2 : 1;
}

static int blank(struct proof_mutant_state *s, struct aw_frame *f, double seconds) {
    (void)s;
    (void)seconds;
    for (uint32_t i = 0; i < size_of(f); i++)
        if (i % f->n_sub % 4 == 1) scale(f, i, 0);
    return 1;
}

#define T(name, figure)                                                                            \
    { "sim/" name, PROOF_##figure }

const struct proof_mutant proof_mutants[] = {
    {"gain-step", "all values doubled in the second half", gain_step,
     .fails = {T("walk", LEVEL), T("empty", LEVEL)},
     .holds = {T("walk", MISSED), T("walk", MOVING), T("walk", RATE), T("empty", FALSE)}},
    {"slow-clock", "times stretched by 1.1", slow_clock,
     .fails = {T("walk", RATE), T("still", RATE), T("still", SECONDS), T("still", BREATHING),
               T("still", BREATHING_ERROR)},
     .holds = {T("still", FRAMES), T("still", LEVEL)}},
    {"conjugate", "the sense of all phases turned", conjugate,
     .fails = {T("still", SLOPE), T("still-intel", SLOPE), T("walk-nexmon", SLOPE)},
     .holds = {T("still", LEVEL), T("still", MOTION), T("still", FALSE), T("still", BREATHING)}},
    {"rotate", "another common phase in each frame", rotate,
     .holds = {T("still", SLOPE), T("still", LEVEL), T("still", MOTION), T("still", BREATHING),
               T("still-intel", BREATHING), T("still-intel", SLOPE)}},
    {"mute", "the second of two nodes is silent", mute,
     .fails = {T("visit", FRAMES), T("visit", LINKS), T("visit", SECONDS),
               T("visit", ROOM_SECONDS)},
     .holds = {T("visit", REFUSED), T("visit", RATE)}},
    {"noise", "amplitudes times exp(0.5 normal)", noise,
     .fails = {T("walk", MOTION), T("walk", MISSED), T("still", BREATHING_SHARE), T("still", STILL),
               T("walk", LEVEL)},
     .holds = {T("walk", FRAMES), T("walk", LIVE), T("empty", FALSE)}},
    {"freeze", "the first frame again and again, 1 % noise", freeze,
     .fails = {T("walk", MOTION), T("walk", MOTION_MAX), T("walk", MOVING), T("walk", MISSED),
               T("still", BREATHING_SHARE)},
     .holds = {T("walk", FRAMES), T("walk", RATE), T("fall", FRAMES), T("visit", FRAMES)}},
    {"shake", "amplitudes wobble by 10 % at 4 Hz", shake,
     .fails = {T("empty", FALSE), T("empty", MOVING), T("empty", MOTION), T("still", FALSE),
               T("still", BREATHING_SHARE)},
     .holds = {T("empty", FRAMES), T("empty", LIVE)}},
    {"drop", "every other frame is missing", drop,
     .fails = {T("walk", FRAMES), T("walk", RATE), T("empty", RATE)},
     .holds = {T("walk", LIVE), T("walk", MISSED), T("empty", FALSE), T("still", BREATHING)}},
    {"repeat", "every hundredth frame comes twice", repeat, .fails = {T("walk", REFUSED)},
     .holds = {T("walk", FRAMES), T("walk", MOTION), T("walk", MISSED)}},
    {"blank", "every fourth subcarrier is zero", blank,
     .fails = {T("walk", LIVE), T("empty", LIVE), T("still-intel", LIVE)},
     .holds = {T("walk", FRAMES), T("walk", MISSED), T("empty", FALSE)}},
};
const size_t proof_mutant_count = sizeof proof_mutants / sizeof *proof_mutants;
