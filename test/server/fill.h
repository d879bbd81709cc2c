/* Messages as the sensing thread would send them, with values a test chooses. */
#ifndef TEST_SERVER_FILL_H
#define TEST_SERVER_FILL_H

#include "server/feed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static inline int64_t fill_now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline struct aw_msg fill_msg(enum aw_msg_kind kind, uint32_t link, int64_t wall_ns) {
    struct aw_msg m;
    memset(&m, 0, sizeof m);
    m.kind = kind;
    m.link = link;
    m.origin = AW_SOURCE_SIMULATED;
    m.t_ns = m.wall_ns = wall_ns;
    return m;
}

static inline struct aw_msg fill_link(uint32_t link, uint64_t frames, int64_t wall_ns) {
    struct aw_msg m = fill_msg(AW_MSG_LINK, link, wall_ns);
    m.link_info.info = (struct aw_link_info){
        .format = AW_FORMAT_AWK1,
        .chip = "esp32-s3",
        .node = link + 1,
        .tx = 0xAABBCCDDEEFF,
        .channel = 6,
        .freq_mhz = 2437,
        .bandwidth_mhz = 20,
        .n_rx = 1,
        .n_tx = 1,
        .n_sub = 64,
        .n_live = 52,
        .rate_hz = 100,
        .jitter_ms = 0.5F,
        .rssi_dbm = -48,
        .noise_dbm = NAN,
        .frames = frames,
        .lost = 3,
        .duplicates = 2,
        .reordered = 1,
        .gaps = 4,
    };
    snprintf(m.link_info.name, sizeof m.link_info.name, "node %u", (unsigned)link + 1);
    return m;
}

static inline struct aw_msg fill_update(uint32_t link, int64_t wall_ns) {
    struct aw_msg m = fill_msg(AW_MSG_UPDATE, link, wall_ns);
    m.update = (struct aw_update){
        .link = link,
        .t_ns = wall_ns,
        .frames = 100,
        .state = AW_STATE_STILL,
        .state_confidence = 0.9F,
        .motion = {0.125F, 0.95F, AW_REASON_NONE},
        .motion_threshold = 0.25F,
        .speed_mps = {NAN, NAN, AW_REASON_NOT_MOVING},
        .breathing_bpm = {14.5F, 0.8F, AW_REASON_NONE},
        .heart_bpm = {NAN, NAN, AW_REASON_NOT_CONFIDENT},
        .persons = {NAN, NAN, AW_REASON_AMBIGUOUS},
        .breathing_wave = NAN,
    };
    return m;
}

/* 52 values on -26..-1, 1..26. */
static inline struct aw_msg fill_row(uint32_t link, uint8_t value, int64_t wall_ns) {
    struct aw_msg m = fill_msg(AW_MSG_ROW, link, wall_ns);
    m.row.n = 52;
    m.row.max = 20;
    for (int i = 0; i < 52; i++) {
        m.row.k[i] = (int16_t)(i < 26 ? i - 26 : i - 25);
        m.row.amp[i] = value;
    }
    return m;
}

static inline struct aw_msg fill_counts(uint32_t source, bool ok, int64_t wall_ns) {
    struct aw_msg m = fill_msg(AW_MSG_COUNTS, 0, wall_ns);
    m.counts.source = source;
    m.counts.kind = AW_SOURCE_SIMULATED;
    m.counts.ok = ok;
    snprintf(m.counts.name, sizeof m.counts.name, "udp:%u", 5005 + (unsigned)source);
    snprintf(m.counts.status, sizeof m.counts.status, "%s",
             ok ? "listening: nothing has arrived yet" : "cannot bind: the port is in use");
    m.counts.refused[-AW_ERR_CRC] = 7;
    m.counts.refused[-AW_ERR_MAGIC] = 2;
    return m;
}

#endif
