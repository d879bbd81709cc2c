#include "server/recorder.h"

#include "base/units.h"
#include "server/system_clock.h"
#include "sim/marker.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 20, RECORD_BYTES = 65536 };

struct aw_recorder {
    struct aw_recorder_config config;
    char *dir;
    struct aw_tap tap;
    void *memory;
    pthread_t thread;
    bool joinable; /* loop thread: the thread of the last recording was not joined yet */
    atomic_bool stop;
    pthread_mutex_t lock; /* of now */
    struct aw_recording now;
    struct aw_pcap_writer writer;
    double max_s;
    uint64_t max_bytes;
    uint8_t record[sizeof(struct aw_tap_head) + RECORD_BYTES];
};

static void keep_marker(struct aw_tap *t, const struct aw_tap_head *head, const uint8_t *data,
                        size_t len) {
    size_t at = 0;
    if (len > AW_TAP_MARKER_BYTES) return;
    for (size_t i = 0; i < AW_TAP_MARKERS; i++) {
        if (t->markers[i].len && t->markers[i].head.ip == head->ip &&
            t->markers[i].head.src_port == head->src_port) {
            at = i;
            break;
        }
        if (t->markers[i].head.t_ns < t->markers[at].head.t_ns) at = i;
    }
    t->markers[at].head = *head;
    t->markers[at].len = len;
    memcpy(t->markers[at].bytes, data, len);
}

/* A recording that begins between two markers is to say from its first frame on that it is
 * simulated. Markers come every 10 s; older than a minute, the simulator is gone. */
static void repeat_markers(struct aw_tap *t, int64_t now_ns) {
    for (size_t i = 0; i < AW_TAP_MARKERS; i++) {
        if (!t->markers[i].len || now_ns - t->markers[i].head.t_ns > 60 * AW_S) continue;
        struct aw_tap_head head = t->markers[i].head;
        head.t_ns = now_ns;
        aw_byte_ring_push(&t->ring, &head, sizeof head, t->markers[i].bytes, t->markers[i].len);
    }
}

void aw_tap_push(struct aw_tap *t, const struct aw_tap_head *head, const uint8_t *data,
                 size_t len) {
    if (!t) return;
    if (aw_sim_marker_is(data, len)) keep_marker(t, head, data, len);
    bool on = atomic_load_explicit(&t->on, memory_order_acquire);
    if (on && !t->was_on) repeat_markers(t, head->t_ns);
    t->was_on = on;
    if (on) aw_byte_ring_push(&t->ring, head, sizeof *head, data, len);
}

bool aw_recorder_path(const char *dir, const char *id, char *path, size_t cap) {
    size_t len = strlen(id);
    if (len < 1 || len > 39 || strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz-") != len)
        return false;
    int n = snprintf(path, cap, "%s/%s.pcap", dir, id);
    return n > 0 && (size_t)n < cap;
}

/* Writes what waits in the ring. */
static int take(struct aw_recorder *r, struct aw_why *why) {
    size_t n;
    while ((n = aw_byte_ring_pop(&r->tap.ring, r->record, sizeof r->record))) {
        struct aw_tap_head head;
        if (n < sizeof head) continue;
        memcpy(&head, r->record, sizeof head);
        const uint8_t *data = r->record + sizeof head;
        size_t len = n - sizeof head;
        int err = aw_pcap_writer_push(&r->writer, head.t_ns, head.ip, head.src_port, head.dst_port,
                                      data, len, why);
        if (err == AW_ERR_IO) return err;
        pthread_mutex_lock(&r->lock);
        r->now.simulated = r->now.simulated || aw_sim_marker_is(data, len);
        r->now.packets = r->writer.packets;
        r->now.bytes = r->writer.bytes + 24;
        pthread_mutex_unlock(&r->lock);
        if (r->writer.bytes + 24 > r->max_bytes) return AW_ERR_LENGTH;
    }
    return AW_OK;
}

static int record(struct aw_recorder *r, struct aw_why *why) {
    int64_t start_ms = aw_system_ns(CLOCK_MONOTONIC) / AW_MS;
    int err = AW_OK;
    for (;;) {
        bool last = atomic_load_explicit(&r->stop, memory_order_acquire);
        err = take(r, why);
        int64_t now_ms = aw_system_ns(CLOCK_MONOTONIC) / AW_MS;
        if (err == AW_OK) err = aw_pcap_writer_flush(&r->writer, why);
        if (err != AW_OK || last) return err;
        if (r->max_s > 0 && (double)(now_ms - start_ms) >= r->max_s * 1e3) {
            snprintf(why->text, sizeof why->text, "its time is over");
            return AW_OK;
        }
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000}, NULL);
    }
}

