/* The UDP payloads of a classic little endian pcap of Ethernet frames with plain IPv4 headers:
 * only what the tests need. */
#ifndef AW_TEST_READERS_PCAP_WALK_H
#define AW_TEST_READERS_PCAP_WALK_H

#include <stddef.h>
#include <stdint.h>

/* The payload of the packet at *at, which moves to the next; NULL at the end. */
static inline const uint8_t *pcap_next(const uint8_t *buf, size_t len, size_t *at, size_t *n) {
    enum { FILE_HEADER = 24, RECORD_HEADER = 16, HEADERS = 42 };
    if (*at == 0) *at = FILE_HEADER;
    if (*at + RECORD_HEADER + HEADERS > len) return NULL;
    const uint8_t *p = buf + *at;
    size_t captured = p[8] | (size_t)p[9] << 8 | (size_t)p[10] << 16;
    if (*at + RECORD_HEADER + captured > len) return NULL;
    *at += RECORD_HEADER + captured;
    p += RECORD_HEADER;
    *n = ((size_t)p[38] << 8 | p[39]) - 8;
    return *n + HEADERS <= captured ? p + HEADERS : NULL;
}

#endif
