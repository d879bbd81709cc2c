#ifndef AW_SIM_RNG_H
#define AW_SIM_RNG_H

#include "airwake.h"

/* Random numbers by counting: the value at a place is a hash of (seed, stream, item, position), so
 * that any frame can be made again without making the ones before it, and streams never disturb
 * each other.
 *
 * Philox4x32-10. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011; test/sim/test_rng.c holds the known answers published with it. Integers only. */

/* The block of counter ctr[4] under key[2]. */
void aw_rng_philox(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4]);

struct aw_rng {
    uint32_t key[2]; /* seed */
    uint32_t ctr[4]; /* block, item low, item high, stream */
    uint32_t out[4];
    uint32_t left;
    float spare; /* second value of a Box-Muller pair */
    bool has_spare;
};

void aw_rng_init(struct aw_rng *r, uint64_t seed, uint32_t stream, uint64_t item);

uint32_t aw_rng_u32(struct aw_rng *r);

/* Uniform in [0, 1), in steps of 2^-32. */
double aw_rng_uniform(struct aw_rng *r);

/* Uniform in [lo, hi). */
double aw_rng_range(struct aw_rng *r, double lo, double hi);

/* Mean 0, variance 1; Box-Muller, |x| < 6. The only place here where libm enters. */
float aw_rng_normal(struct aw_rng *r);

#endif
