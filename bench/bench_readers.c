/* How fast the readers are, on the recordings: every value is first compared with
 * a slow decoder written here from the layout, bit by bit; then one JSON line per format, medians:
 *
 *     {"bench": "readers", "format": "intel5300", "frames": 15000, "bytes": 5000000,
 *      "frames_per_s": 4000000, "mb_per_s": 1200}
 *
 *     bench_readers [FOLDER]      default $AIRWAKE_DATA, then ../shared/data beside the sources */
#include "base/frame.h"
#include "readers/reader.h"
#include "server/unpack.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 15, MAX_RECORDS = 1 << 17, PCAP_HEADER = 24, PACKET_HEADER = 16, UDP_HEADERS = 42 };

static float iq[2 * AW_MAX_CSI];
static uint8_t *bytes;
static size_t n_bytes;
static size_t record_at[MAX_RECORDS], record_len[MAX_RECORDS], n_records; /* datagrams */
static struct aw_reader_state state;

/* Time of the processor, not of the clock on the wall: the machine may be shared. */
static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void load(const char *path) {
    struct aw_bytes file;
    struct aw_why why;
    if (aw_unpack_open(&file, path, &why) != AW_OK) return;
    uint8_t *grown = realloc(bytes, n_bytes + file.len);
    if (!grown) exit(2);
    bytes = grown;
    memcpy(bytes + n_bytes, file.data, file.len);
    n_bytes += file.len;
    aw_unpack_close(&file);
}

/* Files of a folder ending in `ending`, one behind the other; pcaps without their headers. */
static void load_folder(const char *root, const char *folder, const char *ending) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, folder);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t l = strlen(e->d_name), m = strlen(ending), start = n_bytes;
        if (l < m || strcmp(e->d_name + l - m, ending) != 0) continue;
        snprintf(path, sizeof path, "%s/%s/%s", root, folder, e->d_name);
        load(path);
        if (strcmp(ending, ".pcap") != 0) continue;
        for (size_t at = start + PCAP_HEADER; at + PACKET_HEADER + UDP_HEADERS < n_bytes;) {
            const uint8_t *p = bytes + at;
            size_t captured = p[8] | (size_t)p[9] << 8 | (size_t)p[10] << 16;
            size_t udp = (size_t)p[PACKET_HEADER + 38] << 8 | p[PACKET_HEADER + 39];
            record_at[n_records] = at + PACKET_HEADER + UDP_HEADERS;
            record_len[n_records++] = udp - 8;
            at += PACKET_HEADER + captured;
            if (n_records == MAX_RECORDS) exit(2);
        }
    }
    if (d) closedir(d);
}

/* ---- the slow way ---- */

static int bits(const uint8_t *p, size_t at, int n) {
    unsigned v = 0;
    for (int b = 0; b < n; b++)
        v |= (unsigned)(p[(at + (size_t)b) / 8] >> (at + (size_t)b) % 8 & 1) << b;
    return v >> (n - 1) ? (int)v - (1 << n) : (int)v;
}

static bool value_is(const struct aw_frame *f, unsigned r, unsigned t, unsigned k, double re,
                     double im) {
    const float *v = f->iq + 2 * ((size_t)(r * f->n_tx + t) * f->n_sub + k);
    return v[0] == re && v[1] == im;
}

static bool slow_intel5300(const uint8_t *p, const struct aw_frame *f) {
    unsigned map[3] = {0, 1, 2}, sel[3], seen = 0;
    for (unsigned r = 0; r < f->n_rx; r++) seen |= 1u << (sel[r] = p[18] >> 2 * r & 3);
    for (unsigned r = 0; r < f->n_rx && f->n_rx > 1 && seen == (1u << f->n_rx) - 1; r++)
        map[r] = sel[r];
    size_t at = 0;
    for (unsigned k = 0; k < 30; k++) {
        at += 3;
        for (unsigned r = 0; r < f->n_rx; r++)
            for (unsigned t = 0; t < f->n_tx; t++, at += 16)
                if (!value_is(f, map[r], t, k, bits(p + 23, at, 8), bits(p + 23, at + 8, 8)))
                    return false;
    }
    return true;
}

