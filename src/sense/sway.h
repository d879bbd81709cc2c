#ifndef AW_SENSE_SWAY_H
#define AW_SENSE_SWAY_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/rows.h"

/* Is a still body there? It sways and breathes: slow smooth changes of the amplitudes.
 *
 *     s = mean over wide groups of 1 - D(0.1 s) / D(0.9 .. 1.9 s)       D: dsp/increments.h
 *
 * over 20 s of rows averaged to 10 Hz, in groups of 24 subcarriers. Experimental: an empty room
 * drifts too. Measured, empty against standing or sitting, on placements not used for anything:
 * docs/accuracy.md. Any walk within the window makes it 1, so it says something about a still body
 * only when nothing moved for 20 s. */
struct aw_sway {
    struct aw_rows rows;
    float *column, *scratch; /* [rows.cap] */
    int64_t *column_t_ns;
    int64_t first_ns;
    bool any;
};

struct aw_sway_result {
    enum aw_reason reason; /* NONE, WARMING_UP, NO_FRAMES, RATE_TOO_LOW */
    float share;           /* about 0 nothing .. 1; NAN with a reason */
};

/* Errors: NOMEM. */
AW_MUST_USE int aw_sway_init(struct aw_sway *s, struct aw_arena *arena);
void aw_sway_reset(struct aw_sway *s);

/* One row of group amplitudes (aw_amplitude) [n], n <= 64. */
void aw_sway_push(struct aw_sway *s, int64_t t_ns, const float *row, size_t n);
void aw_sway_read(struct aw_sway *s, int64_t t_ns, struct aw_sway_result *out);

#endif
