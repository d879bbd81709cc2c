#include "readers/intel5300.h"

#include "readers/records.h"

extern const struct aw_reader aw_reader_intel5300;

/* A record with 8-bit values in the order of the card, packed bit by bit as the layout says.
 * Returns its length. */
static size_t make_record(uint8_t *out, unsigned n_rx, unsigned n_tx, uint8_t antenna_sel,
                          uint16_t rate, const int8_t *values) {
    size_t packed = (30 * (n_rx * n_tx * 16 + 3) + 7) / 8, length = 21 + packed;
    memset(out, 0, 2 + length);
    out[0] = (uint8_t)(length >> 8);
    out[1] = (uint8_t)length;
    out[2] = 0xBB;
    static const uint8_t header[8] = {0x78, 0x56, 0x34, 0x92, 0x34, 0x12, 0, 0};
    memcpy(out + 3, header, 8);
    out[11] = (uint8_t)n_rx;
    out[12] = (uint8_t)n_tx;
    out[13] = 33, out[14] = 0, out[15] = 41;
    out[16] = (uint8_t)-92;
    out[17] = 38;
    out[18] = antenna_sel;
    out[19] = (uint8_t)packed;
    out[20] = (uint8_t)(packed >> 8);
    out[21] = (uint8_t)rate;
    out[22] = (uint8_t)(rate >> 8);
    size_t bit = 0;
    for (int i = 0; i < 30; i++) {
        bit += 3;
        for (unsigned v = 0; v < 2 * n_rx * n_tx; v++)
            for (int b = 0; b < 8; b++, bit++)
                if ((uint8_t)values[(unsigned)i * 2 * n_rx * n_tx + v] >> b & 1)
                    out[23 + bit / 8] |= (uint8_t)(1 << bit % 8);
    }
    return 2 + length;
}

static void first_bits_by_hand(void) {
    /* 3 unused bits 101, real 0x05 = 5, imaginary 0xFE = -2: from the lowest bit
     * 101 10100000 01111111 -> bytes 0010 1101 = 0x2D, 1111 0000 = 0xF0, .....111 = 0x07 */
    uint8_t bits[80] = {0x2D, 0xF0, 0x07};
    static const uint8_t row[3] = {0, 1, 2};
    float iq[60];
    aw_intel5300_unpack(bits, 1, 1, row, iq);
    CHECK_NEAR(iq[0], 5, 0);
    CHECK_NEAR(iq[1], -2, 0);
    CHECK_NEAR(iq[2], 0, 0);
}

