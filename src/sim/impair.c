#include "sim/impair.h"

#include "sim/streams.h"
#include "sim/units.h"

#include <math.h>

void aw_sim_receiver_init(struct aw_sim_receiver *rec, const struct aw_sim_channel *ch,
                          const struct aw_sim_hardware *hw, const struct aw_sim_impair *impair,
                          uint64_t seed, uint32_t link) {
    double rms = sqrt(ch->power);
    double level = impair->level > 0 ? impair->level : hw->level;
    *rec = (struct aw_sim_receiver){.hw = hw,
                                    .impair = impair,
                                    .gain = level / rms,
                                    .noise = rms * pow(10, -impair->snr_db / 20),
                                    .sample_s = 1e-6 / hw->bandwidth_mhz};
    struct aw_rng r;
    aw_rng_init(&r, seed, AW_SIM_STREAM_LINK + link, 0);
    /* A free oscillator also means that nobody calibrated the chains. */
    for (int i = 0; i < AW_MAX_CHAINS; i++)
        rec->chain_rad[i] = impair->cfo_rad > 0 ? aw_rng_range(&r, -AW_PI, AW_PI) : 0;
}

void aw_sim_receiver_packet(struct aw_sim_receiver *rec, uint64_t seed, uint32_t link,
                            uint64_t item, double t_s, double dt_s, struct aw_sim_packet *out) {
    const struct aw_sim_impair *im = rec->impair;
    struct aw_rng r;
    aw_rng_init(&r, seed, AW_SIM_STREAM_GAIN + link, item);
    double phase = aw_rng_range(&r, -im->cfo_rad, im->cfo_rad);
    double delay = im->sto_s * (double)aw_rng_normal(&r);
    double gain = 1 + im->agc * (double)aw_rng_normal(&r);
    if (aw_rng_uniform(&r) < 1 - exp(-im->agc_step_hz * dt_s)) { /* Poisson */
        rec->step_db += aw_rng_uniform(&r) < 0.5 ? -im->agc_step_db : im->agc_step_db;
        /* A receiver that has gone two steps off comes back. */
        if (fabs(rec->step_db) > 2.5 * im->agc_step_db)
            rec->step_db -= copysign(2 * im->agc_step_db, rec->step_db);
    }
    double drift = im->sfo * t_s / rec->sample_s;
    *out = (struct aw_sim_packet){.gain = rec->gain * fmax(gain, 0.01) * pow(10, rec->step_db / 20),
                                  .phase_rad = phase + AW_TWO_PI * remainder(im->cfo_hz * t_s, 1),
                                  .delay_s = delay + remainder(drift, 1) * rec->sample_s,
                                  .seed = seed,
                                  .item = item,
                                  .link = link};
}

/* Turns H of one pair by the packet's phase and slope; Returns its power. */
static double turn(const struct aw_sim_channel *ch, double phase, double delay_s, double *re,
                   double *im) {
    double step = -AW_TWO_PI * ch->grid.spacing_hz * delay_s;
    double start = phase + step * ch->grid.k_first, sum = 0;
    double zr = cos(start), zi = sin(start), c = cos(step), s = sin(step);
    for (uint32_t k = 0; k < ch->grid.n; k++) {
        double r = re[k] * zr - im[k] * zi;
        im[k] = re[k] * zi + im[k] * zr;
        re[k] = r;
        sum += r * r + im[k] * im[k];
        double next = zr * c - zi * s;
        zi = zr * s + zi * c;
        zr = next;
    }
    return sum / ch->grid.n;
}

static float quantised(double x, double full_scale) {
    double whole = fmin(fmax(nearbyint(x), -full_scale - 1), full_scale);
    return (float)(whole + 0.0); /* an integer has no negative zero */
}

void aw_sim_receiver_run(const struct aw_sim_receiver *rec, const struct aw_sim_channel *ch,
                         const struct aw_sim_packet *packet, double *h, uint32_t n,
                         const int16_t *k, const uint8_t *kind, float *iq, double *rssi_db) {
    struct aw_rng r;
    aw_rng_init(&r, packet->seed, AW_SIM_STREAM_NOISE + packet->link, packet->item);
    double sigma = rec->noise * sqrt(0.5); /* per real value */
    bool quantise = rec->impair->quantise && rec->hw->full_scale > 0;
    /* 802.11 sends 52 tones in a legacy and 56 in an HT training field with the same total power.*/
    double ht = rec->hw->ltf == AW_LTF_LEGACY ? sqrt(52.0 / 56) : 1;
    for (uint32_t rx = 0; rx < ch->n_rx; rx++) {
        double power = 0;
        for (uint32_t tx = 0; tx < ch->n_tx; tx++) {
            double *re = h + (size_t)(rx * ch->n_tx + tx) * 2 * ch->stride, *im = re + ch->stride;
            power += turn(ch, packet->phase_rad + rec->chain_rad[rx], packet->delay_s, re, im);
            for (uint32_t i = 0; i < n; i++, iq += 2) {
                iq[0] = iq[1] = 0;
                if (kind[i] & AW_SUB_NULL) continue;
                int at = k[i] - ch->grid.k_first;
                double gain = (kind[i] & AW_LTF_MASK) == rec->hw->ltf ? 1 : ht;
                double x = re[at] * gain, y = im[at] * gain;
                if (sigma > 0) {
                    x += sigma * (double)aw_rng_normal(&r);
                    y += sigma * (double)aw_rng_normal(&r);
                }
                x *= packet->gain;
                y *= packet->gain;
                iq[0] = quantise ? quantised(x, rec->hw->full_scale) : (float)x;
                iq[1] = quantise ? quantised(y, rec->hw->full_scale) : (float)y;
            }
        }
        rssi_db[rx] = 10 * log10(power / ch->n_tx / ch->power);
    }
}
