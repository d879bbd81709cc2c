#include "server/net4.h"

#include <string.h>

/* A decimal number of at most three digits; moves *at behind it. */
static bool number(const char **at, uint32_t max, uint32_t *out) {
    size_t digits = strspn(*at, "0123456789");
    uint32_t v = 0;
    if (digits == 0 || digits > 3 || (digits > 1 && **at == '0')) return false;
    for (size_t i = 0; i < digits; i++) v = 10 * v + (uint32_t)(*(*at)++ - '0');
    *out = v;
    return v <= max;
}

bool aw_net4_parse(const char *text, struct aw_net4 *out) {
    uint32_t ip = 0, byte, bits = 32;
    for (int i = 0; i < 4; i++) {
        if (i && *text++ != '.') return false;
        if (!number(&text, 255, &byte)) return false;
        ip = ip << 8 | byte;
    }
    if (*text == '/') {
        text++;
        if (!number(&text, 32, &bits)) return false;
    }
    if (*text) return false;
    out->mask = bits ? UINT32_MAX << (32 - bits) : 0;
    out->ip = ip & out->mask;
    return true;
}

bool aw_net4_has(const struct aw_net4 *net, uint32_t ip) {
    return (ip & net->mask) == net->ip;
}
