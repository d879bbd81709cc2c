#include "server/engine.h"

#include "base/units.h"
#include "server/guest.h"
#include "server/serial.h"
#include "server/system_clock.h"
#include "server/udp.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_EACH = 8 };
static const int64_t HOUSE_NS = AW_S / 10; /* housekeeping: seconds of silent links, serial retry */
/* Live seconds are closed this late, so that a frame that the network delayed still counts into
 * its own. Wi-Fi retries and power save beacons (102.4 ms) make the common delays. */
static const int64_t LATE_NS = AW_S / 4;

struct aw_engine {
    struct aw_engine_config config;
    pthread_t thread;
    int wake_fd;
    atomic_bool stop, loop;
    _Atomic double speed; /* of files */
    atomic_ullong beats;

    struct aw_lane live;
    int n_udp, n_serial, n_files;
    struct aw_udp udp[MAX_EACH];
    struct aw_gate gate;
    struct aw_source_counts udp_counts[MAX_EACH];
    struct aw_serial serial[MAX_EACH];
    struct aw_source_counts serial_counts[MAX_EACH];
    struct aw_playing files[MAX_EACH + 1];
    bool has_demo; /* the last of them */
    uint32_t n_sources;

    struct aw_guest *guest;              /* being played */
    _Atomic(struct aw_guest *) arriving; /* from the loop thread */
    _Atomic(struct aw_guest *) leaving;  /* to the loop thread, to be freed */
    atomic_bool guest_stop;
    char guest_name[64]; /* loop thread; "" none is played */
    uint32_t guest_source;
    int64_t house_ns, counts_ns; /* monotonic: when they are due */

    struct aw_ring commands; /* of struct aw_command, from the loop thread */
    void *commands_memory;
    struct aw_command_reply reply; /* that the feed had no room for yet */
    bool reply_due;
};

static void name_source(struct aw_engine *e, struct aw_source_counts *c, enum aw_origin_kind kind,
                        const char *how, const char *what) {
    c->source = e->n_sources++;
    c->kind = kind;
    snprintf(c->name, sizeof c->name, "%s:%s", how, what);
}

/* The sentence a person reads to know what a source is doing. */
static void describe_udp(struct aw_engine *e, int i) {
    struct aw_source_counts *c = &e->udp_counts[i];
    struct aw_udp *u = &e->udp[i];
    char drops[64] = "";
    if (u->kernel_drops) snprintf(drops, sizeof drops, "; the system dropped %u", u->kernel_drops);
    if (c->packets == 0)
        snprintf(c->status, sizeof c->status, "listening on UDP %u: nothing has arrived yet",
                 u->port);
    else if (c->refused[-AW_ERR_NOT_ALLOWED] == c->packets)
        snprintf(c->status, sizeof c->status,
                 "listening on UDP %u: datagrams arrive, but not from an address in "
                 "sources.udp_allow",
                 u->port);
    else if (c->frames == 0)
        snprintf(c->status, sizeof c->status,
                 "listening on UDP %u: datagrams arrive, but none holds CSI that can be used%s",
                 u->port, drops);
    else
        snprintf(c->status, sizeof c->status, "listening on UDP %u: receiving CSI%s", u->port,
                 drops);
}

static void describe_serial(struct aw_engine *e, int i) {
    struct aw_source_counts *c = &e->serial_counts[i];
    struct aw_serial *s = &e->serial[i];
    c->ok = s->fd >= 0;
    if (!c->ok)
        snprintf(c->status, sizeof c->status, "%.150s",
                 s->why.text[0] ? s->why.text : "not open yet");
    else if (c->packets == 0)
        snprintf(c->status, sizeof c->status, "open at %d baud: no line has arrived yet", s->baud);
    else if (c->frames == 0)
        snprintf(c->status, sizeof c->status,
                 "open at %d baud: lines arrive, but none holds CSI (is the baud rate right?)",
                 s->baud);
    else
        snprintf(c->status, sizeof c->status, "open at %d baud: receiving CSI", s->baud);
}

struct line_ctx {
    struct aw_engine *e;
    int i;
    int64_t wall_ns;
};

