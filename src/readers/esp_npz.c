/* numpy arrays of ESP32 bytes (francescopace/espectre and others).
 *
 *     a bare .npy:   0x93 "NUMPY" major minor  u16le or u32le header length  header  data
 *     an .npz:       the shell has unzipped it into
 *                    "AWNPZ1\n\0", then per member  u32le name length, name, u64le length, .npy
 *
 *     csi_data       int8 (N, 128), (imag, real) of 64 subcarriers, one row per packet
 *     chip           '<U..': "esp32", "s3", "c3", "c5", "c6"
 *     duration_ms    float64; there is no time per packet: rows are spread evenly over it
 *     rssi           integers (N), older files, where it follows csi_data
 *     float64 (56, n)  amplitudes of an ESP32-S2 (GeoTecINIT/stability-csi-har), subcarriers
 *                    -28..-1, 1..28: neighbours correlate across 27/28 and not from 55 to 0
 *
 * The first call reads the directory and skips to the rows; each further call takes one. Order of
 * the 64 subcarriers: what the packets show (see esp_layout.h). C5 and C6 buffers were padded to 64
 * by the recorder. */
#include "base/cursor.h"
#include "base/frame.h"
#include "base/units.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"
#include "readers/text.h"

#include <math.h>

static const uint8_t npy_magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
static const uint8_t bundle_magic[8] = "AWNPZ1\n";

struct array {
    const uint8_t *data;
    size_t bytes;
    char kind; /* i u f b U */
    unsigned item;
    uint64_t shape[2];
    unsigned dims;
};

struct state {
    uint8_t phase; /* 0 at the start, 1 rows, 2 past them */
    uint8_t amplitude;
    uint8_t he;
    const char *chip;
    uint64_t rows, at;
    uint64_t row_values;
    int64_t duration_ns; /* 0 unknown */
    uint64_t rssi_ahead; /* bytes from the first row to rssi; 0 none */
    char rssi_kind;
    uint8_t rssi_item;
};

/* The text after "key:" in the header's dictionary. */
static struct aw_span dict_value(struct aw_span header, const char *key) {
    const uint8_t *at = aw_text_find(header, key);
    if (!at) return (struct aw_span){header.end, header.end};
    header.p = at + strlen(key);
    while (header.p < header.end && (*header.p == ':' || *header.p == ' ')) header.p++;
    return header;
}

/* A .npy. Errors: MAGIC, VERSION, TRUNCATED, TEXT, UNSUPPORTED, RANGE. */
static int read_npy(const uint8_t *buf, size_t len, struct array *out) {
    struct aw_cursor c = aw_cursor_init(buf, len);
    const uint8_t *magic = aw_cursor_take(&c, sizeof npy_magic);
    if (!magic) return AW_ERR_TRUNCATED;
    if (memcmp(magic, npy_magic, sizeof npy_magic) != 0) return AW_ERR_MAGIC;
    uint8_t major = aw_cursor_u8(&c);
    aw_cursor_u8(&c);
    size_t header_len = major == 1 ? aw_cursor_u16le(&c) : aw_cursor_u32le(&c);
    if (!c.short_read && (major < 1 || major > 3)) return AW_ERR_VERSION;
    const uint8_t *text = aw_cursor_take(&c, header_len);
    if (!text) return AW_ERR_TRUNCATED;
    struct aw_span header = {text, text + header_len};

    struct array a = {0};
    struct aw_span descr = dict_value(header, "'descr'");
    if (aw_span_len(descr) < 5 || descr.p[0] != '\'') return AW_ERR_TEXT;
    if (descr.p[1] == '>') return AW_ERR_UNSUPPORTED; /* big-endian */
    a.kind = (char)descr.p[2];
    for (descr.p += 3; descr.p < descr.end && *descr.p - (unsigned)'0' <= 9; descr.p++) {
        a.item = a.item * 10 + (*descr.p - (unsigned)'0');
        if (a.item > 4096) return AW_ERR_UNSUPPORTED;
    }
    if (a.kind == 'U') a.item *= 4;
    if (!a.item || descr.p == descr.end || *descr.p != '\'') return AW_ERR_UNSUPPORTED;
    if (!aw_text_starts(dict_value(header, "'fortran_order'"), "False")) return AW_ERR_UNSUPPORTED;

    struct aw_span shape = dict_value(header, "'shape'");
    if (!aw_text_starts(shape, "(")) return AW_ERR_TEXT;
    uint64_t count = 1;
    for (shape.p++; shape.p < shape.end && *shape.p != ')';) {
        uint64_t n = 0;
        const uint8_t *start = shape.p;
        for (; shape.p < shape.end && *shape.p - (unsigned)'0' <= 9; shape.p++) {
            n = n * 10 + (*shape.p - (unsigned)'0');
            if (n > UINT64_C(1) << 40) return AW_ERR_RANGE;
        }
        if (shape.p == start || a.dims == 2) return AW_ERR_UNSUPPORTED;
        a.shape[a.dims++] = n;
        if (n && count > (UINT64_C(1) << 50) / n) return AW_ERR_RANGE;
        count *= n;
        while (shape.p < shape.end && (*shape.p == ',' || *shape.p == ' ')) shape.p++;
    }
    *out = a; /* type and shape are known even if data is cut */
    if (count > aw_cursor_left(&c) / a.item) return AW_ERR_TRUNCATED;
    out->bytes = (size_t)count * a.item;
    out->data = aw_cursor_take(&c, out->bytes);
    return AW_OK;
}

