#ifndef AW_BASE_CRC32_H
#define AW_BASE_CRC32_H

#include "airwake.h"

/* CRC-32 of IEEE 802.3: reflected, polynomial 0xEDB88320, initial and final XOR 0xFFFFFFFF.
 * Check value of "123456789": 0xCBF43926. */
uint32_t aw_crc32_run(const void *data, size_t len);

#endif
