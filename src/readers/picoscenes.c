/* PicoScenes .csi: a file of frames, each made of named segments. Little endian.
 *
 *     offset  size
 *      0      4    length of what follows these four bytes
 *      4      4    magic 0x20150315
 *      8      2    version, 1 or 2
 *     10      1    number of segments
 *    [11      2    number of MPDUs, version 2 only]
 *      .      -    segments, then the received frame (version 2: each MPDU after its length)
 *
 *     segment:  4  length of what follows these four bytes
 *               1  length of the name       n  name, some with a final zero
 *               2  version                  -  fields
 *
 *     RxSBasic 1..6    device, time, channel, rssi: see the table basics
 *     ExtraInfo 1      4 bytes of bits, then the fields whose bit is set: length, version, current
 *                      MAC, MAC of the card, ...
 *     MVMExtra 1       2 bytes length, the header of FeitCSI (feitcsi.c): its clock is at 2 + 88
 *     CSI 1..7         see csi_fields; then the bytes of the card: Intel 5300 (intel5300.h),
 *                      QCA9300 (atheros.h), Intel AX200, AX210 (intel_ax.h)
 *     any other        skipped by its length
 *
 * Device codes: 0x5300, 0x9300, 0x2000 (AX200), 0x2100 (AX210). Software radios are refused.
 * Source: wifisensing/RXS-Parsing-Core: CSISegment, RxSBasicSegment, RXSExtraInfo,
 * MVMExtraSegment, ModularPicoScenesFrame. */
#include "base/cursor.h"
#include "base/frame.h"
#include "base/units.h"
#include "readers/atheros.h"
#include "readers/intel5300.h"
#include "readers/intel_ax.h"
#include "readers/reader.h"

enum {
    IWL5300 = 0x5300,
    QCA9300 = 0x9300,
    AX200 = 0x2000,
    AX210 = 0x2100,
    FIRST = 24,                 /* header of version 1 and the name of its first segment */
    MAX_FRAME_BYTES = 64 << 20, /* with base band samples; far beyond any card's frame */
};
static const uint8_t magic[4] = {0x15, 0x03, 0x15, 0x20};

struct segment {
    const uint8_t *body;
    size_t len;
    unsigned version;
};

struct parts {
    struct segment basic, extra, mvm, csi;
    const uint8_t *mpdu;
    size_t mpdu_len;
};

/* Where the fields of RxSBasic stand, by version - 1; 0: absent. noise is followed by the rssi of
 * all and then of each chain, one byte each (version 6: float). Up to version 2 rssi is dB above
 * noise, then dBm. */
static const struct {
    uint8_t len, system_time, primary, noise, step, chains;
} basics[] = {
    {26, 0, 10, 21, 1, 3},  {28, 0, 10, 23, 1, 3},  {32, 0, 12, 27, 1, 3},
    {40, 10, 20, 35, 1, 3}, {47, 10, 22, 37, 1, 8}, {77, 10, 22, 37, 4, 8},
};

/* The fields before a card's own bytes. */
struct csi_fields {
    unsigned device, format, mhz, n_sub, n_tx, n_rx, antenna_sel;
    const uint8_t *bytes;
    size_t len;
};

static struct aw_cursor at(const uint8_t *p, size_t len, size_t pos) {
    struct aw_cursor c = aw_cursor_init(p, len);
    aw_cursor_take(&c, pos);
    return c;
}

static bool name_is(const uint8_t *name, size_t len, const char *want) {
    size_t n = strlen(want);
    return (len == n || (len == n + 1 && name[n] == 0)) && memcmp(name, want, n) == 0;
}

/* Header and name of the first segment, which is always RxSBasic. Needs FIRST + 2 bytes. */
static bool header_fits(const uint8_t *p) {
    struct aw_cursor c = at(p, FIRST, 0);
    uint32_t len = aw_cursor_u32le(&c);
    if (memcmp(p + 4, magic, 4) != 0 || (p[8] != 1 && p[8] != 2) || p[9] != 0) return false;
    const uint8_t *name = p + (p[8] == 1 ? 16 : 18);
    return len >= FIRST && len <= MAX_FRAME_BYTES && p[10] >= 1 && memcmp(name, "RxSBasic", 8) == 0;
}

