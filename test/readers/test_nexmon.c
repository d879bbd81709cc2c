#include "readers/pcap_walk.h"
#include "readers/records.h"

extern const struct aw_reader aw_reader_nexmon;

static uint8_t dgram[18 + 4 * 512];

/* A header with n zero values; 80 MHz: channel 155, primary 149 + 4 * 2. */
static size_t make(unsigned n, unsigned chip, int rssi, int fc) {
    memset(dgram, 0, sizeof dgram);
    static const uint8_t head[18] = {0x11, 0x11, 0,    0,    0xDC, 0xA6, 0x32, 0x58, 0x6E,
                                     0x77, 0xE0, 0x3B, 0x19, 0x00, 0,    0,    0,    0};
    memcpy(dgram, head, sizeof head);
    dgram[2] = (uint8_t)rssi;
    dgram[3] = (uint8_t)fc;
    unsigned chanspec = n == 64 ? 0x100D : n == 128 ? 0xD926 : n == 256 ? 0xE29B : 0xE832;
    dgram[14] = (uint8_t)chanspec;
    dgram[15] = (uint8_t)(chanspec >> 8);
    dgram[16] = (uint8_t)chip;
    dgram[17] = (uint8_t)(chip >> 8);
    return 18 + 4 * n;
}

static void set(unsigned i, uint32_t w) {
    for (int b = 0; b < 4; b++) dgram[18 + 4 * i + (unsigned)b] = (uint8_t)(w >> 8 * b);
}

static struct aw_reader_state state;

static int read_it(size_t len, struct aw_frame *f) {
    size_t used;
    memset(&state, 0, sizeof state);
    *f = rec_frame();
    return rec_read(&aw_reader_nexmon, &state, vec_guarded(dgram, len), len, true, f, &used);
}

static void fields(void) {
    struct aw_frame f;
    size_t len = make(64, 0x65, -36, 0x88);
    set(1, 0xFFFE0003);  /* 3 - 2i */
    set(63, 0x1FFFE000); /* -8192 + 8191i */
    CHECK_INT(read_it(len, &f), 1);
    CHECK_INT(f.format, AW_FORMAT_NEXMON);
    CHECK_STR(f.chip, "bcm43455c0");
    CHECK_INT(f.tx, 0xDCA632586E77);
    CHECK_INT(f.seq, -1); /* the sequence control is not a count of CSI frames */
    CHECK_INT(f.t_kind, AW_TIME_NONE);
    CHECK_INT(f.rx_chain, 1); /* 0x19 = 0b011001: core 1, stream 3 */
    CHECK_INT(f.tx_chain, 3);
    CHECK_INT(f.bandwidth_mhz, 20);
    CHECK_INT(f.channel, 13);
    CHECK_INT(f.freq_mhz, 2472);
    CHECK_NEAR(f.rssi_dbm[0], -36, 0);
    CHECK(isnan(f.noise_dbm) && isnan(f.agc_db));
    CHECK_INT(f.n_sub, 64);
    CHECK_INT(f.k[1], 1);
    CHECK_NEAR(f.iq[2], 3, 0);
    CHECK_NEAR(f.iq[3], -2, 0);
    CHECK_INT(f.k[63], -1);
    CHECK_NEAR(f.iq[126], -8192, 0);
    CHECK_NEAR(f.iq[127], 8191, 0);
    CHECK_INT(f.kind[0] & AW_SUB_ROLE, AW_SUB_NULL);
    CHECK_INT(f.kind[7] & AW_SUB_ROLE, AW_SUB_PILOT);
    CHECK_INT(f.kind[27] & AW_SUB_ROLE, AW_SUB_DATA);
    CHECK_INT(f.kind[28] & AW_SUB_ROLE, AW_SUB_INVALID); /* status of the receiver */
    CHECK_INT(f.kind[31] & AW_SUB_ROLE, AW_SUB_NULL);
    rec_truncations(&aw_reader_nexmon, dgram, len);

    len = make(256, 0x65, -58, 0x94);
    set(200, 0x00010001);
    CHECK_INT(read_it(len, &f), 1);
    CHECK_INT(f.bandwidth_mhz, 80);
    CHECK_INT(f.channel, 157); /* 155 - 6 + 4 * 2 */
    CHECK_INT(f.freq_mhz, 5785);
    CHECK_INT(f.kind[2] & AW_SUB_ROLE, AW_SUB_INVALID);
    CHECK_INT(f.kind[3] & AW_SUB_ROLE, AW_SUB_DATA);
    rec_truncations(&aw_reader_nexmon, dgram, len);

    len = make(128, 0x01, 0x11, 0x11); /* older firmware: no rssi, no status in the values */
    set(2, 0x00010001);
    CHECK_INT(read_it(len, &f), 1);
    CHECK_STR(f.chip, "bcm4339");
    CHECK(isnan(f.rssi_dbm[0]));
    CHECK_INT(f.channel, 40); /* 38, upper */
    CHECK_INT(f.kind[2] & AW_SUB_ROLE, AW_SUB_DATA);

    len = make(512, 0x01, 0x11, 0x11);
    set(2, 0x00010001);
    CHECK_INT(read_it(len, &f), 1);
    CHECK_INT(f.channel, 36); /* 50 - 14 */
}