/* One number of an integer or float type; NAN when it is none. */
static double number(const uint8_t *p, char kind, unsigned item) {
    struct aw_cursor c = aw_cursor_init(p, item);
    if (kind == 'f' && item == 4) return aw_cursor_f32le(&c);
    if (item > 8 || (kind != 'f' && kind != 'i' && kind != 'u')) return NAN;
    uint64_t bits = 0;
    for (unsigned i = 0; i < item; i++) bits |= (uint64_t)p[i] << (8 * i);
    if (kind == 'u') return (double)bits;
    if (kind == 'i') {
        uint64_t sign = UINT64_C(1) << (8 * item - 1);
        return (double)(int64_t)((bits ^ sign) - sign);
    }
    if (item != 8) return NAN;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* "c5" or "esp32-c5" or "ESP32-C5" as our static name. */
static const char *chip_name(const struct array *a, uint8_t *he) {
    static const char *const chips[][2] = {
        {"32", "esp32"},    {"s2", "esp32-s2"}, {"s3", "esp32-s3"},  {"c3", "esp32-c3"},
        {"c5", "esp32-c5"}, {"c6", "esp32-c6"}, {"61", "esp32-c61"},
    };
    char text[16] = {0};
    unsigned n = 0;
    if (a->kind != 'U') return "";
    for (size_t i = 0; i + 4 <= a->bytes && n < sizeof text - 1 && a->data[i]; i += 4)
        text[n++] = (char)(a->data[i] >= 'A' && a->data[i] <= 'Z' ? a->data[i] | 0x20 : a->data[i]);
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        if (n < 2 || memcmp(text + n - 2, chips[i][0], 2) != 0) continue;
        *he = i >= 4;
        return chips[i][1];
    }
    return "";
}

static bool is_rows(const struct array *a) {
    return a->kind == 'i' && a->item == 1 && a->dims == 2 && a->shape[1] >= 2 &&
           a->shape[1] % 2 == 0 && a->shape[1] <= 2 * AW_MAX_SUB;
}

static bool is_amplitudes(const struct array *a) {
    return a->kind == 'f' && a->item == 8 && a->dims == 2 && a->shape[0] == 56;
}

static bool named(const uint8_t *name, size_t n, const char *want) {
    size_t w = strlen(want);
    return n == w + 4 && memcmp(name, want, w) == 0 && memcmp(name + w, ".npy", 4) == 0;
}

/* Finds the rows and what is known of them; *rows is set when there are any. */
static int read_bundle(const uint8_t *buf, size_t len, struct state *s, struct array *rows) {
    struct aw_cursor c = aw_cursor_init(buf, len);
    struct array rssi = {0};
    aw_cursor_take(&c, sizeof bundle_magic);
    while (aw_cursor_left(&c)) {
        struct array a = {0};
        size_t name_len = aw_cursor_u32le(&c);
        const uint8_t *name = aw_cursor_take(&c, name_len);
        uint64_t data_len = aw_cursor_u64le(&c);
        if (c.short_read || data_len > aw_cursor_left(&c)) return AW_ERR_TRUNCATED;
        const uint8_t *data = aw_cursor_take(&c, (size_t)data_len);
        int err = read_npy(data, (size_t)data_len, &a);
        if (named(name, name_len, "csi_data")) {
            if (err != AW_OK) return err;
            if (!is_rows(&a)) return AW_ERR_LAYOUT;
            *rows = a;
        } else if (err != AW_OK) {
            continue; /* a member that is not needed */
        } else if (named(name, name_len, "chip")) {
            s->chip = chip_name(&a, &s->he);
        } else if (named(name, name_len, "duration_ms") && a.bytes >= a.item) {
            double ms = number(a.data, a.kind, a.item);
            if (ms > 0 && ms < 1e12) s->duration_ns = (int64_t)(ms * 1e6);
        } else if (named(name, name_len, "rssi") && (a.kind == 'i' || a.kind == 'f')) {
            rssi = a;
        }
    }
    if (!rows->data) return AW_ERR_LAYOUT;
    if (rssi.data > rows->data && rssi.dims == 1 && rssi.shape[0] == rows->shape[0]) {
        s->rssi_ahead = (uint64_t)(rssi.data - rows->data);
        s->rssi_kind = rssi.kind;
        s->rssi_item = (uint8_t)rssi.item;
    }
    return AW_OK;
}

