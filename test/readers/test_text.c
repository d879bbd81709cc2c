#include "readers/json_scan.h"
#include "readers/text.h"
#include "vectors.h"

static struct aw_span span(const char *text) {
    const uint8_t *p = vec_guarded(text, strlen(text));
    return (struct aw_span){p, p + strlen(text)};
}

/* A list of random integers written with printf, read back by aw_text_ints(): every length from 0
 * to 200 (so every position of the end within a block of 64), every kind of separator. */
static void ints_round_trip(void) {
    static const char *const separators[] = {",", " ", "\t", ", ", "  "};
    uint32_t random = 1;
    for (int n = 0; n <= 200; n++) {
        char text[4096];
        int want[200], at = 0;
        float got[256];
        const char *sep = separators[n % 5];
        text[0] = 0;
        for (int i = 0; i < n; i++) {
            random = random * 1664525u + 1013904223u;
            int width = (int)(random >> 28);
            want[i] = width < 8    ? (int)(random >> 8) % 256 - 128
                      : width < 15 ? (int)(random >> 8) % 20000 - 10000
                                   : (int)(random >> 8) % 65536 - 32768;
            at += snprintf(text + at, sizeof text - (size_t)at, "%s%d", i ? sep : "", want[i]);
        }
        struct aw_span s = span(text);
        for (unsigned swap = 0; swap < 2; swap++) {
            CHECK_INT(aw_text_ints(s, s.p, swap, got, 256), n);
            for (int i = 0; i < n; i++) CHECK_INT((int)got[(unsigned)i ^ swap], want[i]);
        }
        if (n)
            CHECK_INT(aw_text_ints(s, s.p, 0, got, (uint32_t)n / 2 * 2),
                      n % 2 ? AW_ERR_TOO_MANY : n);
    }
}

static void ints_refusals(void) {
    static const char *const bad[] = {"1,x,3",  "--1",   "1-2",    "1,-",     "1.5",   "1:2",
                                      "12;3",   "32768", "-32769", "1000000", "0x10",  "1,\xB2",
                                      "1,2,/3", "1,2]",  "+4",     "99999",   "1,2,3e"};
    float out[64];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct aw_span s = span(bad[i]);
        CHECK_INT(aw_text_ints(s, s.p, 0, out, 64), AW_ERR_TEXT);
    }
    struct aw_span s = span("32767 -32768");
    CHECK_INT(aw_text_ints(s, s.p, 0, out, 64), 2);
    CHECK_NEAR(out[0], 32767, 0);
    CHECK_NEAR(out[1], -32768, 0);
}

static void numbers(void) {
    static const struct {
        const char *text;
        int err;
        int64_t want;
    } nano[] = {
        {"1785234776.2885141", 0, INT64_C(1785234776288514100)},
        {"0.0", 0, 0},
        {"-0.5", 0, -500000000},
        {"7", 0, INT64_C(7000000000)},
        {".25", 0, 250000000},
        {"5.", 0, INT64_C(5000000000)},
        {"0.1234567899", 0, 123456789},
        {"9200000001", AW_ERR_RANGE, 0},
        {"", AW_ERR_TEXT, 0},
        {".", AW_ERR_TEXT, 0},
        {"-", AW_ERR_TEXT, 0},
        {"1e5", AW_ERR_TEXT, 0},
        {"1.2.3", AW_ERR_TEXT, 0},
        {"nan", AW_ERR_TEXT, 0},
    };
    for (size_t i = 0; i < sizeof nano / sizeof *nano; i++) {
        int64_t v = 0;
        CHECK_INT(aw_text_nano(span(nano[i].text), &v), nano[i].err);
        CHECK_INT(v, nano[i].want);
    }
    int64_t v;
    CHECK_INT(aw_text_int(span("-128"), &v), AW_OK);
    CHECK_INT(v, -128);
    CHECK_INT(aw_text_int(span("999999999999999999"), &v), AW_OK);
    CHECK_INT(aw_text_int(span("1234567890123456789"), &v), AW_ERR_TEXT);
    CHECK_INT(aw_text_int(span("1 "), &v), AW_ERR_TEXT);
    uint64_t mac;
    CHECK_INT(aw_text_mac(span("1a:2B:00:ff:E0:09"), &mac), AW_OK);
    CHECK(mac == 0x1A2B00FFE009);
    CHECK_INT(aw_text_mac(span("1a:2b:00:ff:e0:0g"), &mac), AW_ERR_TEXT);
    CHECK_INT(aw_text_mac(span("1a-2b-00-ff-e0-09"), &mac), AW_ERR_TEXT);
}

