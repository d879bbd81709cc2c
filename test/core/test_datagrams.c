/* Datagrams of every length 0..2100 with random content, and behind every magic that is known:
 * each is used, skipped or refused and counted; none does harm (run under sanitizers too). */
#include "airwake.h"
#include "test.h"

static uint64_t state = 1;

static uint8_t random_byte(void) /* SplitMix64 */
{
    uint64_t z = (state += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (uint8_t)(z >> 56);
}

int main(void) {
    static const uint8_t magics[][6] = {
        {0},
        {0x01, 0x00, 0x11, 0xC5},
        {0x02, 0x00, 0x11, 0xC5},
        {0x03, 0x00, 0x11, 0xC5},
        {0x04, 0x00, 0x11, 0xC5},
        {0x05, 0x00, 0x11, 0xC5},
        {0x06, 0x00, 0x11, 0xC5},
        {0x00, 0x81, 0x11, 0xC5},
        {0x11, 0x11},
        {0x11, 0x11, 0x11, 0x11},
        {'A', 'W', 'K', '1'},
        {'C', 'S', 'I', '_', 'D', 'A'},
    };
    struct aw_config config;
    struct aw_session *s;
    aw_config_default(&config);
    CHECK_INT(aw_session_create(&config, &s), AW_OK);
    static uint8_t bytes[2100];
    uint64_t used = 0, skipped = 0, refused = 0, sent = 0;
    for (size_t m = 0; m < sizeof magics / sizeof *magics; m++) {
        size_t n_magic = 0;
        while (n_magic < 6 && magics[m][n_magic]) n_magic++;
        if (m && !n_magic) n_magic = 4;
        if (m >= 1 && m <= 7) n_magic = 4;
        for (size_t len = 0; len <= sizeof bytes; len++) {
            for (size_t i = 0; i < len; i++) bytes[i] = random_byte();
            memcpy(bytes, magics[m], n_magic < len ? n_magic : len);
            /* a block of its own, so that reading past its end is seen */
            uint8_t *block = malloc(len ? len : 1);
            memcpy(block, bytes, len);
            sent++;
            int got = aw_session_push_record(s, 1700000000000000000 + (int64_t)sent * 1000000,
                                             1 + m, block, len, NULL);
            free(block);
            if (got > 0)
                used++;
            else if (got == 0)
                skipped++;
            else
                refused++;
            struct aw_update u;
            while (aw_session_poll(s, &u)) {
            }
        }
    }
    uint64_t counted = 0;
    for (int f = 0; f < AW_FORMAT_COUNT; f++)
        for (int e = 1; e < AW_ERR_COUNT; e++)
            counted += aw_session_refused(s, (enum aw_format)f, -e);
    CHECK_INT(counted, refused);
    CHECK_INT(used + skipped + refused, sent);
    CHECK(refused > sent / 2);
    aw_session_destroy(s);
    return test_end();
}
