#include "readers/records.h"

extern const struct aw_reader aw_reader_picoscenes;

static uint8_t rec[16384];
static size_t end;

static void put(unsigned bytes, uint64_t v) {
    for (unsigned i = 0; i < bytes; i++) rec[end++] = (uint8_t)(v >> 8 * i);
}

static size_t open_segment(const char *name, unsigned version) {
    size_t start = end;
    put(4, 0);
    put(1, strlen(name) + 1);
    memcpy(rec + end, name, strlen(name) + 1);
    end += strlen(name) + 1;
    put(2, version);
    return start;
}

static void close_segment(size_t start) {
    size_t now = end, len = now - start - 4;
    end = start;
    put(4, len);
    end = now;
}

/* A frame of an AX200: HT20, two receive chains, the versions given; value i of chain c is
 * (i, 1000 c + 1), imaginary first. Returns where the CSI segment is. */
static size_t make_ax(unsigned frame_version, unsigned basic, unsigned csi, bool mvm) {
    end = 0;
    put(4, 0);
    put(4, 0x20150315);
    put(2, frame_version);
    put(1, 4u + mvm);
    if (frame_version == 2) put(2, 1);
    size_t s = open_segment("RxSBasic", basic);
    put(2, 0x2000);
    put(8, 123456789);                           /* us */
    if (basic >= 4) put(8, 1700000000000000000); /* Unix ns */
    put(2, 5180);                                /* centre */
    if (basic >= 5) put(2, 5180);                /* second centre */
    if (basic >= 3) put(2, 5200);                /* control */
    if (basic >= 3) put(2, 40);
    put(1, 1);
    put(2, 20);
    put(2, 800);
    put(4, 0x02000100 | 7); /* mcs, streams, extra, receivers */
    if (basic >= 2) put(2, 1);
    static const int8_t level[10] = {-90, -40, -41, -42, -128, 0, 0, 0, 0, 0};
    int n = basic >= 5 ? 10 : 5;
    for (int i = 0; i < n; i++) {
        /* up to version 2: dB above noise */
        float v = basic <= 2 && i && level[i] != -128 ? (float)(level[i] + 90) : level[i];
        uint32_t bits;
        memcpy(&bits, &v, 4);
        put(basic == 6 ? 4 : 1, basic == 6 ? bits : (uint8_t)(int8_t)v);
    }
    close_segment(s);
    s = open_segment("ExtraInfo", 1);
    put(4, 0x0008018F); /* length, version, both MACs, two masks, AGC */
    put(2, 25);
    put(8, 1);
    put(6, 0x563412EA1600); /* as set: 00:16:ea:12:34:56 */
    put(6, 0x0605040302F0); /* of the card: f0:02:03:04:05:06 */
    put(2, 0x0303);
    put(1, 37);
    close_segment(s);
    s = open_segment("Whatever", 9);
    put(7, 0x77777777777777);
    close_segment(s);
    if (mvm) {
        s = open_segment("MVMExtra", 1);
        put(2, 272);
        memset(rec + end, 0, 272);
        end += 88;
        put(4, 147832169);
        end += 272 - 92;
        close_segment(s);
    }
    size_t at = s = open_segment("CSI", csi);
    put(2, 0x2000);
    if (csi >= 4) put(1, 67);
    put(1, 1); /* HT */
    put(2, 20);
    put(8, 5200000000);
    if (csi >= 5) put(8, 5200000000);
    if (csi >= 5) put(1, 0);
    put(8, 20000000);
    put(4, 312500);
    put(2, 56);
    put(3, 0x000201); /* 1 stream, 2 receivers, no extra */
    if (csi >= 3) put(2, 1);
    put(1, 0);
    if (csi >= 2) put(2, 0);
    put(4, 448);
    for (unsigned i = 0; i < 112; i++) put(4, (i % 56) | (1000 * (i / 56) + 1) << 16);
    close_segment(s);
    if (frame_version == 2) put(4, 24);
    static const uint8_t mpdu[24] = {0x88, 0x4A, 0x2C, 0,    1,    1,    1,    1,
                                     1,    1,    0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F};
    memcpy(rec + end, mpdu, sizeof mpdu);
    end += sizeof mpdu;
    size_t total = end;
    close_segment(0);
    end = total;
    return at;
}

