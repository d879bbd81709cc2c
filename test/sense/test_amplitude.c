#include "base/frame.h"
#include "noise.h"
#include "sense/amplitude.h"
#include "test.h"

enum { SUB = 192 };
static int16_t k[SUB];
static uint8_t kind[SUB];
static float iq[2 * 3 * 2 * SUB];
static unsigned char memory[1 << 16];

/* 64 values of the legacy field in the order of the FFT, 52 of them live, then HT and STBC. */
static void tables(void) {
    for (int i = 0; i < SUB; i++) {
        int at = i % 64;
        k[i] = (int16_t)(at < 32 ? at : at - 64);
        bool null = k[i] == 0 || abs(k[i]) > (i < 64 ? 26 : 28);
        kind[i] = (uint8_t)((null ? AW_SUB_NULL : AW_SUB_DATA) | (i < 64    ? AW_LTF_LEGACY
                                                                  : i < 128 ? AW_LTF_HT
                                                                            : AW_LTF_HT_STBC));
    }
}

static struct aw_frame frame(uint16_t n_sub, uint16_t n_rx, uint16_t n_tx, float gain, uint64_t n) {
    struct aw_frame f = {.iq = iq, .iq_cap = sizeof iq / 8};
    aw_frame_clear(&f);
    f.n_sub = n_sub;
    f.n_rx = n_rx;
    f.n_tx = n_tx;
    f.k = k;
    f.kind = kind;
    for (unsigned c = 0; c < (unsigned)n_rx * n_tx; c++) {
        for (unsigned i = 0; i < n_sub; i++) {
            double a =
                kind[i] & AW_SUB_NULL ? 0 : 10 + c + 2 * sin(0.2 * k[i]) + (i >= 64 ? 90 : 0);
            double phase = 6.28 * noise_uniform(n, 0) + 0.3 * i;
            iq[2 * (c * n_sub + i)] = gain * (float)(a * cos(phase));
            iq[2 * (c * n_sub + i) + 1] = gain * (float)(a * sin(phase));
        }
    }
    return f;
}

static struct aw_amplitude start(void) {
    struct aw_amplitude a;
    struct aw_amplitude_config config;
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    aw_amplitude_config_default(&config);
    CHECK_INT(aw_amplitude_init(&a, &arena, &config), AW_OK);
    return a;
}

static int learn(struct aw_amplitude *a, uint16_t n_sub, uint16_t n_rx, uint16_t n_tx) {
    struct aw_amplitude_row row;
    for (int i = 0; i < 100; i++) {
        struct aw_frame f = frame(n_sub, n_rx, n_tx, 1, (uint64_t)i);
        if (aw_amplitude_push(a, &f, &row)) return i + 1;
    }
    return 0;
}

static void rows(void) {
    struct aw_amplitude a = start();
    struct aw_amplitude_row row;
    CHECK_INT(aw_amplitude_live(&a), 0);
    CHECK_INT(learn(&a, 64, 1, 1), 16);
    CHECK_INT(aw_amplitude_live(&a), 52);
    struct aw_frame f = frame(64, 1, 1, 1, 7);
    CHECK(aw_amplitude_push(&a, &f, &row));
    CHECK(!row.fresh && row.n_fine == 52 && row.n_group == 6);
    /* By ascending k, divided by the mean; groups are the means of parts of 52 / 6. */
    double mean = 0, got = 0;
    for (int i = -26; i <= 26; i++) mean += i ? (10 + 2 * sin(0.2 * i)) / 52 : 0;
    for (int i = -26, at = 0; i <= 26; i++) {
        if (i) CHECK_NEAR(row.fine[at++], (10 + 2 * sin(0.2 * i)) / mean, 1e-5);
    }
    for (int i = 0; i < 8; i++) got += (double)row.fine[i] / 8;
    CHECK_NEAR(row.group[0], got, 1e-5);
    /* A gain step changes nothing. */
    float before = row.group[3];
    f = frame(64, 1, 1, 0.4F, 7);
    CHECK(aw_amplitude_push(&a, &f, &row));
    CHECK_NEAR(row.group[3], before, 1e-5);
}

/* The longer frames of HT and STBC begin with the same field. */
static void mixed_lengths(void) {
    struct aw_amplitude a = start();
    struct aw_amplitude_row row;
    learn(&a, 192, 1, 1);
    for (int i = 0; i < 30; i++) {
        struct aw_frame f = frame(i % 3 == 0 ? 64 : i % 3 == 1 ? 128 : 192, 1, 1, 1, (uint64_t)i);
        CHECK(aw_amplitude_push(&a, &f, &row) && !row.fresh && row.n_fine == 52);
        CHECK_NEAR(row.fine[0], (10 + 2 * sin(0.2 * -26)) / 10, 0.05);
    }
    CHECK_INT(a.foreign, 0);
}

/* Several chains: each over its own mean, first transmit chain only. */
static void chains(void) {
    struct aw_amplitude a = start();
    struct aw_amplitude_row row;
    learn(&a, 64, 3, 2);
    for (int n_tx = 1; n_tx <= 2; n_tx++) {
        struct aw_frame f = frame(64, 3, (uint16_t)n_tx, 1, 3);
        CHECK(aw_amplitude_push(&a, &f, &row));
        CHECK(row.n_fine == 156 && row.n_group == 15);
        for (int c = 0; c < 3; c++) {
            double level = 10 + c * n_tx, sum = 0;
            for (int i = 0; i < 52; i++) sum += (double)row.fine[52 * c + i] / 52;
            CHECK_NEAR(sum, 1, 1e-5);
            CHECK_NEAR(row.fine[52 * c], 1 + 2 * sin(0.2 * -26) / level, 0.02);
        }
    }
}