static void on_line(void *ctx, const uint8_t *text, size_t len) {
    struct line_ctx *c = ctx;
    uint64_t origin = (uint64_t)c->i + 1; /* small numbers: no address hashes to them in practice */
    const struct aw_tap_head head = {c->wall_ns, 0x7F000101U + (uint32_t)c->i, 0,
                                     0}; /* 127.0.1.x */
    aw_tap_push(c->e->config.tap, &head, text, len);
    aw_lane_push_record(&c->e->live, &c->e->serial_counts[c->i], c->wall_ns, c->wall_ns, origin,
                        text, len);
}

static bool hardware_spoke(const struct aw_engine *e) {
    for (int i = 0; i < e->n_udp; i++)
        if (e->udp_counts[i].frames) return true;
    for (int i = 0; i < e->n_serial; i++)
        if (e->serial_counts[i].frames) return true;
    return false;
}

static bool is_demo(const struct aw_engine *e, int i) {
    return e->has_demo && i == e->n_files - 1;
}

/* The guest, if there is one, up to now. */
static int64_t play_guest(struct aw_engine *e, int64_t now, int64_t wall) {
    if (!e->guest) e->guest = atomic_exchange(&e->arriving, NULL);
    if (!e->guest) return INT64_MAX;
    struct aw_playing *f = &e->guest->playing;
    bool stop = atomic_load_explicit(&e->guest_stop, memory_order_acquire);
    int64_t next = stop ? now : aw_playing_run(f, false, now, wall);
    if (!stop && !f->counts.done) return next;
    aw_playing_end(f, stop ? "stopped" : "played to its end");
    aw_lane_counts(&e->live, wall, &f->counts);
    atomic_store(&e->leaving, e->guest); /* its file is given back where waiting harms nobody */
    e->guest = NULL;
    return INT64_MAX;
}

static int64_t play_files(struct aw_engine *e, int64_t now, int64_t wall) {
    int64_t next = INT64_MAX;
    for (int i = 0; i < e->n_files; i++) {
        struct aw_playing *f = &e->files[i];
        if (f->counts.done) continue;
        if (is_demo(e, i) && hardware_spoke(e)) {
            aw_playing_end(f, "stopped: hardware speaks");
            aw_playing_free(f);
            continue;
        }
        bool loop = atomic_load_explicit(&e->loop, memory_order_relaxed);
        int64_t due = aw_playing_run(f, loop, now, wall);
        if (due < next) next = due;
    }
    int64_t due = play_guest(e, now, wall);
    return due < next ? due : next;
}

static void refuse(struct aw_source_counts *c, const struct aw_udp_datagram *d, int err) {
    c->packets++;
    c->refused[-err]++;
    c->last_len = (uint32_t)d->len;
    c->last_t_ns = d->t_ns;
}

static void receive(struct aw_engine *e, int i, int64_t wall) {
    struct aw_udp_datagram batch[AW_UDP_BATCH];
    int n = aw_udp_receive(&e->udp[i], batch);
    int64_t now = aw_system_ns(CLOCK_MONOTONIC);
    for (int k = 0; k < n; k++) {
        struct aw_udp_datagram *d = &batch[k];
        int err = aw_gate_pass(&e->gate, d->ip, now, d->t_ns, &d->data, &d->len);
        if (err != AW_OK) {
            refuse(&e->udp_counts[i], d, err);
            continue;
        }
        const struct aw_tap_head head = {d->t_ns, d->ip, d->port, e->udp[i].port};
        aw_tap_push(e->config.tap, &head, d->data, d->len);
        aw_lane_push_record(&e->live, &e->udp_counts[i], wall, d->t_ns, d->origin, d->data, d->len);
    }
}

static void tell_counts(struct aw_engine *e, int64_t wall) {
    for (int i = 0; i < e->n_udp; i++) {
        describe_udp(e, i);
        aw_lane_counts(&e->live, wall, &e->udp_counts[i]);
    }
    for (int i = 0; i < e->n_serial; i++) {
        describe_serial(e, i);
        e->serial_counts[i].refused[-AW_ERR_LENGTH] += e->serial[i].too_long;
        e->serial[i].too_long = 0;
        aw_lane_counts(&e->live, wall, &e->serial_counts[i]);
    }
    for (int i = 0; i < e->n_files; i++) aw_lane_counts(&e->live, wall, &e->files[i].counts);
    if (e->guest) aw_lane_counts(&e->live, wall, &e->guest->playing.counts);
}