static bool slow_atheros(const uint8_t *p, const struct aw_frame *f) {
    size_t at = 0;
    for (unsigned k = 0; k < f->n_sub; k++)
        for (unsigned t = 0; t < f->n_tx; t++)
            for (unsigned r = 0; r < f->n_rx; r++, at += 20)
                if (!value_is(f, r, t, k, bits(p + 27, at + 10, 10), bits(p + 27, at, 10)))
                    return false;
    return true;
}

static bool slow_feitcsi(const uint8_t *p, const struct aw_frame *f) {
    for (unsigned i = 0; i < aw_frame_values(f); i++)
        if (f->iq[2 * i] != (float)bits(p + 272, 32 * i + 16, 16) ||
            f->iq[2 * i + 1] != (float)bits(p + 272, 32 * i, 16))
            return false;
    return true;
}

static bool slow_nexmon(const uint8_t *p, const struct aw_frame *f) {
    bool packed = strcmp(f->chip, "bcm4358") == 0;
    for (unsigned k = 0; k < f->n_sub; k++) {
        const uint8_t *v = p + 18 + 4 * k;
        double re = bits(v, 0, 16), im = bits(v, 16, 16);
        if (packed) {
            unsigned w = (unsigned)(bits(v, 0, 31) & 0x7FFFFFFF);
            double scale = 1;
            for (int e = bits(v, 0, 5); e; e += e < 0 ? 1 : -1) scale *= e < 0 ? 0.5 : 2;
            re = (w >> 14 & 255) * scale * (w >> 22 & 1 ? -1 : 1);
            im = (w >> 5 & 255) * scale * (w >> 13 & 1 ? -1 : 1);
        }
        if (!value_is(f, 0, 0, k, re, im)) return false;
    }
    return true;
}

/* PicoScenes: the card's bytes are the end of the segment named CSI. */
static bool slow_picoscenes(const uint8_t *p, const struct aw_frame *f) {
    size_t at = 11;
    for (unsigned i = 0; i < p[10]; i++) {
        size_t len = p[at] | (size_t)p[at + 1] << 8 | (size_t)p[at + 2] << 16, name = p[at + 4];
        if (memcmp(p + at + 5, "CSI", 3) == 0) {
            const uint8_t *end = p + at + 4 + len;
            if (strcmp(f->chip, "intel5300") == 0) {
                uint8_t record[23 + 600] = {0};
                const uint8_t *body = p + at + 7 + name;
                record[18] = body[30];
                size_t n = (30u * (f->n_rx * f->n_tx * 16u + 3u) + 7) / 8;
                memcpy(record + 23, end - n, n);
                return slow_intel5300(record, f);
            }
            size_t n = aw_frame_values(f);
            return f->chip[0] == 'q' ? slow_atheros(end - n * 20 / 8 - 27, f)
                                     : slow_feitcsi(end - n * 4 - 272, f);
        }
        at += 4 + len;
    }
    return false;
}

/* A text line ends in its values: the last 2 n integers, (imaginary, real) by pairs. A line that
 * the reader had to repair is left out. */
static bool slow_text(const uint8_t *p, const struct aw_frame *f) {
    if (f->flags & AW_FRAME_REPAIRED) return true;
    const uint8_t *end = memchr(p, '\n', (size_t)(bytes + n_bytes - p));
    if (!end) end = bytes + n_bytes;
    long want = 2L * f->n_sub, n = want;
    const uint8_t *at = end;
    for (; n > 0 && at > p; n--) { /* back over one integer at a time */
        while (at > p && !(at[-1] >= '0' && at[-1] <= '9')) at--;
        while (at > p && ((at[-1] >= '0' && at[-1] <= '9') || at[-1] == '-')) at--;
        long i = n - 1;
        if (f->iq[i ^ 1] != (float)strtol((const char *)at, NULL, 10)) return false;
    }
    return n == 0;
}

/* ---- measuring ---- */

