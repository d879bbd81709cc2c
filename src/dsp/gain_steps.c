#include "dsp/gain_steps.h"

#include <math.h>

static const float SAME = 0.03F;    /* half of 0.5 dB, the finest gain step met, in nepers */
static const float FOLLOW = 0.02F;  /* per packet: 1 s at 50 packets/s, below any breathing's loss
                                     * because what it misses stays in the residual */
static const uint32_t TRUSTED = 20; /* packets: the step's error is then 0.22 of the noise */
static const uint32_t MEMORY = 500; /* packets that a step's mean looks back: 10 s */

void aw_gain_steps_reset(struct aw_gain_steps *g) {
    g->n = 0;
    g->common = 0;
}

/* A place for a new step: a free one, else that of the rarest. */
static size_t place(struct aw_gain_steps *g) {
    if (g->n < AW_GAIN_STEPS) return g->n++;
    size_t rarest = 0;
    for (size_t i = 1; i < g->n; i++) {
        if (g->seen[i] < g->seen[rarest]) rarest = i;
    }
    return rarest;
}

float aw_gain_steps_push(struct aw_gain_steps *g, float level) {
    float r = level - g->common;
    size_t nearest = 0;
    for (size_t i = 1; i < g->n; i++) {
        if (fabsf(r - g->step[i]) < fabsf(r - g->step[nearest])) nearest = i;
    }
    if (g->n == 0 || fabsf(r - g->step[nearest]) > SAME) {
        size_t i = place(g);
        g->step[i] = r;
        g->seen[i] = 1;
        return NAN;
    }
    float error = r - g->step[nearest];
    uint32_t seen = ++g->seen[nearest];
    g->step[nearest] += error / (float)(seen < MEMORY ? seen : MEMORY);
    if (seen <= TRUSTED) return NAN;
    float out = g->common + error;
    g->common += FOLLOW * error;
    return out;
}