/* Weak frames are left out until they stay; frames of another layout likewise. */
static void left_out(void) {
    struct aw_amplitude a = start();
    struct aw_amplitude_row row;
    learn(&a, 64, 1, 1);
    struct aw_frame f = frame(64, 1, 1, 0.1F, 1);
    for (int i = 0; i < 15; i++) CHECK(!aw_amplitude_push(&a, &f, &row));
    CHECK(aw_amplitude_push(&a, &f, &row));
    CHECK_INT(a.weak, 15);
    f = frame(64, 1, 1, 1, 1);
    CHECK(aw_amplitude_push(&a, &f, &row));

    f = frame(64, 2, 1, 1, 1);
    for (int i = 0; i < 20; i++) CHECK(!aw_amplitude_push(&a, &f, &row));
    CHECK_INT(a.foreign, 20);
    f = frame(64, 1, 1, 1, 1);
    CHECK(aw_amplitude_push(&a, &f, &row) && !row.fresh);
    CHECK_INT(learn(&a, 64, 2, 1), 32 + 15); /* 31 left out, the 32nd begins 16 of learning */
    f = frame(64, 2, 1, 1, 1);
    CHECK(aw_amplitude_push(&a, &f, &row) && row.n_fine == 104);

    f = frame(64, 2, 1, 1, 1);
    iq[20] = NAN;
    CHECK(!aw_amplitude_push(&a, &f, &row));
    f = frame(64, 2, 1, 0, 1);
    CHECK(!aw_amplitude_push(&a, &f, &row));
    f = frame(64, 2, 1, 1, 1);
    CHECK(aw_amplitude_push(&a, &f, &row));
}

/* Values that are no channel (header bytes, a defect) stay out, whatever they hold. */
static void invalid_bins(void) {
    struct aw_amplitude a = start();
    kind[5] |= AW_SUB_INVALID;
    learn(&a, 64, 1, 1);
    CHECK_INT(aw_amplitude_live(&a), 51);
    kind[5] &= (uint8_t)~AW_SUB_INVALID;
}

/* Bins the table calls data but that never carry energy, as when the table is of another chip. */
static void silent_bins(void) {
    struct aw_amplitude a = start();
    struct aw_amplitude_row row;
    for (int i = 0; i < 40; i++) {
        struct aw_frame f = frame(64, 1, 1, 1, (uint64_t)i);
        for (int s = 1; s <= 8; s++) iq[2 * s] = iq[2 * s + 1] = 0;
        aw_amplitude_push(&a, &f, &row);
    }
    CHECK_INT(aw_amplitude_live(&a), 44);
    /* They come to life: the review after 1024 frames takes them in and says so. */
    int fresh = 0;
    for (int i = 0; i < 3000; i++) {
        struct aw_frame f = frame(64, 1, 1, 1, (uint64_t)i);
        if (aw_amplitude_push(&a, &f, &row)) fresh += row.fresh;
    }
    CHECK_INT(fresh, 1);
    CHECK_INT(aw_amplitude_live(&a), 52);
}

/* More values than there is room for are thinned, averaged and grouped wider. */
static void small(void) {
    struct aw_amplitude a;
    struct aw_amplitude_config config = {.max_bins = 40, .max_fine = 10, .max_group = 4};
    struct aw_arena arena;
    struct aw_amplitude_row row;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_amplitude_init(&a, &arena, &config), AW_OK);
    learn(&a, 64, 1, 1);
    struct aw_frame f = frame(64, 1, 1, 1, 0);
    CHECK(aw_amplitude_push(&a, &f, &row));
    CHECK(row.n_fine == 10 && row.n_group == 3 && aw_amplitude_live(&a) == 26);
}

static void refusals(void) {
    struct aw_amplitude a;
    struct aw_arena arena;
    const struct aw_amplitude_config bad[] = {{15, 8, 8},  {8193, 8, 8}, {64, 3, 8},
                                              {64, 65, 8}, {64, 8, 3},   {64, 8, 65}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        aw_arena_init(&arena, memory, sizeof memory);
        CHECK_INT(aw_amplitude_init(&a, &arena, &bad[i]), AW_ERR_INVAL);
    }
    struct aw_amplitude_config config;
    aw_amplitude_config_default(&config);
    aw_arena_init(&arena, NULL, 0);
    CHECK_INT(aw_amplitude_init(&a, &arena, &config), AW_ERR_NOMEM);
    size_t need = arena.used;
    for (size_t size = 0; size < need; size += 16) {
        aw_arena_init(&arena, memory, size);
        CHECK_INT(aw_amplitude_init(&a, &arena, &config), AW_ERR_NOMEM);
    }
}

int main(void) {
    tables();
    rows();
    mixed_lengths();
    chains();
    left_out();
    invalid_bins();
    silent_bins();
    small();
    refusals();
    return test_end();
}
