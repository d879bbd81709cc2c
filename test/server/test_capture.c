/* Recordings on disk: what the writer writes is read back, at every truncation, compressed or not,
 * and what is none of our files is refused with a sentence. */
#include "base/units.h"
#include "server/capture.h"
#include "server/pcap_writer.h"
#include "server/udp_payload.h"
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

static char dir[] = "/tmp/airwake-test-XXXXXX";

static const char *path(const char *name) {
    static char full[512];
    snprintf(full, sizeof full, "%s/%s", dir, name);
    return full;
}

static void write_file(const char *name, const void *data, size_t len) {
    FILE *f = fopen(path(name), "wb");
    CHECK(f && fwrite(data, 1, len, f) == len && fclose(f) == 0);
}

static size_t read_file(const char *name, uint8_t *data, size_t cap) {
    FILE *f = fopen(path(name), "rb");
    CHECK(f != NULL);
    if (!f) return 0;
    size_t n = fread(data, 1, cap, f);
    fclose(f);
    return n;
}

/* Number of datagrams read, and whether their content is right; -1 when it cannot be opened. */
static int count(const char *name, struct aw_why *why) {
    struct aw_capture c;
    int n = 0;
    if (aw_capture_open(&c, path(name), why) != AW_OK) return -1;
    for (int got; (got = aw_capture_next(&c)) != AW_CAPTURE_END;) {
        if (!c.datagram) continue;
        CHECK_INT(c.datagram_len, (size_t)n);
        CHECK_INT(c.datagram_t_ns, 1700000000 * AW_S + n);
        CHECK_INT(c.datagram_ip, 0xC0A80102);
        CHECK_INT(c.datagram_port, 5005);
        for (size_t i = 0; i < c.datagram_len; i++) CHECK_INT(c.datagram[i], (uint8_t)(n + (int)i));
        n++;
    }
    aw_capture_close(&c);
    return n;
}

static void write_pcap(const char *name, int packets) {
    struct aw_pcap_writer w;
    struct aw_why why;
    uint8_t data[256];
    CHECK_INT(aw_pcap_writer_open(&w, path(name), &why), AW_OK);
    for (int n = 0; n < packets; n++) {
        for (int i = 0; i < n; i++) data[i] = (uint8_t)(n + i);
        CHECK_INT(aw_pcap_writer_push(&w, 1700000000 * AW_S + n, 0xC0A80102, 4000, 5005, data,
                                      (size_t)n, &why),
                  AW_OK);
    }
    CHECK_INT(aw_pcap_writer_close(&w, &why), AW_OK);
    CHECK_INT(w.packets, packets);
    CHECK_INT(aw_pcap_writer_open(&w, path(name), &why), AW_ERR_IO); /* never overwrites */
    CHECK(strstr(why.text, "exists already") != NULL);
}

static void truncations(void) {
    static uint8_t bytes[65536];
    struct aw_why why;
    write_pcap("whole.pcap", 8);
    CHECK_INT(count("whole.pcap", &why), 8);
    size_t len = read_file("whole.pcap", bytes, sizeof bytes);
    int most = 0;
    for (size_t n = 0; n < len; n++) {
        write_file("cut.pcap", bytes, n);
        int got = count("cut.pcap", &why);
        if (n < 24) {
            CHECK_INT(got, -1);
            CHECK(strlen(why.text) > 10);
        } else {
            CHECK(got >= most && got <= 8); /* never fewer with more bytes */
            most = got;
        }
    }
    CHECK_INT(most, 7);
}

static void compressed(void) {
    static uint8_t bytes[65536], small[65536];
    struct aw_why why;
    size_t len = read_file("whole.pcap", bytes, sizeof bytes);

    gzFile gz = gzopen(path("whole.pcap.gz"), "wb");
    CHECK(gz && gzwrite(gz, bytes, (unsigned)len) == (int)len && gzclose(gz) == Z_OK);
    CHECK_INT(count("whole.pcap.gz", &why), 8);

    size_t n = ZSTD_compress(small, sizeof small, bytes, len, 3);
    CHECK(!ZSTD_isError(n));
    write_file("whole.bin", small, n); /* the name says nothing */
    CHECK_INT(count("whole.bin", &why), 8);
    write_file("cut.zst", small, n / 2);
    CHECK(count("cut.zst", &why) < 8);
    CHECK(strlen(why.text) > 10);
    small[n / 2] ^= 0xFF;
    write_file("bad.zst", small, n);
    CHECK(count("bad.zst", &why) < 8);
    n = read_file("whole.pcap.gz", small, sizeof small);
    memset(small + 20, 0xFF, n - 20);
    write_file("bad.gz", small, n);
    CHECK_INT(count("bad.gz", &why), -1);
    CHECK(strstr(why.text, "damaged") != NULL);
    memcpy(small, "PK\x03\x04", 4);
    write_file("bad.npz", small, 4096);
    CHECK_INT(count("bad.npz", &why), -1);
    CHECK(strstr(why.text, "zip") != NULL);
}

