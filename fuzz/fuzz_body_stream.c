/* Any bytes: refused, or the one form of the map they say. */
#include "sense/body_stream.h"

#include <stdlib.h>
#include <string.h>

enum { CAP = 128 * 128 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static unsigned char memory[4 * CAP];
    static uint8_t out[AW_BODY_STREAM_BYTES(CAP)];
    struct aw_body_map m;
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    if (aw_body_map_init(&m, &arena, CAP) != AW_OK) abort();
    if (aw_body_stream_read(&m, data, len) != AW_OK) {
        if (m.w != 0 || m.h != 0) abort();
        return 0;
    }
    int n = aw_body_stream_write(&m, out, sizeof out);
    if (n < 0 || (size_t)n != len || memcmp(out, data, len) != 0) abort();
    return 0;
}
