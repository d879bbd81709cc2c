#ifndef AW_SIM_MARKER_H
#define AW_SIM_MARKER_H

#include "airwake.h"

#include <string.h>

/* A simulated recording says so itself: the first datagram of each of its nodes, and one every
 * AW_SIM_MARKER_S seconds, carries this text instead of a measurement,
 *
 *     AWSIM1 {"simulated":true,"scenario":"walk","seed":1,...}
 *
 * so that whatever is computed from the datagrams after it can be marked simulated, also when they
 * are sent live. No other format's datagram begins like this. */
#define AW_SIM_MARKER "AWSIM1 "
enum { AW_SIM_MARKER_LEN = sizeof AW_SIM_MARKER - 1, AW_SIM_MARKER_S = 10 };

static inline bool aw_sim_marker_is(const uint8_t *datagram, size_t len) {
    return len >= AW_SIM_MARKER_LEN && memcmp(datagram, AW_SIM_MARKER, AW_SIM_MARKER_LEN) == 0;
}

#endif
