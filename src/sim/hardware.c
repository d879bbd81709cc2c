#include "sim/hardware.h"

#include "base/frame.h"

#include <stdlib.h>

/* Levels: an ESP32's amplitudes sit near 20 of 127, a 5300's near 30 (recordings in our test data);
 * bcm43455 counts in 12 bits and more. */
const struct aw_sim_hardware aw_sim_hardware[AW_SIM_HW_COUNT] = {
    [AW_SIM_ESP32] = {"esp32", "", AW_FORMAT_RUVIEW, 20, 6, 64, 1, 26, 1, AW_LTF_LEGACY, 127, 20},
    [AW_SIM_INTEL5300] = {"intel5300", "intel5300", AW_FORMAT_INTEL5300, 20, 64, 30, 3, 28, 1,
                          AW_LTF_HT, 127, 30},
    [AW_SIM_NEXMON20] = {"nexmon20", "bcm43455c0", AW_FORMAT_NEXMON, 20, 36, 64, 4, 28, 1,
                         AW_LTF_VHT, 2047, 400},
    [AW_SIM_NEXMON40] = {"nexmon40", "bcm43455c0", AW_FORMAT_NEXMON, 40, 36, 128, 4, 58, 2,
                         AW_LTF_VHT, 2047, 400},
    [AW_SIM_NEXMON80] = {"nexmon80", "bcm43455c0", AW_FORMAT_NEXMON, 80, 36, 256, 4, 122, 2,
                         AW_LTF_VHT, 2047, 400},
    [AW_SIM_GENERIC] = {"generic", "", AW_FORMAT_AWK1, 20, 6, 56, 4, 28, 1, AW_LTF_HT, 0, 1},
};

double aw_sim_hardware_centre_hz(const struct aw_sim_hardware *h, unsigned channel) {
    double primary_hz = aw_channel_to_mhz(channel) * 1e6;
    if (h->bandwidth_mhz == 20) return primary_hz;
    if (channel <= 14) return primary_hz + (h->bandwidth_mhz - 20) * 0.5e6;
    unsigned first = channel >= 149 ? 149 : 36; /* channels of the block are 4 apart */
    unsigned block = h->bandwidth_mhz / 5;
    unsigned start = first + (channel - first) / block * block;
    return (5000 + 5.0 * start - 10 + h->bandwidth_mhz / 2.0) * 1e6;
}

/* Pilots by bandwidth. Source: IEEE 802.11-2020, 17.3.5.10, 19.3.11.10, 21.3.10.10. */
static bool is_pilot(int k, unsigned bandwidth_mhz) {
    int a = abs(k);
    if (bandwidth_mhz == 20) return a == 7 || a == 21;
    if (bandwidth_mhz == 40) return a == 11 || a == 25 || a == 53;
    return a == 11 || a == 39 || a == 75 || a == 103;
}

static uint8_t kind_of(int k, const struct aw_sim_hardware *h, int k_last, uint8_t ltf) {
    if (abs(k) < h->k_first || abs(k) > k_last) return (uint8_t)(AW_SUB_NULL | ltf);
    return (uint8_t)((is_pilot(k, h->bandwidth_mhz) ? AW_SUB_PILOT : AW_SUB_DATA) | ltf);
}

/* Every bin of the FFT: 0, 1, ... n/2 - 1, -n/2, ... -1. */
static void fft_order(const struct aw_sim_hardware *h, int n, int k_last, uint8_t ltf, int16_t *k,
                      uint8_t *kind) {
    for (int i = 0; i < n; i++) {
        k[i] = (int16_t)(i < n / 2 ? i : i - n);
        kind[i] = kind_of(k[i], h, k_last, ltf);
    }
}

uint16_t aw_sim_hardware_layout(enum aw_sim_hw hw, bool mixed, int16_t *k, uint8_t *kind) {
    const struct aw_sim_hardware *h = &aw_sim_hardware[hw];
    uint16_t n = 0;
    switch (hw) {
    case AW_SIM_INTEL5300: /* IEEE 802.11-2020, table 9-68, Ng = 2: -28, -26 .. -2, -1, 1, 3 .. 28
                            */
    case AW_SIM_GENERIC:
        for (int i = -h->k_last; i <= h->k_last; i++) {
            bool even = i % 2 == 0;
            bool reported = i < 0 ? even || i == -1 : !even || i == h->k_last;
            if (i == 0 || (hw == AW_SIM_INTEL5300 && !reported)) continue;
            k[n] = (int16_t)i;
            kind[n++] = kind_of(i, h, h->k_last, h->ltf);
        }
        return n;
    default:
        n = h->n_values;
        fft_order(h, n, h->k_last, h->ltf, k, kind);
        if (hw != AW_SIM_ESP32 || !mixed) return n;
        fft_order(h, n, 28, AW_LTF_HT, k + n, kind + n);
        return (uint16_t)(2 * n);
    }
}
