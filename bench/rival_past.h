#ifndef AW_BENCH_RIVAL_PAST_H
#define AW_BENCH_RIVAL_PAST_H

#include "rivals.h"

/* cap rows of at most RIVAL_BINS values. Errors: NOMEM. */
AW_MUST_USE int rival_past_init(struct rival_past *p, size_t cap);
void rival_past_free(struct rival_past *p);

/* Copies row [n], divided by its mean if relative; another n than before forgets the past. */
void rival_past_push(struct rival_past *p, int64_t t_ns, const float *row, size_t n, bool relative);

/* Row i, 0 the oldest. */
const float *rival_past_row(const struct rival_past *p, size_t i);
int64_t rival_past_time(const struct rival_past *p, size_t i);

#endif
