#include "noise.h"
#include "sense/amplitude.h"
#include "sense/comb.h"
#include "test.h"

enum { PARTS = 3, BINS = 48, HZ = 20 };
static unsigned char memory[1 << 18];
static struct aw_comb comb;

static void start(void) {
    struct aw_arena a;
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_comb_init(&comb, &a, 4), AW_OK);
}

struct scene {
    double noise;  /* std of a subcarrier */
    double motion; /* std of what a part's subcarriers share, another value in every frame */
    double gain;   /* std of what all share */
    double drift;  /* per second, common to a part */
    uint64_t seed;
};

/* Frames of 4 s through the amplitude's division by the mean, then the comb. */
static struct aw_comb_result read4s(struct scene s) {
    static unsigned char amplitude_memory[1 << 17];
    static float iq[2 * BINS];
    static int16_t k[BINS];
    static uint8_t kind[BINS];
    struct aw_amplitude a;
    struct aw_amplitude_config config;
    struct aw_arena arena;
    aw_arena_init(&arena, amplitude_memory, sizeof amplitude_memory);
    aw_amplitude_config_default(&config);
    CHECK_INT(aw_amplitude_init(&a, &arena, &config), AW_OK);
    start();
    for (int i = 0; i < BINS; i++) k[i] = (int16_t)(i - BINS / 2);
    struct aw_frame f = {
        .n_rx = 1, .n_tx = 1, .n_sub = BINS, .k = k, .kind = kind, .iq = iq, .iq_cap = BINS};
    for (uint64_t n = 0; n < 5 * HZ; n++) {
        double gain = 1 + s.gain * noise_gauss(s.seed * 100, n);
        for (unsigned i = 0; i < BINS; i++) {
            unsigned part = i * PARTS / BINS;
            double moved = s.motion * noise_gauss(s.seed * 100 + 1 + part, n) +
                           s.drift * (double)n / HZ * (part ? 1 : -1);
            double own = s.noise * noise_gauss(s.seed * 100 + 10 + i, n);
            iq[2 * i] = (float)(gain * (30 + 30 * (moved + own)));
        }
        struct aw_amplitude_row row;
        float out[AW_COMB_MAX];
        size_t parts;
        if (!aw_amplitude_push(&a, &f, &row)) continue;
        size_t got = aw_amplitude_comb(&a, out, AW_COMB_MAX, &parts);
        CHECK_INT(got, 2 * PARTS);
        CHECK_INT(parts, PARTS);
        aw_comb_push(&comb, (int64_t)n * (1000000000 / HZ), out, got, parts);
    }
    struct aw_comb_result r;
    aw_comb_read(&comb, 1000000000 - 1, 5 * (int64_t)1000000000, &r);
    return r;
}

/* Noise of any strength, gain jitter and drift: mean 0, standard deviation sigma, nothing common. */
static void noise(void) {
    const double level[] = {0.003, 0.03, 0.1};
    for (size_t l = 0; l < 3; l++) {
        double sum = 0, squares = 0;
        enum { N = 300 };
        for (uint64_t i = 0; i < N; i++) {
            struct aw_comb_result r =
                read4s((struct scene){level[l], 0, 0.05, level[l] / 4, 1 + i + 1000 * l});
            double z = (double)(r.agreement / r.sigma);
            sum += z;
            squares += z * z;
            CHECK((double)r.common < 0.3 * level[l]);
        }
        double mean = sum / N, std = sqrt(squares / N - mean * mean);
        CHECK_NEAR(mean, 0, 0.3);
        CHECK_NEAR(std, 1, 0.2);
    }
}

/* What is common is measured free of noise, though it is another value in every frame. */
static void motion(void) {
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct aw_comb_result r = read4s((struct scene){0.01, 0.02, 0.05, 0, seed});
        CHECK(r.agreement > 0.7F && r.agreement <= 1);
        CHECK(r.agreement > 6 * r.sigma);
        /* dividing by the mean takes a third of it away: of three parts, one common change */
        CHECK_NEAR((double)r.common, 0.02 * sqrt(2.0 / 3), 0.004);
    }
}

static void refusals(void) {
    struct aw_arena a;
    struct aw_comb_result r;
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_comb_init(&comb, &a, 1.9F), AW_ERR_INVAL);
    CHECK_INT(aw_comb_init(&comb, &a, 10.1F), AW_ERR_INVAL);
    CHECK_INT(aw_comb_init(&comb, &a, NAN), AW_ERR_INVAL);
    aw_arena_init(&a, memory, 1000);
    CHECK_INT(aw_comb_init(&comb, &a, 4), AW_ERR_NOMEM);
    start();
    const float row[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    for (int i = 0; i < 30; i++) aw_comb_push(&comb, i * (int64_t)50000000, row, 7, 3); /* odd */
    aw_comb_read(&comb, 0, 2000000000, &r);
    CHECK(isnan(r.agreement) && isnan(r.common));
    for (int i = 0; i < 30; i++) aw_comb_push(&comb, i * (int64_t)50000000, row, 8, 4);
    aw_comb_read(&comb, 0, 2000000000, &r);
    CHECK(!isnan(r.agreement) && !(r.common > 0)); /* nothing varies */
    aw_comb_push(&comb, 1550000000, row, 6, 3);    /* another layout: forgets */
    aw_comb_read(&comb, 0, 2000000000, &r);
    CHECK(isnan(r.agreement));
}

int main(void) {
    noise();
    motion();
    refusals();
    return test_end();
}
