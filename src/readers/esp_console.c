#include "readers/esp_console.h"

#include "base/frame.h"
#include "base/units.h"

#include <string.h>

static const struct {
    const char *name;
    enum aw_esp_column column;
} names[] = {
    {"id", AW_ESP_COL_ID},
    {"seq", AW_ESP_COL_ID},
    {"sequence", AW_ESP_COL_ID},
    {"mac", AW_ESP_COL_MAC},
    {"rssi", AW_ESP_COL_RSSI},
    {"sig_mode", AW_ESP_COL_SIG_MODE},
    {"bandwidth", AW_ESP_COL_BANDWIDTH},
    {"cwb", AW_ESP_COL_BANDWIDTH},
    {"stbc", AW_ESP_COL_STBC},
    {"noise_floor", AW_ESP_COL_NOISE},
    {"channel", AW_ESP_COL_CHANNEL},
    {"secondary_channel", AW_ESP_COL_SECONDARY},
    {"local_timestamp", AW_ESP_COL_TIMESTAMP},
    {"len", AW_ESP_COL_LEN},
    {"first_word", AW_ESP_COL_FIRST_WORD},
    {"real_time_set", AW_ESP_COL_REAL_SET},
    {"real_timestamp", AW_ESP_COL_REAL_TIME},
    {"agc_gain", AW_ESP_COL_AGC_GAIN},
    {"fft_gain", AW_ESP_COL_FFT_GAIN},
};

bool aw_esp_console_header(struct aw_span line, struct aw_esp_columns *columns) {
    struct aw_span field[AW_ESP_FIELDS];
    if (aw_text_starts(line, "pc_timestamp,") && aw_text_find(line, "raw_line")) {
        columns->arrival_before = 1;
        return true;
    }
    if (!aw_text_starts(line, "type,")) return false;
    unsigned n = aw_text_split(line, ',', field, AW_ESP_FIELDS);
    memset(columns->at, -1, sizeof columns->at);
    columns->count = 0;
    columns->arrival_after = 0;
    for (unsigned i = 0; i < n; i++) {
        if (columns->count) { /* behind the list: columns that the recording host added */
            if (aw_text_is(field[i], "timestamp")) columns->arrival_after = 1;
            break;
        }
        if (aw_text_is(field[i], "data") || aw_text_is(field[i], "CSI_DATA"))
            columns->count = (int8_t)i;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (aw_text_is(field[i], names[k].name)) columns->at[names[k].column] = (int8_t)i;
    }
    return columns->count > 0;
}

int aw_esp_console_cut(struct aw_span line, struct aw_esp_line *out) {
    static const char word[] = "CSI_DATA,";
    const uint8_t *at = aw_text_starts(line, word) ? line.p : aw_text_find(line, word);
    if (!at) return 0;
    out->before = (struct aw_span){line.p, at};
    struct aw_span rest = {at, line.end};
    const uint8_t *open = memchr(rest.p, '[', aw_span_len(rest));
    struct aw_span head = {rest.p, open ? open : rest.end};
    if (open) {
        const uint8_t *close = memchr(open, ']', (size_t)(rest.end - open));
        if (!close) return AW_ERR_TEXT;
        out->list = (struct aw_span){open + 1, close};
        out->after = (struct aw_span){close + 1, rest.end};
        while (head.end > head.p && head.end[-1] == '"') head.end--;
        if (head.end == head.p || head.end[-1] != ',') return AW_ERR_TEXT;
        head.end--;
    }
    out->n = aw_text_split(head, ',', out->field, AW_ESP_FIELDS);
    out->base64 = !open;
    if (!open) {
        if (out->n < 2) return AW_ERR_TEXT;
        out->list = aw_text_trim(out->field[--out->n]);
        out->after = (struct aw_span){rest.end, rest.end};
    }
    return out->n < AW_ESP_FIELDS ? 1 : AW_ERR_TEXT;
}

/* Signed 8-bit fields are printed unsigned by some firmware: 159 is -97. */
static int64_t signed8(int64_t v) {
    return v > 127 && v < 256 ? v - 256 : v;
}

static int check_ranges(const struct aw_esp_row *r) {
    const int64_t *v = r->value;
    static const struct {
        enum aw_esp_column column;
        int64_t min, max;
    } ranges[] = {
        {AW_ESP_COL_RSSI, -128, 255},
        {AW_ESP_COL_NOISE, -128, 255},
        {AW_ESP_COL_SIG_MODE, 0, 7},
        {AW_ESP_COL_BANDWIDTH, 0, 1},
        {AW_ESP_COL_STBC, 0, 3},
        {AW_ESP_COL_CHANNEL, 0, 196},
        {AW_ESP_COL_SECONDARY, 0, 2},
        {AW_ESP_COL_TIMESTAMP, INT32_MIN, UINT32_MAX}, /* printed as %d or %u */
        {AW_ESP_COL_LEN, 0, 4096},
        {AW_ESP_COL_FIRST_WORD, 0, 1},
        {AW_ESP_COL_AGC_GAIN, -128, 255},
        {AW_ESP_COL_FFT_GAIN, -128, 255},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        enum aw_esp_column c = ranges[i].column;
        if (r->has[c] && (v[c] < ranges[i].min || v[c] > ranges[i].max)) return AW_ERR_RANGE;
    }
    return AW_OK;
}

