#ifndef AW_READERS_ATHEROS_H
#define AW_READERS_ATHEROS_H

#include "airwake.h"

/* Bytes of the packed values: two times 10 bits each. */
static inline size_t aw_atheros_packed_bytes(unsigned n_sub, unsigned n_rx, unsigned n_tx) {
    return (size_t)n_sub * n_rx * n_tx * 20 / 8;
}

/* iq [n_rx][n_tx][n_sub] from the packed values: by subcarrier, then transmit chain, then receive
 * chain; imaginary part first, lowest bit first. n_sub is even. Shared with PicoScenes. */
void aw_atheros_unpack(const uint8_t *bits, unsigned n_sub, unsigned n_rx, unsigned n_tx,
                       float *iq);

#endif