/* Once over everything; checks every frame when slow is given. Returns the frames, -1 on a
 * difference. */
static long pass(const struct aw_reader *r,
                 bool (*slow)(const uint8_t *, const struct aw_frame *)) {
    struct aw_frame f = {.iq = iq, .iq_cap = AW_MAX_CSI};
    long frames = 0;
    size_t used;
    memset(&state, 0, sizeof state);
    if (r->unit == AW_READER_DATAGRAM) {
        for (size_t i = 0; i < n_records; i++) {
            const uint8_t *p = bytes + record_at[i];
            if (r->read(&state, p, record_len[i], true, &f, &used) <= 0) continue;
            if (slow && !slow(p, &f)) return -1;
            frames++;
        }
        return frames;
    }
    for (size_t at = 0; at < n_bytes; at += used) {
        if (r->read(&state, bytes + at, n_bytes - at, true, &f, &used) <= 0) continue;
        if (slow && !slow(bytes + at, &f)) return -1;
        frames++;
    }
    return frames;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int measure(enum aw_format format, bool (*slow)(const uint8_t *, const struct aw_frame *)) {
    const struct aw_reader *r = NULL;
    for (size_t i = 0; i < aw_reader_count; i++)
        if (aw_readers[i]->format == format) r = aw_readers[i];
    size_t volume = n_bytes;
    if (n_records) volume = 0;
    for (size_t i = 0; i < n_records; i++) volume += record_len[i];
    const char *key = aw_format_key(format);
    if (!n_bytes) {
        fprintf(stderr, "SKIPPED: no recording of %s\n", key);
        return 0;
    }
    long frames = pass(r, slow);
    if (frames <= 0) {
        fprintf(stderr, "%s: the values are not those of the layout\n", key);
        return 1;
    }
    double t[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        double start = now_s();
        long n = 0;
        int times = 0;
        do {
            n += pass(r, NULL);
            times++;
        } while (now_s() - start < 0.05); /* small files many times */
        t[i] = (now_s() - start) / times;
        if (n != frames * times) return 1;
    }
    qsort(t, ROUNDS, sizeof *t, ascending);
    double median = t[ROUNDS / 2];
    printf("{\"bench\": \"readers\", \"format\": \"%s\", \"frames\": %ld, \"bytes\": %zu, "
           "\"frames_per_s\": %.0f, \"mb_per_s\": %.0f}\n",
           key, frames, volume, (double)frames / median, (double)volume / median / 1e6);
    n_bytes = n_records = 0;
    return 0;
}

int main(int argc, char **argv) {
    const char *root = argc > 1 ? argv[1] : getenv("AIRWAKE_DATA");
    if (!root) root = AW_SOURCE_DIR "/../shared/data";
    int failed = 0;
    load_folder(root, "formats/intel5300", ".dat");
    load_folder(root, "formats/intel5300/widar3-six-receivers", ".dat");
    failed |= measure(AW_FORMAT_INTEL5300, slow_intel5300);
    load_folder(root, "formats/atheros", ".dat");
    failed |= measure(AW_FORMAT_ATHEROS, slow_atheros);
    load_folder(root, "formats/nexmon", ".pcap");
    failed |= measure(AW_FORMAT_NEXMON, slow_nexmon);
    load_folder(root, "formats/feitcsi", ".csi");
    failed |= measure(AW_FORMAT_FEITCSI, slow_feitcsi);
    load_folder(root, "formats/picoscenes", ".csi");
    failed |= measure(AW_FORMAT_PICOSCENES, slow_picoscenes);
    load_folder(root, "rooms-esp32", ".zst");
    failed |= measure(AW_FORMAT_ESP_TOOL, slow_text);
    load_folder(root, "fingerprint-esp32/grid", ".zst");
    failed |= measure(AW_FORMAT_ESP_CSI, slow_text);
    load_folder(root, "breathing-esp32/15bpm/s1", ".zst");
    load_folder(root, "breathing-esp32/15bpm/s5", ".zst");
    failed |= measure(AW_FORMAT_ESP_LINES, slow_text);
    free(bytes);
    return failed;
}
