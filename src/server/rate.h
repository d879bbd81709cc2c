/* How often an address may ask: a bucket of tokens per address, in a table of fixed size.
 *
 *     level += rate (t - t_last), at most burst;   a request takes 1, or is refused below 1
 *
 * An address shares its four places of the table with others; the one unused longest gives way, so
 * that the table cannot be filled. IPv6 addresses count by their /64: one subscriber has all of it. */
#ifndef AW_SERVER_RATE_H
#define AW_SERVER_RATE_H

#include "airwake.h"

enum { AW_RATE_SETS = 256, AW_RATE_WAYS = 4 };

struct aw_rate {
    double per_s, burst;
    struct aw_rate_bucket {
        uint64_t address; /* 0 free */
        int64_t t_ns;
        double level;
    } bucket[AW_RATE_SETS][AW_RATE_WAYS];
};

/* per_s > 0, burst >= 1. */
void aw_rate_init(struct aw_rate *r, double per_s, double burst);

/* True when there is one left for it at t_ns (of a clock that does not jump). */
bool aw_rate_has(const struct aw_rate *r, uint64_t address, int64_t t_ns);
/* The same, and takes it. */
bool aw_rate_take(struct aw_rate *r, uint64_t address, int64_t t_ns);

#endif
