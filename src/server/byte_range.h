#ifndef AW_SERVER_BYTE_RANGE_H
#define AW_SERVER_BYTE_RANGE_H

#include <stdint.h>

enum aw_byte_range {
    AW_BYTE_RANGE_WHOLE, /* no range, none of bytes, several, or no sense in it: all of it, 200 */
    AW_BYTE_RANGE_PART,  /* first..last, 206 */
    AW_BYTE_RANGE_NONE,  /* it lies beyond the end, 416 */
};

/* What a Range header asks for of len bytes: "bytes=0-99", "bytes=100-", "bytes=-100" (the last
 * 100). first and last (included, < len) are set for a PART only. text NULL: no header.
 * Source: RFC 9110, 14.1.2, 14.2. */
enum aw_byte_range aw_byte_range_read(const char *text, uint64_t len, uint64_t *first,
                                      uint64_t *last);

#endif
