#include "readers/awk1.h"

#include "readers/ofdm.h"
#include "readers/pcap_walk.h"
#include "readers/records.h"

extern const struct aw_reader aw_reader_awk1, aw_reader_nexmon;

static uint8_t datagram[AW_AWK1_MAX_BYTES + 1];
static float other_iq[2 * AW_MAX_CSI];

static bool same_bits(float a, float b) {
    return memcmp(&a, &b, sizeof a) == 0;
}

/* Everything the datagram carries, to the last bit. */
static bool same(const struct aw_frame *a, const struct aw_frame *b) {
    bool ok = a->format == b->format && strcmp(a->chip, b->chip) == 0 && a->flags == b->flags &&
              a->t_ns == b->t_ns && a->t_wrap_ns == b->t_wrap_ns && a->t_kind == b->t_kind &&
              a->t_arrival_ns == b->t_arrival_ns && a->origin == b->origin && a->node == b->node &&
              a->tx == b->tx && a->rx_chain == b->rx_chain && a->tx_chain == b->tx_chain &&
              a->seq == b->seq && a->seq_mod == b->seq_mod && a->lost == b->lost &&
              a->channel == b->channel && a->freq_mhz == b->freq_mhz &&
              a->bandwidth_mhz == b->bandwidth_mhz && a->n_rx == b->n_rx && a->n_tx == b->n_tx &&
              a->n_sub == b->n_sub && same_bits(a->noise_dbm, b->noise_dbm) &&
              same_bits(a->agc_db, b->agc_db) && same_bits(a->spacing_hz, b->spacing_hz) &&
              same_bits(a->quant_step, b->quant_step);
    for (int i = 0; i < AW_MAX_CHAINS; i++) ok = ok && same_bits(a->rssi_dbm[i], b->rssi_dbm[i]);
    return ok && memcmp(a->k, b->k, a->n_sub * sizeof *a->k) == 0 &&
           memcmp(a->kind, b->kind, a->n_sub) == 0 &&
           memcmp(a->iq, b->iq, aw_frame_values(a) * 2 * sizeof(float)) == 0;
}

/* Writes, reads, compares; returns the length or the error of writing. */
static int round_trip(const struct aw_frame *f) {
    int len = aw_awk1_write(f, 77, datagram, sizeof datagram);
    if (len < 0) return len;
    static struct aw_reader_state st;
    struct aw_frame g;
    memset(&g, 0, sizeof g);
    g.iq = other_iq;
    g.iq_cap = AW_MAX_CSI;
    size_t used;
    int rc = rec_read(&aw_reader_awk1, &st, vec_guarded(datagram, (size_t)len), (size_t)len, true,
                      &g, &used);
    CHECK_INT(rc, 1);
    CHECK(same(f, &g));
    CHECK_INT(aw_awk1_seq(datagram), 77);
    return len;
}

static float random_value(uint32_t *s, int type) {
    uint32_t bits = rec_random(s);
    float v;
    if (type == 0) return (int8_t)bits;
    if (type == 1) return (int16_t)bits;
    memcpy(&v, &bits, sizeof v); /* any bit pattern: NaN payloads, denormals, -0 */
    return v;
}

static void random_frames(void) {
    uint32_t s = 4711;
    int16_t k[AW_MAX_SUB];
    uint8_t kind[AW_MAX_SUB];
    static const char *const chips[] = {"", "esp32-s3", "bcm43455c0",
                                        "a name of 31 characters, no more"};
    for (int round = 0; round < 400; round++) {
        struct aw_frame f = {.iq = rec_iq, .iq_cap = AW_MAX_CSI};
        f.format = rec_random(&s) % AW_FORMAT_COUNT;
        f.t_kind = rec_random(&s) % 4;
        f.chip = chips[rec_random(&s) % 4];
        if (strlen(f.chip) > 31) f.chip = "a name of 31 characters, so far";
        f.flags = rec_random(&s);
        f.t_ns = (int64_t)((uint64_t)rec_random(&s) << 32 | rec_random(&s));
        f.t_wrap_ns = (int64_t)((uint64_t)rec_random(&s) << 20);
        f.t_arrival_ns = -(int64_t)rec_random(&s);
        f.origin = (uint64_t)rec_random(&s) << 32 | rec_random(&s);
        f.node = (uint64_t)rec_random(&s) << 16;
        f.tx = rec_random(&s);
        f.rx_chain = (uint8_t)rec_random(&s);
        f.tx_chain = (uint8_t)rec_random(&s);
        f.seq = rec_random(&s) % 3 ? (int64_t)rec_random(&s) : -1;
        f.seq_mod = rec_random(&s);
        f.lost = rec_random(&s);
        f.channel = (uint16_t)rec_random(&s);
        f.freq_mhz = (uint16_t)rec_random(&s);
        f.bandwidth_mhz = (uint16_t)rec_random(&s);
        f.spacing_hz = random_value(&s, 2);
        f.quant_step = random_value(&s, 2);
        for (int i = 0; i < 4; i++) f.rssi_dbm[i] = random_value(&s, 2);
        f.noise_dbm = NAN;
        f.agc_db = random_value(&s, 1);
        f.n_rx = (uint16_t)(1 + rec_random(&s) % 4);
        f.n_tx = (uint16_t)(1 + rec_random(&s) % 4);
        const struct aw_ofdm_table *t = aw_ofdm_table(rec_random(&s) % 20);
        if (round % 2) {
            f.n_sub = t->n, f.k = t->k, f.kind = t->kind;
        } else {
            f.n_sub = (uint16_t)(1 + rec_random(&s) % 640);
            for (int i = 0; i < f.n_sub; i++) k[i] = (int16_t)rec_random(&s);
            for (int i = 0; i < f.n_sub; i++) kind[i] = (uint8_t)rec_random(&s);
            f.k = k, f.kind = kind;
        }
        int type = round % 3;
        for (uint32_t i = 0; i < 2 * aw_frame_values(&f); i++) rec_iq[i] = random_value(&s, type);
        if (type == 0 && round % 4 == 0) rec_iq[1] = -0.0f;
        int len = round_trip(&f);
        bool fits = len > 0;
        size_t bytes = 140 + strlen(f.chip) + (round % 2 ? 0 : 3u * f.n_sub) +
                       2u * aw_frame_values(&f) *
                           (type == 0   ? 1u
                            : type == 1 ? 2u
                                        : 4u);
        if (type == 0 && round % 4 == 0) continue; /* -0 makes it a float frame */
        CHECK(fits == (bytes <= AW_AWK1_MAX_BYTES));
        if (!fits) CHECK_INT(len, AW_ERR_TOO_MANY);
        if (fits && !(round % 2)) CHECK_INT(len, bytes);
    }
}

