/* Counter-based random numbers for tests: the same on every machine, and the n-th is known without
 * the ones before it. Source: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators,
 * OOPSLA 2014 (the SplitMix64 finaliser); Box and Muller 1958. */
#ifndef AW_TEST_NOISE_H
#define AW_TEST_NOISE_H

#include <math.h>
#include <stdint.h>

/* Uniform in (0, 1). */
static inline double noise_uniform(uint64_t stream, uint64_t n) {
    uint64_t z = (stream * 0xD1342543DE82EF95U + n) * 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    z ^= z >> 31;
    return ((double)(z >> 11) + 0.5) / 9007199254740992.0;
}

/* Gaussian, mean 0, variance 1. */
static inline double noise_gauss(uint64_t stream, uint64_t n) {
    return sqrt(-2 * log(noise_uniform(stream, 2 * n))) *
           cos(2 * 3.14159265358979323846 * noise_uniform(stream, 2 * n + 1));
}

#endif
