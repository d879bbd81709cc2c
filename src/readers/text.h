#ifndef AW_READERS_TEXT_H
#define AW_READERS_TEXT_H

#include "airwake.h"

#include <string.h>

/* A piece of text inside somebody else's buffer; no terminator. */
struct aw_span {
    const uint8_t *p;
    const uint8_t *end;
};

enum { AW_LINE_MAX = 1 << 18 }; /* bytes; a longer line is refused */

static inline size_t aw_span_len(struct aw_span s) {
    return (size_t)(s.end - s.p);
}

/* The first line of buf without its "\n" or "\r\n"; *consumed includes them.
 * Returns 1; 0 when the line is not complete and more may follow (*consumed 0); LENGTH when it is
 * longer than AW_LINE_MAX (*consumed skips what is there). */
int aw_text_line(const uint8_t *buf, size_t len, bool eof, struct aw_span *line, size_t *consumed);

/* Inline, so that the length of a literal is known. */
static inline bool aw_text_is(struct aw_span s, const char *word) {
    size_t n = strlen(word);
    return aw_span_len(s) == n && memcmp(s.p, word, n) == 0;
}

static inline bool aw_text_starts(struct aw_span s, const char *word) {
    size_t n = strlen(word);
    return aw_span_len(s) >= n && memcmp(s.p, word, n) == 0;
}

/* Where word begins in s; NULL when it does not occur. */
const uint8_t *aw_text_find(struct aw_span s, const char *word);

/* Cuts s at every sep; returns the number of fields, at most max (the last then holds the rest). */
unsigned aw_text_split(struct aw_span s, char sep, struct aw_span *fields, unsigned max);

/* Number of the column `name` in a comma separated header line; -1 when there is none. */
int aw_text_column(struct aw_span header, const char *name);

/* s without blanks and double quotes at both ends. */
struct aw_span aw_text_trim(struct aw_span s);

/* The whole of s as a decimal integer, |v| < 2^62. Errors: TEXT. */
AW_MUST_USE int aw_text_int(struct aw_span s, int64_t *out);

/* The whole of s as a decimal number "-12.345" in units of 1e-9, exactly; digits past the ninth are
 * cut. No exponents. Errors: TEXT, RANGE (|v| > 9.2e9). */
AW_MUST_USE int aw_text_nano(struct aw_span s, int64_t *out);

/* "aa:bb:cc:dd:ee:ff" as a 48-bit number. Errors: TEXT. */
AW_MUST_USE int aw_text_mac(struct aw_span s, uint64_t *out);

/* Integers separated by blanks, tabs or commas into out, each value to out[i ^ swap] (swap 1
 * exchanges the members of pairs). Values must fit int16.
 * s.p - floor bytes before s may be read; cap even.
 * Returns the number of values. Errors: TEXT, TOO_MANY. Writes out even then. */
AW_MUST_USE int aw_text_ints(struct aw_span s, const uint8_t *floor, unsigned swap, float *out,
                             uint32_t cap);

/* Bytes from hexadecimal digits or from base64 (padding optional, no white space), as int8 values
 * into out[i ^ 1]: ESP32 buffers store the imaginary part first. cap even.
 * Returns the number of bytes. Errors: TEXT, TOO_MANY. Writes out even then. */
AW_MUST_USE int aw_text_hex_iq(struct aw_span s, float *out, uint32_t cap);
AW_MUST_USE int aw_text_base64_iq(struct aw_span s, float *out, uint32_t cap);

#endif
