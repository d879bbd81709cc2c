/* CSV of an ESP32-C3 study (BigDaddyDD/WifiCSI): a header line names the columns.
 *
 *     pc_time,idx,rssi,rate,sig_mode,mcs,bw,noise_floor,channel,local_us,n,csi
 *       s                                                         us      "imag real imag real ..."
 *
 * The host's pc_time is the arrival; local_us is the chip's counter and wraps at 2^32. */
#include "base/frame.h"
#include "base/units.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"
#include "readers/text.h"

enum { FIELDS = 12 };
static const char header[] =
    "pc_time,idx,rssi,rate,sig_mode,mcs,bw,noise_floor,channel,local_us,n,csi";

static int read_line(struct aw_span line, struct aw_frame *out) {
    enum { PC_TIME, IDX, RSSI, RATE, SIG_MODE, MCS, BW, NOISE, CHANNEL, LOCAL_US, N, CSI };
    struct aw_span field[FIELDS];
    int64_t v[FIELDS], pc_ns;
    if (aw_text_split(line, ',', field, FIELDS) != FIELDS) return AW_ERR_TEXT;
    int err = aw_text_nano(field[PC_TIME], &pc_ns);
    if (err != AW_OK) return err;
    for (int i = RSSI; i <= N; i++)
        if ((err = aw_text_int(field[i], &v[i])) != AW_OK) return err;
    if (v[RSSI] < -128 || v[RSSI] > 127 || v[NOISE] < -128 || v[NOISE] > 127 || v[CHANNEL] < 0 ||
        v[CHANNEL] > 196 || v[BW] < 0 || v[BW] > 1)
        return AW_ERR_RANGE;
    if (v[LOCAL_US] < INT32_MIN || v[LOCAL_US] > UINT32_MAX) return AW_ERR_TIME;
    int n = aw_text_ints(field[CSI], line.p, 1, out->iq, 2 * out->iq_cap & ~1u);
    if (n < 0) return n;
    if (n == 0 || n % 2 || n != v[N]) return AW_ERR_LENGTH;
    const struct aw_esp_packet packet = {AW_ESP_CLASSIC, -1, v[SIG_MODE] != 0, (int)v[BW], -1};
    const struct aw_esp_layout *layout = aw_esp_layout_find(&packet, out->iq, (uint32_t)n / 2);
    if (!layout) return AW_ERR_LAYOUT;

    bool header_word = aw_esp_first_word_set(out->iq);
    aw_frame_clear(out);
    aw_esp_layout_apply(out, layout, header_word);
    out->format = AW_FORMAT_ESP_STUDY;
    out->t_kind = AW_TIME_DEVICE;
    out->t_ns = (int64_t)(uint32_t)v[LOCAL_US] * AW_US;
    out->t_wrap_ns = (INT64_C(1) << 32) * AW_US;
    out->t_arrival_ns = pc_ns;
    out->rssi_dbm[0] = (float)v[RSSI];
    if (v[NOISE] != 0) out->noise_dbm = (float)v[NOISE];
    out->channel = (uint16_t)v[CHANNEL];
    out->freq_mhz = aw_channel_to_mhz(out->channel);
    out->bandwidth_mhz = v[SIG_MODE] && v[BW] ? 40 : 20;
    out->quant_step = 1;
    return 1;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    struct aw_span line;
    size_t consumed;
    return aw_text_line(head, len, eof, &line, &consumed) > 0 && aw_text_is(line, header);
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    (void)st;
    struct aw_span line;
    int got = aw_text_line(buf, len, eof, &line, consumed);
    if (got <= 0) return got;
    return line.p == line.end || aw_text_is(line, header) ? 0 : read_line(line, out);
}

const struct aw_reader aw_reader_esp_study = {
    .format = AW_FORMAT_ESP_STUDY,
    .unit = AW_READER_LINES,
    .probe = probe,
    .read = read,
};
