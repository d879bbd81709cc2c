/* ESP32-CSI-Tool (StevenMHernandez) console output: CSV with or without header, or an ESP-IDF
 * monitor log with such lines among others.
 *
 *     CSI_DATA,role,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,
 *        0      1   2    3    4      5      6      7         8          9           10       11
 *     fec_coding,sgi,noise_floor,ampdu_cnt,channel,secondary_channel,local_timestamp,ant,sig_len,
 *         12     13      14         15       16           17              18         19    20
 *     rx_state,real_time_set,real_timestamp,len,[imag real imag real ... ]   any columns of the
 * host 21         22             23        24
 *
 * role is AP, STA or PASSIVE. Without the column len a line has 24 columns before the list. The
 * tool prints at most the first 128 values, whatever len says: always the legacy field. */
#include "readers/esp_console.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"

struct state {
    struct aw_esp_columns columns;
};

/* Columns by name when a header was seen, else by their number. */
static bool columns_of(const struct state *s, unsigned n, struct aw_esp_columns *out) {
    static const int8_t at[AW_ESP_COLUMNS] = {-1, 2,  3,  5,  7,  11, 14, 16,
                                              17, 18, 24, -1, 22, 23, -1, -1};
    if (s->columns.count == (int)n) {
        *out = s->columns;
        return true;
    }
    if (n != 24 && n != 25) return false;
    for (int i = 0; i < AW_ESP_COLUMNS; i++) out->at[i] = at[i];
    if (n == 24) out->at[AW_ESP_COL_LEN] = -1;
    out->count = (int8_t)n;
    out->arrival_before = s->columns.arrival_before;
    out->arrival_after = s->columns.arrival_after;
    return true;
}

static int read_line(const struct state *s, struct aw_span line, const uint8_t *floor,
                     struct aw_frame *out) {
    struct aw_esp_line cut;
    struct aw_esp_columns columns;
    struct aw_esp_row row;
    int got = aw_esp_console_cut(line, &cut);
    if (got <= 0) return got;
    if (cut.base64 || !columns_of(s, cut.n, &columns)) return AW_ERR_TEXT;
    int err = aw_esp_console_row(&columns, &cut, floor, out->iq, out->iq_cap, &row);
    if (err != AW_OK) return err;

    /* A list cut by a lost serial byte is shorter than len says; the tool's own cut is at 128. */
    const int64_t *v = row.value;
    if (row.has[AW_ESP_COL_LEN] && row.n != v[AW_ESP_COL_LEN] &&
        !(row.n == 128 && v[AW_ESP_COL_LEN] > 128))
        return AW_ERR_LENGTH;
    struct aw_esp_packet packet = {AW_ESP_CLASSIC, -1, (int)v[AW_ESP_COL_SIG_MODE] != 0,
                                   (int)v[AW_ESP_COL_BANDWIDTH], (int)v[AW_ESP_COL_STBC] != 0};
    if (row.has[AW_ESP_COL_SECONDARY]) packet.secondary = (int)v[AW_ESP_COL_SECONDARY];
    if (row.n == 128) packet.ht = 0;
    const struct aw_esp_layout *layout = aw_esp_layout_find(&packet, out->iq, row.n / 2);
    if (!layout) return AW_ERR_LAYOUT;

    bool header_word = aw_esp_first_word_set(out->iq);
    aw_esp_console_fill(out, &row);
    aw_esp_layout_apply(out, layout, header_word);
    out->format = AW_FORMAT_ESP_TOOL;
    out->chip = header_word ? "esp32" : "";
    out->bandwidth_mhz = v[AW_ESP_COL_SIG_MODE] && v[AW_ESP_COL_BANDWIDTH] ? 40 : 20;
    return 1;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    return aw_esp_console_probe(head, len, eof, true);
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    struct state *s = AW_READER_STATE(struct state, st);
    struct aw_span line;
    int got = aw_text_line(buf, len, eof, &line, consumed);
    if (got <= 0) return got;
    if (aw_esp_console_header(line, &s->columns)) return 0;
    return read_line(s, line, buf, out);
}

const struct aw_reader aw_reader_esp_tool = {
    .format = AW_FORMAT_ESP_TOOL,
    .unit = AW_READER_LINES,
    .probe = probe,
    .read = read,
};
