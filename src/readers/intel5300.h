#ifndef AW_READERS_INTEL5300_H
#define AW_READERS_INTEL5300_H

#include "airwake.h"

enum { AW_INTEL5300_N_SUB = 30 };

/* iq [n_rx][n_tx][30] from the card's packed bits; bits must have 2 readable bytes after the last.
 * row[r] is the chain that the r-th column of the packed data becomes. Shared with PicoScenes. */
void aw_intel5300_unpack(const uint8_t *bits, unsigned n_rx, unsigned n_tx, const uint8_t row[3],
                         float *iq);

/* Bytes of the packed bits: 30 subcarriers of 3 bits and 16 bits per pair, rounded up. */
static inline size_t aw_intel5300_packed_bytes(unsigned n_rx, unsigned n_tx) {
    return ((size_t)AW_INTEL5300_N_SUB * (n_rx * n_tx * 16 + 3) + 7) / 8;
}

/* antenna_sel -> row of each column; false (and the identity) when it is not a permutation of the
 * first n_rx antennas. */
bool aw_intel5300_rows(uint8_t antenna_sel, unsigned n_rx, uint8_t row[3]);

/* Scales iq in place to absolute units, the square root of the signal-to-noise ratio:
 *     H = csi sqrt(s / (N + s n_rx n_tx)) g,   s = P / (sum |csi|^2 / 30)
 * P received power, mW, summed over the antennas; N noise, mW (-92 dBm when the card does not
 * know); the second term is one quantisation step of noise per entry; g^2 = 1, 2, 10^0.45 for 1,
 * 2, 3 transmit chains: the card's own approximation of n_tx. quant_step is scaled alike.
 * Errors: INVAL (not a frame of this reader, already absolute, power unknown), EMPTY.
 * Source: D. Halperin, Linux 802.11n CSI Tool, get_scaled_csi.m and get_total_rss.m, 2011. */
int aw_intel5300_scale(struct aw_frame *f);

#endif