static void fields(void) {
    int8_t values[540];
    uint8_t rec[600];
    uint32_t seed = 1;
    for (int i = 0; i < 540; i++) values[i] = (int8_t)rec_random(&seed);
    for (unsigned n_rx = 1; n_rx <= 3; n_rx++)
        for (unsigned n_tx = 1; n_tx <= 3; n_tx++) {
            /* columns are antennas c, a, b (3) or b, a (2) */
            uint8_t sel = n_rx == 3 ? 2 | 0 << 2 | 1 << 4 : n_rx == 2 ? 1 | 0 << 2 | 2 << 4 : 2;
            unsigned row[3] = {n_rx == 3 ? 2 : n_rx == 2, 0, 1};
            size_t len = make_record(rec, n_rx, n_tx, sel, n_tx == 3 ? 0x0910 : 0x0110, values);
            CHECK_INT(len, 23 + (30 * (n_rx * n_tx * 16 + 3) + 7) / 8);
            struct aw_reader_state st = {0};
            struct aw_frame f = rec_frame();
            size_t used;
            CHECK_INT(
                rec_read(&aw_reader_intel5300, &st, vec_guarded(rec, len), len, true, &f, &used),
                1);
            CHECK_INT(used, len);
            CHECK_INT(f.format, AW_FORMAT_INTEL5300);
            CHECK_STR(f.chip, "intel5300");
            CHECK_INT(f.t_ns, 0x92345678LL * 1000);
            CHECK_INT(f.t_wrap_ns, 4294967296000LL);
            CHECK_INT(f.t_kind, AW_TIME_DEVICE);
            CHECK_INT(f.seq, 0x1234);
            CHECK_INT(f.seq_mod, 65536);
            CHECK_INT(f.n_rx, n_rx);
            CHECK_INT(f.n_tx, n_tx);
            CHECK_INT(f.n_sub, 30);
            CHECK_INT(f.bandwidth_mhz, n_tx == 3 ? 40 : 20);
            CHECK_INT(f.k[0], n_tx == 3 ? -58 : -28);
            CHECK_NEAR(f.agc_db, 38, 0);
            CHECK_NEAR(f.noise_dbm, -92, 0);
            /* 33 - 44 - 38, nothing at b, 41 - 44 - 38; one receive chain: antenna c is the chain
             */
            CHECK_NEAR(f.rssi_dbm[0], n_rx == 1 ? -41 : -49, 0);
            CHECK_NEAR(f.rssi_dbm[n_rx == 1 ? 1 : 2], n_rx == 1 ? -49 : -41, 0);
            CHECK(isnan(f.rssi_dbm[n_rx == 1 ? 2 : 1]));
            for (unsigned i = 0; i < 30; i++)
                for (unsigned r = 0; r < n_rx; r++)
                    for (unsigned t = 0; t < n_tx; t++) {
                        const int8_t *want = values + 2 * ((i * n_rx + r) * n_tx + t);
                        unsigned to = n_rx == 1 ? 0 : row[r];
                        const float *got = f.iq + 2 * ((to * n_tx + t) * 30 + i);
                        if (got[0] != want[0] || got[1] != want[1]) rec_fail("value");
                    }
            rec_truncations(&aw_reader_intel5300, rec, len);
        }
}

static void antennas_that_are_no_permutation_stay_in_place(void) {
    int8_t values[540] = {1, 2, 3, 4, 5, 6};
    uint8_t rec[600], row[3];
    size_t len = make_record(rec, 3, 1, 0x15, 0x0100, values); /* b, b, b */
    struct aw_reader_state st = {0};
    struct aw_frame f = rec_frame();
    size_t used;
    CHECK_INT(rec_read(&aw_reader_intel5300, &st, rec, len, true, &f, &used), 1);
    CHECK_NEAR(f.iq[0], 1, 0);
    CHECK_NEAR(f.iq[60], 3, 0);
    CHECK_NEAR(f.iq[120], 5, 0);
    CHECK(!aw_intel5300_rows(0x15, 3, row));
    CHECK(aw_intel5300_rows(0x24, 3, row)); /* a, b, c */
}

