/* esp-csi and ESP32-CSI-Tool lines. Vectors are written here column by column after the format
 * strings that esp_csi.c and esp_tool.c name; values are chosen so that each says where it is. */
#include "vectors.h"

#include <stdarg.h>

extern const struct aw_reader aw_reader_esp_csi, aw_reader_esp_tool;

/* A list of n pairs: pair i is (imag, real) = (i % 100 - 50, 3) where live(i), else 0. */
static char *list(char *at, unsigned n, bool (*live)(unsigned), char sep) {
    for (unsigned i = 0; i < n; i++) {
        bool on = live(i);
        at += sprintf(at, "%d%c%d", on ? (int)(i % 100) - 50 : 0, sep, on ? 3 : 0);
        if (i + 1 < n) *at++ = sep;
    }
    *at = 0;
    return at;
}

static bool all(unsigned i) {
    (void)i;
    return true;
}
static bool fft64(unsigned i) {
    i %= 64;
    return i != 0 && (i < 27 || i > 37);
}
static bool ascending64(unsigned i) {
    return i >= 6 && i <= 58 && i != 32;
}
static bool lh40(unsigned i) { /* legacy ascending, then HT40 in the order 0..63, -64..-1 */
    return i < 64 ? ascending64(i) : (i >= 66 && i <= 122) || (i >= 134 && i <= 190);
}
static bool c6_ht40(unsigned i) {
    return (i >= 6 && i <= 62) || (i >= 66 && i <= 122);
}
static bool c5_ht20(unsigned i) {
    return i != 28;
}
static bool c5_ht40(unsigned i) {
    return i < 57 || i > 59;
}

static char text[16384];

__attribute__((format(printf, 4, 5))) static const char *line(unsigned n, bool (*live)(unsigned),
                                                              bool tool, const char *columns, ...) {
    va_list args;
    va_start(args, columns);
    int at = vsnprintf(text, sizeof text, columns, args);
    va_end(args);
    at += sprintf(text + at, tool ? ",[" : ",\"[");
    char *end = list(text + at, n, live, tool ? ' ' : ',');
    sprintf(end, tool ? " ]\n" : "]\"\n");
    return text;
}

static void check_values(const struct aw_frame *f, bool (*live)(unsigned)) {
    for (unsigned i = 0; i < f->n_sub; i++) {
        CHECK_NEAR(f->iq[2 * i], live(i) ? 3 : 0, 0);
        CHECK_NEAR(f->iq[2 * i + 1], live(i) ? (int)(i % 100) - 50 : 0, 0);
    }
}

static const char classic[] = "CSI_DATA,%d,1a:00:00:00:00:00,-48,11,%d,0,%d,1,1,0,%d,0,0,-97,0,11,"
                              "%d,396870,0,47,1,%d,%d";

static void esp_csi_classic(void) {
    struct aw_frame f;
    const struct aw_reader *r = &aw_reader_esp_csi;
    static const struct {
        int sig_mode, cwb, stbc, secondary;
        unsigned pairs;
        bool (*live)(unsigned);
        int k0, mhz;
    } v[] = {
        {0, 0, 0, 0, 64, fft64, 0, 20},         {0, 0, 0, 2, 64, ascending64, 0, 20},
        {0, 0, 0, 1, 64, ascending64, -64, 20}, {1, 0, 0, 0, 128, fft64, 0, 20},
        {1, 0, 1, 0, 192, fft64, 0, 20},        {1, 1, 0, 2, 192, lh40, 0, 40},
        {1, 1, 0, 1, 192, lh40, -64, 40},       {1, 0, 1, 1, 188, all, -64, 20},
        {1, 0, 1, 2, 190, all, 0, 20},          {1, 1, 1, 1, 306, all, -64, 40},
        {1, 1, 1, 2, 306, all, 0, 40},
    };
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        line(v[i].pairs, v[i].live, false, classic, 52394, v[i].sig_mode, v[i].cwb, v[i].stbc,
             v[i].secondary, (int)v[i].pairs * 2, 0);
        CHECK_INT(vec_line(r, text, &f), 1);
        CHECK_INT(f.n_sub, v[i].pairs);
        CHECK_INT(f.k[0], v[i].k0);
        CHECK_INT(f.bandwidth_mhz, v[i].mhz);
        check_values(&f, v[i].live);
        CHECK(r->probe((const uint8_t *)text, strlen(text), true));
        CHECK(!aw_reader_esp_tool.probe((const uint8_t *)text, strlen(text), true));
    }
    CHECK(f.tx == 0x1A0000000000 && f.node == 0);
    CHECK_INT(f.seq, 52394);
    CHECK(f.seq_mod == INT64_C(1) << 32);
    CHECK_NEAR(f.rssi_dbm[0], -48, 0);
    CHECK_NEAR(f.noise_dbm, -97, 0);
    CHECK_INT(f.channel, 11);
    CHECK_INT(f.freq_mhz, 2462);
    CHECK_INT(f.t_kind, AW_TIME_DEVICE);
    CHECK(f.t_ns == INT64_C(396870000) && f.t_wrap_ns == INT64_C(4294967296000));
    CHECK_INT(f.t_arrival_ns, 0);

    /* the flag first_word makes the first two values no channel */
    line(64, fft64, false, classic, 1, 0, 0, 0, 0, 128, 1);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.kind[0] == AW_SUB_INVALID && f.kind[1] == AW_SUB_INVALID);
    CHECK_STR(f.chip, "esp32");
    /* another sender: the id is the receiver's own count */
    memcpy(strstr(text, "1a:"), "94", 2);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK_INT(f.seq, -1);
    vec_truncations(r, text, strlen(text));
}

