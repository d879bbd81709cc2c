#ifndef AW_SENSE_HEART_H
#define AW_SENSE_HEART_H

#include "dsp/sine_fit.h"
#include "dsp/slots.h"
#include "sense/amplitude.h"

/* Heart rate of a person at rest, from links with two or more receive chains. Experimental: no
 * recording with a heart reference exists; simulation only (test_heart.c).
 *
 *     quotient of two chains, 8 groups x (re, im) -> slots of 0.1 s -> 60 s
 *       - breathing: its rate refined by least squares, 8 harmonics taken out
 *       -> sine_fit U(f), 40..180 bpm -> z = U / median U -> largest line
 *
 * The quotient H1/H2 of one packet is free of its gain, phase and delay. Taking the breath out by
 * least squares, not by a filter, is what makes this work: its harmonics reach into the heart's
 * band and are larger than the heart.
 *
 * confidence = 1 / (1 + (5 / z)^4): 5 lies between the largest z of 44 simulated rooms without a
 * heart, 2.8, and the lowest twentieth of those with 0.2 mm at 30 dB, 21. A rate is given at 0.9.
 * Source: quotient: Zeng et al., FarSense, IMWUT 3(3) 2019; the removal: variable projection,
 * Golub, Pereyra, SIAM J. Numer. Anal. 10(2) 1973. */
enum { AW_HEART_VALUES = AW_SINE_FIT_CHANNELS, AW_HEART_SLOTS = 600, AW_HEART_RATES = 188 };

/* Shared by all links, immutable after init, about 40 kB. */
AW_MUST_USE int aw_heart_basis_init(struct aw_sine_basis *b, struct aw_arena *a);

struct aw_heart {
    const struct aw_sine_basis *basis;
    struct aw_slots slots;
    struct aw_sine_fit fit;
    float *wave;        /* [19][AW_HEART_SLOTS] trend and harmonics of the breath, orthonormal */
    float *u, *scratch; /* [AW_HEART_RATES] */
    bool swap, any;     /* the second chain is the stronger one */
    const int16_t *k;   /* of the frames so far */
    int64_t moved_ns;   /* since when nothing may have moved for a full window */
};

struct aw_heart_result {
    enum aw_reason reason; /* NONE, WARMING_UP, NO_FRAMES, RATE_TOO_LOW, NO_SIGNAL, MOVING,
                            * NO_PERIODICITY, NOT_CONFIDENT */
    float rate_bpm;        /* NAN with a reason */
    float confidence, candidate_bpm, line; /* of the largest line; NAN while there is none */
};

/* Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_heart_init(struct aw_heart *h, struct aw_arena *a,
                              const struct aw_sine_basis *basis);
void aw_heart_reset(struct aw_heart *h);

/* One frame, with a: after aw_amplitude_push() returned true for it. Frames of one chain or without
 * phase are ignored. */
void aw_heart_push(struct aw_heart *h, int64_t t_ns, const struct aw_amplitude *a,
                   const struct aw_frame *f);

/* Once per second, or less often: 0.5 ms. moving as for breathing; breathing_bpm: the rate to take
 * out, within 0.5 bpm; NAN when it is not known, which refuses. */
void aw_heart_read(struct aw_heart *h, int64_t t_ns, bool moving, float breathing_bpm,
                   struct aw_heart_result *out);

#endif