static int read_it(size_t len, struct aw_frame *f, size_t *used) {
    struct aw_reader_state st = {0};
    *f = rec_frame();
    return rec_read(&aw_reader_picoscenes, &st, vec_guarded(rec, len), len, true, f, used);
}

static void every_version(void) {
    for (unsigned i = 0; i < 7 * 6; i++) {
        unsigned csi = 1 + i % 7, basic = 1 + i / 7, version = 1 + i % 2;
        bool mvm = i % 3 == 0;
        make_ax(version, basic, csi, mvm);
        struct aw_frame f;
        size_t used;
        CHECK_INT(read_it(end, &f, &used), 1);
        CHECK_INT(used, end);
        CHECK_INT(f.format, AW_FORMAT_PICOSCENES);
        CHECK_STR(f.chip, "intel-ax200");
        CHECK_INT(f.n_rx, 2);
        CHECK_INT(f.n_tx, 1);
        CHECK_INT(f.n_sub, 56);
        CHECK_INT(f.k[0], -28);
        CHECK_INT(f.kind[7], AW_SUB_PILOT | AW_SUB_INVALID | AW_LTF_HT);
        CHECK_NEAR(f.iq[2 * (56 + 9)], 1001, 0);
        CHECK_NEAR(f.iq[2 * (56 + 9) + 1], 9, 0);
        CHECK_INT(f.t_ns, mvm ? 147832169000LL : 123456789000LL);
        CHECK_INT(f.t_wrap_ns, mvm ? 4294967296000LL : 0);
        CHECK_INT(f.t_arrival_ns, basic >= 4 ? 1700000000000000000 : 0);
        CHECK_INT(f.freq_mhz, basic >= 3 ? 5200 : 5180);
        CHECK_INT(f.channel, basic >= 3 ? 40 : 36);
        CHECK_INT(f.bandwidth_mhz, 20);
        CHECK_NEAR(f.noise_dbm, -90, 0);
        CHECK_NEAR(f.rssi_dbm[0], -41, 0);
        CHECK_NEAR(f.rssi_dbm[1], -42, 0);
        CHECK(isnan(f.rssi_dbm[2]));
        CHECK_NEAR(f.agc_db, 37, 0);
        CHECK_INT(f.node, 0xF00203040506);
        CHECK_INT(f.tx, 0x0A0B0C0D0E0F);
        if (i == 24) rec_truncations(&aw_reader_picoscenes, rec, end);
    }
}

static void refusals(void) {
    struct aw_frame f;
    size_t used, csi = make_ax(1, 3, 4, false), len = end;
    size_t body = csi + 4 + 1 + 4 + 2;
    const struct {
        size_t at;
        unsigned value;
        int want;
        bool whole; /* the record is skipped by its length */
    } damage[] = {
        {4, 0, AW_ERR_MAGIC, false},
        {8, 3, AW_ERR_VERSION, false},
        {10, 0, AW_ERR_LENGTH, false},
        {16, 'X', AW_ERR_LENGTH, false}, /* not RxSBasic first */
        {25, 7, AW_ERR_VERSION, true},   /* RxSBasic */
        {body - 2, 8, AW_ERR_VERSION, true},
        {csi + 1, 0x40, AW_ERR_LENGTH, true},
        {body + 1, 0x12, AW_ERR_UNSUPPORTED, true}, /* device 0x1200 */
        {body + 3, 5, AW_ERR_LAYOUT, true},         /* EHT */
        {body + 26, 57, AW_ERR_LAYOUT, true},       /* subcarriers */
        {body + 28, 0, AW_ERR_RANGE, true},         /* streams */
        {body + 29, 5, AW_ERR_RANGE, true},         /* receivers */
        {body + 28, 2, AW_ERR_LENGTH, true},
        {body + 37, 2, AW_ERR_LENGTH, true},
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        make_ax(1, 3, 4, false);
        memcpy(rec + len, rec, len);
        rec[damage[i].at] = (uint8_t)damage[i].value;
        int got = read_it(2 * len, &f, &used);
        if (got != damage[i].want) fprintf(stderr, "damage %zu\n", i);
        CHECK_INT(got, damage[i].want);
        CHECK_INT(used, len);
        if (!damage[i].whole) CHECK(!aw_reader_picoscenes.probe(rec, 2 * len, true));
    }
    make_ax(1, 3, 4, false);
    CHECK(aw_reader_picoscenes.probe(rec, 2 * len, true));
    CHECK_INT(read_it(2 * len, &f, &used), 1);
    rec[csi + 5] = 'X'; /* no CSI segment: a frame without CSI */
    CHECK_INT(read_it(2 * len, &f, &used), 0);
    CHECK_INT(used, len);
}

