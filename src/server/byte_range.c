#include "server/byte_range.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

/* Digits; one more than fits stays at the largest number. False: there are none. */
static bool number(const char **at, uint64_t *out) {
    const char *p = *at;
    *out = 0;
    for (; isdigit((unsigned char)*p); p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        *out = *out > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *out * 10 + digit;
    }
    bool any = p != *at;
    *at = p;
    return any;
}

static void skip_blanks(const char **at) {
    while (**at == ' ' || **at == '\t') ++*at;
}

enum aw_byte_range aw_byte_range_read(const char *text, uint64_t len, uint64_t *first,
                                      uint64_t *last) {
    if (!text || strncasecmp(text, "bytes=", 6) != 0) return AW_BYTE_RANGE_WHOLE;
    text += 6;
    skip_blanks(&text);
    uint64_t from, to;
    bool has_from = number(&text, &from);
    if (*text++ != '-') return AW_BYTE_RANGE_WHOLE;
    bool has_to = number(&text, &to);
    skip_blanks(&text);
    if (*text || !(has_from || has_to) || (has_from && has_to && to < from))
        return AW_BYTE_RANGE_WHOLE;
    if (!has_from) {
        if (to == 0 || len == 0) return AW_BYTE_RANGE_NONE;
        *first = to < len ? len - to : 0;
        *last = len - 1;
        return AW_BYTE_RANGE_PART;
    }
    if (from >= len) return AW_BYTE_RANGE_NONE;
    *first = from;
    *last = has_to && to < len ? to : len - 1;
    return AW_BYTE_RANGE_PART;
}
