#include "sim/datagram.h"

#include "base/json.h"
#include "sim/hardware.h"
#include "sim/marker.h"

#include <math.h>
#include <string.h>

static void put16(uint8_t *p, uint32_t x) {
    p[0] = (uint8_t)x;
    p[1] = (uint8_t)(x >> 8);
}

static void put32(uint8_t *p, uint32_t x) {
    put16(p, x & 0xFFFF);
    put16(p + 2, x >> 16);
}

static uint8_t int8_bits(float x) {
    return (uint8_t)(int8_t)fminf(fmaxf(rintf(x), -128), 127);
}

int aw_sim_datagram_ruview(const struct aw_frame *f, uint8_t *buf, size_t cap) {
    enum { HEADER = 20 };
    size_t len = HEADER + 2 * (size_t)f->n_sub;
    if (f->n_rx != 1 || f->n_tx != 1) return AW_ERR_UNSUPPORTED;
    if (cap < len) return AW_ERR_NOMEM;
    memset(buf, 0, HEADER);
    put32(buf, 0xC5110001);
    buf[4] = (uint8_t)f->node;
    buf[5] = 1;
    put16(buf + 6, f->n_sub);
    put32(buf + 8, f->freq_mhz);
    put32(buf + 12, (uint32_t)f->seq);
    buf[16] = int8_bits(f->rssi_dbm[0]);
    buf[17] = int8_bits(f->noise_dbm);
    for (uint32_t i = 0; i < f->n_sub; i++) {
        buf[HEADER + 2 * i] = int8_bits(f->iq[2 * i + 1]);
        buf[HEADER + 2 * i + 1] = int8_bits(f->iq[2 * i]);
    }
    return (int)len;
}

int aw_sim_datagram_marker(const struct aw_sim_config *c, const char *scenario, uint8_t *buf,
                           size_t cap) {
    char text[512];
    struct aw_json j;
    aw_json_init(&j, text, sizeof text);
    aw_json_open(&j, '{');
    aw_json_key(&j, "simulated");
    aw_json_bool(&j, true);
    aw_json_key(&j, "scenario");
    aw_json_str(&j, scenario);
    aw_json_key(&j, "seed");
    aw_json_uint(&j, c->seed);
    aw_json_key(&j, "hw");
    aw_json_str(&j, aw_sim_hardware[c->hw].key);
    aw_json_key(&j, "links");
    aw_json_uint(&j, c->n_links);
    aw_json_key(&j, "rate_hz");
    aw_json_num(&j, c->rate_hz, 3);
    aw_json_key(&j, "seconds");
    aw_json_num(&j, c->seconds, 3);
    aw_json_close(&j, '}');
    const char *json = aw_json_text(&j);
    if (!json || cap < AW_SIM_MARKER_LEN + j.len) return AW_ERR_NOMEM;
    memcpy(buf, AW_SIM_MARKER, AW_SIM_MARKER_LEN);
    memcpy(buf + AW_SIM_MARKER_LEN, json, j.len);
    return (int)(AW_SIM_MARKER_LEN + j.len);
}
