#include "dsp/gain_steps.h"
#include "noise.h"
#include "test.h"

/* Packets of five gain steps at random, 0.4 % noise, and a common breath of 1 % at 15/min: what
 * comes out correlates with the breath, and its error is the packet noise. */
static void passes_common(void) {
    static const float steps[5] = {2.72F, 2.84F, 2.99F, 3.11F, 3.32F};
    struct aw_gain_steps g;
    aw_gain_steps_reset(&g);
    double xy = 0, xx = 0, error = 0;
    unsigned n = 0, unknown = 0;
    for (unsigned i = 0; i < 3000; i++) { /* 50 packets/s */
        double breath = 0.01 * sin(2 * 3.14159265 * 0.25 * i / 50);
        unsigned k = (unsigned)(5 * noise_uniform(1, i));
        float out =
            aw_gain_steps_push(&g, steps[k] + (float)breath + (float)(0.004 * noise_gauss(2, i)));
        if (i < 500) continue;
        if (isnan(out)) {
            unknown++;
            continue;
        }
        xy += (double)out * breath;
        xx += breath * breath;
        error += ((double)out - breath) * ((double)out - breath);
        n++;
    }
    CHECK_INT(unknown, 0);
    CHECK(n == 2500);
    CHECK_NEAR(xy / xx, 1, 0.15); /* the steps follow the breath a little */
    CHECK(sqrt(error / n) < 0.007);
    CHECK(g.n < 12);
}

/* A continuous gain tiles the axis; the output stays bounded and finite. */
static void continuous(void) {
    struct aw_gain_steps g;
    aw_gain_steps_reset(&g);
    unsigned known = 0;
    for (unsigned i = 0; i < 5000; i++) {
        float out = aw_gain_steps_push(&g, 3 + (float)(0.3 * noise_gauss(3, i)));
        if (isnan(out)) continue;
        known++;
        CHECK(fabsf(out) < 0.2F);
    }
    CHECK(known > 3000);
    CHECK(g.n <= AW_GAIN_STEPS);
}

int main(void) {
    passes_common();
    continuous();
    return test_end();
}
