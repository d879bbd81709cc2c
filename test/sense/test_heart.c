#include "noise.h"
#include "sense/heart.h"
#include "test.h"

/* Simulated truth: 5.18 GHz, 2 receive chains, 7 static paths each, 50 frames/s, breath 2 mm with a
 * second harmonic of 25 %, body echo -16 dB, random phase, delay and 3 % gain per packet, int8. */
enum { N = 56, RX = 2, PATHS = 7 };
static unsigned char shared_memory[1 << 19], memory[1 << 19];
static struct aw_sine_basis basis;
static struct aw_heart heart;
static struct aw_amplitude amplitude;
static int16_t k_of[N];
static uint8_t kind_of[N];
static float iq[2 * RX * N];
static const double TAU = 6.283185307179586, C_MPS = 299792458, F_HZ = 5.18e9;

struct room {
    double static_re[RX][N], static_im[RX][N], level[RX], delay_s[RX], angle[RX];
    double breath_bpm, heart_bpm, heart_m, snr_db;
    uint64_t seed;
};

static double draw(struct room *r, uint64_t i) {
    return noise_uniform(r->seed, i);
}

static struct room make_room(uint64_t seed, double heart_m, double snr_db) {
    struct room r = {.seed = seed, .heart_m = heart_m, .snr_db = snr_db};
    r.breath_bpm = 10 + 12 * draw(&r, 1);
    r.heart_bpm = 50 + 60 * draw(&r, 2);
    for (unsigned a = 0; a < RX; a++) {
        double power = 0;
        for (unsigned k = 0; k < N; k++) {
            for (unsigned p = 0; p < PATHS; p++) {
                uint64_t id = 100 + a * 50 + p * 5;
                double tau = -40e-9 * log(draw(&r, id)), fade = exp(-tau / 80e-9);
                double turn = TAU * (draw(&r, id + 1) - tau * 312500 * k_of[k]);
                double size = fade * sqrt(-2 * log(draw(&r, id + 2)));
                r.static_re[a][k] += size * cos(turn);
                r.static_im[a][k] += size * sin(turn);
            }
            power += r.static_re[a][k] * r.static_re[a][k] + r.static_im[a][k] * r.static_im[a][k];
        }
        r.level[a] = sqrt(power / N);
        r.delay_s[a] = 20e-9 + 40e-9 * draw(&r, 10 + a);
        r.angle[a] = TAU * draw(&r, 20 + a);
    }
    return r;
}

static void frame_at(struct room *r, double t_s, uint64_t i) {
    double breath = TAU * r->breath_bpm / 60 * t_s;
    double chest = 2e-3 * (cos(breath) + 0.25 * cos(2 * breath + 1)) +
                   r->heart_m * cos(TAU * r->heart_bpm / 60 * t_s);
    double phase = TAU * noise_uniform(r->seed + 1, i), sto = 50e-9 * noise_uniform(r->seed + 2, i);
    double gain = exp(0.03 * noise_gauss(r->seed + 3, i));
    for (unsigned a = 0; a < RX; a++) {
        double noise = r->level[a] * pow(10, -r->snr_db / 20) / sqrt(2);
        for (unsigned k = 0; k < N; k++) {
            double f = 312500 * (double)k_of[k];
            double turn = r->angle[a] - TAU * (f * r->delay_s[a] + (F_HZ + f) * 2 * chest / C_MPS);
            double echo = 0.158 * r->level[a];
            uint64_t id = (i * RX + a) * N + k;
            double re =
                r->static_re[a][k] + echo * cos(turn) + noise * noise_gauss(r->seed + 4, id);
            double im =
                r->static_im[a][k] + echo * sin(turn) + noise * noise_gauss(r->seed + 5, id);
            double size = 18 * gain / r->level[a], c = cos(phase - TAU * f * sto);
            double s = sin(phase - TAU * f * sto);
            iq[2 * (a * N + k)] = (float)nearbyint(size * (re * c - im * s));
            iq[2 * (a * N + k) + 1] = (float)nearbyint(size * (re * s + im * c));
        }
    }
}

