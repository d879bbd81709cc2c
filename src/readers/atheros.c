/* Atheros CSI Tool: a file of records. Written on a little endian or on a big endian machine (an
 * access point): all fields but the packed values follow it. Some versions put one byte before
 * the first record, 0xFF or 0.
 *
 *     offset  size
 *      0      2    length of what follows these two bytes
 *      2      8    time of the hardware, us; the hardware counts 32 bits
 *     10      2    length of the packed values; 0: none
 *     12      2    channel, MHz
 *     14      1    error of the receiver, 0 none
 *     15      1    noise, dBm, signed; 0: not known
 *     16      1    rate
 *     17      1    width: 0 20 MHz, 1 40 MHz
 *     18      1    subcarriers: 56, 114
 *     19      1    n_rx, 1..3
 *     20      1    n_tx, 1..3
 *     21      4    rssi of all, of chain 0, 1, 2: dB above noise; 128 unknown
 *     25      2    length of the payload
 *     27      -    packed values: see atheros.h
 *      .      -    payload: the received frame with its 802.11 header
 *
 * dBm = rssi + noise; where the noise is not known, -95 dBm, which the driver takes then.
 *
 * Source: Y. Xie, Atheros CSI Tool user guide and read_csi.c, 2015; Linux ath9k, hw.h:
 * ATH_DEFAULT_NOISE_FLOOR. That the receive chain runs fastest, as in read_csi.c and PicoScenes
 * but not in csiread, is seen in the recording too: the power follows rssi only so. */
#include "readers/atheros.h"

#include "base/cursor.h"
#include "base/frame.h"
#include "base/units.h"
#include "readers/ofdm.h"
#include "readers/reader.h"

enum { HEADER = 27, DEFAULT_NOISE_DBM = -95, RSSI_UNKNOWN = 128, MAC_HEADER = 24 };

void aw_atheros_unpack(const uint8_t *bits, unsigned n_sub, unsigned n_rx, unsigned n_tx,
                       float *iq) {
    size_t at = 0; /* in units of 20 bits */
    for (unsigned k = 0; k < n_sub; k++)
        for (unsigned t = 0; t < n_tx; t++)
            for (unsigned r = 0; r < n_rx; r++, at++) {
                const uint8_t *b = bits + at * 20 / 8;
                uint32_t w = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16;
                w <<= at & 1 ? 8 : 12; /* the 20 bits at the top */
                float *v = iq + 2 * ((size_t)(r * n_tx + t) * n_sub + k);
                v[0] = (float)((int32_t)w >> 22);
                v[1] = (float)((int32_t)(w << 10) >> 22);
            }
}

static unsigned u16(const uint8_t *p, bool big) {
    return big ? (unsigned)p[0] << 8 | p[1] : p[0] | (unsigned)p[1] << 8;
}

/* AW_OK, or why the header at p (HEADER bytes) is none of a record of this byte order. */
static int check(const uint8_t *p, bool big) {
    unsigned length = u16(p, big), csi = u16(p + 10, big), payload = u16(p + 25, big);
    unsigned mhz = u16(p + 12, big);
    if (length != HEADER - 2 + csi + payload) return AW_ERR_LENGTH;
    if (mhz < 2412 || mhz > 5900 || p[17] > 1) return AW_ERR_RANGE;
    if (csi == 0) return AW_OK;
    if (p[19] < 1 || p[19] > 3 || p[20] < 1 || p[20] > 3) return AW_ERR_RANGE;
    if (p[18] != (p[17] ? 114 : 56)) return AW_ERR_LAYOUT;
    return csi == aw_atheros_packed_bytes(p[18], p[19], p[20]) ? AW_OK : AW_ERR_LENGTH;
}

/* Byte order of the record at p: 0 little, 1 big, < 0 why it is none in either. */
static int order(const uint8_t *p) {
    int little = check(p, false);
    if (little == AW_OK) return 0;
    int big = check(p, true);
    return big == AW_OK ? 1 : big != AW_ERR_LENGTH ? big : little;
}

static size_t resync(const uint8_t *buf, size_t len, bool eof) {
    for (size_t at = 1; at + HEADER <= len; at++)
        if (buf[at + 17] < 2 && order(buf + at) >= 0) return at;
    return eof || len < HEADER ? len : len - (HEADER - 1);
}