static void refusals_and_resync(void) {
    int8_t values[540] = {7, 7, 7};
    uint8_t three[2000], *p = three;
    size_t len = make_record(three, 2, 2, 4, 0x0100, values);
    make_record(three + len, 2, 2, 4, 0x0100, values);
    make_record(three + 2 * len, 2, 2, 4, 0x0100, values);
    static const struct {
        int at, value, want;
        const char *legend;
    } damage[] = {
        {11, 0, AW_ERR_RANGE, "no receive chain"},
        {11, 4, AW_ERR_RANGE, "four receive chains"},
        {12, 0, AW_ERR_RANGE, "no transmit chain"},
        {12, 1, AW_ERR_LENGTH, "fewer chains than bits"},
        {1, 0x10, AW_ERR_LENGTH, "record longer than its bits"},
        {19, 0x55, AW_ERR_LENGTH, "packed length differs"},
        {2, 0x33, AW_ERR_MAGIC, "unknown code and nothing behind it"},
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        uint8_t keep = p[len + (size_t)damage[i].at];
        p[len + (size_t)damage[i].at] = (uint8_t)damage[i].value;
        if (damage[i].want == AW_ERR_MAGIC) p[len + 1] = 9; /* leads into the bits */
        struct rec_total t = rec_walk(&aw_reader_intel5300, three, 3 * len, NULL, NULL);
        if (t.frames != 2 || t.refused != 1 || t.by_error[-damage[i].want] != 1) {
            fprintf(stderr, "%s: %zu frames, %zu refused\n", damage[i].legend, t.frames, t.refused);
            rec_fail("damaged record");
        }
        make_record(three + len, 2, 2, 4, 0x0100, values);
        CHECK_INT(p[len + (size_t)damage[i].at], keep);
    }
    struct aw_reader_state st = {0};
    struct aw_frame f = rec_frame();
    size_t used;
    f.iq_cap = 119;
    CHECK_INT(rec_read(&aw_reader_intel5300, &st, three, len, true, &f, &used), AW_ERR_TOO_MANY);
    CHECK_INT(used, len);
    struct rec_total t = rec_walk(&aw_reader_intel5300, three, 3 * len - 1, NULL, NULL);
    CHECK_INT(t.frames, 2);
    CHECK_INT(t.by_error[-AW_ERR_TRUNCATED], 1);
    /* another code is skipped whole */
    uint8_t other[400] = {0, 30, 0xC1};
    memcpy(other + 32, three, len);
    t = rec_walk(&aw_reader_intel5300, other, 32 + len, NULL, NULL);
    CHECK_INT(t.frames, 1);
    CHECK_INT(t.others, 1);
    CHECK(aw_reader_intel5300.probe(other, 32 + len, true));
    CHECK(aw_reader_intel5300.probe(three, 3 * len, false));
    CHECK(!aw_reader_intel5300.probe(other, 32, true));
}

/* P = 10^((33-44-38)/10) + 10^((41-44-38)/10) mW = 1.2589254e-5 + 7.9432823e-5 = 9.2022077e-5.
 * Every value 3 + 4i: |csi|^2 = 25 in each of 2 x 30 entries -> sum / 30 = 50,
 * s = 1.8404415e-6; N = -92 dBm = 6.3095734e-10; N + 2 s = 3.6815140e-6;
 * sqrt(s / (N + 2 s)) = 0.70704618; with two transmit chains times sqrt(2). */
static void absolute_units_by_hand(void) {
    int8_t values[540];
    uint8_t rec[600];
    for (int i = 0; i < 540; i++) values[i] = i % 2 ? 4 : 3;
    for (int noise = 0; noise < 2; noise++) {
        size_t len = make_record(rec, 1, 2, 0, 0x0100, values);
        if (noise) rec[16] = (uint8_t)-127; /* unknown: -92 is taken */
        struct aw_reader_state st = {0};
        struct aw_frame f = rec_frame();
        size_t used;
        CHECK_INT(rec_read(&aw_reader_intel5300, &st, rec, len, true, &f, &used), 1);
        CHECK_INT(isnan(f.noise_dbm), noise);
        CHECK_INT(aw_intel5300_scale(&f), AW_OK);
        CHECK_NEAR(f.iq[0], 3 * 0.70704618 * 1.41421356, 1e-6);
        CHECK_NEAR(f.iq[119], 4 * 0.70704618 * 1.41421356, 1e-6);
        CHECK_NEAR(f.quant_step, 0.70704618 * 1.41421356, 1e-6);
        CHECK_INT(f.flags, AW_FRAME_ABSOLUTE);
        CHECK_INT(aw_intel5300_scale(&f), AW_ERR_INVAL); /* only once */
    }
    struct aw_frame f = rec_frame();
    aw_frame_clear(&f);
    f.format = AW_FORMAT_NEXMON;
    CHECK_INT(aw_intel5300_scale(&f), AW_ERR_INVAL);
}

