/* Cost of the whole path from a frame to what is sensed, on one core, without sockets: per frame,
 * per link and second, and how many links one core carries. Verifies first that the session finds
 * the walker and leaves the empty room alone. One JSON line per figure; processor time, medians of 7
 * runs. */
#include "airwake.h"
#include "base/units.h"
#include "sim/scenario.h"
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 7, SECONDS = 70 };

struct recording {
    struct aw_frame *frames;
    float *iq;
    int n;
    void *memory;
    struct aw_sim sim;
};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n) {
    qsort(v, (size_t)n, sizeof *v, ascending);
    return v[n / 2];
}

static void die(const char *why) {
    fprintf(stderr, "bench_pipeline: %s\n", why);
    exit(1);
}

static void simulate(struct recording *r, const char *scenario, enum aw_sim_hw hw, uint32_t n_rx,
                     uint32_t n_tx) {
    struct aw_sim_config c;
    if (aw_sim_config_scenario(&c, scenario, hw, 1) != AW_OK) die("no such scenario");
    c.n_rx = n_rx;
    c.n_tx = n_tx;
    c.seconds = SECONDS;
    c.rate_hz = 100;
    struct aw_arena a;
    r->memory = malloc(AW_SIM_ARENA_BYTES);
    aw_arena_init(&a, r->memory, AW_SIM_ARENA_BYTES);
    if (!r->memory || aw_sim_init(&r->sim, &a, &c) != AW_OK) die("the simulator refused");
    int cap = SECONDS * 120;
    size_t values = 16 * 128;
    r->frames = calloc((size_t)cap, sizeof *r->frames);
    r->iq = malloc((size_t)cap * values * 2 * sizeof *r->iq);
    if (!r->frames || !r->iq) die("out of memory");
    for (r->n = 0; r->n < cap; r->n++) {
        struct aw_frame *f = &r->frames[r->n];
        f->iq = r->iq + (size_t)r->n * values * 2;
        f->iq_cap = (uint32_t)values;
        int got = aw_sim_next(&r->sim, f);
        if (got < 0) die("the simulator failed");
        if (got == 0) break;
    }
}

static void forget(struct recording *r) {
    free(r->frames);
    free(r->iq);
    free(r->memory);
}

static struct aw_session *session(uint32_t links) {
    struct aw_config c;
    struct aw_session *s;
    aw_config_default(&c);
    c.max_links = links;
    if (aw_session_create(&c, &s) != AW_OK) die("out of memory");
    return s;
}

/* Share of the seconds after the first ten in which something moves. */
static double moving(struct recording *r) {
    struct aw_session *s = session(1);
    struct aw_update u;
    int seconds = 0, moved = 0;
    for (int i = 0; i < r->n; i++) {
        if (aw_session_push_frame(s, &r->frames[i], NULL) != AW_OK) continue;
        while (aw_session_poll(s, &u)) {
            if (u.t_ns - r->frames[0].t_ns < 10 * AW_S) continue;
            seconds++;
            moved += u.state == AW_STATE_MOVING;
        }
    }
    aw_session_destroy(s);
    return seconds ? (double)moved / seconds : -1;
}

/* Seconds spent per frame, and per closed second. */
static void run(struct recording *r, double *per_frame, double *per_second) {
    struct aw_session *s = session(1);
    struct aw_update u;
    double frames = 0, closing = 0;
    int64_t next = r->frames[0].t_ns + AW_S;
    int n_frames = 0, n_seconds = 0, at = 0;
    while (at < r->n) {
        double t0 = now_s();
        int from = at;
        while (at < r->n && r->frames[at].t_ns < next)
            if (aw_session_push_frame(s, &r->frames[at++], NULL) < 0) continue;
        double t1 = now_s();
        aw_session_advance(s, next);
        double t2 = now_s();
        while (aw_session_poll(s, &u)) {
        }
        next += AW_S;
        if (next - r->frames[0].t_ns < 62 * AW_S) continue; /* windows of 60 s are full */
        frames += t1 - t0;
        closing += t2 - t1;
        n_frames += at - from;
        n_seconds++;
    }
    aw_session_destroy(s);
    *per_frame = frames / n_frames;
    *per_second = closing / n_seconds;
}

static void measure(const char *name, enum aw_sim_hw hw, uint32_t n_rx, uint32_t n_tx) {
    static struct recording walk, empty;
    simulate(&walk, "walk", hw, n_rx, n_tx);
    simulate(&empty, "empty", hw, n_rx, n_tx);
    double detected = moving(&walk), false_alarms = moving(&empty);
    if (!(detected > 0.8 && false_alarms <= 0.02)) {
        fprintf(stderr, "%s: moving %.2f of a walk, %.2f of an empty room\n", name, detected,
                false_alarms);
        die("the session does not sense what is simulated: not measured");
    }
    double frame[RUNS], second[RUNS];
    for (int i = 0; i < RUNS; i++) run(&empty, &frame[i], &second[i]);
    double f = median(frame, RUNS), s = median(second, RUNS);
    printf("{\"bench\":\"pipeline\",\"frame\":\"%s\",\"us_per_frame\":%.3f,"
           "\"us_per_link_and_second\":%.1f,\"links_per_core_at_100_hz\":%.0f}\n",
           name, f * 1e6, s * 1e6, 1 / (100 * f + s));
    forget(&walk);
    forget(&empty);
}

/* Many links at once: caches no longer hold them. */
static void many_links(uint32_t links) {
    static struct recording r;
    simulate(&r, "empty", AW_SIM_ESP32, 1, 1);
    struct aw_session *s = session(links);
    struct aw_update u;
    int frames = 10 * 100;
    double t0 = now_s();
    for (int i = 0; i < frames && i < r.n; i++) {
        for (uint32_t l = 0; l < links; l++) {
            struct aw_frame f = r.frames[i];
            f.node = l + 1;
            if (aw_session_push_frame(s, &f, NULL) != AW_OK) continue;
            while (aw_session_poll(s, &u)) {
            }
        }
    }
    double spent = now_s() - t0;
    printf("{\"bench\":\"many_links\",\"links\":%u,\"rate_hz\":100,\"simulated_s\":10,"
           "\"core_seconds\":%.2f,\"load_of_one_core\":%.3f}\n",
           links, spent, spent / 10);
    aw_session_destroy(s);
    forget(&r);
}

int main(void) {
    measure("1x1x64", AW_SIM_ESP32, 1, 1);
    measure("3x1x30", AW_SIM_INTEL5300, 3, 1);
    measure("4x1x64", AW_SIM_NEXMON20, 4, 1);
    many_links(200);
    many_links(2000);
    return 0;
}
