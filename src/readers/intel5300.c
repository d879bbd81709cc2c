/* Linux 802.11n CSI Tool: a file of records. Lengths are big endian, all else little.
 *
 *     offset  size
 *      0      2     length of what follows these two bytes, big endian
 *      2      1     code: 0xBB channel state; others hold none
 *                   --- 0xBB ---
 *      3      4     timestamp_low, us since the card started, wraps at 2^32
 *      7      2     bfee_count, measurements so far, wraps at 2^16
 *      9      2     -
 *     11      1     n_rx, 1..3
 *     12      1     n_tx, 1..3
 *     13      3     rssi a, b, c: dBm = value - 44 - agc; 0: no signal there
 *     16      1     noise, dBm, signed; -127 unknown
 *     17      1     agc, dB
 *     18      1     antenna_sel: 3 x 2 bits, which antenna (a, b, c) each column is
 *     19      2     length of the packed bits
 *     21      2     rate_n_flags: 0x0800 40 MHz
 *     23      -     for each of 30 subcarriers: 3 bits unused, then for each column and each
 *                   transmit chain real and imaginary part, 8 bits each, lowest bit first
 *
 * Source: D. Halperin et al., Tool Release: Gathering 802.11n Traces with Channel State
 * Information, 2011; read_bfee.c and read_bf_file.m of the tool. Signs and conjugation as there. */
#include "readers/intel5300.h"

#include "base/cursor.h"
#include "base/frame.h"
#include "base/units.h"
#include "readers/ofdm.h"
#include "readers/reader.h"

enum { HEADER = 23, CODE_CSI = 0xBB, CODE_MPDU = 0xC1, MAX_PACKED = 552, RSSI_OFFSET_DB = 44 };

void aw_intel5300_unpack(const uint8_t *bits, unsigned n_rx, unsigned n_tx, const uint8_t row[3],
                         float *iq) {
    float *column[9];
    unsigned n = 0;
    for (unsigned r = 0; r < n_rx; r++)
        for (unsigned t = 0; t < n_tx; t++)
            column[n++] = iq + (size_t)2 * AW_INTEL5300_N_SUB * (row[r] * n_tx + t);
    size_t bit = 0;
    for (size_t i = 0; i < AW_INTEL5300_N_SUB; i++) {
        bit += 3;
        for (unsigned c = 0; c < n; c++, bit += 16) {
            const uint8_t *b = bits + bit / 8;
            uint32_t w = (b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16) >> bit % 8;
            column[c][2 * i] = (float)(int8_t)w;
            column[c][2 * i + 1] = (float)(int8_t)(w >> 8);
        }
    }
}

bool aw_intel5300_rows(uint8_t antenna_sel, unsigned n_rx, uint8_t row[3]) {
    unsigned seen = 0;
    for (unsigned r = 0; r < 3; r++) row[r] = (uint8_t)r;
    if (n_rx == 1) return true; /* the tool does not permute a single antenna */
    for (unsigned r = 0; r < n_rx; r++) seen |= 1u << (antenna_sel >> 2 * r & 3);
    if (seen != (1u << n_rx) - 1) return false;
    for (unsigned r = 0; r < n_rx; r++) row[r] = antenna_sel >> 2 * r & 3;
    return true;
}

/* Do the lengths of a 0xBB record agree with each other? Needs HEADER bytes. */
static bool header_fits(const uint8_t *p) {
    unsigned length = (unsigned)p[0] << 8 | p[1];
    unsigned packed = p[19] | (unsigned)p[20] << 8;
    return p[2] == CODE_CSI && p[11] >= 1 && p[11] <= 3 && p[12] >= 1 && p[12] <= 3 &&
           packed == aw_intel5300_packed_bytes(p[11], p[12]) && length == packed + HEADER - 2;
}

/* Bytes up to the next record that looks right, or to where one could begin. */
static size_t resync(const uint8_t *buf, size_t len, bool eof) {
    for (size_t at = 1; at + HEADER <= len; at++)
        if (buf[at + 2] == CODE_CSI && header_fits(buf + at)) return at;
    return eof ? len : len - (HEADER - 1);
}

/* rssi[r] for chain r; antennas that are no chain follow, so that their power can be summed. */
static void set_rssi(struct aw_frame *f, const uint8_t *rssi, uint8_t antenna_sel, bool rows_ok) {
    unsigned used = 0, n = 0;
    float dbm[3];
    for (unsigned a = 0; a < 3; a++)
        dbm[a] = rssi[a] ? (float)rssi[a] - RSSI_OFFSET_DB - f->agc_db : NAN;
    if (f->n_rx == 1 || !rows_ok) {
        for (; n < f->n_rx; n++) {
            unsigned a = antenna_sel >> 2 * n & 3;
            if (a > 2 || used >> a & 1) continue;
            f->rssi_dbm[n] = dbm[a];
            used |= 1u << a;
        }
    }
    for (unsigned a = 0; a < 3; a++)
        if (!(used >> a & 1) && n < AW_MAX_CHAINS) f->rssi_dbm[n++] = dbm[a];
}

