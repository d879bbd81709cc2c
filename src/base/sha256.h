#ifndef AW_BASE_SHA256_H
#define AW_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* SHA-256 of bytes that come in pieces. Source: FIPS 180-4, sections 4.1.2, 5.1.1, 5.3.3, 6.2;
 * test/bench/test_ruview_compat.c holds it to the published vectors. */
struct aw_sha256 {
    uint32_t h[8];
    uint8_t block[64];
    uint64_t n_bytes; /* so far */
};

enum { AW_SHA256_HEX = 65 }; /* characters with the terminating zero */

void aw_sha256_init(struct aw_sha256 *s);
void aw_sha256_push(struct aw_sha256 *s, const void *data, size_t len);

/* The hash in lower-case hexadecimal; s is used up. */
void aw_sha256_hex(struct aw_sha256 *s, char hex[AW_SHA256_HEX]);

#endif
