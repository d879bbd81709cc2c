#include "server/udp.h"

#include "base/units.h"
#include "server/system_clock.h"
#include "server/udp_payload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    SLOT = 65536,           /* the largest datagram; only pages that one touches become resident */
    RCVBUF_BYTES = 4 << 20, /* asked for; the system grants up to net.core.rmem_max */
};

int aw_udp_open(struct aw_udp *u, const char *address, uint16_t port, struct aw_why *why) {
    *u = (struct aw_udp){.fd = -1};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &at.sin_addr) != 1) {
        snprintf(why->text, sizeof why->text, "%s is not an IPv4 address", address);
        return AW_ERR_INVAL;
    }
    u->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (u->fd >= 0) {
        int on = 1, bytes = RCVBUF_BYTES;
        setsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
        setsockopt(u->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
        setsockopt(u->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    }
    socklen_t len = sizeof at;
    if (u->fd < 0 || bind(u->fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        getsockname(u->fd, (struct sockaddr *)&at, &len) != 0) {
        if (errno == EADDRINUSE)
            snprintf(why->text, sizeof why->text,
                     "UDP port %u is in use by another program; stop it or choose another port",
                     port);
        else
            snprintf(why->text, sizeof why->text, "UDP port %u: %s", port, strerror(errno));
        aw_udp_close(u);
        return AW_ERR_IO;
    }
    u->port = ntohs(at.sin_port);
    u->memory = malloc((size_t)AW_UDP_BATCH * SLOT);
    if (!u->memory) {
        aw_udp_close(u);
        return AW_ERR_NOMEM;
    }
    return AW_OK;
}

void aw_udp_close(struct aw_udp *u) {
    if (u->fd >= 0) close(u->fd);
    free(u->memory);
    u->fd = -1;
    u->memory = NULL;
}

/* Arrival time and drop counter that the system puts beside a datagram. */
static void read_control(struct aw_udp *u, struct msghdr *m, struct aw_udp_datagram *d) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET) continue;
        if (c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec ts;
            memcpy(&ts, CMSG_DATA(c), sizeof ts);
            d->t_ns = (int64_t)ts.tv_sec * AW_S + ts.tv_nsec;
        } else if (c->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&u->kernel_drops, CMSG_DATA(c), sizeof u->kernel_drops);
        }
    }
}

int aw_udp_receive(struct aw_udp *u, struct aw_udp_datagram out[AW_UDP_BATCH]) {
    struct mmsghdr messages[AW_UDP_BATCH];
    struct iovec parts[AW_UDP_BATCH];
    struct sockaddr_in from[AW_UDP_BATCH];
    struct {
        _Alignas(16) char bytes[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(uint32_t))];
    } control[AW_UDP_BATCH];
    for (int i = 0; i < AW_UDP_BATCH; i++) {
        parts[i] = (struct iovec){u->memory + (size_t)i * SLOT, SLOT};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                              .msg_namelen = sizeof from[i],
                                              .msg_iov = &parts[i],
                                              .msg_iovlen = 1,
                                              .msg_control = control[i].bytes,
                                              .msg_controllen = sizeof control[i].bytes};
    }
    int n = recvmmsg(u->fd, messages, AW_UDP_BATCH, MSG_DONTWAIT, NULL);
    if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : AW_ERR_IO;
    for (int i = 0; i < n; i++) {
        out[i] = (struct aw_udp_datagram){.data = parts[i].iov_base,
                                          .len = messages[i].msg_len,
                                          .origin = aw_origin_of(&from[i].sin_addr, 4),
                                          .ip = ntohl(from[i].sin_addr.s_addr),
                                          .port = ntohs(from[i].sin_port)};
        read_control(u, &messages[i].msg_hdr, &out[i]);
        if (!out[i].t_ns) out[i].t_ns = aw_system_ns(CLOCK_REALTIME);
    }
    return n;
}
