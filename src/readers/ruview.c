/* RuView ESP32 node datagrams: little-endian, packed, told apart by the first u32 and the length.
 *
 *     0001 raw CSI, 20 + 2 n_antennas n_sub bytes
 *      0    4 5     6       8          12        16   17    18  20
 *     +-----+-+-----+-------+----------+---------+----+-----+---+--------------------+
 *     |magic|n|n_ant| n_sub | freq_mhz |sequence |rssi|noise| 0 | imag, real int8 ...|
 *     +-----+-+-----+-------+----------+---------+----+-----+---+--------------------+
 *     0002 vitals, 32 bytes
 *      0 magic  4 node  5 flags  6 u16 breaths/min x100  8 u32 beats/min x10000  12 i8 rssi
 *     13 persons (a constant)  14 0 0  16 f32 motion  20 f32 presence (the same)  24 u32 ms  28 0
 *     0003 feature, 48 bytes
 *      0 magic  4 node  5 0  6 u16 seq  8 i64 us  16 f32[8]
 *     0004 fused vitals, 48 bytes: 0002 up to 13, then
 *     14 radar type  15 confidence (constants)  16 f32 motion  20 f32 presence  24 u32 ms
 *     28 f32 radar heart  32 f32 radar breaths  36 f32 distance cm  40 targets  41 confidence
 *     42.. 0
 *     0004 WASM events, 8 + 5 n bytes
 *      0 magic  4 node  5 module  6 u16 n (1..16)  8 + 5 i: type, f32 value
 *     0005 compressed, 10 + comp_len bytes
 *      0 magic  4 node  5 channel  6 u16 orig_len  8 u16 comp_len  10 run-length pairs
 *     0006 feature state, 60 bytes
 *      0 magic  4 node  5 mode  6 u16 seq  8 u64 us  16 f32[9]  52 u16 quality  54 0  56 crc32
 *     8100 mesh, 20 + payload_len bytes
 *      0 magic  4 version 1  5 type  6 role  7 auth  8 u32 epoch  12 u16 payload_len (<= 256)  14 0
 *     16 payload, then crc32 of everything before
 *      HEALTH  (28): 0 node[8]  8 u64 us  16 role  17 channel  18 MHz  19 i8 noise
 *                    20 u16 packets/s  22 u16 sync error us  24 u16 flags  26 0
 *      ANOMALY (28): 0 node[8]  8 u64 us  16 severity  17 reason  18 0  20 f32 anomaly
 *                    24 f32 motion
 *
 * Source: RuView firmware 0.6.5 (csi_collector.c, edge_processing.h, wasm_runtime.c,
 * rv_feature_state.h, rv_mesh.h). */
#include "readers/ruview.h"

#include "base/crc32.h"
#include "base/cursor.h"
#include "base/frame.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"

#define MAGIC(n) (UINT32_C(0xC5110000) | (n))

enum { MAX_SUB = 1024, MESH_VERSION = 1, MESH_MAX = 256 };

static int read_csi(struct aw_cursor *c, struct aw_ruview_packet *o) {
    struct aw_ruview_csi *p = &o->csi;
    p->n_antennas = aw_cursor_u8(c);
    p->n_sub = aw_cursor_u16le(c);
    p->freq_mhz = aw_cursor_u32le(c);
    p->seq = aw_cursor_u32le(c);
    p->rssi_dbm = aw_cursor_i8(c);
    p->noise_dbm = aw_cursor_i8(c);
    aw_cursor_u16le(c);
    if (c->short_read) return AW_ERR_TRUNCATED;
    if (p->n_antennas < 1 || p->n_antennas > AW_MAX_CHAINS) return AW_ERR_RANGE;
    if (p->n_sub == 0 || p->freq_mhz > UINT16_MAX) return AW_ERR_RANGE;
    if (p->n_sub > MAX_SUB) return AW_ERR_TOO_MANY;
    p->iq = aw_cursor_take(c, 2 * (size_t)p->n_antennas * p->n_sub);
    return p->iq ? AW_OK : AW_ERR_TRUNCATED;
}

static int read_vitals(struct aw_cursor *c, struct aw_ruview_packet *o) {
    struct aw_ruview_vitals *p = &o->vitals;
    p->flags = aw_cursor_u8(c);
    p->breathing_bpm = (float)aw_cursor_u16le(c) / 100.0f;
    p->heart_bpm = (float)((double)aw_cursor_u32le(c) / 10000.0);
    p->rssi_dbm = aw_cursor_i8(c);
    p->n_persons = aw_cursor_u8(c);
    p->radar_type = aw_cursor_u8(c); /* 0 in 0002 */
    p->fusion_confidence = aw_cursor_u8(c);
    p->motion_energy = aw_cursor_f32le(c);
    p->presence_score = aw_cursor_f32le(c);
    p->timestamp_ms = aw_cursor_u32le(c);
    if (o->type == AW_RUVIEW_VITALS) return AW_OK;
    p->radar_heart_bpm = aw_cursor_f32le(c);
    p->radar_breathing_bpm = aw_cursor_f32le(c);
    p->radar_distance_cm = aw_cursor_f32le(c);
    p->radar_targets = aw_cursor_u8(c);
    p->radar_confidence = aw_cursor_u8(c);
    return AW_OK;
}

