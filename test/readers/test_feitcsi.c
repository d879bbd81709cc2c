#include "readers/intel_ax.h"
#include "readers/records.h"

extern const struct aw_reader aw_reader_feitcsi;

static void put32(uint8_t *p, uint32_t v) {
    for (int b = 0; b < 4; b++) p[b] = (uint8_t)(v >> 8 * b);
}

/* Format: 1 legacy, 2 HT, 3 VHT, 4 HE; value i of chain c is (i, 1000 c + 1), imaginary first. */
static size_t make(uint8_t *p, unsigned format, unsigned mhz, unsigned n_rx, unsigned n_tx,
                   unsigned n) {
    memset(p, 0, 272);
    put32(p, 4 * n_rx * n_tx * n);
    p[46] = (uint8_t)n_rx, p[47] = (uint8_t)n_tx;
    put32(p + 52, n);
    put32(p + 60, 47);
    put32(p + 64, 46);
    memcpy(p + 68, "\x00\x16\xEA\x12\x34\x56", 6);
    put32(p + 88, 2774272);
    put32(p + 92, 0x110000 | format << 8 |
                      (mhz == 20   ? 0u
                       : mhz == 40 ? 1u
                       : mhz == 80 ? 2u
                                   : 3u)
                          << 11);
    for (unsigned i = 0; i < n_rx * n_tx * n; i++)
        put32(p + 272 + 4 * i, (i % n) | (1000 * (i / n) + 1) << 16);
    return 272 + 4 * n_rx * n_tx * n;
}

static uint8_t rec[272 + 4 * 4 * 2048 + 600];

static int read_it(const uint8_t *p, size_t len, struct aw_frame *f, size_t *used) {
    struct aw_reader_state st = {0};
    *f = rec_frame();
    return rec_read(&aw_reader_feitcsi, &st, vec_guarded(p, len), len, true, f, used);
}

static void fields(void) {
    struct aw_frame f;
    size_t used, len = make(rec, 3, 40, 2, 2, 114);
    CHECK_INT(read_it(rec, len, &f, &used), 1);
    CHECK_INT(used, len);
    CHECK_INT(f.tx, 0x0016EA123456);
    CHECK_INT(f.t_ns, 2774272000LL);
    CHECK_INT(f.t_wrap_ns, 4294967296000LL);
    CHECK_INT(f.t_kind, AW_TIME_DEVICE);
    CHECK_INT(f.t_arrival_ns, 0);
    CHECK_INT(f.n_rx, 2);
    CHECK_INT(f.n_tx, 2);
    CHECK_INT(f.n_sub, 114);
    CHECK_INT(f.bandwidth_mhz, 40);
    CHECK_NEAR(f.rssi_dbm[0], -47, 0);
    CHECK_NEAR(f.rssi_dbm[1], -46, 0);
    CHECK(isnan(f.rssi_dbm[2]));
    CHECK_INT(f.k[5], -53);
    CHECK_INT(f.kind[5], AW_SUB_PILOT | AW_SUB_INVALID | AW_LTF_VHT);
    CHECK_INT(f.kind[6], AW_SUB_DATA | AW_LTF_VHT);
    CHECK_NEAR(f.iq[2 * (3 * 114 + 7)], 3001, 0); /* receive 1, transmit 1 */
    CHECK_NEAR(f.iq[2 * (3 * 114 + 7) + 1], 7, 0);
    rec_truncations(&aw_reader_feitcsi, rec, len);

    put32(rec + 12, 0x12345678); /* newer files: Unix time, us */
    put32(rec + 16, 0x0005F000);
    CHECK_INT(read_it(rec, len, &f, &used), 1);
    CHECK_INT(f.t_arrival_ns, 0x0005F00012345678LL * 1000);

    len = make(rec, 1, 20, 1, 1, 52); /* pilots of legacy frames are good */
    CHECK_INT(read_it(rec, len, &f, &used), 1);
    CHECK_INT(f.kind[5], AW_SUB_PILOT | AW_LTF_LEGACY);

    /* 160 MHz with the first half padded to 1024 and to 256 values */
    len = make(rec, 4, 160, 1, 2, 2020);
    CHECK_INT(read_it(rec, len, &f, &used), 1);
    CHECK_INT(f.n_sub, 1992);
    CHECK_NEAR(f.spacing_hz, 78125, 0);
    CHECK_NEAR(f.iq[2 * 995 + 1], 995, 0);
    CHECK_NEAR(f.iq[2 * 996 + 1], 1024, 0);
    CHECK_NEAR(f.iq[2 * 1991 + 1], 2019, 0);
    CHECK_NEAR(f.iq[2 * (1992 + 1991)], 1001, 0);
    len = make(rec, 3, 160, 1, 1, 498);
    CHECK_INT(read_it(rec, len, &f, &used), 1);
    CHECK_INT(f.n_sub, 484);
    CHECK_NEAR(f.iq[2 * 242 + 1], 256, 0);
}

