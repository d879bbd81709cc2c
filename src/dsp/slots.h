#ifndef AW_DSP_SLOTS_H
#define AW_DSP_SLOTS_H

#include "airwake.h"
#include "base/arena.h"

/* Rows that arrive at irregular times, averaged into slots of equal length: the uniform series that
 * spectra need, made from real time stamps.
 *
 *     rows      x  xx   x x        x  xx x
 *     slots   |  0  |  1  |  2  |  3  |  4  |      2 was empty: on the line between 1 and 3
 *
 * The last `cap` slots are kept, oldest first. An average over a slot is a low-pass with
 * |H(f)| = |sin(pi f/fs) / (pi f/fs)|: -3 dB at 0.44 fs.
 *
 * A gap of empty slots is bridged by a straight line when it is at most max_gap_s long; a longer
 * one, and time running backwards by more than that, forgets all slots. Delay: a slot exists once a
 * row of a later slot has arrived. */
struct aw_slots {
    size_t n, cap;
    float fs_hz, max_gap_s;
    float *ring;          /* [cap][n] */
    unsigned char *heard; /* [cap] 1: had rows; 0: bridged */
    float *sum;           /* [n] of the open slot */
    uint32_t sum_n;       /* rows in the open slot; 0: none since reset */
    int64_t slot;         /* number of the open slot, in slots since t = 0 */
    int64_t empty;        /* empty slots just before the open one */
    int64_t last_ns;      /* newest row */
    size_t head, count;   /* next to write; slots held */
};

/* n values per row, > 0; cap slots, > 1; fs_hz slots per second, > 0; max_gap_s >= 0.
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_slots_init(struct aw_slots *s, struct aw_arena *a, size_t n, size_t cap,
                              float fs_hz, float max_gap_s);

void aw_slots_reset(struct aw_slots *s);

/* row [n]. Rows a little out of order go into the open slot. */
void aw_slots_push(struct aw_slots *s, int64_t t_ns, const float *row);

/* Copies the slot `ago` slots ago (1: the newest closed one), 1 <= ago <= s->count, to row [n].
 * Returns whether it had rows of its own. */
bool aw_slots_at(const struct aw_slots *s, size_t ago, float *row);

#endif
