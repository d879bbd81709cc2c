#include "dsp/quotient.h"
#include "dsp_test.h"

#include <complex.h>

enum { C = 3, S = 30, V = 2 * C * S };
static float h[V], out[V], first[V];
static double want[V];

static struct aw_quotient make(struct aw_arena *a, enum aw_quotient_kind kind, float change) {
    struct aw_quotient q = {0};
    struct aw_quotient_config c = {kind, C, S, 3, 10, change};
    arena_fresh(a);
    CHECK_INT(aw_quotient_init(&q, a, &c), AW_OK);
    return q;
}

/* Chain 1 and subcarrier 7 are the strongest. */
static void fill(unsigned stream, double complex gain, double slope) {
    for (unsigned c = 0; c < C; c++) {
        for (unsigned k = 0; k < S; k++) {
            double level = (c == 1 ? 3 : 1) * (k == 7 ? 3 : 1);
            double complex v =
                level * (noise_uniform(stream, c * S + k) + 0.5) * cexp(I * (double)(c * k));
            v *= gain * cexp(I * slope * k);
            h[2 * (c * S + k)] = (float)creal(v);
            h[2 * (c * S + k) + 1] = (float)cimag(v);
        }
    }
}

static double complex at(unsigned c, unsigned k) {
    return (double)h[2 * (c * S + k)] + I * (double)h[2 * (c * S + k) + 1];
}

static void definition(void) {
    struct aw_arena a;
    for (int kind = 0; kind < 2; kind++) {
        struct aw_quotient q = make(&a, (enum aw_quotient_kind)kind, 2);
        fill(1, 1, 0);
        CHECK(aw_quotient_push(&q, h, 0, out)); /* from 0 to the strongest */
        CHECK_INT(q.ref, kind ? 7 : 1);
        CHECK(!aw_quotient_push(&q, h, 0, out));
        for (unsigned c = 0; c < C; c++) {
            for (unsigned k = 0; k < S; k++) {
                double complex r = at(c, k) / (kind ? at(c, 7) : at(1, k));
                want[2 * (c * S + k)] = creal(r);
                want[2 * (c * S + k) + 1] = cimag(r);
            }
        }
        CHECK_SNR(out, want, V, 125);
        /* Gain, phase and (between chains) slope of the packet do not matter. */
        memcpy(first, out, sizeof out);
        fill(1, 7 * cexp(2.5 * I), kind ? 0 : 0.4);
        aw_quotient_push(&q, h, 0, out);
        for (int i = 0; i < V; i++) CHECK_NEAR(out[i], first[i], 3e-6);
        aw_quotient_reset(&q);
        CHECK(aw_quotient_push(&q, h, 0, out));
        for (int i = 0; i < V; i++) CHECK_NEAR(out[i], first[i], 3e-6);
    }
}

/* A faded denominator holds the last value; nothing known is 0; the packet without energy too. */
static void guard(void) {
    struct aw_arena a;
    struct aw_quotient q = make(&a, AW_QUOTIENT_CHAINS, 2);
    memset(h, 0, sizeof h);
    CHECK(!aw_quotient_push(&q, h, 1, out));
    for (int i = 0; i < V; i++) CHECK(out[i] == 0);
    fill(1, 100, 0);
    aw_quotient_push(&q, h, 1, first);
    fill(2, 100, 0);
    size_t weak = 2 * (1 * S + 4);
    h[weak] = 2.9F;
    h[weak + 1] = 0;
    aw_quotient_push(&q, h, 1, out);
    for (size_t c = 0; c < C; c++) CHECK(out[2 * (c * S + 4)] == first[2 * (c * S + 4)]);
    CHECK(out[0] != first[0]);
    h[weak] = 3.1F;
    aw_quotient_push(&q, h, 1, out);
    CHECK_NEAR(out[8], h[8] / 3.1F, 1e-4);
}

/* The reference changes only for one that is `change` times stronger, and the past is dropped. */
static void reference(void) {
    struct aw_arena a;
    const float factor[] = {1, 4, INFINITY};
    for (int f = 0; f < 3; f++) {
        struct aw_quotient q = make(&a, AW_QUOTIENT_CHAINS, factor[f]);
        fill(1, 1, 0);
        for (int i = 0; i < 20; i++) aw_quotient_push(&q, h, 0, out);
        for (size_t k = 0; k < 2 * S; k++) h[2 * 2 * S + k] = h[2 * S + k] * 1.5F; /* x 2.25 */
        int changes = 0;
        for (int i = 0; i < 100; i++) changes += aw_quotient_push(&q, h, 0, out);
        CHECK_INT(changes, f == 0);
        CHECK_INT(q.ref, f == 0 ? 2 : 1);
        for (size_t k = 0; k < 2 * S; k++) h[2 * 2 * S + k] *= 2; /* x 9 */
        changes = 0;
        for (int i = 0; i < 100; i++) changes += aw_quotient_push(&q, h, 0, out);
        CHECK_INT(changes, f == 1);
        if (f != 0) continue;
        for (size_t k = 0; k < 2 * S; k++) h[2 * S + k] *= 5; /* chain 1 again, but faded at 4 */
        h[2 * (S + 4)] = h[2 * (S + 4) + 1] = 0;
        for (int i = 0; i < 100; i++) {
            if (!aw_quotient_push(&q, h, 1e-6F, out)) continue;
            CHECK(q.ref == 1 && out[8] == 0 && out[10] != 0); /* nothing of the old reference */
        }
        CHECK_INT(q.ref, 1);
    }
}

static void refusals(void) {
    struct aw_quotient q;
    const struct aw_quotient_config good = {AW_QUOTIENT_CHAINS, 2, 3, 3, 10, 2};
    struct aw_quotient_config c;
#define REFUSE(change)                                                                             \
    c = good;                                                                                      \
    change;                                                                                        \
    CHECK_REFUSED(aw_quotient_init(&q, &a, &c))
    REFUSE(c.kind = (enum aw_quotient_kind)2);
    REFUSE(c.n_chains = 1);
    REFUSE(c.n_chains = AW_QUOTIENT_MAX_CHAINS + 1);
    REFUSE(c.n_sub = 0);
    REFUSE(c.n_sub = AW_MAX_SUB + 1);
    REFUSE((c.kind = AW_QUOTIENT_SUBCARRIERS, c.n_chains = 0));
    REFUSE((c.kind = AW_QUOTIENT_SUBCARRIERS, c.n_sub = 1));
    REFUSE(c.guard = -1);
    REFUSE(c.guard = NAN);
    REFUSE(c.guard = INFINITY);
    REFUSE(c.learn = 0.9F);
    REFUSE(c.learn = NAN);
    REFUSE(c.learn = INFINITY);
    REFUSE(c.change = 0.9F);
    REFUSE(c.change = NAN);
    CHECK_ARENA(aw_quotient_init(&q, &a, &good));
}

int main(void) {
    definition();
    guard();
    reference();
    refusals();
    return test_end();
}
