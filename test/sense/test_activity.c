#include "noise.h"
#include "sense/activity.h"
#include "test.h"

enum { N = 40, SERIES = AW_ACTIVITY_SERIES, STEPS = AW_ACTIVITY_STEPS };
static unsigned char memory[1 << 20];
static struct aw_activity activity;
static float out[SERIES][STEPS], again[SERIES][STEPS];
static int64_t now_ns;

static void start(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_activity_init(&activity, &arena), AW_OK);
    now_ns = 1000;
}

/* Rows of amplitude 1 with a tone and a little noise. */
static void go(double rate_hz, double seconds, double tone_hz) {
    for (int i = 0; i < (int)(seconds * rate_hz); i++) {
        float row[N];
        now_ns += (int64_t)(1e9 / rate_hz);
        for (unsigned c = 0; c < N; c++)
            row[c] = (float)(1 + 0.002 * noise_gauss(c, (uint64_t)now_ns) +
                             0.1 * sin(6.28318531 * tone_hz * (double)now_ns * 1e-9 + c));
        aw_activity_push(&activity, now_ns, row, N);
    }
}

/* The band of the long window that a tone is in has the most power of all, at 50 rows/s and 200. */
static void tones(void) {
    static const struct {
        double hz;
        int band;
    } tone[] = {{1.2, 0}, {2.3, 1}, {3.1, 2}, {4.3, 3}, {7.4, 5}, {9.5, 6}, {13, 7}, {19, 8}};
    for (int i = 0; i < 8; i++)
        for (int rate = 50; rate <= 200; rate += 150) {
            int best = 0;
            start();
            go(rate, 20, tone[i].hz);
            CHECK_INT(aw_activity_series(&activity, out[0]), AW_REASON_NONE);
            for (int b = 1; b < 9; b++)
                if (out[b][90] > out[best][90]) best = b;
            CHECK_INT(best, tone[i].band);
            CHECK(out[9][90] > 0.9F && out[9][90] <= 1.0001F); /* all columns share it */
            /* autocorrelation of a tone at 40 ms, with its sign */
            CHECK_NEAR(out[18][90], cos(6.28318531 * tone[i].hz * 0.04), 0.15);
        }
}

static void refusals(void) {
    start();
    CHECK_INT(aw_activity_series(&activity, out[0]), AW_REASON_WARMING_UP);
    go(50, 18.9, 2);
    CHECK_INT(aw_activity_series(&activity, out[0]), AW_REASON_WARMING_UP);
    go(50, 0.2, 2);
    CHECK_INT(aw_activity_series(&activity, out[0]), AW_REASON_NONE);
    now_ns += 1100000000; /* a gap begins a new window */
    go(50, 1, 2);
    CHECK_INT(aw_activity_series(&activity, out[0]), AW_REASON_WARMING_UP);
    start();
    go(28, 20, 2);
    CHECK_INT(aw_activity_series(&activity, out[0]), AW_REASON_RATE_TOO_LOW);
    struct aw_arena arena;
    for (size_t bytes = 0; bytes < 400000; bytes += 20000) {
        aw_arena_init(&arena, memory, bytes);
        CHECK_INT(aw_activity_init(&activity, &arena), AW_ERR_NOMEM);
    }
}

/* A window forgets what is older: the same last 19 s give the same series, whatever was before. */
static void forgets(void) {
    start();
    go(50, 19.5, 5);
    CHECK_INT(aw_activity_series(&activity, again[0]), AW_REASON_NONE);
    aw_activity_reset(&activity);
    start();
    now_ns -= 10000000000;
    go(50, 10, 11);
    now_ns = 1000;
    go(50, 19.5, 5); /* older than the last: ignored */
    CHECK_INT(aw_activity_series(&activity, out[0]), AW_REASON_NONE);
    for (int s = 0; s < SERIES; s++) CHECK_NEAR(out[s][100], again[s][100], 1e-4);
}

/* Zero, or columns beyond the width, are finite; one column is enough. */
static void odd_rows(void) {
    static const size_t width[] = {1, 2, 64, 65, 256};
    for (size_t w = 0; w < 5; w++) {
        start();
        for (int i = 0; i < 1000; i++) {
            static const float row[256];
            aw_activity_push(&activity, now_ns += 20000000, row, width[w]);
        }
        CHECK_INT(aw_activity_series(&activity, out[0]), AW_REASON_NONE);
        for (int s = 0; s < SERIES; s++)
            for (int j = 0; j < STEPS; j++) CHECK(isfinite(out[s][j]));
    }
}

int main(void) {
    tones();
    refusals();
    forgets();
    odd_rows();
    return test_end();
}