static size_t resync(const uint8_t *buf, size_t len, bool eof) {
    for (size_t i = 1; i + FIRST + 2 <= len; i++)
        if (buf[i + 4] == magic[0] && header_fits(buf + i)) return i;
    return eof || len < FIRST + 2 ? len : len - (FIRST + 1);
}

/* Cuts a whole frame into its segments. */
static int cut(const uint8_t *p, size_t len, struct parts *out) {
    *out = (struct parts){0};
    struct aw_cursor c = at(p, len, p[8] == 1 ? 11 : 13);
    for (unsigned i = 0; i < p[10]; i++) {
        size_t n = aw_cursor_u32le(&c);
        if (c.short_read || n > aw_cursor_left(&c)) return AW_ERR_LENGTH;
        struct aw_cursor s = aw_cursor_init(aw_cursor_take(&c, n), n);
        size_t name_len = aw_cursor_u8(&s);
        const uint8_t *name = aw_cursor_take(&s, name_len);
        struct segment segment = {.version = aw_cursor_u16le(&s)};
        if (s.short_read) return AW_ERR_LENGTH;
        segment.len = aw_cursor_left(&s);
        segment.body = s.p + s.pos;
        if (name_is(name, name_len, "RxSBasic")) out->basic = segment;
        if (name_is(name, name_len, "ExtraInfo")) out->extra = segment;
        if (name_is(name, name_len, "MVMExtra")) out->mvm = segment;
        if (name_is(name, name_len, "CSI")) out->csi = segment;
    }
    size_t mpdu_len = p[8] == 1 ? aw_cursor_left(&c) : aw_cursor_u32le(&c);
    out->mpdu = aw_cursor_take(&c, mpdu_len);
    if (out->mpdu) out->mpdu_len = mpdu_len;
    return AW_OK;
}

/* Version 2 adds the offset, 3 the number of matrices, 4 the firmware, 5 a second frequency. */
static int get_csi(const struct segment *s, struct csi_fields *f) {
    if (s->version < 1 || s->version > 7) return AW_ERR_VERSION;
    struct aw_cursor c = aw_cursor_init(s->body, s->len);
    f->device = aw_cursor_u16le(&c);
    if (s->version >= 4) aw_cursor_u8(&c);
    f->format = aw_cursor_u8(&c);
    f->mhz = aw_cursor_u16le(&c);
    aw_cursor_take(&c, 8 + (s->version >= 5 ? 9 : 0) + 8 + 4); /* frequencies, rates */
    f->n_sub = aw_cursor_u16le(&c);
    f->n_tx = aw_cursor_u8(&c);
    f->n_rx = aw_cursor_u8(&c);
    aw_cursor_u8(&c); /* extra sounding streams: told by the length, too */
    if (s->version >= 3) aw_cursor_u16le(&c);
    f->antenna_sel = aw_cursor_u8(&c);
    if (s->version >= 2) aw_cursor_u16le(&c);
    f->len = aw_cursor_u32le(&c);
    f->bytes = aw_cursor_take(&c, f->len);
    return c.short_read ? AW_ERR_LENGTH : AW_OK;
}

/* Values and layout into out->iq and *table; sets f->n_tx to the chains that are there, and
 * antenna[r] of an Intel 5300 whose columns are no permutation. */