static void esp_csi_he(void) {
    struct aw_frame f;
    const struct aw_reader *r = &aw_reader_esp_csi;
    static const char he[] = "CSI_DATA,3537,1a:00:00:00:00:00,-17,11,159,22,5,8,859517,47,0,%d,0";
    static const struct {
        unsigned pairs;
        bool (*live)(unsigned);
        int k0, mhz;
        const char *chip;
    } v[] = {
        {117, c5_ht40, -58, 40, "esp32-c5"},
        {57, c5_ht20, -28, 20, "esp32-c5"},
        {128, c6_ht40, -64, 40, "esp32-c6"},
    };
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        line(v[i].pairs, v[i].live, false, he, (int)v[i].pairs * 2);
        CHECK_INT(vec_line(r, text, &f), 1);
        CHECK_INT(f.k[0], v[i].k0);
        CHECK_INT(f.bandwidth_mhz, v[i].mhz);
        CHECK_STR(f.chip, v[i].chip);
        check_values(&f, v[i].live);
    }
    CHECK_NEAR(f.noise_dbm, -97, 0); /* printed unsigned */
    CHECK_NEAR(f.agc_db, 5 + 22 / 4.0, 0);
    CHECK_INT(f.channel, 8);
    CHECK(f.t_ns == INT64_C(859517000));

    /* 12-bit legacy field, decoded by the firmware: 52 words */
    line(26, all, false, he, 52);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.n_sub == 26 && f.k[0] == -26 && f.k[25] == 26);
    check_values(&f, all);
    /* and byte by byte: word m is low byte, then 4 bits; -2 = 0xFFE, 300 = 0x12C; 2 bytes spare */
    int at = sprintf(text, "%s,\"[",
                     "CSI_DATA,3537,1a:00:00:00:00:00,-17,11,159,22,5,8,859517,47,0,106,0");
    for (int i = 0; i < 26; i++) at += sprintf(text + at, "-2,15,44,1,");
    sprintf(text + at, "0,0]\"");
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK_INT(f.n_sub, 26);
    CHECK_NEAR(f.iq[0], 300, 0);
    CHECK_NEAR(f.iq[1], -2, 0);
    CHECK_NEAR(f.iq[51], -2, 0);
    vec_truncations(r, text, strlen(text));
    /* the same length with 8-bit values */
    line(53, all, false, he, 106);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK_INT(f.n_sub, 53);
}

/* A console_test line names its columns in the header; its list may be base64. */
static void esp_csi_header(void) {
    const struct aw_reader *r = &aw_reader_esp_csi;
    static const char header[] =
        "type,sequence,timestamp,taget_seq,taget,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,"
        "not_sounding,aggregation,stbc,fec_coding,sgi,noise_floor,ampdu_cnt,channel,"
        "secondary_channel,local_timestamp,ant,sig_len,rx_state,agc_gain,fft_gain,len,first_word,"
        "data\n";
    static const char columns[] =
        "CSI_DATA,7,1000,0,unknown,94:d9:b3:80:8c:81,-30,11,0,6,0,0,1,0,0,"
        "0,0,-93,0,13,2,2751923,0,67,0,40,8,128,0";
    struct aw_reader_state st = {{0}};
    struct aw_frame f = vec_frame();
    size_t consumed;
    CHECK(r->probe((const uint8_t *)header, strlen(header), false));
    CHECK_INT(vec_read(r, &st, (const uint8_t *)header, strlen(header), false, &f, &consumed), 0);
    line(64, ascending64, false, "%s", columns);
    CHECK_INT(vec_read(r, &st, (const uint8_t *)text, strlen(text), false, &f, &consumed), 1);
    CHECK_NEAR(f.agc_db, 42, 0);
    CHECK_INT(f.channel, 13);
    CHECK(f.tx == 0x94D9B3808C81 && f.t_ns == INT64_C(2751923000));
    check_values(&f, ascending64);

    /* base64 (RFC 4648) of 12 bytes 00 and 116 bytes 01 */
    int at = sprintf(text, "%s,AAAAAAAAAAAAAAAA", columns);
    for (int i = 0; i < 38; i++) at += sprintf(text + at, "AQEB");
    sprintf(text + at, "AQE=\n");
    CHECK_INT(vec_read(r, &st, (const uint8_t *)text, strlen(text), false, &f, &consumed), 1);
    CHECK_INT(f.n_sub, 64);
    CHECK(f.iq[0] == 0 && f.iq[11] == 0 && f.iq[12] == 1 && f.iq[127] == 1);
    vec_truncations(r, text, strlen(text));
}