static void *run(void *arg) {
    struct aw_recorder *r = arg;
    struct aw_why why = {""}, closing = {""};
    int err = record(r, &why);
    atomic_store_explicit(&r->tap.on, false, memory_order_release);
    if (err == AW_ERR_LENGTH)
        snprintf(why.text, sizeof why.text, "the recordings have reached their size");
    int closed = aw_pcap_writer_close(&r->writer, &closing);
    bool asked = atomic_load_explicit(&r->stop, memory_order_acquire);
    pthread_mutex_lock(&r->lock);
    bool failed = err == AW_ERR_IO || closed != AW_OK;
    r->now.state = failed ? AW_RECORDING_FAILED : AW_RECORDING_COMPLETE;
    snprintf(r->now.reason, sizeof r->now.reason, "%s",
             err != AW_ERR_IO && closed != AW_OK ? closing.text : why.text);
    r->now.packets = r->writer.packets;
    r->now.bytes = r->writer.bytes + 24;
    r->now.lost = r->writer.lost + atomic_load_explicit(&r->tap.ring.lost, memory_order_relaxed);
    r->now.ended_ms = aw_system_ns(CLOCK_REALTIME) / AW_MS;
    pthread_mutex_unlock(&r->lock);
    if (!asked && r->config.ended) r->config.ended(r->config.ctx);
    return NULL;
}

int aw_recorder_open(struct aw_recorder **out, const struct aw_recorder_config *config,
                     struct aw_why *why) {
    if (mkdir(config->dir, 0700) != 0 && errno != EEXIST) {
        snprintf(why->text, sizeof why->text, "%s: %s", config->dir, strerror(errno));
        return AW_ERR_IO;
    }
    size_t bytes = AW_TAP_RING_BYTES + 64;
    struct aw_recorder *r = aligned_alloc(64, (sizeof *r + 63) & ~(size_t)63);
    struct aw_arena arena;
    if (!r) return AW_ERR_NOMEM;
    memset(r, 0, sizeof *r);
    r->config = *config;
    r->dir = strdup(config->dir);
    r->memory = malloc(bytes);
    pthread_mutex_init(&r->lock, NULL);
    aw_arena_init(&arena, r->memory, r->memory ? bytes : 0);
    if (!r->dir || aw_byte_ring_init(&r->tap.ring, &arena, AW_TAP_RING_BYTES) != AW_OK) {
        snprintf(why->text, sizeof why->text, "out of memory");
        aw_recorder_close(r);
        return AW_ERR_NOMEM;
    }
    *out = r;
    return AW_OK;
}

void aw_recorder_close(struct aw_recorder *r) {
    if (!r) return;
    aw_recorder_stop(r, r->now.id);
    if (r->joinable) pthread_join(r->thread, NULL);
    free(r->memory);
    free(r->dir);
    free(r);
}

struct aw_tap *aw_recorder_tap(struct aw_recorder *r) {
    return &r->tap;
}

static void make_id(char id[40], int64_t now_ms) {
    uint16_t random = 0;
    time_t now_s = (time_t)(now_ms / 1000);
    struct tm t;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) random = (uint16_t)now_ms;
    gmtime_r(&now_s, &t);
    size_t n = strftime(id, 40, "%Y%m%d-%H%M%S", &t);
    snprintf(id + n, 40 - n, "-%04x", random);
}

int aw_recorder_start(struct aw_recorder *r, double max_s, uint64_t max_bytes,
                      struct aw_recording *out, struct aw_why *why) {
    char path[4200];
    aw_recorder_now(r, out);
    if (out->id[0] && out->state == AW_RECORDING_ON) {
        snprintf(why->text, sizeof why->text, "recording %s is under way: stop it first", out->id);
        return AW_ERR_TOO_MANY;
    }
    if (r->joinable) pthread_join(r->thread, NULL);
    r->joinable = false;
    while (aw_byte_ring_pop(&r->tap.ring, r->record, sizeof r->record)) {
    }
    atomic_store(&r->tap.ring.lost, 0);
    struct aw_recording now = {.started_ms = aw_system_ns(CLOCK_REALTIME) / AW_MS};
    make_id(now.id, now.started_ms);
    if (!aw_recorder_path(r->dir, now.id, path, sizeof path)) return AW_ERR_INVAL;
    int err = aw_pcap_writer_open(&r->writer, path, why);
    if (err != AW_OK) return err;
    r->max_s = max_s;
    r->max_bytes = max_bytes;
    pthread_mutex_lock(&r->lock);
    r->now = *out = now;
    pthread_mutex_unlock(&r->lock);
    atomic_store(&r->stop, false);
    atomic_store_explicit(&r->tap.on, true, memory_order_release);
    r->joinable = pthread_create(&r->thread, NULL, run, r) == 0;
    return r->joinable ? AW_OK : AW_ERR_NOMEM;
}

bool aw_recorder_stop(struct aw_recorder *r, const char *id) {
    struct aw_recording now;
    aw_recorder_now(r, &now);
    if (!now.id[0] || strcmp(now.id, id) != 0 || now.state != AW_RECORDING_ON) return false;
    atomic_store_explicit(&r->tap.on, false, memory_order_release);
    atomic_store_explicit(&r->stop, true, memory_order_release);
    pthread_join(r->thread, NULL);
    r->joinable = false;
    return true;
}

void aw_recorder_now(struct aw_recorder *r, struct aw_recording *out) {
    pthread_mutex_lock(&r->lock);
    *out = r->now;
    pthread_mutex_unlock(&r->lock);
    if (out->state == AW_RECORDING_ON)
        out->lost = atomic_load_explicit(&r->tap.ring.lost, memory_order_relaxed);
}
