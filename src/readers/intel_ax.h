#ifndef AW_READERS_INTEL_AX_H
#define AW_READERS_INTEL_AX_H

#include "readers/ofdm.h"

/* The values of an Intel AX200 or AX210, as FeitCSI and PicoScenes hand them on: pairs of int16,
 * [n_rx][n_tx][n], imaginary part first.
 *
 * FeitCSI's documentation calls the first the real part, PicoScenes' parser (CSISegment.cxx,
 * fromIWLMVM) the imaginary one. The channel decides: in FeitCSI's recordings at 40, 80 and 160 MHz
 * the impulse response has its tail before the strongest path when the first is taken as real
 * (by 6, 13 and 17 dB), and behind it when taken as imaginary. */
struct aw_intel_ax_layout {
    const struct aw_ofdm_table *table;
    uint16_t n;               /* values per chain as they come */
    uint16_t gap_at, gap_len; /* values to leave out */
};

/* The layout for n values per chain. At 160 MHz some firmware pads the first 80 MHz to 256 (VHT)
 * or 1024 (HE) values. Source: PicoScenes, CSISegment.cxx; FeitCSI, Csi.cpp.
 * Returns false when no layout of this mode has n values. */
bool aw_intel_ax_layout(enum aw_ofdm_phy phy, unsigned mhz, unsigned n,
                        struct aw_intel_ax_layout *out);

/* iq [chains][table->n] from 4 n chains bytes. */
void aw_intel_ax_unpack(const struct aw_intel_ax_layout *layout, const uint8_t *bytes,
                        unsigned chains, float *iq);

#endif
