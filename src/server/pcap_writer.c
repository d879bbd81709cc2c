#include "server/pcap_writer.h"

#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    IP_HEADER = 20,
    UDP_HEADER = 8,
    MAX_PAYLOAD = 65507,
    LOOPBACK = 0x7F000001,
    FILE_HEADER = 24
};

static int failed(struct aw_pcap_writer *w, struct aw_why *why) {
    int reason = errno;
    if (!w->failed) {
        w->lost += w->packets - w->safe_packets;
        w->packets = w->safe_packets;
        w->bytes = w->safe_bytes;
        snprintf(why->text, sizeof why->text, "%s: %s; what was written before is safe", w->path,
                 reason ? strerror(reason) : "cannot be written");
    }
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
    int err = aw_pcap_writer_flush(w, why); /* a full disk is known now */
    if (err != AW_OK) {
        pcap_dump_close(w->out);
        pcap_close(w->dead);
        unlink(path);
    }
    return err;
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
    if (pcap_dump_flush(w->out) != 0) return failed(w, why);
    w->safe_packets = w->packets;
    w->safe_bytes = w->bytes;
    return AW_OK;
}

/* Cuts off the piece of a packet that still found room, and counts the whole ones: what went to the
 * system since the last flush is kept, too. */
static void keep_whole(struct aw_pcap_writer *w) {
    struct stat st;
    uint32_t h[4]; /* seconds, ns, length here, length */
    int fd = open(w->path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) return;
    off_t at = FILE_HEADER + (off_t)w->safe_bytes;
    while (pread(fd, h, sizeof h, at) == sizeof h && at + (off_t)sizeof h + h[2] <= st.st_size) {
        at += (off_t)sizeof h + h[2];
        w->packets++;
        w->lost--;
        w->bytes += sizeof h + h[2];
    }
    if (ftruncate(fd, at) != 0) w->lost++; /* a reader says that its end is cut */
    close(fd);
}

int aw_pcap_writer_close(struct aw_pcap_writer *w, struct aw_why *why) {
    int err = aw_pcap_writer_flush(w, why);
    pcap_dump_close(w->out);
    pcap_close(w->dead);
    w->out = NULL;
    w->dead = NULL;
    if (w->failed) keep_whole(w);
    return err;
}
