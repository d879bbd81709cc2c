#include "readers/text.h"

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
    static const uint8_t digits[55] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  16, 16, 16, 16,
                                       16, 16, 16, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16, 16,
                                       16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
                                       16, 16, 16, 16, 16, 16, 16, 10, 11, 12, 13, 14, 15};
    unsigned i = c - (unsigned)'0';
    return i < sizeof digits ? digits[i] : 16;
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
 * Most of every text recording is one list of small integers, so this loop decides the speed. A
 * branch per character mispredicts; instead 64 characters at a time become a mask of separators,
 * from it where tokens start and stop, and each token is taken with one 4-byte load that ends at
 * its last digit:
 *
 *     ... 7 , - 1 2 , 5 ...     what the load has from before the token is masked off, then four
 *           start   stop        digits at once: (d0*10 + d1) * 100 + (d2*10 + d3)
 *
 * The next 64 characters begin behind the last separator, so that no token is cut. */

#if defined(__SSE2__)
#include <emmintrin.h>

/* Bit i: character i is a blank, a tab or a comma. */
static inline uint64_t separators(const uint8_t *p) {
    const __m128i blank = _mm_set1_epi8(' '), tab = _mm_set1_epi8('\t'), comma = _mm_set1_epi8(',');
    uint64_t mask = 0;
    for (unsigned i = 0; i < 4; i++) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i is = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, blank), _mm_cmpeq_epi8(x, comma)),
                                  _mm_cmpeq_epi8(x, tab));
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(is) << (16 * i);
    }
    return mask;
}
#else
static inline uint64_t load_le64(const uint8_t *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

/* High bit of every byte of w that is c. */
static inline uint64_t bytes_equal(uint64_t w, uint8_t c) {
    const uint64_t low7 = UINT64_C(0x7F7F7F7F7F7F7F7F);
    uint64_t x = w ^ UINT64_C(0x0101010101010101) * c;
    return ~(((x & low7) + low7) | x | low7);
}

static inline uint64_t separators(const uint8_t *p) {
    uint64_t mask = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t w = load_le64(p + 8 * i);
        uint64_t is = bytes_equal(w, ' ') | bytes_equal(w, ',') | bytes_equal(w, '\t');
        mask |= ((is >> 7) * UINT64_C(0x0102040810204080) >> 56) << (8 * i);
    }
    return mask;
}
#endif

static inline uint32_t load_le32(const uint8_t *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

/* Any nibble here is a character that is no digit: d holds digits minus '0', d + 6 carries when
 * above 9. */
#define NO_DIGIT 0xF0F0F0F0u

/* A token of any length, character by character. */
static int32_t token_slow(const uint8_t *start, const uint8_t *stop, uint32_t *bad) {
    int64_t v;
    if (aw_text_int((struct aw_span){start, stop}, &v) != AW_OK || v < -32768 || v > 32767) {
        *bad |= NO_DIGIT;
        return 0;
    }
    return (int32_t)v;
}

/* stop[-4] must be readable. */
static inline int32_t token(const uint8_t *start, const uint8_t *stop, uint32_t *bad) {
    static const uint32_t keep[5] = {0, 0xFF000000u, 0xFFFF0000u, 0xFFFFFF00u, 0xFFFFFFFFu};
    uint32_t neg = *start == '-';
    uint32_t digits = (uint32_t)(stop - start) - neg;
    if (digits - 1u > 3u) return token_slow(start, stop, bad);
    uint32_t d = (load_le32(stop - 4) ^ 0x30303030u) & keep[digits];
    *bad |= d | (d + 0x06060606u);
    uint32_t pairs = (d * 10 + (d >> 8)) & 0x00FF00FFu;
    uint32_t v = (pairs * 0x00640001u) >> 16 & 0xFFFFu;
    return (int32_t)((v ^ (0u - neg)) + neg);
}

/* Values are stored as integers first and made floats in one pass that vectorises. */
static inline void put_int(float *out, uint32_t i, int32_t v) {
    memcpy(out + i, &v, sizeof v);
}

static void to_floats(float *out, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        int32_t v;
        memcpy(&v, out + i, sizeof v);
        out[i] = (float)v;
    }
}

