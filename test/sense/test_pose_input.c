/* The input of pose models: nothing without the empty room, a row each 0.1 s, the same whatever
 * phase, gain and delay a receiver adds, refusals with a reason, and what echoes do to it. */
#include "base/units.h"
#include "sense/pose_input.h"
#include "test.h"

#include <complex.h>

enum { SUB = 30, MAX = 9 * SUB, MEMORY = 1 << 20 };

struct bench {
    struct aw_pose_input p;
    struct aw_frame f;
    int16_t k[SUB];
    uint8_t kind[SUB];
    float iq[2 * MAX];
    void *memory;
    uint64_t random;
    bool defects; /* of each packet: phase, delay, gain */
    double rate_hz;
    int64_t t_ns;
};

static double uniform(struct bench *b) {
    b->random = b->random * 6364136223846793005u + 1442695040888963407u;
    return (double)(b->random >> 11) * 0x1p-53;
}

static void setup(struct bench *b, uint16_t n_rx, uint16_t n_tx) {
    *b = (struct bench){.random = 1, .rate_hz = 100, .memory = malloc(MEMORY)};
    for (int i = 0; i < SUB; i++) {
        b->k[i] = (int16_t)(i < 15 ? -28 + 2 * i : 1 + 2 * (i - 15));
        b->kind[i] = AW_SUB_DATA | AW_LTF_HT;
    }
    b->f = (struct aw_frame){.n_rx = n_rx,
                             .n_tx = n_tx,
                             .n_sub = SUB,
                             .k = b->k,
                             .kind = b->kind,
                             .iq = b->iq,
                             .iq_cap = MAX};
    struct aw_arena a;
    aw_arena_init(&a, b->memory, MEMORY);
    CHECK_INT(aw_pose_input_init(&b->p, &a, &b->f), AW_OK);
}

static void done(struct bench *b) {
    free(b->memory);
}

/* A static channel of three ways with phases of its chains, and an echo of amplitude a from angles
 * (radio phase per antenna) turning at hz. */
static bool packet(struct bench *b, double a, double rx_rad, double tx_rad, double hz) {
    double t = (double)b->t_ns * 1e-9;
    double phase = b->defects ? 6.28 * uniform(b) : 0, gain = b->defects ? 5 + uniform(b) : 5;
    double delay = b->defects ? 0.1 * (uniform(b) - 0.5) : 0;
    for (int r = 0; r < b->f.n_rx; r++)
        for (int x = 0; x < b->f.n_tx; x++)
            for (int i = 0; i < SUB; i++) {
                double k = b->k[i];
                double complex h = 1 + 0.3 * cexp(I * (0.05 * k + 0.4 * r - 0.7 * x)) +
                                   0.2 * cexp(-I * (0.09 * k + 1.1 * r - 0.2 * x));
                h += a * cexp(I * (rx_rad * r + tx_rad * x - 0.03 * k + 6.283185307 * hz * t));
                h *= gain * cexp(I * (phase + delay * k + 1.9 * r + (r == 1 ? 1.0 : 0.3)));
                float *o = b->iq + 2 * ((r * b->f.n_tx + x) * SUB + i);
                o[0] = (float)creal(h);
                o[1] = (float)cimag(h);
            }
    bool row = aw_pose_input_push(&b->p, b->t_ns, &b->f);
    b->t_ns += (int64_t)(1e9 / b->rate_hz);
    return row;
}

static void learn(struct bench *b) {
    aw_pose_input_learn(&b->p, true);
    for (int i = 0; i < 200; i++) CHECK(!packet(b, 0, 0, 0, 0));
    aw_pose_input_learn(&b->p, false);
}

static float window[AW_POSE_INPUT_ROWS * AW_POSE_INPUT_WIDTH];

static void reasons(void) {
    struct bench b;
    setup(&b, 3, 3);
    CHECK_INT(b.p.width, AW_POSE_INPUT_WIDTH);
    CHECK(!aw_pose_input_row(&b.p));
    for (int i = 0; i < 300; i++) packet(&b, 0.1, 1, 1, 3);
    CHECK_INT(aw_pose_input_read(&b.p, window), AW_REASON_NOT_CALIBRATED);
    aw_pose_input_learn(&b.p, true);
    for (int i = 0; i < AW_POSE_INPUT_MIN_EMPTY - 1; i++) packet(&b, 0, 0, 0, 0);
    aw_pose_input_learn(&b.p, false); /* one too few */
    CHECK_INT(aw_pose_input_read(&b.p, window), AW_REASON_NOT_CALIBRATED);
    learn(&b);
    int rows = 0;
    for (int i = 0; i < 190; i++) rows += packet(&b, 0.1, 1, 1, 3);
    CHECK_INT(rows, 19); /* 10 per second */
    CHECK_INT(aw_pose_input_read(&b.p, window), AW_REASON_WARMING_UP);
    for (int i = 0; i < 20; i++) packet(&b, 0.1, 1, 1, 3);
    CHECK_INT(aw_pose_input_read(&b.p, window), AW_REASON_NONE);
    for (size_t i = 0; i < AW_POSE_INPUT_ROWS * b.p.width; i++)
        if (!isfinite(window[i]) || fabsf(window[i]) > 10) CHECK(!"finite and small");
    b.rate_hz = 50;
    for (int i = 0; i < 150; i++) packet(&b, 0.1, 1, 1, 3);
    CHECK_INT(aw_pose_input_read(&b.p, window), AW_REASON_RATE_TOO_LOW);
    b.t_ns += 300 * AW_MS; /* a gap */
    packet(&b, 0.1, 1, 1, 3);
    CHECK_INT(aw_pose_input_read(&b.p, window), AW_REASON_WARMING_UP);
    done(&b);
}