static int read_feature(struct aw_cursor *c, struct aw_ruview_packet *o) {
    aw_cursor_u8(c);
    o->feature.seq = aw_cursor_u16le(c);
    o->feature.timestamp_us = (int64_t)aw_cursor_u64le(c);
    for (int i = 0; i < 8; i++) o->feature.features[i] = aw_cursor_f32le(c);
    return AW_OK;
}

static int read_wasm(struct aw_cursor *c, struct aw_ruview_packet *o) {
    o->wasm.module = aw_cursor_u8(c);
    o->wasm.n = aw_cursor_u16le(c);
    for (int i = 0; i < o->wasm.n; i++) {
        o->wasm.type[i] = aw_cursor_u8(c);
        o->wasm.value[i] = aw_cursor_f32le(c);
    }
    return AW_OK;
}

static int read_compressed(struct aw_cursor *c, struct aw_ruview_packet *o) {
    struct aw_ruview_compressed *p = &o->compressed;
    p->channel = aw_cursor_u8(c);
    p->orig_len = aw_cursor_u16le(c);
    p->comp_len = aw_cursor_u16le(c);
    p->data = aw_cursor_take(c, p->comp_len);
    if (c->short_read) return AW_ERR_TRUNCATED;
    return aw_cursor_left(c) ? AW_ERR_LENGTH : AW_OK;
}

static int read_state(struct aw_cursor *c, struct aw_ruview_packet *o) {
    struct aw_ruview_state *p = &o->state;
    uint32_t crc = aw_crc32_run(c->p, 56);
    p->mode = aw_cursor_u8(c);
    p->seq = aw_cursor_u16le(c);
    p->ts_us = aw_cursor_u64le(c);
    p->motion_score = aw_cursor_f32le(c);
    p->presence_score = aw_cursor_f32le(c);
    p->respiration_bpm = aw_cursor_f32le(c);
    p->respiration_conf = aw_cursor_f32le(c);
    p->heartbeat_bpm = aw_cursor_f32le(c);
    p->heartbeat_conf = aw_cursor_f32le(c);
    p->anomaly_score = aw_cursor_f32le(c);
    p->env_shift_score = aw_cursor_f32le(c);
    p->node_coherence = aw_cursor_f32le(c);
    p->quality_flags = aw_cursor_u16le(c);
    aw_cursor_u16le(c);
    return aw_cursor_u32le(c) == crc ? AW_OK : AW_ERR_CRC;
}

static int read_mesh(const uint8_t *buf, size_t len, struct aw_ruview_packet *o) {
    struct aw_ruview_mesh *p = &o->mesh;
    struct aw_cursor c = aw_cursor_init(buf, len);
    aw_cursor_u32le(&c);
    uint8_t version = aw_cursor_u8(&c);
    p->type = aw_cursor_u8(&c);
    p->sender_role = aw_cursor_u8(&c);
    p->auth_class = aw_cursor_u8(&c);
    p->epoch = aw_cursor_u32le(&c);
    p->payload_len = aw_cursor_u16le(&c);
    aw_cursor_u16le(&c);
    if (c.short_read) return AW_ERR_TRUNCATED;
    if (version != MESH_VERSION) return AW_ERR_VERSION;
    if (p->payload_len > MESH_MAX) return AW_ERR_RANGE;
    p->payload = aw_cursor_take(&c, p->payload_len);
    uint32_t crc = aw_cursor_u32le(&c);
    if (c.short_read) return AW_ERR_TRUNCATED;
    if (aw_cursor_left(&c)) return AW_ERR_LENGTH;
    if (crc != aw_crc32_run(buf, len - 4)) return AW_ERR_CRC;
    if (p->type != AW_RUVIEW_MESH_HEALTH && p->type != AW_RUVIEW_MESH_ANOMALY) return AW_OK;
    if (p->payload_len != 28) return AW_ERR_LENGTH;
    c = aw_cursor_init(p->payload, p->payload_len);
    o->node = aw_cursor_u8(&c);
    aw_cursor_take(&c, 7);
    p->local_us = aw_cursor_u64le(&c);
    if (p->type == AW_RUVIEW_MESH_HEALTH) {
        p->role = aw_cursor_u8(&c);
        p->channel = aw_cursor_u8(&c);
        p->bandwidth_mhz = aw_cursor_u8(&c);
        p->noise_dbm = aw_cursor_i8(&c);
        p->packets_per_s = aw_cursor_u16le(&c);
        p->sync_error_us = aw_cursor_u16le(&c);
        p->health_flags = aw_cursor_u16le(&c);
    } else {
        p->severity = aw_cursor_u8(&c);
        p->reason = aw_cursor_u8(&c);
        aw_cursor_u16le(&c);
        p->anomaly = aw_cursor_f32le(&c);
        p->motion = aw_cursor_f32le(&c);
    }
    return AW_OK;
}

