/* A sequence of records from several senders into one session: each is used, skipped or refused
 * and counted, and updates stay well formed.
 *
 *     u8 sender | u8 time step, 10 ms | u16le length | bytes ... */
#include "airwake.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const struct aw_config config = {.max_links = 4};
    struct aw_session *s;
    struct aw_update u;
    int64_t t_ns = 1700000000000000000;
    if (aw_session_create(&config, &s) != AW_OK) abort();
    while (len >= 4) {
        size_t n = data[2] | (size_t)data[3] << 8;
        if (n > len - 4) n = len - 4;
        t_ns += data[1] * 10000000LL;
        (void)aw_session_push_record(s, t_ns, data[0] & 3u, data + 4, n, NULL);
        while (aw_session_poll(s, &u)) {
            if (u.breathing_bpm.reason == AW_REASON_NONE && !isfinite(u.breathing_bpm.value))
                abort();
            if (u.motion.reason == AW_REASON_NONE && !isfinite(u.motion.value)) abort();
        }
        data += 4 + n;
        len -= 4 + n;
    }
    aw_session_destroy(s);
    return 0;
}
