/* Time-stamped integer lines of an ESP32 (AlbanyArmenta0711/Embedded_WiFi_Sensing).
 *
 *     1720468713469,83,-80,4,0,-7,19,...
 *     |             |          '--- 62 pairs (imag, real) of the legacy field, order 0..31,-32..-1
 *     |             '-------------- header word of the chip
 *     '---------------------------- Unix time, ms
 *
 * Defect of the source: a text layer wrote every byte 10 as "13,10" and the line was then cut at
 * 128 values. Left to right, every 13 followed by 10 is one 10; the values pushed out at the end
 * are lost. So only pairs 2..53 are used of any line, which up to 20 expansions leave whole. */
#include "base/frame.h"
#include "base/units.h"
#include "readers/esp_layout.h"
#include "readers/reader.h"
#include "readers/text.h"

#include <string.h>

enum { VALUES = 128, SAFE = 108, NULL_FIRST = 56, NULL_LAST = 73 };

/* 2001..2100: tells a time stamp in ms from any other first column. */
#define T_MIN_MS INT64_C(1000000000000)
#define T_MAX_MS INT64_C(4102444800000)

/* Returns the number of values left after repair, or TEXT when a 10 stands alone: then this is not
 * the text layer described above. Values beyond that number are zero. v has one value more, 0. */
static int repair(const float *v, float *iq) {
    int32_t stays[VALUES]; /* as wide as the values, for the vectoriser */
    int32_t alone = v[0] == 10, pairs = 0;
    for (int i = 0; i < VALUES; i++) {
        int32_t thirteen = v[i] == 13, ten = v[i + 1] == 10;
        stays[i] = 1 - (thirteen & ten);
        pairs += thirteen & ten;
        alone |= ten & (thirteen ^ 1);
    }
    if (alone) return AW_ERR_TEXT;
    unsigned n = 0;
    if (!pairs) {
        for (; n < VALUES; n += 2) {
            iq[n] = v[n + 1];
            iq[n + 1] = v[n];
        }
        return VALUES;
    }
    for (int i = 0; i < VALUES; i++) { /* the 10 overwrites the 13 before it */
        iq[n ^ 1] = v[i];
        n += (unsigned)stays[i];
    }
    for (unsigned i = n; i < VALUES; i++) iq[i ^ 1] = 0;
    return (int)n;
}

static int read_line(struct aw_span line, struct aw_frame *out) {
    const uint8_t *comma = memchr(line.p, ',', aw_span_len(line));
    int64_t t_ms;
    float v[VALUES + 32]; /* room, so that the list reader need not count */
    if (!comma) return AW_ERR_TEXT;
    int err = aw_text_int((struct aw_span){line.p, comma}, &t_ms);
    if (err != AW_OK) return err;
    if (t_ms < T_MIN_MS || t_ms > T_MAX_MS) return AW_ERR_TIME;
    if (out->iq_cap < VALUES / 2) return AW_ERR_TOO_MANY;
    int n = aw_text_ints((struct aw_span){comma + 1, line.end}, line.p, 0, v, VALUES + 32);
    if (n < 0) return n;
    if (n != VALUES) return AW_ERR_LENGTH;
    v[VALUES] = 0;
    int32_t outside = 0;
    for (int i = 0; i < VALUES; i++) outside |= (v[i] < -128) | (v[i] > 127);
    if (outside) return AW_ERR_RANGE;
    n = repair(v, out->iq);
    if (n < 0) return n;
    if (n < SAFE) return AW_ERR_LENGTH;
    /* Guard band: anything there means that the values are not where they belong. */
    for (int i = NULL_FIRST; i <= NULL_LAST; i++)
        if (out->iq[i] != 0) return AW_ERR_RANGE;

    aw_frame_clear(out);
    aw_esp_layout_apply(out, &aw_esp_layout_lines, true);
    out->format = AW_FORMAT_ESP_LINES;
    out->chip = "esp32";
    out->flags = n < VALUES ? AW_FRAME_REPAIRED : 0;
    out->t_kind = AW_TIME_HOST;
    out->t_ns = t_ms * AW_MS;
    out->bandwidth_mhz = 20;
    out->quant_step = 1;
    return 1;
}

static bool probe(const uint8_t *head, size_t len, bool eof) {
    struct aw_span line;
    size_t consumed;
    float iq[VALUES];
    for (int tries = 0; tries < 3 && len; tries++) {
        if (aw_text_line(head, len, eof, &line, &consumed) <= 0) return false;
        struct aw_frame f = {.iq = iq, .iq_cap = VALUES / 2};
        int got = read_line(line, &f);
        if (got > 0) return true;
        if (got == AW_ERR_TEXT || got == AW_ERR_TIME) return false;
        head += consumed;
        len -= consumed;
    }
    return false;
}

static int read(struct aw_reader_state *st, const uint8_t *buf, size_t len, bool eof,
                struct aw_frame *out, size_t *consumed) {
    (void)st;
    struct aw_span line;
    int got = aw_text_line(buf, len, eof, &line, consumed);
    if (got <= 0) return got;
    return line.p == line.end ? 0 : read_line(line, out);
}

const struct aw_reader aw_reader_esp_lines = {
    .format = AW_FORMAT_ESP_LINES,
    .unit = AW_READER_LINES,
    .probe = probe,
    .read = read,
};
