#ifndef AW_SENSE_ACTIVITY_H
#define AW_SENSE_ACTIVITY_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/fft.h"

/* What the activity model sees: the last 19 s of one link as series over time. Training and serving
 * both take them from here.
 *
 *     rows of relative amplitudes -> 50 Hz by linear interpolation -> log(x + 0.05) - its mean
 *       |-> power by frequency, 1.28 s and 0.64 s windows, mean over subcarriers -> log of bands
 *       |-> entropy of that power over subcarriers; its mean frequency
 *       |-> distance of 0.5 s means from the beginning, from the end, from 1 s before
 *       '-> autocorrelation at 40, 80, 160 ms (how fast: falls decorrelate within 100 ms)
 *
 * Step j of 0.1 s is centred on sample 5 j + 32 of the window's 950. Derived here; chosen on
 * recordings with labels by training/activity.py. */
enum {
    AW_ACTIVITY_SERIES = 21,
    AW_ACTIVITY_STEPS = 178,
    AW_ACTIVITY_RATE_HZ = 50,
    AW_ACTIVITY_WINDOW = 950,   /* samples: 19 s */
    AW_ACTIVITY_WIDTH = 64,     /* columns kept; more are averaged with their neighbours */
    AW_ACTIVITY_MIN_ROWS = 570, /* rows that came in the window: 30 per second */
};

struct aw_activity {
    struct aw_rfft fft_long, fft_short;
    float *hann_long, *hann_short;
    float *ring;   /* [WINDOW][WIDTH] */
    uint8_t *came; /* [WINDOW] rows that came since the sample before */
    float *column; /* [WIDTH][WINDOW] of series() */
    float *half;   /* [WIDTH][STEPS] 0.5 s means, of series() */
    float last[AW_ACTIVITY_WIDTH];
    int64_t last_ns, next_ns; /* of the last row; of the next sample */
    size_t width, head, count;
    uint32_t pending; /* rows since the last sample */
    bool any;
};

/* Errors: NOMEM. */
AW_MUST_USE int aw_activity_init(struct aw_activity *a, struct aw_arena *arena);
void aw_activity_reset(struct aw_activity *a);

/* One row of relative amplitudes [n], n > 0 (aw_amplitude's fine). A row that is not newer than the
 * last is ignored; a gap of more than 1 s, or another n, begins a new window. */
void aw_activity_push(struct aw_activity *a, int64_t t_ns, const float *row, size_t n);

/* out [AW_ACTIVITY_SERIES][AW_ACTIVITY_STEPS]: natural logarithms, but for the entropy (0..1) and
 * the autocorrelations (-1..1). NONE; WARMING_UP: not yet 19 s without a gap; RATE_TOO_LOW. */
enum aw_reason aw_activity_series(struct aw_activity *a, float *out);

/* Share of the window's samples that have a row of their own: one that came since the sample before; 0..1. */
float aw_activity_share(const struct aw_activity *a);

#endif
