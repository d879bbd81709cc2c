#include "noise.h"
#include "sense/rate_tracker.h"
#include "test.h"

static const struct aw_rate_tracker_config CONFIG = {
    .lo_bpm = 4, .step_bpm = 0.25F, .n = 200, .drift_bpm = 0.1F, .jump = 0.01F, .gain = 0.1F};

static void spectrum(float *z, float bpm, float height, uint64_t second) {
    for (size_t i = 0; i < CONFIG.n; i++) {
        float d = (4 + 0.25F * (float)i - bpm) / 2;
        z[i] = (float)fabs(noise_gauss(1, second * 1000 + i)) + height * expf(-0.5F * d * d);
    }
}

/* Probabilities stay probabilities; the rate is found between grid points. */
static void settles(void) {
    struct aw_rate_tracker t;
    float z[AW_RATE_TRACKER_MAX], mass;
    CHECK_INT(aw_rate_tracker_init(&t, &CONFIG), AW_OK);
    for (uint64_t s = 0; s < 60; s++) {
        spectrum(z, 13.1F, 4, s);
        aw_rate_tracker_push(&t, z);
        double sum = 0;
        for (size_t i = 0; i < CONFIG.n; i++) sum += (double)t.p[i];
        CHECK_NEAR(sum, 1, 1e-4);
    }
    CHECK_NEAR(aw_rate_tracker_read(&t, &mass), 13.1, 0.5);
    CHECK(mass > 0.5F && mass <= 1.0001F);
}

/* However long the old rate was held, a new one is taken over within ln(n / jump) / (gain z). */
static void steps(void) {
    struct aw_rate_tracker t;
    float z[AW_RATE_TRACKER_MAX], mass;
    CHECK_INT(aw_rate_tracker_init(&t, &CONFIG), AW_OK);
    for (uint64_t s = 0; s < 3600; s++) {
        spectrum(z, 12, 6, s);
        aw_rate_tracker_push(&t, z);
    }
    unsigned s = 0;
    while (s < 60 && fabsf(aw_rate_tracker_read(&t, &mass) - 20) > 1) {
        spectrum(z, 20, 6, 5000 + s++);
        aw_rate_tracker_push(&t, z);
    }
    CHECK(s <= (unsigned)(logf(200 / 0.01F) / (0.1F * 6)) + 1);
    aw_rate_tracker_reset(&t);
    CHECK_NEAR(t.p[0], 1.0 / 200, 1e-6);
}

static void vertex(void) {
    for (int k = -4; k <= 4; k++) {
        float at = 0.1F * (float)k, y[3];
        for (int i = 0; i < 3; i++) y[i] = 7 - 2 * ((float)(i - 1) - at) * ((float)(i - 1) - at);
        CHECK_NEAR(aw_rate_tracker_vertex(y, 3, 1), at, 1e-5);
    }
    CHECK(aw_rate_tracker_vertex((float[]){1, 2, 3}, 3, 0) == 0);
    CHECK(aw_rate_tracker_vertex((float[]){1, 2, 3}, 3, 2) == 0);
    CHECK(aw_rate_tracker_vertex((float[]){1, 1, 1}, 3, 1) == 0);
}

static void refuses(void) {
    struct aw_rate_tracker t;
#define REFUSED(field, value)                                                                      \
    do {                                                                                           \
        struct aw_rate_tracker_config c = CONFIG;                                                  \
        c.field = value;                                                                           \
        CHECK_INT(aw_rate_tracker_init(&t, &c), AW_ERR_INVAL);                                     \
    } while (0)
    REFUSED(n, 2);
    REFUSED(n, AW_RATE_TRACKER_MAX + 1);
    REFUSED(lo_bpm, 0);
    REFUSED(lo_bpm, NAN);
    REFUSED(step_bpm, 0);
    REFUSED(step_bpm, NAN);
    REFUSED(drift_bpm, -1);
    REFUSED(drift_bpm, 0.3F);
    REFUSED(drift_bpm, NAN);
    REFUSED(jump, 0);
    REFUSED(jump, 1);
    REFUSED(jump, NAN);
    REFUSED(gain, 0);
    REFUSED(gain, NAN);
}

int main(void) {
    settles();
    steps();
    vertex();
    refuses();
    return test_end();
}
