#include "server/names.h"

#include <stdio.h>

static size_t append(char *name, size_t at, const char *role, uint64_t id) {
    if (id == 0 || at >= AW_LINK_NAME) return at;
    int n;
    if (id < 0x10000)
        n = snprintf(name + at, AW_LINK_NAME - at, "%s %u", role, (unsigned)id);
    else
        n = snprintf(name + at, AW_LINK_NAME - at, " %02x:%02x:%02x:%02x:%02x:%02x",
                     (unsigned)(id >> 40 & 255), (unsigned)(id >> 32 & 255),
                     (unsigned)(id >> 24 & 255), (unsigned)(id >> 16 & 255),
                     (unsigned)(id >> 8 & 255), (unsigned)(id & 255));
    return n > 0 ? at + (size_t)n : at;
}

void aw_link_name(const struct aw_link_info *info, char name[AW_LINK_NAME]) {
    int n = snprintf(name, AW_LINK_NAME, "%s", aw_format_key(info->format));
    size_t at = n > 0 ? (size_t)n : 0;
    at = append(name, at, " node", info->node);
    at = append(name, at, " tx", info->tx);
    if ((info->rx_chain || info->tx_chain) && at < AW_LINK_NAME)
        snprintf(name + at, AW_LINK_NAME - at, " chain %u.%u", info->rx_chain, info->tx_chain);
}