/* Values and scaled values: csiread 1.4.1 (Intel, get_scaled_csi), run on the same files. */
static void scaled_as_csiread(const struct aw_frame *f, size_t n, void *ctx) {
    static const struct {
        size_t n;
        double re, im, last_re, last_im;
    } want[] = {
        {0, 6.34211036803086, -1.7296664640084163, 5.765554880028054, 14.99044268807294},
        {10, -1.1469176345908259, 14.336470432385322, 14.909929249680737, 12.042635163203672},
        {20, 14.322219715836079, 1.1017092089104676, 35.254694685134965, 11.567946693559911},
    };
    int *seen = ctx;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        if (want[i].n != n) continue;
        struct aw_frame g = *f;
        CHECK_INT(aw_intel5300_scale(&g), AW_OK);
        const float *last = g.iq + 2 * (2u * g.n_tx * 30 + 29);
        CHECK_NEAR(g.iq[0], want[i].re, 2e-6);
        CHECK_NEAR(g.iq[1], want[i].im, 2e-6);
        CHECK_NEAR(last[0], want[i].last_re, 4e-6);
        CHECK_NEAR(last[1], want[i].last_im, 4e-6);
        ++*seen;
    }
}

/* Number of frames and CRC-32 of all values: csiread 1.4.1 (Intel.csi cut to Nrx, Ntx). */
static void recordings(void) {
    static const struct {
        const char *path;
        size_t frames;
        uint32_t crc;
    } want[] = {
        {"formats/intel5300/example.dat", 26, 0x38C48A8E},
        {"formats/intel5300/log.all_csi.6.7.6.dat", 29, 0x28158362},
        {"formats/intel5300/sample_0x1_ap.dat", 540, 0x9A77B979},
        {"formats/intel5300/widar3-six-receivers/cal-12-r1.dat", 5040, 0x0ED708BE},
        {"formats/intel5300/widar3-six-receivers/sta-1-r1.dat", 5467, 0x031B22DF},
        {"formats/intel5300/widar3-six-receivers/userA-1-1-1-1-r1.dat", 1479, 0xDED4C240},
        {"formats/intel5300/widar3-six-receivers/userA-1-1-1-1-r2.dat", 1435, 0x6ED19DD8},
        {"formats/intel5300/widar3-six-receivers/userA-1-1-1-1-r3.dat", 1538, 0x9ACDF738},
        {"formats/intel5300/widar3-six-receivers/userA-1-1-1-1-r4.dat", 1507, 0xE5D9968F},
        {"formats/intel5300/widar3-six-receivers/userA-1-1-1-1-r5.dat", 1515, 0xAA800C5C},
        {"formats/intel5300/widar3-six-receivers/userA-1-1-1-1-r6.dat", 1523, 0xA3AC7751},
        {"angle-intel5300/distance-angle/lgtm-monitor.dat--3m-0-degrees--laptop-2--test-1", 1025,
         0xE319BBD0},
        {"walkers-intel5300/quiet/5-20-quiet3.dat", 1959, 0xBF856F52},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        size_t len;
        uint8_t *buf = vec_load(want[i].path, &len);
        if (!buf) continue;
        int scaled = 0;
        bool log = strstr(want[i].path, "log.all_csi") != NULL;
        struct rec_total t =
            rec_walk(&aw_reader_intel5300, buf, len, log ? scaled_as_csiread : NULL, &scaled);
        CHECK_INT(scaled, log ? 3 : 0);
        CHECK_INT(t.frames, want[i].frames);
        CHECK_INT(t.refused, 0);
        CHECK_INT(t.crc, want[i].crc);
        CHECK(aw_reader_intel5300.probe(buf, len, true));
        CHECK(aw_reader_intel5300.probe(buf, len < 1024 ? len : 1024, false));
        free(buf);
    }
}

int main(void) {
    first_bits_by_hand();
    fields();
    antennas_that_are_no_permutation_stay_in_place();
    refusals_and_resync();
    absolute_units_by_hand();
    recordings();
    return test_end();
}
