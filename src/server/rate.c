#include "server/rate.h"

#include <string.h>

void aw_rate_init(struct aw_rate *r, double per_s, double burst) {
    memset(r, 0, sizeof *r);
    r->per_s = per_s;
    r->burst = burst;
}

/* Its place in the table: splitmix64's last steps spread neighbouring addresses. */
static size_t set_of(uint64_t x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return (size_t)((x ^ x >> 31) % AW_RATE_SETS);
}

static double level(const struct aw_rate *r, const struct aw_rate_bucket *b, int64_t t_ns) {
    double now = b->level + r->per_s * 1e-9 * (double)(t_ns - b->t_ns);
    return now < r->burst ? now : r->burst;
}

static const struct aw_rate_bucket *find(const struct aw_rate *r, uint64_t address) {
    const struct aw_rate_bucket *set = r->bucket[set_of(address)];
    for (int i = 0; i < AW_RATE_WAYS; i++)
        if (set[i].address == address) return &set[i];
    return NULL;
}

bool aw_rate_has(const struct aw_rate *r, uint64_t address, int64_t t_ns) {
    const struct aw_rate_bucket *b = find(r, address);
    return !b || level(r, b, t_ns) >= 1;
}

bool aw_rate_take(struct aw_rate *r, uint64_t address, int64_t t_ns) {
    struct aw_rate_bucket *set = r->bucket[set_of(address)], *b = set;
    for (int i = 0; i < AW_RATE_WAYS; i++) {
        if (set[i].address == address) {
            b = &set[i];
            break;
        }
        if (set[i].t_ns < b->t_ns) b = &set[i];
    }
    if (b->address != address)
        *b = (struct aw_rate_bucket){.address = address, .t_ns = t_ns, .level = r->burst};
    b->level = level(r, b, t_ns);
    b->t_ns = t_ns;
    if (b->level < 1) return false;
    b->level -= 1;
    return true;
}
