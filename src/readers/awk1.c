/* AWK1, airwake's own datagram: one frame, as the reader gave it, to the last bit. Little endian.
 *
 *     offset  size
 *        0     4   "AWK1"
 *        4     1   version, 1
 *        5     1   values: 0 int8, 1 int16, 2 float32 pairs (real, imaginary)
 *        6     1   subcarriers: 0..253 number of a fixed table (ofdm.h), 255 given below
 *        7     1   length of the chip's name, 0..31
 *        8     4   length of the datagram, with the CRC
 *       12     4   seq: datagrams sent so far by this sender
 *       16     1   format, enum aw_format
 *       17     1   time kind, enum aw_time_kind
 *       18     1   rx_chain
 *       19     1   tx_chain
 *       20     4   flags, AW_FRAME_*
 *       24     8   t_ns          32  8  t_wrap_ns       40  8  t_arrival_ns
 *       48     8   origin        56  8  node            64  8  tx
 *       72     8   seq of the frame, -1 none            80  8  seq_mod
 *       88     4   lost          92  2  channel         94  2  freq_mhz
 *       96     2   bandwidth_mhz 98  2  n_rx           100  2  n_tx
 *      102     2   n_sub        104  4  spacing_hz     108  4  quant_step      float32
 *      112    16   rssi_dbm of 4 chains, float32, NaN unknown
 *      128     4   noise_dbm    132  4  agc_db                                 float32, NaN
 *      136     c   the chip's name
 *        .  3n_sub k (int16 each), then kind (uint8 each); only when byte 6 is 255
 *        .     v   values [n_rx][n_tx][n_sub] pairs
 *        .     4   CRC-32 (IEEE 802.3) of all before
 *
 * Encoder and decoder are both here. */
#include "readers/awk1.h"

#include "base/crc32.h"
#include "base/cursor.h"
#include "base/frame.h"
#include "readers/ofdm.h"
#include "readers/reader.h"

enum { HEADER = 136, CRC = 4, VERSION = 1, MAX_CHIP = 31, GIVEN = 255, MAX_GIVEN = 640 };
enum { VALUE_INT8, VALUE_INT16, VALUE_FLOAT32 };
static const uint8_t value_bytes[] = {1, 2, 4};

/* What a decoded frame points to. */
struct awk1_state {
    int16_t k[MAX_GIVEN];
    uint8_t kind[MAX_GIVEN];
    char chip[MAX_CHIP + 1];
};

/* ---- writing ---- */

static uint8_t *put(uint8_t *p, uint64_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) *p++ = (uint8_t)(v >> 8 * i);
    return p;
}

static uint8_t *put_f32(uint8_t *p, float v) {
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return put(p, bits, 4);
}

/* The smallest type that holds every value to the last bit; -0 is not an integer. */
static unsigned value_type(const float *iq, size_t n) {
    unsigned type = VALUE_INT8;
    for (size_t i = 0; i < n; i++) {
        if (!(iq[i] >= -32768 && iq[i] <= 32767)) return VALUE_FLOAT32;
        int v = (int)iq[i];
        if ((float)v != iq[i] || (v == 0 && signbit(iq[i]))) return VALUE_FLOAT32;
        if (v < -128 || v > 127) type = VALUE_INT16;
    }
    return type;
}

static bool valid(const struct aw_frame *f) {
    return (unsigned)f->format < AW_FORMAT_COUNT && (unsigned)f->t_kind <= AW_TIME_INFERRED &&
           f->n_rx >= 1 && f->n_rx <= AW_MAX_CHAINS && f->n_tx >= 1 && f->n_tx <= AW_MAX_CHAINS &&
           f->n_sub >= 1 && f->n_sub <= AW_MAX_SUB;
}

