/* Real recordings. Expected numbers come from an independent decode in Python (csv, json, struct,
 * base64 and numpy on the decompressed files, pairs exchanged): number of frames, and the sum over
 * all frames of value[i] * (i % 7 + 1), which is an integer and agrees only when every value is at
 * its place. */
#include "vectors.h"

extern const struct aw_reader aw_reader_esp_tool, aw_reader_esp_csi, aw_reader_esp_lines,
    aw_reader_esp_study, aw_reader_esp_ampl, aw_reader_ruview_jsonl, aw_reader_esp_json,
    aw_reader_csibin1, aw_reader_esp_log, aw_reader_esp_npz;

static const struct {
    const char *file;
    const struct aw_reader *reader;
    int frames, skipped, refused;
    double sum;
    int64_t t_first_us, t_last_us;
    int rssi_first; /* 1: unknown */
} recordings[] = {
    {"rooms-esp32/mov_01.csv.zst", &aw_reader_esp_tool, 6477, 0, 0, -578860, 3294116098, 3354104065,
     -68},
    {"count-esp32/csi_p3_s1_20260610_133933.csv.zst", &aw_reader_esp_tool, 922, 1, 1, 209347,
     1037151365, 1127055891, -80},
    {"count-esp32/csi_p0_s1_20260610_135350.csv.zst", &aw_reader_esp_tool, 978, 1, 0, 150615,
     1893708560, 1983584268, -77},
    {"formats/esp32/example_100hz_pitraffic.csv.zst", &aw_reader_esp_tool, 833, 1, 1, -198192, 7313,
     13142613, -52},
    {"formats/esp32/example_fast_100hz_pitraffic.csv.zst", &aw_reader_esp_tool, 1089, 1, 0, 206481,
     11412, 10935564, -56},
    {"formats/esp32/example_fast2_100hz_pitraffic.csv.zst", &aw_reader_esp_tool, 1599, 1, 0, 119290,
     14670, 15931675, -54},
    {"formats/esp32/example_data.csv.zst", &aw_reader_esp_tool, 60, 1, 0, 9523, 2504852, 15039322,
     -77},
    {"formats/esp32/example_csi.csv", &aw_reader_esp_tool, 13, 0, 0, 4936, 80272146, 80364698, -73},
    {"formats/esp32/esp32-csi-tool_empty_01.csv.zst", &aw_reader_esp_tool, 143, 0, 0, -27936,
     3129550, 16371409, -24},
    {"formats/esp32/log.console_test.empty.csv.zst", &aw_reader_esp_csi, 1043, 1, 0, -457215,
     72389494, 190003119, -63},
    {"count-esp32s3-ht40/csi_room2_20260728_123255_label0.csv.zst", &aw_reader_esp_csi, 1715, 1, 0,
     -777613, 396870, 59999029, -48},
    {"count-esp32s3-ht40/csi_room2_20260728_130153_label3.csv.zst", &aw_reader_esp_csi, 1656, 1, 0,
     -623232, 311949516, 370361761, -50},
    {"fingerprint-esp32/grid/0,0.txt.zst", &aw_reader_esp_csi, 803, 1, 0, -42967, 4183700, 12182664,
     -53},
    {"breathing-esp32/10bpm/s1/csi_data_1720468698.txt.zst", &aw_reader_esp_lines, 8916, 0, 1,
     -1573114, 1720468713469000, 1720468893430000, 1},
    {"presence-esp32c3/home_L/s1_b3_20260701_202702/seg09_run_203219__COM17.csv.zst",
     &aw_reader_esp_study, 3006, 1, 0, -696911, 353952537, 384311564, -57},
    {"motion-esp32s3-slow/part_1_data/all_csi_data.csv.zst", &aw_reader_esp_ampl, 1276, 1, 0,
     17523654, 1112010514, 1266211881, -50},
    {"formats/esp32/ruview_pretrain_adr018_iqhex.jsonl.zst", &aw_reader_ruview_jsonl, 5309, 474, 0,
     -1675568, 1775182186957775, 1775182306978842, 1},
    {"formats/esp32/sample.json.zst", &aw_reader_esp_json, 4114, 0, 0, -2173189, 2179337159,
     2388263523, -74},
    {"formats/esp32/lucas_CSIBIN1.bin", &aw_reader_csibin1, 11, 1, 0, 22752, 1781452706914206,
     1781452707894379, -56},
    {"formats/esp32/wendy_rawNormal_head.log.zst", &aw_reader_esp_log, 736, 812, 1, 784510, 0,
     51539336, 1},
    {"timeline-esp32s2/D1/e01_rx_tx-x.npy.zst", &aw_reader_esp_npz, 1020, 2, 0, 8110965.10645771, 0,
     0, 1},
};

