/* Homes (sim/home.c) through the radio and the models' input, beside the truth. */
#include "commands.h"
#include "model_tools.h"
#include "npz.h"
#include "options.h"

#include "base/units.h"
#include "sense/pose_input.h"
#include "sim/scenario.h"
#include "sim/sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAP = 32, PIXELS = MAP * MAP, LEARN_MS = 2000 };

static const double map_m = 2.2, below_m = 0.1; /* the picture; of it below the floor */

struct options {
    const char *out, *hw;
    double rooms, first, seconds, rate, rx, tx, map_every;
};

/* What is written; grows as rooms come. */
struct data {
    size_t n, cap, n_maps, cap_maps, width;
    uint16_t *row; /* half floats */
    float *t_s, *joints;
    int32_t *room, *map_row;
    uint8_t *person, *part, *u, *v;
};

/* ---- Keeping --------------------------------------------------------------------------------- */

/* IEEE binary16, rounded to nearest; our values lie within +-100. */
static uint16_t half(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000, mantissa = bits & 0x7FFFFF;
    int exponent = (int)(bits >> 23 & 255) - 127 + 15;
    if (exponent <= 0) {
        if (exponent < -10) return (uint16_t)sign;
        mantissa = (mantissa | 0x800000) >> (1 - exponent);
        return (uint16_t)(sign | ((mantissa + 0x1000) >> 13));
    }
    return (uint16_t)(sign | (((uint32_t)exponent << 10) + ((mantissa + 0x1000) >> 13)));
}

static bool more(void *array, size_t n, size_t each) {
    void *was;
    memcpy(&was, array, sizeof was);
    void *p = realloc(was, n * each);
    if (p) memcpy(array, &p, sizeof p);
    return p;
}

static bool room_for_row(struct data *d) {
    if (d->n < d->cap) return true;
    size_t cap = d->cap ? 2 * d->cap : 4096;
    bool ok = more(&d->row, cap * d->width, sizeof *d->row) && more(&d->t_s, cap, sizeof *d->t_s) &&
              more(&d->joints, cap * 51, sizeof *d->joints) &&
              more(&d->room, cap, sizeof *d->room) && more(&d->person, cap, sizeof *d->person);
    if (ok) d->cap = cap;
    return ok;
}

static bool room_for_map(struct data *d) {
    if (d->n_maps < d->cap_maps) return true;
    size_t cap = d->cap_maps ? 2 * d->cap_maps : 1024;
    bool ok = more(&d->map_row, cap, sizeof *d->map_row) && more(&d->part, cap, PIXELS) &&
              more(&d->u, cap, PIXELS) && more(&d->v, cap, PIXELS);
    if (ok) d->cap_maps = cap;
    return ok;
}

/* The link runs along x: its frame is the room's, moved. */
static void in_link(const struct aw_sim_link *l, const double at[3], float out[3]) {
    out[0] = (float)(at[0] - (l->tx_m[0] + l->rx_m[0]) / 2);
    out[1] = (float)(at[1] - (l->tx_m[1] + l->rx_m[1]) / 2);
    out[2] = (float)at[2];
}

/* Seen along y, person in the middle. */
static void keep_map(struct data *d, const struct aw_sim_skeleton *s) {
    double x = (s->joint_m[11][0] + s->joint_m[12][0]) / 2;
    struct aw_sim_camera c = {.corner_m = {x - map_m / 2, -1000, map_m - below_m},
                              .right = {1, 0, 0},
                              .look = {0, 1, 0},
                              .size_m = map_m,
                              .n = MAP};
    size_t at = d->n_maps * PIXELS;
    aw_sim_surface_see(s, &c, d->part + at, d->u + at, d->v + at);
    d->map_row[d->n_maps++] = (int32_t)d->n;
}

