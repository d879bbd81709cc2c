#include "readers/ruview.h"
#include "vectors.h"

extern const struct aw_reader aw_reader_ruview;

/* Golden vectors: bytes of the firmware's own structs and CRCs, produced by compiling the RuView
 * firmware's rv_mesh.c and rv_feature_state.c on a host and by packed copies of the other structs;
 * the values are the ones put in. Interface study, section 1.10. */
static const struct {
    const char *legend, *hex;
    enum aw_ruview_type type;
    int got; /* of the reader */
} vectors[] = {
    {"0001", "010011c5030104008509000070110100c7a1000000000f03f3040e80", AW_RUVIEW_CSI,
     AW_ERR_LAYOUT /* 4 subcarriers: no such chip */},
    {"0002", "020011c50305060608100b00c7040000000090400000904040e2010000000000", AW_RUVIEW_VITALS,
     0},
    {"0003",
     "030011c50300010215cd5b07000000006666e63e6666e63e8195033fbe9f1a3f0000803f0000803f00000000f628dc"
     "3e",
     AW_RUVIEW_FEATURE, 0},
    {"0004 fused",
     "040011c5030d060608100b00c704015a000090400000904040e2010000009242000078410000364301500000000000"
     "00",
     AW_RUVIEW_FUSED, 0},
    {"0004 wasm", "040011c503000200070000c03f09000000c0", AW_RUVIEW_WASM, 0},
    {"0005", "050011c5030680000400007f0101", AW_RUVIEW_COMPRESSED, 0},
    {"0006",
     "060011c50302010215cd5b07000000000000803e0000403f000078410000403f00009142cdcc4c3f00000000000000"
     "000000803f0700000027df3c68",
     AW_RUVIEW_STATE, 0},
    {"8100 health",
     "008111c501060200010000001c000000030000000000000015cd5b0700000000020614001600000000000000073fa0"
     "2b",
     AW_RUVIEW_MESH, 0},
    {"8100 anomaly",
     "008111c501070200010000001c000000030000000000000015cd5b0700000000c80300000000003f0000803e141bef"
     "e3",
     AW_RUVIEW_MESH, 0},
};

static size_t from_hex(const char *hex, uint8_t *out) {
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        sscanf(hex + 2 * i, "%2x", &byte);
        out[i] = (uint8_t)byte;
    }
    return n;
}

