#include "dsp/iir.h"
#include "dsp_test.h"

enum { N = 3000 };
static float x[N], y[N];
static double want[N];

static const char *const NAME[] = {"low", "high", "band"};

static struct aw_iir make(struct aw_arena *a, size_t n, enum aw_iir_kind kind, unsigned order,
                          double lo, double hi) {
    struct aw_iir f = {0};
    arena_fresh(a);
    struct aw_iir_config c = {kind, order, 100, (float)(100 * lo), (float)(100 * hi)};
    CHECK_INT(aw_iir_init(&f, a, n, &c), AW_OK);
    return f;
}

/* |H| by the header's formula; a band-pass by the transform of its low-pass prototype. */
static double butterworth(enum aw_iir_kind kind, unsigned order, double lo, double hi, double f) {
    double w = tan(PI * f), l = tan(PI * lo), h = tan(PI * hi), v;
    v = kind == AW_IIR_LOW_PASS    ? w / h
        : kind == AW_IIR_HIGH_PASS ? l / w
                                   : (w * w - l * h) / (w * (h - l));
    return 1 / sqrt(1 + pow(v * v, order));
}

/* The response follows the formula at every frequency: ripple, corners and stop band in one. */
static void mask(void) {
    const double corners[][2] = {{0.001, 0.0075}, {0.01, 0.05}, {0.1, 0.3}, {0.005, 0.49}};
    struct aw_arena a;
    double worst = 0;
    for (int kind = 0; kind < 3; kind++) {
        for (unsigned order = 1; order <= AW_IIR_MAX_ORDER; order++) {
            for (int c = 0; c < 4; c++) {
                double lo = (double)(float)(100 * corners[c][0]) / 100;
                double hi = (double)(float)(100 * corners[c][1]) / 100;
                struct aw_iir f = make(&a, 1, (enum aw_iir_kind)kind, order, lo, hi);
                for (double at = 0.0005; at < 0.5; at *= 1.02) {
                    double b = butterworth((enum aw_iir_kind)kind, order, lo, hi, at);
                    if (b < 1e-8) continue; /* beyond -160 dB */
                    worst = fmax(worst, fabs(20 * log10(aw_iir_gain(&f, at) / b)));
                }
                CHECK_NEAR(aw_iir_gain(&f, kind == 1 ? lo : hi), sqrt(0.5), 1e-6);
            }
        }
    }
    printf("worst deviation from the Butterworth mask %.2g dB\n", worst);
    CHECK(worst < 1e-3);
}

/* Filtering is what aw_iir_gain says: steady sines, measured. */
static void sines(void) {
    struct aw_arena a;
    for (int kind = 0; kind < 3; kind++) {
        struct aw_iir f = make(&a, 1, (enum aw_iir_kind)kind, 4, 0.02, 0.1);
        for (double at = 0.01; at < 0.4; at += 0.03) {
            aw_iir_reset(&f);
            double power = 0;
            for (int i = 0; i < N; i++) {
                float v = (float)sin(2 * PI * at * i);
                aw_iir_push(&f, &v, &v);
                if (i >= N - 1000) power += (double)v * (double)v / 500;
            }
            CHECK_NEAR(sqrt(power), aw_iir_gain(&f, at), 1e-3);
        }
    }
}

/* Output against the impulse response convolved directly in double: h from sections multiplied out
 * into one transfer function would be ill-conditioned, so each section is convolved in turn by the
 * difference equation of the header (direct form I). */
static void definition(void) {
    struct aw_arena a;
    for (int kind = 0; kind < 3; kind++) {
        struct aw_iir f = make(&a, 1, (enum aw_iir_kind)kind, 5, 0.001, 0.2);
        for (int i = 0; i < N; i++) want[i] = (double)(x[i] = (float)noise_gauss(1, (unsigned)i));
        for (size_t s = 0; s < f.n_sections; s++) {
            const struct aw_iir_section *c = &f.section[s];
            double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
            for (int i = 0; i < N; i++) {
                double x0 = want[i];
                want[i] = c->b0 * x0 + c->b1 * x1 + c->b2 * x2 - c->a1 * y1 - c->a2 * y2;
                x2 = x1;
                x1 = x0;
                y2 = y1;
                y1 = want[i];
            }
        }
        for (int i = 0; i < N; i++) aw_iir_push(&f, &x[i], &y[i]);
        printf("%s ", NAME[kind]);
        CHECK_SNR(y, want, N, 130);
    }
}

