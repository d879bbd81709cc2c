/* A whole server in the fuzzer's own thread, and a client that says what it is given. The server is
 * as `airwake serve` makes it, without history: nothing is written to disk. Whatever comes, it
 * answers or hangs up, and answers the next one. */
#ifndef FUZZ_SERVER_H
#define FUZZ_SERVER_H

#include "server/access.h"
#include "server/board.h"
#include "server/engine.h"
#include "server/http.h"
#include "server/log.h"
#include "server/rooms.h"
#include "server/services.h"
#include "server/tune.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct aw_http *fuzz_http;

static void fuzz_wake(void *http) {
    aw_http_wake(http);
}

static inline void fuzz_fail(const char *what) {
    fprintf(stderr, "fuzz: %s: %s\n", what, strerror(errno));
    abort();
}

static inline void fuzz_start(void) {
    static struct aw_access access;
    static struct aw_tune tune;
    static struct aw_rooms rooms;
    static struct aw_services services;
    static struct aw_ring ring;
    static struct aw_gate_rules gate = {.packets_per_s = 1};
    struct aw_arena arena;
    struct aw_why why;
    size_t bytes = 256 * (sizeof(struct aw_msg) + 16) + 64;
    if (fuzz_http) return;
    void *memory = malloc(bytes);
    aw_log_configure("error", false);
    aw_settings_init(&tune.now);
    aw_rooms_open(&rooms, "");
    aw_arena_init(&arena, memory, bytes);
    if (!memory || aw_ring_init(&ring, &arena, 256, sizeof(struct aw_msg)) != AW_OK ||
        aw_access_open(&access, &tune.now, "", &why) != AW_OK)
        fuzz_fail("setup");
    services = (struct aw_services){.access = &access, .tune = &tune, .rooms = &rooms};
    const struct aw_http_config config = {.version = "fuzz",
                                          .ring = &ring,
                                          .compress = true,
                                          .frame_tap = aw_frame_tap_create(AW_FRAME_TAP_SLOTS),
                                          .services = &services};
    if (aw_http_create(&config, &fuzz_http, why.text, sizeof why.text) != AW_OK)
        fuzz_fail(why.text);
    const struct aw_engine_config sources = {.max_links = 4,
                                             .gate = &gate,
                                             .speed = 1,
                                             .feed = &ring,
                                             .frame_tap = config.frame_tap,
                                             .wake = fuzz_wake,
                                             .wake_ctx = fuzz_http};
    if (aw_engine_start(&services.engine, &sources, &why) != AW_OK) fuzz_fail(why.text);
}

static inline void fuzz_turn(void) {
    aw_http_wake(fuzz_http); /* so that it does not wait */
    if (aw_http_service(fuzz_http) != AW_OK) fuzz_fail("the loop");
}

static inline int fuzz_connect(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(aw_http_port(fuzz_http))};
    struct linger hard = {1, 0}; /* no thousands of sockets in TIME_WAIT */
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) fuzz_fail("socket");
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0 && errno != EINPROGRESS)
        fuzz_fail("connect");
    return fd;
}

/* Lets the server run until it said something that ends with `until` (NULL: anything), hung up, or
 * was silent for `turns` turns. Returns what it said in all. */
static inline size_t fuzz_hear(int fd, char *heard, size_t cap, const char *until, int turns) {
    size_t n = 0;
    for (int i = 0; i < turns; i++) {
        fuzz_turn();
        ssize_t got = recv(fd, heard + n, cap - 1 - n, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) break;
        if (got < 0) continue;
        n += (size_t)got;
        heard[n] = '\0';
        if (n == cap - 1 || !until || strstr(heard, until)) break;
        i = 0;
    }
    heard[n] = '\0';
    return n;
}

/* All of it, letting the server read meanwhile. False: it hung up. */
static inline bool fuzz_say(int fd, const void *bytes, size_t len) {
    for (size_t at = 0; at < len;) {
        ssize_t n = send(fd, (const char *)bytes + at, len - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != ENOTCONN) return false;
        if (n > 0) at += (size_t)n;
        fuzz_turn();
    }
    return true;
}

/* It still serves. */
static inline void fuzz_check_alive(void) {
    static const char ask[] = "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    char heard[4096];
    int fd = fuzz_connect();
    if (!fuzz_say(fd, ask, sizeof ask - 1)) fuzz_fail("a plain request is hung up on");
    fuzz_hear(fd, heard, sizeof heard, "\r\n\r\n", 100000);
    close(fd);
    if (strncmp(heard, "HTTP/1.1 200", 12) != 0) fuzz_fail("a plain request is not answered");
}

#endif
