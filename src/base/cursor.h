#ifndef AW_BASE_CURSOR_H
#define AW_BASE_CURSOR_H

#include "airwake.h"

#include <string.h>

/* Reads bytes in order. Reading past the end yields 0 and marks short_read; nothing else fails, so
 * a reader checks short_read once after taking its fields. */
struct aw_cursor {
    const uint8_t *p;
    size_t len;
    size_t pos;
    bool short_read;
};

static inline struct aw_cursor aw_cursor_init(const uint8_t *p, size_t len) {
    return (struct aw_cursor){.p = p, .len = len};
}

static inline size_t aw_cursor_left(const struct aw_cursor *c) {
    return c->len - c->pos;
}

/* The next n bytes, or NULL when fewer are left. */
static inline const uint8_t *aw_cursor_take(struct aw_cursor *c, size_t n) {
    if (n > c->len - c->pos) {
        c->short_read = true;
        c->pos = c->len;
        return NULL;
    }
    const uint8_t *at = c->p + c->pos;
    c->pos += n;
    return at;
}

static inline uint8_t aw_cursor_u8(struct aw_cursor *c) {
    const uint8_t *b = aw_cursor_take(c, 1);
    return b ? b[0] : 0;
}

static inline int8_t aw_cursor_i8(struct aw_cursor *c) {
    return (int8_t)aw_cursor_u8(c);
}

static inline uint16_t aw_cursor_u16le(struct aw_cursor *c) {
    const uint8_t *b = aw_cursor_take(c, 2);
    return b ? (uint16_t)(b[0] | (unsigned)b[1] << 8) : 0;
}

static inline uint16_t aw_cursor_u16be(struct aw_cursor *c) {
    const uint8_t *b = aw_cursor_take(c, 2);
    return b ? (uint16_t)(b[1] | (unsigned)b[0] << 8) : 0;
}

static inline uint32_t aw_cursor_u32le(struct aw_cursor *c) {
    const uint8_t *b = aw_cursor_take(c, 4);
    return b ? (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24
             : 0;
}

static inline uint32_t aw_cursor_u32be(struct aw_cursor *c) {
    const uint8_t *b = aw_cursor_take(c, 4);
    return b ? (uint32_t)b[3] | (uint32_t)b[2] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[0] << 24
             : 0;
}

static inline uint64_t aw_cursor_u64le(struct aw_cursor *c) {
    uint64_t lo = aw_cursor_u32le(c);
    uint64_t hi = aw_cursor_u32le(c);
    return lo | hi << 32;
}

static inline uint64_t aw_cursor_u64be(struct aw_cursor *c) {
    uint64_t hi = aw_cursor_u32be(c);
    uint64_t lo = aw_cursor_u32be(c);
    return lo | hi << 32;
}

static inline float aw_cursor_f32le(struct aw_cursor *c) {
    uint32_t bits = aw_cursor_u32le(c);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A MAC address in transmission order as a 48-bit number, 0xAABBCCDDEEFF for aa:bb:cc:dd:ee:ff. */
static inline uint64_t aw_cursor_mac(struct aw_cursor *c) {
    uint64_t hi = aw_cursor_u16be(c);
    uint64_t lo = aw_cursor_u32be(c);
    return hi << 32 | lo;
}

#endif