static bool keep(struct data *d, const struct options *o, const struct aw_sim *sim, int32_t seed,
                 const struct aw_pose_input *input, uint32_t in_room) {
    int64_t t_ns = input->next_ns - AW_S / AW_POSE_INPUT_RATE_HZ;
    struct aw_sim_skeleton s;
    if (!room_for_row(d) || !room_for_map(d)) return false;
    const float *row = aw_pose_input_row(input);
    for (size_t i = 0; i < d->width; i++) d->row[d->n * d->width + i] = half(row[i]);
    d->room[d->n] = seed;
    d->t_s[d->n] = (float)((double)(t_ns - sim->config->start_ns) * 1e-9);
    d->person[d->n] = aw_sim_skeleton(sim, 0, t_ns, &s);
    for (size_t j = 0; j < AW_SIM_JOINTS; j++) {
        float *to = d->joints + d->n * 51 + 3 * j;
        to[0] = to[1] = to[2] = NAN;
        if (d->person[d->n]) in_link(&sim->config->link[0], s.joint_m[j], to);
    }
    if (d->person[d->n] && o->map_every > 0 && in_room % (uint32_t)o->map_every == 0)
        keep_map(d, &s);
    d->n++;
    return true;
}

/* ---- One room -------------------------------------------------------------------------------- */

static int one_room(struct data *d, const struct options *o, enum aw_sim_hw hw, int32_t seed,
                    void *memory) {
    static float iq[2 * AW_POSE_INPUT_CHAINS * AW_SIM_MAX_VALUES];
    static struct aw_sim_config config;
    struct aw_arena arena;
    struct aw_sim sim;
    struct aw_pose_input input;
    struct aw_frame f = {.iq = iq, .iq_cap = sizeof iq / sizeof *iq / 2};
    aw_arena_init(&arena, memory, AW_SIM_ARENA_BYTES);
    aw_sim_config_home(&config, hw, (uint64_t)seed, o->seconds);
    config.n_rx = (uint32_t)o->rx;
    config.n_tx = (uint32_t)o->tx;
    config.rate_hz = o->rate;
    int err = aw_sim_init(&sim, &arena, &config);
    int64_t known_ns = config.start_ns + LEARN_MS * AW_MS;
    uint32_t in_room = 0;
    for (bool begun = false; err == AW_OK;) {
        int got = aw_sim_next(&sim, &f);
        if (got <= 0) return got;
        if (!begun) err = aw_pose_input_init(&input, &arena, &f);
        if (err) break;
        if (!begun) aw_pose_input_learn(&input, true);
        begun = true;
        if (input.learning && f.t_ns >= known_ns) aw_pose_input_learn(&input, false);
        d->width = input.width;
        if (aw_pose_input_push(&input, f.t_ns, &f) && !keep(d, o, &sim, seed, &input, in_room++))
            err = AW_ERR_NOMEM;
    }
    return err;
}

static int save(const struct data *d, const char *path, struct aw_why *why) {
    const size_t rows[2] = {d->n, d->width}, joints[3] = {d->n, AW_SIM_JOINTS, 3};
    const size_t maps[3] = {d->n_maps, MAP, MAP};
    struct npz z;
    int err = npz_open(&z, path, why);
    if (err != AW_OK) return err;
    snprintf(why->text, sizeof why->text, "%s: cannot be written", path);
    err = npz_add(&z, "row", "<f2", rows, 2, d->row, d->n * d->width * sizeof *d->row);
    if (!err) err = npz_add(&z, "joints", "<f4", joints, 3, d->joints, d->n * 51 * sizeof(float));
    if (!err) err = npz_add(&z, "room", "<i4", rows, 1, d->room, d->n * sizeof *d->room);
    if (!err) err = npz_add(&z, "t_s", "<f4", rows, 1, d->t_s, d->n * sizeof *d->t_s);
    if (!err) err = npz_add(&z, "person", "|u1", rows, 1, d->person, d->n);
    if (!err) err = npz_add(&z, "map_row", "<i4", maps, 1, d->map_row, d->n_maps * sizeof(int32_t));
    if (!err) err = npz_add(&z, "part", "|u1", maps, 3, d->part, d->n_maps * PIXELS);
    if (!err) err = npz_add(&z, "u", "|u1", maps, 3, d->u, d->n_maps * PIXELS);
    if (!err) err = npz_add(&z, "v", "|u1", maps, 3, d->v, d->n_maps * PIXELS);
    int closed = npz_close(&z);
    return err ? err : closed;
}

