/* What the simulator writes, the ordinary readers read back: the same values on the same
 * subcarriers, for every hardware. */
#include "readers/awk1.h"
#include "readers/reader.h"
#include "room.h"
#include "sim/datagram.h"

static void loop(enum aw_sim_hw hw, uint32_t n_rx, uint32_t n_tx) {
    struct room r;
    static uint8_t buf[AW_AWK1_MAX_BYTES];
    static float iq[2 * AW_MAX_CHAINS * AW_MAX_CHAINS * AW_SIM_MAX_VALUES];
    static struct aw_reader_state state;
    memset(&state, 0, sizeof state);
    CHECK_INT(aw_sim_config_scenario(&r.config, "walk", hw, 1), AW_OK);
    r.config.n_rx = n_rx;
    r.config.n_tx = n_tx;
    r.config.seconds = 2;
    r.config.impair.mixed = 0.3;
    room_init(&r);
    while (room_next(&r)) {
        const struct aw_frame *want = &r.frame;
        int len = hw == AW_SIM_ESP32 ? aw_sim_datagram_ruview(want, buf, sizeof buf)
                                     : aw_awk1_write(want, (uint32_t)want->seq, buf, sizeof buf);
        CHECK(len > 0);
        if (len <= 0) break;
        const struct aw_reader *reader = aw_reader_find_datagram(buf, (size_t)len);
        CHECK(reader != NULL);
        if (!reader) break;
        struct aw_frame got = {.iq = iq, .iq_cap = sizeof iq / sizeof *iq / 2};
        size_t consumed;
        CHECK_INT(reader->read(&state, buf, (size_t)len, true, &got, &consumed), 1);
        CHECK_INT(got.n_sub, want->n_sub);
        CHECK(got.n_rx == n_rx && got.n_tx == n_tx && got.node == want->node);
        CHECK(got.seq == want->seq && got.freq_mhz == want->freq_mhz);
        CHECK_NEAR(got.rssi_dbm[0], want->rssi_dbm[0], 0);
        CHECK_NEAR(got.noise_dbm, want->noise_dbm, 0);
        CHECK_NEAR(got.quant_step, want->quant_step, 0);
        CHECK_NEAR(got.spacing_hz, want->spacing_hz, 0);
        CHECK_INT(got.bandwidth_mhz, want->bandwidth_mhz);
        if (got.n_sub != want->n_sub) break;
        CHECK(memcmp(iq, r.iq, sizeof(float) * 2 * n_rx * n_tx * want->n_sub) == 0);
        for (int i = 0; i < want->n_sub; i++) {
            CHECK_INT(got.k[i], want->k[i]);
            CHECK_INT(got.kind[i], want->kind[i]);
        }
    }
    room_free(&r);
}

int main(void) {
    loop(AW_SIM_ESP32, 1, 1);
    loop(AW_SIM_INTEL5300, 3, 3);
    loop(AW_SIM_NEXMON20, 1, 1);
    loop(AW_SIM_NEXMON40, 2, 2);
    loop(AW_SIM_NEXMON80, 4, 4);
    loop(AW_SIM_GENERIC, 2, 1);
    return test_end();
}