int aw_awk1_write(const struct aw_frame *f, uint32_t seq, uint8_t *buf, size_t cap) {
    if (!valid(f) || !f->chip || !f->k || !f->kind) return AW_ERR_INVAL;
    size_t chip = strlen(f->chip), n = (size_t)2 * aw_frame_values(f);
    if (chip > MAX_CHIP) return AW_ERR_INVAL;
    int table = aw_ofdm_id(f->k, f->kind, f->n_sub);
    if (table < 0 && f->n_sub > MAX_GIVEN) return AW_ERR_TOO_MANY;
    unsigned type = value_type(f->iq, n);
    size_t len =
        HEADER + chip + (table < 0 ? (size_t)3 * f->n_sub : 0) + n * value_bytes[type] + CRC;
    if (len > AW_AWK1_MAX_BYTES) return AW_ERR_TOO_MANY;
    if (len > cap) return AW_ERR_NOMEM;

    uint8_t *p = buf;
    memcpy(p, "AWK1", 4);
    p = put(p + 4, VERSION, 1);
    p = put(p, type, 1);
    p = put(p, table < 0 ? GIVEN : (unsigned)table, 1);
    p = put(p, chip, 1);
    p = put(p, len, 4);
    p = put(p, seq, 4);
    p = put(p, f->format, 1);
    p = put(p, f->t_kind, 1);
    p = put(p, f->rx_chain, 1);
    p = put(p, f->tx_chain, 1);
    p = put(p, f->flags, 4);
    p = put(p, (uint64_t)f->t_ns, 8);
    p = put(p, (uint64_t)f->t_wrap_ns, 8);
    p = put(p, (uint64_t)f->t_arrival_ns, 8);
    p = put(p, f->origin, 8);
    p = put(p, f->node, 8);
    p = put(p, f->tx, 8);
    p = put(p, (uint64_t)f->seq, 8);
    p = put(p, (uint64_t)f->seq_mod, 8);
    p = put(p, f->lost, 4);
    p = put(p, f->channel, 2);
    p = put(p, f->freq_mhz, 2);
    p = put(p, f->bandwidth_mhz, 2);
    p = put(p, f->n_rx, 2);
    p = put(p, f->n_tx, 2);
    p = put(p, f->n_sub, 2);
    p = put_f32(p, f->spacing_hz);
    p = put_f32(p, f->quant_step);
    for (int i = 0; i < AW_MAX_CHAINS; i++) p = put_f32(p, f->rssi_dbm[i]);
    p = put_f32(p, f->noise_dbm);
    p = put_f32(p, f->agc_db);
    memcpy(p, f->chip, chip);
    p += chip;
    if (table < 0) {
        for (unsigned i = 0; i < f->n_sub; i++) p = put(p, (uint16_t)f->k[i], 2);
        memcpy(p, f->kind, f->n_sub);
        p += f->n_sub;
    }
    for (size_t i = 0; i < n; i++) {
        if (type == VALUE_FLOAT32)
            p = put_f32(p, f->iq[i]);
        else
            p = put(p, (uint64_t)(int64_t)f->iq[i], value_bytes[type]);
    }
    put(p, aw_crc32_run(buf, (size_t)(p - buf)), 4);
    return (int)len;
}

/* ---- reading ---- */

static bool magic(const uint8_t *buf, size_t len) {
    return len >= 4 && memcmp(buf, "AWK1", 4) == 0;
}

static bool awk1_probe(const uint8_t *head, size_t len, bool eof) {
    (void)eof;
    return len >= HEADER + CRC && magic(head, len);
}

static void get_fields(struct aw_cursor *c, struct aw_frame *f) {
    c->pos = 16;
    f->format = (enum aw_format)aw_cursor_u8(c);
    f->t_kind = (enum aw_time_kind)aw_cursor_u8(c);
    f->rx_chain = aw_cursor_u8(c);
    f->tx_chain = aw_cursor_u8(c);
    f->flags = aw_cursor_u32le(c);
    f->t_ns = (int64_t)aw_cursor_u64le(c);
    f->t_wrap_ns = (int64_t)aw_cursor_u64le(c);
    f->t_arrival_ns = (int64_t)aw_cursor_u64le(c);
    f->origin = aw_cursor_u64le(c);
    f->node = aw_cursor_u64le(c);
    f->tx = aw_cursor_u64le(c);
    f->seq = (int64_t)aw_cursor_u64le(c);
    f->seq_mod = (int64_t)aw_cursor_u64le(c);
    f->lost = aw_cursor_u32le(c);
    f->channel = aw_cursor_u16le(c);
    f->freq_mhz = aw_cursor_u16le(c);
    f->bandwidth_mhz = aw_cursor_u16le(c);
    f->n_rx = aw_cursor_u16le(c);
    f->n_tx = aw_cursor_u16le(c);
    f->n_sub = aw_cursor_u16le(c);
    f->spacing_hz = aw_cursor_f32le(c);
    f->quant_step = aw_cursor_f32le(c);
    for (int i = 0; i < AW_MAX_CHAINS; i++) f->rssi_dbm[i] = aw_cursor_f32le(c);
    f->noise_dbm = aw_cursor_f32le(c);
    f->agc_db = aw_cursor_f32le(c);
}

