/* fake_feed PORT [LINKS] [live|replay|simulated]: the web server with a sensing thread that makes
 * its values up, for looking at the page and for its tests. Prints the port it listens on.
 * Not part of airwake: nothing here is a measurement. The last link falls silent after 8 s. */
#include "server/fill.h"
#include "server/frame_tap.h"
#include "server/http.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { RING_SLOTS = 1024, ROW_HZ = 20, SILENT_AFTER_S = 8 };

static struct aw_ring ring;
static struct aw_http *http;
static struct aw_frame_tap *tap;
static atomic_bool stop;
static uint32_t n_links = 3;
static enum aw_origin_kind origin = AW_SOURCE_SIMULATED;

static void send_msg(struct aw_msg m) {
    m.origin = origin;
    struct aw_msg *slot = aw_ring_reserve(&ring);
    if (!slot) return;
    *slot = m;
    aw_ring_commit(&ring);
}

/* Link 0 breathes, link 1 walks, the others do both in turn. */
static bool walks(uint32_t link, double t_s) {
    return link == 1 || (link > 1 && fmod(t_s / 10 + link, 2) > 1);
}

static struct aw_msg make_row(uint32_t link, double t_s, int64_t now_ns) {
    struct aw_msg m = fill_row(link, 0, now_ns);
    for (int i = 0; i < m.row.n; i++) {
        double k = m.row.k[i];
        double shape = 0.55 + 0.25 * cos(k * 0.11 + link) + 0.1 * cos(k * 0.37);
        double depth = walks(link, t_s) ? 0.25 : 0.03;
        double rate_hz = walks(link, t_s) ? 1.7 : 0.25;
        double a = shape + depth * sin(6.2832 * rate_hz * t_s + k * 0.15) +
                   0.01 * ((double)rand() / RAND_MAX - 0.5);
        m.row.amp[i] = (uint8_t)(255 * fmin(fmax(a, 0), 1));
    }
    return m;
}

static struct aw_msg make_update(uint32_t link, double t_s, int64_t now_ns) {
    struct aw_msg m = fill_update(link, now_ns);
    bool walking = walks(link, t_s);
    m.update.state = walking ? AW_STATE_MOVING : AW_STATE_STILL;
    m.update.motion.value = (float)((walking ? 0.6 : 0.08) + 0.05 * sin(t_s));
    if (walking)
        m.update.breathing_bpm = (struct aw_estimate){NAN, NAN, AW_REASON_MOVING};
    else
        m.update.breathing_bpm.value = (float)(14.5 + 0.3 * sin(t_s / 5));
    if (t_s < 3) {
        m.update.state = AW_STATE_NULL;
        m.update.state_reason = AW_REASON_WARMING_UP;
        m.update.breathing_bpm = (struct aw_estimate){NAN, NAN, AW_REASON_WARMING_UP};
    }
    return m;
}

/* The row's amplitudes with a phase that swings, behind a radio whose own phase is anywhere. */
static void send_frame(const struct aw_msg *row, uint32_t link, double t_s) {
    static float iq[2 * AW_ROW_MAX];
    static uint8_t kind[AW_ROW_MAX];
    double turn = 7.3 * t_s * t_s, depth = walks(link, t_s) ? 0.8 : 0.1;
    for (int i = 0; i < row->row.n; i++) {
        double angle = depth * sin(6.2832 * 0.25 * t_s + row->row.k[i] * 0.2) + turn;
        iq[2 * i] = (float)(row->row.amp[i] * cos(angle));
        iq[2 * i + 1] = (float)(row->row.amp[i] * sin(angle));
        kind[i] = AW_SUB_DATA;
    }
    struct aw_frame f = {.n_rx = 1,
                         .n_tx = 1,
                         .n_sub = row->row.n,
                         .spacing_hz = 312500,
                         .k = row->row.k,
                         .kind = kind,
                         .iq = iq};
    aw_frame_tap_push(tap, link, origin, row->t_ns, -48, &f);
}

static void send_breathing(uint32_t link, double t_s, int64_t now_ns) {
    static struct aw_breathing_evidence e;
    e = (struct aw_breathing_evidence){.t_ns = now_ns,
                                       .rate_bpm = {15, 0.97F, AW_REASON_NONE},
                                       .candidate_bpm = 15,
                                       .candidate_confidence = 0.97F,
                                       .first_bpm = 4,
                                       .step_bpm = 0.25F,
                                       .fine_s = 60,
                                       .wave_hz = 5,
                                       .wave_end_ns = now_ns,
                                       .groups = AW_BREATHING_GROUPS};
    for (int i = 0; i < AW_BREATHING_POINTS; i++) {
        double off = 4 + 0.25 * i - 15;
        e.fine[i] = (float)(1 + 40 * exp(-off * off) + 0.3 * sin(i * 0.9 + t_s));
        e.coarse[i] = (float)(1 + 20 * exp(-off * off / 8) + 0.3 * cos(i * 0.5 + t_s));
    }
    for (int i = 0; i < AW_BREATHING_WAVE; i++)
        e.wave[i] = (float)(1.4 * sin(6.2832 * 0.25 * (t_s + i / 5.0)));
    for (int i = 0; i < AW_BREATHING_GROUPS; i++) {
        e.group[i].k_first = (int16_t)(-26 + 3 * i);
        e.group[i].k_last = (int16_t)(-24 + 3 * i);
        e.group[i].weight = (float)(0.35 * sin(i * 0.7 + t_s / 20));
    }
    aw_frame_tap_push_breathing(tap, link, origin, &e);
}

