/* CSV of amplitudes (IALR/csi-motion-detection): a header line names the columns.
 *
 *     session_id,host_unix_us,timestamp_us,label,esp_label,settling,rssi,num_subcarriers,
 *     amp_0,...,amp_127
 *
 * Amplitudes are integers of 64 legacy and 64 HT values in the order 0..31, -32..-1; there is no
 * phase. timestamp_us is the device's clock, host_unix_us the arrival. */
#include "base/frame.h"
#include "base/units.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"
#include "readers/text.h"

enum { FIELDS = 8, MAX_AMPLITUDES = 512 };
static const char header[] =
    "session_id,host_unix_us,timestamp_us,label,esp_label,settling,rssi,num_subcarriers,amp_0,";

static int read_line(struct aw_span line, struct aw_frame *out) {
    enum { SESSION, HOST_US, DEVICE_US, LABEL, ESP_LABEL, SETTLING, RSSI, N };
    struct aw_span field[FIELDS + 1];
    int64_t v[FIELDS];
    float amplitude[MAX_AMPLITUDES];
    if (aw_text_split(line, ',', field, FIELDS + 1) != FIELDS + 1) return AW_ERR_TEXT;
    for (int i = HOST_US; i < FIELDS; i++) {
        int err = aw_text_int(field[i], &v[i]);
        if (err != AW_OK) return err;
    }
    if (v[RSSI] < -128 || v[RSSI] > 127) return AW_ERR_RANGE;
    if (v[DEVICE_US] < 0 || v[DEVICE_US] > INT64_MAX / AW_US || v[HOST_US] < 0 ||
        v[HOST_US] > INT64_MAX / AW_US)
        return AW_ERR_TIME;
    int n = aw_text_ints(field[FIELDS], line.p, 0, amplitude, MAX_AMPLITUDES);
    if (n < 0) return n;
    if (n != v[N]) return AW_ERR_LENGTH;
    if ((uint32_t)n > out->iq_cap) return AW_ERR_TOO_MANY;
    for (int i = 0; i < n; i++) {
        if (amplitude[i] < 0) return AW_ERR_RANGE;
        out->iq[2 * i] = amplitude[i];
        out->iq[2 * i + 1] = 0;
    }
    const struct aw_esp_packet packet = {AW_ESP_CLASSIC, -1, -1, -1, -1};
    const struct aw_esp_layout *layout = aw_esp_layout_find(&packet, out->iq, (uint32_t)n);
    if (!layout) return AW_ERR_LAYOUT;

    aw_frame_clear(out);
    aw_esp_layout_apply(out, layout, false);
    out->format = AW_FORMAT_ESP_AMPL;
    out->flags = AW_FRAME_AMPLITUDE_ONLY;
    out->t_kind = AW_TIME_DEVICE;
    out->t_ns = v[DEVICE_US] * AW_US;
    out->t_arrival_ns = v[HOST_US] * AW_US;
    out->rssi_dbm[0] = (float)v[RSSI];
    out->bandwidth_mhz = layout->bandwidth_mhz;
    return 1;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    (void)eof;
    return aw_text_starts((struct aw_span){head, head + len}, header);
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    (void)st;
    struct aw_span line;
    int got = aw_text_line(buf, len, eof, &line, consumed);
    if (got <= 0) return got;
    return line.p == line.end || aw_text_starts(line, header) ? 0 : read_line(line, out);
}

const struct aw_reader aw_reader_esp_ampl = {
    .format = AW_FORMAT_ESP_AMPL,
    .unit = AW_READER_LINES,
    .probe = probe,
    .read = read,
};
