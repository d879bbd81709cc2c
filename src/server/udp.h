#ifndef AW_SERVER_UDP_H
#define AW_SERVER_UDP_H

#include "server/unpack.h"

/* A UDP socket that only ever receives. */
struct aw_udp {
    int fd;                /* -1 closed */
    uint16_t port;         /* bound to; as the system chose it when 0 was asked for */
    uint32_t kernel_drops; /* datagrams the system had no room for, since open */
    unsigned char *memory; /* buffers of one batch */
};

struct aw_udp_datagram {
    const uint8_t *data;
    size_t len;
    int64_t t_ns;    /* Unix time at which the system had it */
    uint64_t origin; /* aw_origin_of() the sender's address */
    uint32_t ip;     /* sender's IPv4 address, host order */
    uint16_t port;   /* sender's */
};

enum { AW_UDP_BATCH = 64 };

/* Listens on address (dotted IPv4; "0.0.0.0" for all) and port (0: any free one).
 * Errors: IO with a sentence in why (a port in use names the port and what to do), NOMEM, INVAL. */
AW_MUST_USE int aw_udp_open(struct aw_udp *u, const char *address, uint16_t port,
                            struct aw_why *why);
void aw_udp_close(struct aw_udp *u);

/* What has arrived, without waiting: up to AW_UDP_BATCH datagrams, valid until the next call.
 * Returns their number; < 0 (IO) when the socket failed. */
int aw_udp_receive(struct aw_udp *u, struct aw_udp_datagram out[AW_UDP_BATCH]);

#endif
