#include "sim/sim.h"

#include "base/frame.h"
#include "sim/rng.h"
#include "sim/streams.h"

#include <math.h>

/* 17 dBm sent, less 9 dB for two board antennas and their polarisation; only RSSI depends on it. */
static const double tx_dbm = 8;
static const double noise_floor_dbm = -94; /* -174 dBm/Hz + 73 dB of 20 MHz + 7 dB noise figure */

static double uniform_of(const struct aw_sim *s, uint32_t stream, uint32_t link, uint64_t item) {
    struct aw_rng r;
    aw_rng_init(&r, s->config->seed, stream + link, item);
    return aw_rng_uniform(&r);
}

/* When frame n of a link is sent; the links take turns within a frame period. */
static double send_time_s(const struct aw_sim *s, uint32_t link, uint64_t n) {
    const struct aw_sim_config *c = s->config;
    double shift = c->impair.jitter * (uniform_of(s, AW_SIM_STREAM_TIMING, link, n) - 0.5);
    double turn = (link + 0.5) / c->n_links;
    return fmax(((double)n + turn + shift) / c->rate_hz, 0);
}

static void init_grid(const struct aw_sim *s, struct aw_sim_grid *g) {
    int last = 0;
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < s->layout[j].n; i++)
            if (!(s->layout[j].kind[i] & AW_SUB_NULL) && s->layout[j].k[i] > last)
                last = s->layout[j].k[i];
    *g = (struct aw_sim_grid){.centre_hz = s->centre_hz,
                              .spacing_hz = 312500,
                              .k_first = -last,
                              .n = (uint32_t)(2 * last + 1)};
}

int aw_sim_init(struct aw_sim *s, struct aw_arena *a, const struct aw_sim_config *c) {
    if (aw_sim_config_check(c)) return AW_ERR_INVAL;
    const struct aw_sim_hardware *hw = &aw_sim_hardware[c->hw];
    *s = (struct aw_sim){.channel = (uint16_t)(c->channel ? c->channel : hw->channel)};
    s->centre_hz = aw_sim_hardware_centre_hz(hw, s->channel);
    s->config = aw_arena_alloc(a, 1, sizeof *s->config);
    s->link = aw_arena_alloc(a, c->n_links, sizeof *s->link);
    s->body = aw_arena_alloc(a, c->n_persons + 1, sizeof *s->body);
    s->layout = aw_arena_alloc(a, 2, sizeof *s->layout);
    if (!s->config || !s->link || !s->body || !s->layout) return AW_ERR_NOMEM;

    *s->config = *c;
    for (int i = 0; i < 2; i++)
        s->layout[i].n = aw_sim_hardware_layout(c->hw, i == 1, s->layout[i].k, s->layout[i].kind);
    struct aw_sim_grid grid;
    init_grid(s, &grid);
    s->h =
        aw_arena_alloc(a, (size_t)2 * c->n_rx * c->n_tx * aw_sim_grid_stride(grid.n), sizeof *s->h);
    if (!s->h) return AW_ERR_NOMEM;

    for (uint32_t i = 0; i < c->n_persons; i++)
        aw_sim_body_init(&s->body[i], &s->config->person[i], c->echo_point, c->seed, i);
    for (uint32_t i = 0; i < c->n_links; i++) {
        struct aw_sim_link_state *l = &s->link[i];
        int err = aw_sim_channel_init(&l->channel, a, s->config, &grid, i);
        if (!err && c->figure) err = aw_sim_scatter_init(&l->scatter, a, &l->channel);
        if (err) return err;
        aw_sim_receiver_init(&l->receiver, &l->channel, hw, &s->config->impair, c->seed, i);
        l->rssi_dbm = tx_dbm + 10 * log10(l->channel.power);
        l->next_s = send_time_s(s, i, 0);
    }
    s->last_ns = c->start_ns;
    return AW_OK;
}

/* Gilbert: a bad state in which every frame is lost, left with probability 1/burst, entered so
 * that its share is `loss`. Independent losses already come in runs of 1 / (1 - loss). */
static bool is_lost(const struct aw_sim *s, struct aw_sim_link_state *l, uint32_t link) {
    const struct aw_sim_impair *im = &s->config->impair;
    double u = uniform_of(s, AW_SIM_STREAM_FATE, link, 3 * l->next);
    double leave = fmin(1 / im->loss_burst, 1 - im->loss);
    double enter = im->loss / (1 - im->loss) * leave;
    l->in_burst = l->in_burst ? u >= leave : u < enter;
    return l->in_burst;
}

static void advance(const struct aw_sim *s, struct aw_sim_link_state *l, uint32_t link) {
    l->last_s = l->next_s;
    l->next++;
    l->next_s = send_time_s(s, link, l->next);
}

/* The link whose frame is next, after losing what gets lost; n_links when the time is over. */
static uint32_t next_link(struct aw_sim *s) {
    const struct aw_sim_config *c = s->config;
    for (;;) {
        uint32_t best = 0;
        for (uint32_t i = 0; i < c->n_links; i++) {
            if (s->link[i].repeat) return i;
            if (s->link[i].next_s < s->link[best].next_s) best = i;
        }
        struct aw_sim_link_state *l = &s->link[best];
        if (!(l->next_s < c->seconds)) return c->n_links;
        if (!is_lost(s, l, best)) return best;
        l->lost++;
        advance(s, l, best);
    }
}

