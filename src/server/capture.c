#include "server/capture.h"

#include "base/frame.h"
#include "base/units.h"
#include "server/signed.h"
#include "server/udp_payload.h"
#include "sim/marker.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBE_BYTES = 64 * 1024 };

/* pcap in both byte orders with us and ns stamps, modified pcap, pcapng's section header. */
static bool is_pcap(const uint8_t *p, size_t len) {
    static const uint32_t magics[] = {0xA1B2C3D4, 0xD4C3B2A1, 0xA1B23C4D,
                                      0x4D3CB2A1, 0xA1B2CD34, 0x0A0D0D0A};
    uint32_t magic;
    if (len < 24) return false;
    memcpy(&magic, p, 4);
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (magic == magics[i]) return true;
    return false;
}

static int open_pcap(struct aw_capture *c, struct aw_why *why, const char *path) {
    char problem[PCAP_ERRBUF_SIZE] = "";
    /* fmemopen() for reading does not write to the buffer. */
    c->pcap_file = fmemopen((void *)(uintptr_t)c->bytes.data, c->bytes.len, "rb");
    if (c->pcap_file)
        c->pcap = pcap_fopen_offline_with_tstamp_precision(c->pcap_file, PCAP_TSTAMP_PRECISION_NANO,
                                                           problem);
    if (!c->pcap) {
        if (c->pcap_file) fclose(c->pcap_file);
        c->pcap_file = NULL;
        snprintf(why->text, sizeof why->text, "%s: a pcap that cannot be read: %s", path,
                 problem[0] ? problem : strerror(errno));
        return AW_ERR_UNSUPPORTED;
    }
    c->pcap_file = NULL; /* pcap_close() closes it */
    c->dlt = pcap_datalink(c->pcap);
    return AW_OK;
}

static void describe_unknown(struct aw_why *why, const char *path, const struct aw_bytes *b) {
    char head[49];
    size_t n = b->len < 48 ? b->len : 48, printable = 0;
    for (size_t i = 0; i < n; i++) {
        head[i] = isprint(b->data[i]) ? (char)b->data[i] : '.';
        printable += head[i] == (char)b->data[i];
    }
    head[n] = '\0';
    if (printable * 10 >= n * 8)
        snprintf(why->text, sizeof why->text,
                 "%s: text that is none of the known CSI formats; it begins \"%s\"", path, head);
    else
        snprintf(why->text, sizeof why->text,
                 "%s: none of the known CSI formats; it begins with the bytes %02x %02x %02x %02x",
                 path, b->data[0], n > 1 ? b->data[1] : 0, n > 2 ? b->data[2] : 0,
                 n > 3 ? b->data[3] : 0);
}

int aw_capture_open(struct aw_capture *c, const char *path, struct aw_why *why) {
    *c = (struct aw_capture){0};
    int err = aw_unpack_open(&c->bytes, path, why);
    if (err != AW_OK) return err;
    c->iq = malloc(sizeof *c->iq * 2 * AW_MAX_CSI);
    if (!c->iq) {
        snprintf(why->text, sizeof why->text, "%s: out of memory", path);
        aw_capture_close(c);
        return AW_ERR_NOMEM;
    }
    c->frame.iq = c->iq;
    c->frame.iq_cap = AW_MAX_CSI;

    size_t head = c->bytes.len < PROBE_BYTES ? c->bytes.len : PROBE_BYTES;
    if (is_pcap(c->bytes.data, c->bytes.len)) {
        err = open_pcap(c, why, path);
    } else if (!(c->reader = aw_reader_find(c->bytes.data, head, head == c->bytes.len))) {
        describe_unknown(why, path, &c->bytes);
        err = AW_ERR_UNKNOWN_FORMAT;
    }
    if (err != AW_OK) aw_capture_close(c);
    return err;
}