static void set_rssi(struct aw_frame *out, const uint8_t *p) {
    int8_t noise = (int8_t)p[15];
    if (noise < 0) out->noise_dbm = noise;
    float floor_dbm = noise < 0 ? noise : DEFAULT_NOISE_DBM;
    for (unsigned r = 0; r < out->n_rx; r++)
        if (p[22 + r] != RSSI_UNKNOWN) out->rssi_dbm[r] = floor_dbm + (float)(int8_t)p[22 + r];
}

/* Has this 802.11 header, of an MPDU of len bytes, a second address, the transmitter's? */
static bool has_transmitter(const uint8_t *mpdu, size_t len) {
    return len >= MAC_HEADER && (mpdu[0] & 0x0F) != 0x04; /* control frames may lack it */
}

static void fill(const uint8_t *p, bool big, struct aw_frame *out) {
    unsigned csi = u16(p + 10, big), payload = u16(p + 25, big);
    aw_frame_clear(out);
    out->format = AW_FORMAT_ATHEROS;
    out->chip = "ath9k";
    out->n_rx = p[19];
    out->n_tx = p[20];
    struct aw_cursor c = aw_cursor_init(p, HEADER + (size_t)csi + payload);
    c.pos = 2;
    uint64_t us = big ? aw_cursor_u64be(&c) : aw_cursor_u64le(&c);
    out->t_ns = (int64_t)(us & UINT32_MAX) * AW_US;
    out->t_wrap_ns = (INT64_C(1) << 32) * AW_US;
    out->t_kind = AW_TIME_DEVICE;
    const uint8_t *mpdu = p + HEADER + csi;
    if (has_transmitter(mpdu, payload)) {
        c.pos = HEADER + (size_t)csi + 10;
        out->tx = aw_cursor_mac(&c);
    }
    out->freq_mhz = (uint16_t)u16(p + 12, big);
    out->channel = aw_mhz_to_channel(out->freq_mhz);
    out->bandwidth_mhz = p[17] ? 40 : 20;
    set_rssi(out, p);
    const struct aw_ofdm_table *t = aw_ofdm_used(AW_OFDM_HT, out->bandwidth_mhz);
    out->n_sub = t->n;
    out->spacing_hz = t->spacing_hz;
    out->k = t->k;
    out->kind = t->kind;
    out->quant_step = 1;
}

static int atheros_read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                        struct aw_frame *out, size_t *consumed) {
    bool *started = AW_READER_STATE(bool, st);
    *consumed = 0;
    if (len == 0) return 0;
    if (len <= HEADER) {
        if (!eof) return 0;
        *consumed = len;
        int big = len == HEADER ? order(buf) : AW_ERR_TRUNCATED;
        return big < 0 || u16(buf + 10, big) || u16(buf + 25, big) ? AW_ERR_TRUNCATED : 0;
    }
    if (!*started) {
        *started = true;
        if ((buf[0] == 0xFF || buf[0] == 0) && order(buf) < 0 && order(buf + 1) >= 0) {
            *consumed = 1;
            return 0;
        }
    }
    int big = order(buf);
    if (big < 0) {
        *consumed = resync(buf, len, eof);
        return big;
    }
    size_t record = 2 + (size_t)u16(buf, big);
    if (len < record) {
        if (!eof) return 0;
        *consumed = resync(buf, len, eof);
        return AW_ERR_TRUNCATED;
    }
    *consumed = record;
    if (u16(buf + 10, big) == 0) return 0;
    if ((uint32_t)buf[18] * buf[19] * buf[20] > out->iq_cap) return AW_ERR_TOO_MANY;
    aw_atheros_unpack(buf + HEADER, buf[18], buf[19], buf[20], out->iq);
    fill(buf, big, out);
    return 1;
}

/* Two records in a row with values in the first, or as much of them as there is. */
static bool atheros_probe(const uint8_t *head, size_t len, bool eof) {
    if (len < HEADER + 1) return false;
    if ((head[0] == 0xFF || head[0] == 0) && order(head) < 0) head++, len--;
    int big = order(head);
    if (big < 0 || u16(head + 10, big) == 0) return false;
    size_t record = 2 + (size_t)u16(head, big);
    if (len < record) return !eof;
    return len - record < HEADER || order(head + record) == big;
}

const struct aw_reader aw_reader_atheros = {
    .format = AW_FORMAT_ATHEROS,
    .unit = AW_READER_STREAM,
    .probe = atheros_probe,
    .read = atheros_read,
};