static void wake_if_news(struct aw_engine *e) {
    bool news = e->live.changed;
    e->live.changed = false;
    for (int i = 0; i < e->n_files; i++) {
        news = news || e->files[i].lane.changed;
        e->files[i].lane.changed = false;
    }
    if (e->guest) {
        news = news || e->guest->playing.lane.changed;
        e->guest->playing.lane.changed = false;
    }
    if (news && e->config.wake) e->config.wake(e->config.wake_ctx);
}

static void set_speed(struct aw_engine *e, int64_t now) {
    double speed = atomic_load_explicit(&e->speed, memory_order_relaxed);
    if (!(speed < e->config.speed || speed > e->config.speed)) return;
    e->config.speed = speed;
    for (int i = 0; i < e->n_files; i++) {
        struct aw_playing *f = &e->files[i];
        if (is_demo(e, i) || f->counts.done) continue;
        aw_player_set_speed(&f->player, speed, now);
        snprintf(f->counts.status, sizeof f->counts.status, "playing at %gx", speed);
    }
}

static void keep_house(struct aw_engine *e, int64_t now, int64_t wall) {
    if (now < e->house_ns) return;
    e->house_ns = now + HOUSE_NS;
    atomic_fetch_add_explicit(&e->beats, 1, memory_order_relaxed);
    set_speed(e, now);
    aw_gate_turn(&e->gate);
    aw_lane_advance(&e->live, wall, wall - LATE_NS);
    for (int i = 0; i < e->n_serial; i++) aw_serial_ensure(&e->serial[i], now);
    if (now < e->counts_ns) return;
    e->counts_ns = now + AW_S;
    tell_counts(e, wall);
}

static struct aw_lane *lane_of(void *ctx, uint32_t link) {
    struct aw_engine *e = ctx;
    uint32_t number = link / e->config.max_links;
    if (number == 0) return &e->live;
    if (number > (uint32_t)e->n_files || !e->files[number - 1].lane.session) return NULL;
    return &e->files[number - 1].lane;
}

static bool tell_reply(struct aw_engine *e, int64_t wall) {
    struct aw_msg *m = e->reply_due ? aw_ring_reserve(e->config.feed) : NULL;
    if (!m) return !e->reply_due;
    m->kind = AW_MSG_REPLY;
    m->link = UINT32_MAX;
    m->wall_ns = wall;
    m->reply = e->reply;
    aw_ring_commit(e->config.feed);
    e->reply_due = false;
    e->live.changed = true;
    return true;
}

static void carry_out(struct aw_engine *e, int64_t wall) {
    const struct aw_command *c;
    while (tell_reply(e, wall) && (c = aw_ring_peek(&e->commands))) {
        aw_command_run(c, lane_of, e, wall, &e->reply);
        e->reply_due = e->reply.replied != NULL;
        aw_ring_release(&e->commands);
    }
}

bool aw_engine_ask(struct aw_engine *e, const struct aw_command *command) {
    uint64_t one = 1;
    struct aw_command *c = aw_ring_reserve(&e->commands);
    if (!c) return false;
    *c = *command;
    aw_ring_commit(&e->commands);
    return write(e->wake_fd, &one, sizeof one) > 0 || errno == EAGAIN; /* it is awake already */
}

static void *run(void *arg) {
    struct aw_engine *e = arg;
    while (!atomic_load_explicit(&e->stop, memory_order_acquire)) {
        int64_t now = aw_system_ns(CLOCK_MONOTONIC), wall = aw_system_ns(CLOCK_REALTIME);
        keep_house(e, now, wall);
        carry_out(e, wall);
        int64_t next = play_files(e, now, wall);
        wake_if_news(e);

        struct pollfd fds[1 + 2 * MAX_EACH];
        int n = 0;
        fds[n++] = (struct pollfd){.fd = e->wake_fd, .events = POLLIN};
        for (int i = 0; i < e->n_udp; i++)
            fds[n++] = (struct pollfd){.fd = e->udp[i].fd, .events = POLLIN};
        for (int i = 0; i < e->n_serial; i++) /* a closed one is -1, which poll skips */
            fds[n++] = (struct pollfd){.fd = e->serial[i].fd, .events = POLLIN};
        int64_t wait = e->house_ns < next ? e->house_ns : next;
        wait -= aw_system_ns(CLOCK_MONOTONIC);
        if (wait < 0) wait = 0;
        struct timespec timeout = {wait / AW_S, wait % AW_S};
        if (ppoll(fds, (nfds_t)n, &timeout, NULL) <= 0) continue;
        uint64_t wakes;
        if (fds[0].revents && read(e->wake_fd, &wakes, sizeof wakes) < 0) continue;

        wall = aw_system_ns(CLOCK_REALTIME);
        for (int i = 0; i < e->n_udp; i++)
            if (fds[1 + i].revents) receive(e, i, wall);
        for (int i = 0; i < e->n_serial; i++) {
            if (!fds[1 + e->n_udp + i].revents) continue;
            struct line_ctx ctx = {e, i, wall};
            aw_serial_receive(&e->serial[i], aw_system_ns(CLOCK_MONOTONIC), on_line, &ctx);
        }
        wake_if_news(e);
    }
    return NULL;
}

