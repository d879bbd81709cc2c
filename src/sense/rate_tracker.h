#ifndef AW_SENSE_RATE_TRACKER_H
#define AW_SENSE_RATE_TRACKER_H

#include "airwake.h"

/* Where is the rate? Forward filter of a hidden Markov model over a grid of rates, one step per
 * second:
 *
 *     p <- (1 - jump) (kernel * p) + jump / n          people drift, and now and then change
 *     p <- p exp(gain z),  normalised                  z: whitened spectrum of this second
 *
 * The kernel is a three-point Gaussian of `drift` bpm per second. The spectra of successive seconds
 * overlap, so gain is far below that of independent evidence. Memory: evidence for an old rate
 * never exceeds ln(n / jump), so a new one is taken over within about that divided by gain z.
 *
 * Values of the defaults: chosen by a coarse grid search on breathing-esp32 under the condition
 * that the median re-lock after a step is below 30 s on simulation; the optimum is flat (see
 * docs/accuracy-breathing.md). Source of the filter: Rabiner, Proc. IEEE 77(2) 1989, eq. 19-20. */
enum { AW_RATE_TRACKER_MAX = 256 };

struct aw_rate_tracker_config {
    float lo_bpm, step_bpm; /* the grid: lo, lo + step, ... */
    uint16_t n;             /* 3..AW_RATE_TRACKER_MAX */
    float drift_bpm;        /* standard deviation per second, 0..step_bpm */
    float jump;             /* probability per second, (0, 1) */
    float gain;             /* > 0 */
};

struct aw_rate_tracker {
    struct aw_rate_tracker_config config;
    float side; /* the kernel is side, 1 - 2 side, side */
    float p[AW_RATE_TRACKER_MAX];
};

/* Errors: INVAL. */
AW_MUST_USE int aw_rate_tracker_init(struct aw_rate_tracker *t,
                                     const struct aw_rate_tracker_config *config);
void aw_rate_tracker_reset(struct aw_rate_tracker *t);

/* z [n] on the grid. */
void aw_rate_tracker_push(struct aw_rate_tracker *t, const float *z);

/* The most likely rate, between grid points by a parabola through ln p. mass: probability within
 * 1 bpm of it. */
float aw_rate_tracker_read(const struct aw_rate_tracker *t, float *mass);

/* Abscissa of the maximum near y[k] by the parabola through its neighbours, in grid steps from k,
 * -0.5..0.5; 0 at the ends. */
float aw_rate_tracker_vertex(const float *y, size_t n, size_t k);

#endif
