#ifndef AW_SENSE_COMB_H
#define AW_SENSE_COMB_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/rows.h"

/* Do neighbouring subcarriers change together? Even and odd subcarriers of one part of the channel
 * (aw_amplitude_comb) see the same motion, and noise of their own. From the changes d from row to
 * row over a window, of even E and odd O of each part p:
 *
 *     agreement = mean over p of <dE dO> / sqrt(<dE^2> <dO^2>)    corrected for the common division
 *     common^2  = mean over p of <dE dO> / 2
 *
 * agreement is 0 +- sigma in noise of any strength and 1 in motion alone, common the standard
 * deviation of what is common, free of noise. Nothing is assumed about how fast the motion is: it
 * may be another one in every row, where what is smooth from row to row has nothing left to find.
 * A receiver's own frequency response may change from packet to packet too, which looks alike: then
 * common tells how much (measured in empty rooms: up to 0.017).
 *
 * Division by the mean ties the 2 P parts of a chain together: noise alone has an agreement of
 * -b, b = 1 / (2 P - 1); corrected (r + b) / (1 + b).
 * sigma = 1 / ((1 + b) sqrt(2/3 T P)): T differences share rows, which costs a third.
 * Derived here; test_comb.c checks mean, sigma and freedom from noise. */
enum { AW_COMB_MAX = 32 }; /* values per row */

struct aw_comb {
    struct aw_rows rows;
    float *even, *odd, *scratch; /* [rows.cap] */
    int64_t *t_ns;               /* [rows.cap] */
    size_t parts;                /* per chain */
};

struct aw_comb_result {
    float agreement; /* corrected; NAN with too few rows */
    float sigma;     /* of agreement in noise alone; NAN */
    float common;    /* relative to the mean amplitude 1; 0 when noise explains all; NAN */
};

/* Rows come at 26/s at most, faster ones are averaged. window_s 2..10. Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_comb_init(struct aw_comb *c, struct aw_arena *arena, float window_s);
void aw_comb_reset(struct aw_comb *c);

/* row [n] pairs as of aw_amplitude_comb, n even and <= AW_COMB_MAX, parts per chain >= 2; another n
 * or parts than before resets. */
void aw_comb_push(struct aw_comb *c, int64_t t_ns, const float *row, size_t n, size_t parts);

/* Over (from_ns, to_ns]. */
void aw_comb_read(struct aw_comb *c, int64_t from_ns, int64_t to_ns, struct aw_comb_result *out);

#endif