static int open_udp(struct aw_engine *e, struct aw_why *why) {
    for (int i = 0; i < e->config.n_udp; i++, e->n_udp++) {
        int err = aw_udp_open(&e->udp[i], e->config.udp_address, e->config.udp_ports[i], why);
        if (err != AW_OK) return err;
        char port[16];
        snprintf(port, sizeof port, "%u", e->udp[i].port);
        name_source(e, &e->udp_counts[i], AW_SOURCE_LIVE, "udp", port);
        e->udp_counts[i].ok = true;
    }
    return AW_OK;
}

static int open_serial(struct aw_engine *e, struct aw_why *why) {
    for (int i = 0; i < e->config.n_serial; i++, e->n_serial++) {
        char device[96];
        snprintf(device, sizeof device, "%s", e->config.serial[i]);
        int baud = 921600; /* of the esp-csi examples */
        char *colon = strrchr(device, ':');
        if (colon) {
            *colon = '\0';
            baud = atoi(colon + 1);
        }
        if (baud < 1200 || baud > 4000000) {
            snprintf(why->text, sizeof why->text,
                     "--serial %s: the baud rate is to be 1200..4000000", e->config.serial[i]);
            return AW_ERR_INVAL;
        }
        aw_serial_init(&e->serial[i], device, baud);
        name_source(e, &e->serial_counts[i], AW_SOURCE_LIVE, "serial", device);
    }
    return AW_OK;
}

static struct aw_playing_place place_of(const struct aw_engine *e, uint32_t lane) {
    return (struct aw_playing_place){e->config.feed, e->config.frame_tap, e->config.model_tap,
                                     e->config.max_links, lane * e->config.max_links};
}

static int open_file(struct aw_engine *e, const char *path, bool demo, struct aw_why *why) {
    struct aw_playing *f = &e->files[e->n_files];
    struct aw_playing_place place = place_of(e, (uint32_t)(e->n_files + 1));
    int err = aw_playing_open(f, &place, path, demo ? 1 : e->config.speed, why);
    if (err != AW_OK) return err;
    const char *base = strrchr(path, '/');
    name_source(e, &f->counts, AW_SOURCE_REPLAY, demo ? "demo" : "replay", base ? base + 1 : path);
    f->again = e->has_demo = demo;
    if (demo)
        snprintf(f->counts.status, sizeof f->counts.status,
                 "playing the demonstration until hardware speaks");
    e->n_files++;
    return AW_OK;
}

static int open_all(struct aw_engine *e, struct aw_why *why) {
    const struct aw_engine_config *c = &e->config;
    if (c->n_udp > MAX_EACH || c->n_serial > MAX_EACH || c->n_files > MAX_EACH) {
        snprintf(why->text, sizeof why->text, "at most %d sources of each kind", MAX_EACH);
        return AW_ERR_INVAL;
    }
    int err = aw_lane_open(&e->live, c->feed, 0, c->max_links, AW_SOURCE_LIVE);
    e->live.frame_tap = c->frame_tap;
    if (err == AW_OK) err = aw_gate_open(&e->gate, c->gate);
    e->live.model_tap = c->model_tap;
    if (err == AW_OK) err = open_udp(e, why);
    if (err == AW_OK) err = open_serial(e, why);
    for (int i = 0; err == AW_OK && i < c->n_files; i++)
        err = open_file(e, c->files[i], false, why);
    if (err == AW_OK && c->demo) err = open_file(e, c->demo, true, why);
    return err;
}

