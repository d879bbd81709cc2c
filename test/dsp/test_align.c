#include "dsp/align.h"
#include "dsp_test.h"

enum { S = 56, C = 3, R = 30 };
static int16_t k[S];
static float h[2 * C * S], out[2 * C * S], ref[2 * C * S];
/* Intel 5300, 20 MHz: 802.11n-2009 table 7-25f, grouping 2. */
static const int16_t K5300[R] = {-28, -26, -24, -22, -20, -18, -16, -14, -12, -10,
                                 -8,  -6,  -4,  -2,  -1,  1,   3,   5,   7,   9,
                                 11,  13,  15,  17,  19,  21,  23,  25,  27,  28};

/* A room of three paths, the same for all packets; chains differ. */
static void room(const int16_t *index, size_t n, size_t chains, float *iq) {
    for (size_t c = 0; c < chains; c++) {
        for (size_t i = 0; i < n; i++) {
            double re = 0, im = 0;
            for (int p = 0; p < 3; p++) {
                double angle = 0.03 * p * index[i] + 2 * (double)p * (double)(c + 1);
                re += cos(angle) * (1 - 0.3 * p);
                im -= sin(angle) * (1 - 0.3 * p);
            }
            iq[2 * (c * n + i)] = (float)re;
            iq[2 * (c * n + i) + 1] = (float)im;
        }
    }
}

/* iq = gain e^{j (phase + slope k)} ref + noise. */
static void impair(const int16_t *index, size_t n, size_t chains, const double *gain, double phase,
                   double slope, double noise, uint64_t stream) {
    for (size_t c = 0; c < chains; c++) {
        for (size_t i = 0; i < n; i++) {
            size_t at = 2 * (c * n + i);
            double a = phase + slope * index[i], co = gain[c] * cos(a), si = gain[c] * sin(a);
            h[at] = (float)(co * (double)ref[at] - si * (double)ref[at + 1] +
                            noise * noise_gauss(stream, at));
            h[at + 1] = (float)(si * (double)ref[at] + co * (double)ref[at + 1] +
                                noise * noise_gauss(stream, at + 1));
        }
    }
}

static struct aw_align make(struct aw_arena *a, size_t chains, size_t n, const int16_t *index,
                            float memory) {
    struct aw_align f = {0};
    arena_fresh(a);
    CHECK_INT(aw_align_init(&f, a, chains, n, index, memory), AW_OK);
    return f;
}

/* Without noise every gain, phase and slope comes out, over the whole unambiguous range. */
static void exact(const int16_t *index, size_t n, size_t chains, double reach) {
    struct aw_arena a;
    struct aw_align f = make(&a, chains, n, index, 50);
    struct aw_align_result r;
    room(index, n, chains, ref);
    const double one[C] = {1, 1, 1};
    impair(index, n, chains, one, 0, 0, 0, 0);
    aw_align_push(&f, h, false, ref, &r);
    CHECK(r.ok);
    CHECK_NEAR(r.residual, 0, 1e-10);
    for (int i = 0; i < 200; i++) {
        double phase = 6.2 * (noise_uniform(1, (unsigned)i) - 0.5);
        double slope = reach * 2 * (noise_uniform(2, (unsigned)i) - 0.5);
        double gain[C] = {0.1 + i % 7, 2, 5 - 0.02 * i};
        impair(index, n, chains, gain, phase, slope, 0, 0);
        aw_align_push(&f, h, false, out, &r);
        CHECK(r.ok);
        CHECK_NEAR(r.slope_rad, slope, 2e-6);
        CHECK_NEAR(remainder((double)r.phase_rad - phase, 2 * PI), 0, 1e-4);
        for (size_t c = 0; c < chains; c++) CHECK_NEAR(r.gain[c] / (float)gain[c], 1, 1e-5);
        CHECK_NEAR(r.residual, 0, 1e-8);
        double want[2 * C * S];
        for (size_t v = 0; v < 2 * chains * n; v++) want[v] = (double)ref[v];
        CHECK(snr_db(out, want, 2 * chains * n) > 80);
    }
}

/* The cost of the header at (phase, slope), with the best gains. */
static double cost(const struct aw_align *f, double phase, double slope) {
    double sum = 0;
    for (size_t c = 0; c < f->n_chains; c++) {
        double dot = 0, tt = 0, hh = 0;
        for (size_t i = 0; i < f->n_sub; i++) {
            size_t at = 2 * (c * f->n_sub + i);
            double angle = -(phase + slope * k[i]), co = cos(angle), si = sin(angle);
            double re = co * (double)h[at] - si * (double)h[at + 1];
            double im = si * (double)h[at] + co * (double)h[at + 1];
            dot += re * (double)f->t[at] + im * (double)f->t[at + 1];
            tt += pow((double)f->t[at], 2) + pow((double)f->t[at + 1], 2);
            hh += re * re + im * im;
        }
        sum += hh - dot * dot / tt;
    }
    return sum;
}

