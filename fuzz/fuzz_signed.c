/* Datagrams through the gate, against the plain definition of what it lets in.
 *
 *     op | ... :  0 bytes as they are      u8 length | bytes
 *                 1 signed                 i16le sequence from the last | i8 time, s | u8 damage
 *                 2 other rules            u8 */
#include "server/gate.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MIDDLE = 1 << 14, SPAN = 2 * MIDDLE };
static const int64_t NOW = 1700000000000000000, S = 1000000000;
static const uint8_t inner[5] = {1, 2, 3, 4, 5};

static struct aw_gate gate;
static struct aw_gate_rules rules;
static int64_t tick;
static uint8_t seen[SPAN];
static uint64_t highest, at;

static int pass(const uint8_t **data, size_t *len) {
    return aw_gate_pass(&gate, 1, tick += S, NOW, data, len);
}

static void plain(const uint8_t *bytes, size_t n) {
    const uint8_t *data = bytes;
    size_t len = n;
    int err = pass(&data, &len);
    if (!aw_signed_is(bytes, n) && err != (rules.require_auth ? AW_ERR_UNSIGNED : AW_OK)) abort();
    /* without the key nobody gets one through: of 2^128 */
    if (aw_signed_is(bytes, n) && err == AW_OK) abort();
    if (err == AW_OK && (data != bytes || len != n)) abort();
}

static void signed_one(int step, int time_s, unsigned damage) {
    uint8_t buf[sizeof inner + AW_SIGNED_MORE_BYTES];
    at += (uint64_t)(int64_t)step;
    if (at >= SPAN) at = MIDDLE;
    const struct aw_signed s = {7, at, NOW + time_s * S, inner, sizeof inner};
    if (aw_signed_write(&s, rules.keys.list[0].key, buf, sizeof buf) != sizeof buf) abort();
    if (damage) buf[damage % sizeof buf] ^= (uint8_t)(1 + damage % 255);
    const uint8_t *data = buf;
    size_t len = sizeof buf;
    int err = pass(&data, &len), want = AW_OK;
    if (damage) {
        if (err == AW_OK && damage % sizeof buf >= 4) abort();
        return;
    }
    if (time_s < -AW_GATE_STALE_S || time_s > AW_GATE_STALE_S)
        want = AW_ERR_STALE;
    else if (seen[at] || (at <= highest && highest - at >= AW_REPLAY_WINDOW))
        want = AW_ERR_REPLAYED;
    if (err != want) abort();
    if (err != AW_OK) return;
    seen[at] = 1;
    if (at > highest) highest = at;
    if (len != sizeof inner || memcmp(data, inner, len) != 0) abort();
}

static void start(void) {
    rules = (struct aw_gate_rules){.packets_per_s = 1e6, .since_ns = NOW - 3600 * S};
    rules.keys.n = 1;
    rules.keys.list[0].id = 7;
    if (aw_gate_open(&gate, &rules) != AW_OK) abort();
    memset(seen, 0, sizeof seen);
    highest = 0;
    at = MIDDLE;
}

static void change(uint8_t what) {
    rules.require_auth = what & 1;
    if (aw_gate_change(&gate, &rules) != AW_OK) abort();
    aw_gate_turn(&gate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    start();
    while (len >= 2) {
        size_t n = 2;
        switch (data[0] % 3) {
        case 0:
            n += data[1] < len - 2 ? data[1] : len - 2;
            plain(data + 2, n - 2);
            break;
        case 1:
            if (len < 5) len = n = 0;
            if (n == 0) break;
            n = 5;
            signed_one((int16_t)(data[1] | data[2] << 8), (int8_t)data[3], data[4]);
            break;
        default:
            change(data[1]);
        }
        data += n;
        len -= n;
    }
    aw_gate_close(&gate);
    return 0;
}
