/*   0   4  "AWS1"
 *   4   1  version, 1
 *   5   3  zero
 *   8   4  number of the key
 *  12   8  sequence number: higher with each datagram of this key
 *  20   8  Unix time, ns, signed
 *  28   n  the datagram as it would be sent without
 *  28+n 16 BLAKE2b, keyed, of all before                       little endian */
#include "server/signed.h"

#include "base/cursor.h"

#include <sodium.h>
#include <string.h>

enum { VERSION = 1 };
static const uint8_t magic[4] = {'A', 'W', 'S', '1'};

static void mac(const uint8_t *buf, size_t len, const uint8_t key[AW_SIGNED_KEY_BYTES],
                uint8_t out[AW_SIGNED_MAC_BYTES]) {
    crypto_generichash(out, AW_SIGNED_MAC_BYTES, buf, len, key, AW_SIGNED_KEY_BYTES);
}

bool aw_signed_is(const uint8_t *buf, size_t len) {
    return len >= sizeof magic && memcmp(buf, magic, sizeof magic) == 0;
}

int aw_signed_read(const uint8_t *buf, size_t len, struct aw_signed *out) {
    struct aw_cursor c = aw_cursor_init(buf, len);
    if (!aw_signed_is(buf, len)) return AW_ERR_MAGIC;
    if (len < AW_SIGNED_MORE_BYTES) return AW_ERR_TRUNCATED;
    aw_cursor_take(&c, sizeof magic);
    if (aw_cursor_u8(&c) != VERSION) return AW_ERR_VERSION;
    uint32_t zero = aw_cursor_u8(&c);
    zero |= aw_cursor_u16le(&c);
    if (zero) return AW_ERR_RANGE;
    out->key = aw_cursor_u32le(&c);
    out->seq = aw_cursor_u64le(&c);
    out->t_ns = (int64_t)aw_cursor_u64le(&c);
    out->inner = buf + AW_SIGNED_HEAD_BYTES;
    out->inner_len = len - AW_SIGNED_MORE_BYTES;
    return AW_OK;
}

bool aw_signed_strip(const uint8_t **data, size_t *len) {
    struct aw_signed s;
    if (aw_signed_read(*data, *len, &s) != AW_OK) return false;
    *data = s.inner;
    *len = s.inner_len;
    return true;
}

bool aw_signed_check(const uint8_t *buf, size_t len, const uint8_t key[AW_SIGNED_KEY_BYTES]) {
    uint8_t want[AW_SIGNED_MAC_BYTES];
    if (len < AW_SIGNED_MORE_BYTES) return false;
    mac(buf, len - AW_SIGNED_MAC_BYTES, key, want);
    return sodium_memcmp(want, buf + len - AW_SIGNED_MAC_BYTES, sizeof want) == 0;
}

static void put(uint8_t *at, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> 8 * i);
}

int aw_signed_write(const struct aw_signed *s, const uint8_t key[AW_SIGNED_KEY_BYTES], uint8_t *buf,
                    size_t cap) {
    if (cap < AW_SIGNED_MORE_BYTES || s->inner_len > cap - AW_SIGNED_MORE_BYTES)
        return AW_ERR_INVAL;
    memcpy(buf, magic, sizeof magic);
    put(buf + 4, VERSION, 4);
    put(buf + 8, s->key, 4);
    put(buf + 12, s->seq, 8);
    put(buf + 20, (uint64_t)s->t_ns, 8);
    if (s->inner_len) memcpy(buf + AW_SIGNED_HEAD_BYTES, s->inner, s->inner_len);
    size_t len = AW_SIGNED_HEAD_BYTES + s->inner_len;
    mac(buf, len, key, buf + len);
    return (int)(len + AW_SIGNED_MAC_BYTES);
}
