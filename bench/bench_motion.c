/* Time per frame and per second of the motion path: amplitude rows, motion, sway and falls.
 * Checks first that a walker is seen and noise is not. One JSON line per case. */
#include "base/frame.h"
#include "sense/amplitude.h"
#include "sense/fall.h"
#include "sense/motion.h"
#include "sense/speed.h"
#include "sense/sway.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FRAMES = 400, TURNS = 200, MAX_VALUES = 4 * 64 };

static unsigned char memory[1 << 19];
static float iq[FRAMES][2 * MAX_VALUES];
static int16_t k[64];
static uint8_t kind[64];

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void fill(unsigned n_rx, unsigned n_sub, double motion) {
    uint64_t state = 1;
    for (int i = 0; i < FRAMES; i++) {
        for (unsigned v = 0; v < n_rx * n_sub; v++) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            double noise = (double)(state >> 40) / 16777216.0 - 0.5;
            double wave = motion * sin(0.4 * i + 0.6 * sin(0.05 * i) + 0.1 * v);
            iq[i][2 * v] = (float)(20 + 4 * noise + wave);
            iq[i][2 * v + 1] = (float)(4 * noise);
        }
    }
}

static void run(unsigned n_rx, unsigned n_sub) {
    struct aw_amplitude_config amplitude_config;
    struct aw_motion_config motion_config;
    static struct aw_amplitude amplitude;
    static struct aw_motion motion;
    static struct aw_sway sway;
    static struct aw_fall fall;
    static struct aw_speed speed;
    struct aw_estimate walks;
    struct aw_motion_result result[2];
    struct aw_sway_result still;
    double push_ns = 0, path_ns = 0, read_ns = 0, speed_ns = 0;
    size_t bytes = 0;
    for (unsigned i = 0; i < n_sub; i++) {
        k[i] = (int16_t)i;
        kind[i] = AW_SUB_DATA;
    }
    for (int moving = 0; moving < 2; moving++) {
        struct aw_arena arena;
        aw_arena_init(&arena, memory, sizeof memory);
        aw_amplitude_config_default(&amplitude_config);
        aw_motion_config_default(&motion_config);
        if (aw_amplitude_init(&amplitude, &arena, &amplitude_config) ||
            aw_motion_init(&motion, &arena, &motion_config)) {
            exit(1);
        }
        bytes = arena.used + sizeof amplitude + sizeof motion;
        if (aw_sway_init(&sway, &arena) || aw_fall_init(&fall, &arena) ||
            aw_speed_init(&speed, &arena))
            exit(1);
        fill(n_rx, n_sub, moving * 3.0);
        struct aw_frame f = {.iq = iq[0], .iq_cap = MAX_VALUES};
        aw_frame_clear(&f);
        f.n_rx = (uint16_t)n_rx;
        f.n_sub = (uint16_t)n_sub;
        f.k = k;
        f.kind = kind;
        for (int whole = 0; whole < 2; whole++) {
            double start = now_ns();
            for (int turn = 0; turn < TURNS; turn++) {
                for (int i = 0; i < FRAMES; i++) {
                    struct aw_amplitude_row row;
                    f.iq = iq[i];
                    f.t_ns += 10000000;
                    if (!aw_amplitude_push(&amplitude, &f, &row)) continue;
                    aw_motion_push_frame(&motion, f.t_ns, &amplitude, &row);
                    if (!whole) continue;
                    aw_sway_push(&sway, f.t_ns, row.group, row.n_group);
                    aw_fall_push(&fall, f.t_ns, row.group, row.n_group);
                    aw_speed_push(&speed, f.t_ns, row.group, row.n_group);
                }
            }
            *(whole ? &path_ns : &push_ns) = (now_ns() - start) / TURNS / FRAMES;
        }
        double start = now_ns();
        for (int i = 0; i < 200; i++) {
            aw_motion_read(&motion, f.t_ns, &result[moving]);
            aw_sway_read(&sway, f.t_ns, &still);
        }
        read_ns = (now_ns() - start) / 200;
        start = now_ns();
        for (int i = 0; i < 200; i++) aw_speed_read(&speed, f.t_ns, true, 2437, &walks);
        speed_ns = (now_ns() - start) / 200;
    }
    bool right = !result[0].moving && result[1].moving;
    printf(
        "{\"bench\":\"motion\",\"n_rx\":%u,\"n_sub\":%u,\"right\":%s,\"push_ns\":%.0f,"
        "\"with_sway_fall_speed_ns\":%.0f,\"read_us\":%.1f,\"speed_us\":%.1f,\"motion_bytes\":%zu}\n",
        n_rx, n_sub, right ? "true" : "false", push_ns, path_ns, read_ns / 1e3, speed_ns / 1e3,
        bytes);
    if (!right) exit(1);
}

int main(void) {
    run(1, 64);
    run(3, 30);
    run(4, 64);
    return 0;
}
