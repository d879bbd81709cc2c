#include "server/pcap_writer.h"

#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { IP_HEADER = 20, UDP_HEADER = 8, MAX_PAYLOAD = 65507, LOOPBACK = 0x7F000001 };

static int failed(struct aw_pcap_writer *w, struct aw_why *why) {
    int reason = errno;
    if (!w->failed)
        snprintf(why->text, sizeof why->text, "%s: %s; the %llu packets before are safe", w->path,
                 reason ? strerror(reason) : "cannot be written", (unsigned long long)w->packets);
    w->failed = true;
    return AW_ERR_IO;
}

int aw_pcap_writer_open(struct aw_pcap_writer *w, const char *path, struct aw_why *why) {
    *w = (struct aw_pcap_writer){0};
    snprintf(w->path, sizeof w->path, "%s", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!file) {
        snprintf(why->text, sizeof why->text, "%s: %s", path,
                 errno == EEXIST ? "exists already; it is not overwritten" : strerror(errno));
        if (fd >= 0) close(fd);
        return AW_ERR_IO;
    }
    w->dead = pcap_open_dead_with_tstamp_precision(DLT_RAW, 65535, PCAP_TSTAMP_PRECISION_NANO);
    if (w->dead) w->out = pcap_dump_fopen(w->dead, file);
    if (!w->out) {
        snprintf(why->text, sizeof why->text, "%s: %s", path,
                 w->dead ? pcap_geterr(w->dead) : "out of memory");
        if (w->dead) pcap_close(w->dead);
        fclose(file);
        return AW_ERR_IO;
    }
    return AW_OK;
}

static void put16(uint8_t *p, size_t v) {
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v) {
    put16(p, v >> 16);
    put16(p + 2, v & 0xFFFF);
}

/* RFC 791 header without options; RFC 1071 checksum. */
static void put_ip_header(uint8_t *h, uint32_t from, size_t payload) {
    memset(h, 0, IP_HEADER);
    h[0] = 0x45;
    put16(h + 2, IP_HEADER + UDP_HEADER + payload);
    h[8] = 64;
    h[9] = 17;
    put32(h + 12, from);
    put32(h + 16, LOOPBACK);
    uint32_t sum = 0;
    for (int i = 0; i < IP_HEADER; i += 2) sum += (uint32_t)(h[i] << 8 | h[i + 1]);
    while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
    put16(h + 10, ~sum & 0xFFFF);
}

int aw_pcap_writer_push(struct aw_pcap_writer *w, int64_t t_ns, uint32_t ip, uint16_t src_port,
                        uint16_t dst_port, const uint8_t *data, size_t len, struct aw_why *why) {
    if (len > MAX_PAYLOAD) return AW_ERR_LENGTH;
    if (w->failed) {
        w->lost++;
        return AW_ERR_IO;
    }
    uint8_t packet[IP_HEADER + UDP_HEADER + MAX_PAYLOAD];
    put_ip_header(packet, ip, len);
    put16(packet + IP_HEADER, src_port);
    put16(packet + IP_HEADER + 2, dst_port);
    put16(packet + IP_HEADER + 4, UDP_HEADER + len);
    put16(packet + IP_HEADER + 6, 0); /* no checksum, RFC 768 */
    memcpy(packet + IP_HEADER + UDP_HEADER, data, len);
    struct pcap_pkthdr h = {.caplen = (bpf_u_int32)(IP_HEADER + UDP_HEADER + len)};
    h.len = h.caplen;
    h.ts.tv_sec = t_ns / AW_S;
    h.ts.tv_usec = t_ns % AW_S; /* ns: the precision the file declares */
    errno = 0;
    pcap_dump((u_char *)w->out, &h, packet);
    if (ferror(pcap_dump_file(w->out))) {
        w->lost++;
        return failed(w, why);
    }
    w->packets++;
    w->bytes += h.caplen + 16;
    return AW_OK;
}

int aw_pcap_writer_flush(struct aw_pcap_writer *w, struct aw_why *why) {
    errno = 0;
    if (w->failed) return AW_ERR_IO;
    return pcap_dump_flush(w->out) == 0 ? AW_OK : failed(w, why);
}

int aw_pcap_writer_close(struct aw_pcap_writer *w, struct aw_why *why) {
    int err = aw_pcap_writer_flush(w, why);
    pcap_dump_close(w->out);
    pcap_close(w->dead);
    w->out = NULL;
    w->dead = NULL;
    return err;
}
