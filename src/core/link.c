#include "core/link.h"

#include "base/frame.h"

size_t aw_link_bytes(void) {
    return 64;
}

int aw_link_init(struct aw_link *l, void *memory, size_t bytes, uint32_t serial,
                 const struct aw_frame *f) {
    struct aw_arena a;
    aw_arena_init(&a, memory, bytes);
    *l = (struct aw_link){.used = true};
    l->info = (struct aw_link_info){.serial = serial,
                                    .format = f->format,
                                    .origin = f->origin,
                                    .node = f->node,
                                    .tx = f->tx,
                                    .rx_chain = f->rx_chain,
                                    .tx_chain = f->tx_chain,
                                    .n_rx = f->n_rx,
                                    .n_tx = f->n_tx};
    aw_clock_reset(&l->clock);
    aw_order_reset(&l->order);
    aw_rate_reset(&l->rate);
    return AW_OK;
}

bool aw_link_matches(const struct aw_link *l, const struct aw_frame *f) {
    const struct aw_link_info *i = &l->info;
    return i->node == f->node && i->tx == f->tx && i->origin == f->origin &&
           i->format == f->format && i->rx_chain == f->rx_chain && i->tx_chain == f->tx_chain &&
           i->n_rx == f->n_rx && i->n_tx == f->n_tx;
}

/* Mean power of the chains, in dBm. */
static float rssi_dbm(const struct aw_frame *f) {
    float mw = 0;
    int n = 0;
    for (int i = 0; i < f->n_rx; i++) {
        if (!isfinite(f->rssi_dbm[i])) continue;
        mw += powf(10, f->rssi_dbm[i] / 10);
        n++;
    }
    return n ? 10 * log10f(mw / (float)n) : NAN;
}

void aw_link_push(struct aw_link *l, const struct aw_frame *f, int64_t t_ns, uint32_t lost) {
    struct aw_link_info *i = &l->info;
    (void)lost;
    if (i->frames == 0) i->first_t_ns = t_ns;
    i->frames++;
    i->last_t_ns = t_ns;
    i->t_kind = f->t_kind;
    i->chip = f->chip;
    i->channel = f->channel;
    i->freq_mhz = f->freq_mhz;
    i->bandwidth_mhz = f->bandwidth_mhz;
    i->n_sub = f->n_sub;
    i->rssi_dbm = rssi_dbm(f);
    i->noise_dbm = f->noise_dbm;
    l->frames_in_second++;
    aw_rate_push(&l->rate, t_ns);
}

void aw_link_second(struct aw_link *l, int64_t t_ns, struct aw_update *out) {
    static const struct aw_estimate none = {NAN, 0, AW_REASON_WARMING_UP};
    (void)t_ns;
    out->frames = l->frames_in_second;
    l->frames_in_second = 0;
    out->state = AW_STATE_NULL;
    out->state_reason = out->frames ? AW_REASON_WARMING_UP : AW_REASON_NO_FRAMES;
    out->motion = out->breathing_bpm = out->heart_bpm = out->persons = none;
    out->motion_threshold = NAN;
    out->breathing_wave = NAN;
}
