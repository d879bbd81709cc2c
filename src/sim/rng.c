#include "sim/rng.h"

#include "sim/units.h"

#include <math.h>

void aw_rng_philox(const uint32_t ctr[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t c0 = ctr[0], c1 = ctr[1], c2 = ctr[2], c3 = ctr[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53 * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9; /* Weyl sequence: golden ratio, sqrt(3) - 1 */
        k1 += 0xBB67AE85;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

void aw_rng_init(struct aw_rng *r, uint64_t seed, uint32_t stream, uint64_t item) {
    *r = (struct aw_rng){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .ctr = {0, (uint32_t)item, (uint32_t)(item >> 32), stream},
    };
}

uint32_t aw_rng_u32(struct aw_rng *r) {
    if (r->left == 0) {
        aw_rng_philox(r->ctr, r->key, r->out);
        r->ctr[0]++;
        r->left = 4;
    }
    return r->out[4 - r->left--];
}

double aw_rng_uniform(struct aw_rng *r) {
    return aw_rng_u32(r) * 0x1p-32;
}

double aw_rng_range(struct aw_rng *r, double lo, double hi) {
    return lo + (hi - lo) * aw_rng_uniform(r);
}

float aw_rng_normal(struct aw_rng *r) {
    if (r->has_spare) {
        r->has_spare = false;
        return r->spare;
    }
    /* 24 bits are exact in float; the half keeps the logarithm finite. */
    float u = ((float)(aw_rng_u32(r) >> 8) + 0.5f) * 0x1p-24f;
    float angle = (float)(aw_rng_u32(r) >> 8) * (0x1p-24f * (float)AW_TWO_PI);
    float radius = sqrtf(-2 * logf(u));
    r->spare = radius * sinf(angle);
    r->has_spare = true;
    return radius * cosf(angle);
}
