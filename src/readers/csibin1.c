/* CSIBIN1 (LucasBrazza/ESP32-S3_CSI_Wifi_Sensing): little-endian, packed.
 *
 *     file     7 "CSIBIN1"   4 u32 version (1, 2)   records
 *     v1       2 u16 label_len   8 f64 pc_timestamp s   4 i32 rssi   4 i32 rate   4 i32 channel
 *              4 i32 csi_len   4 u32 n   label   n i16 imaginary   n i16 real
 *     v2       2 u16 label_len   8 f64 pc_timestamp s   8 f64 capture_timestamp s
 *              8 u64 esp_timestamp us   4 u32 sequence   4 u32 packet_index   4 i32 rssi
 *              4 i32 rate   4 i32 channel   4 u32 csi_len   4 u32 n   4 u32 flags
 *              label   n i16 imaginary   n i16 real
 *
 * Records have no marker, so behind a damaged one the next place that looks like a record is where
 * reading goes on. Source: that repository's Tools/csi/csi_binary_io.py; v2 not seen in the wild.
 */
#include "base/cursor.h"
#include "base/frame.h"
#include "base/units.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"

static const uint8_t magic[7] = {'C', 'S', 'I', 'B', 'I', 'N', '1'};

enum { HEADER = 11, V1 = 30, V2 = 58, MAX_LABEL = 256, MAX_SUB = 1024 };

struct state {
    uint32_t version; /* 0: the file header is still to come */
};

struct record {
    uint16_t label_len;
    double host_s;
    uint64_t device_us;
    int64_t seq; /* -1 none */
    int32_t rssi, channel;
    uint32_t csi_len, n;
};

static double f64le(struct aw_cursor *c) {
    uint64_t bits = aw_cursor_u64le(c);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* The fixed part of a record; false when it is cut or no record. */
static bool read_head(struct aw_cursor *c, uint32_t version, struct record *r) {
    r->label_len = aw_cursor_u16le(c);
    r->host_s = f64le(c);
    r->device_us = 0;
    r->seq = -1;
    if (version == 2) {
        f64le(c);
        r->device_us = aw_cursor_u64le(c);
        r->seq = aw_cursor_u32le(c);
        aw_cursor_u32le(c);
    }
    r->rssi = (int32_t)aw_cursor_u32le(c);
    aw_cursor_u32le(c);
    r->channel = (int32_t)aw_cursor_u32le(c);
    r->csi_len = aw_cursor_u32le(c);
    r->n = aw_cursor_u32le(c);
    if (version == 2) aw_cursor_u32le(c);
    /* 2001..2100: a host's clock */
    return !c->short_read && r->label_len <= MAX_LABEL && r->host_s > 1e9 && r->host_s < 4.1e9 &&
           r->device_us <= (uint64_t)(INT64_MAX / AW_US) && r->rssi >= -128 && r->rssi <= 127 &&
           r->channel >= 0 && r->channel <= 196 && r->n >= 1 && r->n <= MAX_SUB &&
           r->csi_len == 2 * r->n;
}

/* Bytes to skip to the next place that looks like a record. */
static size_t resync(const uint8_t *buf, size_t len, uint32_t version) {
    struct record r;
    size_t head = version == 2 ? V2 : V1;
    for (size_t i = 1; i + head <= len; i++) {
        struct aw_cursor c = aw_cursor_init(buf + i, len - i);
        if (read_head(&c, version, &r)) return i;
    }
    return len;
}

static int read_record(uint32_t version, const uint8_t *buf, size_t len, bool eof,
                       struct aw_frame *out, size_t *consumed) {
    struct aw_cursor c = aw_cursor_init(buf, len);
    struct record r;
    size_t head = version == 2 ? V2 : V1;
    if (len < head && !eof) return 0;
    bool is_record = read_head(&c, version, &r);
    if (!is_record) {
        *consumed = len < head ? len : resync(buf, len, version);
        return len < head ? AW_ERR_TRUNCATED : AW_ERR_RANGE;
    }
    size_t need = head + r.label_len + 4 * (size_t)r.n;
    if (len < need && !eof) return 0;
    *consumed = len < need ? len : need;
    aw_cursor_take(&c, r.label_len);
    const uint8_t *values = aw_cursor_take(&c, 4 * (size_t)r.n);
    if (!values) return AW_ERR_TRUNCATED;
    if (r.n > out->iq_cap) return AW_ERR_TOO_MANY;
    c = aw_cursor_init(values, 4 * (size_t)r.n);
    for (uint32_t i = 0; i < r.n; i++) out->iq[2 * i + 1] = (float)(int16_t)aw_cursor_u16le(&c);
    for (uint32_t i = 0; i < r.n; i++) out->iq[2 * i] = (float)(int16_t)aw_cursor_u16le(&c);
    const struct aw_esp_packet packet = {AW_ESP_CLASSIC, -1, -1, -1, -1};
    const struct aw_esp_layout *layout = aw_esp_layout_find(&packet, out->iq, r.n);
    if (!layout) return AW_ERR_LAYOUT;

    aw_frame_clear(out);
    aw_esp_layout_apply(out, layout, false);
    out->format = AW_FORMAT_CSIBIN1;
    out->chip = "esp32-s3";
    int64_t host_ns = (int64_t)(r.host_s * 1e9);
    if (r.device_us) {
        out->t_kind = AW_TIME_DEVICE;
        out->t_ns = (int64_t)r.device_us * AW_US;
        out->t_arrival_ns = host_ns;
    } else {
        out->t_kind = AW_TIME_HOST;
        out->t_ns = host_ns;
    }
    out->seq = r.seq;
    out->seq_mod = r.seq >= 0 ? INT64_C(1) << 32 : 0;
    out->rssi_dbm[0] = (float)r.rssi;
    out->channel = (uint16_t)r.channel;
    out->freq_mhz = aw_channel_to_mhz(out->channel);
    out->bandwidth_mhz = layout->bandwidth_mhz;
    out->quant_step = 1;
    return 1;
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    struct state *s = AW_READER_STATE(struct state, st);
    *consumed = 0;
    if (s->version) return read_record(s->version, buf, len, eof, out, consumed);
    if (len < HEADER && !eof) return 0;
    struct aw_cursor c = aw_cursor_init(buf, len);
    const uint8_t *m = aw_cursor_take(&c, sizeof magic);
    uint32_t version = aw_cursor_u32le(&c);
    *consumed = len;
    if (m && memcmp(m, magic, sizeof magic) != 0) return AW_ERR_MAGIC;
    if (c.short_read) return AW_ERR_TRUNCATED;
    if (version != 1 && version != 2) return AW_ERR_VERSION;
    *consumed = HEADER;
    s->version = version;
    return 0;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    (void)eof;
    return len >= HEADER && memcmp(head, magic, sizeof magic) == 0;
}

const struct aw_reader aw_reader_csibin1 = {
    .format = AW_FORMAT_CSIBIN1,
    .unit = AW_READER_STREAM,
    .probe = probe,
    .read = read,
};