/* RFC 4648, section 10: test vectors of "foobar". */
static void encodings(void) {
    float out[16];
    CHECK_INT(aw_text_base64_iq(span("Zm9vYg=="), out, 16), 4);
    CHECK_NEAR(out[1], 'f', 0);
    CHECK_NEAR(out[0], 'o', 0);
    CHECK_NEAR(out[2], 'b', 0);
    CHECK_INT(aw_text_base64_iq(span("Zm9vYmFy"), out, 16), 6);
    CHECK_INT(aw_text_base64_iq(span("Zm9vYmFy"), out, 4), AW_ERR_TOO_MANY);
    CHECK_INT(aw_text_base64_iq(span("Zm9v!mFy"), out, 16), AW_ERR_TEXT);
    CHECK_INT(aw_text_base64_iq(span("Zm9vY"), out, 16), AW_ERR_TEXT);
    CHECK_INT(aw_text_base64_iq(span("=="), out, 16), 0);
    CHECK_INT(aw_text_hex_iq(span("ff7F80"), out, 16), 3);
    CHECK_NEAR(out[1], -1, 0);
    CHECK_NEAR(out[0], 127, 0);
    CHECK_NEAR(out[3], -128, 0);
    CHECK_INT(aw_text_hex_iq(span("ff7"), out, 16), AW_ERR_TEXT);
    CHECK_INT(aw_text_hex_iq(span("fg"), out, 16), AW_ERR_TEXT);
    CHECK_INT(aw_text_hex_iq(span("00000000"), out, 2), AW_ERR_TOO_MANY);
}

static void lines(void) {
    struct aw_span line;
    size_t consumed;
    const uint8_t *p = vec_guarded("ab\r\ncd", 6);
    CHECK_INT(aw_text_line(p, 6, false, &line, &consumed), 1);
    CHECK(consumed == 4 && aw_text_is(line, "ab"));
    CHECK_INT(aw_text_line(p + 4, 2, false, &line, &consumed), 0);
    CHECK_INT(consumed, 0);
    CHECK_INT(aw_text_line(p + 4, 2, true, &line, &consumed), 1);
    CHECK(consumed == 2 && aw_text_is(line, "cd"));
    static uint8_t endless[AW_LINE_MAX + 1];
    memset(endless, 'x', sizeof endless);
    CHECK_INT(aw_text_line(endless, sizeof endless, false, &line, &consumed), AW_ERR_LENGTH);
    CHECK_INT(consumed, AW_LINE_MAX);
    CHECK_INT(aw_text_column(span("a,bb,ccc"), "bb"), 1);
    CHECK_INT(aw_text_column(span("a,bb,ccc"), "ccc"), 2);
    CHECK_INT(aw_text_column(span("a,bb,ccc"), "b"), -1);
}

static void json(void) {
    static const struct {
        const char *text;
        int members; /* or the error */
    } vectors[] = {
        {"{}", 0},
        {" {\"a\": 1}", 1},
        {"{\"a\":1,\"b\":\"x\\\"}y\",\"c\":[1,[2,\"]\"]],\"d\":{\"e\":{}},\"f\":true,\"g\":null}",
         6},
        {"{\"a\":1,}", AW_ERR_TEXT},
        {"{\"a\":1 \"b\":2}", AW_ERR_TEXT},
        {"{\"a\":tru}", AW_ERR_TEXT},
        {"{\"a\":[1,2}", AW_ERR_TEXT},
        {"{\"a\":\"x}", AW_ERR_TEXT},
        {"{\"a\":\"x\\\\\"}", 1},
        {"{\"a\":1} x", AW_ERR_TEXT},
        {"[1]", AW_ERR_TEXT},
        {"", AW_ERR_TEXT},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct aw_json_scan scan = aw_json_scan_init(span(vectors[i].text));
        struct aw_json_member m;
        int n = 0, got;
        while ((got = aw_json_scan_next(&scan, &m)) > 0) n++;
        CHECK_INT(got < 0 ? got : n, vectors[i].members);
    }
}

int main(void) {
    ints_round_trip();
    ints_refusals();
    numbers();
    encodings();
    lines();
    json();
    return test_end();
}
