#ifndef AW_READERS_AWK1_H
#define AW_READERS_AWK1_H

#include "airwake.h"

/* AWK1: one frame as one datagram, lossless; layout in awk1.c and docs/protocol.md. */
enum { AW_AWK1_MAX_BYTES = 65507 }; /* the largest UDP datagram */

/* Writes frame f as the sender's datagram number seq.
 * Returns bytes written. Errors: TOO_MANY (the datagram would pass AW_AWK1_MAX_BYTES), NOMEM (cap
 * is too small), INVAL (a count, the format or the chip's name is outside its range). */
AW_MUST_USE int aw_awk1_write(const struct aw_frame *f, uint32_t seq, uint8_t *buf, size_t cap);

/* The sender's datagram number, to count what the network lost. Only for datagrams that were read
 * without error. */
static inline uint32_t aw_awk1_seq(const uint8_t *buf) {
    return (uint32_t)buf[12] | (uint32_t)buf[13] << 8 | (uint32_t)buf[14] << 16 |
           (uint32_t)buf[15] << 24;
}

#endif
