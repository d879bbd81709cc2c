#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 128 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t parse(const char *text, uint16_t port, union address *a) {
    memset(a, 0, sizeof *a);
    if (strcmp(text, "localhost") == 0) text = "127.0.0.1";
    if (inet_pton(AF_INET, text, &a->v4.sin_addr) == 1) {
        a->v4.sin_family = AF_INET;
        a->v4.sin_port = htons(port);
        return sizeof a->v4;
    }
    if (inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1) {
        a->v6.sin6_family = AF_INET6;
        a->v6.sin6_port = htons(port);
        return sizeof a->v6;
    }
    return 0;
}

static int prepare(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static int failed(int fd, const char *address, uint16_t port, char *why, size_t why_bytes) {
    int error = errno;
    if (fd >= 0) close(fd);
    if (error == EADDRINUSE)
        snprintf(why, why_bytes,
                 "port %u on %s is in use by another program: stop it, or choose another port",
                 port, address);
    else if (error == EACCES)
        snprintf(why, why_bytes, "port %u needs privileges: choose one above 1023", port);
    else if (error == EADDRNOTAVAIL)
        snprintf(why, why_bytes, "%s is not an address of this machine", address);
    else
        snprintf(why, why_bytes, "cannot listen on %s port %u: %s", address, port, strerror(error));
    return AW_ERR_IO;
}

int aw_listen_open(const char *address, uint16_t *port, char *why, size_t why_bytes) {
    union address a;
    socklen_t len = parse(address, *port, &a);
    if (!len) {
        snprintf(why, why_bytes, "\"%s\" is not an IPv4 or IPv6 address", address);
        return AW_ERR_INVAL;
    }
    int on = 1;
    int fd = socket(a.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0 || prepare(fd) < 0) return failed(fd, address, *port, why, why_bytes);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 || bind(fd, &a.any, len) < 0 ||
        listen(fd, BACKLOG) < 0 || getsockname(fd, &a.any, &len) < 0)
        return failed(fd, address, *port, why, why_bytes);
    *port = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
    return fd;
}

int aw_listen_accept(int fd, int sndbuf_bytes) {
    int c = accept(fd, NULL, NULL);
    if (c < 0) return -1;
    int on = 1;
    if (prepare(c) < 0) {
        close(c);
        return -1;
    }
    /* What the kernel holds for a client that does not read is bounded, too; rows are small and
     * must not wait for each other. A refusal of either only costs comfort. */
    (void)setsockopt(c, SOL_SOCKET, SO_SNDBUF, &sndbuf_bytes, sizeof sndbuf_bytes);
    (void)setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return c;
}