static void second(uint32_t tick, int64_t now_ns) {
    double t_s = (double)tick / ROW_HZ;
    for (uint32_t l = 0; l < n_links; l++) {
        bool silent = l + 1 == n_links && n_links > 1 && t_s > SILENT_AFTER_S;
        uint64_t frames = (uint64_t)(100 * (silent ? SILENT_AFTER_S : t_s));
        struct aw_msg m = fill_link(l, frames, now_ns);
        m.link_info.source = 0;
        m.link_info.info.rssi_dbm = -48 - (float)l * 6;
        send_msg(m);
        if (!silent) send_msg(make_update(l, t_s, now_ns));
        if (!silent && aw_frame_tap_wants_breathing(tap, l)) send_breathing(l, t_s, now_ns);
    }
    struct aw_msg c = fill_counts(0, true, now_ns);
    snprintf(c.counts.name, sizeof c.counts.name, "made-up:test");
    snprintf(c.counts.status, sizeof c.counts.status, "test values, made up by fake_feed");
    c.counts.kind = origin;
    c.counts.packets = c.counts.frames = 100ull * n_links * tick / ROW_HZ;
    c.counts.last_t_ns = now_ns;
    c.counts.last_len = 148;
    send_msg(c);
    c = fill_counts(1, true, now_ns);
    snprintf(c.counts.name, sizeof c.counts.name, "udp:5005");
    snprintf(c.counts.status, sizeof c.counts.status,
             "listening on udp 5005: nothing has arrived yet");
    c.counts.kind = AW_SOURCE_LIVE;
    memset(c.counts.refused, 0, sizeof c.counts.refused);
    send_msg(c);
}

static void *sense(void *arg) {
    for (uint32_t tick = 0; !atomic_load(&stop); tick++) {
        int64_t now_ns = fill_now_ns();
        if (tick % ROW_HZ == 0) second(tick, now_ns);
        double t_s = (double)tick / ROW_HZ;
        for (uint32_t l = 0; l < n_links; l++)
            if (l + 1 < n_links || n_links == 1 || t_s <= SILENT_AFTER_S) {
                struct aw_msg row = make_row(l, t_s, now_ns);
                send_msg(row);
                if (aw_frame_tap_wants(tap, l)) send_frame(&row, l, t_s);
            }
        aw_http_wake(http);
        nanosleep(&(struct timespec){.tv_nsec = 1000000000 / ROW_HZ}, NULL);
    }
    return arg;
}

static void on_signal(int signal) {
    (void)signal;
    atomic_store(&stop, true);
    aw_http_wake(http);
}

int main(int argc, char **argv) {
    struct aw_arena arena;
    size_t bytes = RING_SLOTS * (sizeof(struct aw_msg) + 16) + 64;
    void *memory = malloc(bytes);
    aw_arena_init(&arena, memory, bytes);
    if (aw_ring_init(&ring, &arena, RING_SLOTS, sizeof(struct aw_msg)) < 0) return 1;
    if (argc > 2) n_links = (uint32_t)atoi(argv[2]);
    if (argc > 3 && strcmp(argv[3], "live") == 0) origin = AW_SOURCE_LIVE;
    if (argc > 3 && strcmp(argv[3], "replay") == 0) origin = AW_SOURCE_REPLAY;

    tap = aw_frame_tap_create(AW_FRAME_TAP_SLOTS);
    if (!tap) return 1;
    struct aw_http_config config = {.port = (uint16_t)(argc > 1 ? atoi(argv[1]) : 0),
                                    .version = "0.1.0-test",
                                    .ring = &ring,
                                    .frame_tap = tap};
    char why[200];
    if (aw_http_create(&config, &http, why, sizeof why) < 0) {
        fprintf(stderr, "fake_feed: %s\n", why);
        return 1;
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    printf("http://127.0.0.1:%u\n", aw_http_port(http));
    fflush(stdout);
    pthread_t thread;
    if (pthread_create(&thread, NULL, sense, NULL)) return 1;
    while (!atomic_load(&stop))
        if (aw_http_service(http) < 0) break;
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    aw_http_destroy(http);
    aw_frame_tap_destroy(tap);
    free(memory);
    return 0;
}