/* In noise (10 dB) the answer is the minimum of the cost, found by search in double. */
static void definition(void) {
    struct aw_arena a;
    struct aw_align f = make(&a, C, S, k, 50);
    struct aw_align_result r;
    const double gain[C] = {1, 2, 0.7};
    room(k, S, C, ref);
    aw_align_push(&f, ref, false, out, &r);
    for (unsigned i = 0; i < 20; i++) {
        impair(k, S, C, gain, 1, 0.1, 0.35, 10 + i);
        aw_align_push(&f, h, false, out, &r);
        double p = 1, s = 0.1;
        for (double step = 0.2; step > 1e-7; step *= 0.6) {
            for (int rounds = 0; rounds < 4; rounds++) {
                for (int d = -1; d <= 1; d += 2) {
                    if (cost(&f, p + d * step, s) < cost(&f, p, s)) p += d * step;
                    if (cost(&f, p, s + d * step / 16) < cost(&f, p, s)) s += d * step / 16;
                }
            }
        }
        CHECK(cost(&f, (double)r.phase_rad, (double)r.slope_rad) < cost(&f, p, s) * (1 + 1e-6));
    }
}

/* Errors in white noise meet the Cramer-Rao bounds of the header. */
static void bounds(void) {
    struct aw_arena a;
    enum { N = 2000 };
    struct aw_align f = make(&a, 1, S, k, 50);
    struct aw_align_result r;
    room(k, S, 1, ref);
    aw_align_push(&f, ref, false, ref, &r); /* to mean power 1, k is symmetric about 0 */
    const double one[C] = {1, 1, 1}, noise = 0.1;
    double slope = 0, phase = 0;
    for (unsigned i = 0; i < N; i++) {
        impair(k, S, 1, one, 0.5, -0.05, noise, 100 + i);
        aw_align_push(&f, h, false, out, &r);
        slope += pow((double)r.slope_rad + 0.05, 2) / N;
        double middle = (double)(r.phase_rad + r.slope_rad * f.middle);
        phase += pow(middle - 0.5 + 0.05 * (double)f.middle, 2) / N;
    }
    double least = noise / sqrt(f.inertia[0]);
    printf("slope std %.3g rad, bound %.3g; phase std %.3g\n", sqrt(slope), least, sqrt(phase));
    CHECK_NEAR(sqrt(slope) / least, 1, 0.06);
    CHECK(sqrt(phase) < 1.2 * noise / sqrt(f.energy[0]));
}

/* How weak a packet may be: share of starts that end on a wrong slope, by ratio of signal to noise
 * per value. */
static void weak(void) {
    struct aw_arena a;
    struct aw_align f = make(&a, 1, S, k, 50);
    struct aw_align_result r;
    room(k, S, 1, ref);
    aw_align_push(&f, ref, false, ref, &r); /* mean power 1 */
    const double one[C] = {1, 1, 1}, db[] = {6, 3, 0, -3};
    double missed[4] = {0};
    for (int d = 0; d < 4; d++) {
        for (unsigned i = 0; i < 2000; i++) {
            impair(k, S, 1, one, i, 0.1, sqrt(0.5) * pow(10, -db[d] / 20), 7000 + i);
            aw_align_push(&f, h, false, out, &r);
            missed[d] += fabs((double)r.slope_rad - 0.1) > 0.06 ? 1 / 2000.0 : 0;
        }
        printf("%.0f dB per value: %.4f missed\n", db[d], missed[d]);
    }
    CHECK(missed[0] == 0 && missed[1] == 0 && missed[2] < 0.004);
}

