/* Every ESP32 reader is asked about every kind of recording that is here: each file has at most the
 * one reader it belongs to, and the files of other vendors have none. */
#include "vectors.h"

#include <dirent.h>

static const char *const esp_files[] = {
    "rooms-esp32/mov_01.csv.zst",
    "count-esp32/csi_p3_s1_20260610_133933.csv.zst",
    "count-esp32s3-ht40/csi_room2_20260728_123255_label0.csv.zst",
    "fingerprint-esp32/grid/0,0.txt.zst",
    "breathing-esp32/10bpm/s1/csi_data_1720468698.txt.zst",
    "presence-esp32c3/home_L/s1_b3_20260701_202702/seg09_run_203219__COM17.csv.zst",
    "motion-esp32s3-slow/part_1_data/all_csi_data.csv.zst",
    "timeline-esp32s2/D1/e01_rx_tx-x.npy.zst",
};

static bool is_esp(enum aw_format format) {
    return format >= AW_FORMAT_RUVIEW && format <= AW_FORMAT_ESP_NPZ;
}

static void one(const char *name, int want) {
    size_t len;
    uint8_t *buf = vec_load(name, &len);
    if (!buf) return;
    static const size_t heads[] = {0, 1, 7, 64, 1000, 65536};
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++) {
        size_t head = heads[h] < len ? heads[h] : len;
        const uint8_t *at = vec_guarded(buf, head);
        int accepted = 0;
        for (size_t i = 0; i < aw_reader_count; i++)
            if (is_esp(aw_readers[i]->format))
                accepted += aw_readers[i]->probe(at, head, head == len);
        CHECK(accepted <= want);
        if (head == 65536 || head == len) {
            CHECK_INT(accepted, want);
            if (accepted != want) fprintf(stderr, "in %s\n", name);
        }
    }
    free(buf);
}

static void folder(const char *name, int want) {
    const char *dir = test_data_dir();
    char path[4400];
    if (!dir) return;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", name, e->d_name);
        if (e->d_name[0] == '.' || !strchr(e->d_name, '.')) continue;
        one(path, strcmp(e->d_name, "output.csv.zst") == 0 ? 0 : want); /* decibels of CSIKit */
    }
    if (d) closedir(d);
}

int main(void) {
    for (size_t i = 0; i < sizeof esp_files / sizeof *esp_files; i++) one(esp_files[i], 1);
    folder("formats/esp32", 1);
    folder("formats/intel5300", 0);
    folder("formats/nexmon", 0);
    folder("formats/atheros", 0);
    folder("formats/feitcsi", 0);
    folder("formats/picoscenes", 0);
    folder("activity-nexmon", 0);
    static const char *const foreign[] = {"",           "\n",           "{}\n",
                                          "type,a,b\n", "1,2,3\n",      "CSI_DATA\n",
                                          "PK\x03\x04", "\x1f\x8b\x08", "a\tb\n1.5\n2\t3\n"};
    for (size_t f = 0; f < sizeof foreign / sizeof *foreign; f++)
        for (size_t i = 0; i < aw_reader_count; i++)
            if (is_esp(aw_readers[i]->format))
                CHECK(!aw_readers[i]->probe(vec_guarded(foreign[f], strlen(foreign[f])),
                                            strlen(foreign[f]), true));
    return test_end();
}
