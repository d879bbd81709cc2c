#include "readers/text.h"

#include <string.h>

int aw_text_line(const uint8_t *buf, size_t len, bool eof, struct aw_span *line, size_t *consumed) {
    size_t look = len < AW_LINE_MAX ? len : AW_LINE_MAX;
    const uint8_t *nl = look ? memchr(buf, '\n', look) : NULL;
    *consumed = 0;
    if (!nl && len > AW_LINE_MAX) {
        *consumed = AW_LINE_MAX;
        return AW_ERR_LENGTH;
    }
    if (!nl && !eof) return 0;
    const uint8_t *end = nl ? nl : buf + len;
    *consumed = (size_t)(end - buf) + (nl ? 1 : 0);
    if (end > buf && end[-1] == '\r') end--;
    *line = (struct aw_span){buf, end};
    return 1;
}

bool aw_text_is(struct aw_span s, const char *word) {
    size_t n = strlen(word);
    return aw_span_len(s) == n && memcmp(s.p, word, n) == 0;
}

bool aw_text_starts(struct aw_span s, const char *word) {
    size_t n = strlen(word);
    return aw_span_len(s) >= n && memcmp(s.p, word, n) == 0;
}

const uint8_t *aw_text_find(struct aw_span s, const char *word) {
    size_t n = strlen(word);
    while (aw_span_len(s) >= n) {
        const uint8_t *at = memchr(s.p, word[0], aw_span_len(s) - n + 1);
        if (!at) return NULL;
        if (memcmp(at, word, n) == 0) return at;
        s.p = at + 1;
    }
    return NULL;
}

unsigned aw_text_split(struct aw_span s, char sep, struct aw_span *fields, unsigned max) {
    unsigned n = 0;
    const uint8_t *start = s.p;
    for (const uint8_t *p = s.p; p < s.end && n + 1 < max; p++) {
        if (*p != (uint8_t)sep) continue;
        fields[n++] = (struct aw_span){start, p};
        start = p + 1;
    }
    fields[n++] = (struct aw_span){start, s.end};
    return n;
}

int aw_text_column(struct aw_span header, const char *name) {
    for (int i = 0; header.p < header.end; i++) {
        const uint8_t *comma = memchr(header.p, ',', aw_span_len(header));
        const uint8_t *end = comma ? comma : header.end;
        if (aw_text_is((struct aw_span){header.p, end}, name)) return i;
        header.p = comma ? comma + 1 : header.end;
    }
    return -1;
}

struct aw_span aw_text_trim(struct aw_span s) {
    while (s.p < s.end && (*s.p == ' ' || *s.p == '\t' || *s.p == '"')) s.p++;
    while (s.p < s.end && (s.end[-1] == ' ' || s.end[-1] == '\t' || s.end[-1] == '"')) s.end--;
    return s;
}

int aw_text_int(struct aw_span s, int64_t *out) {
    bool neg = s.p < s.end && *s.p == '-';
    if (neg) s.p++;
    if (s.p == s.end || s.end - s.p > 18) return AW_ERR_TEXT;
    int64_t v = 0;
    for (; s.p < s.end; s.p++) {
        unsigned digit = *s.p - (unsigned)'0';
        if (digit > 9) return AW_ERR_TEXT;
        v = v * 10 + (int64_t)digit;
    }
    *out = neg ? -v : v;
    return AW_OK;
}

int aw_text_nano(struct aw_span s, int64_t *out) {
    bool neg = s.p < s.end && *s.p == '-';
    if (neg) s.p++;
    const int64_t whole_max = INT64_C(9200000000);
    int64_t whole = 0, part = 0;
    unsigned digits = 0, places = 0;
    for (; s.p < s.end && *s.p - (unsigned)'0' <= 9; s.p++, digits++) {
        whole = whole * 10 + (int64_t)(*s.p - (unsigned)'0');
        if (whole > whole_max) return AW_ERR_RANGE;
    }
    if (s.p < s.end && *s.p == '.') {
        for (s.p++; s.p < s.end && *s.p - (unsigned)'0' <= 9; s.p++, digits++)
            if (places < 9) {
                part = part * 10 + (int64_t)(*s.p - (unsigned)'0');
                places++;
            }
    }
    if (!digits || s.p != s.end) return AW_ERR_TEXT;
    for (; places < 9; places++) part *= 10;
    int64_t v = whole * INT64_C(1000000000) + part;
    *out = neg ? -v : v;
    return AW_OK;
}

/* Value of a hexadecimal digit; above 15 when it is none. */
static unsigned hex_digit(uint8_t c) {
    unsigned d = c - (unsigned)'0';
    if (d <= 9) return d;
    d = (c | 0x20u) - (unsigned)'a';
    return d < 6 ? d + 10 : 16;
}

int aw_text_mac(struct aw_span s, uint64_t *out) {
    if (aw_span_len(s) != 17) return AW_ERR_TEXT;
    uint64_t v = 0;
    for (int i = 0; i < 17; i++) {
        if (i % 3 == 2) {
            if (s.p[i] != ':') return AW_ERR_TEXT;
            continue;
        }
        unsigned d = hex_digit(s.p[i]);
        if (d > 15) return AW_ERR_TEXT;
        v = v << 4 | d;
    }
    *out = v;
    return AW_OK;
}

