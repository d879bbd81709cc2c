/* Nexmon CSI: the payload of one UDP datagram to port 5500, little endian. One datagram holds one
 * receive core and one spatial stream of one frame.
 *
 *     offset  size
 *      0      2     magic 0x1111
 *      2      1     rssi, dBm, signed     | older firmware: 0x11 0x11, and neither is known
 *      3      1     frame control         |
 *      4      6     transmitter's MAC
 *     10      2     802.11 sequence control: of all its frames, not a count of CSI frames
 *     12      2     bits 0..2 core, bits 3..5 spatial stream; some firmware swaps the two bytes
 *     14      2     chanspec: 0..7 channel, 8..10 side band, 11..13 width, 14..15 band
 *     16      2     chip
 *     18      4 n   values in the order of the FFT; n = 64, 128, 256 or 512 by the width
 *
 * Values by chip:
 *     4339, 43455c0   int16 real, int16 imaginary (14 bits, sign extended)
 *     4358            bit 22 sign, 8 bits real; bit 13 sign, 8 bits imaginary; 5 bits exponent
 *     4366c0          bit 29 sign, 11 bits real; bit 17 sign, 11 bits imaginary; 6 bits exponent
 * A packed value is mantissa 2^exponent, kept exactly: a float holds it. The published decoder
 * shifts it to integers, per frame with its autoscale, and loses the low bits.
 *
 * When the chip field is none of these, the values say which: a packed word leaves its upper
 * 9 (4358) or 2 (4366c0) bits zero, which int16 pairs do not, as their imaginary parts have both
 * signs; then the range of 14 bits tells int16 pairs of an unknown chip. Anything else is refused.
 *
 * Newer firmware (the one that gives rssi) overwrites 3 values with the status of its receiver:
 * 28, 29, 30 at 20 MHz, otherwise 0, 1, 2. They are marked AW_SUB_INVALID.
 *
 * Source: seemoo-lab/nexmon_csi, README.md, src/csi_extractor.c, utils/matlab/unpack_float.c;
 * chanspec: Broadcom bcmwifi_channels.h, D11AC format. */
#include "base/cursor.h"
#include "base/frame.h"
#include "readers/ofdm.h"
#include "readers/reader.h"

enum { HEADER = 18, MAX_VALUES = 512, N_STATUS = 3 };

enum layout { INT16_PAIRS, PACKED_9_5, PACKED_12_6, UNKNOWN_LAYOUT };

static const struct {
    uint16_t id; /* nexmon, patches/include/firmware_version.h: CHIP_VER_BCM... */
    const char *name;
    enum layout layout;
} chips[] = {
    {0x0001, "bcm4339", INT16_PAIRS},
    {0x0003, "bcm4358", PACKED_9_5},
    {0x0065, "bcm43455c0", INT16_PAIRS},
    {0x006A, "bcm4366c0", PACKED_12_6},
};

/* The kinds of the last frame's layout; a frame points here. */
struct nexmon_state {
    uint32_t key; /* n, and bit 31: with status */
    uint8_t kind[MAX_VALUES];
};