static void wrong(void) {
    struct aw_why why;
    CHECK_INT(count("nowhere", &why), -1);
    CHECK(strstr(why.text, "No such file") != NULL);
    write_file("empty", "", 0);
    CHECK_INT(count("empty", &why), -1);
    CHECK(strstr(why.text, "empty") != NULL);
    write_file("text", "Dear Sir or Madam, this is a letter.\n", 37);
    CHECK_INT(count("text", &why), -1);
    CHECK(strstr(why.text, "Dear Sir") != NULL);
    write_file("binary",
               "\x7F"
               "ELF\x02\x01\x01\x00\x00\x00",
               10);
    CHECK_INT(count("binary", &why), -1);
    CHECK(strstr(why.text, "7f 45 4c 46") != NULL);
    CHECK_INT(count(".", &why), -1);
    CHECK(strstr(why.text, "not a file") != NULL);
}

/* The link layers a capture may have, each around the same UDP datagram. */
static void link_types(void) {
    static const uint8_t ip[] = {0x45, 0,    0, 31, 0, 0,  0,   0,   64, 17,   0,
                                 0,    10,   0, 0,  1, 10, 0,   0,   2,  0x13, 0x8D,
                                 0x13, 0x8E, 0, 11, 0, 0,  'a', 'b', 'c'};
    static const struct {
        int dlt;
        size_t head_len;
        uint8_t head[24];
    } cases[] = {
        {DLT_EN10MB, 14, {[12] = 0x08, [13] = 0x00}},
        {DLT_EN10MB, 18, {[12] = 0x81, [13] = 0x00, [16] = 0x08, [17] = 0x00}},
        {DLT_RAW, 0, {0}},
        {DLT_LINUX_SLL, 16, {[14] = 0x08, [15] = 0x00}},
        {DLT_LINUX_SLL2, 20, {[0] = 0x08, [1] = 0x00}},
        {DLT_NULL, 4, {2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t packet[64];
        struct aw_udp_payload out;
        size_t len = cases[i].head_len + sizeof ip;
        memcpy(packet, cases[i].head, cases[i].head_len);
        memcpy(packet + cases[i].head_len, ip, sizeof ip);
        CHECK_INT(aw_udp_payload_find(cases[i].dlt, packet, len, &out), AW_OK);
        CHECK(out.len == 3 && memcmp(out.data, "abc", 3) == 0);
        CHECK(out.ip == 0x0A000001 && out.src_port == 5005 && out.dst_port == 5006);
        CHECK(out.origin == aw_origin_of((uint8_t[]){10, 0, 0, 1}, 4));
        for (size_t n = 0; n < len; n++)
            CHECK(aw_udp_payload_find(cases[i].dlt, packet, n, &out) < 0);
        packet[cases[i].head_len + 9] = 6; /* TCP */
        CHECK_INT(aw_udp_payload_find(cases[i].dlt, packet, len, &out), AW_ERR_UNSUPPORTED);
    }
    struct aw_udp_payload out;
    CHECK_INT(aw_udp_payload_find(9999, ip, sizeof ip, &out), AW_ERR_UNSUPPORTED);
}

/* A disk that is full, by a limit on file size: what was written before stays readable. */
static void full_disk(void) {
    struct rlimit old, small = {4096, 4096};
    struct aw_pcap_writer w;
    struct aw_why why = {""};
    uint8_t data[1000] = {0};
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    CHECK_INT(aw_pcap_writer_open(&w, path("full.pcap"), &why), AW_OK);
    setrlimit(RLIMIT_FSIZE, &small);
    int err = AW_OK;
    for (int i = 0; i < 100 && !err; i++) {
        err = aw_pcap_writer_push(&w, i, 1, 1, 1, data, sizeof data, &why);
        if (!err) err = aw_pcap_writer_flush(&w, &why);
    }
    CHECK_INT(err, AW_ERR_IO);
    CHECK(strstr(why.text, "is safe") != NULL);
    CHECK_INT(aw_pcap_writer_push(&w, 1, 1, 1, 1, data, 1, &why), AW_ERR_IO);
    CHECK(w.lost > 0);
    CHECK_INT(aw_pcap_writer_close(&w, &why), AW_ERR_IO);
    CHECK_INT(w.packets, 3);
    setrlimit(RLIMIT_FSIZE, &old);

    struct aw_capture c;
    int whole = 0;
    CHECK_INT(aw_capture_open(&c, path("full.pcap"), &why), AW_OK);
    while (aw_capture_next(&c) != AW_CAPTURE_END) whole += c.datagram != NULL;
    CHECK_INT(whole, 3); /* 3 x (16 + 28 + 1000) + 24 bytes fit into 4096 */
    aw_capture_close(&c);
}

int main(void) {
    CHECK(mkdtemp(dir) != NULL);
    truncations();
    compressed();
    wrong();
    link_types();
    full_disk();
    char clean[600];
    snprintf(clean, sizeof clean, "rm -r %s", dir);
    CHECK_INT(system(clean), 0);
    return test_end();
}
