#include "dsp/viterbi.h"
#include "dsp_test.h"

enum { N = 5, T = 7 };
static float l[T][N];

static double score_of(const size_t *path, size_t reach, double step) {
    double sum = 0;
    for (size_t t = 0; t < T; t++) {
        sum += (double)l[t][path[t]];
        if (t == 0) continue;
        double d = fabs((double)path[t] - (double)path[t - 1]);
        if (d > (double)reach) return -INFINITY;
        sum -= d * d / (2 * step * step);
    }
    return sum;
}

/* All n^T paths tried one by one. */
static void definition(void) {
    for (unsigned round = 0; round < 30; round++) {
        struct aw_arena a;
        struct aw_viterbi v;
        size_t reach = round % 4 + (round % 4 == 3), path[T], got[T];
        float step = 0.5F + (float)noise_uniform(1, round);
        arena_fresh(&a);
        CHECK_INT(aw_viterbi_init(&v, &a, N, T, reach, step), AW_OK);
        for (unsigned t = 0; t < T; t++) {
            for (unsigned i = 0; i < N; i++) {
                l[t][i] = (float)(3 * noise_gauss(round + 10, t * N + i));
                if (noise_uniform(round + 50, t * N + i) < 0.1) l[t][i] = -INFINITY;
            }
            l[t][2] = fmaxf(l[t][2], -5); /* one path is always possible */
            aw_viterbi_push(&v, l[t]);
        }
        for (size_t t = 0; t < T; t++) got[T - 1 - t] = aw_viterbi_read(&v, t);
        double best = -INFINITY;
        for (unsigned code = 0; code < 78125; code++) { /* 5^7 */
            unsigned rest = code;
            for (size_t t = 0; t < T; t++, rest /= N) path[t] = rest % N;
            best = fmax(best, score_of(path, reach, (double)step));
        }
        CHECK_NEAR(score_of(got, reach, (double)step), best, 1e-4);
    }
}

/* A rate that wanders over 100 bins among false lines that are stronger 40 % of the time; a gap of
 * no evidence is bridged; the fixed lag knows better than the newest. */
static void tracks(void) {
    enum { WIDE = 100, LONG = 400, LAG = 30 };
    struct aw_arena a;
    struct aw_viterbi v;
    arena_fresh(&a);
    CHECK_INT(aw_viterbi_init(&v, &a, WIDE, LAG, 5, 1), AW_OK);
    double truth[LONG], now = 0, late = 0, plain = 0;
    for (unsigned t = 0; t < LONG; t++) {
        float evidence[WIDE];
        truth[t] = 50 + 20 * sin(t * 0.02);
        double false_line = WIDE * noise_uniform(3, t);
        bool fooled = noise_uniform(4, t)<0.4, blind = t> 200 && t < 210;
        size_t top = 0;
        for (unsigned i = 0; i < WIDE; i++) {
            double own = (fooled ? 2 : 5) * exp(-0.5 * pow((i - truth[t]) / 1.5, 2));
            double other = 4 * exp(-0.5 * pow((i - false_line) / 1.5, 2));
            evidence[i] = blind ? 0 : (float)(own + other);
            if (evidence[i] > evidence[top]) top = i;
        }
        aw_viterbi_push(&v, evidence);
        if (t < LAG) continue;
        plain += fabs((double)top - truth[t]) > 3;
        now += fabs((double)aw_viterbi_read(&v, 0) - truth[t]) > 3;
        late += fabs((double)aw_viterbi_read(&v, LAG) - truth[t - LAG]) > 3;
    }
    printf("wrong: strongest line %.0f, newest state %.0f, lagged state %.0f\n", plain, now, late);
    CHECK(plain > 80 && now < 12 && late == 0);
}

/* What was excluded everywhere starts anew; NaN is excluded; a constant changes nothing; scores
 * stay bounded; reset is fresh. */
static void laws(void) {
    struct aw_arena a;
    struct aw_viterbi v;
    float e[N] = {0, 0, 0, 0, 9};
    const float never = -INFINITY;
    arena_fresh(&a);
    CHECK_INT(aw_viterbi_init(&v, &a, N, 3, 1, 1), AW_OK);
    for (int i = 0; i < 10; i++) aw_viterbi_push(&v, e);
    CHECK_INT(v.count, 4);
    CHECK_INT(aw_viterbi_read(&v, 3), 4);
    float far[N] = {0, never, never, NAN, never}; /* out of reach of what is known */
    for (int i = 0; i < 4; i++) {
        float only[N] = {never, never, never, never, 0};
        aw_viterbi_push(&v, only);
    }
    aw_viterbi_push(&v, far);
    CHECK_INT(v.count, 1);
    CHECK_INT(aw_viterbi_read(&v, 0), 0);
    float nothing[N] = {never, never, NAN, never, never};
    aw_viterbi_push(&v, nothing);
    CHECK_INT(v.count, 0);
    for (int i = 0; i < N; i++) e[i] += 1e6F;
    for (int i = 0; i < 1000; i++) aw_viterbi_push(&v, e);
    CHECK_INT(aw_viterbi_read(&v, 2), 4);
    for (int i = 0; i < N; i++) CHECK(v.score[i] <= 0 && v.score[i] > -100);
    float hole[N] = {0, NAN, 0, 0, 0}, back[N] = {0, 50, 0, 0, 0};
    aw_viterbi_push(&v, hole);
    for (int i = 0; i < 4; i++) aw_viterbi_push(&v, back);
    CHECK_INT(aw_viterbi_read(&v, 0), 1); /* excluded once only */
    aw_viterbi_reset(&v);
    e[1] = 2e6F;
    aw_viterbi_push(&v, e);
    CHECK_INT(v.count, 1);
    CHECK_INT(aw_viterbi_read(&v, 0), 1);
}

static void refusals(void) {
    struct aw_viterbi v;
    CHECK_REFUSED(aw_viterbi_init(&v, &a, 0, 3, 1, 1));
    CHECK_REFUSED(aw_viterbi_init(&v, &a, AW_VITERBI_MAX_STATES + 1, 3, 1, 1));
    CHECK_REFUSED(aw_viterbi_init(&v, &a, 5, 0, 1, 1));
    CHECK_REFUSED(aw_viterbi_init(&v, &a, 5, 65537, 1, 1));
    CHECK_REFUSED(aw_viterbi_init(&v, &a, 5, 3, AW_VITERBI_MAX_REACH + 1, 1));
    const float bad[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++) CHECK_REFUSED(aw_viterbi_init(&v, &a, 5, 3, 1, bad[i]));
    CHECK_ARENA(aw_viterbi_init(&v, &a, 5, 3, 1, 1));
}

int main(void) {
    definition();
    tracks();
    laws();
    refusals();
    return test_end();
}
