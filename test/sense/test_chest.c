#include "noise.h"
#include "sense/chest.h"
#include "test.h"

enum { N = 52 };
static unsigned char memory[1 << 16];
static int16_t k_of[N];
static uint8_t kind_of[N];
static float iq[4 * N];

static struct aw_frame frame(const char *chip, uint16_t n_rx) {
    return (struct aw_frame){.format = AW_FORMAT_ESP_LINES,
                             .chip = chip,
                             .n_rx = n_rx,
                             .n_tx = 1,
                             .n_sub = N,
                             .spacing_hz = 312500,
                             .k = k_of,
                             .kind = kind_of,
                             .quant_step = 1,
                             .iq = iq,
                             .iq_cap = 2 * N};
}

/* A steady channel at random packet phase, cut downwards to integers as an ESP32 does it. */
static void packet(uint64_t i, bool cut, uint16_t n_rx) {
    double turn = 6.2831853 * noise_uniform(1, i);
    for (unsigned j = 0; j < (unsigned)n_rx * N; j++) {
        double a = 18 + 4 * cos(0.1 * j), p = turn + 0.08 * j;
        iq[2 * j] = (float)(cut ? floor(a * cos(p)) : a * cos(p));
        iq[2 * j + 1] = (float)(cut ? floor(a * sin(p)) : a * sin(p));
    }
}

/* Root mean square of the level about its mean over 500 packets. */
static double level_noise(const char *chip) {
    struct aw_arena a;
    struct aw_amplitude amplitude;
    struct aw_amplitude_config config;
    struct aw_chest c;
    aw_amplitude_config_default(&config);
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_amplitude_init(&amplitude, &a, &config), AW_OK);
    CHECK_INT(aw_chest_init(&c, &a, config.max_bins), AW_OK);
    double sum = 0, square = 0;
    unsigned n = 0;
    for (uint64_t i = 0; i < 500; i++) {
        struct aw_frame f = frame(chip, 1);
        struct aw_amplitude_row row;
        struct aw_chest_row chest;
        packet(i, true, 1);
        if (!aw_amplitude_push(&amplitude, &f, &row)) continue;
        CHECK(aw_chest_push(&c, &amplitude, &f, &chest));
        CHECK_INT(chest.n, AW_CHEST_MAX);
        CHECK(chest.fresh == (n == 0));
        double mean = 0;
        for (size_t g = 0; g < AW_CHEST_MAX; g++) mean += (double)chest.value[g] / AW_CHEST_MAX;
        CHECK_NEAR(mean, 1, 0.02); /* groups of 3 and 4 */
        sum += (double)chest.level;
        square += (double)chest.level * (double)chest.level;
        n++;
    }
    CHECK(n > 400);
    return sqrt(square / n - sum / n * (sum / n));
}

/* The half LSB takes most of the level's phase dependence away, on the chips that cut. */
static void half_lsb(void) {
    double corrected = level_noise("esp32"), left = level_noise("esp32-c6");
    CHECK(corrected < 0.004);
    CHECK(left > 2 * corrected);
}

static void chains(void) {
    struct aw_arena a;
    struct aw_amplitude amplitude;
    struct aw_amplitude_config config;
    struct aw_chest c;
    aw_amplitude_config_default(&config);
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_amplitude_init(&amplitude, &a, &config), AW_OK);
    CHECK_INT(aw_chest_init(&c, &a, config.max_bins), AW_OK);
    struct aw_frame f = frame("", 2);
    struct aw_amplitude_row row;
    struct aw_chest_row chest;
    for (uint64_t i = 0; i < 20; i++) {
        packet(i, false, 2);
        if (!aw_amplitude_push(&amplitude, &f, &row)) continue;
        CHECK(aw_chest_push(&c, &amplitude, &f, &chest));
        CHECK_INT(chest.n, AW_CHEST_MAX);
        CHECK(isnan(chest.level));
    }
    aw_chest_reset(&c);
    CHECK(aw_chest_push(&c, &amplitude, &f, &chest));
    CHECK(chest.fresh);
    memset(iq, 0, sizeof iq);
    CHECK(!aw_chest_push(&c, &amplitude, &f, &chest));

    CHECK_INT(aw_chest_init(&c, &a, 0), AW_ERR_INVAL);
    aw_arena_init(&a, NULL, 0);
    CHECK_INT(aw_chest_init(&c, &a, 8), AW_ERR_NOMEM);
}

int main(void) {
    for (unsigned j = 0; j < N; j++) {
        k_of[j] = (int16_t)(j < N / 2 ? (int)j - N / 2 : (int)j - N / 2 + 1);
        kind_of[j] = AW_SUB_DATA | AW_LTF_LEGACY;
    }
    half_lsb();
    chains();
    return test_end();
}
