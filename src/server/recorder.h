/* Records what arrives, as it arrives, into a pcap, while the server runs on.
 *
 *     sensing thread: aw_tap_push() --byte ring--> recorder's thread --> pcap
 *
 * The sensing thread never waits: what finds no room in the ring is lost to the recording, and
 * counted. One recording at a time. Lines of serial ports become datagrams from 127.0.1.x (x - 1
 * is the number of the port), to port 0. */
#ifndef AW_SERVER_RECORDER_H
#define AW_SERVER_RECORDER_H

#include "base/byte_ring.h"
#include "server/pcap_writer.h"

enum { AW_TAP_RING_BYTES = 4 << 20, AW_TAP_MARKERS = 8, AW_TAP_MARKER_BYTES = 600 };

struct aw_tap_head {
    int64_t t_ns;
    uint32_t ip;
    uint16_t src_port, dst_port;
};

/* The sensing thread's end. */
struct aw_tap {
    atomic_bool on;
    bool was_on; /* sensing thread */
    struct aw_byte_ring ring;
    struct { /* the newest marker of each simulator: a recording of one begins with it */
        struct aw_tap_head head;
        size_t len;
        uint8_t bytes[AW_TAP_MARKER_BYTES];
    } markers[AW_TAP_MARKERS];
};

/* Sensing thread: a datagram or line that arrived. NULL is fine. */
void aw_tap_push(struct aw_tap *t, const struct aw_tap_head *head, const uint8_t *data, size_t len);

struct aw_recorder;

enum aw_recording_state { AW_RECORDING_ON, AW_RECORDING_COMPLETE, AW_RECORDING_FAILED };

struct aw_recording {
    char id[40];
    enum aw_recording_state state;
    char reason[256]; /* why it ended, "" asked to */
    int64_t started_ms, ended_ms;
    uint64_t packets, bytes, lost;
    bool simulated; /* a simulator's marker is in it */
};

struct aw_recorder_config {
    const char *dir;
    /* From the recorder's thread, when a recording ended by itself (limit, disk). */
    void (*ended)(void *ctx);
    void *ctx;
};

/* Makes the folder. Errors, with a sentence in why: IO, NOMEM. */
AW_MUST_USE int aw_recorder_open(struct aw_recorder **out, const struct aw_recorder_config *config,
                                 struct aw_why *why);
void aw_recorder_close(struct aw_recorder *r); /* ends a recording under way; NULL is fine */
struct aw_tap *aw_recorder_tap(struct aw_recorder *r);

/* Loop thread. max_s 0: until it is stopped; max_bytes > 0: of the file.
 * Errors, with a sentence in why: IO, TOO_MANY (one is under way). */
AW_MUST_USE int aw_recorder_start(struct aw_recorder *r, double max_s, uint64_t max_bytes,
                                  struct aw_recording *out, struct aw_why *why);
/* Waits until all of it is in the file: a moment. False: none of this id is under way. */
bool aw_recorder_stop(struct aw_recorder *r, const char *id);

/* How the last one (or the one under way) is; id "" none yet. */
void aw_recorder_now(struct aw_recorder *r, struct aw_recording *out);

/* Path of a recording: only ids of [0-9a-z-], 1..39 long, so that none leaves the folder. */
bool aw_recorder_path(const char *dir, const char *id, char *path, size_t cap);

#endif
