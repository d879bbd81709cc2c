#ifndef AW_DSP_GAIN_STEPS_H
#define AW_DSP_GAIN_STEPS_H

#include "airwake.h"

/* A receiver's gain jumps from packet to packet between a few fixed steps. Dividing every packet by
 * its mean amplitude takes the steps away, and with them what the channel does to all subcarriers
 * alike, which for one antenna is often most of a breath. Here the steps are learned instead:
 *
 *     level of a packet   l = ln mean |H| = step[i] + common(t) + noise
 *
 * Each packet takes the nearest known step (or founds a new one), and common follows at
 * 1/50 per packet. On an ESP32 after half-LSB correction the noise is 0.004 and the steps are
 * 0.03 .. 0.5 apart, so the assignment is safe; where the gain is continuous the steps tile the
 * axis and `common` is bounded noise, which the estimators after this one treat as such.
 *
 * Derived here from the levels of 12 recordings (docs/accuracy-breathing.md); test_gain_steps.c
 * checks that a known common change of 1 % passes through random steps. */
enum { AW_GAIN_STEPS = 32 };

struct aw_gain_steps {
    float step[AW_GAIN_STEPS];
    uint32_t seen[AW_GAIN_STEPS];
    size_t n;
    float common;
};

void aw_gain_steps_reset(struct aw_gain_steps *g);

/* level: natural logarithm of the packet's mean amplitude, finite.
 * Returns the packet's level without the step, or NAN while its step has been seen fewer than 20
 * times (then the step's own value is not known better than the noise allows). */
float aw_gain_steps_push(struct aw_gain_steps *g, float level);

#endif
