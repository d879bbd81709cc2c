#include "sim_doppler.h"

#include "dsp/quotient.h"
#include "dsp/slots.h"
#include "dsp/stft.h"
#include "sim/scenario.h"
#include "sim/sim.h"
#include "sim/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHAINS = 2, SUB = 30, N = 32, HOP = 8, GUARD = 3, FS = 100 };
static const double WINDOW_S = (double)N / FS, SLOWEST_MPS = 0.3, FASTEST_MPS = 2.4;

struct doppler {
    struct aw_sim_config config;
    struct aw_sim sim;
    struct aw_quotient quotient;
    struct aw_slots slots;
    struct aw_stft stft[SUB];
    int64_t slot; /* the open one before the last push */
    float iq[2 * 2 * AW_SIM_MAX_VALUES];
    unsigned char sim_memory[AW_SIM_ARENA_BYTES], memory[1 << 18];
};

static bool blocks_init(struct doppler *d) {
    struct aw_arena a;
    const struct aw_quotient_config config = {AW_QUOTIENT_CHAINS, CHAINS, SUB, 3, 100, INFINITY};
    aw_arena_init(&a, d->memory, sizeof d->memory);
    bool ok = aw_quotient_init(&d->quotient, &a, &config) == AW_OK &&
              aw_slots_init(&d->slots, &a, 2 * SUB, N, FS, 0.05F) == AW_OK;
    for (int k = 0; ok && k < SUB; k++)
        ok = aw_stft_init(&d->stft[k], &a, N, HOP, FS, true) == AW_OK;
    return ok;
}

/* Frequency of the largest line beyond the static channel's, in Hz. */
static double line_hz(const struct doppler *d) {
    double density[N] = {0};
    for (int k = 0; k < SUB; k++)
        for (int i = 0; i < N; i++) density[i] += (double)d->stft[k].density[i];
    int top = -1;
    for (int i = 1; i + 1 < N; i++)
        if (abs(i - N / 2) >= GUARD && (top < 0 || density[i] > density[top])) top = i;
    double l = log(density[top - 1]), m = log(density[top]), r = log(density[top + 1]);
    double off = 0.5 * (l - r) / (l - 2 * m + r);
    return (top + (fabs(off) <= 1 ? off : 0) - N / 2) / WINDOW_S;
}

static bool walks(const struct doppler *d, int64_t from_ns, int64_t to_ns) {
    struct aw_sim_truth truth;
    for (int i = 0; i <= 8; i++) {
        aw_sim_truth(&d->sim, from_ns + (to_ns - from_ns) / 8 * i, &truth);
        if (!truth.person[0].moving) return false;
    }
    return true;
}

static void judge(const struct doppler *d, int64_t end_ns, struct sim_doppler *out) {
    int64_t width_ns = (int64_t)(WINDOW_S * 1e9);
    double truth = aw_sim_way_rate_mps(&d->sim, 0, 0, end_ns - width_ns / 2);
    if (!walks(d, end_ns - width_ns, end_ns) || out->n == SIM_DOPPLER_MAX) return;
    if (!(fabs(truth) >= SLOWEST_MPS && fabs(truth) <= FASTEST_MPS)) return;
    double lambda_m = AW_C_MPS / d->sim.link[0].channel.grid.centre_hz;
    double rate = -line_hz(d) * lambda_m;
    out->wrong_sign += rate * truth < 0;
    out->error_mps[out->n++] = fabs(rate - truth);
}

static void push(struct doppler *d, const struct aw_frame *f, struct sim_doppler *out) {
    float ratio[2 * CHAINS * SUB], row[2 * SUB];
    float in[2 * CHAINS * SUB];
    for (size_t c = 0; c < CHAINS; c++)
        memcpy(in + c * 2 * SUB, f->iq + c * f->n_tx * 2 * SUB, 2 * SUB * sizeof *in);
    bool broke = aw_quotient_push(&d->quotient, in, 0, ratio);
    size_t other = d->quotient.ref ? 0 : 1;
    if (broke) aw_slots_reset(&d->slots);
    int64_t open = d->slots.slot;
    size_t had = broke ? 0 : d->slots.count;
    aw_slots_push(&d->slots, f->t_ns, ratio + other * 2 * SUB);
    if (d->slots.count < had || broke)
        for (int k = 0; k < SUB; k++) aw_stft_reset(&d->stft[k]);
    if (had == 0 && d->slots.count == 0) return;
    for (int64_t closed = d->slots.slot - open; closed > 0 && closed <= N; closed--) {
        if ((size_t)closed > d->slots.count) continue;
        aw_slots_at(&d->slots, (size_t)closed, row);
        bool column = false;
        for (int k = 0; k < SUB; k++)
            column = aw_stft_push(&d->stft[k], row[2 * k], row[2 * k + 1]);
        int64_t end_ns = (d->slots.slot - closed + 1) * (int64_t)(1e9 / FS);
        if (column) judge(d, end_ns, out);
    }
}

bool sim_room_doppler(uint64_t seed, const struct sim_radio *radio, double echo_db,
                      struct sim_doppler *out) {
    struct doppler *d = calloc(1, sizeof *d);
    struct aw_arena a;
    out->n = out->wrong_sign = 0;
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
