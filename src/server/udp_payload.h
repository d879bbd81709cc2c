#ifndef AW_SERVER_UDP_PAYLOAD_H
#define AW_SERVER_UDP_PAYLOAD_H

#include "airwake.h"

/* Where the UDP payload of a captured packet lies, and who sent it. */
struct aw_udp_payload {
    const uint8_t *data;
    size_t len;
    uint64_t origin; /* of the sender's address, see aw_origin_of() */
    uint32_t ip;     /* its IPv4 address, host order; 127.0.0.1 where it was IPv6 */
    uint16_t src_port, dst_port;
};

/* packet of libpcap link type dlt (Ethernet with VLAN tags, raw IP, Linux cooked 1 and 2,
 * loopback). Errors: UNSUPPORTED (link type, not UDP, a fragment), TRUNCATED, LENGTH. */
AW_MUST_USE int aw_udp_payload_find(int dlt, const uint8_t *packet, size_t len,
                                    struct aw_udp_payload *out);

/* A number that tells senders apart: FNV-1a of the address bytes (4 or 16), never 0. The same for
 * a live socket and for a capture of it, so that both make the same links. */
uint64_t aw_origin_of(const void *address, size_t len);

#endif
