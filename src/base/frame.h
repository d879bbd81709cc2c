#ifndef AW_BASE_FRAME_H
#define AW_BASE_FRAME_H

#include "airwake.h"

#include <math.h>

/* A frame with nothing known, keeping only where its values go. Readers start from this. */
static inline void aw_frame_clear(struct aw_frame *f) {
    float *iq = f->iq;
    uint32_t cap = f->iq_cap;
    *f = (struct aw_frame){.iq = iq,
                           .iq_cap = cap,
                           .chip = "",
                           .seq = -1,
                           .n_rx = 1,
                           .n_tx = 1,
                           .spacing_hz = 312500,
                           .rssi_dbm = {NAN, NAN, NAN, NAN},
                           .noise_dbm = NAN,
                           .agc_db = NAN};
}

/* Complex values in the frame. */
static inline uint32_t aw_frame_values(const struct aw_frame *f) {
    return (uint32_t)f->n_rx * f->n_tx * f->n_sub;
}

/* Primary channel's centre in MHz by 802.11 channel number; 0 unknown.
 * 2.4 GHz: 2407 + 5 ch (14: 2484); 5 GHz: 5000 + 5 ch. Source: IEEE
 * 802.11-2020, 15.4.4.3, 17.3.8.4.2. */
static inline uint16_t aw_channel_to_mhz(unsigned channel) {
    if (channel >= 1 && channel <= 13) return (uint16_t)(2407 + 5 * channel);
    if (channel == 14) return 2484;
    if (channel >= 32 && channel <= 177) return (uint16_t)(5000 + 5 * channel);
    return 0;
}

static inline uint16_t aw_mhz_to_channel(unsigned mhz) {
    if (mhz == 2484) return 14;
    if (mhz >= 2412 && mhz <= 2472 && (mhz - 2407) % 5 == 0) return (uint16_t)((mhz - 2407) / 5);
    if (mhz >= 5160 && mhz <= 5885 && mhz % 5 == 0) return (uint16_t)((mhz - 5000) / 5);
    return 0;
}

#endif
