#include "noise.h"
#include "rivals.h"
#include "test.h"

#include <complex.h>

enum { SUB = 52, MAX_RX = 3 };
static const double pi = 3.14159265358979323846;

/* What a synthetic link does; amplitudes have a mean of 10 and a fixed shape over subcarriers. */
struct scene {
    double fs_hz, noise, gain_steps; /* std per value; factor 1 + this in every other second */
    double walk;                     /* fading of several Hz, different per subcarrier */
    double chest_bpm, chest;         /* a common and in-phase wave */
    double alternate;                /* 1: the chest's sign alternates over subcarriers */
    uint16_t n_rx;
    uint64_t seed;
};

static void make(const struct scene *s, uint64_t i, struct rival_values *v, struct rival_row *row) {
    double t = (double)i / s->fs_hz;
    double gain = (uint64_t)t % 2 ? 1 + s->gain_steps : 1;
    for (uint64_t k = 0; k < (uint64_t)SUB * s->n_rx; k++) {
        double shape =
            10 + 3 * sin(0.37 * (double)(k % SUB) + 2.1 * (double)(k / SUB) + (double)s->seed);
        double walk = sin(2 * pi * 5.3 * t + 1.7 * (double)k + 2 * sin(5 * t + (double)k));
        double sign = s->alternate > 0 && k % 2 ? -1 : 1;
        double chest = sign * sin(2 * pi * s->chest_bpm / 60 * t);
        v->amplitude[k] = (float)(gain * (shape + s->walk * walk + s->chest * chest +
                                          s->noise * noise_gauss(s->seed * 1000 + k, i)));
        v->phase[k] = (float)(2 * pi * noise_uniform(s->seed + k, 7) - pi);
    }
    *row = (struct rival_row){.t_ns = (int64_t)(t * 1e9),
                              .n_rx = s->n_rx,
                              .n_sub = SUB,
                              .amplitude = v->amplitude,
                              .phase = v->phase};
}

static struct rival_values values;

struct scores {
    double turbulence, lag1, cv;
};

static struct scores motion_of(struct scene s, bool relative) {
    struct rival_turbulence turbulence;
    struct rival_spread spread;
    struct rival_row row;
    CHECK_INT(rival_turbulence_init(&turbulence, 50, s.fs_hz, relative), AW_OK);
    CHECK_INT(rival_spread_init(&spread, 4, relative), AW_OK);
    for (uint64_t i = 0; i < 1000; i++) {
        make(&s, i, &values, &row);
        rival_turbulence_push(&turbulence, &row);
        rival_spread_push(&spread, &row);
    }
    struct scores out = {rival_turbulence_read(&turbulence), rival_lag1_read(&spread, row.t_ns),
                         rival_cv_read(&spread, row.t_ns)};
    rival_spread_free(&spread);
    return out;
}

static void motion(void) {
    const struct scene quiet = {.fs_hz = 100, .noise = 0.3, .n_rx = 1, .seed = 1};
    struct scene walk = quiet, agc = quiet;
    walk.walk = 1;
    agc.gain_steps = 0.3;
    struct scores q = motion_of(quiet, false), w = motion_of(walk, false);
    CHECK_NEAR(q.lag1, -1.0 / 400, 0.02); /* of noise: -1/T +- 1/sqrt(T F) */
    CHECK_NEAR(q.cv, 0.03, 0.004);        /* noise / mean */
    CHECK_NEAR(w.cv, sqrt(0.5 + 0.09) / 10, 0.012);
    CHECK_NEAR(w.lag1, (0.5 * 0.93) / 0.59, 0.08); /* the moving share of the variance */
    /* variance of a std of 12 values about their own spread: a fraction of noise^2 */
    CHECK(q.turbulence > 0.001 && q.turbulence < 0.09 / 12);
    CHECK(w.turbulence > 3 * q.turbulence);

    struct scores raw = motion_of(agc, false), relative = motion_of(agc, true);
    CHECK(raw.cv > 3 * q.cv && raw.lag1 > 0.8); /* a gain step looks like motion */
    CHECK_NEAR(relative.cv, q.cv, 0.005);
    CHECK_NEAR(relative.lag1, 0, 0.05);
}