/* Rows of the same echo through two receivers differ only by noise of rounding. */
static void defects(void) {
    struct bench b[2];
    for (int i = 0; i < 2; i++) {
        setup(&b[i], 3, 3);
        b[i].defects = i;
        learn(&b[i]);
        for (int n = 0; n < 300; n++) packet(&b[i], 0.08, 1.1, -0.6, 7);
    }
    const float *x = aw_pose_input_row(&b[0].p), *y = aw_pose_input_row(&b[1].p);
    double off = 0;
    for (size_t i = 0; i < b[0].p.width; i++) off = fmax(off, fabs((double)(x[i] - y[i])));
    CHECK(off < 0.03);
    done(&b[0]);
    done(&b[1]);
}

/* The phase between two antennas' echoes says which side it came from (its part that is like T is
 * taken for gain and phase of the packet); between two times, its Doppler. */
static void angle_and_doppler(void) {
    struct bench b;
    for (int sign = -1; sign <= 1; sign += 2) {
        setup(&b, 3, 1);
        learn(&b);
        for (int n = 0; n < 300; n++) packet(&b, 0.05, sign * 1.0, 0, sign * 9);
        const float *x = aw_pose_input_row(&b.p);
        /* C[0][3]: v_0 conj v_1 of polynomial 0: after the first row's 1 + 2 2. */
        const float *c = x + 1 + 1 + 2 * 2;
        double seen = atan2((double)c[1], (double)c[0]);
        CHECK(-sign * seen > 0.5 && -sign * seen < 2.5); /* what is common with T is lost */
        const float *l = x + 1 + 81;                     /* L1[0][0] at 12.5 ms */
        CHECK_NEAR(atan2((double)l[1], (double)l[0]), sign * 6.2832 * 9 * 0.0125, 0.25);
        done(&b);
    }
}

/* The trace is the echo's power over the room's. */
static void power(void) {
    struct bench b;
    double last = 0;
    for (double a = 0.02; a < 0.1; a *= 2) {
        setup(&b, 3, 3);
        learn(&b);
        for (int n = 0; n < 300; n++) packet(&b, a, 1.2, 0.8, 11);
        double now = (double)aw_pose_input_row(&b.p)[0];
        if (last < 0) CHECK_NEAR(now - last, log10(4), 0.05);
        last = now;
        CHECK_NEAR(now, log10(9 * a * a), 0.4);
        done(&b);
    }
}

static void refusals(void) {
    struct bench b;
    setup(&b, 3, 3);
    struct aw_arena a;
    struct aw_pose_input p;
    for (size_t bytes = 0; bytes < 200000; bytes += 997) {
        aw_arena_init(&a, b.memory, bytes);
        int err = aw_pose_input_init(&p, &a, &b.f);
        CHECK(err == AW_ERR_NOMEM || (err == AW_OK && a.used <= bytes));
    }
    aw_arena_init(&a, b.memory, MEMORY);
    b.f.n_rx = 4;
    CHECK_INT(aw_pose_input_init(&p, &a, &b.f), AW_ERR_INVAL);
    b.f.n_rx = 3;
    for (int i = 7; i < SUB; i++) b.kind[i] = AW_SUB_NULL;
    CHECK_INT(aw_pose_input_init(&p, &a, &b.f), AW_ERR_INVAL);
    /* Frames of another layout, without signal or not finite are not used. */
    done(&b);
    setup(&b, 3, 3);
    learn(&b);
    uint32_t was = b.p.packets;
    b.f.n_tx = 2;
    CHECK(!packet(&b, 0.1, 1, 1, 3));
    b.f.n_tx = 3;
    memset(b.iq, 0, sizeof b.iq);
    CHECK(!aw_pose_input_push(&b.p, b.t_ns, &b.f));
    b.iq[17] = NAN;
    CHECK(!aw_pose_input_push(&b.p, b.t_ns, &b.f));
    CHECK_INT(b.p.packets, was);
    CHECK_INT(b.p.any, 0);
    done(&b);
}

int main(void) {
    reasons();
    defects();
    angle_and_doppler();
    power();
    refusals();
    return test_end();
}