static void golden_fields(int i, const struct aw_ruview_packet *p) {
    CHECK_INT(p->node, 3);
    switch (i) {
    case 0:
        CHECK_INT(p->csi.n_antennas, 1);
        CHECK_INT(p->csi.n_sub, 4);
        CHECK_INT(p->csi.freq_mhz, 2437);
        CHECK_INT(p->csi.seq, 70000);
        CHECK_INT(p->csi.rssi_dbm, -57);
        CHECK_INT(p->csi.noise_dbm, -95);
        CHECK_INT((int8_t)p->csi.iq[2], 15);
        CHECK_INT((int8_t)p->csi.iq[7], -128);
        break;
    case 1:
    case 3:
        CHECK_NEAR(p->vitals.breathing_bpm, 15.42, 1e-5);
        CHECK_NEAR(p->vitals.heart_bpm, 72.5, 1e-5);
        CHECK_INT(p->vitals.rssi_dbm, -57);
        CHECK_INT(p->vitals.n_persons, 4);
        CHECK_NEAR(p->vitals.motion_energy, 4.5, 0);
        CHECK_NEAR(p->vitals.presence_score, 4.5, 0);
        CHECK_INT(p->vitals.timestamp_ms, 123456);
        CHECK_INT(p->vitals.flags, i == 1 ? 5 : 13);
        if (i == 1) break;
        CHECK_INT(p->vitals.radar_type, 1);
        CHECK_INT(p->vitals.fusion_confidence, 90);
        CHECK_NEAR(p->vitals.radar_heart_bpm, 73, 0);
        CHECK_NEAR(p->vitals.radar_breathing_bpm, 15.5, 0);
        CHECK_NEAR(p->vitals.radar_distance_cm, 182, 0);
        CHECK_INT(p->vitals.radar_targets, 1);
        CHECK_INT(p->vitals.radar_confidence, 80);
        break;
    case 2: {
        static const double f[8] = {.45, .45, .514, .604, 1, 1, 0, .43};
        CHECK_INT(p->feature.seq, 513);
        CHECK_INT(p->feature.timestamp_us, 123456789);
        for (int k = 0; k < 8; k++) CHECK_NEAR(p->feature.features[k], f[k], 1e-6);
        break;
    }
    case 4:
        CHECK_INT(p->wasm.module, 0);
        CHECK_INT(p->wasm.n, 2);
        CHECK_INT(p->wasm.type[0], 7);
        CHECK_NEAR(p->wasm.value[0], 1.5, 0);
        CHECK_INT(p->wasm.type[1], 9);
        CHECK_NEAR(p->wasm.value[1], -2, 0);
        break;
    case 5:
        CHECK_INT(p->compressed.channel, 6);
        CHECK_INT(p->compressed.orig_len, 128);
        CHECK_INT(p->compressed.comp_len, 4);
        CHECK(memcmp(p->compressed.data, "\x00\x7f\x01\x01", 4) == 0);
        break;
    case 6:
        CHECK_INT(p->state.mode, 2);
        CHECK_INT(p->state.seq, 513);
        CHECK_INT(p->state.ts_us, 123456789);
        CHECK_NEAR(p->state.motion_score, .25, 0);
        CHECK_NEAR(p->state.presence_score, .75, 0);
        CHECK_NEAR(p->state.respiration_bpm, 15.5, 0);
        CHECK_NEAR(p->state.respiration_conf, .75, 0);
        CHECK_NEAR(p->state.heartbeat_bpm, 72.5, 0);
        CHECK_NEAR(p->state.heartbeat_conf, .8, 1e-6);
        CHECK_NEAR(p->state.node_coherence, 1, 0);
        CHECK_INT(p->state.quality_flags, 7);
        break;
    default:
        CHECK_INT(p->mesh.epoch, 1);
        CHECK_INT(p->mesh.sender_role, 2);
        CHECK_INT(p->mesh.payload_len, 28);
        CHECK_INT(p->mesh.local_us, 123456789);
        if (p->mesh.type == AW_RUVIEW_MESH_HEALTH) {
            CHECK_INT(p->mesh.role, 2);
            CHECK_INT(p->mesh.channel, 6);
            CHECK_INT(p->mesh.bandwidth_mhz, 20);
            CHECK_INT(p->mesh.packets_per_s, 22);
        } else {
            CHECK_INT(p->mesh.severity, 200);
            CHECK_INT(p->mesh.reason, 3);
            CHECK_NEAR(p->mesh.anomaly, .5, 0);
            CHECK_NEAR(p->mesh.motion, .25, 0);
        }
    }
}

static void golden(void) {
    for (int i = 0; i < (int)(sizeof vectors / sizeof *vectors); i++) {
        uint8_t buf[128];
        struct aw_ruview_packet p = {0};
        struct aw_frame f;
        size_t n = from_hex(vectors[i].hex, buf);
        int err = aw_ruview_read(buf, n, &p);
        if (err != AW_OK) fprintf(stderr, "%s: %d\n", vectors[i].legend, err);
        CHECK_INT(err, AW_OK);
        CHECK_INT(p.type, vectors[i].type);
        golden_fields(i, &p);
        CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), vectors[i].got);
        CHECK(aw_reader_ruview.probe(buf, n, true));
        vec_truncations(&aw_reader_ruview, buf, n);
        for (size_t cut = 0; cut < n; cut++) /* no packet is a shorter packet */
            CHECK(aw_ruview_read(vec_guarded(buf, cut), cut, &p) < 0);
    }
}

