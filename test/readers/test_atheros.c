#include "readers/atheros.h"

#include "readers/records.h"

extern const struct aw_reader aw_reader_atheros;

static uint8_t rec[8 * 4096];

static void put(uint8_t *p, unsigned bytes, bool big, uint64_t v) {
    for (unsigned i = 0; i < bytes; i++) p[i] = (uint8_t)(v >> 8 * (big ? bytes - 1 - i : i));
}

/* Value of subcarrier k, receive r, transmit t: real k - 60, imaginary 100 r - 50 t - 7. */
static int real_of(unsigned k) {
    return (int)k - 60;
}
static int imag_of(unsigned r, unsigned t) {
    return (int)(100 * r) - (int)(50 * t) - 7;
}

static size_t make(uint8_t *p, bool big, unsigned n_rx, unsigned n_tx, bool wide) {
    unsigned n = wide ? 114 : 56, csi = n * n_rx * n_tx * 20 / 8, payload = 30;
    memset(p, 0, 27 + csi + payload);
    put(p, 2, big, 25 + csi + payload);
    put(p + 2, 8, big, 0x100000ABCDEFu); /* only 32 bits are counted */
    put(p + 10, 2, big, csi);
    put(p + 12, 2, big, 2437);
    p[16] = 143, p[17] = wide, p[18] = (uint8_t)n;
    p[19] = (uint8_t)n_rx, p[20] = (uint8_t)n_tx;
    p[21] = 52, p[22] = 38, p[23] = 52, p[24] = 128;
    put(p + 25, 2, big, payload);
    size_t bit = 0;
    for (unsigned k = 0; k < n; k++)
        for (unsigned t = 0; t < n_tx; t++)
            for (unsigned r = 0; r < n_rx; r++)
                for (int part = 0; part < 2; part++) {
                    unsigned v = (unsigned)(part ? real_of(k) : imag_of(r, t)) & 0x3FF;
                    for (int b = 0; b < 10; b++, bit++)
                        if (v >> b & 1) p[27 + bit / 8] |= (uint8_t)(1 << bit % 8);
                }
    static const uint8_t mac[16] = {0x88, 1, 0,    0,    1,    2,    3,    4,
                                    5,    6, 0x04, 0xF0, 0x21, 0x2C, 0x79, 0x37};
    memcpy(p + 27 + csi, mac, 16);
    return 27 + csi + payload;
}

static int read_it(const uint8_t *p, size_t len, struct aw_frame *f, size_t *used) {
    struct aw_reader_state st = {0};
    *f = rec_frame();
    return rec_read(&aw_reader_atheros, &st, vec_guarded(p, len), len, true, f, used);
}

static void fields(void) {
    for (int i = 0; i < 36; i++) {
        bool big = i & 1, wide = i & 2;
        unsigned n_rx = 1 + (unsigned)i / 4 % 3, n_tx = 1 + (unsigned)i / 12, n = wide ? 114 : 56;
        struct aw_frame f;
        size_t used, len = make(rec, big, n_rx, n_tx, wide);
        CHECK_INT(read_it(rec, len, &f, &used), 1);
        CHECK_INT(used, len);
        CHECK_INT(f.n_rx, n_rx);
        CHECK_INT(f.n_tx, n_tx);
        CHECK_INT(f.n_sub, n);
        CHECK_INT(f.k[0], wide ? -58 : -28);
        CHECK_INT(f.bandwidth_mhz, wide ? 40 : 20);
        CHECK_INT(f.freq_mhz, 2437);
        CHECK_INT(f.channel, 6);
        CHECK_INT(f.t_ns, 0xABCDEFLL * 1000);
        CHECK_INT(f.t_wrap_ns, 4294967296000LL);
        CHECK_INT(f.tx, 0x04F0212C7937);
        CHECK_NEAR(f.rssi_dbm[0], -95 + 38, 0);
        if (n_rx > 1) CHECK_NEAR(f.rssi_dbm[1], -95 + 52, 0);
        CHECK(isnan(f.rssi_dbm[2])); /* 128: unknown */
        CHECK(isnan(f.noise_dbm));
        for (unsigned r = 0; r < n_rx; r++)
            for (unsigned t = 0; t < n_tx; t++)
                for (unsigned k = 0; k < n; k++) {
                    const float *v = f.iq + 2 * ((r * n_tx + t) * n + k);
                    if (v[0] != (float)real_of(k) || v[1] != (float)imag_of(r, t))
                        rec_fail("value");
                }
        if (i == 3 || i == 16) rec_truncations(&aw_reader_atheros, rec, len);
    }
}

