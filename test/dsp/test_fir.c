#include "dsp/fir.h"
#include "dsp_test.h"

enum { N = 2500 };
static float x[N], y[N];
static double want[N], h[AW_FIR_MAX_TAPS];

static struct aw_fir make(struct aw_arena *a, size_t n, const struct aw_fir_config *c) {
    struct aw_fir f = {0};
    arena_fresh(a);
    CHECK_INT(aw_fir_init(&f, a, n, c), AW_OK);
    return f;
}

static void impulse_response(struct aw_fir *f) {
    aw_fir_reset(f);
    for (size_t i = 0; i < f->taps; i++) {
        float v = i == 0;
        aw_fir_push(f, &v, &v);
        h[i] = (double)v;
    }
}

static double gain(size_t taps, double f) {
    double re = 0, im = 0;
    for (size_t i = 0; i < taps; i++) {
        re += h[i] * cos(2 * PI * f * (double)i);
        im += h[i] * sin(2 * PI * f * (double)i);
    }
    return hypot(re, im);
}

/* Kaiser's mask: ripple and stop band in dB by region, from the filter's own impulse response. */
static void mask(void) {
    const float stops[] = {30, 60, 80};
    struct aw_arena a;
    for (int kind = 0; kind < 3; kind++) {
        for (int s = 0; s < 3; s++) {
            struct aw_fir_config c = {(enum aw_fir_kind)kind, 201, stops[s], 100, 12, 30};
            struct aw_fir f = make(&a, 1, &c);
            impulse_response(&f);
            for (size_t i = 0; i < f.taps; i++) CHECK(h[i] == h[f.taps - 1 - i]);
            double half = 0.5 * (double)(stops[s] - 7.95F) / (14.36 * (double)(f.taps - 1));
            double lo = kind == AW_FIR_LOW_PASS ? -1 : 0.12,
                   hi = kind == AW_FIR_HIGH_PASS ? 1 : 0.3;
            double ripple = 0, leak = 0, allowed = pow(10, -(double)stops[s] / 20);
            for (double at = 0; at <= 0.5; at += 0.0005) {
                double g = gain(f.taps, at);
                if (at > lo + half && at < hi - half) ripple = fmax(ripple, fabs(g - 1));
                if (at < lo - half || at > hi + half) leak = fmax(leak, g);
            }
            printf("kind %d stop %.0f dB: leak %.1f dB, ripple %.1f dB\n", kind, (double)stops[s],
                   20 * log10(leak), 20 * log10(ripple));
            CHECK(leak < 1.15 * allowed); /* two edges of one band add */
            CHECK(ripple < 1.3 * allowed);
            if (lo > 0) CHECK_NEAR(gain(f.taps, lo), 0.5, 0.02);
            if (hi < 1) CHECK_NEAR(gain(f.taps, hi), 0.5, 0.02);
        }
    }
}

/* Coefficients by the textbook (Bessel function by its integral) and the sum of the header. */
static double bessel(double v) {
    double sum = 0;
    for (int i = 0; i < 2000; i++) sum += exp(v * cos(PI * (i + 0.5) / 2000)) / 2000;
    return sum;
}

static void definition(void) {
    enum { L = 41 };
    struct aw_arena a;
    struct aw_fir_config c = {AW_FIR_BAND_PASS, L, 70, 100, 10, 25};
    struct aw_fir f = make(&a, 1, &c);
    double beta = 0.1102 * (70 - 8.7), norm = 0, taps[L];
    for (int i = 0; i < L; i++) {
        double t = i - 20, u = t / 20;
        double ideal = i == 20 ? 0.3 : (sin(2 * PI * 0.25 * t) - sin(2 * PI * 0.1 * t)) / (PI * t);
        taps[i] = ideal * bessel(beta * sqrt(fmax(1 - u * u, 0)));
        norm += taps[i] * cos(2 * PI * 0.175 * t);
    }
    for (int i = 0; i < N; i++) x[i] = (float)noise_gauss(1, (unsigned)i);
    for (int t = 0; t < N; t++) {
        want[t] = 0;
        for (int i = 0; i < L && i <= t; i++) want[t] += taps[i] / norm * (double)x[t - i];
    }
    for (int i = 0; i < N; i++) aw_fir_push(&f, &x[i], &y[i]);
    CHECK_SNR(y, want, N, 120);
}

/* DC, shift by the delay, linearity, elements apart also beyond one block of lanes, reset. */
static void laws(void) {
    enum { WIDE = 37, L = 15 };
    struct aw_arena a;
    struct aw_fir_config c = {AW_FIR_LOW_PASS, L, 40, 100, 0, 20};
    struct aw_fir f = make(&a, WIDE, &c);
    float in[WIDE], out[WIDE], first[WIDE] = {0};
    for (int round = 0; round < 2; round++) {
        for (int t = 0; t < 100; t++) {
            for (int e = 0; e < WIDE; e++) {
                in[e] = e == 0 ? 3 : e == 1 ? (float)t : (float)(e * noise_gauss(2, (unsigned)t));
            }
            aw_fir_push(&f, in, out);
            if (t < L) continue;
            CHECK_NEAR(out[0], 3, 1e-5);
            CHECK_NEAR(out[1], t - L / 2, 1e-4);
            for (int e = 3; e < WIDE; e++) CHECK_NEAR(out[e] / (float)e, out[2] / 2, 1e-6);
            if (t == 50 && round == 0) memcpy(first, out, sizeof out);
            if (t == 50 && round == 1) CHECK(memcmp(first, out, sizeof out) == 0);
        }
        aw_fir_reset(&f);
    }
}

static void refusals(void) {
    struct aw_fir f;
    const struct aw_fir_config good = {AW_FIR_BAND_PASS, 21, 60, 100, 2, 10};
    struct aw_fir_config c = good;
    CHECK_REFUSED(aw_fir_init(&f, &a, 0, &c));
    CHECK_REFUSED(aw_fir_init(&f, &a, SIZE_MAX, &c));
    const unsigned taps[] = {0, 1, 2, 20, 1024, 1025};
    for (int i = 0; i < 6; i++) {
        c.taps = taps[i];
        CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
    }
    c = good;
    c.kind = (enum aw_fir_kind)3;
    CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
    const float bad[] = {0, -1, NAN, INFINITY, 50, 51};
    for (int i = 0; i < 6; i++) {
        c = good;
        c.lo_hz = bad[i];
        CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
        c.kind = AW_FIR_HIGH_PASS;
        CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
        c = good;
        c.hi_hz = bad[i];
        CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
        c.kind = AW_FIR_LOW_PASS;
        CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
        c = good;
        c.fs_hz = bad[i];
        if (i < 4) CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
        c = good;
        c.stop_db = i < 4 ? bad[i] : i == 4 ? 20.9F : 121;
        CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
    }
    c = good;
    c.lo_hz = c.hi_hz;
    CHECK_REFUSED(aw_fir_init(&f, &a, 1, &c));
    CHECK_ARENA(aw_fir_init(&f, &a, 3, &good));
}

int main(void) {
    mask();
    definition();
    laws();
    refusals();
    return test_end();
}