/* Step and DC; settle has no transient; linear; elements do not mix, also across blocks; shift;
 * reset is fresh. */
static void laws(void) {
    struct aw_arena a;
    for (int kind = 0; kind < 3; kind++) {
        double dc = kind == AW_IIR_LOW_PASS ? 1 : 0;
        struct aw_iir f = make(&a, 1, (enum aw_iir_kind)kind, 3, 0.02, 0.1);
        float v = 0, five = 5;
        for (int i = 0; i < N; i++) aw_iir_push(&f, &five, &v);
        CHECK_NEAR(v, 5 * dc, 1e-5);
        aw_iir_reset(&f);
        aw_iir_settle(&f, &five);
        for (int i = 0; i < 50; i++) {
            aw_iir_push(&f, &five, &v);
            CHECK_NEAR(v, 5 * dc, 1e-5);
        }
        enum { WIDE = 150 };
        struct aw_iir wide = make(&a, WIDE, (enum aw_iir_kind)kind, 3, 0.02, 0.1);
        struct aw_arena b;
        aw_arena_init(&b, arena_memory + (1 << 20), 1 << 20);
        struct aw_iir_config c = {(enum aw_iir_kind)kind, 3, 100, 2, 10};
        CHECK_INT(aw_iir_init(&f, &b, 1, &c), AW_OK);
        float in[WIDE], out[WIDE], late = 0;
        for (int i = 0; i < 400; i++) {
            float one = (float)noise_gauss(2, (unsigned)i);
            for (int e = 0; e < WIDE; e++) in[e] = (float)(e - 70) * one;
            aw_iir_push(&wide, in, out);
            aw_iir_push(&f, &one, &one);
            for (int e = 0; e < WIDE; e++) CHECK_NEAR(out[e], (float)(e - 70) * one, 4e-5);
            late = one;
        }
        aw_iir_reset(&f);
        float zero = 0;
        for (int i = 0; i < 7; i++) {
            aw_iir_push(&f, &zero, &zero);
            CHECK(zero == 0);
        }
        for (int i = 0; i < 400; i++) {
            v = (float)noise_gauss(2, (unsigned)i);
            aw_iir_push(&f, &v, &v);
        }
        CHECK(v == late);
    }
}

static void refusals(void) {
    struct aw_iir f;
    const struct aw_iir_config good = {AW_IIR_BAND_PASS, 4, 100, 2, 10};
    struct aw_iir_config c = good;
    CHECK_REFUSED(aw_iir_init(&f, &a, 0, &c));
    CHECK_REFUSED(aw_iir_init(&f, &a, SIZE_MAX, &(struct aw_iir_config){.kind = AW_IIR_LOW_PASS}));
    c.order = 0;
    CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
    c.order = AW_IIR_MAX_ORDER + 1;
    CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
    c = good;
    c.kind = (enum aw_iir_kind)3;
    CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
    const float bad[] = {0, -1, NAN, INFINITY, 50, 51};
    for (int i = 0; i < 6; i++) {
        c = good;
        c.lo_hz = bad[i];
        CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
        c.kind = AW_IIR_HIGH_PASS;
        CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
        c = good;
        c.hi_hz = bad[i];
        CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
        c.kind = AW_IIR_LOW_PASS;
        CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
        c = good;
        c.fs_hz = bad[i];
        if (i < 4) CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
    }
    c = good;
    c.lo_hz = c.hi_hz;
    CHECK_REFUSED(aw_iir_init(&f, &a, 1, &c));
    CHECK_ARENA(aw_iir_init(&f, &a, 3, &good));
}

int main(void) {
    mask();
    sines();
    definition();
    laws();
    refusals();
    return test_end();
}
