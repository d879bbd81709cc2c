#ifndef AW_DSP_VITERBI_H
#define AW_DSP_VITERBI_H

#include "airwake.h"
#include "base/arena.h"

/* Follows a rate over a grid of n candidates when every moment offers several: the sequence of
 * states s that maximises
 *     sum_t log_likelihood[t][s_t] - sum_t (s_t - s_{t-1})^2 / (2 step^2),  |s_t - s_{t-1}| <=
 * reach (maximum a posteriori for a random walk of `step` bins per push). Unlike a filter it takes
 * a decision back when later evidence tells against it: the state `ago` pushes ago is settled with
 * all that came since, up to `lag` pushes.
 * Source: Viterbi, IEEE Trans. IT 13(2), 1967; Forney, Proc. IEEE 61(3), 1973 (fixed lag). */
enum { AW_VITERBI_MAX_STATES = 4096, AW_VITERBI_MAX_REACH = 127 };

struct aw_viterbi {
    size_t n, lag, reach;
    float cost[AW_VITERBI_MAX_REACH + 1]; /* (distance)^2 / (2 step^2) */
    float *score;                         /* [n] of the best path that ends there; highest is 0 */
    float *next;                          /* [n] scratch */
    float *by;                            /* [n] scratch: from, while it is found */
    signed char *from;                    /* [lag][n] ring: state now - state before */
    size_t head, count;                   /* next to write; pushes remembered, up to lag + 1 */
    size_t best;                          /* state with score 0 */
};

/* n      states, 1..AW_VITERBI_MAX_STATES
 * lag    pushes remembered before the newest, 1..65536
 * reach  bins per push at most, 0..AW_VITERBI_MAX_REACH
 * step   standard deviation of the walk, bins per push, > 0
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_viterbi_init(struct aw_viterbi *v, struct aw_arena *a, size_t n, size_t lag,
                                size_t reach, float step);
void aw_viterbi_reset(struct aw_viterbi *v);

/* log_likelihood [n] of what was seen now, natural logarithm up to a constant; -INFINITY: excluded.
 * A push that excludes every path (or is NaN everywhere) starts anew from its own likelihood. */
void aw_viterbi_push(struct aw_viterbi *v, const float *log_likelihood);

/* State `ago` pushes ago on the most probable path now, ago < v->count. */
size_t aw_viterbi_read(const struct aw_viterbi *v, size_t ago);

#endif