static int values(struct csi_fields *f, const struct aw_frame *out,
                  const struct aw_ofdm_table **table, uint8_t antenna[AW_MAX_CHAINS]) {
    struct aw_intel_ax_layout ax;
    if (f->n_rx < 1 || f->n_rx > AW_MAX_CHAINS) return AW_ERR_RANGE;
    if (f->device == IWL5300) {
        *table = aw_ofdm_intel5300(f->mhz);
        f->n_tx = f->len >= 12 ? (unsigned)((f->len - 12) / 60) / f->n_rx : 0;
    } else if (f->device == QCA9300) {
        *table = aw_ofdm_used(AW_OFDM_HT, f->mhz);
        f->n_tx = *table ? (unsigned)(f->len * 2 / 5 / (*table)->n) / f->n_rx : 0;
    } else if (f->device == AX200 || f->device == AX210) {
        static const enum aw_ofdm_phy phys[] = {AW_OFDM_LEGACY, AW_OFDM_HT, AW_OFDM_VHT, AW_OFDM_HE,
                                                AW_OFDM_HE};
        if (f->format > 4 || !aw_intel_ax_layout(phys[f->format], f->mhz, f->n_sub, &ax))
            return AW_ERR_LAYOUT;
        *table = ax.table;
    } else {
        return AW_ERR_UNSUPPORTED;
    }
    if (f->n_tx < 1 || f->n_tx > AW_MAX_CHAINS) return AW_ERR_RANGE;
    if (!*table) return AW_ERR_LAYOUT;
    if (f->n_rx * f->n_tx * (*table)->n > out->iq_cap) return AW_ERR_TOO_MANY;

    if (f->device == IWL5300) {
        uint8_t bits[552 + 2] = {0}, row[3];
        if (f->n_rx > 3 || f->n_tx > 3) return AW_ERR_RANGE;
        if (f->len != aw_intel5300_packed_bytes(f->n_rx, f->n_tx)) return AW_ERR_LENGTH;
        memcpy(bits, f->bytes, f->len);
        bool permuted = aw_intel5300_rows((uint8_t)f->antenna_sel, f->n_rx, row);
        for (unsigned r = 0; r < f->n_rx && (f->n_rx == 1 || !permuted); r++)
            antenna[r] = f->antenna_sel >> 2 * r & 3;
        aw_intel5300_unpack(bits, f->n_rx, f->n_tx, row, out->iq);
    } else if (f->device == QCA9300) {
        if (f->len != aw_atheros_packed_bytes((*table)->n, f->n_rx, f->n_tx)) return AW_ERR_LENGTH;
        aw_atheros_unpack(f->bytes, (*table)->n, f->n_rx, f->n_tx, out->iq);
    } else {
        if (f->len != (size_t)4 * f->n_rx * f->n_tx * ax.n) return AW_ERR_LENGTH;
        aw_intel_ax_unpack(&ax, f->bytes, f->n_rx * f->n_tx, out->iq);
    }
    return AW_OK;
}

/* One of noise, rssi, rssi of chain 0, ...: dBm, NAN unknown (-128, and 0 as rssi of a chain). */
static float level(const struct segment *s, unsigned which) {
    struct aw_cursor c =
        at(s->body, s->len,
           basics[s->version - 1].noise + (size_t)which * basics[s->version - 1].step);
    float v = basics[s->version - 1].step == 1 ? (float)aw_cursor_i8(&c) : aw_cursor_f32le(&c);
    return v == -128 || !(v > -1000 && v < 1000) ? NAN : v;
}

/* antenna[r]: which rssi is that of chain r */
static void set_basic(const struct segment *s, const uint8_t antenna[AW_MAX_CHAINS],
                      struct aw_frame *out) {
    struct aw_cursor c = at(s->body, s->len, 2);
    uint64_t us = aw_cursor_u64le(&c);
    if (us > 0 && us < INT64_MAX / 1000) {
        out->t_ns = (int64_t)us * AW_US;
        out->t_kind = AW_TIME_DEVICE;
    }
    if (basics[s->version - 1].system_time) {
        uint64_t unix_ns = aw_cursor_u64le(&c);
        if (unix_ns <= INT64_MAX) out->t_arrival_ns = (int64_t)unix_ns;
    }
    c = at(s->body, s->len, basics[s->version - 1].primary);
    out->freq_mhz = aw_cursor_u16le(&c);
    out->channel = aw_mhz_to_channel(out->freq_mhz);
    float noise = level(s, 0);
    if (noise < 0) out->noise_dbm = noise;
    for (unsigned r = 0; r < out->n_rx && r < basics[s->version - 1].chains; r++) {
        float rssi = antenna[r] < basics[s->version - 1].chains ? level(s, 2 + antenna[r]) : NAN;
        out->rssi_dbm[r] = rssi == 0 ? NAN : s->version <= 2 ? rssi + noise : rssi;
    }
}

/* The card's own MAC and AGC. */
static void set_extra(const struct segment *s, struct aw_frame *out) {
    static const uint8_t sizes[20] = {2, 8, 6, 6, 4, 1, 20, 1, 1, 1, 8, 0, 0, 2, 1, 1, 2, 1, 1, 1};
    struct aw_cursor c = aw_cursor_init(s->body, s->len);
    uint32_t has = aw_cursor_u32le(&c);
    for (unsigned bit = 0; bit < 20 && !c.short_read; bit++) {
        if (!(has >> bit & 1)) continue;
        if (sizes[bit] == 0) return; /* of unknown size: what follows cannot be found */
        struct aw_cursor field = c;
        if (!aw_cursor_take(&c, sizes[bit])) return;
        if (bit == 2 || bit == 3) out->node = aw_cursor_mac(&field);
        if (bit == 19) out->agc_db = aw_cursor_u8(&field);
    }
}