/* Reads the directory; *skip gets the bytes before the first row. */
static int open_file(const uint8_t *buf, size_t len, struct state *s, size_t *skip) {
    struct array rows = {0};
    struct state n = {.phase = 1, .chip = ""};
    int err;
    if (len >= sizeof bundle_magic && memcmp(buf, bundle_magic, sizeof bundle_magic) == 0)
        err = read_bundle(buf, len, &n, &rows);
    else
        err = read_npy(buf, len, &rows);
    if (err != AW_OK) return err;
    if (is_amplitudes(&rows)) {
        n.amplitude = 1;
        n.rows = rows.shape[1];
        n.row_values = rows.shape[0];
    } else if (is_rows(&rows)) {
        n.rows = rows.shape[0];
        n.row_values = rows.shape[1];
    } else {
        return AW_ERR_LAYOUT;
    }
    *skip = (size_t)(rows.data - buf);
    *s = n;
    return AW_OK;
}

/* Frame of row s->at, which starts at buf. */
static int read_iq(const struct state *s, const uint8_t *buf, size_t len, struct aw_frame *out) {
    uint32_t n = (uint32_t)s->row_values;
    if (len < n) return AW_ERR_TRUNCATED;
    if (n / 2 > out->iq_cap) return AW_ERR_TOO_MANY;
    for (uint32_t i = 0; i < n; i++) out->iq[i ^ 1] = (float)(int8_t)buf[i];
    const struct aw_esp_packet packet = {s->he ? AW_ESP_HE : AW_ESP_CLASSIC, -1, -1, -1, -1};
    const struct aw_esp_layout *layout = aw_esp_layout_find(&packet, out->iq, n / 2);
    if (!layout) return AW_ERR_LAYOUT;
    bool header_word = !s->he && aw_esp_first_word_set(out->iq);
    aw_frame_clear(out);
    aw_esp_layout_apply(out, layout, header_word);
    out->bandwidth_mhz = layout->bandwidth_mhz;
    out->quant_step = 1;
    return 1;
}

/* Amplitudes lie subcarrier by subcarrier: this row's are 8 n bytes apart. */
static int read_amplitudes(const struct state *s, const uint8_t *buf, size_t len,
                           struct aw_frame *out) {
    uint64_t stride = 8 * s->rows;
    if (len < 8 || (s->row_values - 1) * stride > len - 8) return AW_ERR_TRUNCATED;
    if (s->row_values > out->iq_cap) return AW_ERR_TOO_MANY;
    for (uint64_t i = 0; i < s->row_values; i++) {
        double v = number(buf + i * stride, 'f', 8);
        if (!(v >= 0 && v < 1e9)) return AW_ERR_RANGE;
        out->iq[2 * i] = (float)v;
        out->iq[2 * i + 1] = 0;
    }
    aw_frame_clear(out);
    aw_esp_layout_apply(out, &aw_esp_layout_ht56, false);
    out->flags = AW_FRAME_AMPLITUDE_ONLY;
    out->bandwidth_mhz = 20;
    return 1;
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    struct state *s = AW_READER_STATE(struct state, st);
    *consumed = 0;
    if (s->phase == 0 || s->amplitude)
        if (!eof) return 0; /* needs what follows */
    if (s->phase == 0) {
        int err = open_file(buf, len, s, consumed);
        if (err != AW_OK) {
            *consumed = len;
            s->phase = 2;
        }
        return err;
    }
    if (s->phase == 2 || s->at == s->rows) { /* members behind the rows */
        *consumed = len;
        return 0;
    }
    size_t row_bytes = s->amplitude ? 8 : (size_t)s->row_values;
    if (len < row_bytes && !eof) return 0;
    *consumed = len < row_bytes ? len : row_bytes;
    uint64_t at = s->at++;
    int got = s->amplitude ? read_amplitudes(s, buf, len, out) : read_iq(s, buf, len, out);
    if (got <= 0) return got;
    out->format = AW_FORMAT_ESP_NPZ;
    out->chip = s->chip;
    if (s->duration_ns) {
        out->t_kind = AW_TIME_INFERRED;
        out->t_ns = (int64_t)((double)s->duration_ns * (double)at / (double)s->rows);
    }
    uint64_t rssi_at = s->rssi_ahead - at * s->row_values + at * s->rssi_item;
    if (s->rssi_ahead && rssi_at + s->rssi_item <= len)
        out->rssi_dbm[0] = (float)number(buf + rssi_at, s->rssi_kind, s->rssi_item);
    return 1;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    struct array a = {0};
    (void)eof;
    if (len >= sizeof bundle_magic && memcmp(head, bundle_magic, sizeof bundle_magic) == 0)
        return aw_text_find((struct aw_span){head, head + len}, "csi_data.npy") != NULL;
    int err = read_npy(head, len, &a);
    return (err == AW_OK || err == AW_ERR_TRUNCATED) && (is_rows(&a) || is_amplitudes(&a));
}

const struct aw_reader aw_reader_esp_npz = {
    .format = AW_FORMAT_ESP_NPZ,
    .unit = AW_READER_STREAM,
    .probe = probe,
    .read = read,
};