void aw_capture_close(struct aw_capture *c) {
    if (c->pcap) pcap_close(c->pcap);
    free(c->iq);
    aw_unpack_close(&c->bytes);
    *c = (struct aw_capture){0};
}

int aw_capture_rewind(struct aw_capture *c) {
    struct aw_why why;
    c->state = (struct aw_reader_state){{0}};
    c->at = 0;
    c->pcap_broken = false;
    if (!c->pcap) return AW_OK;
    pcap_close(c->pcap);
    c->pcap = NULL;
    return open_pcap(c, &why, "");
}

static int next_record(struct aw_capture *c) {
    if (c->at >= c->bytes.len) return AW_CAPTURE_END;
    size_t consumed = 0;
    aw_frame_clear(&c->frame);
    c->last_format = c->reader->format;
    int got = c->reader->read(&c->state, c->bytes.data + c->at, c->bytes.len - c->at, true,
                              &c->frame, &consumed);
    c->at += consumed ? consumed : 1;
    return got > 0 ? 1 : got;
}

static bool take_marker(struct aw_capture *c) {
    if (!aw_sim_marker_is(c->datagram, c->datagram_len)) return false;
    size_t n = AW_SIM_MARKER_LEN;
    c->simulated = true;
    size_t len =
        c->datagram_len - n < sizeof c->marker - 1 ? c->datagram_len - n : sizeof c->marker - 1;
    memcpy(c->marker, c->datagram + n, len);
    c->marker[len] = '\0';
    return true;
}

static int next_packet(struct aw_capture *c) {
    struct pcap_pkthdr *h;
    const u_char *packet;
    c->datagram = NULL;
    if (c->pcap_broken) return AW_CAPTURE_END;
    int got = pcap_next_ex(c->pcap, &h, &packet);
    if (got == PCAP_ERROR_BREAK) return AW_CAPTURE_END;
    c->last_format = AW_FORMAT_UNKNOWN;
    if (got != 1) { /* cut or damaged here: the container cannot be followed any further */
        c->pcap_broken = true;
        return AW_ERR_TRUNCATED;
    }
    struct aw_udp_payload udp;
    int err = aw_udp_payload_find(c->dlt, packet, h->caplen, &udp);
    if (err == AW_ERR_UNSUPPORTED) return 0; /* other traffic */
    if (err != AW_OK) return err;
    aw_signed_strip(&udp.data, &udp.len);
    c->datagram = udp.data;
    c->datagram_len = udp.len;
    c->datagram_ip = udp.ip;
    c->datagram_src_port = udp.src_port;
    c->datagram_port = udp.dst_port;
    c->datagram_t_ns = (int64_t)h->ts.tv_sec * AW_S + h->ts.tv_usec; /* ns, as asked for */
    if (take_marker(c)) return 0;

    const struct aw_reader *reader = aw_reader_find_datagram(udp.data, udp.len);
    if (!reader) return AW_ERR_UNKNOWN_FORMAT;
    size_t consumed = 0;
    aw_frame_clear(&c->frame);
    c->last_format = reader->format;
    c->state = (struct aw_reader_state){{0}};
    got = reader->read(&c->state, udp.data, udp.len, true, &c->frame, &consumed);
    if (got <= 0) return got;
    c->frame.origin = udp.origin;
    c->frame.t_arrival_ns = c->datagram_t_ns;
    return 1;
}

int aw_capture_next(struct aw_capture *c) {
    return c->pcap ? next_packet(c) : next_record(c);
}

double aw_capture_progress(const struct aw_capture *c) {
    size_t at = c->at;
    if (c->pcap) {
        long pos = ftell(pcap_file(c->pcap));
        at = pos > 0 ? (size_t)pos : 0;
    }
    return c->bytes.len ? (double)at / (double)c->bytes.len : 1;
}

const char *aw_capture_kind(const struct aw_capture *c) {
    return c->pcap ? "pcap" : aw_format_key(c->reader->format);
}