static int read_frame(const uint8_t *p, size_t len, struct aw_frame *out) {
    struct parts s;
    struct csi_fields f;
    const struct aw_ofdm_table *table = NULL;
    uint8_t antenna[AW_MAX_CHAINS] = {0, 1, 2, 3};
    int rc = cut(p, len, &s);
    if (rc < 0) return rc;
    if (!s.csi.body) return 0;
    if (!s.basic.body || s.basic.version < 1 || s.basic.version > 6) return AW_ERR_VERSION;
    if (s.basic.len < basics[s.basic.version - 1].len) return AW_ERR_LENGTH;
    if ((rc = get_csi(&s.csi, &f)) < 0 || (rc = values(&f, out, &table, antenna)) < 0) return rc;

    aw_frame_clear(out);
    out->format = AW_FORMAT_PICOSCENES;
    out->chip = f.device == IWL5300   ? "intel5300"
                : f.device == QCA9300 ? "qca9300"
                : f.device == AX200   ? "intel-ax200"
                                      : "intel-ax210";
    out->n_rx = (uint16_t)f.n_rx;
    out->n_tx = (uint16_t)f.n_tx;
    out->bandwidth_mhz = (uint16_t)f.mhz;
    set_basic(&s.basic, antenna, out);
    if (s.extra.body && s.extra.version == 1) set_extra(&s.extra, out);
    if (s.mvm.body && s.mvm.version == 1 && s.mvm.len >= 2 + 92) {
        struct aw_cursor c = at(s.mvm.body, s.mvm.len, 2 + 88); /* RxSBasic's time often is 0 */
        out->t_ns = aw_cursor_u32le(&c) * AW_US;
        out->t_wrap_ns = (INT64_C(1) << 32) * AW_US;
        out->t_kind = AW_TIME_DEVICE;
    } else if (f.device == QCA9300) {
        out->t_ns %= (INT64_C(1) << 32) * AW_US; /* the hardware counts 32 bits */
        out->t_wrap_ns = (INT64_C(1) << 32) * AW_US;
    }
    if (s.mpdu_len >= 16 && !((s.mpdu[0] & 0x0F) == 0x04 && s.mpdu[0] >= 0xC4)) {
        struct aw_cursor c = at(s.mpdu, s.mpdu_len, 10); /* all but CTS and ACK have it */
        out->tx = aw_cursor_mac(&c);
    }
    out->n_sub = table->n;
    out->spacing_hz = table->spacing_hz;
    out->k = table->k;
    out->kind = table->kind;
    out->quant_step = 1;
    return 1;
}

static int picoscenes_read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                           struct aw_frame *out, size_t *consumed) {
    (void)st;
    *consumed = 0;
    if (len == 0) return 0;
    if (len < FIRST + 2) {
        if (!eof) return 0;
        *consumed = len;
        return AW_ERR_TRUNCATED;
    }
    if (!header_fits(buf)) {
        *consumed = resync(buf, len, eof);
        return memcmp(buf + 4, magic, 4) != 0 ? AW_ERR_MAGIC
               : buf[8] != 1 && buf[8] != 2   ? AW_ERR_VERSION
                                              : AW_ERR_LENGTH;
    }
    struct aw_cursor c = aw_cursor_init(buf, len);
    size_t record = 4 + (size_t)aw_cursor_u32le(&c);
    if (len < record) {
        if (!eof) return 0;
        *consumed = resync(buf, len, eof);
        return AW_ERR_TRUNCATED;
    }
    *consumed = record;
    return read_frame(buf, record, out);
}

/* Two frames in a row, or as much of them as there is. */
static bool picoscenes_probe(const uint8_t *head, size_t len, bool eof) {
    if (len < FIRST + 2 || !header_fits(head)) return false;
    struct aw_cursor c = aw_cursor_init(head, len);
    size_t record = 4 + (size_t)aw_cursor_u32le(&c);
    if (len < record) return !eof;
    return len - record < FIRST + 2 || header_fits(head + record);
}

const struct aw_reader aw_reader_picoscenes = {
    .format = AW_FORMAT_PICOSCENES,
    .unit = AW_READER_STREAM,
    .probe = picoscenes_probe,
    .read = picoscenes_read,
};
