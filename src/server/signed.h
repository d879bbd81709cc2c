/* A datagram in a wrapper that says who sent it and when, and that nobody changed it. Bytes and a
 * test vector: docs/protocol.md. The MAC is BLAKE2b of 16 bytes with a key of 32 (RFC 7693). */
#ifndef AW_SERVER_SIGNED_H
#define AW_SERVER_SIGNED_H

#include "airwake.h"

enum {
    AW_SIGNED_KEY_BYTES = 32,
    AW_SIGNED_HEAD_BYTES = 28,
    AW_SIGNED_MAC_BYTES = 16,
    AW_SIGNED_MORE_BYTES = AW_SIGNED_HEAD_BYTES + AW_SIGNED_MAC_BYTES, /* than the inner one has */
};

struct aw_signed {
    uint32_t key;
    uint64_t seq;
    int64_t t_ns; /* Unix time at which it was sent */
    const uint8_t *inner;
    size_t inner_len;
};

/* True when buf is meant to be one: then aw_signed_read() says whether it is. */
bool aw_signed_is(const uint8_t *buf, size_t len);

/* Its fields; nothing is checked that the MAC covers. Errors: MAGIC, TRUNCATED, VERSION, RANGE. */
AW_MUST_USE int aw_signed_read(const uint8_t *buf, size_t len, struct aw_signed *out);

/* A signed datagram in a recording: *data and *len become what is inside, unchecked. True if so. */
bool aw_signed_strip(const uint8_t **data, size_t *len);

/* True when its MAC is that of the key. Takes as long whether it is or not. */
bool aw_signed_check(const uint8_t *buf, size_t len, const uint8_t key[AW_SIGNED_KEY_BYTES]);

/* Writes s, signed, to buf. Returns the length; INVAL when cap is too small. */
AW_MUST_USE int aw_signed_write(const struct aw_signed *s, const uint8_t key[AW_SIGNED_KEY_BYTES],
                                uint8_t *buf, size_t cap);

#endif
