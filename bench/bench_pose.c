/* Time of what follows a pose or densepose model: reading persons, following them, reading a body
 * map and its bytes. Checks first that each gives back what was put in. One JSON line per case. */
#include "sense/body_stream.h"
#include "sense/pose_tracker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIDE = 112, PIXELS = SIDE * SIDE, C = AW_BODY_CLASSES, TURNS = 400 };

static unsigned char memory[2][4 * PIXELS];
static float coarse[2 * PIXELS], fine[C * PIXELS], u[C * PIXELS], v[C * PIXELS];
static uint8_t bytes[AW_BODY_STREAM_BYTES(PIXELS)];
static float keypoints[AW_POSE_PERSONS][AW_JOINTS][4], logit[AW_POSE_PERSONS];

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static float random_unit(void) {
    static uint64_t state = 1;
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (float)(state >> 40) / 16777216.0F;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_us(double *took_ns) {
    qsort(took_ns, TURNS, sizeof *took_ns, ascending);
    return took_ns[TURNS / 2] / 1e3;
}

static void say(bool right) {
    if (right) return;
    printf("wrong\n");
    exit(1);
}

/* ---- Persons --------------------------------------------------------------------------------- */

static void place(uint32_t n, double t_s) {
    for (uint32_t p = 0; p < n; p++) {
        logit[p] = 3;
        for (int k = 0; k < AW_JOINTS; k++) {
            float *j = keypoints[p][k];
            j[0] = (float)(1.5 * p - 5 + 0.3 * sin(t_s + p)) + 0.05F * random_unit();
            j[1] = 0.2F * (float)(k % 2) + 0.05F * random_unit();
            j[2] = 1.7F - 0.1F * (float)k + 0.05F * random_unit();
            j[3] = 2;
        }
    }
}

static void persons(uint32_t n) {
    const struct aw_pose_config config = {{{-8, -8, -1}, {8, 8, 3}}, 0.5F, 0.2F, 9, 8};
    const struct aw_pose_tracker_config follow = {0.1F, 3, 0.8F, 0.3F, 1.5F, 0.5F};
    static struct aw_pose_tracker tracker;
    static struct aw_tracked out[AW_POSE_TRACKS];
    static struct aw_poses poses;
    static double decode_ns[TURNS], track_ns[TURNS];
    uint32_t seen = 0;
    say(aw_pose_check(&config) == AW_OK && aw_pose_tracker_init(&tracker, &follow) == AW_OK);
    for (int i = 0; i < TURNS; i++) {
        place(n, 0.05 * i);
        double start = now_ns();
        aw_pose_decode(&config, keypoints[0][0], logit, n, &poses);
        double middle = now_ns();
        aw_pose_tracker_push(&tracker, (i + 1) * INT64_C(50000000), &poses);
        seen = aw_pose_tracker_read(&tracker, out);
        track_ns[i] = now_ns() - middle;
        decode_ns[i] = middle - start;
        say(poses.n == n && poses.person[0].joints == AW_JOINTS);
    }
    say(seen == n && out[n - 1].id == n);
    printf("{\"bench\":\"pose\",\"persons\":%u,\"decode_us\":%.1f,\"track_us\":%.1f,"
           "\"tracker_bytes\":%zu}\n",
           n, median_us(decode_ns), median_us(track_ns), sizeof tracker);
}

/* ---- Body maps ------------------------------------------------------------------------------- */

/* A round body in the middle, a fifth of the picture. */
static uint32_t draw(uint32_t side) {
    uint32_t n = side * side, inside = 0;
    for (uint32_t i = 0; i < n; i++) {
        float x = (float)(i % side) / (float)side - 0.5F,
              y = (float)(i / side) / (float)side - 0.5F;
        bool body = x * x + y * y < 0.0637F;
        uint32_t part = 1 + (uint32_t)(24 * (y + 0.5F)) % AW_BODY_PARTS;
        inside += body;
        coarse[i] = body ? -2 : 2;
        coarse[n + i] = -coarse[i];
        for (uint32_t c = 0; c < C; c++) {
            fine[c * n + i] = random_unit() + (c == (body ? part : 0) ? 4 : 0);
            u[c * n + i] = x + 0.5F;
            v[c * n + i] = y + 0.5F;
        }
    }
    return inside;
}

static void maps(uint32_t side) {
    static struct aw_body_map map, again;
    const struct aw_body_head head = {coarse, fine, u, v, side, side};
    static double run_ns[TURNS], write_ns[TURNS], read_ns[TURNS];
    uint32_t inside = draw(side), n = side * side;
    struct aw_arena arena;
    int len = 0;
    aw_arena_init(&arena, memory[0], sizeof memory[0]);
    say(aw_body_map_init(&map, &arena, n) == AW_OK);
    aw_arena_init(&arena, memory[1], sizeof memory[1]);
    say(aw_body_map_init(&again, &arena, n) == AW_OK);
    for (int i = 0; i < TURNS; i++) {
        double start = now_ns();
        int err = aw_body_map_run(&map, &head);
        double ran = now_ns();
        len = aw_body_stream_write(&map, bytes, sizeof bytes);
        double wrote = now_ns();
        say(err == AW_OK && len > 0);
        say(aw_body_stream_read(&again, bytes, (size_t)len) == AW_OK);
        read_ns[i] = now_ns() - wrote;
        write_ns[i] = wrote - ran;
        run_ns[i] = ran - start;
    }
    say(map.pixels[0] == n - inside && memcmp(again.u, map.u, n) == 0);
    printf("{\"bench\":\"body_map\",\"side\":%u,\"map_us\":%.0f,\"write_us\":%.1f,\"read_us\":%.1f,"
           "\"bytes\":%d}\n",
           side, median_us(run_ns), median_us(write_ns), median_us(read_ns), len);
}

int main(void) {
    persons(1);
    persons(4);
    persons(8);
    maps(56);
    maps(112);
    return 0;
}
