/* FeitCSI: a file of records, header and values, little endian.
 *
 *     offset  size
 *        0     4   bytes of values, 4 n_rx n_tx n
 *        8     4   FTM clock, 3.125 ns, wraps
 *       12     8   Unix time in us; 0 in older files
 *       46     1   n_rx
 *       47     1   n_tx
 *       52     4   n, values per chain
 *       60     4   rssi 1, -dBm
 *       64     4   rssi 2, -dBm
 *       68     6   transmitter's MAC
 *       88     4   us since the card started, wraps at 2^32 (the FTM clock agrees)
 *       92     4   rate: bits 8..10 format (1 legacy, 2 HT, 3 VHT, 4 HE, 5 EHT),
 *                  bits 11..13 width (20 MHz << value)
 *      272     -   values: see intel_ax.h
 *
 * Source: feitcsi.kuskosoft.com, CSI format; KuskoSoft/FeitCSI, include/Csi.h; the clock at 88:
 * PicoScenes, IntelMVMParsedCSIHeader. */
#include "base/cursor.h"
#include "base/frame.h"
#include "base/units.h"
#include "readers/intel_ax.h"
#include "readers/reader.h"

enum { HEADER = 272, LOOKED_AT = 96, MAX_CHAINS = AW_MAX_CHAINS };

static uint32_t u32(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* AW_OK, or why the header at p (LOOKED_AT bytes) is none of a record. */
static int check(const uint8_t *p, struct aw_intel_ax_layout *layout) {
    uint32_t n = u32(p + 52), rate = u32(p + 92);
    unsigned n_rx = p[46], n_tx = p[47], format = rate >> 8 & 7, width = rate >> 11 & 7;
    if (n_rx < 1 || n_rx > MAX_CHAINS || n_tx < 1 || n_tx > MAX_CHAINS) return AW_ERR_RANGE;
    if (n < 1 || n > AW_MAX_SUB) return AW_ERR_RANGE;
    if (u32(p) != 4 * n_rx * n_tx * n) return AW_ERR_LENGTH;
    if (format < 1 || format > 4 || width > 3) return AW_ERR_UNSUPPORTED;
    static const enum aw_ofdm_phy phys[] = {AW_OFDM_LEGACY, AW_OFDM_HT, AW_OFDM_VHT, AW_OFDM_HE};
    return aw_intel_ax_layout(phys[format - 1], 20u << width, n, layout) ? AW_OK : AW_ERR_LAYOUT;
}

/* Bytes up to the next record that looks right, or to where one could begin. */
static size_t resync(const uint8_t *buf, size_t len, bool eof) {
    struct aw_intel_ax_layout layout;
    for (size_t at = 1; at + LOOKED_AT <= len; at++)
        if (buf[at + 46] - 1u < MAX_CHAINS && check(buf + at, &layout) == AW_OK) return at;
    return eof || len < LOOKED_AT ? len : len - (LOOKED_AT - 1);
}

static void set_rssi(struct aw_frame *out, const uint8_t *p) {
    for (unsigned r = 0; r < 2 && r < out->n_rx; r++) {
        uint32_t minus_dbm = u32(p + 60 + 4 * r);
        if (minus_dbm > 0 && minus_dbm < 128) out->rssi_dbm[r] = -(float)minus_dbm;
    }
}

static int feitcsi_read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                        struct aw_frame *out, size_t *consumed) {
    (void)st;
    *consumed = 0;
    if (len == 0) return 0;
    if (len < LOOKED_AT) {
        if (!eof) return 0;
        *consumed = len;
        return AW_ERR_TRUNCATED;
    }
    struct aw_intel_ax_layout layout;
    int rc = check(buf, &layout);
    if (rc == AW_ERR_RANGE || rc == AW_ERR_LENGTH) { /* its length is not to be trusted */
        *consumed = resync(buf, len, eof);
        return rc;
    }
    size_t record = HEADER + (size_t)u32(buf);
    if (len < record) {
        if (!eof) return 0;
        *consumed = resync(buf, len, eof);
        return AW_ERR_TRUNCATED;
    }
    *consumed = record;
    if (rc < 0) return rc;
    unsigned n_rx = buf[46], n_tx = buf[47];
    if (n_rx * n_tx * layout.table->n > out->iq_cap) return AW_ERR_TOO_MANY;

    aw_intel_ax_unpack(&layout, buf + HEADER, n_rx * n_tx, out->iq);
    aw_frame_clear(out);
    out->format = AW_FORMAT_FEITCSI;
    out->chip = "intel-ax200/ax210";
    out->n_rx = (uint16_t)n_rx;
    out->n_tx = (uint16_t)n_tx;
    struct aw_cursor c = aw_cursor_init(buf, HEADER);
    c.pos = 12;
    uint64_t unix_us = aw_cursor_u64le(&c);
    if (unix_us > 0 && unix_us < INT64_MAX / 1000) out->t_arrival_ns = (int64_t)unix_us * AW_US;
    c.pos = 68;
    out->tx = aw_cursor_mac(&c);
    c.pos = 88;
    out->t_ns = aw_cursor_u32le(&c) * AW_US;
    out->t_wrap_ns = (INT64_C(1) << 32) * AW_US;
    out->t_kind = AW_TIME_DEVICE;
    set_rssi(out, buf);
    out->bandwidth_mhz = (uint16_t)(20u << (u32(buf + 92) >> 11 & 7));
    out->n_sub = layout.table->n;
    out->spacing_hz = layout.table->spacing_hz;
    out->k = layout.table->k;
    out->kind = layout.table->kind;
    out->quant_step = 1;
    return 1;
}

/* Two records in a row, or as much of them as there is. */
static bool feitcsi_probe(const uint8_t *head, size_t len, bool eof) {
    struct aw_intel_ax_layout layout;
    if (len < LOOKED_AT || check(head, &layout) != AW_OK) return false;
    size_t record = HEADER + (size_t)u32(head);
    if (len < record) return !eof;
    return len - record < LOOKED_AT || check(head + record, &layout) == AW_OK;
}

const struct aw_reader aw_reader_feitcsi = {
    .format = AW_FORMAT_FEITCSI,
    .unit = AW_READER_STREAM,
    .probe = feitcsi_probe,
    .read = feitcsi_read,
};