/* Host time beside the line, s; 0 when there is none or it is not Unix time. */
static int64_t arrival(const struct aw_esp_columns *columns, const struct aw_esp_line *line,
                       const struct aw_esp_row *row) {
    struct aw_span s = {NULL, NULL}, field[2];
    int64_t ns = 0;
    if (columns->arrival_before) {
        aw_text_split(line->before, ',', field, 2);
        s = field[0];
    } else if (columns->arrival_after && line->after.p < line->after.end) {
        s = (struct aw_span){line->after.p + 1, line->after.end};
    }
    if (s.p && aw_text_nano(s, &ns) == AW_OK) return ns;
    if (row->has[AW_ESP_COL_REAL_SET] && row->value[AW_ESP_COL_REAL_SET] == 1 &&
        row->has[AW_ESP_COL_REAL_TIME])
        return row->value[AW_ESP_COL_REAL_TIME];
    return 0;
}

int aw_esp_console_row(const struct aw_esp_columns *columns, const struct aw_esp_line *line,
                       const uint8_t *floor, float *iq, uint32_t iq_cap, struct aw_esp_row *row) {
    if (line->n != (unsigned)columns->count) return AW_ERR_TEXT;
    memset(row, 0, sizeof *row);
    for (int c = 0; c < AW_ESP_COLUMNS; c++) {
        int at = columns->at[c];
        if (at < 0 || (unsigned)at >= line->n) continue;
        uint64_t mac = 0;
        int err;
        if (c == AW_ESP_COL_MAC) {
            err = aw_text_mac(line->field[at], &mac);
            row->value[c] = (int64_t)mac;
        } else if (c == AW_ESP_COL_REAL_TIME) {
            err = aw_text_nano(line->field[at], &row->value[c]);
        } else {
            err = aw_text_int(line->field[at], &row->value[c]);
        }
        if (err != AW_OK) return err;
        row->has[c] = true;
    }
    if (!row->has[AW_ESP_COL_MAC] || !row->has[AW_ESP_COL_RSSI]) return AW_ERR_TEXT;
    int err = check_ranges(row);
    if (err != AW_OK) return err;
    int n = line->base64 ? aw_text_base64_iq(line->list, iq, 2 * iq_cap & ~1u)
                         : aw_text_ints(line->list, floor, 1, iq, 2 * iq_cap & ~1u);
    if (n < 0) return n;
    if (n == 0 || n % 2) return AW_ERR_LENGTH;
    row->n = (uint32_t)n;
    row->arrival_ns = arrival(columns, line, row);
    return AW_OK;
}

void aw_esp_console_fill(struct aw_frame *out, const struct aw_esp_row *row) {
    const int64_t *v = row->value;
    aw_frame_clear(out);
    out->tx = (uint64_t)v[AW_ESP_COL_MAC];
    out->rssi_dbm[0] = (float)signed8(v[AW_ESP_COL_RSSI]);
    if (row->has[AW_ESP_COL_NOISE] && v[AW_ESP_COL_NOISE] != 0)
        out->noise_dbm = (float)signed8(v[AW_ESP_COL_NOISE]);
    /* Gain of the receiver, dB: 1 dB and 0.25 dB per step. Source: ESPARGOS/pyespargos,
     * scale_csi_by_reported_gain(). */
    if (row->has[AW_ESP_COL_AGC_GAIN] && row->has[AW_ESP_COL_FFT_GAIN])
        out->agc_db =
            (float)signed8(v[AW_ESP_COL_AGC_GAIN]) + 0.25f * (float)signed8(v[AW_ESP_COL_FFT_GAIN]);
    out->channel = (uint16_t)v[AW_ESP_COL_CHANNEL];
    out->freq_mhz = aw_channel_to_mhz(out->channel);
    if (row->has[AW_ESP_COL_TIMESTAMP]) {
        out->t_kind = AW_TIME_DEVICE;
        out->t_ns = (int64_t)(uint32_t)v[AW_ESP_COL_TIMESTAMP] * AW_US;
        out->t_wrap_ns = (INT64_C(1) << 32) * AW_US;
    }
    out->t_arrival_ns = row->arrival_ns;
    out->quant_step = 1;
}

bool aw_esp_console_probe(const uint8_t *head, size_t len, bool eof, bool role) {
    if (memchr(head, 0, len < 512 ? len : 512)) return false; /* a container, not a text */
    int bad = 0;
    while (len && bad < 8) {
        struct aw_span line;
        struct aw_esp_line cut;
        struct aw_esp_columns columns = {.count = 0};
        size_t consumed;
        int got = aw_text_line(head, len, eof, &line, &consumed);
        if (got <= 0) return false;
        head += consumed;
        len -= consumed;
        if (aw_esp_console_header(line, &columns)) {
            if (columns.arrival_before) continue;
            return role == (aw_text_starts(line, "type,role,")) && columns.at[AW_ESP_COL_MAC] > 0 &&
                   columns.at[AW_ESP_COL_RSSI] > 0;
        }
        got = aw_esp_console_cut(line, &cut);
        if (got == 0) continue;
        int64_t id;
        uint64_t mac;
        if (got > 0 && cut.n >= 12) {
            bool number = aw_text_int(cut.field[1], &id) == AW_OK;
            bool mac_at_2 = aw_text_mac(cut.field[2], &mac) == AW_OK;
            bool mac_at_5 = aw_text_mac(cut.field[5], &mac) == AW_OK;
            bool is_role = !number && mac_at_2;
            bool is_id = number && (mac_at_2 || mac_at_5);
            if (is_role || is_id) return role == is_role;
        }
        bad++;
    }
    return false;
}