static void motion_refuses(void) {
    struct rival_turbulence t;
    struct rival_spread s;
    CHECK_INT(rival_turbulence_init(&t, 1, 100, false), AW_ERR_INVAL);
    CHECK_INT(rival_turbulence_init(&t, 257, 100, false), AW_ERR_INVAL);
    CHECK_INT(rival_turbulence_init(&t, 50, 22, false), AW_ERR_INVAL);
    CHECK_INT(rival_turbulence_init(&t, 50, (double)NAN, false), AW_ERR_INVAL);
    CHECK_INT(rival_spread_init(&s, 0.05, false), AW_ERR_INVAL);
    CHECK_INT(rival_spread_init(&s, 61, false), AW_ERR_INVAL);
    CHECK_INT(rival_spread_init(&s, (double)NAN, false), AW_ERR_INVAL);
    CHECK_INT(rival_spread_init(&s, 1, false), AW_OK);
    CHECK(isnan(rival_lag1_read(&s, 0)));
    rival_spread_free(&s);
}

/* A window that is full only in part, then rows of another size: it starts again. */
static void starts_again(void) {
    struct rival_turbulence t;
    struct rival_row row;
    struct scene s = {.fs_hz = 100, .noise = 0.3, .n_rx = 1, .seed = 2};
    CHECK_INT(rival_turbulence_init(&t, 50, 100, false), AW_OK);
    for (uint64_t i = 0; i < 49; i++) {
        make(&s, i, &values, &row);
        rival_turbulence_push(&t, &row);
    }
    CHECK(isnan(rival_turbulence_read(&t)));
    rival_turbulence_push(&t, &row);
    CHECK(rival_turbulence_read(&t) > 0);
    row.n_sub = 30;
    rival_turbulence_push(&t, &row);
    CHECK(isnan(rival_turbulence_read(&t)));
}

/* As measured of the original: nearly every static room with two antennas is "detected", none with
 * one, whatever moves. */
static void ruview_motion(void) {
    int detected[2] = {0, 0};
    for (uint64_t seed = 1; seed <= 20; seed++)
        for (uint16_t n_rx = 1; n_rx <= 2; n_rx++) {
            struct scene s = {.fs_hz = 100, .noise = 0.3, .n_rx = n_rx, .seed = seed};
            struct rival_ruview_motion r;
            struct rival_row row;
            if (n_rx == 1) s.walk = 3;
            CHECK_INT(rival_ruview_motion_init(&r, s.fs_hz), AW_OK);
            CHECK(isnan(rival_ruview_motion_read(&r).confidence));
            for (uint64_t i = 0; i < 100; i++) {
                make(&s, i, &values, &row);
                rival_ruview_motion_push(&r, &row);
            }
            struct rival_ruview_motion_result result = rival_ruview_motion_read(&r);
            detected[n_rx - 1] += result.detected;
            CHECK(result.motion > 0 && result.motion < 1);
            if (n_rx == 1) CHECK_NEAR(result.confidence, 0.4, 1e-4); /* of its amplitude only */
            rival_ruview_motion_free(&r);
        }
    struct scene tone = {
        .fs_hz = 100, .chest_bpm = 60 * 12.5, .chest = 1, .alternate = 1, .n_rx = 1, .seed = 1};
    struct rival_ruview_motion r;
    struct rival_row row;
    CHECK_INT(rival_ruview_motion_init(&r, tone.fs_hz), AW_OK);
    for (uint64_t i = 0; i < 128; i++) {
        make(&tone, i, &values, &row);
        rival_ruview_motion_push(&r, &row);
    }
    CHECK_NEAR(rival_ruview_motion_read(&r).motion, 0.3 * 12.5 / 100, 1e-3);
    rival_ruview_motion_free(&r);
    CHECK_INT(detected[0], 0);
    CHECK(detected[1] >= 16);
}

static struct rival_breathing_result last[2];

static void breathe(struct scene s, double seconds) {
    struct rival_crossings c;
    struct rival_peak p;
    struct rival_row row;
    CHECK_INT(rival_crossings_init(&c, s.fs_hz), AW_OK);
    CHECK_INT(rival_peak_init(&p, s.fs_hz), AW_OK);
    for (uint64_t i = 0; i < (uint64_t)(seconds * s.fs_hz); i++) {
        make(&s, i, &values, &row);
        rival_crossings_push(&c, &row);
        rival_peak_push(&p, &row);
    }
    last[0] = rival_crossings_read(&c);
    last[1] = rival_peak_read(&p);
    rival_crossings_free(&c);
    rival_peak_free(&p);
}

