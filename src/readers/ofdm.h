#ifndef AW_READERS_OFDM_H
#define AW_READERS_OFDM_H

#include "airwake.h"

/* Which subcarriers 802.11 uses and what they carry: true index (0 = centre of the channel) and
 * kind (AW_SUB_* | AW_LTF_*) of every value. Shared by the readers; all tables are constants.
 * Sources stand at each table. */
struct aw_ofdm_table {
    uint16_t n;
    float spacing_hz; /* 312500, HE 78125 */
    const int16_t *k;
    const uint8_t *kind;
};

enum aw_ofdm_phy { AW_OFDM_LEGACY, AW_OFDM_HT, AW_OFDM_VHT, AW_OFDM_HE };

/* The subcarriers in use, data and pilots, ascending. mhz: 20, 40, 80, 160 (HT: 20, 40).
 * NULL when there is no such mode. */
const struct aw_ofdm_table *aw_ofdm_used(enum aw_ofdm_phy phy, unsigned mhz);

/* Every bin of the FFT (64, 128, 256, 512) as it leaves the FFT: 0, 1, ..., -2, -1; roles as in
 * VHT, of which HT is the same and legacy a part. */
const struct aw_ofdm_table *aw_ofdm_fft(unsigned mhz);

/* The 30 subcarriers that an Intel 5300 reports. mhz: 20, 40. */
const struct aw_ofdm_table *aw_ofdm_intel5300(unsigned mhz);

/* What Intel AX200 and AX210 report: all that are used, legacy at 20 MHz only; but the values of
 * HT, VHT and HE pilots are not the channel (FeitCSI, CSI format: "too low to be useful"; seen in
 * its recordings and those of PicoScenes) and are marked AW_SUB_INVALID beside AW_SUB_PILOT. */
const struct aw_ofdm_table *aw_ofdm_ax(enum aw_ofdm_phy phy, unsigned mhz);

/* Tables by number, for AWK1: numbers are append only. aw_ofdm_id gives the table with this
 * content, -1 when there is none. */
const struct aw_ofdm_table *aw_ofdm_table(unsigned id);
int aw_ofdm_id(const int16_t *k, const uint8_t *kind, unsigned n);

#endif