static void refusals(void) {
    struct aw_frame f;
    size_t used, len = make(rec, 2, 20, 2, 1, 56);
    static const struct {
        unsigned at, value;
        int want;
    } damage[] = {
        {46, 0, AW_ERR_RANGE},          {47, 5, AW_ERR_RANGE},
        {52, 0, AW_ERR_RANGE},          {53, 0xFF, AW_ERR_RANGE},
        {0, 0, AW_ERR_LENGTH},          {93, 0x05, AW_ERR_UNSUPPORTED},
        {93, 0x00, AW_ERR_UNSUPPORTED}, {93, 0x22, AW_ERR_UNSUPPORTED},
        {93, 0x12, AW_ERR_LAYOUT},      {93, 0x04, AW_ERR_LAYOUT},
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        make(rec, 2, 20, 2, 1, 56);
        make(rec + len, 2, 20, 2, 1, 56);
        rec[damage[i].at] = (uint8_t)damage[i].value;
        CHECK_INT(read_it(rec, 2 * len, &f, &used), damage[i].want);
        CHECK_INT(used, len); /* the next record is found */
        CHECK(!aw_reader_feitcsi.probe(rec, 2 * len, true));
    }
    make(rec, 2, 20, 2, 1, 56);
    CHECK(aw_reader_feitcsi.probe(rec, 2 * len, true));
    struct aw_reader_state st = {0};
    f = rec_frame();
    f.iq_cap = 111;
    CHECK_INT(rec_read(&aw_reader_feitcsi, &st, rec, len, true, &f, &used), AW_ERR_TOO_MANY);
}

/* Frames and CRC-32 of all values: CSIKit at read_feitcsi.py without its interpolation, the parts
 * exchanged (intel_ax.h says why). */
static void recordings(void) {
    static const struct {
        const char *path;
        size_t frames;
        uint32_t crc;
    } want[] = {
        {"formats/feitcsi/HESU160_5500.csi", 26, 0x970751E8},
        {"formats/feitcsi/HESU20_5500.csi", 28, 0x0100D855},
        {"formats/feitcsi/HESU80_5500.csi", 28, 0x97CED773},
        {"formats/feitcsi/HT20_2452.csi", 48, 0x7F3E77EB},
        {"formats/feitcsi/HT40_2452.csi", 34, 0x5FD58187},
        {"formats/feitcsi/VHT20_5500.csi", 28, 0xB0535074},
        {"formats/feitcsi/VHT40_5500.csi", 26, 0x9BDDD7D1},
        {"formats/feitcsi/VHT80_5500.csi", 40, 0xB5BC21C1},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        size_t len;
        uint8_t *buf = vec_load(want[i].path, &len);
        if (!buf) continue;
        struct rec_total t = rec_walk(&aw_reader_feitcsi, buf, len, NULL, NULL);
        CHECK_INT(t.frames, want[i].frames);
        CHECK_INT(t.refused, 0);
        CHECK_INT(t.crc, want[i].crc);
        CHECK(aw_reader_feitcsi.probe(buf, len, true));
        free(buf);
    }
}

int main(void) {
    fields();
    refusals();
    recordings();
    return test_end();
}