static struct aw_frame small_frame(void) {
    static const int16_t k[3] = {-1, 0, 1};
    static const uint8_t kind[3] = {AW_SUB_DATA, AW_SUB_NULL, AW_SUB_PILOT | AW_LTF_HT};
    struct aw_frame f = {.iq = rec_iq, .iq_cap = AW_MAX_CSI};
    aw_frame_clear(&f);
    f.format = AW_FORMAT_ESP_CSI;
    f.chip = "esp32";
    f.n_sub = 3, f.k = k, f.kind = kind;
    for (int i = 0; i < 6; i++) rec_iq[i] = (float)(i - 3);
    return f;
}

/* Bytes by hand for the small frame: the layout in the source and in docs/protocol.md. */
static void layout(void) {
    struct aw_frame f = small_frame();
    f.t_ns = 0x0102030405060708;
    f.tx = 0xAABBCCDDEEFF;
    f.n_tx = 1;
    int len = round_trip(&f);
    CHECK_INT(len, 136 + 5 + 9 + 6 + 4);
    CHECK(memcmp(datagram, "AWK1\x01\x00\xFF\x05", 8) == 0);
    CHECK_INT(datagram[8], 160);
    CHECK_INT(datagram[12], 77);
    CHECK_INT(datagram[16], 2);                                               /* esp-csi */
    CHECK(memcmp(datagram + 24, "\x08\x07\x06\x05\x04\x03\x02\x01", 8) == 0); /* t_ns */
    CHECK(memcmp(datagram + 64, "\xFF\xEE\xDD\xCC\xBB\xAA\x00\x00", 8) == 0); /* tx */
    CHECK(memcmp(datagram + 72, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8) == 0); /* seq none */
    CHECK_INT(datagram[98] | datagram[100] << 8, 0x0101);
    CHECK_INT(datagram[102], 3);
    CHECK(memcmp(datagram + 104, "\x80\x96\x98\x48", 4) == 0); /* 312500.0f */
    CHECK(memcmp(datagram + 136, "esp32\xFF\xFF\x00\x00\x01\x00\x01\x04\x12", 14) == 0);
    CHECK(memcmp(datagram + 150, "\xFD\xFE\xFF\x00\x01\x02", 6) == 0);
    uint32_t crc = aw_crc32_run(datagram, 156);
    CHECK_INT(datagram[156] | (uint32_t)datagram[157] << 8 | (uint32_t)datagram[158] << 16 |
                  (uint32_t)datagram[159] << 24,
              crc);
    rec_truncations(&aw_reader_awk1, datagram, (size_t)len);
}

static int read_changed(size_t at, uint8_t value, size_t len, bool fix_crc) {
    static uint8_t copy[400];
    memcpy(copy, datagram, len);
    if (at < len) copy[at] = value;
    if (fix_crc) {
        uint32_t crc = aw_crc32_run(copy, len - 4);
        for (int i = 0; i < 4; i++) copy[len - 4 + (size_t)i] = (uint8_t)(crc >> 8 * i);
    }
    struct aw_reader_state st = {0};
    struct aw_frame f = rec_frame();
    size_t used;
    return rec_read(&aw_reader_awk1, &st, vec_guarded(copy, len), len, true, &f, &used);
}

