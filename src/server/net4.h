#ifndef AW_SERVER_NET4_H
#define AW_SERVER_NET4_H

#include "airwake.h"

/* An IPv4 network: the addresses a with (a & mask) == ip. Host order. */
struct aw_net4 {
    uint32_t ip, mask;
};

/* "192.168.1.20" or "192.168.1.0/24"; decimal, without leading zeros. Bits of the address behind the
 * prefix do not count. False: text is neither. */
AW_MUST_USE bool aw_net4_parse(const char *text, struct aw_net4 *out);

bool aw_net4_has(const struct aw_net4 *net, uint32_t ip);

#endif
