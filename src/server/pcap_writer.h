#ifndef AW_SERVER_PCAP_WRITER_H
#define AW_SERVER_PCAP_WRITER_H

#include "server/unpack.h"

#include <pcap/pcap.h>

/* Writes a recording: a plain pcap of datagrams (raw IP, nanosecond stamps) that tcpdump and
 * Wireshark open. What was flushed stays readable whatever happens afterwards. */
struct aw_pcap_writer {
    pcap_t *dead;
    pcap_dumper_t *out;
    char path[512];
    uint64_t packets, bytes;
    uint64_t safe_packets, safe_bytes; /* at the last flush */
    bool failed; /* a write failed; later packets are counted as lost, not written */
    uint64_t lost;
};

/* Errors: IO with a sentence in why. An existing file is not overwritten. */
AW_MUST_USE int aw_pcap_writer_open(struct aw_pcap_writer *w, const char *path, struct aw_why *why);

/* One datagram from ip:src_port (host order) to dst_port at Unix time t_ns; len <= 65507.
 * Errors: IO (sentence in why, once), LENGTH. */
int aw_pcap_writer_push(struct aw_pcap_writer *w, int64_t t_ns, uint32_t ip, uint16_t src_port,
                        uint16_t dst_port, const uint8_t *data, size_t len, struct aw_why *why);

/* Hands everything to the system. Errors: IO, as above. */
int aw_pcap_writer_flush(struct aw_pcap_writer *w, struct aw_why *why);

/* Flushes and closes; after a failure the file ends with the last packet that was flushed. Errors: IO when something could not be written. */
int aw_pcap_writer_close(struct aw_pcap_writer *w, struct aw_why *why);

#endif