/* The whole line inside a quoted column of another CSV, and among an ESP-IDF log. */
static void wrapped_and_log(void) {
    const struct aw_reader *r = &aw_reader_esp_csi;
    char list_text[2048], file[8192];
    list(list_text, 64, fft64, ',');
    int n =
        sprintf(file,
                "pc_timestamp,label,tag,note,raw_line\n"
                "1785234776.2885141,0,room2,empty f,\"CSI_DATA,5,1a:00:00:00:00:00,-48,11,0,0,0,"
                "1,1,0,0,0,0,-97,0,11,0,396870,0,47,1,128,0,\"\"[%s]\"\"\"\n",
                list_text);
    struct vec_counts c = vec_recording(r, (uint8_t *)file, (size_t)n);
    CHECK_INT(c.frames, 1);
    CHECK_INT(c.skipped, 1);
    CHECK(c.first.t_arrival_ns == INT64_C(1785234776288514100));
    CHECK(r->probe((uint8_t *)file, (size_t)n, true));

    n = sprintf(
        file,
        "rst:0x1 (POWERON_RESET),boot:0x13\r\n\x1b[0;32mI (30) boot: ESP-IDF v5.4\x1b[0m\r\n"
        "I (500) csi_recv: ================ CSI RECV ================\r\n"
        "type,id,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,"
        "stbc,fec_coding,sgi,noise_floor,ampdu_cnt,channel,secondary_channel,"
        "local_timestamp,ant,sig_len,rx_state,len,first_word,data\r\n"
        "CSI_DATA,5,1a:00:00:00:00:00,-48,11,0,0,0,1,1,0,0,0,0,-97,0,11,0,396870,0,47,1,"
        "128,0,\"[%s]\"\r\nW (800) wifi: something\r\n"
        "CSI_DATA,6,1a:00:00:00:00:00,-48,11,0,0,0,1,1,0,0,0,0,-97,0,11,0,4,0,47,1,"
        "128,0,\"[1,2,3",
        list_text);
    CHECK(r->probe((uint8_t *)file, (size_t)n, true));
    c = vec_recording(r, (uint8_t *)file, (size_t)n);
    CHECK_INT(c.frames, 1);
    CHECK_INT(c.skipped, 5);
    CHECK_INT(c.refused[-AW_ERR_TEXT], 1); /* the cut last line */
    vec_truncations(r, file, (size_t)n);
}

static const char tool_columns[] = "CSI_DATA,AP,3C:71:BF:6D:2A:78,-73,11,1,0,1,1,1,0,0,0,0,-93,0,1,"
                                   "%d,80272146,0,101,0,%d,%s,%d";