int aw_text_ints(struct aw_span s, const uint8_t *floor, unsigned swap, float *out, uint32_t cap) {
    uint32_t n = 0, bad = 0;
    const uint8_t *p = s.p;
    while (p < s.end) {
        const size_t left = (size_t)(s.end - p);
        uint8_t tail[64];
        const uint8_t *look = p;
        if (left < 64) {
            memset(tail, ',', sizeof tail);
            memcpy(tail, p, left);
            look = tail;
        }
        const uint64_t mask = separators(look);
        const uint64_t after = mask << 1 | 1; /* characters that follow a separator, or the start */
        uint64_t starts = ~mask & after, stops = mask & ~after;
        unsigned last = 63;
        if (left > 64) { /* leave what follows the last separator to the next round */
            if (!mask) return AW_ERR_TEXT; /* no number has 64 digits */
            last -= (unsigned)__builtin_clzll(mask);
            starts &= (UINT64_C(1) << last) - 1;
        }
        /* At most 32 tokens stop here; the first may lie too close to unreadable memory. */
        const bool careful = cap - n < 32 || p - floor < 4;
        while (stops) {
            const uint8_t *start = p + __builtin_ctzll(starts), *stop = p + __builtin_ctzll(stops);
            starts &= starts - 1;
            stops &= stops - 1;
            if (careful) {
                if (n == cap) return AW_ERR_TOO_MANY;
                put_int(out, n++ ^ swap, token_slow(start, stop, &bad));
            } else {
                put_int(out, n++ ^ swap, token(start, stop, &bad));
            }
        }
        if (starts) { /* the list ends with the last of 64 characters */
            if (n == cap) return AW_ERR_TOO_MANY;
            put_int(out, n++ ^ swap, token_slow(p + __builtin_ctzll(starts), s.end, &bad));
        }
        if (left <= 64) break;
        p += last + 1;
    }
    if (n % 2 && swap) put_int(out, n - 1, 0); /* the place its missing neighbour would have */
    to_floats(out, n + (n & swap));
    return bad & NO_DIGIT ? AW_ERR_TEXT : (int)n;
}

int aw_text_hex_iq(struct aw_span s, float *out, uint32_t cap) {
    size_t n = aw_span_len(s) / 2;
    if (aw_span_len(s) % 2) return AW_ERR_TEXT;
    if (n > cap) return AW_ERR_TOO_MANY;
    if (n % 2) out[n - 1] = 0; /* the place its missing neighbour would have */
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
    static const uint8_t digits[80] = {
        62, 64, 64, 64, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64,
        64, 64, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17,
        18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64, 64, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51};
    unsigned i = c - (unsigned)'+';
    return i < sizeof digits ? digits[i] : 64;
}

int aw_text_base64_iq(struct aw_span s, float *out, uint32_t cap) {
    for (int i = 0; i < 2 && s.p < s.end && s.end[-1] == '='; i++) s.end--;
    size_t chars = aw_span_len(s);
    uint32_t n = 0, bad = 0;
    if (chars % 4 == 1) return AW_ERR_TEXT;
    if (chars / 4 * 3 + (chars % 4 ? chars % 4 - 1 : 0) > cap) return AW_ERR_TOO_MANY;
    for (; s.end - s.p >= 4; s.p += 4, n += 3) {
        uint32_t a = base64_digit(s.p[0]), b = base64_digit(s.p[1]), c = base64_digit(s.p[2]),
                 d = base64_digit(s.p[3]);
        bad |= a | b | c | d;
        uint32_t bits = a << 18 | b << 12 | c << 6 | d;
        out[n ^ 1] = (float)(int8_t)(bits >> 16 & 0xFF);
        out[(n + 1) ^ 1] = (float)(int8_t)(bits >> 8 & 0xFF);
        out[(n + 2) ^ 1] = (float)(int8_t)(bits & 0xFF);
    }
    if (s.p < s.end) { /* two or three digits: one or two bytes */
        uint32_t a = base64_digit(s.p[0]), b = base64_digit(s.p[1]),
                 c = s.end - s.p > 2 ? base64_digit(s.p[2]) : 0;
        bad |= a | b | c;
        uint32_t bits = a << 18 | b << 12 | c << 6;
        out[n++ ^ 1] = (float)(int8_t)(bits >> 16 & 0xFF);
        if (s.end - s.p > 2) out[n++ ^ 1] = (float)(int8_t)(bits >> 8 & 0xFF);
    }
    return bad > 63 ? AW_ERR_TEXT : (int)n;
}
