/* Espressif esp-csi console lines: a serial console as it speaks, a CSV with header, an ESP-IDF
 * monitor log, or a CSV that holds the whole line in a quoted column.
 *
 *     classic (24 columns before the list)
 *     CSI_DATA,id,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,
 *        0     1  2    3    4      5      6      7         8          9           10       11
 *     fec_coding,sgi,noise_floor,ampdu_cnt,channel,secondary_channel,local_timestamp,ant,sig_len,
 *         12     13      14         15       16           17              18         19    20
 *     rx_state,len,first_word,"[imag,real,...]"
 *        21    22      23
 *
 *     C5, C6 (14 columns)
 *     CSI_DATA,seq,mac,rssi,rate,noise_floor,fft_gain,agc_gain,channel,local_timestamp,sig_len,
 *        0      1   2   3    4        5          6        7       8           9           10
 *     rx_state,len,first_word,"[imag,real,...]"
 *        11    12      13
 *
 *     console_test (29 columns):
 * type,sequence,timestamp,taget_seq,taget,mac,rssi,rate,sig_mode,...,
 *     rx_state,agc_gain,fft_gain,len,first_word, list or base64
 *
 * Source: espressif/esp-csi, examples/get-started (csi_recv, csi_recv_router), examples/esp-crab,
 * examples/esp-radar/console_test: the format strings of app_main.c. */
#include "readers/esp_console.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"

struct state {
    struct aw_esp_columns columns;
};

/* csi_recv prints the count that the sender's payload carries and filters for this address of the
 * sender (CONFIG_CSI_SEND_MAC); elsewhere the id is a local counter, which skips without loss. */
#define CSI_SEND_MAC INT64_C(0x1A0000000000)

static bool columns_of(const struct state *s, unsigned n, struct aw_esp_columns *out) {
    static const struct {
        unsigned n;
        int8_t at[AW_ESP_COLUMNS];
    } known[] = {
        {24, {1, 2, 3, 5, 7, 11, 14, 16, 17, 18, 22, 23, -1, -1, -1, -1}},
        {14, {1, 2, 3, -1, -1, -1, 5, 8, -1, 9, 12, 13, -1, -1, 7, 6}},
        {29, {-1, 5, 6, 8, 10, 14, 17, 19, 20, 21, 27, 28, -1, -1, 25, 26}},
    };
    if (s->columns.count == (int)n) {
        *out = s->columns;
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].n != n) continue;
        for (int c = 0; c < AW_ESP_COLUMNS; c++) out->at[c] = known[i].at[c];
        out->count = (int8_t)n;
        out->arrival_before = s->columns.arrival_before;
        out->arrival_after = s->columns.arrival_after;
        return true;
    }
    return false;
}

/* The C5's 12-bit legacy field, byte by byte: 52 little-endian words, of which the low 12 bits
 * count, and two bytes of padding. A high byte is then 0..15; 8-bit values would be negative too.
 * iq holds the bytes with the members of each pair exchanged, as the list reader left them. */
static bool twelve_bit(float *iq) {
    bool negative = false;
    for (unsigned i = 0; i < 52; i++) {
        float high = iq[2 * i]; /* byte 2i + 1 */
        if (high < 0 || high > 15) return false;
        if (high > 7) negative = true;
    }
    if (!negative) return false;
    for (unsigned i = 0; i < 52; i += 2) {
        int word[2];
        for (unsigned m = 0; m < 2; m++) {
            unsigned w =
                (unsigned)((int)iq[2 * (i + m) + 1] & 0xFF) | (unsigned)(int)iq[2 * (i + m)] << 8;
            word[m] = (int)(w ^ 0x800u) - 0x800;
        }
        iq[i] = (float)word[1]; /* imaginary first */
        iq[i + 1] = (float)word[0];
    }
    return true;
}

/* Only C5 and C6 print 14 columns; the C6 pads its fields with guard bands, the C5 does not. */
static const char *chip_of(const struct aw_esp_packet *packet, uint32_t n, bool header_word) {
    if (packet->family == AW_ESP_HE) return n == 64 || n == 128 ? "esp32-c6" : "esp32-c5";
    return header_word ? "esp32" : "";
}

static int read_line(const struct state *s, struct aw_span line, const uint8_t *floor,
                     struct aw_frame *out) {
    struct aw_esp_line cut;
    struct aw_esp_columns columns;
    struct aw_esp_row row;
    int got = aw_esp_console_cut(line, &cut);
    if (got <= 0) return got;
    if (!columns_of(s, cut.n, &columns)) return AW_ERR_TEXT;
    int err = aw_esp_console_row(&columns, &cut, floor, out->iq, out->iq_cap, &row);
    if (err != AW_OK) return err;
    const int64_t *v = row.value;
    if (row.has[AW_ESP_COL_LEN] && row.n != v[AW_ESP_COL_LEN]) return AW_ERR_LENGTH;

    struct aw_esp_packet packet = {AW_ESP_HE, -1, -1, -1, -1};
    if (row.has[AW_ESP_COL_SIG_MODE]) {
        packet.family = AW_ESP_CLASSIC;
        packet.ht = v[AW_ESP_COL_SIG_MODE] != 0;
        if (row.has[AW_ESP_COL_BANDWIDTH]) packet.forty = packet.ht && v[AW_ESP_COL_BANDWIDTH] == 1;
        if (row.has[AW_ESP_COL_STBC]) packet.stbc = v[AW_ESP_COL_STBC] != 0;
        if (row.has[AW_ESP_COL_SECONDARY]) packet.secondary = (int)v[AW_ESP_COL_SECONDARY];
    }
    uint32_t n = row.n / 2;
    if (packet.family == AW_ESP_HE && row.n == 106 && twelve_bit(out->iq)) n = 26;
    const struct aw_esp_layout *layout = aw_esp_layout_find(&packet, out->iq, n);
    if (!layout) return AW_ERR_LAYOUT;

    bool header_word = packet.family == AW_ESP_CLASSIC && aw_esp_first_word_set(out->iq);
    if (row.has[AW_ESP_COL_FIRST_WORD] && v[AW_ESP_COL_FIRST_WORD]) header_word = true;
    aw_esp_console_fill(out, &row);
    aw_esp_layout_apply(out, layout, header_word);
    out->format = AW_FORMAT_ESP_CSI;
    out->chip = chip_of(&packet, n, header_word);
    out->bandwidth_mhz = packet.forty == 1 ? 40 : packet.forty == 0 ? 20 : layout->bandwidth_mhz;
    if (v[AW_ESP_COL_MAC] == CSI_SEND_MAC && row.has[AW_ESP_COL_ID]) {
        out->seq = (int64_t)(uint32_t)v[AW_ESP_COL_ID];
        out->seq_mod = INT64_C(1) << 32;
    }
    return 1;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    return aw_esp_console_probe(head, len, eof, false);
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

const struct aw_reader aw_reader_esp_csi = {
    .format = AW_FORMAT_ESP_CSI,
    .unit = AW_READER_LINES,
    .probe = probe,
    .read = read,
};