static void permuted_as_rssi_says(const struct aw_frame *f, size_t n, void *ctx) {
    (void)n;
    int *seen = ctx;
    if (f->n_rx != 3) return;
    /* the antennas' order by rssi is their order by power */
    double power[3] = {0};
    for (unsigned r = 0; r < 3; r++)
        for (unsigned i = 0; i < 2u * f->n_tx * 30; i++)
            power[r] += (double)f->iq[r * 2 * f->n_tx * 30 + i] * f->iq[r * 2 * f->n_tx * 30 + i];
    CHECK((power[2] > power[0]) == (f->rssi_dbm[2] > f->rssi_dbm[0]));
    CHECK((power[0] > power[1]) == (f->rssi_dbm[0] > f->rssi_dbm[1]));
    ++*seen;
}

/* Frames and CRC-32 of all values. Intel 5300 and QCA9300: csiread 1.4.1 (Picoscenes), the 12
 * frames of three receive chains permuted as the MATLAB tool of the 5300 does, which csiread does
 * not (rssi agrees only so). AX200: CSIKit's CSISegment.py, the parts exchanged (intel_ax.h says
 * why). */
static void recordings(void) {
    static const struct {
        const char *path, *chip;
        size_t frames;
        uint32_t crc;
    } want[] = {
        {"formats/picoscenes/ax200_demo.csi", "intel-ax200", 885, 0x18878A73},
        {"formats/picoscenes/rx_8_211119_171706.csi", "intel-ax200", 433, 0xA7415BE7},
        {"formats/picoscenes/rx_8_211217_191036.csi", "intel-ax200", 1348, 0xFF95A086},
        {"formats/picoscenes/picoscenes_iwl5300_example.csi", "intel5300", 112, 0x46108D48},
        {"formats/picoscenes/rx_by_iwl5300.csi", "intel5300", 383, 0x12715D41},
        {"formats/picoscenes/rx_by_qca9300.csi", "qca9300", 1000, 0xF6F1C580},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        size_t len;
        uint8_t *buf = vec_load(want[i].path, &len);
        if (!buf) continue;
        int seen = 0;
        bool iwl = strstr(want[i].path, "rx_by_iwl5300") != NULL;
        struct rec_total t =
            rec_walk(&aw_reader_picoscenes, buf, len, iwl ? permuted_as_rssi_says : NULL, &seen);
        CHECK_INT(seen, iwl ? 12 : 0);
        CHECK_INT(t.frames, want[i].frames);
        CHECK_INT(t.refused + t.others, 0);
        CHECK_INT(t.crc, want[i].crc);
        CHECK(aw_reader_picoscenes.probe(buf, len, true));
        struct aw_reader_state st = {0};
        struct aw_frame f = rec_frame();
        size_t used;
        CHECK_INT(rec_read(&aw_reader_picoscenes, &st, buf, len, true, &f, &used), 1);
        CHECK_STR(f.chip, want[i].chip);
        CHECK(f.tx != 0 && f.node != 0 && f.t_ns != 0 && f.freq_mhz != 0);
        CHECK(f.rssi_dbm[0] < -10 && f.rssi_dbm[0] > -95);
        free(buf);
    }
}

int main(void) {
    every_version();
    refusals();
    recordings();
    return test_end();
}