static void esp_tool(void) {
    const struct aw_reader *r = &aw_reader_esp_tool;
    struct aw_frame f;
    line(64, ascending64, true, tool_columns, 1, 0, "80.363225", 384);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.n_sub == 64 && f.k[0] == -64 && f.kind[6] == AW_SUB_DATA);
    CHECK_INT(f.bandwidth_mhz, 40); /* of the packet; the tool prints its legacy field only */
    CHECK(f.tx == 0x3C71BF6D2A78 && f.seq == -1 && f.channel == 1);
    CHECK(f.t_ns == INT64_C(80272146000) && f.t_arrival_ns == 0);
    check_values(&f, ascending64);
    CHECK(r->probe((const uint8_t *)text, strlen(text), true));
    CHECK(!aw_reader_esp_csi.probe((const uint8_t *)text, strlen(text), true));
    CHECK_INT(vec_line(&aw_reader_esp_csi, text, &f), AW_ERR_TEXT);
    vec_truncations(r, text, strlen(text));

    /* real_time_set: real_timestamp is Unix time */
    line(64, ascending64, true, tool_columns, 1, 1, "1607774756.965976", 384);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.t_arrival_ns == INT64_C(1607774756965976000));
    /* 25 columns in all: without len */
    line(64, fft64, true,
         "CSI_DATA,STA,3C:71:BF:6D:2A:78,-73,11,0,0,0,1,1,0,0,0,0,-93,0,1,0,5,0,101,0,0,80.3");
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.k[0] == 0 && f.t_ns == 5000);
    /* the header word of the ESP32 */
    line(64, ascending64, true, tool_columns, 1, 0, "80.3", 128);
    memcpy(strstr(text, "[0 0 0 0"), "[9 8 7 0", 8);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.kind[0] == AW_SUB_INVALID);
    CHECK_STR(f.chip, "esp32");

    /* header with a column of the host behind the list */
    struct aw_reader_state st = {{0}};
    size_t consumed;
    static const char header[] =
        "type,role,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,"
        "fec_coding,sgi,noise_floor,ampdu_cnt,channel,secondary_channel,local_timestamp,ant,sig_len,"
        "rx_state,real_time_set,real_timestamp,len,CSI_DATA,timestamp\n";
    f = vec_frame();
    CHECK(r->probe((const uint8_t *)header, strlen(header), false));
    CHECK(!aw_reader_esp_csi.probe((const uint8_t *)header, strlen(header), false));
    CHECK_INT(vec_read(r, &st, (const uint8_t *)header, strlen(header), false, &f, &consumed), 0);
    line(64, ascending64, true, tool_columns, 1, 0, "80.3", 384);
    sprintf(strchr(text, ']'), "],1607774756.5\n");
    CHECK_INT(vec_read(r, &st, (const uint8_t *)text, strlen(text), false, &f, &consumed), 1);
    CHECK(f.t_arrival_ns == INT64_C(1607774756500000000));
}

static void refusals(void) {
    struct aw_frame f;
    const struct aw_reader *r = &aw_reader_esp_csi;
    line(64, fft64, false, classic, 1, 0, 0, 0, 0, 130, 0);
    CHECK_INT(vec_line(r, text, &f), AW_ERR_LENGTH);
    line(63, fft64, false, classic, 1, 0, 0, 0, 0, 126, 0);
    CHECK_INT(vec_line(r, text, &f), AW_ERR_LAYOUT);
    line(64, fft64, false, classic, 1, 0, 0, 0, 3, 128, 0); /* secondary channel 3 */
    CHECK_INT(vec_line(r, text, &f), AW_ERR_RANGE);
    line(64, fft64, false, classic, 1, 0, 0, 0, 0, 128, 0);
    char *mac = strstr(text, "1a:");
    mac[2] = '-';
    CHECK_INT(vec_line(r, text, &f), AW_ERR_TEXT);
    line(64, fft64, false, classic, 1, 0, 0, 0, 0, 128, 0);
    *strstr(text, ",3,") = ';';
    CHECK_INT(vec_line(r, text, &f), AW_ERR_TEXT);
    CHECK_INT(vec_line(r, "CSI_DATA,1,2,3\n", &f), AW_ERR_TEXT);
    CHECK_INT(vec_line(r, "CSI_DATA,\n", &f), AW_ERR_TEXT);
    CHECK_INT(vec_line(r, "I (5) main: hello\n", &f), 0);
    CHECK_INT(vec_line(r, "\n", &f), 0);
    /* the frame has room for fewer values */
    line(64, fft64, false, classic, 1, 0, 0, 0, 0, 128, 0);
    struct aw_reader_state st = {{0}};
    struct aw_frame small = {.iq = vec_iq, .iq_cap = 63};
    size_t consumed;
    CHECK_INT(r->read(&st, (const uint8_t *)text, strlen(text), true, &small, &consumed),
              AW_ERR_TOO_MANY);
    /* a console lost bytes: many lines glued together, as in count-esp32 */
    int at = 0;
    for (int i = 0; i < 300; i++) at += sprintf(text + at, "CSI_DATA,STA,E0:8C:FE:5C:56:F1,-");
    sprintf(text + at, "72,[1 2 3 4]\n");
    CHECK_INT(vec_line(&aw_reader_esp_tool, text, &f), AW_ERR_TEXT);
}

int main(void) {
    esp_csi_classic();
    esp_csi_he();
    esp_csi_header();
    wrapped_and_log();
    esp_tool();
    refusals();
    return test_end();
}