static int open_commands(struct aw_engine *e) {
    struct aw_arena arena;
    size_t bytes = AW_COMMANDS * (sizeof(struct aw_command) + 16);
    e->commands_memory = calloc(1, bytes);
    if (!e->commands_memory) return AW_ERR_NOMEM;
    aw_arena_init(&arena, e->commands_memory, bytes);
    return aw_ring_init(&e->commands, &arena, AW_COMMANDS, sizeof(struct aw_command));
}

static void close_all(struct aw_engine *e) {
    aw_guest_close(e->guest);
    aw_guest_close(atomic_exchange(&e->arriving, NULL));
    aw_guest_close(atomic_exchange(&e->leaving, NULL));
    for (int i = 0; i < MAX_EACH; i++) {
        aw_udp_close(&e->udp[i]);
        aw_serial_close(&e->serial[i]);
    }
    for (int i = 0; i < e->n_files; i++) {
        aw_playing_end(&e->files[i], "stopped");
        aw_playing_free(&e->files[i]);
    }
    aw_lane_close(&e->live);
    aw_gate_close(&e->gate);
    if (e->wake_fd >= 0) close(e->wake_fd);
    free(e->commands_memory);
    free(e);
}

int aw_engine_start(struct aw_engine **out, const struct aw_engine_config *config,
                    struct aw_why *why) {
    why->text[0] = '\0';
    struct aw_engine *e = aligned_alloc(64, (sizeof *e + 63) & ~(size_t)63); /* of the ring */
    if (!e) return AW_ERR_NOMEM;
    memset(e, 0, sizeof *e);
    e->config = *config;
    aw_engine_set_playing(e, config->speed, config->loop);
    for (int i = 0; i < MAX_EACH; i++) e->udp[i].fd = e->serial[i].fd = -1;
    e->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int err = e->wake_fd < 0 ? AW_ERR_IO : open_commands(e);
    if (err == AW_OK) err = open_all(e, why);
    e->guest_source = e->n_sources++;
    if (err == AW_OK && pthread_create(&e->thread, NULL, run, e) != 0) err = AW_ERR_IO;
    if (err != AW_OK) {
        if (!why->text[0]) snprintf(why->text, sizeof why->text, "%s", aw_err_sentence(err));
        close_all(e);
        return err;
    }
    *out = e;
    return AW_OK;
}

void aw_engine_set_playing(struct aw_engine *e, double speed, bool loop) {
    atomic_store_explicit(&e->speed, speed, memory_order_relaxed);
    atomic_store_explicit(&e->loop, loop, memory_order_relaxed);
}

int aw_engine_set_gate(struct aw_engine *e, const struct aw_gate_rules *rules) {
    return aw_gate_change(&e->gate, rules);
}

uint64_t aw_engine_beats(const struct aw_engine *e) {
    return atomic_load_explicit(&e->beats, memory_order_relaxed);
}

void aw_engine_stop(struct aw_engine *e) {
    if (!e) return;
    uint64_t one = 1;
    atomic_store_explicit(&e->stop, true, memory_order_release);
    if (write(e->wake_fd, &one, sizeof one) < 0) { /* the loop looks at stop every 100 ms anyway */
    }
    pthread_join(e->thread, NULL);
    close_all(e);
}

uint16_t aw_engine_udp_port(const struct aw_engine *e, int i) {
    return i >= 0 && i < e->n_udp ? e->udp[i].port : 0;
}

struct aw_guest_place aw_engine_guest_place(const struct aw_engine *e) {
    return (struct aw_guest_place){place_of(e, MAX_EACH + 2), e->guest_source};
}

bool aw_engine_play(struct aw_engine *e, struct aw_guest *g) {
    if (aw_engine_tidy(e, NULL, 0)) return false;
    snprintf(e->guest_name, sizeof e->guest_name, "%s", g->name);
    atomic_store(&e->guest_stop, false);
    atomic_store(&e->arriving, g);
    return true;
}

void aw_engine_play_stop(struct aw_engine *e) {
    atomic_store(&e->guest_stop, true);
}

bool aw_engine_tidy(struct aw_engine *e, char *name, size_t cap) {
    struct aw_guest *g = atomic_exchange(&e->leaving, NULL);
    if (g) e->guest_name[0] = '\0';
    aw_guest_close(g);
    if (cap) snprintf(name, cap, "%s", e->guest_name);
    return e->guest_name[0] != '\0';
}
