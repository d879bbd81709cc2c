/* A running server: its loop in a thread, its feed a ring filled by hand. */
#ifndef TEST_SERVER_FIXTURE_H
#define TEST_SERVER_FIXTURE_H

#include "server/frame_tap.h"
#include "server/http.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIXTURE_SLOTS = 256 };

struct fixture {
    struct aw_ring ring;
    struct aw_http *http;
    struct aw_frame_tap *tap; /* of the configuration; given back by fixture_stop() */
    uint16_t port;
    void *memory;
    pthread_t thread;
    atomic_bool stop;
};

static void *fixture_serve(void *arg) {
    struct fixture *f = arg;
    while (!atomic_load(&f->stop))
        if (aw_http_service(f->http) < 0) break;
    return NULL;
}

static inline void fixture_start(struct fixture *f, struct aw_http_config config) {
    struct aw_arena arena;
    size_t bytes = FIXTURE_SLOTS * (sizeof(struct aw_msg) + 16) + 64;
    char why[200] = "";
    memset(f, 0, sizeof *f);
    f->tap = config.frame_tap;
    f->memory = malloc(bytes);
    aw_arena_init(&arena, f->memory, bytes);
    if (aw_ring_init(&f->ring, &arena, FIXTURE_SLOTS, sizeof(struct aw_msg)) < 0) exit(1);
    config.version = "9.8.7";
    config.ring = &f->ring;
    if (aw_http_create(&config, &f->http, why, sizeof why) < 0) {
        fprintf(stderr, "create: %s\n", why);
        exit(1);
    }
    f->port = aw_http_port(f->http);
    if (pthread_create(&f->thread, NULL, fixture_serve, f)) exit(1);
}

static inline void fixture_stop(struct fixture *f) {
    atomic_store(&f->stop, true);
    aw_http_wake(f->http);
    pthread_join(f->thread, NULL);
    aw_http_destroy(f->http); /* nobody wakes it any more */
    aw_frame_tap_destroy(f->tap);
    free(f->memory);
}

static inline void fixture_push(struct fixture *f, struct aw_msg m) {
    struct aw_msg *slot;
    while (!(slot = aw_ring_reserve(&f->ring))) {
        aw_http_wake(f->http);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    *slot = m;
    aw_ring_commit(&f->ring);
    aw_http_wake(f->http);
}

#endif
