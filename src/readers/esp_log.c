/* ESP-IDF monitor log of an early CSI program: boot messages, then two lines per packet.
 *
 *     0.066534200000000                 time since the first packet, s
 *     -21<tab>-11<tab>-21<tab>...       256 integers (imag, real) and a closing tab
 *
 * The program dropped the two values of the chip's header word, so the list begins with subcarrier
 * 2 and ends with two values from behind the buffer: legacy 2..31, -32..-1, HT 0..31, -32..-1, two
 * invalid (the guard bands of 11, 1 and 7 zeros lie at 25..35, 62 and 91..97). */
#include "base/frame.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"
#include "readers/text.h"

#include <string.h>

enum { VALUES = 256 };

struct state {
    int64_t t_ns;
    bool has_t;
};

static bool is_number(struct aw_span line) {
    int64_t ns;
    return line.p < line.end && *line.p - (unsigned)'0' <= 9 &&
           memchr(line.p, '.', aw_span_len(line)) && aw_text_nano(line, &ns) == AW_OK;
}

static bool is_list(struct aw_span line) {
    return line.p < line.end && (*line.p == '-' || *line.p - (unsigned)'0' <= 9) &&
           memchr(line.p, '\t', aw_span_len(line));
}

static int read_list(struct state *s, struct aw_span line, struct aw_frame *out) {
    if (!s->has_t) return AW_ERR_TIME;
    s->has_t = false;
    if (out->iq_cap < VALUES / 2) return AW_ERR_TOO_MANY;
    int n = aw_text_ints(line, line.p, 1, out->iq, 2 * out->iq_cap & ~1u);
    if (n < 0) return n;
    if (n != VALUES) return AW_ERR_LENGTH;
    int32_t outside = 0;
    for (int i = 0; i < VALUES; i++) outside |= (out->iq[i] < -128) | (out->iq[i] > 127);
    if (outside) return AW_ERR_RANGE;
    /* Not another program's list: subcarriers +-30..32 of the legacy field are null. */
    for (int i = 2 * 28; i < 2 * 33; i++)
        if (out->iq[i] != 0) return AW_ERR_LAYOUT;

    aw_frame_clear(out);
    aw_esp_layout_apply(out, &aw_esp_layout_log, false);
    out->format = AW_FORMAT_ESP_LOG;
    out->chip = "esp32";
    out->t_kind = AW_TIME_DEVICE;
    out->t_ns = s->t_ns;
    out->bandwidth_mhz = 20;
    out->quant_step = 1;
    return 1;
}

static int read_line(struct state *s, struct aw_span line, struct aw_frame *out) {
    if (is_list(line)) return read_list(s, line, out);
    if (is_number(line)) {
        s->has_t = aw_text_nano(line, &s->t_ns) == AW_OK;
        return s->has_t ? 0 : AW_ERR_TIME;
    }
    return 0; /* a message of the system */
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    struct state s = {0};
    float iq[VALUES + 64];
    for (int lists = 0; len && lists < 3;) {
        struct aw_span line;
        size_t consumed;
        struct aw_frame f = {.iq = iq, .iq_cap = VALUES / 2 + 32};
        if (aw_text_line(head, len, eof, &line, &consumed) <= 0) return false;
        lists += is_list(line);
        if (read_line(&s, line, &f) > 0) return true;
        head += consumed;
        len -= consumed;
    }
    return false;
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    struct state *s = AW_READER_STATE(struct state, st);
    struct aw_span line;
    int got = aw_text_line(buf, len, eof, &line, consumed);
    return got <= 0 ? got : read_line(s, line, out);
}

const struct aw_reader aw_reader_esp_log = {
    .format = AW_FORMAT_ESP_LOG,
    .unit = AW_READER_LINES,
    .probe = probe,
    .read = read,
};