static struct aw_heart_result run(struct room *r, double seconds, bool moving) {
    struct aw_arena a;
    struct aw_amplitude_config c;
    aw_amplitude_config_default(&c);
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_amplitude_init(&amplitude, &a, &c), AW_OK);
    CHECK_INT(aw_heart_init(&heart, &a, &basis), AW_OK);
    struct aw_frame f = {.chip = "",
                         .n_rx = RX,
                         .n_tx = 1,
                         .n_sub = N,
                         .spacing_hz = 312500,
                         .k = k_of,
                         .kind = kind_of,
                         .quant_step = 1,
                         .iq = iq,
                         .iq_cap = RX * N};
    for (uint64_t i = 0; i < (uint64_t)(50 * seconds); i++) {
        double t_s = ((double)i + 0.6 * noise_uniform(r->seed + 6, i)) / 50;
        struct aw_amplitude_row row;
        frame_at(r, t_s, i);
        if (aw_amplitude_push(&amplitude, &f, &row))
            aw_heart_push(&heart, (int64_t)(t_s * 1e9), &amplitude, &f);
    }
    struct aw_heart_result out;
    aw_heart_read(&heart, (int64_t)(seconds * 1e9), moving, (float)(r->breath_bpm + 0.2), &out);
    return out;
}

/* Of rooms with a heart of 0.3 mm at least 95 % right; none wrong is said; without a heart none. */
static void rooms(void) {
    enum { ROOMS = 20 };
    static const double heart_m[] = {0.3e-3, 0.2e-3, 0};
    for (unsigned h = 0; h < 3; h++) {
        unsigned right = 0, said = 0, wrong = 0;
        for (unsigned i = 0; i < ROOMS; i++) {
            struct room r = make_room(1000 + 10 * i, heart_m[h], h == 0 ? 35 : 30);
            struct aw_heart_result out = run(&r, 62, false);
            right += fabs((double)out.candidate_bpm - r.heart_bpm) <= 3;
            said += out.reason == AW_REASON_NONE;
            wrong += out.reason == AW_REASON_NONE && fabs((double)out.rate_bpm - r.heart_bpm) > 3;
        }
        printf("heart %.1f mm: right %u, said %u, said wrong %u of %d\n", heart_m[h] * 1e3, right,
               said, wrong, ROOMS);
        CHECK_INT(wrong, 0);
        if (h == 0) CHECK(right >= 19 && said >= 19);
        if (h == 1) CHECK(right >= 18);
        if (h == 2) CHECK_INT(said, 0);
    }
}

static void reasons(void) {
    struct room r = make_room(7, 0.3e-3, 35);
    struct aw_heart_result out = run(&r, 30, false);
    CHECK_INT(out.reason, AW_REASON_WARMING_UP);
    out = run(&r, 62, true);
    CHECK_INT(out.reason, AW_REASON_MOVING);
    CHECK(isnan(out.rate_bpm));
    out = run(&r, 62, false);
    aw_heart_read(&heart, INT64_C(62000000000), false, NAN, &out);
    CHECK_INT(out.reason, AW_REASON_NO_PERIODICITY);
    aw_heart_read(&heart, INT64_C(64000000000), false, 15, &out);
    CHECK_INT(out.reason, AW_REASON_NO_FRAMES);
    aw_heart_reset(&heart);
    aw_heart_read(&heart, INT64_C(62000000000), false, 15, &out);
    CHECK_INT(out.reason, AW_REASON_NO_FRAMES);

    struct aw_arena a;
    aw_arena_init(&a, NULL, 0);
    CHECK_INT(aw_heart_init(&heart, &a, &basis), AW_ERR_NOMEM);
    struct aw_sine_basis other = basis;
    other.n = 300;
    CHECK_INT(aw_heart_init(&heart, &a, &other), AW_ERR_INVAL);
}

int main(void) {
    struct aw_arena a;
    aw_arena_init(&a, shared_memory, sizeof shared_memory);
    CHECK_INT(aw_heart_basis_init(&basis, &a), AW_OK);
    for (unsigned j = 0; j < N; j++) {
        k_of[j] = (int16_t)(j < N / 2 ? (int)j - N / 2 : (int)j - N / 2 + 1);
        kind_of[j] = AW_SUB_DATA | AW_LTF_LEGACY;
    }
    rooms();
    reasons();
    return test_end();
}
