/* What the sensing thread tells the loop thread: small messages through one SPSC ring, so that
 * neither ever waits for the other. Everything a client is shown comes out of this feed. */
#ifndef AW_SERVER_FEED_H
#define AW_SERVER_FEED_H

#include "airwake.h"
#include "base/ring.h"
#include "readers/ruview.h"

enum {
    AW_ROW_MAX = 512,
    AW_LINK_NAME = 64,
    AW_ROOM_KEY = 33,  /* bytes of "living-room", with the end */
    AW_ROOM_NAME = 65, /* likewise of "Living room" */
};

enum aw_origin_kind { AW_SOURCE_LIVE, AW_SOURCE_REPLAY, AW_SOURCE_SIMULATED };

/* "live", "replay", "simulated": the `source` member of everything shown. */
const char *aw_origin_kind_key(enum aw_origin_kind kind);

enum aw_msg_kind {
    AW_MSG_LINK,   /* a link is new or its facts changed; also once per second */
    AW_MSG_UPDATE, /* a second of sensing of a link */
    AW_MSG_ROOM, /* likewise of a room; link is its number. A lane's room has that of its first link */
    AW_MSG_ROW,    /* amplitudes of one frame of a link, at most 20 per second and link */
    AW_MSG_COUNTS, /* counters of a source, once per second */
    AW_MSG_GONE,   /* the link was dropped */
    AW_MSG_REPLY,  /* a command was carried out (command.h) */
    AW_MSG_REPORT, /* vital signs as the firmware of a node reports them; no link */
};

/* Counters of one source (a socket, a serial port, a file). */
struct aw_source_counts {
    uint32_t source;  /* index of the source */
    char name[96];    /* "udp:5005", "serial:/dev/ttyUSB0", "replay:demo.pcap" */
    char status[160]; /* sentence: what it is doing or why it cannot */
    enum aw_origin_kind kind;
    bool ok;                        /* bound, open, playing */
    bool done;                      /* a replay that ended */
    uint64_t packets;               /* datagrams or records that arrived */
    uint64_t frames;                /* of them with CSI that was used */
    uint64_t skipped;               /* valid, but no CSI in them */
    uint64_t refused[AW_ERR_COUNT]; /* by -err */
    uint32_t last_len;              /* length of the last packet */
    int64_t last_t_ns;              /* Unix time of the last packet; 0 none yet */
};

struct aw_http;
struct aw_msg;

/* What became of a command, for the one who asked (loop thread). */
struct aw_command_reply {
    void (*replied)(struct aw_http *h, const struct aw_msg *m); /* NULL: nobody wants to know */
    uint64_t ticket;
    uint32_t done, gone, refused; /* links: carried out; not there any more; not in this state */
};

/* What a node says that it sensed itself; see readers/ruview.c for what that is worth. */
struct aw_node_report {
    uint64_t origin; /* tells senders apart */
    uint8_t node;
    struct aw_ruview_vitals vitals;
};

struct aw_msg {
    enum aw_msg_kind kind;
    uint32_t link;
    enum aw_origin_kind origin;
    int64_t t_ns;    /* time of the data, on the data's own time line */
    int64_t wall_ns; /* Unix time at which the sensing thread saw it; age is counted from here */
    union {
        struct {
            struct aw_link_info info;
            uint32_t source;         /* index of the source it comes from */
            uint32_t lane;           /* number of its room: of the lane's first link */
            char name[AW_LINK_NAME]; /* "node 3", "aa:bb:cc:dd:ee:ff > ..." */
            struct aw_calibration_saved calibration;
            int64_t calibrated_ns; /* Unix time at which it was armed; 0 never */
            uint32_t take_left_s;  /* of the take under way, its settling included; 0 none */
        } link_info;
        struct aw_update update; /* of AW_MSG_ROOM, too */
        struct {
            struct aw_update update;
            char key[AW_ROOM_KEY], name[AW_ROOM_NAME];
        } room;
        struct aw_command_reply reply;
        struct {
            uint16_t n; /* values */
            float max;  /* amplitude that 255 stands for, raw units of the source */
            int16_t k[AW_ROW_MAX];
            uint8_t amp[AW_ROW_MAX]; /* amplitude / max * 255; null and invalid bins are left out */
        } row;
        struct aw_source_counts counts;
        struct aw_node_report report;
    };
};

#endif
