#ifndef AW_SIM_IMPAIR_H
#define AW_SIM_IMPAIR_H

#include "sim/channel.h"
#include "sim/hardware.h"
#include "sim/rng.h"

/* What the receiver of one link does to a channel:
 *
 *     iq = Q( g (H + n) exp(j (phi + psi_rx - 2 pi k spacing delay)) )
 *
 * phi and delay are one per packet for all antennas (one oscillator, one sampling clock), psi_rx
 * is a constant of each receive chain. Q rounds to the hardware's integers and saturates. */
struct aw_sim_receiver {
    const struct aw_sim_hardware *hw;
    const struct aw_sim_impair *impair;
    double gain;  /* from H to units of iq */
    double noise; /* rms of n in units of H, per complex value */
    double sample_s;
    double chain_rad[AW_MAX_CHAINS];
    double step_db; /* sum of the gain steps so far */
};

void aw_sim_receiver_init(struct aw_sim_receiver *rec, const struct aw_sim_channel *ch,
                          const struct aw_sim_hardware *hw, const struct aw_sim_impair *impair,
                          uint64_t seed, uint32_t link);

/* Gain, phase and slope of one packet. */
struct aw_sim_packet {
    double gain, phase_rad, delay_s;
    uint64_t seed, item;
    uint32_t link;
};

/* The next packet's; advances the gain steps.
 * dt_s  since the packet before */
void aw_sim_receiver_packet(struct aw_sim_receiver *rec, uint64_t seed, uint32_t link,
                            uint64_t item, double t_s, double dt_s, struct aw_sim_packet *out);

/* The values of a frame.
 * h        [n_rx][n_tx] re[stride], im[stride]; overwritten
 * n, k, kind  the frame's layout; values without energy become 0
 * iq       [n_rx][n_tx][n] (re, im)
 * rssi     [n_rx] power of the channel over the static one, dB */
void aw_sim_receiver_run(const struct aw_sim_receiver *rec, const struct aw_sim_channel *ch,
                         const struct aw_sim_packet *packet, double *h, uint32_t n,
                         const int16_t *k, const uint8_t *kind, float *iq, double *rssi_db);

#endif
