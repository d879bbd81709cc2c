/* JSON lines of roger-/esp32-csi-server.
 *
 *     {"mac": "aa:..", "len": 384, "first_word_invalid": false, ..., "rssi": -74, "sig_mode": 1,
 *      "cwb": 1, "stbc": 0, "noise_floor": -23.25, "channel": 8, "secondary_channel": 2,
 *      "timestamp": 2179.337159, ...,
 *      "lltf": {"csi": base64, "sc_ind_start": 0},
 *      "ht_ltf": {"csi": base64, "sc_ind_start": -64}, "stbc_ht_ltf": {...}}
 *
 * The server has sorted each field: values ascend from sc_ind_start (its null subcarriers show
 * it). timestamp is the chip's microsecond counter in seconds, so it wraps at 2^32 us. noise_floor
 * is the register in units of 0.25 dBm as the ESP-IDF guide once had it; the register itself is in
 * dBm (-93 here), as the guide has it now. */
#include "base/frame.h"
#include "base/units.h"
#include "readers/esp_layout.h"
#include "readers/json_scan.h"
#include "readers/reader.h"

struct line {
    uint64_t mac;
    int64_t len, rssi, sig_mode, cwb, channel, t_ns, noise_nano;
    bool has_mac, has_len, has_rssi, has_t, has_noise, first_word;
    struct aw_esp_sorted fields;
};

/* One training field: its values go behind those already there. */
static int read_field(struct aw_span text, struct aw_frame *out, uint32_t *at, int *start,
                      uint32_t *n) {
    struct aw_json_scan scan = aw_json_scan_init(text);
    struct aw_json_member m;
    int64_t index = 0;
    int got, bytes = 0;
    while ((got = aw_json_scan_next(&scan, &m)) > 0) {
        if (aw_json_is(&m, "csi") && m.type == '"') {
            bytes = aw_text_base64_iq(m.value, out->iq + 2 * *at, 2 * (out->iq_cap - *at) & ~1u);
            if (bytes < 0) return bytes;
        } else if (aw_json_is(&m, "sc_ind_start")) {
            int err = aw_text_int(m.value, &index);
            if (err != AW_OK) return err;
        }
    }
    if (got < 0) return got;
    if (bytes % 2) return AW_ERR_LENGTH;
    if (index < -128 || index > 128) return AW_ERR_RANGE;
    *start = (int)index;
    *n = (uint32_t)bytes / 2;
    *at += *n;
    return AW_OK;
}

static int read_members(struct aw_span text, struct aw_frame *out, struct line *l) {
    struct aw_json_scan scan = aw_json_scan_init(text);
    struct aw_json_member m;
    uint32_t at = 0;
    int got, err = AW_OK;
    *l = (struct line){0};
    while ((got = aw_json_scan_next(&scan, &m)) > 0 && err == AW_OK) {
        struct aw_esp_sorted *f = &l->fields;
        if (aw_json_is(&m, "mac"))
            l->has_mac = (err = aw_text_mac(m.value, &l->mac)) == AW_OK;
        else if (aw_json_is(&m, "len"))
            l->has_len = (err = aw_text_int(m.value, &l->len)) == AW_OK;
        else if (aw_json_is(&m, "rssi"))
            l->has_rssi = (err = aw_text_int(m.value, &l->rssi)) == AW_OK;
        else if (aw_json_is(&m, "sig_mode"))
            err = aw_text_int(m.value, &l->sig_mode);
        else if (aw_json_is(&m, "cwb"))
            err = aw_text_int(m.value, &l->cwb);
        else if (aw_json_is(&m, "channel"))
            err = aw_text_int(m.value, &l->channel);
        else if (aw_json_is(&m, "timestamp"))
            l->has_t = (err = aw_text_nano(m.value, &l->t_ns)) == AW_OK;
        else if (aw_json_is(&m, "noise_floor"))
            l->has_noise = (err = aw_text_nano(m.value, &l->noise_nano)) == AW_OK;
        else if (aw_json_is(&m, "first_word_invalid"))
            l->first_word = m.type == 't';
        else if (aw_json_is(&m, "lltf") && m.type == '{' && at == 0)
            err = read_field(m.value, out, &at, &f->lltf_start, &f->lltf_n);
        else if (aw_json_is(&m, "ht_ltf") && m.type == '{' && f->lltf_n && !f->ht_n)
            err = read_field(m.value, out, &at, &f->ht_start, &f->ht_n);
        else if (aw_json_is(&m, "stbc_ht_ltf") && m.type == '{' && f->ht_n && !f->stbc_n)
            err = read_field(m.value, out, &at, &f->stbc_start, &f->stbc_n);
    }
    return err != AW_OK ? err : got;
}

static int read_line(struct aw_span text, struct aw_frame *out) {
    struct line l;
    int err = read_members(text, out, &l);
    if (err != AW_OK) return err;
    if (!l.has_mac || !l.has_len || !l.has_rssi || !l.fields.lltf_n) return AW_ERR_MAGIC;
    if (l.rssi < -128 || l.rssi > 127 || l.channel < 0 || l.channel > 196) return AW_ERR_RANGE;
    if (l.t_ns < 0) return AW_ERR_TIME;
    uint32_t n = l.fields.lltf_n + l.fields.ht_n + l.fields.stbc_n;
    if (l.len != 2 * (int64_t)n) return AW_ERR_LENGTH;
    const struct aw_esp_layout *layout = aw_esp_layout_sorted(&l.fields);
    if (!layout) return AW_ERR_LAYOUT;

    aw_frame_clear(out);
    aw_esp_layout_apply(out, layout, l.first_word);
    out->format = AW_FORMAT_ESP_JSON;
    out->chip = l.first_word ? "esp32" : "";
    out->tx = l.mac;
    out->rssi_dbm[0] = (float)l.rssi;
    if (l.has_noise && l.noise_nano < 0) out->noise_dbm = (float)((double)l.noise_nano * 4e-9);
    out->channel = (uint16_t)l.channel;
    out->freq_mhz = aw_channel_to_mhz(out->channel);
    out->bandwidth_mhz = l.sig_mode && l.cwb ? 40 : 20;
    if (l.has_t) {
        out->t_kind = AW_TIME_DEVICE;
        out->t_ns = l.t_ns;
        out->t_wrap_ns = (INT64_C(1) << 32) * AW_US;
    }
    out->quant_step = 1;
    return 1;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    struct aw_span text;
    size_t consumed;
    float iq[2 * 512];
    struct aw_frame f = {.iq = iq, .iq_cap = 512};
    struct line l;
    if (len == 0 || head[0] != '{' || aw_text_line(head, len, eof, &text, &consumed) <= 0)
        return false;
    return read_members(text, &f, &l) == AW_OK && l.has_mac && l.has_len && l.fields.lltf_n;
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    (void)st;
    struct aw_span text;
    int got = aw_text_line(buf, len, eof, &text, consumed);
    if (got <= 0) return got;
    return text.p == text.end ? 0 : read_line(text, out);
}

const struct aw_reader aw_reader_esp_json = {
    .format = AW_FORMAT_ESP_JSON,
    .unit = AW_READER_LINES,
    .probe = probe,
    .read = read,
};