static void breathing(void) {
    struct scene s = {.fs_hz = 10, .chest_bpm = 15, .chest = 0.5, .n_rx = 1, .seed = 3};
    breathe(s, 60);
    CHECK_NEAR(last[0].bpm, 15, 1.01);           /* one crossing is 1 bpm */
    CHECK_NEAR(last[0].confidence, 0.283, 0.01); /* as measured of the original: sqrt(2)/5 */
    CHECK_NEAR(last[1].bpm, 15, 0.5);
    CHECK(last[1].confidence > 0.5);
    s.chest_bpm = 24;
    breathe(s, 60);
    CHECK_NEAR(last[0].bpm, 24, 1.01);
    CHECK_NEAR(last[1].bpm, 24, 0.5);
    s.alternate = 1; /* polarity differs over subcarriers: their mean cancels */
    breathe(s, 60);
    CHECK(isnan(last[0].bpm));
    s.alternate = 0;
    breathe((struct scene){.fs_hz = 20, .noise = 0.3, .n_rx = 1, .seed = 4}, 60);
    CHECK(isnan(last[0].bpm)); /* as measured of the original: noise has no answer */
    breathe(s, 9.9);
    CHECK(isnan(last[0].bpm) && isnan(last[1].bpm));
    s.fs_hz = 100;
    breathe(s, 60);
    CHECK_NEAR(last[1].bpm, 24, 0.5);
}

/* Both filters together, at 0.25 Hz and 100 frames/s: the high-pass takes 10.4 dB there, as
 * measured of the original; the band-pass after its formula. */
static void crossings_gain(void) {
    struct scene s = {.fs_hz = 100, .chest_bpm = 15, .chest = 1, .n_rx = 1, .seed = 5};
    struct rival_crossings c;
    struct rival_row row;
    double peak = 0, q = 1 - 2 * pi * 0.4 / 100 / 2;
    double complex z = cexp(-I * 2 * pi * 0.25 / 100);
    double complex h =
        (1 - q) * (1 - z * z) / (1 - 2 * q * cos(2 * pi * 0.3 / 100) * z + q * q * z * z);
    CHECK_INT(rival_crossings_init(&c, s.fs_hz), AW_OK);
    for (uint64_t i = 0; i < 6000; i++) {
        make(&s, i, &values, &row);
        rival_crossings_push(&c, &row);
    }
    for (size_t i = 0; i < c.cap; i++) peak = fmax(peak, c.y[i]);
    CHECK_NEAR(20 * log10(peak / cabs(h)), -10.4, 0.3);
    rival_crossings_free(&c);
}

/* Gain at DC relative to 0.25 Hz, and at the centre, as measured of the original. */
static void filter(void) {
    const double rate[] = {10, 20, 50, 100}, dc[] = {0.06, 0.43, 1.09, 1.07};
    const double centre[] = {1.00, NAN, 0.59, 0.44};
    for (int i = 0; i < 4; i++) {
        struct rival_peak p;
        CHECK_INT(rival_peak_init(&p, rate[i]), AW_OK);
        CHECK_NEAR(rival_peak_gain(&p, 0) / rival_peak_gain(&p, 0.25), dc[i], 0.02);
        if (isfinite(centre[i])) CHECK_NEAR(rival_peak_gain(&p, 0.3), centre[i], 0.02);
        rival_peak_free(&p);
    }
}

static void breathing_refuses(void) {
    struct rival_crossings c;
    struct rival_peak p;
    const double bad[] = {1.9, 401, NAN};
    for (int i = 0; i < 3; i++) {
        CHECK_INT(rival_crossings_init(&c, bad[i]), AW_ERR_INVAL);
        CHECK_INT(rival_peak_init(&p, bad[i]), AW_ERR_INVAL);
    }
}

/* Two chains of five values, one null, one invalid, one of a second training field. */
static void rows(void) {
    const uint8_t kind[] = {AW_SUB_NULL, AW_SUB_DATA, AW_SUB_INVALID, AW_SUB_PILOT,
                            AW_SUB_DATA | AW_LTF_HT};
    float iq[20];
    struct rival_row row;
    for (int i = 0; i < 20; i++) iq[i] = (float)i;
    struct aw_frame f = {.t_ns = 5, .n_rx = 2, .n_tx = 1, .n_sub = 5, .kind = kind, .iq = iq};
    CHECK(rival_row_read(&row, &f, &values));
    CHECK_INT(row.n_sub, 2);
    CHECK_INT(row.n_rx, 2);
    CHECK_NEAR(row.amplitude[0], sqrt(2 * 2 + 3 * 3), 1e-6);
    CHECK_NEAR(row.phase[3], atan2(17, 16), 1e-6);
    const uint8_t nothing[5] = {AW_SUB_NULL, AW_SUB_NULL, AW_SUB_NULL, AW_SUB_NULL, AW_SUB_NULL};
    f.kind = nothing;
    CHECK(!rival_row_read(&row, &f, &values));
}

int main(void) {
    motion();
    motion_refuses();
    starts_again();
    ruview_motion();
    breathing();
    crossings_gain();
    filter();
    breathing_refuses();
    rows();
    return test_end();
}
