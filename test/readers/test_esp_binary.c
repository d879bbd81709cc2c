/* CSIBIN1 and numpy arrays. Vectors are built here field by field after the layouts drawn in
 * csibin1.c and esp_npz.c. */
#include "vectors.h"

extern const struct aw_reader aw_reader_csibin1, aw_reader_esp_npz;

static uint8_t buf[1 << 17];
static size_t at;

static void put(uint64_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) buf[at++] = (uint8_t)(v >> (8 * i));
}

static void put_f64(double v) {
    uint64_t bits;
    memcpy(&bits, &v, 8);
    put(bits, 8);
}

static void put_text(const char *s) {
    memcpy(buf + at, s, strlen(s));
    at += strlen(s);
}

/* imag = -bin, real = 9 of 64 values in the order 0..31, -32..-1 */
static int im(unsigned i) {
    unsigned bin = i % 64;
    return bin == 0 || (bin >= 27 && bin <= 37) ? 0 : -(int)bin;
}
static int re(unsigned i) {
    return im(i) ? 9 : 0;
}

static void put_record(unsigned version, const char *label, uint64_t device_us) {
    put(strlen(label), 2);
    put_f64(1781452706.5);
    if (version == 2) {
        put_f64(1781452706.25);
        put(device_us, 8);
        put(77, 4);
        put(1, 4);
    }
    put((uint32_t)-56, 4);
    put(11, 4);
    put(6, 4);
    put(128, 4);
    put(64, 4);
    if (version == 2) put(0, 4);
    put_text(label);
    for (unsigned i = 0; i < 64; i++) put((uint16_t)im(i), 2);
    for (unsigned i = 0; i < 64; i++) put((uint16_t)re(i), 2);
}

static void csibin1(void) {
    const struct aw_reader *r = &aw_reader_csibin1;
    for (unsigned version = 1; version <= 2; version++) {
        at = 0;
        put_text("CSIBIN1");
        put(version, 4);
        size_t first = at;
        put_record(version, "movement", 123456789);
        size_t second = at;
        put_record(version, "", 0);
        put_record(version, "x", 5000000000);
        CHECK(r->probe(buf, at, true));
        struct vec_counts c = vec_recording(r, buf, at);
        CHECK(c.frames == 3 && c.skipped == 1 && c.refused_all == 0);
        for (unsigned i = 0; i < 64; i++) {
            CHECK_NEAR(c.first_iq[2 * i], re(i), 0);
            CHECK_NEAR(c.first_iq[2 * i + 1], im(i), 0);
        }
        CHECK(c.first.channel == 6 && c.first.n_sub == 64);
        CHECK_NEAR(c.first.rssi_dbm[0], -56, 0);
        CHECK_INT(c.first.t_kind, version == 1 ? AW_TIME_HOST : AW_TIME_DEVICE);
        CHECK(c.first.t_ns ==
              (version == 1 ? INT64_C(1781452706500000000) : INT64_C(123456789000)));
        CHECK_INT(c.first.seq, version == 1 ? -1 : 77);
        CHECK(c.last.t_ns ==
              (version == 1 ? INT64_C(1781452706500000000) : INT64_C(5000000000000)));
        vec_truncations(r, buf, second);

        /* a damaged record: its length fields; the next one is found again */
        uint8_t keep = buf[second - 1];
        buf[first] = 0xFF;
        buf[first + 1] = 0xFF;
        c = vec_recording(r, buf, at);
        CHECK_INT(c.frames, 2);
        CHECK_INT(c.refused_all, 1);
        buf[second - 1] = keep;
    }
    struct aw_frame f;
    at = 0;
    put_text("CSIBIN1");
    put(3, 4);
    CHECK_INT(vec_one(r, buf, at, &f), AW_ERR_VERSION);
    CHECK_INT(vec_one(r, "CSIBIN2....", 11, &f), AW_ERR_MAGIC);
    CHECK_INT(vec_one(r, "CSIBIN1", 7, &f), AW_ERR_TRUNCATED);
}

static void put_npy(const char *descr, const char *shape, unsigned major) {
    char dict[128];
    int n = snprintf(dict, sizeof dict, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n",
                     descr, shape);
    put(0x93, 1);
    put_text("NUMPY");
    put(major, 1);
    put(0, 1);
    put((uint64_t)n, major == 1 ? 2 : 4);
    put_text(dict);
}

static size_t member(const char *name) {
    put(strlen(name), 4);
    put_text(name);
    put(0, 8);
    return at;
}

static void member_end(size_t start) {
    size_t end = at;
    at = start - 8;
    put(end - start, 8);
    at = end;
}

static void put_rows(unsigned rows) {
    for (unsigned row = 0; row < rows; row++)
        for (unsigned i = 0; i < 64; i++) {
            put((uint8_t)im(i), 1);
            put((uint8_t)(re(i) ? row + 1 : 0), 1);
        }
}