/* Layouts of csi_collector.c, offsets as in ruview.c's drawing; values by hand. */
static size_t raw(uint8_t *buf, unsigned n_ant, unsigned n_sub, const int8_t *iq) {
    const uint8_t head[20] = {0x01,
                              0x00,
                              0x11,
                              0xC5,
                              7,
                              (uint8_t)n_ant,
                              (uint8_t)n_sub,
                              (uint8_t)(n_sub >> 8),
                              0x85,
                              0x09,
                              0,
                              0,
                              0xFF,
                              0xFF,
                              0xFF,
                              0xFF,
                              (uint8_t)-60,
                              (uint8_t)-92,
                              0,
                              0};
    memcpy(buf, head, sizeof head);
    memcpy(buf + sizeof head, iq, 2 * (size_t)n_ant * n_sub);
    return sizeof head + 2 * (size_t)n_ant * n_sub;
}

/* A block of 64 in the order 0..31, -32..-1 with (imag, real) = (k, 50) where there is energy. */
static void block(int8_t *iq, int reach) {
    for (int i = 0; i < 64; i++) {
        int k = i < 32 ? i : i - 64;
        bool live = k != 0 && abs(k) <= reach;
        iq[2 * i] = (int8_t)(live ? k : 0);
        iq[2 * i + 1] = live ? 50 : 0;
    }
}

static void csi_frames(void) {
    static uint8_t buf[4096];
    int8_t iq[384];
    struct aw_frame f;
    block(iq, 26);
    block(iq + 128, 28);
    block(iq + 256, 28);
    for (unsigned blocks = 1; blocks <= 3; blocks++) {
        size_t n = raw(buf, 1, 64 * blocks, iq);
        CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), 1);
        CHECK_INT(f.n_sub, 64 * blocks);
        CHECK_INT(f.node, 7);
        CHECK_INT(f.seq, 4294967295);
        CHECK(f.seq_mod == INT64_C(4294967296));
        CHECK_INT(f.freq_mhz, 2437);
        CHECK_INT(f.channel, 6);
        CHECK_INT(f.bandwidth_mhz, 20);
        CHECK_NEAR(f.rssi_dbm[0], -60, 0);
        CHECK_NEAR(f.noise_dbm, -92, 0);
        CHECK(isnan(f.rssi_dbm[1]) && isnan(f.agc_db));
        CHECK_INT(f.t_kind, AW_TIME_NONE);
        CHECK_STR(f.chip, "");
        for (unsigned i = 0; i < f.n_sub; i++) { /* real first in the frame, k as stored in imag */
            bool live = (f.kind[i] & (AW_SUB_DATA | AW_SUB_PILOT)) != 0;
            CHECK_NEAR(f.iq[2 * i], live ? 50 : 0, 0);
            CHECK_NEAR(f.iq[2 * i + 1], live ? f.k[i] : 0, 0);
        }
        CHECK_INT(f.kind[7], AW_SUB_PILOT | AW_LTF_LEGACY);
        if (blocks > 1) CHECK_INT(f.kind[64 + 28], AW_SUB_DATA | AW_LTF_HT);
        if (blocks > 2) CHECK_INT(f.kind[128 + 21], AW_SUB_PILOT | AW_LTF_HT_STBC);
    }
    size_t n = raw(buf, 1, 64, iq);
    vec_truncations(&aw_reader_ruview, buf, n);
    buf[20] = 83; /* the null subcarrier leaks: its neighbour stays */
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), 1);
    CHECK_INT(f.kind[1], AW_SUB_DATA);
    memcpy(buf + 20, "\x53\xB0\x04", 4); /* an ESP32's header word over the first two values */
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), 1);
    CHECK_INT(f.kind[0], AW_SUB_INVALID);
    CHECK_INT(f.kind[1], AW_SUB_INVALID);
    CHECK_INT(f.kind[2], AW_SUB_DATA);
    n = raw(buf, 1, 64, iq);
    buf[17] = 0; /* noise not measured */
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), 1);
    CHECK(isnan(f.noise_dbm));
    n = raw(buf, 3, 64, iq); /* three antennas */
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), 1);
    CHECK_INT(f.n_rx, 3);
    n = raw(buf, 1, 64, iq);
    for (int i = 0; i < 128; i++) buf[20 + i] = 1; /* no nulls anywhere */
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), AW_ERR_LAYOUT);
}