/* ---- Lists of integers ----------------------------------------------------------------------
 *
 * Most of every text recording is one list of small integers, so this loop decides the speed.
 * A branch per character mispredicts; instead 64 characters at a time become a mask of separators,
 * and each token between two separators is taken with one 8-byte load that ends at its last digit:
 *
 *     ... 7 , - 1 2 | ,        bytes before the token are masked off, then four digits at once:
 *               ^stop          (d0*10 + d1) * 100 + (d2*10 + d3)                                 */

static inline uint64_t load_le64(const uint8_t *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

static inline uint32_t load_le32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Bit i: character i is below '-': a blank, tab or comma, or something that has no place here. */
static inline uint64_t separators(const uint8_t *p) {
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t mask = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t w = load_le64(p + 8 * i);
        uint64_t below = ~((w | high) - UINT64_C(0x2D2D2D2D2D2D2D2D)) & ~w & high;
        mask |= ((below >> 7) * UINT64_C(0x0102040810204080) >> 56) << (8 * i);
    }
    return mask;
}

/* A token of any length, character by character. */
static int token_slow(const uint8_t *start, const uint8_t *stop, uint32_t *bad) {
    int64_t v;
    if (aw_text_int((struct aw_span){start, stop}, &v) != AW_OK || v < -32768 || v > 32767) {
        *bad = 1;
        return 0;
    }
    return (int)v;
}

static inline int token(const uint8_t *start, const uint8_t *stop, const uint8_t *floor,
                        uint32_t *bad) {
    unsigned neg = *start == '-';
    unsigned digits = (unsigned)(stop - start) - neg;
    if (digits - 1u > 3u || stop - floor < 4) return token_slow(start, stop, bad);
    uint32_t d = (load_le32(stop - 4) ^ 0x30303030u) & (0xFFFFFFFFu << (32 - 8 * digits));
    *bad |= (d | (d + 0x06060606u)) & 0xF0F0F0F0u; /* any nibble that is not 0..9 */
    uint32_t pairs = d * 10 + (d >> 8);
    uint32_t v = (pairs & 0xFF) * 100 + (pairs >> 16 & 0xFF);
    return (int)((v ^ (0u - neg)) + neg);
}

int aw_text_ints(struct aw_span s, const uint8_t *floor, unsigned swap, float *out, uint32_t cap) {
    /* Of the characters below '-': tab, blank, comma. */
    const uint64_t allowed = UINT64_C(1) << '\t' | UINT64_C(1) << ' ' | UINT64_C(1) << ',';
    uint32_t n = 0, bad = 0;
    const size_t len = aw_span_len(s);
    size_t start = 0;
    for (size_t block = 0; block < len; block += 64) {
        uint8_t tail[64];
        const uint8_t *look = s.p + block;
        if (len - block < 64) {
            memset(tail, ',', sizeof tail);
            memcpy(tail, s.p + block, len - block);
            look = tail;
        }
        for (uint64_t mask = separators(look); mask; mask &= mask - 1) {
            unsigned i = (unsigned)__builtin_ctzll(mask);
            size_t stop = block + i;
            if (stop > len) break;
            bad |= !(allowed >> look[i] & 1);
            if (stop > start) {
                if (n == cap) return AW_ERR_TOO_MANY;
                out[n ^ swap] = (float)token(s.p + start, s.p + stop, floor, &bad);
                n++;
            }
            start = stop + 1;
        }
    }
    if (start < len) { /* the list ends on a block's last character */
        if (n == cap) return AW_ERR_TOO_MANY;
        out[n ^ swap] = (float)token(s.p + start, s.p + len, floor, &bad);
        n++;
    }
    return bad ? AW_ERR_TEXT : (int)n;
}

int aw_text_hex_iq(struct aw_span s, float *out, uint32_t cap) {
    size_t n = aw_span_len(s) / 2;
    if (aw_span_len(s) % 2) return AW_ERR_TEXT;
    if (n > cap) return AW_ERR_TOO_MANY;
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned hi = hex_digit(s.p[2 * i]), lo = hex_digit(s.p[2 * i + 1]);
        bad |= hi | lo;
        out[i ^ 1] = (float)(int8_t)(hi << 4 | lo);
    }
    return bad > 15 ? AW_ERR_TEXT : (int)n;
}

/* Value of a base64 digit (RFC 4648, section 4); 64 when it is none. */
static unsigned base64_digit(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - (unsigned)'A';
    if (c >= 'a' && c <= 'z') return c - (unsigned)'a' + 26;
    if (c >= '0' && c <= '9') return c - (unsigned)'0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

int aw_text_base64_iq(struct aw_span s, float *out, uint32_t cap) {
    for (int i = 0; i < 2 && s.p < s.end && s.end[-1] == '='; i++) s.end--;
    size_t chars = aw_span_len(s);
    if (chars % 4 == 1) return AW_ERR_TEXT;
    if (chars / 4 * 3 + (chars % 4 ? chars % 4 - 1 : 0) > cap) return AW_ERR_TOO_MANY;
    uint32_t n = 0, bits = 0, bad = 0;
    unsigned have = 0;
    for (size_t i = 0; i < chars; i++) {
        unsigned d = base64_digit(s.p[i]);
        bad |= d;
        bits = bits << 6 | (d & 63);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++ ^ 1] = (float)(int8_t)(bits >> have & 0xFF);
        }
    }
    return bad > 63 ? AW_ERR_TEXT : (int)n;
}
