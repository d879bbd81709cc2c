/* Line formats of ESP32 studies: esp_lines, esp_study, esp_ampl, esp_log, ruview_jsonl, esp_json.
 * Vectors are built here after the layouts drawn in those files. */
#include "vectors.h"

extern const struct aw_reader aw_reader_esp_lines, aw_reader_esp_study, aw_reader_esp_ampl,
    aw_reader_esp_log, aw_reader_ruview_jsonl, aw_reader_esp_json;

static char text[65536];

/* Value i of 128: header word, then -1, 2, -3, ... with the guard band of the legacy field. */
static int stored(int i) {
    static const int head[4] = {83, -80, 4, 0};
    if (i < 4) return head[i];
    if (i >= 54 && i < 76) return 0;
    return i % 2 ? i % 9 : -(i % 9);
}

/* One line of breathing-esp32; tens says at which values the chip had a 10, which the text layer
 * writes as 13,10, pushing the rest out behind 128. */
static int lines_line(char *at, long long t_ms, const int *tens, int n_tens) {
    int n = sprintf(at, "%lld", t_ms), values = 0;
    for (int i = 0; values < 128; i++) {
        bool ten = false;
        for (int k = 0; k < n_tens; k++) ten |= tens[k] == i;
        if (ten && values < 127) {
            n += sprintf(at + n, ",13");
            values++;
        }
        n += sprintf(at + n, ",%d", ten ? 10 : stored(i));
        values++;
    }
    return n + sprintf(at + n, "\r\n");
}

static void lines(void) {
    const struct aw_reader *r = &aw_reader_esp_lines;
    struct aw_frame f;
    lines_line(text, 1720468713469, NULL, 0);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.t_ns == INT64_C(1720468713469000000) && f.t_kind == AW_TIME_HOST);
    CHECK(f.n_sub == 64 && f.flags == 0);
    CHECK_STR(f.chip, "esp32");
    for (int i = 4; i < 128; i++) CHECK_NEAR(f.iq[i ^ 1], stored(i), 0);
    CHECK(f.kind[1] == AW_SUB_INVALID && f.kind[2] == AW_SUB_DATA);
    CHECK(f.kind[53] == AW_SUB_DATA && f.kind[54] == AW_SUB_INVALID);
    CHECK(r->probe((uint8_t *)text, strlen(text), true));
    vec_truncations(r, text, strlen(text));

    const int tens[20] = {5,  6,  7,  20, 33, 34, 40, 41, 50, 80,
                          81, 82, 83, 84, 90, 91, 92, 93, 94, 95};
    for (int n = 1; n <= 20; n++) {
        lines_line(text, 1720468713469, tens, n);
        CHECK_INT(vec_line(r, text, &f), 1);
        CHECK_INT(f.flags, AW_FRAME_REPAIRED);
        for (int i = 4; i < 108; i++) {
            bool ten = false;
            for (int k = 0; k < n; k++) ten |= tens[k] == i;
            CHECK_NEAR(f.iq[i ^ 1], ten ? 10 : stored(i), 0);
        }
        vec_truncations(r, text, strlen(text));
    }
    int many[22];
    for (int i = 0; i < 22; i++) many[i] = 4 + i;
    lines_line(text, 1720468713469, many, 21); /* pushes value 107 out */
    CHECK_INT(vec_line(r, text, &f), AW_ERR_LENGTH);
    /* a true 13 before a 10 arrives as 13,13,10: values 4 and 5 */
    lines_line(text, 1720468713469, (int[]){5}, 1);
    char *four = strstr(text, ",83,-80,4,0,") + strlen(",83,-80,4,0,");
    char rest[2048];
    strcpy(rest, strchr(four, ','));
    sprintf(four, "13%s", rest);
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.iq[5] == 13 && f.iq[4] == 10);
    /* a 10 that the layer left alone is not its work */
    sprintf(four, "10%s", rest);
    CHECK_INT(vec_line(r, text, &f), AW_ERR_TEXT);

    lines_line(text, 1720468713469, NULL, 0);
    memcpy(strstr(text, ",0,0,0,0"), ",0,1,0,0",
           8); /* energy at the edge of the guard band: fine */
    CHECK_INT(vec_line(r, text, &f), 1);
    memcpy(strstr(text, ",0,0,0,0,0,0"), ",0,0,0,0,0,7", 12); /* inside it: shifted */
    CHECK_INT(vec_line(r, text, &f), AW_ERR_RANGE);
    lines_line(text, 1720468713469, NULL, 0);
    *strstr(text, "\r") = 0;
    strcat(text, ",5\n");
    CHECK_INT(vec_line(r, text, &f), AW_ERR_LENGTH);
    lines_line(text, 169, NULL, 0);
    CHECK_INT(vec_line(r, text, &f), AW_ERR_TIME);
    CHECK(!r->probe((uint8_t *)text, strlen(text), true));
    CHECK_INT(vec_line(r, "1720468713469,1,2,3\n", &f), AW_ERR_LENGTH);
    CHECK_INT(vec_line(r, "\n", &f), 0);
}

