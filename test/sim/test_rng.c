#include "sim/rng.h"
#include "test.h"

/* Known answers of philox4x32, 10 rounds. Source: Random123 1.x, kat_vectors, by the authors of the
 * generator. */
static void known_answers(void) {
    static const struct {
        uint32_t ctr[4], key[2], want[4];
    } vectors[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint32_t got[4];
        aw_rng_philox(vectors[i].ctr, vectors[i].key, got);
        for (int j = 0; j < 4; j++) CHECK_INT(got[j], vectors[i].want[j]);
    }
}

static void streams(void) {
    struct aw_rng r;
    uint32_t want[4];
    aw_rng_init(&r, 0x299f31d0a4093822, 0x03707344, 0x13198a2e85a308d3);
    aw_rng_philox((const uint32_t[]){0, 0x85a308d3, 0x13198a2e, 0x03707344}, r.key, want);
    for (int i = 0; i < 4; i++) CHECK_INT(aw_rng_u32(&r), want[i]);
    aw_rng_philox((const uint32_t[]){1, 0x85a308d3, 0x13198a2e, 0x03707344}, r.key, want);
    CHECK_INT(aw_rng_u32(&r), want[0]);
}

/* Chi square of 256 cells: mean 255, standard deviation 22.6. */
static void uniformity(void) {
    enum { N = 1 << 18, CELLS = 256 };
    for (uint32_t stream = 0; stream < 4; stream++) {
        uint32_t high[CELLS] = {0}, item[CELLS] = {0};
        struct aw_rng r;
        aw_rng_init(&r, 7, stream, 0);
        double sum = 0, lag = 0, before = 0;
        for (uint32_t i = 0; i < N; i++) {
            double u = aw_rng_uniform(&r);
            CHECK(u >= 0 && u < 1);
            high[(int)(u * CELLS)]++;
            lag += (u - 0.5) * (before - 0.5);
            before = u;
            sum += u;
            struct aw_rng first;
            aw_rng_init(&first, 7, stream, i); /* the first number of each item */
            item[(int)(aw_rng_uniform(&first) * CELLS)]++;
        }
        double chi_high = 0, chi_item = 0, want = (double)N / CELLS;
        for (int i = 0; i < CELLS; i++) {
            chi_high += (high[i] - want) * (high[i] - want) / want;
            chi_item += (item[i] - want) * (item[i] - want) / want;
        }
        CHECK_NEAR(chi_high, 255, 4 * 22.6);
        CHECK_NEAR(chi_item, 255, 4 * 22.6);
        CHECK_NEAR(sum / N, 0.5, 4 * sqrt(1 / 12.0 / N));
        CHECK_NEAR(lag / N, 0, 4 / 12.0 / sqrt(N));
    }
}

static void normal(void) {
    enum { N = 1 << 20 };
    struct aw_rng r;
    aw_rng_init(&r, 3, 1, 0);
    double moment[5] = {0};
    uint32_t beyond[4] = {0};
    for (int i = 0; i < N; i++) {
        double x = (double)aw_rng_normal(&r), p = 1;
        CHECK(fabs(x) < 6);
        for (int m = 0; m < 5; m++, p *= x) moment[m] += p / N;
        for (int s = 1; s < 4; s++) beyond[s] += fabs(x) > s;
    }
    CHECK_NEAR(moment[1], 0, 4 / sqrt(N));
    CHECK_NEAR(moment[2], 1, 4 * sqrt(2.0 / N));
    CHECK_NEAR(moment[3], 0, 4 * sqrt(15.0 / N));
    CHECK_NEAR(moment[4], 3, 4 * sqrt(96.0 / N));
    for (int s = 1; s < 4; s++) {
        double p = erfc(s / sqrt(2));
        CHECK_NEAR((double)beyond[s] / N, p, 4 * sqrt(p / N));
    }
}

int main(void) {
    known_answers();
    streams();
    uniformity();
    normal();
    return test_end();
}
