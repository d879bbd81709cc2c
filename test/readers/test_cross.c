/* Every recording is recognised by exactly the reader of its format, and refused by all others. */
#include "readers/pcap_walk.h"
#include "readers/vectors.h"

#include <dirent.h>

/* Stream and line readers asked about the beginning of a file; want UNKNOWN: none may claim it. */
static void file(const char *name, enum aw_format want) {
    size_t len;
    uint8_t *buf = vec_load(name, &len);
    if (!buf) return;
    static const size_t heads[] = {0, 1, 30, 300, 65536, SIZE_MAX};
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++) {
        size_t n = heads[h] < len ? heads[h] : len;
        const uint8_t *at = vec_guarded(buf, n);
        for (size_t i = 0; i < aw_reader_count; i++) {
            const struct aw_reader *r = aw_readers[i];
            bool claimed = r->probe(at, n, n == len);
            bool allowed = r->format == want && r->unit != AW_READER_DATAGRAM;
            bool must = allowed && n >= 65536;
            if (claimed ? !allowed : must || (allowed && n == len)) {
                test_failed++;
                fprintf(stderr, "%s: %zu bytes, %s by %s\n", name, n,
                        claimed ? "claimed" : "refused", aw_format_key(r->format));
            }
            test_checked++;
        }
    }
    free(buf);
}

/* Datagram readers asked about every payload of a pcap. */
static void datagrams(const char *name, enum aw_format want) {
    size_t len, at = 0, n, seen = 0;
    uint8_t *buf = vec_load(name, &len);
    if (!buf) return;
    for (const uint8_t *p; (p = pcap_next(buf, len, &at, &n)); seen++)
        for (size_t i = 0; i < aw_reader_count; i++)
            if (aw_readers[i]->unit == AW_READER_DATAGRAM)
                CHECK_INT(aw_readers[i]->probe(p, n, true), aw_readers[i]->format == want);
    CHECK(seen > 0);
    free(buf);
}

static void folder(const char *name, const char *ending, enum aw_format want) {
    const char *dir = test_data_dir();
    char path[4400];
    if (!dir) {
        SKIP(name);
        return;
    }
    snprintf(path, sizeof path, "%s/%s", dir, name);
    DIR *d = opendir(path);
    int n = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t l = strlen(e->d_name), m = strlen(ending);
        if (l < m || strcmp(e->d_name + l - m, ending) != 0) continue;
        char inside[800];
        snprintf(inside, sizeof inside, "%.500s/%.255s", name, e->d_name);
        file(inside, want);
        if (strcmp(ending, ".pcap") == 0) datagrams(inside, AW_FORMAT_NEXMON);
        n++;
    }
    CHECK(n > 0);
    if (d) closedir(d);
}

int main(void) {
    folder("formats/intel5300", ".dat", AW_FORMAT_INTEL5300);
    folder("formats/intel5300", ".datstp", AW_FORMAT_UNKNOWN); /* times of arrival only */
    folder("formats/intel5300/widar3-six-receivers", ".dat", AW_FORMAT_INTEL5300);
    folder("formats/atheros", ".dat", AW_FORMAT_ATHEROS);
    folder("formats/feitcsi", ".csi", AW_FORMAT_FEITCSI);
    folder("formats/picoscenes", ".csi", AW_FORMAT_PICOSCENES);
    folder("formats/nexmon", ".pcap", AW_FORMAT_UNKNOWN); /* the container is the shell's */
    static const struct {
        const char *name;
        enum aw_format format;
    } files[] = {
        {"formats/esp32/esp32-csi-tool_empty_01.csv.zst", AW_FORMAT_ESP_TOOL},
        {"formats/esp32/example_100hz_pitraffic.csv.zst", AW_FORMAT_ESP_TOOL},
        {"formats/esp32/example_fast2_100hz_pitraffic.csv.zst", AW_FORMAT_ESP_TOOL},
        {"formats/esp32/example_fast_100hz_pitraffic.csv.zst", AW_FORMAT_ESP_TOOL},
        {"formats/esp32/log.console_test.empty.csv.zst", AW_FORMAT_ESP_CSI},
        {"formats/esp32/output.csv.zst", AW_FORMAT_UNKNOWN}, /* decibels of CSIKit */
        {"formats/esp32/lucas_CSIBIN1.bin", AW_FORMAT_CSIBIN1},
        {"formats/esp32/ruview_pretrain_adr018_iqhex.jsonl.zst", AW_FORMAT_RUVIEW_JSONL},
        {"formats/esp32/sample.json.zst", AW_FORMAT_ESP_JSON},
        {"formats/esp32/wendy_rawNormal_head.log.zst", AW_FORMAT_ESP_LOG},
        {"formats/esp32/example_csi.csv", AW_FORMAT_ESP_TOOL},
        {"formats/esp32/example_data.csv.zst", AW_FORMAT_ESP_TOOL},
        {"activity-esp32/FA/s1/csi_data_1720464506.txt.zst", AW_FORMAT_ESP_LINES},
        {"breathing-esp32/10bpm/s1/csi_data_1720468698.txt.zst", AW_FORMAT_ESP_LINES},
        {"fingerprint-esp32/grid/0,0.txt.zst", AW_FORMAT_ESP_CSI},
        /* a zip: the shell opens it and hands on the arrays */
        {"gestures-esp32c3/wave/wave_c3_64sc_20260314_172923.npz", AW_FORMAT_UNKNOWN},
        {"motion-esp32-chips/baseline/baseline_c3_64sc_20260203_203509.npz", AW_FORMAT_UNKNOWN},
        {"rooms-esp32/mov_01.csv.zst", AW_FORMAT_ESP_TOOL},
        {"count-esp32/csi_p3_s1_20260610_133933.csv.zst", AW_FORMAT_ESP_TOOL},
        {"count-esp32s3-ht40/csi_room2_20260728_123255_label0.csv.zst", AW_FORMAT_ESP_CSI},
        {"breathing-intel5300-names/bac_normal.dat", AW_FORMAT_INTEL5300},
        {"breathing-intel5300-gyro/TestData/4_19_sn1.dat", AW_FORMAT_INTEL5300},
        {"walkers-intel5300/quiet/5-20-quiet3.dat", AW_FORMAT_INTEL5300},
        {"activity-intel5300/bedroom/stand_up/liyun_sit10.dat", AW_FORMAT_INTEL5300},
        {"angle-intel5300/distance-angle/lgtm-monitor.dat--3m-0-degrees--laptop-2--test-1",
         AW_FORMAT_INTEL5300},
        {"activity-nexmon/user_1_sample_1_bend_A.csv.zst", AW_FORMAT_UNKNOWN},
        {"presence-esp32c3/home_L/s1_b3_20260701_202702/seg09_run_203219__COM17.csv.zst",
         AW_FORMAT_ESP_STUDY},
        {"motion-esp32s3-slow/part_1_data/all_csi_data.csv.zst", AW_FORMAT_ESP_AMPL},
        {"timeline-esp32s2/D1/e01_rx_tx-x.npy.zst", AW_FORMAT_ESP_NPZ},
        {"README.md", AW_FORMAT_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) file(files[i].name, files[i].format);
    return test_end();
}