static void put_utf32(const char *s) {
    for (; *s; s++) put((uint8_t)*s, 4);
}

static void bundle(void) {
    const struct aw_reader *r = &aw_reader_esp_npz;
    at = 0;
    put_text("AWNPZ1\n");
    put(0, 1);
    size_t m = member("label.npy");
    put_npy("<U8", "()", 1);
    put_utf32("baseline");
    member_end(m);
    m = member("csi_data.npy");
    put_npy("|i1", "(4, 128)", 1);
    put_rows(4);
    member_end(m);
    m = member("chip.npy");
    put_npy("<U2", "()", 1);
    put_utf32("s3");
    member_end(m);
    m = member("duration_ms.npy");
    put_npy("<f8", "()", 1);
    put_f64(2000.0);
    member_end(m);
    m = member("rssi.npy");
    put_npy("<i2", "(4,)", 2);
    for (int i = 0; i < 4; i++) put((uint16_t)(-40 - i), 2);
    member_end(m);
    m = member("junk.npy"); /* a member that is no array does no harm */
    put_text("hello");
    member_end(m);

    CHECK(r->probe(buf, at, true));
    struct vec_counts c = vec_recording(r, buf, at);
    CHECK(c.frames == 4 && c.refused_all == 0);
    CHECK_STR(c.first.chip, "esp32-s3");
    CHECK(c.first.t_kind == AW_TIME_INFERRED && c.first.t_ns == 0);
    CHECK(c.last.t_ns == INT64_C(1500000000)); /* row 3 of 4 in 2 s */
    CHECK_NEAR(c.first.rssi_dbm[0], -40, 0);
    CHECK_NEAR(c.last.rssi_dbm[0], -43, 0);
    CHECK(c.first.n_sub == 64 && c.first.k[1] == 1);
    for (unsigned i = 0; i < 64; i++) CHECK_NEAR(c.first_iq[2 * i + 1], im(i), 0);
    vec_truncations(r, buf, at);

    at = 0; /* a zip of other arrays */
    put_text("AWNPZ1\n");
    put(0, 1);
    m = member("x.npy");
    put_npy("|i1", "(4, 128)", 1);
    put_rows(4);
    member_end(m);
    CHECK(!r->probe(buf, at, true));
    struct aw_frame f;
    CHECK_INT(vec_one(r, buf, at, &f), AW_ERR_LAYOUT);
}

static void bare(void) {
    const struct aw_reader *r = &aw_reader_esp_npz;
    at = 0;
    put_npy("|i1", "(3, 128)", 1);
    put_rows(3);
    CHECK(r->probe(buf, at, true));
    CHECK(r->probe(buf, 100, false));
    struct vec_counts c = vec_recording(r, buf, at);
    CHECK(c.frames == 3 && c.first.t_kind == AW_TIME_NONE);
    CHECK_STR(c.first.chip, "");
    vec_truncations(r, buf, at);

    at = 0; /* amplitudes, subcarrier by subcarrier */
    put_npy("<f8", "(56, 5)", 1);
    for (int s = 0; s < 56; s++)
        for (int t = 0; t < 5; t++) put_f64(s + t * 0.125 + 1);
    CHECK(r->probe(buf, at, true));
    c = vec_recording(r, buf, at);
    CHECK(c.frames == 5 && c.first.flags == AW_FRAME_AMPLITUDE_ONLY);
    CHECK(c.first.n_sub == 56 && c.first.k[0] == -28 && c.first.k[55] == 28);
    for (int s = 0; s < 56; s++) {
        CHECK_NEAR(c.first_iq[2 * s], s + 1, 0);
        CHECK_NEAR(c.first_iq[2 * s + 1], 0, 0);
    }
    CHECK_NEAR(c.last.iq[2 * 55], 56.5, 0);
    vec_truncations(r, buf, at);

    static const struct {
        const char *descr, *shape;
    } refused[] = {
        {"<i2", "(3, 128)"},
        {"|i1", "(3, 127)"},
        {"|i1", "(3,)"},
        {"|i1", "(3, 4, 8)"},
        {"<f8", "(55, 5)"},
        {"|i1", "(3, 128"},
        {"|u1", "(3, 128)"},
        {">i2", "(3, 128)"},
        {"|i1", "(99999999, 128)"},
        {"|i1", "(3, 999999999999999)"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct aw_frame f;
        at = 0;
        put_npy(refused[i].descr, refused[i].shape, 1);
        put_rows(3);
        int got = vec_one(r, buf, at, &f);
        if (i != 5 && i != 8) CHECK(got < 0 || !r->probe(buf, at, true));
        vec_walk(r, vec_guarded(buf, at), at, true);
    }
}

int main(void) {
    csibin1();
    bundle();
    bare();
    return test_end();
}