static int read_csi(const uint8_t *p, struct aw_frame *out) {
    unsigned n_rx = p[11], n_tx = p[12];
    size_t packed = aw_intel5300_packed_bytes(n_rx, n_tx);
    if (out->iq_cap < n_rx * n_tx * AW_INTEL5300_N_SUB) return AW_ERR_TOO_MANY;

    uint8_t bits[MAX_PACKED + 8] = {0}, row[3];
    memcpy(bits, p + HEADER, packed);
    bool rows_ok = aw_intel5300_rows(p[18], n_rx, row);
    aw_intel5300_unpack(bits, n_rx, n_tx, row, out->iq);

    struct aw_cursor c = aw_cursor_init(p + 3, HEADER - 3);
    aw_frame_clear(out);
    out->format = AW_FORMAT_INTEL5300;
    out->chip = "intel5300";
    out->t_ns = aw_cursor_u32le(&c) * AW_US;
    out->t_wrap_ns = (INT64_C(1) << 32) * AW_US;
    out->t_kind = AW_TIME_DEVICE;
    out->seq = aw_cursor_u16le(&c);
    out->seq_mod = 65536;
    out->n_rx = (uint16_t)n_rx;
    out->n_tx = (uint16_t)n_tx;
    int8_t noise = (int8_t)p[16];
    if (noise != -127) out->noise_dbm = noise;
    out->agc_db = p[17];
    set_rssi(out, p + 13, p[18], rows_ok);
    out->bandwidth_mhz = p[22] & 0x08 ? 40 : 20;
    const struct aw_ofdm_table *t = aw_ofdm_intel5300(out->bandwidth_mhz);
    out->n_sub = t->n;
    out->spacing_hz = t->spacing_hz;
    out->k = t->k;
    out->kind = t->kind;
    out->quant_step = 1;
    return 1;
}

static int intel5300_read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                          struct aw_frame *out, size_t *consumed) {
    (void)st;
    *consumed = 0;
    if (len == 0) return 0;
    if (len < HEADER && !eof) return 0;
    if (len < 3) {
        *consumed = len;
        return AW_ERR_TRUNCATED;
    }
    size_t record = 2 + ((size_t)buf[0] << 8 | buf[1]);
    if (record < 3) {
        *consumed = resync(buf, len, eof);
        return AW_ERR_LENGTH;
    }
    if (buf[2] == CODE_CSI && len >= HEADER && !header_fits(buf)) {
        bool range = buf[11] < 1 || buf[11] > 3 || buf[12] < 1 || buf[12] > 3;
        *consumed = resync(buf, len, eof);
        return range ? AW_ERR_RANGE : AW_ERR_LENGTH;
    }
    if (len < record) {
        if (!eof) return 0;
        *consumed = resync(buf, len, eof);
        return AW_ERR_TRUNCATED;
    }
    if (buf[2] != CODE_CSI) {
        /* Not ours to read. Unless it is a received frame, what follows must be a record. */
        if (buf[2] != CODE_MPDU && len >= record + HEADER && buf[record + 2] != CODE_MPDU &&
            !header_fits(buf + record)) {
            *consumed = resync(buf, len, eof);
            return AW_ERR_MAGIC;
        }
        *consumed = record;
        return 0;
    }
    if (record < HEADER) { /* only at the end of a file, where header_fits was not asked */
        *consumed = len;
        return AW_ERR_LENGTH;
    }
    *consumed = record;
    return read_csi(buf, out);
}

/* Two records in a row, one of them channel state, or as much of them as there is. */
static bool intel5300_probe(const uint8_t *head, size_t len, bool eof) {
    size_t at = 0;
    bool csi = false;
    for (int records = 0; records < 4 && at < len; records++) {
        const uint8_t *p = head + at;
        if (len - at < HEADER) return csi && !eof;
        if (p[2] == CODE_CSI) {
            if (!header_fits(p)) return false;
            csi = true;
        } else if (p[2] != CODE_MPDU) {
            return false;
        }
        at += 2 + ((size_t)p[0] << 8 | p[1]);
    }
    return csi;
}

int aw_intel5300_scale(struct aw_frame *f) {
    static const double tx_gain[4] = {0, 1, 2, 2.8183829312644537}; /* the last: 10^0.45 */
    if (f->format != AW_FORMAT_INTEL5300 || f->flags & AW_FRAME_ABSOLUTE) return AW_ERR_INVAL;
    if (f->n_tx < 1 || f->n_tx > 3) return AW_ERR_INVAL;
    double rssi_mw = 0, power = 0;
    for (int a = 0; a < AW_MAX_CHAINS; a++)
        if (!isnan(f->rssi_dbm[a])) rssi_mw += pow(10, f->rssi_dbm[a] / 10.0);
    if (!(rssi_mw > 0)) return AW_ERR_INVAL;
    size_t n = (size_t)2 * aw_frame_values(f);
    for (size_t i = 0; i < n; i++) power += (double)f->iq[i] * f->iq[i];
    if (!(power > 0)) return AW_ERR_EMPTY;

    double s = rssi_mw / (power / AW_INTEL5300_N_SUB);
    double noise_mw = pow(10, (isnan(f->noise_dbm) ? -92.0 : f->noise_dbm) / 10.0);
    double gain = sqrt(s / (noise_mw + s * f->n_rx * f->n_tx) * tx_gain[f->n_tx]);
    for (size_t i = 0; i < n; i++) f->iq[i] = (float)(f->iq[i] * gain);
    f->quant_step = (float)(f->quant_step * gain);
    f->flags |= AW_FRAME_ABSOLUTE;
    return AW_OK;
}

const struct aw_reader aw_reader_intel5300 = {
    .format = AW_FORMAT_INTEL5300,
    .unit = AW_READER_STREAM,
    .probe = intel5300_probe,
    .read = intel5300_read,
};