/* ascending: nulls at 0..5, 32, 59..63 */
static int ascending(int i) {
    int bin = i / 2;
    return bin < 6 || bin > 58 || bin == 32 ? 0 : i % 2 ? 7 : -bin;
}

static void study(void) {
    const struct aw_reader *r = &aw_reader_esp_study;
    static const char header[] =
        "pc_time,idx,rssi,rate,sig_mode,mcs,bw,noise_floor,channel,local_us,n,csi\n";
    struct aw_frame f;
    int n = sprintf(text, "%s1782952339.989632,34877,-57,11,1,6,1,-90,1,353952537,128,", header);
    for (int i = 0; i < 128; i++) n += sprintf(text + n, "%s%d", i ? " " : "", ascending(i));
    sprintf(text + n, "\n");
    CHECK(r->probe((uint8_t *)text, strlen(text), false));
    struct vec_counts c = vec_recording(r, (uint8_t *)text, strlen(text));
    CHECK(c.frames == 1 && c.skipped == 1);
    CHECK(c.first.t_ns == INT64_C(353952537000) && c.first.t_wrap_ns == INT64_C(4294967296000));
    CHECK(c.first.t_arrival_ns == INT64_C(1782952339989632000));
    CHECK(c.first.channel == 1 && c.first.bandwidth_mhz == 40 && c.first.k[0] == -32);
    CHECK_NEAR(c.first.rssi_dbm[0], -57, 0);
    CHECK_NEAR(c.first.noise_dbm, -90, 0);
    for (int i = 0; i < 128; i++) CHECK_NEAR(c.first_iq[i ^ 1], ascending(i), 0);
    vec_truncations(r, text, strlen(text));
    memcpy(strstr(text, ",128,"), ",126,", 5);
    CHECK_INT(vec_line(r, text + strlen(header), &f), AW_ERR_LENGTH);
    CHECK_INT(vec_line(r, "1,2,3\n", &f), AW_ERR_TEXT);
}

static int amplitude(int i) {
    int bin = i % 64;
    return bin == 0 || (bin >= (i < 64 ? 27 : 29) && bin <= (i < 64 ? 37 : 35)) ? 0 : 10 + i;
}

static void amplitudes(void) {
    const struct aw_reader *r = &aw_reader_esp_ampl;
    struct aw_frame f;
    int n = sprintf(text, "session_id,host_unix_us,timestamp_us,label,esp_label,settling,rssi,"
                          "num_subcarriers");
    for (int i = 0; i < 128; i++) n += sprintf(text + n, ",amp_%d", i);
    n += sprintf(text + n, "\n");
    int header = n;
    n += sprintf(text + n, "20260726_165845_e1ec34,1785081525663430,824514904,0,0,1,-49,128");
    for (int i = 0; i < 128; i++) n += sprintf(text + n, ",%d", amplitude(i));
    sprintf(text + n, "\r\n");
    CHECK(r->probe((uint8_t *)text, strlen(text), false));
    struct vec_counts c = vec_recording(r, (uint8_t *)text, strlen(text));
    CHECK(c.frames == 1 && c.skipped == 1);
    CHECK_INT(c.first.flags, AW_FRAME_AMPLITUDE_ONLY);
    CHECK(c.first.t_ns == INT64_C(824514904000));
    CHECK(c.first.t_arrival_ns == INT64_C(1785081525663430000));
    CHECK_NEAR(c.first.rssi_dbm[0], -49, 0);
    CHECK_INT(c.first.n_sub, 128);
    CHECK_INT(c.first.kind[64 + 28], AW_SUB_DATA | AW_LTF_HT);
    for (int i = 0; i < 128; i++) {
        CHECK_NEAR(c.first_iq[2 * i], amplitude(i), 0);
        CHECK_NEAR(c.first_iq[2 * i + 1], 0, 0); /* no phase invented */
    }
    vec_truncations(r, text + header, strlen(text + header));
    char *row = text + header;
    memcpy(strstr(row, ",-49,128"), ",-49,127", 8);
    CHECK_INT(vec_line(r, row, &f), AW_ERR_LENGTH);
    memcpy(strstr(row, ",-49,127"), ",-49,128", 8);
    memcpy(strstr(row, ",11,"), ",-1,", 4);
    CHECK_INT(vec_line(r, row, &f), AW_ERR_RANGE);
}

