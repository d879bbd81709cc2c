#include "dsp/line.h"
#include "dsp_test.h"

enum { N = 32, MOST = 8 };
static const double FS = 100;
static struct aw_line line;
static float x[N * MOST * 2];

static void start(void) {
    struct aw_arena a;
    arena_fresh(&a);
    CHECK_INT(aw_line_init(&line, &a, N, (float)FS), AW_OK);
}

static void add_line(size_t series, size_t of, double size, double hz, double phase) {
    for (size_t i = 0; i < N; i++) {
        double turn = 2 * PI * hz * (double)i / FS + phase;
        x[2 * (i * of + series)] += (float)(size * cos(turn));
        x[2 * (i * of + series) + 1] += (float)(size * sin(turn));
    }
}

static void add_straight(size_t series, size_t of, double constant, double slope) {
    for (size_t i = 0; i < N; i++) {
        x[2 * (i * of + series)] += (float)(constant + slope * (double)i);
        x[2 * (i * of + series) + 1] += (float)(0.5 * constant - 2 * slope * (double)i);
    }
}

static void add_noise(size_t of, double size, uint64_t seed) {
    for (size_t i = 0; i < 2 * N * of; i++) x[i] += (float)(size * noise_gauss(seed, i));
}

/* Share of the weighted energy beside the straight lines that a line of hz explains, by Gram and
 * Schmidt in double. */
static double explained(size_t of, double hz) {
    double basis[3][N][2], energy = 0, caught = 0;
    for (size_t i = 0; i < N; i++) {
        double w = sqrt(0.5 - 0.5 * cos(2 * PI * (double)i / N)),
               turn = 2 * PI * hz * (double)i / FS;
        const double value[3][2] = {{w, 0}, {w * (double)i, 0}, {w * cos(turn), w * sin(turn)}};
        memcpy(basis[0][i], value[0], sizeof value[0]);
        memcpy(basis[1][i], value[1], sizeof value[1]);
        memcpy(basis[2][i], value[2], sizeof value[2]);
    }
    for (size_t s = 0; s <= of; s++) { /* the basis itself, then each series */
        double y[N][2];
        for (size_t b = 0; b < 3; b++) {
            if (s > 0 && b > 0) break;
            double(*v)[2] = s == 0 ? basis[b] : y;
            if (s > 0)
                for (size_t i = 0; i < N; i++)
                    for (int c = 0; c < 2; c++)
                        y[i][c] = sqrt(0.5 - 0.5 * cos(2 * PI * (double)i / N)) *
                                  (double)x[2 * (i * of + s - 1) + (size_t)c];
            for (size_t o = 0; o < (s == 0 ? b : 3); o++) {
                if (s > 0 && o == 2)
                    for (size_t i = 0; i < N; i++) energy += y[i][0] * y[i][0] + y[i][1] * y[i][1];
                double re = 0, im = 0;
                for (size_t i = 0; i < N; i++) {
                    re += basis[o][i][0] * v[i][0] + basis[o][i][1] * v[i][1];
                    im += basis[o][i][0] * v[i][1] - basis[o][i][1] * v[i][0];
                }
                if (s > 0 && o == 2) caught += re * re + im * im;
                for (size_t i = 0; i < N; i++) {
                    double r = basis[o][i][0], j = basis[o][i][1];
                    v[i][0] -= re * r - im * j;
                    v[i][1] -= re * j + im * r;
                }
            }
            double norm = 0;
            for (size_t i = 0; i < N; i++) norm += v[i][0] * v[i][0] + v[i][1] * v[i][1];
            for (size_t i = 0; s == 0 && i < N; i++)
                for (int c = 0; c < 2; c++) v[i][c] /= sqrt(norm);
        }
    }
    return caught / energy;
}

/* Whatever is there, the line found explains as much as any does, and as much as is said. */
static void definition(void) {
    start();
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct aw_line_result r;
        memset(x, 0, sizeof x);
        for (size_t s = 0; s < 3; s++) {
            add_straight(s, 3, 20 + (double)s, 0.03);
            add_line(s, 3, 1, 5 + 1.7 * (double)seed, (double)(s * seed));
        }
        add_noise(3, 0.3, seed);
        aw_line_run(&line, x, 3, &r);
        double best = 0, best_hz = 0;
        for (double hz = -50; hz < 50; hz += 0.05) {
            if (fabs(hz) < 3) continue;
            double e = explained(3, hz);
            if (e > best) {
                best = e;
                best_hz = hz;
            }
        }
        CHECK_NEAR(r.hz, best_hz, 0.1);
        CHECK_NEAR(r.share, best, 0.02); /* up to an eighth of a line beside it */
    }
}

/* One line beside a channel a hundred times as large that drifts: found from one turn in the window
 * up, with its sign. */
static void finds(void) {
    start();
    for (double hz = 3.2; hz < 47; hz += 1.3)
        for (int sign = -1; sign <= 1; sign += 2) {
            struct aw_line_result r;
            memset(x, 0, sizeof x);
            for (size_t s = 0; s < 4; s++) {
                add_straight(s, 4, 100, 0.2);
                add_line(s, 4, 1, sign * hz, (double)s);
            }
            aw_line_run(&line, x, 4, &r);
            CHECK_NEAR(r.hz, sign * hz, 0.15);
            CHECK(r.share > 0.97F);
            /* what a slow line and a straight one leave is short of its own turn, hence less pure */
            CHECK_NEAR(r.second, 0, hz < 8 ? 0.4 : 0.03);
        }
}

static void tells_two(void) {
    struct aw_line_result r;
    start();
    memset(x, 0, sizeof x);
    add_line(0, 1, 1, 12, 0);
    add_line(0, 1, 0.7, -25, 1);
    aw_line_run(&line, x, 1, &r);
    CHECK_NEAR(r.hz, 12, 0.2);
    CHECK_NEAR(r.share, 1 / 1.49, 0.03);
    CHECK_NEAR(r.second, 0.49, 0.03);
}

static void nothing_moves(void) {
    struct aw_line_result r;
    start();
    memset(x, 0, sizeof x);
    aw_line_run(&line, x, 2, &r);
    CHECK(isnan(r.hz) && isnan(r.share) && isnan(r.second));
    memset(x, 0, sizeof x);
    add_noise(MOST, 1, 3); /* of noise no line explains much */
    aw_line_run(&line, x, MOST, &r);
    CHECK(r.share < 0.3F && r.second > 0.5F);
}

static void refusals(void) {
    CHECK_REFUSED(aw_line_init(&line, &a, 4, 100));
    CHECK_REFUSED(aw_line_init(&line, &a, 2048, 100));
    CHECK_REFUSED(aw_line_init(&line, &a, 33, 100));
    CHECK_REFUSED(aw_line_init(&line, &a, N, 0));
    CHECK_REFUSED(aw_line_init(&line, &a, N, NAN));
    CHECK_ARENA(aw_line_init(&line, &a, N, 100));
}

int main(void) {
    definition();
    finds();
    tells_two();
    nothing_moves();
    refusals();
    return test_end();
}