static int read_frame(struct awk1_state *s, const uint8_t *buf, size_t len, struct aw_frame *out) {
    if (len < HEADER + CRC) return AW_ERR_TRUNCATED;
    if (!magic(buf, len)) return AW_ERR_MAGIC;
    if (buf[4] != VERSION) return AW_ERR_VERSION;
    struct aw_cursor c = aw_cursor_init(buf, len);
    c.pos = 8;
    uint32_t stated = aw_cursor_u32le(&c);
    if (stated > len) return AW_ERR_TRUNCATED;
    if (stated < len) return AW_ERR_LENGTH;
    c.pos = len - CRC;
    if (aw_cursor_u32le(&c) != aw_crc32_run(buf, len - CRC)) return AW_ERR_CRC;

    struct aw_frame f = {.iq = out->iq, .iq_cap = out->iq_cap};
    get_fields(&c, &f);
    unsigned type = buf[5], table = buf[6], chip = buf[7];
    if (!valid(&f) || type > VALUE_FLOAT32 || chip > MAX_CHIP) return AW_ERR_RANGE;
    const struct aw_ofdm_table *t = table == GIVEN ? NULL : aw_ofdm_table(table);
    if (table == GIVEN ? f.n_sub > MAX_GIVEN : !t || t->n != f.n_sub) return AW_ERR_LAYOUT;
    size_t n = (size_t)2 * aw_frame_values(&f);
    size_t want = HEADER + chip + (t ? 0 : (size_t)3 * f.n_sub) + n * value_bytes[type] + CRC;
    if (want != len) return AW_ERR_LENGTH;
    if (n / 2 > out->iq_cap) return AW_ERR_TOO_MANY;

    memcpy(s->chip, aw_cursor_take(&c, chip), chip);
    s->chip[chip] = '\0';
    f.chip = s->chip;
    f.k = t ? t->k : s->k;
    f.kind = t ? t->kind : s->kind;
    if (!t) {
        for (unsigned i = 0; i < f.n_sub; i++) s->k[i] = (int16_t)aw_cursor_u16le(&c);
        memcpy(s->kind, aw_cursor_take(&c, f.n_sub), f.n_sub);
    }
    const uint8_t *v = aw_cursor_take(&c, n * value_bytes[type]);
    switch (type) {
    case VALUE_INT8:
        for (size_t i = 0; i < n; i++) f.iq[i] = (int8_t)v[i];
        break;
    case VALUE_INT16:
        for (size_t i = 0; i < n; i++) f.iq[i] = (int16_t)(v[2 * i] | v[2 * i + 1] << 8);
        break;
    default: {
        struct aw_cursor values = aw_cursor_init(v, n * 4);
        for (size_t i = 0; i < n; i++) f.iq[i] = aw_cursor_f32le(&values);
    }
    }
    *out = f;
    return 1;
}

static int awk1_read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                     struct aw_frame *out, size_t *consumed) {
    (void)eof;
    *consumed = len;
    return len ? read_frame(AW_READER_STATE(struct awk1_state, st), buf, len, out) : 0;
}

const struct aw_reader aw_reader_awk1 = {
    .format = AW_FORMAT_AWK1,
    .unit = AW_READER_DATAGRAM,
    .probe = awk1_probe,
    .read = awk1_read,
};