static void recording(int i) {
    size_t len;
    uint8_t *buf = vec_load(recordings[i].file, &len);
    if (!buf) return;
    const struct aw_reader *r = recordings[i].reader;
    size_t head = len < 65536 ? len : 65536;
    CHECK(aw_reader_find(buf, head, head == len) == r);
    struct vec_counts c = vec_recording(r, buf, len);
    free(buf);
    int before = test_failed;
    CHECK_INT(c.frames, recordings[i].frames);
    CHECK_INT(c.skipped, recordings[i].skipped);
    CHECK_INT(c.refused_all, recordings[i].refused);
    CHECK_NEAR(c.sum, recordings[i].sum, 1e-9 * fabs(recordings[i].sum));
    CHECK_INT(c.first.t_ns / 1000, recordings[i].t_first_us);
    CHECK_INT(c.last.t_ns / 1000, recordings[i].t_last_us);
    if (recordings[i].rssi_first < 1)
        CHECK_NEAR(c.first.rssi_dbm[0], recordings[i].rssi_first, 0);
    else
        CHECK(isnan(c.first.rssi_dbm[0]));
    if (test_failed > before) fprintf(stderr, "in %s\n", recordings[i].file);
}

/* The members of an .npz as the bundle that the shell makes of it. */
static uint8_t *load_npz(const char *name, size_t *len) {
    static const char *const members[] = {"csi_data", "chip", "duration_ms"};
    const char *dir = test_data_dir();
    uint8_t *out = malloc(1 << 22);
    memcpy(out, "AWNPZ1\n", 8);
    *len = 8;
    for (int m = 0; dir && m < 3; m++) {
        char command[8400], path[64];
        snprintf(command, sizeof command, "unzip -pqq '%s/%s' %s.npy 2>/dev/null", dir, name,
                 members[m]);
        snprintf(path, sizeof path, "%s.npy", members[m]);
        uint32_t n = (uint32_t)strlen(path);
        memcpy(out + *len, &n, 4);
        memcpy(out + *len + 4, path, n);
        FILE *f = popen(command, "r");
        size_t got = f ? fread(out + *len + 12 + n, 1, (1 << 22) - *len - 128, f) : 0;
        uint64_t size = got;
        memcpy(out + *len + 4 + n, &size, 8);
        *len += 12 + n + got;
        if (!f || pclose(f) != 0 || !got) dir = NULL;
    }
    if (dir) return out;
    SKIP(name);
    free(out);
    return NULL;
}

/* numpy.load(): shape, duration_ms, chip and the same weighted sum. */
static void npz(void) {
    static const struct {
        const char *file, *chip;
        int frames;
        double sum, duration_ms;
        int k0;
    } files[] = {
        {"motion-esp32-chips/baseline/baseline_c5_64sc_20260310_230906.npz", "esp32-c5", 1305,
         268622, 10005.755186080933, -32},
        {"motion-esp32-chips/test/test_s3_64sc_20260518_180502.npz", "esp32-s3", 6006, -1375479,
         59996.46592140198, 0},
        {"motion-esp32-chips/baseline/baseline_esp32_64sc_20260310_232100.npz", "esp32", 1120,
         -447104, 10012.670040130615, 0},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t len;
        uint8_t *buf = load_npz(files[i].file, &len);
        if (!buf) continue;
        CHECK(aw_reader_find(buf, len < 65536 ? len : 65536, len < 65536) == &aw_reader_esp_npz);
        struct vec_counts c = vec_recording(&aw_reader_esp_npz, buf, len);
        free(buf);
        CHECK_INT(c.frames, files[i].frames);
        CHECK_INT(c.refused_all, 0);
        CHECK_NEAR(c.sum, files[i].sum, 0);
        CHECK_STR(c.first.chip, files[i].chip);
        CHECK_INT(c.first.k[0], files[i].k0);
        CHECK_INT(c.first.kind[files[i].k0 ? 4 : 28], AW_SUB_DATA | AW_LTF_HT); /* -28, 28 */
        CHECK_NEAR((double)c.last.t_ns * 1e-6,
                   files[i].duration_ms * (files[i].frames - 1) / files[i].frames, 1e-5);
    }
}

/* The third line of the breathing recording has five expanded bytes; by hand. */
static void repaired_line(void) {
    size_t len;
    uint8_t *buf = vec_load("breathing-esp32/10bpm/s1/csi_data_1720468698.txt.zst", &len);
    if (!buf) return;
    struct aw_reader_state st = {{0}};
    struct aw_frame f = vec_frame();
    size_t used = 0, consumed;
    for (int i = 0; i < 3; i++) {
        CHECK(vec_read(&aw_reader_esp_lines, &st, buf + used, len - used, true, &f, &consumed) > 0);
        used += consumed;
    }
    free(buf);
    CHECK_INT(f.flags, AW_FRAME_REPAIRED);
    /* "-18,11,-18,13,10,-18,11,..." from value 4 on */
    static const float want[8] = {11, -18, 10, -18, 11, -18, 11, -17};
    for (int i = 0; i < 8; i++) CHECK_NEAR(f.iq[4 + i], want[i], 0);
}

int main(void) {
    for (int i = 0; i < (int)(sizeof recordings / sizeof *recordings); i++) recording(i);
    npz();
    repaired_line();
    return test_end();
}
