#ifndef AW_SERVER_CAPTURE_H
#define AW_SERVER_CAPTURE_H

#include "readers/reader.h"
#include "server/unpack.h"

#include <pcap/pcap.h>

/* A recording on disk, whatever its format: told by content, decompressed, read record by record.
 * pcap and pcapng hold datagrams; everything else is read by the one reader that recognises it. */
struct aw_capture {
    struct aw_bytes bytes;
    const struct aw_reader *reader; /* NULL for a pcap: each datagram has its own */
    struct aw_reader_state state;
    size_t at;

    FILE *pcap_file;
    pcap_t *pcap;
    int dlt;
    bool pcap_broken;

    bool simulated;          /* it says itself that a simulator made it */
    char marker[512];        /* what the simulator wrote about it */
    const uint8_t *datagram; /* the last datagram of a pcap, for passing it on as it was */
    size_t datagram_len;
    uint32_t datagram_ip;
    uint16_t datagram_src_port, datagram_port;
    int64_t datagram_t_ns;

    float *iq;
    struct aw_frame frame;      /* the last frame */
    enum aw_format last_format; /* of the last record, also when it was refused */
};

enum { AW_CAPTURE_END = 2 };

/* Errors with a sentence in why: IO, UNKNOWN_FORMAT (with the beginning of the file described),
 * and those of aw_unpack_open(). */
AW_MUST_USE int aw_capture_open(struct aw_capture *c, const char *path, struct aw_why *why);
void aw_capture_close(struct aw_capture *c);
AW_MUST_USE int aw_capture_rewind(struct aw_capture *c);

/* One record. 1: c->frame is set (c->last_format too); 0: a record without CSI; AW_CAPTURE_END;
 * < 0: refused, the next call goes on behind it. */
int aw_capture_next(struct aw_capture *c);

/* How far it is, 0..1. */
double aw_capture_progress(const struct aw_capture *c);

/* "pcap", or the key of its format. */
const char *aw_capture_kind(const struct aw_capture *c);

#endif
