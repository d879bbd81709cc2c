/* Any packet, under any of the link types a capture may have. */
#include "server/udp_payload.h"

#include <pcap/pcap.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static const int types[] = {DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_RAW, 147};
    struct aw_udp_payload out;
    if (len == 0) return 0;
    int dlt = types[data[0] % (sizeof types / sizeof *types)];
    if (aw_udp_payload_find(dlt, data + 1, len - 1, &out) != AW_OK) return 0;
    if (out.data < data + 1 || out.data + out.len > data + len) abort();
    return 0;
}