static void log_file(void) {
    const struct aw_reader *r = &aw_reader_esp_log;
    struct aw_frame f;
    int n = sprintf(text, "MONITOR\nets Jun  8 2016 00:22:57\r\nI (212) wifi: ic_enable_sniffer\r\n"
                          "0.066534200000000\r\n");
    for (int i = 0; i < 256; i++) { /* pair p is subcarrier p + 2 of two blocks of 64 */
        int p = i / 2 + 2, bin = p % 64;
        bool null = bin == 0 || (p < 64 ? bin >= 27 && bin <= 37 : bin >= 29 && bin <= 35);
        n += sprintf(text + n, "%d\t", null ? 0 : i % 2 ? 5 : -p % 100);
    }
    n += sprintf(text + n, "\r\n-3\t4\t\r\n");
    CHECK(r->probe((uint8_t *)text, (size_t)n, true));
    struct vec_counts c = vec_recording(r, (uint8_t *)text, (size_t)n);
    CHECK(c.frames == 1 && c.skipped == 4);
    CHECK_INT(c.refused[-AW_ERR_TIME], 1); /* the list without a time */
    CHECK(c.first.t_ns == 66534200 && c.first.t_kind == AW_TIME_DEVICE);
    CHECK(c.first.n_sub == 128 && c.first.k[0] == 2);
    CHECK_NEAR(c.first_iq[0], 5, 0);
    CHECK_NEAR(c.first_iq[1], -2, 0);
    CHECK_INT(c.first.kind[127], AW_SUB_INVALID | AW_LTF_HT);
    vec_truncations(r, text, (size_t)n);
    CHECK(!r->probe((const uint8_t *)"I (1) a: b\n1.5\n1\t2\n", 19, true));
    CHECK_INT(vec_line(r, "1\t2\n", &f), AW_ERR_TIME);
}

static void jsonl(void) {
    const struct aw_reader *r = &aw_reader_ruview_jsonl;
    struct aw_frame f;
    int n = sprintf(text, "{\"timestamp\": 1775182186.9577758, \"node_id\": 2, \"magic\": "
                          "\"0xC5110001\", \"size\": 148, \"rssi\": 1, \"type\": \"raw_csi\", "
                          "\"iq_hex\": \"");
    for (int i = 0; i < 128; i++) {
        int bin = i / 2;
        int v = bin == 0 || (bin >= 27 && bin <= 37) ? 0 : i % 2 ? 3 : -bin;
        n += sprintf(text + n, "%02x", v & 0xFF);
    }
    sprintf(text + n, "\", \"subcarriers\": 64}\n");
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.t_ns == INT64_C(1775182186957775800) && f.t_kind == AW_TIME_HOST);
    CHECK(f.node == 2 && f.n_sub == 64 && f.seq == -1 && f.channel == 0);
    CHECK(isnan(f.rssi_dbm[0]) && isnan(f.noise_dbm)); /* 1 is the number of antennas */
    CHECK_NEAR(f.iq[2], 3, 0);
    CHECK_NEAR(f.iq[3], -1, 0);
    CHECK(r->probe((uint8_t *)text, strlen(text), true));
    CHECK(!aw_reader_esp_json.probe((uint8_t *)text, strlen(text), true));
    vec_truncations(r, text, strlen(text));
    memcpy(strstr(text, ": 64}"), ": 63}", 5);
    CHECK_INT(vec_line(r, text, &f), AW_ERR_LENGTH);

    n = sprintf(text, "{\"timestamp\":1772470567.5,\"subcarriers\":[");
    for (int i = 0; i < 56; i++)
        n += sprintf(text + n, "%s%.1f", i ? "," : "",
                     i == 0 || (i >= 27 && i <= 37) ? 0.0 : 10 + i * 0.5);
    sprintf(text + n, "],\"rssi\":0.0,\"noise_floor\":0.0,\"features\":{\"variance\":1.0}}\n");
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.flags == AW_FRAME_AMPLITUDE_ONLY && f.n_sub == 56 && f.k[55] == -9);
    CHECK_NEAR(f.iq[2], 10.5, 1e-6);
    CHECK_NEAR(f.iq[3], 0, 0);
    CHECK(isnan(f.rssi_dbm[0]) && isnan(f.noise_dbm));
    CHECK(r->probe((uint8_t *)text, strlen(text), true));
    vec_truncations(r, text, strlen(text));
    memcpy(strstr(text, ",0.0,0.0"), ",0.0,1.0", 8); /* no guard band: who knows what these are */
    CHECK_INT(vec_line(r, text, &f), AW_ERR_LAYOUT);

    CHECK_INT(vec_line(r,
                       "{\"timestamp\": 1.5, \"node_id\": 2, \"magic\": \"0xC5110002\", "
                       "\"type\": \"vitals\", \"rssi\": -19}\n",
                       &f),
              0);
    CHECK_INT(vec_line(r, "{\"a\": 1}\n", &f), AW_ERR_MAGIC);
    CHECK_INT(vec_line(r, "{\"a\": 1\n", &f), AW_ERR_TEXT);
    CHECK_INT(
        vec_line(r, "{\"type\":\"raw_csi\",\"timestamp\":1.5,\"ts_ns\":5,\"iq_hex\":\"00\"}\n", &f),
        AW_ERR_UNSUPPORTED);
}

