/* Range headers of RFC 9110, 14: what is asked for, what cannot be had, what is to be ignored. */
#include "server/byte_range.h"
#include "test.h"

#include <stdbool.h>

static void check(const char *text, uint64_t len, enum aw_byte_range want, uint64_t first,
                  uint64_t last) {
    uint64_t f = 77, l = 77;
    enum aw_byte_range got = aw_byte_range_read(text, len, &f, &l);
    bool part = want == AW_BYTE_RANGE_PART;
    if (got != want || f != (part ? first : 77) || l != (part ? last : 77))
        fprintf(stderr, "%s of %llu: %d %llu-%llu\n", text ? text : "none", (unsigned long long)len,
                got, (unsigned long long)f, (unsigned long long)l);
    CHECK_INT(got, want);
    CHECK(f == (part ? first : 77) && l == (part ? last : 77));
}

int main(void) {
    static const char *const ignored[] = {
        NULL,          "",           "bytes",        "bytes=",        "bytes=-",   "items=0-5",
        "bytes=5-4",   "bytes=a-5",  "bytes=0-5x",   "bytes=0-1,3-4", "bytes=--5", "bytes=0 - 5",
        "bytes = 0-5", "bytes=0x1-", "bytes=-5,0-1", "bytes=5",       "0-5",       "bytes=+1-2"};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        check(ignored[i], 100, AW_BYTE_RANGE_WHOLE, 0, 0);
    check("bytes=0-0", 100, AW_BYTE_RANGE_PART, 0, 0);
    check("bytes=0-99", 100, AW_BYTE_RANGE_PART, 0, 99);
    check("BYTES=10-19", 100, AW_BYTE_RANGE_PART, 10, 19);
    check("bytes= 10-19 ", 100, AW_BYTE_RANGE_PART, 10, 19);
    check("bytes=10-", 100, AW_BYTE_RANGE_PART, 10, 99);
    check("bytes=10-1000", 100, AW_BYTE_RANGE_PART, 10, 99);
    check("bytes=10-99999999999999999999999", 100, AW_BYTE_RANGE_PART, 10, 99);
    check("bytes=-10", 100, AW_BYTE_RANGE_PART, 90, 99);
    check("bytes=-100", 100, AW_BYTE_RANGE_PART, 0, 99);
    check("bytes=-1000", 100, AW_BYTE_RANGE_PART, 0, 99);
    check("bytes=100-", 100, AW_BYTE_RANGE_NONE, 0, 0);
    check("bytes=100-200", 100, AW_BYTE_RANGE_NONE, 0, 0);
    check("bytes=99999999999999999999999-", 100, AW_BYTE_RANGE_NONE, 0, 0);
    check("bytes=-0", 100, AW_BYTE_RANGE_NONE, 0, 0);
    check("bytes=0-", 0, AW_BYTE_RANGE_NONE, 0, 0);
    check("bytes=-5", 0, AW_BYTE_RANGE_NONE, 0, 0);
    return test_end();
}