/* Values at the ends of 10 bits: 01 1111 1111 = 511, 10 0000 0000 = -512, 11 1111 1111 = -1. */
static void first_bytes_by_hand(void) {
    /* imaginary 511, real -512, imaginary -1, real 0: from the lowest bit
     * 11111111 10|000000 0001|1111 111111|00 00000000 */
    static const uint8_t bits[140] = {0xFF, 0x01, 0xF8, 0x3F, 0x00};
    float iq[112];
    aw_atheros_unpack(bits, 56, 1, 1, iq);
    CHECK_NEAR(iq[0], -512, 0);
    CHECK_NEAR(iq[1], 511, 0);
    CHECK_NEAR(iq[2], 0, 0);
    CHECK_NEAR(iq[3], -1, 0);
}

static void refusals(void) {
    struct aw_frame f;
    size_t used, len = make(rec, false, 2, 1, false);
    static const struct {
        unsigned at, value;
        int want;
    } damage[] = {
        {0, 1, AW_ERR_LENGTH},   {25, 31, AW_ERR_LENGTH}, {12, 0, AW_ERR_RANGE}, /* 2304 MHz */
        {17, 2, AW_ERR_RANGE},   {19, 0, AW_ERR_RANGE},   {20, 4, AW_ERR_RANGE},
        {18, 57, AW_ERR_LAYOUT}, {17, 1, AW_ERR_LAYOUT},  {19, 1, AW_ERR_LENGTH},
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        make(rec, false, 2, 1, false);
        make(rec + len, false, 2, 1, false);
        rec[damage[i].at] = (uint8_t)damage[i].value;
        CHECK_INT(read_it(rec, 2 * len, &f, &used), damage[i].want);
        CHECK_INT(used, len);
        CHECK(!aw_reader_atheros.probe(rec, 2 * len, true));
    }
    make(rec, false, 2, 1, false);
    CHECK(aw_reader_atheros.probe(rec, 2 * len, true));
    CHECK_INT(read_it(rec, len, &f, &used), 1);
    rec[15] = (uint8_t)-88; /* the noise is known */
    CHECK_INT(read_it(rec, len, &f, &used), 1);
    CHECK_NEAR(f.rssi_dbm[0], -88 + 38, 0);
    CHECK_NEAR(f.noise_dbm, -88, 0);
    struct aw_reader_state st = {0};
    f = rec_frame();
    f.iq_cap = 111;
    CHECK_INT(rec_read(&aw_reader_atheros, &st, rec, len, true, &f, &used), AW_ERR_TOO_MANY);
    /* a record without values is none */
    static const uint8_t none[28] = {26, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x85, 9,
                                     0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0,    0xAA};
    CHECK_INT(read_it(none, 28, &f, &used), 0);
    CHECK_INT(used, 28);
    /* one byte before the first record */
    rec[0] = 0xFF;
    len = make(rec + 1, true, 1, 1, false) + 1;
    struct rec_total t = rec_walk(&aw_reader_atheros, rec, len, NULL, NULL);
    CHECK_INT(t.frames, 1);
    CHECK_INT(t.refused, 0);
    CHECK(aw_reader_atheros.probe(rec, len, true));
}

static void first_frame(const struct aw_frame *f, size_t n, void *ctx) {
    (void)ctx;
    if (n) return;
    CHECK_INT(f->t_ns, 1461024888000LL);
    CHECK_NEAR(f->iq[0], -177, 0);
    CHECK_NEAR(f->iq[1], 84, 0);
    CHECK_INT(f->tx, 0x04F0212C7937);
    CHECK_NEAR(f->rssi_dbm[1], -43, 0);
}

/* Frames and CRC-32 of all values: csiread 1.4.1 (Atheros), its [receive][transmit] read as
 * [transmit][receive]: atheros.c says why. */
static void recordings(void) {
    size_t len;
    uint8_t *buf = vec_load("formats/atheros/ath_csi_1.dat", &len);
    if (!buf) return;
    struct rec_total t = rec_walk(&aw_reader_atheros, buf, len, first_frame, NULL);
    CHECK_INT(t.frames, 401);
    CHECK_INT(t.refused + t.others, 0);
    CHECK_INT(t.crc, 0x128D985D);
    CHECK(aw_reader_atheros.probe(buf, len, true));
    free(buf);
}

int main(void) {
    first_bytes_by_hand();
    fields();
    refusals();
    recordings();
    return test_end();
}
