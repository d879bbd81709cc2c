#include "dsp/hampel.h"
#include "dsp_test.h"

enum { N = 600, HALF = 3 };
static float x[N], y[N];

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static double median_of(double *v, size_t n) {
    qsort(v, n, sizeof *v, ascending);
    return n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

/* The header's formula, by sorting each window. */
static double by_definition(size_t i, size_t half, double k, double floor) {
    double v[64];
    size_t lo = i < half ? 0 : i - half, n = i + half + 1 - lo;
    for (size_t j = 0; j < n; j++) v[j] = (double)x[lo + j];
    double m = median_of(v, n);
    for (size_t j = 0; j < n; j++) v[j] = fabs((double)x[lo + j] - m);
    double s = fmax(1.4826022 * median_of(v, n), floor);
    return fabs((double)x[i] - m) <= k * s ? (double)x[i] : m;
}

static void filter(struct aw_hampel *f) {
    for (size_t i = 0; i < N; i++) {
        bool out = aw_hampel_push(f, &x[i], i < f->half ? &y[0] : &y[i - f->half]);
        CHECK(out == (i >= f->half));
    }
}

static void definition(void) {
    const size_t halves[] = {1, 2, 3, 7, AW_HAMPEL_MAX_HALF};
    for (size_t h = 0; h < sizeof halves / sizeof *halves; h++) {
        struct aw_arena a;
        struct aw_hampel f;
        arena_fresh(&a);
        CHECK_INT(aw_hampel_init(&f, &a, 1, halves[h], 2, 0.1F), AW_OK);
        for (size_t i = 0; i < N; i++) {
            x[i] = (float)(noise_gauss(1, i) * (noise_uniform(2, i) < 0.1 ? 20 : 1));
            if (i > 400) x[i] = roundf(x[i]); /* ties */
        }
        filter(&f);
        unsigned wrong = 0, replaced = 0;
        for (size_t i = 0; i + halves[h] < N; i++) {
            wrong += !(fabs((double)y[i] - by_definition(i, halves[h], 2, (double)0.1F)) < 1e-5);
            replaced += y[i] != x[i];
        }
        CHECK_INT(wrong, 0);
        CHECK(replaced > N / 20 && replaced < N / 3);
    }
}

/* Integers that flicker by one step pass with the floor and are destroyed without; spikes go. */
static void quantised(void) {
    for (int with_floor = 0; with_floor < 2; with_floor++) {
        struct aw_arena a;
        struct aw_hampel f;
        arena_fresh(&a);
        CHECK_INT(aw_hampel_init(&f, &a, 1, HALF, 3, with_floor ? 1.0F : 0.0F), AW_OK);
        for (size_t i = 0; i < N; i++) x[i] = noise_uniform(5, i) < 0.2 ? 11.0F : 10.0F;
        x[100] = 40;
        filter(&f);
        unsigned changed = 0;
        for (size_t i = 0; i + HALF < N; i++) changed += y[i] != x[i];
        CHECK(y[100] == 10 || y[100] == 11);
        CHECK(with_floor ? changed == 1 : changed > N / 10);
    }
}

/* Constants and ramps pass; shift and scale commute; elements do not mix; reset is fresh; in place;
 * not finite counts as the value before. */
static void laws(void) {
    struct aw_arena a;
    struct aw_hampel f;
    arena_fresh(&a);
    CHECK_INT(aw_hampel_init(&f, &a, 4, HALF, 3, 0), AW_OK);
    float first[N][4], v[4];
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < N; i++) {
            float r = (float)noise_gauss(6, i) * (i % 50 == 20 ? 30.0F : 1.0F);
            v[0] = 7;
            v[1] = (float)i;
            v[2] = r;
            v[3] = 4 * r + 32; /* exact enough */
            bool out = aw_hampel_push(&f, v, v);
            if (!out) continue;
            size_t at = i - HALF;
            CHECK(v[0] == 7 && v[1] == (float)at);
            CHECK_NEAR(v[3], 4 * v[2] + 32, 1e-4);
            if (round == 0) memcpy(first[at], v, sizeof v);
            if (round == 1) CHECK(memcmp(first[at], v, sizeof v) == 0);
        }
        aw_hampel_reset(&f);
    }
    aw_hampel_reset(&f);
    struct aw_arena other;
    struct aw_hampel held; /* fed with the values that should have been taken instead */
    aw_arena_init(&other, arena_memory + (1 << 20), 1 << 20);
    CHECK_INT(aw_hampel_init(&held, &other, 4, HALF, 3, 0), AW_OK);
    for (size_t i = 0; i < N; i++) {
        float u[4], last[4] = {0, 0, 0, 0};
        for (size_t c = 0; c < 4; c++) {
            bool bad = noise_uniform(7, 4 * i + c) < 0.3;
            size_t from = i;
            while (from > 0 && noise_uniform(7, 4 * from + c) < 0.3) from--;
            float good = (float)noise_gauss(8, 4 * from + c);
            last[c] = from == 0 && noise_uniform(7, c) < 0.3 ? 0 : good;
            v[c] = !bad ? good : i % 2 ? NAN : INFINITY;
        }
        aw_hampel_push(&held, last, u);
        if (aw_hampel_push(&f, v, v)) CHECK(memcmp(u, v, sizeof u) == 0);
    }
    aw_hampel_reset(&f);
    const float odd[4] = {NAN, INFINITY, -INFINITY, 3}, plain[4] = {1, 2, 3, 4};
    for (int i = 0; i < 20; i++) {
        if (aw_hampel_push(&f, i == 9 ? odd : plain, v)) {
            CHECK(v[0] == 1 && v[1] == 2 && v[2] == 3 && v[3] == 4);
        }
    }
}

static void refusals(void) {
    struct aw_hampel f;
    CHECK_REFUSED(aw_hampel_init(&f, &a, 0, 3, 3, 0));
    CHECK_REFUSED(aw_hampel_init(&f, &a, SIZE_MAX, 3, 3, 0));
    CHECK_REFUSED(aw_hampel_init(&f, &a, 4, 0, 3, 0));
    CHECK_REFUSED(aw_hampel_init(&f, &a, 4, AW_HAMPEL_MAX_HALF + 1, 3, 0));
    const float bad[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++) {
        CHECK_REFUSED(aw_hampel_init(&f, &a, 4, 3, bad[i], 0));
        if (i) CHECK_REFUSED(aw_hampel_init(&f, &a, 4, 3, 3, bad[i]));
    }
    CHECK_ARENA(aw_hampel_init(&f, &a, 3, 2, 3, 0));
}

int main(void) {
    definition();
    quantised();
    laws();
    refusals();
    return test_end();
}
