#ifndef AW_SENSE_BREATHING_H
#define AW_SENSE_BREATHING_H

#include "dsp/gain_steps.h"
#include "dsp/sine_fit.h"
#include "dsp/slots.h"
#include "sense/rate_tracker.h"

/* Breathing of a person at rest: rows of amplitudes in, once per second a rate or the reason why
 * there is none.
 *
 *     row [n], level -> <= 16 groups x e^common -> slots of 0.2 s -> windows of 15, 30, 60 s
 *       each window -> sine_fit U(f), 4..60 bpm -> noise_line z(f) -> grid of 0.25 bpm
 *       z of 15 s above 12 bpm, of 30 s below 6, a mix between -> rate_tracker -> coarse rate
 *       z of 60 s (30 s before) near it -> fine rate;  both with the tracker's mass -> confidence
 *
 * Short windows find the rate because breaths differ from one another by more than a long window
 * resolves; the long one then says it precisely. A window holds at least 3 cycles where it counts
 * fully (12 bpm in 15 s, 6 bpm in 30 s).
 *
 * A rate is refused (NOT_CONFIDENT) when the shortest windows show another one half again as strong: after a
 * sudden change the long windows still show the old one.
 *
 * confidence = 1 / (1 + exp(-(c0 + c1 ln z + c2 ln mass + c3 max(0, |log2(rate / 14)| - 1)))): of
 * such estimates about that share is within 1 bpm. z is that of the fine rate; 7..28 bpm, an octave
 * to either side of an adult at rest, needs the least evidence. Coefficients: logistic regression
 * on breathing-esp32 and on the empty recordings, reported leave-one-subject-out in
 * docs/accuracy-breathing.md. */
enum {
    AW_BREATHING_WINDOWS = 3,
    AW_BREATHING_GRID = 225,  /* 4, 4.25, ... 60 bpm */
    AW_BREATHING_SLOTS = 300, /* 60 s */
};

/* The sinusoids, for all links together. Immutable after init. About 30 kB. */
struct aw_breathing_bases {
    struct aw_sine_basis window[AW_BREATHING_WINDOWS]; /* 15, 30, 60 s */
    float *log_f[AW_BREATHING_WINDOWS];                /* ln of their frequencies over 15 bpm */
};

AW_MUST_USE int aw_breathing_bases_init(struct aw_breathing_bases *b, struct aw_arena *a);

struct aw_breathing_config {
    uint16_t max_n; /* values per row at most, 1..4096 */
    float publish;  /* the least confidence at which a rate is given, 0..1 */
    float hold_s;   /* refuse for so long after the last motion, >= 0 */
};

void aw_breathing_config_default(struct aw_breathing_config *c); /* 512, 0.93, 3 */

struct aw_breathing {
    struct aw_breathing_config config;
    const struct aw_breathing_bases *bases;
    struct aw_gain_steps gain;
    struct aw_slots slots;
    struct aw_rate_tracker tracker;
    struct aw_sine_fit fit;
    float *z[AW_BREATHING_WINDOWS]; /* [AW_BREATHING_GRID] */
    float *mixed;                   /* [AW_BREATHING_GRID] */
    float *u, *scratch;             /* [AW_BREATHING_GRID] native spectrum */
    float share, fast;              /* 30 s: variance explained by the line; change over 0.2 s */
    float *wave, *last_wave;        /* [slots of 30 s] variate of this and the last read */
    size_t wave_k;                  /* its frequency number in the 30 s window */
    bool wave_turned;               /* its sign was changed, so that it goes on as it was */
    enum aw_reason coarse_reason,
        fine_reason; /* of the last read: why z is of no use; NONE it is */
    int fine_window; /* number of the window that said the fine rate */
    size_t n;        /* values per row; 0: none yet */
    bool any_wave;
    int64_t moved_ns; /* last time something moved */
    bool any_moved;
    int64_t published_ns; /* last time a rate was given */
    bool any_published;
    int64_t apnoea_ns; /* since when breathing is lost */
    bool apnoea;
};

struct aw_breathing_result {
    enum aw_reason reason; /* NONE, WARMING_UP, NO_FRAMES, RATE_TOO_LOW, NO_SIGNAL, MOVING,
                            * NO_PERIODICITY, NOT_CONFIDENT, AMBIGUOUS */
    float rate_bpm;        /* NAN with a reason */
    float confidence;      /* 0..1, of candidate_bpm; 0 while there is none */
    float candidate_bpm;   /* what would be said if it had to be; NAN while warming up */
    float peak_bpm[AW_BREATHING_WINDOWS]; /* untracked: largest line of each window; NAN */
    float line[AW_BREATHING_WINDOWS]; /* z at the candidate; NAN while that window is not full */
    float mass;                       /* the tracker's probability within 1 bpm */
    float wave;  /* chest motion now, in units of its RMS over 30 s, sign arbitrary; NAN */
    bool apnoea; /* breathing was there, has been lost for 10 s, and nothing moved */
};

/* bases must outlive the block. Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_breathing_init(struct aw_breathing *b, struct aw_arena *a,
                                  const struct aw_breathing_bases *bases,
                                  const struct aw_breathing_config *config);
void aw_breathing_reset(struct aw_breathing *b);

/* One frame: row [n] amplitudes divided by their mean; n beyond max_n is ignored, another n than
 * before resets. level: ln of that mean, or NAN when it is not known or not comparable from frame
 * to frame. Rows may come at any rate; gaps up to 2 s are bridged, longer ones reset. */
void aw_breathing_push(struct aw_breathing *b, int64_t t_ns, const float *row, size_t n,
                       float level);

/* Call once per second. moving: something moves in this second. */
void aw_breathing_read(struct aw_breathing *b, int64_t t_ns, bool moving,
                       struct aw_breathing_result *out);

/* What the last read rests on: spectra, wave, weights of the values of a row. The rest of *out is
 * the caller's. Valid between a read and the next push. */
void aw_breathing_evidence(const struct aw_breathing *b, struct aw_breathing_evidence *out);

#endif
