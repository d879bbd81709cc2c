/* RuView .csi.jsonl: one JSON object per line.
 *
 *     raw  {"timestamp": s, "node_id": n, "magic": "0xC5110001", "size": bytes, "rssi": x,
 *           "type": "raw_csi", "iq_hex": "imag, real, ...", "subcarriers": values}
 *     amplitudes  {"timestamp": s, "subcarriers": [x56], "rssi": x, "noise_floor": x, ...}
 *
 * Only what follows the 20-byte header of a datagram is in iq_hex, so sequence, channel and noise
 * are lost. Both writers take rssi and noise_floor from wrong bytes (raw: the number of antennas,
 * amplitudes: the sequence counter), so they stay unknown here. Amplitudes are the first 56 of 64
 * legacy values. Lines of other kinds (vitals, features) hold no CSI.
 * Source: interface study of RuView, section 6.1 (b) and (c); 1.11 for the 56. */
#include "base/frame.h"
#include "readers/esp_layout.h"
#include "readers/json_scan.h"
#include "readers/reader.h"

enum { MAX_AMPLITUDES = 192 };

struct line {
    int64_t t_ns, node, subcarriers;
    bool has_t, has_node, has_subcarriers, is_ruview, raw, host_ns;
    struct aw_span hex, amplitudes;
};

static int read_members(struct aw_span text, struct line *l) {
    struct aw_json_scan scan = aw_json_scan_init(text);
    struct aw_json_member m;
    int got;
    *l = (struct line){0};
    while ((got = aw_json_scan_next(&scan, &m)) > 0) {
        int err = AW_OK;
        if (aw_json_is(&m, "timestamp") && m.type == '0') {
            err = aw_text_nano(m.value, &l->t_ns);
            l->has_t = true;
        } else if (aw_json_is(&m, "node_id") && m.type == '0') {
            err = aw_text_int(m.value, &l->node);
            l->has_node = true;
        } else if (aw_json_is(&m, "magic") && m.type == '"') {
            l->is_ruview = aw_text_starts(m.value, "0xC511");
        } else if (aw_json_is(&m, "type") && m.type == '"') {
            l->raw = aw_text_is(m.value, "raw_csi");
        } else if (aw_json_is(&m, "iq_hex") && m.type == '"') {
            l->hex = m.value;
        } else if (aw_json_is(&m, "ts_ns")) {
            l->host_ns = true;
        } else if (aw_json_is(&m, "subcarriers") && m.type == '[') {
            l->amplitudes = (struct aw_span){m.value.p + 1, m.value.end - 1};
        } else if (aw_json_is(&m, "subcarriers") && m.type == '0') {
            err = aw_text_int(m.value, &l->subcarriers);
            l->has_subcarriers = true;
        }
        if (err != AW_OK) return err;
    }
    return got;
}

static int read_raw(const struct line *l, struct aw_frame *out,
                    const struct aw_esp_layout **layout) {
    int n = aw_text_hex_iq(l->hex, out->iq, 2 * out->iq_cap & ~1u);
    if (n < 0) return n;
    if (n == 0 || n % 2 || (l->has_subcarriers && l->subcarriers * 2 != n)) return AW_ERR_LENGTH;
    const struct aw_esp_packet packet = {AW_ESP_CLASSIC, -1, -1, -1, -1};
    *layout = aw_esp_layout_find(&packet, out->iq, (uint32_t)n / 2);
    return *layout ? AW_OK : AW_ERR_LAYOUT;
}

static int read_amplitudes(const struct line *l, struct aw_frame *out,
                           const struct aw_esp_layout **layout) {
    struct aw_span rest = l->amplitudes;
    uint32_t n = 0;
    while (rest.p < rest.end) {
        struct aw_span field[2];
        int64_t nano;
        unsigned parts = aw_text_split(rest, ',', field, 2);
        int err = aw_text_nano(aw_text_trim(field[0]), &nano);
        if (err != AW_OK) return err;
        if (nano < 0) return AW_ERR_RANGE;
        if (n == MAX_AMPLITUDES || n == out->iq_cap) return AW_ERR_TOO_MANY;
        out->iq[2 * n] = (float)((double)nano * 1e-9);
        out->iq[2 * n + 1] = 0;
        n++;
        rest.p = parts > 1 ? field[1].p : rest.end;
    }
    const struct aw_esp_packet packet = {AW_ESP_CLASSIC, -1, -1, -1, -1};
    *layout = n == 56 ? &aw_esp_layout_cut56 : aw_esp_layout_find(&packet, out->iq, n);
    if (!*layout) return AW_ERR_LAYOUT;
    for (uint32_t i = 27; n == 56 && i <= 37; i++) /* the guard band proves what the 56 are */
        if (out->iq[2 * i] != 0) return AW_ERR_LAYOUT;
    return AW_OK;
}

static int read_line(struct aw_span text, struct aw_frame *out) {
    struct line l;
    const struct aw_esp_layout *layout = NULL;
    int err = read_members(text, &l);
    if (err != AW_OK) return err;
    bool hex = l.raw && l.hex.p;
    if (!hex && !l.amplitudes.p) return l.has_t || l.is_ruview ? 0 : AW_ERR_MAGIC;
    if (l.host_ns) return AW_ERR_UNSUPPORTED; /* a recorder that cut datagrams at wrong bytes */
    if (!l.has_t || l.t_ns <= 0) return AW_ERR_TIME;
    if (l.has_node && (l.node < 0 || l.node > 255)) return AW_ERR_RANGE;
    err = hex ? read_raw(&l, out, &layout) : read_amplitudes(&l, out, &layout);
    if (err != AW_OK) return err;

    bool header_word = hex && aw_esp_first_word_set(out->iq);
    aw_frame_clear(out);
    aw_esp_layout_apply(out, layout, header_word);
    out->format = AW_FORMAT_RUVIEW_JSONL;
    out->flags = hex ? 0 : AW_FRAME_AMPLITUDE_ONLY;
    out->node = (uint64_t)l.node;
    out->t_kind = AW_TIME_HOST;
    out->t_ns = l.t_ns;
    out->bandwidth_mhz = layout->bandwidth_mhz;
    out->quant_step = hex ? 1 : 0;
    return 1;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    struct aw_span text;
    struct line l;
    size_t consumed;
    if (len == 0 || head[0] != '{' || aw_text_line(head, len, eof, &text, &consumed) <= 0)
        return false;
    if (read_members(text, &l) != AW_OK || !l.has_t) return false;
    return (l.is_ruview && l.has_node) || (l.amplitudes.p && aw_text_find(text, "\"rssi\""));
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    (void)st;
    struct aw_span text;
    int got = aw_text_line(buf, len, eof, &text, consumed);
    if (got <= 0) return got;
    return text.p == text.end ? 0 : read_line(text, out);
}

const struct aw_reader aw_reader_ruview_jsonl = {
    .format = AW_FORMAT_RUVIEW_JSONL,
    .unit = AW_READER_LINES,
    .probe = probe,
    .read = read,
};
