#include "room.h"
#include "sim/datagram.h"
#include "sim/marker.h"
#include "sim/truth_json.h"

/* The frame of RuView's own firmware header, put together by hand from its sources: node 3,
 * 2437 MHz, sequence 70000, RSSI -57, noise -95, pairs imaginary first. */
static void vector(void) {
    static const uint8_t want[] = {0x01, 0x00, 0x11, 0xc5, 0x03, 0x01, 0x04, 0x00, 0x85, 0x09,
                                   0x00, 0x00, 0x70, 0x11, 0x01, 0x00, 0xc7, 0xa1, 0x00, 0x00,
                                   0x00, 0x00, 0x0f, 0x03, 0xf3, 0x04, 0x0e, 0x80};
    float iq[] = {0, 0, 3, 15, 4, -13, -128, 14};
    struct aw_frame f = {.node = 3,
                         .freq_mhz = 2437,
                         .seq = 70000,
                         .rssi_dbm = {-57},
                         .noise_dbm = -95,
                         .n_rx = 1,
                         .n_tx = 1,
                         .n_sub = 4,
                         .iq = iq};
    uint8_t got[64];
    for (size_t cap = 0; cap < sizeof want; cap++)
        CHECK_INT(aw_sim_datagram_ruview(&f, got, cap), AW_ERR_NOMEM);
    CHECK_INT(aw_sim_datagram_ruview(&f, got, sizeof want), sizeof want);
    CHECK(memcmp(got, want, sizeof want) == 0);
    f.n_rx = 2;
    CHECK_INT(aw_sim_datagram_ruview(&f, got, sizeof got), AW_ERR_UNSUPPORTED);
}

static void marker(void) {
    struct aw_sim_config c;
    CHECK_INT(aw_sim_config_scenario(&c, "walk", AW_SIM_ESP32, 77), AW_OK);
    uint8_t got[512] = {0};
    int len = aw_sim_datagram_marker(&c, "walk", got, sizeof got - 1);
    CHECK_STR((char *)got, "AWSIM1 {\"simulated\":true,\"scenario\":\"walk\",\"seed\":77,"
                           "\"hw\":\"esp32\",\"links\":1,\"rate_hz\":100.000,\"seconds\":60.000}");
    CHECK_INT(len, strlen((char *)got));
    CHECK(aw_sim_marker_is(got, (size_t)len));
    for (size_t cap = 0; cap < (size_t)len; cap++)
        CHECK_INT(aw_sim_datagram_marker(&c, "walk", got, cap), AW_ERR_NOMEM);
    CHECK(!aw_sim_marker_is(got, AW_SIM_MARKER_LEN - 1));
    CHECK(!aw_sim_marker_is((const uint8_t *)"AWSIM2 {}", 9));
}

static void truth(void) {
    struct room r;
    CHECK_INT(aw_sim_config_scenario(&r.config, "still", AW_SIM_ESP32, 1), AW_OK);
    room_init(&r);
    struct aw_sim_truth t;
    aw_sim_truth(&r.sim, r.config.start_ns + 2500000000, &t);
    char line[1024];
    struct aw_json j;
    aw_json_init(&j, line, sizeof line);
    aw_sim_truth_write(&t, r.config.start_ns, &j);
    const char *text = aw_json_text(&j);
    CHECK(text && strstr(text, "{\"t_s\":2.500,\"state\":\"still\",\"persons\":1,\"falls\":0,"));
    CHECK(text && strstr(text, "\"breathing_bpm\":15.000"));
    room_free(&r);
}

int main(void) {
    vector();
    marker();
    truth();
    return test_end();
}
