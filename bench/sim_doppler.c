#include "sim_doppler.h"

#include "dsp/line.h"
#include "dsp/quotient.h"
#include "dsp/slots.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "sim/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHAINS = 2, SUB = 30, N = 32, HOP = 8, FS = 100 };
static const double WINDOW_S = (double)N / FS, SLOWEST_MPS = 0.3, FASTEST_MPS = 2.4;
static const float MOST_SECOND = 0.43F; /* of the strongest line; above, it is several */

struct doppler {
    struct aw_sim_config config;
    struct aw_sim sim;
    struct aw_quotient quotient;
    struct aw_slots slots;
    struct aw_line line;
    int hop; /* slots since the last window */
    float iq[2 * 2 * AW_SIM_MAX_VALUES];
    unsigned char sim_memory[AW_SIM_ARENA_BYTES], memory[1 << 18];
};

static bool blocks_init(struct doppler *d) {
    struct aw_arena a;
    const struct aw_quotient_config config = {AW_QUOTIENT_CHAINS, CHAINS, SUB, 3, 100, INFINITY};
    aw_arena_init(&a, d->memory, sizeof d->memory);
    return aw_quotient_init(&d->quotient, &a, &config) == AW_OK &&
           aw_slots_init(&d->slots, &a, 2 * SUB, 2 * N, FS, 0.05F) == AW_OK &&
           aw_line_init(&d->line, &a, N, FS) == AW_OK;
}

static bool walks(const struct doppler *d, int64_t from_ns, int64_t to_ns) {
    struct aw_sim_truth truth;
    for (int i = 0; i <= 8; i++) {
        aw_sim_truth(&d->sim, from_ns + (to_ns - from_ns) / 8 * i, &truth);
        if (!truth.person[0].moving) return false;
    }
    return true;
}

/* The window that ends with the slot closed `ago` slots ago. */
static void judge(struct doppler *d, size_t ago, int64_t end_ns, struct sim_doppler *out) {
    float x[N][2 * SUB];
    struct aw_line_result r;
    int64_t width_ns = (int64_t)(WINDOW_S * 1e9);
    double truth = aw_sim_way_rate_mps(&d->sim, 0, 0, end_ns - width_ns / 2);
    if (!walks(d, end_ns - width_ns, end_ns) || out->walked == SIM_DOPPLER_MAX) return;
    if (!(fabs(truth) >= SLOWEST_MPS && fabs(truth) <= FASTEST_MPS)) return;
    for (size_t i = 0; i < N; i++) aw_slots_at(&d->slots, ago + N - 1 - i, x[i]);
    aw_line_run(&d->line, x[0], SUB, &r);
    double lambda_m = AW_C_MPS / d->sim.link[0].channel.grid.centre_hz;
    double rate = -(double)r.hz * lambda_m, error = fabs(rate - truth);
    out->walked++;
    out->walked_within += error <= 0.1;
    if (!(r.second <= MOST_SECOND)) return;
    out->wrong_sign += rate * truth < 0;
    out->error_mps[out->n++] = error;
}

static void push(struct doppler *d, const struct aw_frame *f, struct sim_doppler *out) {
    float ratio[2 * CHAINS * SUB], in[2 * CHAINS * SUB];
    for (size_t c = 0; c < CHAINS; c++)
        memcpy(in + c * 2 * SUB, f->iq + c * f->n_tx * 2 * SUB, 2 * SUB * sizeof *in);
    bool broke = aw_quotient_push(&d->quotient, in, 0, ratio);
    size_t other = d->quotient.ref ? 0 : 1;
    if (broke) aw_slots_reset(&d->slots);
    int64_t open = d->slots.slot;
    size_t had = d->slots.count;
    aw_slots_push(&d->slots, f->t_ns, ratio + other * 2 * SUB);
    if (had == 0 && d->slots.count == 0) return;
    for (int64_t closed = d->slots.slot - open; closed > 0 && closed <= N; closed--) {
        if (d->slots.count < (size_t)closed + N - 1 || ++d->hop < HOP) continue;
        d->hop = 0;
        judge(d, (size_t)closed, (d->slots.slot - closed + 1) * (int64_t)(1e9 / FS), out);
    }
}

bool sim_room_doppler(uint64_t seed, const struct sim_radio *radio, double echo_db,
                      struct sim_doppler *out) {
    struct doppler *d = calloc(1, sizeof *d);
    struct aw_arena a;
    out->n = out->wrong_sign = out->walked = out->walked_within = 0;
    if (!d) return false;
    if (aw_sim_config_scenario(&d->config, "walk", AW_SIM_INTEL5300, seed) != AW_OK) abort();
    struct aw_sim_config *c = &d->config;
    aw_sim_config_shuffle(c, seed);
    sim_radio_apply(c, radio);
    c->n_rx = CHAINS;
    c->seconds = 30;
    c->echo_point = c->echo_fixed = true;
    c->echo_db = echo_db;
    aw_arena_init(&a, d->sim_memory, sizeof d->sim_memory);
    bool ok = aw_sim_init(&d->sim, &a, c) == AW_OK && blocks_init(d);
    struct aw_frame f = {.iq = d->iq, .iq_cap = 2 * AW_SIM_MAX_VALUES};
    int got = 0;
    while (ok && (got = aw_sim_next(&d->sim, &f)) > 0)
        if (f.n_sub == SUB && f.n_rx == CHAINS) push(d, &f, out);
    free(d);
    return ok && got == 0;
}