/* Words by hand from the layout in the source: sign, mantissa, sign, mantissa, exponent. */
static void packed(void) {
    struct aw_frame f;
    size_t len = make(256, 0x03, 0x11, 0x11);
    /* 4358: real -200 = 1 11001000, imaginary +3 = 0 00000011, exponent -8 = 11000 */
    set(5, 1u << 22 | 200u << 14 | 0u << 13 | 3u << 5 | 0x18);
    CHECK_INT(read_it(len, &f), 1);
    CHECK_STR(f.chip, "bcm4358");
    CHECK_NEAR(f.iq[10], -200.0 / 256, 0);
    CHECK_NEAR(f.iq[11], 3.0 / 256, 0);
    CHECK_NEAR(f.quant_step, 0, 0);
    len = make(256, 0x6A, -40, 0);
    /* 4366c0: real +2047, imaginary -1, exponent 5; then exponent -32 */
    set(5, 0u << 29 | 2047u << 18 | 1u << 17 | 1u << 6 | 5);
    set(6, 1u << 29 | 1u << 18 | 0u << 17 | 0u << 6 | 32);
    CHECK_INT(read_it(len, &f), 1);
    CHECK_STR(f.chip, "bcm4366c0");
    CHECK_NEAR(f.iq[10], 2047 * 32, 0);
    CHECK_NEAR(f.iq[11], -32, 0);
    CHECK_NEAR(f.iq[12], -ldexp(1, -32), 0);
    CHECK_NEAR(f.iq[13], 0, 0);
}

static void chip_from_content(void) {
    struct aw_frame f;
    uint32_t s = 99;
    size_t len = make(256, 0xDEAD, -40, 0);
    for (unsigned i = 0; i < 256; i++) set(i, rec_random(&s) & 0x7FFFFF);
    set(1, 0xFFFFFFFF); /* status, not looked at */
    CHECK_INT(read_it(len, &f), 1);
    CHECK_STR(f.chip, "bcm4358");
    for (unsigned i = 0; i < 256; i++) set(i, rec_random(&s) & 0x3FFFFFFF);
    CHECK_INT(read_it(len, &f), 1);
    CHECK_STR(f.chip, "bcm4366c0");
    for (unsigned i = 0; i < 256; i++) {
        int16_t re = (int16_t)((int)(rec_random(&s) % 16384) - 8192);
        int16_t im = (int16_t)((int)(rec_random(&s) % 16384) - 8192);
        set(i, (uint32_t)(uint16_t)im << 16 | (uint16_t)re);
        if (i == 77) CHECK_INT(re, (int16_t)(dgram[18 + 308] | dgram[18 + 309] << 8));
    }
    CHECK_INT(read_it(len, &f), 1);
    CHECK_STR(f.chip, ""); /* int16 pairs, but whose is not known */
    CHECK_NEAR(f.quant_step, 1, 0);
    set(100, 0xC0000000); /* neither 14 bits nor a packed word */
    CHECK_INT(read_it(len, &f), AW_ERR_LAYOUT);
}

