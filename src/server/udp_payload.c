#include "server/udp_payload.h"

#include "base/cursor.h"

#include <pcap/pcap.h>

enum {
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_IPV6 = 0x86DD,
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_QINQ = 0x88A8
};
enum { PROTO_UDP = 17 };

uint64_t aw_origin_of(const void *address, size_t len) {
    const uint8_t *p = address;
    uint64_t h = 0xCBF29CE484222325; /* FNV-1a, 64 bits: offset basis and prime */
    for (size_t i = 0; i < len; i++) h = (h ^ p[i]) * 0x100000001B3;
    return h ? h : 1;
}

static int udp(struct aw_cursor *c, struct aw_udp_payload *out) {
    out->src_port = aw_cursor_u16be(c);
    out->dst_port = aw_cursor_u16be(c);
    size_t len = aw_cursor_u16be(c);
    aw_cursor_u16be(c); /* checksum: capture happens before offloading fills it */
    if (c->short_read) return AW_ERR_TRUNCATED;
    if (len < 8) return AW_ERR_LENGTH;
    out->len = len - 8;
    out->data = aw_cursor_take(c, out->len);
    return out->data ? AW_OK : AW_ERR_TRUNCATED;
}

static int ipv4(struct aw_cursor *c, struct aw_udp_payload *out) {
    const uint8_t *h = aw_cursor_take(c, 20);
    if (!h) return AW_ERR_TRUNCATED;
    size_t header = (size_t)(h[0] & 15) * 4;
    if (h[0] >> 4 != 4 || header < 20) return AW_ERR_LENGTH;
    bool fragment = (h[6] & 0x3F) | h[7]; /* more fragments, or an offset */
    if (h[9] != PROTO_UDP || fragment) return AW_ERR_UNSUPPORTED;
    if (!aw_cursor_take(c, header - 20)) return AW_ERR_TRUNCATED;
    out->origin = aw_origin_of(h + 12, 4);
    out->ip = (uint32_t)h[12] << 24 | (uint32_t)h[13] << 16 | (uint32_t)h[14] << 8 | h[15];
    return udp(c, out);
}

static int ipv6(struct aw_cursor *c, struct aw_udp_payload *out) {
    const uint8_t *h = aw_cursor_take(c, 40);
    if (!h) return AW_ERR_TRUNCATED;
    if (h[0] >> 4 != 6) return AW_ERR_LENGTH;
    if (h[6] != PROTO_UDP) return AW_ERR_UNSUPPORTED; /* extension headers: no node sends them */
    out->origin = aw_origin_of(h + 8, 16);
    out->ip = 0x7F000001;
    return udp(c, out);
}

static int ethertype(struct aw_cursor *c, unsigned type, struct aw_udp_payload *out) {
    for (int tags = 0; (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ) && tags < 2; tags++) {
        aw_cursor_u16be(c);
        type = aw_cursor_u16be(c);
    }
    if (c->short_read) return AW_ERR_TRUNCATED;
    if (type == ETHERTYPE_IPV4) return ipv4(c, out);
    if (type == ETHERTYPE_IPV6) return ipv6(c, out);
    return AW_ERR_UNSUPPORTED;
}

int aw_udp_payload_find(int dlt, const uint8_t *packet, size_t len, struct aw_udp_payload *out) {
    struct aw_cursor c = aw_cursor_init(packet, len);
    switch (dlt) {
    case DLT_EN10MB:
        aw_cursor_take(&c, 12);
        return ethertype(&c, aw_cursor_u16be(&c), out);
    case DLT_LINUX_SLL:
        aw_cursor_take(&c, 14);
        return ethertype(&c, aw_cursor_u16be(&c), out);
    case DLT_LINUX_SLL2: {
        unsigned type = aw_cursor_u16be(&c);
        aw_cursor_take(&c, 18);
        return ethertype(&c, type, out);
    }
    case DLT_NULL:
    case DLT_LOOP:
        aw_cursor_take(&c, 4);
        break;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
        break;
    default:
        return AW_ERR_UNSUPPORTED;
    }
    if (c.short_read || aw_cursor_left(&c) == 0) return AW_ERR_TRUNCATED;
    return c.p[c.pos] >> 4 == 6 ? ipv6(&c, out) : ipv4(&c, out);
}