static void refusals(void) {
    struct aw_frame f = small_frame();
    size_t len = (size_t)aw_awk1_write(&f, 0, datagram, sizeof datagram);
    CHECK_INT(read_changed(len, 0, len, false), 1);
    CHECK_INT(read_changed(len, 0, 10, false), AW_ERR_TRUNCATED);
    CHECK_INT(read_changed(len, 0, len - 1, false), AW_ERR_TRUNCATED);
    CHECK_INT(read_changed(0, 'B', len, true), AW_ERR_MAGIC);
    CHECK_INT(read_changed(4, 2, len, true), AW_ERR_VERSION);
    CHECK_INT(read_changed(8, (uint8_t)(len - 1), len, true), AW_ERR_LENGTH);
    for (size_t at = 12; at < len; at++) {
        uint8_t flipped = datagram[at] ^ 0x10;
        CHECK_INT(read_changed(at, flipped, len, false), AW_ERR_CRC);
    }
    CHECK_INT(read_changed(5, 3, len, true), AW_ERR_RANGE);
    CHECK_INT(read_changed(5, 1, len, true), AW_ERR_LENGTH);
    CHECK_INT(read_changed(6, 200, len, true), AW_ERR_LAYOUT);
    CHECK_INT(read_changed(6, 0, len, true), AW_ERR_LAYOUT);
    CHECK_INT(read_changed(7, 32, len, true), AW_ERR_RANGE);
    CHECK_INT(read_changed(7, 6, len, true), AW_ERR_LENGTH);
    CHECK_INT(read_changed(16, AW_FORMAT_COUNT, len, true), AW_ERR_RANGE);
    CHECK_INT(read_changed(17, 4, len, true), AW_ERR_RANGE);
    CHECK_INT(read_changed(98, 0, len, true), AW_ERR_RANGE);
    CHECK_INT(read_changed(98, 5, len, true), AW_ERR_RANGE);
    CHECK_INT(read_changed(103, 0x10, len, true), AW_ERR_RANGE);

    uint8_t small[159];
    CHECK_INT(aw_awk1_write(&f, 0, small, sizeof small), AW_ERR_NOMEM);
    f.chip = "a name that is longer than thirty-one";
    CHECK_INT(aw_awk1_write(&f, 0, datagram, sizeof datagram), AW_ERR_INVAL);
    f = small_frame();
    f.n_rx = 5;
    CHECK_INT(aw_awk1_write(&f, 0, datagram, sizeof datagram), AW_ERR_INVAL);
    f = small_frame();
    f.n_sub = 0;
    CHECK_INT(aw_awk1_write(&f, 0, datagram, sizeof datagram), AW_ERR_INVAL);
}

/* ---- every frame of every recording ---- */

struct tally {
    size_t frames, written, too_many;
};

static void one(const struct aw_frame *f, size_t n, void *ctx) {
    (void)n;
    struct tally *t = ctx;
    t->frames++;
    int len = round_trip(f);
    if (len > 0)
        t->written++;
    else if (len == AW_ERR_TOO_MANY)
        t->too_many++;
}

static void recordings(void) {
    static const char *const paths[] = {
        "formats/intel5300/sample_0x1_ap.dat",  "formats/intel5300/log.all_csi.6.7.6.dat",
        "formats/atheros/ath_csi_1.dat",        "formats/feitcsi/HESU160_5500.csi",
        "formats/feitcsi/HESU80_5500.csi",      "formats/feitcsi/VHT40_5500.csi",
        "formats/picoscenes/ax200_demo.csi",    "formats/picoscenes/rx_by_iwl5300.csi",
        "formats/picoscenes/rx_by_qca9300.csi", "formats/esp32/example_csi.csv",
        "formats/esp32/output.csv.zst",         "formats/esp32/sample.json.zst",
        "formats/esp32/lucas_CSIBIN1.bin",      "formats/esp32/esp32-csi-tool_empty_01.csv.zst",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        size_t len;
        uint8_t *buf = vec_load(paths[i], &len);
        if (!buf) continue;
        const struct aw_reader *r = aw_reader_find(buf, len, true);
        struct tally t = {0};
        if (r) {
            rec_walk(r, buf, len, one, &t);
            CHECK(t.frames > 0);
            CHECK_INT(t.written, t.frames); /* all of these fit a datagram */
        }
        free(buf);
    }
}

static void nexmon_recordings(void) {
    static const char *const paths[] = {
        "formats/nexmon/example_4358.pcap",
        "formats/nexmon/example_43455c0.pcap",
        "formats/nexmon/68.pcap",
        "formats/nexmon/csi-240303-220452-A-0S-20-13-dca632586e77.pcap",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        size_t len, at = 0, n, used;
        uint8_t *buf = vec_load(paths[i], &len);
        if (!buf) continue;
        static struct aw_reader_state st;
        memset(&st, 0, sizeof st);
        struct tally t = {0};
        for (const uint8_t *p; (p = pcap_next(buf, len, &at, &n));) {
            struct aw_frame f = rec_frame();
            if (rec_read(&aw_reader_nexmon, &st, p, n, true, &f, &used) > 0) one(&f, 0, &t);
        }
        CHECK(t.frames > 0);
        CHECK_INT(t.written, t.frames);
        free(buf);
    }
}

int main(void) {
    layout();
    refusals();
    random_frames();
    recordings();
    nexmon_recordings();
    return test_end();
}