static void refusals(void) {
    static uint8_t buf[4096];
    int8_t iq[256] = {0};
    struct aw_frame f;
    struct aw_ruview_packet p;
    size_t n = raw(buf, 1, 64, iq);
    buf[5] = 0;
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), AW_ERR_RANGE);
    buf[5] = 5;
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), AW_ERR_RANGE);
    n = raw(buf, 1, 64, iq);
    buf[6] = buf[7] = 0;
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), AW_ERR_RANGE);
    buf[7] = 5; /* 1280 subcarriers */
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n, &f), AW_ERR_TOO_MANY);
    n = raw(buf, 1, 64, iq);
    CHECK_INT(vec_one(&aw_reader_ruview, buf, n - 1, &f), AW_ERR_TRUNCATED);

    /* one bit wrong: the checksums of 0006 and 8100 */
    for (int i = 6; i <= 8; i++) {
        n = from_hex(vectors[i].hex, buf);
        for (size_t bit = 8 * 16; bit < 8 * n; bit += 5) {
            buf[bit / 8] ^= (uint8_t)(1u << bit % 8);
            CHECK(aw_ruview_read(buf, n, &p) == AW_ERR_CRC);
            buf[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    n = from_hex(vectors[7].hex, buf);
    buf[4] = 2;
    CHECK_INT(aw_ruview_read(buf, n, &p), AW_ERR_VERSION);
    memcpy(buf, "\x07\x00\x11\xC5\x01\x00\x00\x00", 8);
    CHECK_INT(aw_ruview_read(buf, 8, &p), AW_ERR_UNSUPPORTED);
    buf[0] = 9;
    CHECK_INT(aw_ruview_read(buf, 8, &p), AW_ERR_MAGIC);
    CHECK(!aw_reader_ruview.probe(buf, 8, true));
    /* old firmware sent deltas under 0003: any length but 48 */
    memcpy(buf, "\x03\x00\x11\xC5", 4);
    CHECK_INT(aw_ruview_read(buf, 47, &p), AW_ERR_TRUNCATED);
    CHECK_INT(aw_ruview_read(buf, 49, &p), AW_ERR_LENGTH);
}

/* 0004 with n = 8 has 48 bytes under both meanings: the reserved bytes 42..47 decide. */
static void two_meanings(void) {
    uint8_t buf[88] = {0x04, 0x00, 0x11, 0xC5, 1, 2, 8, 0};
    struct aw_ruview_packet p;
    CHECK_INT(aw_ruview_read(buf, 48, &p), AW_OK);
    CHECK_INT(p.type, AW_RUVIEW_FUSED);
    buf[43] = 9; /* the type of the last event */
    CHECK_INT(aw_ruview_read(buf, 48, &p), AW_OK);
    CHECK_INT(p.type, AW_RUVIEW_WASM);
    CHECK_INT(p.wasm.n, 8);
    CHECK_INT(p.wasm.type[7], 9);
    buf[6] = 16;
    CHECK_INT(aw_ruview_read(buf, 88, &p), AW_OK);
    CHECK_INT(p.wasm.n, 16);
    CHECK(aw_ruview_read(buf, 87, &p) < 0);
    buf[6] = 17;
    CHECK(aw_ruview_read(buf, 88, &p) < 0);
}

/* Datagrams of every length, all zeros and all ones behind each magic. */
static void every_length(void) {
    static uint8_t buf[2101];
    for (unsigned fill = 0; fill < 256; fill += 255) {
        for (unsigned magic = 1; magic <= 8; magic++) {
            memset(buf, (int)fill, sizeof buf);
            memcpy(buf, "\x00\x00\x11\xC5", 4);
            buf[0] = magic == 8 ? 0 : (uint8_t)magic;
            buf[1] = magic == 8 ? 0x81 : 0;
            for (size_t n = 0; n < sizeof buf; n += n < 128 ? 1 : 31)
                vec_walk(&aw_reader_ruview, vec_guarded(buf, n), n, true);
        }
    }
}

int main(void) {
    golden();
    csi_frames();
    refusals();
    two_meanings();
    every_length();
    return test_end();
}
