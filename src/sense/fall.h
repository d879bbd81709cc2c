#ifndef AW_SENSE_FALL_H
#define AW_SENSE_FALL_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/rows.h"

/* A fall in two stages: a short, fast burst, then stillness.
 *
 *     fast(t) = rms over groups and 0.5 s of x(t) - x(t - 50 ms)
 *     slow(t) = likewise of x(t) - x(t - 0.4 s)
 *
 *   QUIET --fast > 3.3 floor--> BURST --fast < 0.3 peak--> AFTER --3 s still--> fall, then
 *     ^                           |                          |                  cool-down 10 s
 *     '---- longer than 4 s, or --'------ moves again -------'
 *           too slow: peak fast / peak slow < 0.45
 *
 * The floor is the 10 % quantile of fast over the last 20 s. fast/slow rises with speed: how much
 * of the change of 0.4 s happens within 50 ms.
 *
 * Experimental, a first stage. From one link a fall is not told from sitting or lying down quickly:
 * measured recall and false alarms per activity are in docs/accuracy.md. No recording of hours of
 * ordinary life exists here, so false alarms per day are not known. */
enum aw_fall_stage { AW_FALL_QUIET, AW_FALL_BURST, AW_FALL_AFTER };

struct aw_fall {
    struct aw_rows rows;
    float fast[400];   /* 20 s of fast, ring, for the floor */
    uint32_t n;        /* written so far */
    float step[10][2]; /* squared increments of the last 0.5 s: fast, slow */
    enum aw_fall_stage stage;
    int64_t stage_ns; /* when it began */
    int64_t fell_ns;
    bool fell_before, fell; /* fell_ns is set; a fall since the last read */
    float floor, peak_fast, peak_slow;
    uint32_t floor_age; /* rows since the floor was computed */
    float speed_min;    /* of peak fast / peak slow */
};

/* Errors: NOMEM. */
AW_MUST_USE int aw_fall_init(struct aw_fall *f, struct aw_arena *arena);
void aw_fall_reset(struct aw_fall *f);

/* One row of group amplitudes (aw_amplitude) [n], mean about 1. Needs 20 rows/s; below nothing is
 * ever reported. */
void aw_fall_push(struct aw_fall *f, int64_t t_ns, const float *row, size_t n);

/* Whether a fall was completed since the last call. */
bool aw_fall_read(struct aw_fall *f);

#endif