/* Magic 0004 means two packets. A WASM packet has 8 + 5 n bytes; the only length they share is 48,
 * n = 8, where a fused packet would have to say 0.08 breaths per minute and has zeros at 42..47. */
static bool is_wasm(const uint8_t *buf, size_t len) {
    unsigned n = buf[6] | (unsigned)buf[7] << 8;
    if (n < 1 || n > AW_RUVIEW_WASM_MAX || len != 8 + 5 * (size_t)n) return false;
    static const uint8_t zeros[6];
    return !(len == 48 && memcmp(buf + 42, zeros, sizeof zeros) == 0);
}

static int exact(size_t len, size_t want) {
    return len == want ? AW_OK : len < want ? AW_ERR_TRUNCATED : AW_ERR_LENGTH;
}

int aw_ruview_read(const uint8_t *buf, size_t len, struct aw_ruview_packet *out) {
    struct aw_cursor c = aw_cursor_init(buf, len);
    uint32_t magic = aw_cursor_u32le(&c);
    if (c.short_read) return AW_ERR_TRUNCATED;
    struct aw_ruview_packet o = {.type = AW_RUVIEW_MESH};
    int err = AW_ERR_MAGIC;
    if (magic == MAGIC(0x8100)) {
        err = read_mesh(buf, len, &o);
        if (err == AW_OK) *out = o;
        return err;
    }
    if (magic < MAGIC(1) || magic > MAGIC(7)) return AW_ERR_MAGIC;
    if (len < 8) return AW_ERR_TRUNCATED;
    o.node = aw_cursor_u8(&c);
    switch (magic & 0xFFFF) {
    case 1:
        o.type = AW_RUVIEW_CSI;
        err = read_csi(&c, &o);
        break;
    case 2:
        o.type = AW_RUVIEW_VITALS;
        err = exact(len, 32);
        if (err == AW_OK) err = read_vitals(&c, &o);
        break;
    case 3:
        o.type = AW_RUVIEW_FEATURE;
        err = exact(len, 48);
        if (err == AW_OK) err = read_feature(&c, &o);
        break;
    case 4:
        o.type = is_wasm(buf, len) ? AW_RUVIEW_WASM : AW_RUVIEW_FUSED;
        if (o.type == AW_RUVIEW_WASM)
            err = read_wasm(&c, &o);
        else if ((err = exact(len, 48)) == AW_OK)
            err = read_vitals(&c, &o);
        break;
    case 5:
        o.type = AW_RUVIEW_COMPRESSED;
        err = read_compressed(&c, &o);
        break;
    case 6:
        o.type = AW_RUVIEW_STATE;
        err = exact(len, 60);
        if (err == AW_OK) err = read_state(&c, &o);
        break;
    default:
        return AW_ERR_UNSUPPORTED; /* 0007 is reserved; no firmware sends it */
    }
    if (err == AW_OK) *out = o;
    return err;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    (void)eof;
    if (len < 8 || head[3] != 0xC5 || head[2] != 0x11) return false;
    unsigned low = head[0] | (unsigned)head[1] << 8;
    return (low >= 1 && low <= 7) || low == 0x8100;
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    (void)st;
    (void)eof;
    *consumed = len;
    struct aw_ruview_packet p;
    int err = aw_ruview_read(buf, len, &p);
    if (err != AW_OK) return err;
    if (p.type != AW_RUVIEW_CSI) return 0;

    uint32_t values = (uint32_t)p.csi.n_antennas * p.csi.n_sub;
    if (values > out->iq_cap) return AW_ERR_TOO_MANY;
    for (uint32_t i = 0; i < 2 * values; i++) out->iq[i ^ 1] = (float)(int8_t)p.csi.iq[i];
    const struct aw_esp_packet packet = {AW_ESP_CLASSIC, -1, -1, -1, -1};
    const struct aw_esp_layout *layout = aw_esp_layout_find(&packet, out->iq, p.csi.n_sub);
    if (!layout) return AW_ERR_LAYOUT;

    aw_frame_clear(out);
    out->format = AW_FORMAT_RUVIEW;
    aw_esp_layout_apply(out, layout, aw_esp_first_word_set(out->iq));
    out->n_rx = p.csi.n_antennas;
    out->node = p.node;
    out->seq = p.csi.seq;
    out->seq_mod = INT64_C(1) << 32;
    out->freq_mhz = (uint16_t)p.csi.freq_mhz;
    out->channel = aw_mhz_to_channel(out->freq_mhz);
    out->bandwidth_mhz = layout->bandwidth_mhz;
    out->rssi_dbm[0] = p.csi.rssi_dbm;
    if (p.csi.noise_dbm != 0) out->noise_dbm = p.csi.noise_dbm; /* 0: the driver gave none */
    out->quant_step = 1;
    return 1;
}

const struct aw_reader aw_reader_ruview = {
    .format = AW_FORMAT_RUVIEW,
    .unit = AW_READER_DATAGRAM,
    .probe = probe,
    .read = read,
};
