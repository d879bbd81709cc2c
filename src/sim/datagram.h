#ifndef AW_SIM_DATAGRAM_H
#define AW_SIM_DATAGRAM_H

#include "sim/config.h"

/* What a simulated node sends. */

/* RuView's raw CSI (ADR-018), little-endian:
 *
 *     0 u32 magic 0xC5110001 | 4 u8 node | 5 u8 antennas = 1 | 6 u16 n | 8 u32 MHz | 12 u32
 * sequence 16 i8 RSSI dBm | 17 i8 noise dBm | 18 u16 0 | 20 n pairs of i8: imaginary, real
 *
 * Returns the length. Errors: NOMEM, cap is smaller; UNSUPPORTED, more than one antenna. */
AW_MUST_USE int aw_sim_datagram_ruview(const struct aw_frame *f, uint8_t *buf, size_t cap);

/* The marker text (sim/marker.h). Returns the length. Errors: NOMEM. */
AW_MUST_USE int aw_sim_datagram_marker(const struct aw_sim_config *c, const char *scenario,
                                       uint8_t *buf, size_t cap);

#endif