static void figures_at(struct aw_sim *s, const struct aw_sim_link_state *l, uint32_t link,
                       double t_s) {
    const struct aw_sim_config *c = s->config;
    struct aw_sim_skeleton skeleton[AW_SIM_MAX_PERSONS];
    struct aw_sim_pose pose[AW_SIM_MAX_PERSONS];
    double chest_m[AW_SIM_MAX_PERSONS], passes = 1;
    bool present[AW_SIM_MAX_PERSONS];
    for (uint32_t i = 0; i < c->n_persons; i++) {
        present[i] = aw_sim_body_skeleton(&s->body[i], t_s, &skeleton[i], &pose[i], &chest_m[i]);
        if (!present[i]) continue;
        double shade = aw_sim_scatter_shade(&c->link[link], &skeleton[i]);
        passes *= 1 - c->shadow * pose[i].fade * shade;
    }
    aw_sim_channel_run(&l->channel, NULL, 0, 1 - passes, s->h);
    for (uint32_t i = 0; i < c->n_persons; i++) {
        struct aw_sim_patch patch[AW_SIM_PATCHES];
        if (!present[i]) continue;
        aw_sim_surface_patches(&skeleton[i], chest_m[i], patch);
        aw_sim_scatter_add(&l->scatter, patch, AW_SIM_PATCHES, pose[i].fade, s->h);
    }
}

static void channel_at(struct aw_sim *s, const struct aw_sim_link_state *l, uint32_t link,
                       double t_s) {
    const struct aw_sim_config *c = s->config;
    if (c->figure) {
        figures_at(s, l, link, t_s);
        return;
    }
    struct aw_sim_point point[AW_SIM_MAX_PERSONS * AW_SIM_BODY_POINTS];
    uint32_t n = 0;
    double passes = 1;
    for (uint32_t i = 0; i < c->n_persons; i++) {
        struct aw_sim_pose pose;
        n += aw_sim_body_points(&s->body[i], t_s, point + n, &pose);
        if (!pose.present) continue;
        double shade = aw_sim_channel_shade(&c->link[link], pose.x_m, pose.y_m);
        passes *= 1 - c->shadow * pose.fade * shade;
    }
    aw_sim_channel_run(&l->channel, point, n, 1 - passes, s->h);
}

static void fill_header(const struct aw_sim *s, const struct aw_sim_link_state *l, uint32_t link,
                        struct aw_frame *out) {
    const struct aw_sim_config *c = s->config;
    const struct aw_sim_hardware *hw = l->receiver.hw;
    aw_frame_clear(out);
    out->format = hw->format;
    out->chip = hw->chip;
    out->t_kind = AW_TIME_HOST;
    out->node = c->link[link].node;
    out->tx = c->link[link].tx;
    out->seq_mod = (int64_t)1 << 32;
    out->channel = s->channel;
    out->freq_mhz = aw_channel_to_mhz(s->channel);
    out->bandwidth_mhz = hw->bandwidth_mhz;
    out->noise_dbm = (float)noise_floor_dbm;
    out->n_rx = (uint16_t)c->n_rx;
    out->n_tx = (uint16_t)c->n_tx;
    out->quant_step = c->impair.quantise && hw->full_scale > 0 ? 1 : 0;
    if (c->hw == AW_SIM_INTEL5300) out->agc_db = (float)(30 + round(l->receiver.step_db));
}

int aw_sim_next(struct aw_sim *s, struct aw_frame *out) {
    const struct aw_sim_config *c = s->config;
    uint32_t link = next_link(s);
    if (link == c->n_links) return 0;
    struct aw_sim_link_state *l = &s->link[link];
    uint64_t item = l->repeat ? l->next - 1 : l->next;
    double t_s = l->repeat ? l->last_s : l->next_s;
    bool mixed = c->hw == AW_SIM_ESP32 &&
                 uniform_of(s, AW_SIM_STREAM_FATE, link, 3 * item + 1) < c->impair.mixed;
    const struct aw_sim_layout *layout = &s->layout[mixed];
    if (out->iq_cap < c->n_rx * c->n_tx * layout->n) return AW_ERR_TOO_MANY;

    if (!l->repeat)
        aw_sim_receiver_packet(&l->receiver, c->seed, link, item, t_s, t_s - l->last_s, &l->packet);
    channel_at(s, l, link, t_s);
    fill_header(s, l, link, out);
    out->k = layout->k;
    out->kind = layout->kind;
    out->n_sub = layout->n;
    double rssi_db[AW_MAX_CHAINS];
    aw_sim_receiver_run(&l->receiver, &l->channel, &l->packet, s->h, layout->n, layout->k,
                        layout->kind, out->iq, rssi_db);
    for (uint32_t i = 0; i < c->n_rx; i++)
        out->rssi_dbm[i] = (float)fmax(round(l->rssi_dbm + rssi_db[i]), -127);

    double stamp_s = c->impair.stamp_s * uniform_of(s, AW_SIM_STREAM_FATE, link, 3 * item + 2);
    if (l->repeat) stamp_s += 1e-4; /* a retransmission follows at once */
    out->t_ns = c->start_ns + (int64_t)llround((t_s + stamp_s) * 1e9);
    if (out->t_ns < s->last_ns) out->t_ns = s->last_ns; /* one host stamps what arrives in turn */
    s->last_ns = out->t_ns;
    out->seq = (int64_t)(item & 0xFFFFFFFF);
    if (l->repeat) {
        l->repeat = false;
    } else {
        out->lost = l->lost;
        l->lost = 0;
        struct aw_rng r;
        aw_rng_init(&r, c->seed, AW_SIM_STREAM_TWICE + link, item);
        l->repeat = aw_rng_uniform(&r) < c->impair.duplicate;
        advance(s, l, link);
    }
    return 1;
}
