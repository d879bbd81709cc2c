#ifndef AW_SIM_HARDWARE_H
#define AW_SIM_HARDWARE_H

#include "sim/config.h"

enum { AW_SIM_MAX_VALUES = 256 }; /* values per antenna pair of any hardware here */

/* How a simulated receiver reports the channel. */
struct aw_sim_hardware {
    const char *key; /* of --hw and JSON */
    const char *chip;
    enum aw_format format;
    uint16_t bandwidth_mhz;
    uint16_t channel; /* usual primary channel */
    uint16_t n_values;
    uint16_t max_chains;
    int16_t k_last; /* subcarriers -k_last..-k_first, k_first..k_last carry energy */
    int16_t k_first;
    uint8_t ltf;       /* AW_LTF_* */
    double full_scale; /* largest integer; 0: floating point */
    double level;      /* usual root mean square value */
};

extern const struct aw_sim_hardware aw_sim_hardware[AW_SIM_HW_COUNT];

/* Centre of the channel in Hz: the middle of the 20, 40 or 80 MHz block that holds the primary
 * channel. Source: IEEE 802.11-2020, Annex E; at 2.4 GHz the secondary lies above. */
double aw_sim_hardware_centre_hz(const struct aw_sim_hardware *h, unsigned channel);

/* Subcarrier index and kind of each value, in the order in which the hardware stores them.
 * k, kind  [AW_SIM_MAX_VALUES]
 * mixed    the 128-value frame of AW_SIM_ESP32: legacy, then HT training field
 * Returns the number of values. */
uint16_t aw_sim_hardware_layout(enum aw_sim_hw hw, bool mixed, int16_t *k, uint8_t *kind);

#endif