static int all_rooms(const struct options *o, enum aw_sim_hw hw) {
    struct data d = {0};
    struct aw_why why = {0};
    void *memory = malloc(AW_SIM_ARENA_BYTES);
    int err = memory ? AW_OK : AW_ERR_NOMEM;
    for (int32_t i = 0; i < (int32_t)o->rooms && !err; i++)
        err = one_room(&d, o, hw, (int32_t)o->first + i, memory);
    if (err) snprintf(why.text, sizeof why.text, "%s", aw_err_sentence(err));
    if (!err && d.n == 0) {
        err = AW_ERR_EMPTY;
        snprintf(why.text, sizeof why.text, "no row: too short, or too few frames");
    }
    if (!err) err = save(&d, o->out, &why);
    if (err)
        fprintf(stderr, "airwake model simulate: %s\n", why.text);
    else
        fprintf(stderr, "%s: %zu rows of %zu values, %zu maps, %g rooms, simulated\n", o->out, d.n,
                d.width, d.n_maps, o->rooms);
    void *const arrays[] = {d.row, d.t_s, d.joints, d.room, d.map_row, d.person, d.part, d.u, d.v};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
    free(memory);
    return err ? EXIT_FAILED : EXIT_OK;
}

int model_simulate(int argc, char **argv) {
    struct options o = {.hw = "intel5300",
                        .rooms = 10,
                        .first = 1,
                        .seconds = 20,
                        .rate = 100,
                        .rx = 3,
                        .tx = 3,
                        .map_every = 5};
#define NUMBER(name, field, arg, lo, hi, help)                                                     \
    { name, arg, help, .number = &o.field, .min = lo, .max = hi }
    const struct opt opts[] = {
        {"out", "FILE", "where to (.npz)", .text = &o.out},
        {"hw", "NAME", "intel5300 (default) or another of airwake sim", .text = &o.hw},
        NUMBER("rooms", rooms, "N", 1, 1e6, "homes (10), each with its own body and script"),
        NUMBER("first", first, "N", 0, 2e9, "seed of the first home (1); the next has the next"),
        NUMBER("seconds", seconds, "N", 5, 300, "each home (20), of them 3 or more empty"),
        NUMBER("rate", rate, "HZ", 1, 2000, "frames per second (100)"),
        NUMBER("rx", rx, "N", 1, 3, "receive antennas (3)"),
        NUMBER("tx", tx, "N", 1, 3, "transmit antennas (3)"),
        NUMBER("map-every", map_every, "N", 0, 1000, "rows per body map (5); 0 none"),
        {0},
    };
    const struct opt_usage usage = {
        "airwake model simulate [flags] --out X.npz",
        "Simulated homes as the pose models' input beside the truth: arrays row [n,width],\n"
        "joints [n,17,3] in m of the link's frame, person [n], room [n] (the seed), t_s [n];\n"
        "map_row [m], part, u, v [m,32,32]: the body seen along y, 2.2 m wide, hips in the middle.",
        NULL, 0, 0};
    int first, code;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if (!o.out) {
        fputs("airwake model simulate: --out FILE is missing\n", stderr);
        return EXIT_USAGE;
    }
    for (int i = 0; i < AW_SIM_HW_COUNT; i++) {
        if (strcmp(aw_sim_hardware[i].key, o.hw) != 0) continue;
        if (o.rx <= aw_sim_hardware[i].max_chains && o.tx <= aw_sim_hardware[i].max_chains)
            return all_rooms(&o, (enum aw_sim_hw)i);
        fprintf(stderr, "airwake model simulate: %s has %u antennas\n", o.hw,
                aw_sim_hardware[i].max_chains);
        return EXIT_USAGE;
    }
    fprintf(stderr, "airwake model simulate: unknown hardware %s\n", o.hw);
    return EXIT_USAGE;
}