static uint32_t word(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool has_status(const uint8_t *p) {
    return p[2] != 0x11 || p[3] != 0x11;
}

static size_t status_at(size_t n) {
    return n == 64 ? 28 : 0;
}

/* MHz of chanspec, 0 when it is none of the known widths. */
static unsigned width_mhz(unsigned chanspec) {
    static const uint8_t mhz[8] = {0, 0, 20, 40, 80, 160, 0, 0};
    return mhz[chanspec >> 11 & 7];
}

/* Length, magic and ranges: the number of values, or an error. */
static int check(const uint8_t *p, size_t len) {
    if (len < HEADER) return AW_ERR_TRUNCATED;
    if (p[0] != 0x11 || p[1] != 0x11) return AW_ERR_MAGIC;
    size_t n = (len - HEADER) / 4;
    unsigned mhz = width_mhz(p[14] | (unsigned)p[15] << 8);
    if (mhz == 0 || (p[12] | p[13]) > 0x3F) return AW_ERR_RANGE;
    if (n < mhz * 16 / 5) return AW_ERR_TRUNCATED;
    if (len != HEADER + mhz * 64 / 5) return AW_ERR_LENGTH;
    return (int)n;
}

/* Which bits are set in any value, and whether all fit into 14 bits twice. */
struct content {
    uint32_t any;
    bool int14;
};

static struct content look(const uint8_t *v, size_t n, bool status) {
    struct content c = {.int14 = true};
    for (size_t i = 0; i < n; i++) {
        if (status && i - status_at(n) < N_STATUS) continue;
        uint32_t w = word(v + 4 * i);
        c.any |= w;
        int16_t re = (int16_t)w, im = (int16_t)(w >> 16);
        c.int14 = c.int14 && re >= -8192 && re <= 8191 && im >= -8192 && im <= 8191;
    }
    return c;
}

static enum layout guess(struct content c, const char **chip) {
    if (c.any < UINT32_C(1) << 23) {
        *chip = "bcm4358";
        return PACKED_9_5;
    }
    if (c.any < UINT32_C(1) << 30 && !c.int14) {
        *chip = "bcm4366c0";
        return PACKED_12_6;
    }
    return c.int14 ? INT16_PAIRS : UNKNOWN_LAYOUT;
}

static void unpack_int16(const uint8_t *v, size_t n, float *iq) {
    for (size_t i = 0; i < 2 * n; i++) iq[i] = (float)(int16_t)(v[2 * i] | v[2 * i + 1] << 8);
}

/* bits: of a mantissa with its sign; exp_bits: of the exponent, two's complement. */
static inline void unpack(const uint8_t *v, size_t n, int bits, int exp_bits, float *iq) {
    uint32_t mask = (UINT32_C(1) << (bits - 1)) - 1;
    for (size_t i = 0; i < n; i++) {
        uint32_t w = word(v + 4 * i);
        int32_t e = (int32_t)(w << (32 - exp_bits)) >> (32 - exp_bits);
        uint32_t scale_bits = (uint32_t)(127 + e) << 23;
        float scale;
        memcpy(&scale, &scale_bits, sizeof scale);
        int32_t re = (int32_t)(w >> (exp_bits + bits) & mask), im = (int32_t)(w >> exp_bits & mask);
        iq[2 * i] = (float)(w >> (exp_bits + 2 * bits - 1) & 1 ? -re : re) * scale;
        iq[2 * i + 1] = (float)(w >> (exp_bits + bits - 1) & 1 ? -im : im) * scale;
    }
}

static const uint8_t *kinds(struct nexmon_state *s, const struct aw_ofdm_table *t, bool status) {
    uint32_t key = t->n | (status ? UINT32_C(1) << 31 : 0);
    if (s->key == key) return s->kind;
    memcpy(s->kind, t->kind, t->n);
    for (size_t i = 0; status && i < N_STATUS; i++) {
        uint8_t *kind = &s->kind[status_at(t->n) + i];
        *kind = (uint8_t)((*kind & ~AW_SUB_ROLE) | AW_SUB_INVALID);
    }
    s->key = key;
    return s->kind;
}

/* The 20 MHz channel that beacons are on, from the centre of the whole and the side band. */
static unsigned primary(unsigned chanspec, unsigned mhz) {
    int below = mhz == 40 ? 2 : mhz == 80 ? 6 : mhz == 160 ? 14 : 0;
    int side = mhz == 20 ? 0 : (int)(chanspec >> 8 & 7);
    int channel = (int)(chanspec & 0xFF) - below + 4 * side;
    return channel > 0 ? (unsigned)channel : 0;
}

static int read_frame(struct nexmon_state *s, const uint8_t *p, size_t len, struct aw_frame *out) {
    int n = check(p, len);
    if (n < 0) return n;
    const uint8_t *v = p + HEADER;
    bool status = has_status(p);
    enum layout layout = UNKNOWN_LAYOUT;
    const char *chip = "";
    unsigned id = p[16] | (unsigned)p[17] << 8;
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++)
        if (chips[i].id == id) layout = chips[i].layout, chip = chips[i].name;
    struct content c = look(v, (size_t)n, status);
    if (c.any == 0) return AW_ERR_EMPTY;
    if (layout == UNKNOWN_LAYOUT) layout = guess(c, &chip);
    if (layout == UNKNOWN_LAYOUT) return AW_ERR_LAYOUT;
    if (out->iq_cap < (uint32_t)n) return AW_ERR_TOO_MANY;

    aw_frame_clear(out);
    out->format = AW_FORMAT_NEXMON;
    out->chip = chip;
    if (layout == INT16_PAIRS) {
        unpack_int16(v, (size_t)n, out->iq);
        out->quant_step = 1;
    } else if (layout == PACKED_9_5) {
        unpack(v, (size_t)n, 9, 5, out->iq);
    } else {
        unpack(v, (size_t)n, 12, 6, out->iq);
    }
    struct aw_cursor mac = aw_cursor_init(p + 4, 6);
    out->tx = aw_cursor_mac(&mac);
    out->rx_chain = (p[12] | p[13]) & 7;
    out->tx_chain = (uint8_t)((p[12] | p[13]) >> 3);
    unsigned chanspec = p[14] | (unsigned)p[15] << 8;
    out->bandwidth_mhz = (uint16_t)width_mhz(chanspec);
    out->channel = (uint16_t)primary(chanspec, out->bandwidth_mhz);
    out->freq_mhz = aw_channel_to_mhz(out->channel);
    if (status && (int8_t)p[2] < 0) out->rssi_dbm[0] = (int8_t)p[2];
    const struct aw_ofdm_table *t = aw_ofdm_fft(out->bandwidth_mhz);
    out->n_sub = t->n;
    out->spacing_hz = t->spacing_hz;
    out->k = t->k;
    out->kind = kinds(s, t, status);
    return 1;
}

static bool nexmon_probe(const uint8_t *head, size_t len, bool eof) {
    return eof && check(head, len) > 0;
}

static int nexmon_read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                       struct aw_frame *out, size_t *consumed) {
    (void)eof;
    *consumed = len;
    return len ? read_frame(AW_READER_STATE(struct nexmon_state, st), buf, len, out) : 0;
}

const struct aw_reader aw_reader_nexmon = {
    .format = AW_FORMAT_NEXMON,
    .unit = AW_READER_DATAGRAM,
    .probe = nexmon_probe,
    .read = nexmon_read,
};