static void json(void) {
    const struct aw_reader *r = &aw_reader_esp_json;
    struct aw_frame f;
    /* 12 bytes 00, 116 bytes 01 (see test_esp_console.c); HT40: 256 bytes of 00 but for the first
     * four, which are 01 02 03 04 ("AQIDBA" + 336 A's and padding is 256 bytes) */
    int n = sprintf(text,
                    "{\"mac\": \"7c:df:a1:08:e3:b2\",\"len\": 384,\"first_word_invalid\": false,"
                    "\"rssi\": -74,\"sig_mode\": 1,\"cwb\": 1,\"stbc\": 0,\"noise_floor\": -23.25,"
                    "\"channel\": 8,\"secondary_channel\": 2,\"timestamp\": 2179.337159,"
                    "\"lltf\": {\"csi\":\"AAAAAAAAAAAAAAAA");
    for (int i = 0; i < 38; i++) n += sprintf(text + n, "AQEB");
    n += sprintf(text + n, "AQE=\",\"sc_ind_start\": 0},\"ht_ltf\": {\"csi\":\"AQIDBA");
    for (int i = 0; i < 336; i++) text[n++] = 'A';
    sprintf(text + n,
            "==\",\"sc_ind_start\": -64},\"stbc_ht_ltf\": {\"csi\":\"\",\"sc_ind_start\": 0}}\n");
    CHECK_INT(vec_line(r, text, &f), 1);
    CHECK(f.tx == 0x7CDFA108E3B2 && f.channel == 8 && f.bandwidth_mhz == 40 && f.n_sub == 192);
    CHECK(f.t_ns == INT64_C(2179337159000) && f.t_wrap_ns == INT64_C(4294967296000));
    CHECK_NEAR(f.rssi_dbm[0], -74, 0);
    CHECK_NEAR(f.noise_dbm, -93, 1e-5); /* 4 x -23.25 */
    CHECK(f.k[0] == 0 && f.k[63] == 63 && f.k[64] == -64 && f.k[191] == 63);
    CHECK_INT(f.kind[64 + 6], AW_SUB_DATA | AW_LTF_HT); /* -58 */
    CHECK(f.iq[12] == 1 && f.iq[11] == 0);
    CHECK(f.iq[128] == 2 && f.iq[129] == 1 && f.iq[130] == 4 && f.iq[131] == 3);
    CHECK(r->probe((uint8_t *)text, strlen(text), true));
    CHECK(!aw_reader_ruview_jsonl.probe((uint8_t *)text, strlen(text), true));
    vec_truncations(r, text, strlen(text));
    memcpy(strstr(text, "\"len\": 384"), "\"len\": 383", 10);
    CHECK_INT(vec_line(r, text, &f), AW_ERR_LENGTH);
    memcpy(strstr(text, "\"len\": 383"), "\"len\": 384", 10);
    memcpy(strstr(text, ": -64}"), ": -63}", 6);
    CHECK_INT(vec_line(r, text, &f), AW_ERR_LAYOUT);
    CHECK_INT(vec_line(r, "{\"mac\": \"7c:df:a1:08:e3:b2\"}\n", &f), AW_ERR_MAGIC);
}

int main(void) {
    lines();
    study();
    amplitudes();
    log_file();
    jsonl();
    json();
    return test_end();
}