/* The template learns the mean, keeps its power, and does not when told not to. */
static void learning(void) {
    struct aw_arena a;
    struct aw_align f = make(&a, C, S, k, 200);
    struct aw_align_result r;
    room(k, S, C, ref);
    const double gain[C] = {3, 3, 3};
    double first = 0, last = 0;
    for (unsigned i = 0; i < 3000; i++) {
        impair(k, S, C, gain, i, 0.2 * sin(i), 0.3, 500 + i);
        aw_align_push(&f, h, true, out, &r);
        if (i > 0 && i <= 100) first += (double)r.residual / 100;
        if (i >= 2900) last += (double)r.residual / 100;
    }
    double power = 0, noise = 2 * 0.3 * 0.3 / 9; /* per value; the room has mean power m */
    for (size_t v = 0; v < 2 * C * S; v++) power += pow((double)f.t[v], 2) / (C * S);
    double mean = 0;
    for (size_t v = 0; v < 2 * C * S; v++) mean += pow((double)ref[v], 2) / (C * S);
    CHECK_NEAR(power, 1, 1e-3);
    CHECK_NEAR(last / (noise / mean), 1, 0.06);
    CHECK(first > last);
    float before = f.t[7];
    aw_align_push(&f, ref, false, out, &r);
    CHECK(f.t[7] == before);
    aw_align_reset(&f);
    struct aw_arena b;
    struct aw_align fresh = {0};
    aw_arena_init(&b, arena_memory + (1 << 20), 1 << 20);
    CHECK_INT(aw_align_init(&fresh, &b, C, S, k, 200), AW_OK);
    for (int i = 0; i < 5; i++) {
        struct aw_align_result q;
        float other[2 * C * S];
        impair(k, S, C, gain, i, 0.1, 0.3, 900 + (unsigned)i);
        aw_align_push(&f, h, true, out, &r);
        aw_align_push(&fresh, h, true, other, &q);
        CHECK(memcmp(other, out, sizeof out) == 0 && memcmp(&q, &r, sizeof r) == 0);
    }
}

/* Nothing, infinity and NaN are refused per packet and leave no trace; half the subcarriers faded
 * is no problem. */
static void hard(void) {
    struct aw_arena a;
    struct aw_align f = make(&a, 1, S, k, 50);
    struct aw_align_result r;
    const double one[C] = {1, 1, 1};
    memset(h, 0, sizeof h);
    aw_align_push(&f, h, true, out, &r);
    CHECK(!r.ok && f.seen == 0);
    room(k, S, 1, ref);
    for (int i = 10; i < 30; i++) ref[2 * i] = ref[2 * i + 1] = 0;
    aw_align_push(&f, ref, true, ref, &r);
    const float bad[] = {NAN, INFINITY, 0};
    for (int i = 0; i < 3; i++) {
        impair(k, S, 1, one, 0, 0, 0, 0);
        h[5] = bad[i];
        if (bad[i] == 0) memset(h, 0, sizeof h);
        aw_align_push(&f, h, true, out, &r);
        CHECK(!r.ok && out[0] == 0 && out[5] == 0 && r.residual == 0);
    }
    impair(k, S, 1, one, 2, 0.3, 0.05, 3);
    aw_align_push(&f, h, true, out, &r);
    CHECK(r.ok);
    CHECK_NEAR(r.slope_rad, 0.3, 2e-3);
}

static void refusals(void) {
    struct aw_align f;
    int16_t same[S], down[S];
    for (int i = 0; i < S; i++) {
        same[i] = i == 9 ? 8 : (int16_t)i;
        down[i] = (int16_t)-i;
    }
    CHECK_REFUSED(aw_align_init(&f, &a, 0, S, k, 50));
    CHECK_REFUSED(aw_align_init(&f, &a, AW_ALIGN_MAX_CHAINS + 1, S, k, 50));
    CHECK_REFUSED(aw_align_init(&f, &a, 1, 1, k, 50));
    CHECK_REFUSED(aw_align_init(&f, &a, 1, AW_MAX_SUB + 1, k, 50));
    CHECK_REFUSED(aw_align_init(&f, &a, 1, S, same, 50));
    CHECK_REFUSED(aw_align_init(&f, &a, 1, S, down, 50));
    const float bad[] = {0, 0.99F, -1, NAN, INFINITY};
    for (int i = 0; i < 5; i++) CHECK_REFUSED(aw_align_init(&f, &a, 1, S, k, bad[i]));
    CHECK_ARENA(aw_align_init(&f, &a, 2, 4, k, 50));
}

int main(void) {
    for (int i = 0; i < S; i++) k[i] = (int16_t)(i < S / 2 ? i - S / 2 : i - S / 2 + 1);
    exact(k, S, 1, 3);
    exact(k, S, C, 3);
    exact(K5300, R, C, 1.5);
    int16_t upper[S];
    for (int i = 0; i < S; i++) upper[i] = (int16_t)(i + 2); /* one half of 40 MHz */
    exact(upper, S, 1, 3);
    definition();
    bounds();
    weak();
    learning();
    hard();
    refusals();
    return test_end();
}