static void refusals(void) {
    struct aw_frame f;
    size_t len = make(256, 0x65, -58, 0x94);
    CHECK_INT(read_it(len, &f), AW_ERR_EMPTY);
    set(0, 5), set(1, 6), set(2, 7); /* only the receiver's status */
    CHECK_INT(read_it(len, &f), AW_ERR_EMPTY);
    len = make(256, 0xBEEF, 0x11, 0x11);
    CHECK_INT(read_it(len, &f), AW_ERR_EMPTY);
    set(9, 0x00050005);
    CHECK_INT(read_it(len, &f), 1);
    CHECK_INT(read_it(len - 4, &f), AW_ERR_TRUNCATED);
    CHECK_INT(read_it(len + 4, &f), AW_ERR_LENGTH);
    CHECK_INT(read_it(10, &f), AW_ERR_TRUNCATED);
    dgram[12] = 0x40;
    CHECK_INT(read_it(len, &f), AW_ERR_RANGE);
    dgram[12] = 0, dgram[13] = 0x09; /* swapped bytes */
    CHECK_INT(read_it(len, &f), 1);
    CHECK_INT(f.rx_chain, 1);
    CHECK_INT(f.tx_chain, 1);
    dgram[15] = 0xC0; /* no width */
    CHECK_INT(read_it(len, &f), AW_ERR_RANGE);
    dgram[15] = 0xD0; /* 20 MHz */
    CHECK_INT(read_it(len, &f), AW_ERR_LENGTH);
    CHECK(!aw_reader_nexmon.probe(dgram, len, true));
    dgram[15] = 0xE0;
    CHECK(aw_reader_nexmon.probe(dgram, len, true));
    dgram[0] = 0x12;
    CHECK_INT(read_it(len, &f), AW_ERR_MAGIC);
    dgram[0] = 0x11;
    size_t used;
    f = rec_frame();
    f.iq_cap = 255;
    CHECK_INT(rec_read(&aw_reader_nexmon, &state, dgram, len, true, &f, &used), AW_ERR_TOO_MANY);
}

/* What the published decoder makes of exact values: scaled so that the largest of a frame has its
 * top bit at 2^10, cut towards zero. */
static void to_integers(float *iq, size_t n) {
    int top = -1000, e;
    for (size_t i = 0; i < 2 * n; i++)
        if (iq[i] != 0) {
            frexpf(iq[i], &e);
            top = e - 1 > top ? e - 1 : top;
        }
    for (size_t i = 0; i < 2 * n; i++) iq[i] = truncf(ldexpf(iq[i], 10 - top)) + 0.0f;
}

/* Number of frames and CRC-32 of all values: csiread 1.4.1 (Nexmon, chip and bw given by hand;
 * for the 4358 its integers). */
static void recordings(void) {
    static const struct {
        const char *path, *chip;
        int frames;
        uint32_t crc;
    } want[] = {
        {"formats/nexmon/68.pcap", "bcm4339", 500, 0x8C9131B8},
        {"formats/nexmon/breath_test.pcap", "bcm4339", 1000, 0x551C6BE9},
        {"formats/nexmon/csi-240303-220452-A-0S-20-13-dca632586e77.pcap", "bcm43455c0", 1500,
         0x7EDC4F44},
        {"formats/nexmon/csi-240303-220836-A-0S-20-13-dca632586e77.pcap", "bcm43455c0", 1500,
         0x98740BBA},
        {"formats/nexmon/csi-240303-221352-B-0S-20-13-dca632586e77.pcap", "bcm43455c0", 1500,
         0x8BA2248A},
        {"formats/nexmon/csiread_example.pcap", "bcm4358", 4, 0xB8E73DC9},
        {"formats/nexmon/example.pcap", "bcm4358", 4, 0xB8E73DC9},
        {"formats/nexmon/example_4339.pcap", "bcm4339", 2850, 0x52FFE8C2},
        {"formats/nexmon/example_43455c0.pcap", "bcm43455c0", 566, 0x090FA359},
        {"formats/nexmon/example_4358.pcap", "bcm4358", 4, 0xB8E73DC9},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        size_t len, at = 0, n, used = 0;
        uint8_t *buf = vec_load(want[i].path, &len);
        if (!buf) continue;
        uint8_t *values = malloc(8 * len);
        int frames = 0;
        memset(&state, 0, sizeof state);
        for (const uint8_t *p; (p = pcap_next(buf, len, &at, &n));) {
            struct aw_frame f = rec_frame();
            size_t consumed;
            CHECK(aw_reader_nexmon.probe(p, n, true));
            CHECK_INT(rec_read(&aw_reader_nexmon, &state, p, n, true, &f, &consumed), 1);
            CHECK_STR(f.chip, want[i].chip);
            if (strcmp(f.chip, "bcm4358") == 0) to_integers(f.iq, f.n_sub);
            memcpy(values + used, f.iq, f.n_sub * 2 * sizeof(float));
            used += f.n_sub * 2 * sizeof(float);
            frames++;
        }
        CHECK_INT(frames, want[i].frames);
        CHECK_INT(aw_crc32_run(values, used), want[i].crc);
        free(values);
        free(buf);
    }
}

int main(void) {
    fields();
    packed();
    chip_from_content();
    refusals();
    recordings();
    return test_end();
}
