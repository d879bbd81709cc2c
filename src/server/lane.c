#include "server/lane.h"

#include "base/units.h"
#include "sense/fuse.h"
#include "server/frame_tap.h"
#include "server/names.h"
#include "server/row.h"
#include "sim/marker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t ROW_NS = AW_S / 20;       /* rows per second and link: a screen's worth */
static const int64_t SIMULATOR_NS = 60 * AW_S; /* markers come every 10 s: six may be lost */

int aw_lane_open(struct aw_lane *lane, struct aw_ring *feed, uint32_t base, uint32_t max_links,
                 enum aw_origin_kind kind) {
    *lane = (struct aw_lane){.feed = feed, .base = base, .max_links = max_links, .kind = kind};
    struct aw_config config = {.max_links = max_links};
    int err = aw_session_create(&config, &lane->session);
    if (err != AW_OK) return err;
    lane->links = calloc(max_links, sizeof *lane->links);
    if (lane->links) return AW_OK;
    aw_session_destroy(lane->session);
    lane->session = NULL;
    return AW_ERR_NOMEM;
}

static struct aw_msg *reserve(struct aw_lane *lane, enum aw_msg_kind kind, uint32_t link,
                              int64_t wall_ns) {
    struct aw_msg *m = aw_ring_reserve(lane->feed);
    if (!m) return NULL;
    m->kind = kind;
    m->link = lane->base + link;
    m->origin =
        link < lane->max_links && lane->links[link].serial ? lane->links[link].kind : lane->kind;
    m->wall_ns = wall_ns;
    m->t_ns = 0;
    return m;
}

static void commit(struct aw_lane *lane) {
    aw_ring_commit(lane->feed);
    lane->changed = true;
}

/* The room is as good as its worst source: one simulated link makes it simulated. */
static void tell_room(struct aw_lane *lane, const struct aw_update *u, int64_t wall_ns) {
    struct aw_msg *m = reserve(lane, AW_MSG_ROOM, 0, wall_ns);
    if (!m) return;
    m->origin = lane->kind;
    for (uint32_t i = 0; i < lane->max_links; i++)
        if (lane->links[i].serial && lane->links[i].kind == AW_SOURCE_SIMULATED)
            m->origin = AW_SOURCE_SIMULATED;
    m->t_ns = u->t_ns;
    m->room.update = *u;
    uint32_t number = lane->base / lane->max_links; /* the live lane is the first */
    snprintf(m->room.key, sizeof m->room.key, number ? "replay-%u" : "default", number);
    snprintf(m->room.name, sizeof m->room.name, number ? "Replay %u" : "Room", number);
    commit(lane);
}

void aw_lane_close(struct aw_lane *lane) {
    if (!lane->session) return;
    for (uint32_t i = 0; i < lane->max_links; i++) {
        if (!lane->links[i].serial) continue;
        if (reserve(lane, AW_MSG_GONE, i, 0)) commit(lane);
    }
    struct aw_update none = {.link = AW_LINK_ROOM, .state_reason = AW_REASON_NO_FRAMES};
    none.motion = none.breathing_bpm = none.heart_bpm = none.speed_mps = none.persons =
        (struct aw_estimate){NAN, 0, AW_REASON_NO_FRAMES};
    none.motion_threshold = none.breathing_wave = none.state_confidence = NAN;
    tell_room(lane, &none, 0);
    aw_lane_free(lane);
}

void aw_lane_free(struct aw_lane *lane) {
    if (!lane->session) return;
    aw_session_destroy(lane->session);
    free(lane->links);
    lane->session = NULL;
    lane->links = NULL;
}

void aw_lane_tell_link(struct aw_lane *lane, uint32_t link, int64_t wall_ns) {
    struct aw_link_info info;
    if (!aw_session_link(lane->session, link, &info)) return;
    struct aw_lane_link *l = &lane->links[link];
    if (l->serial && l->serial != info.serial && reserve(lane, AW_MSG_GONE, link, wall_ns))
        commit(lane);
    if (l->serial != info.serial) l->take = (struct aw_lane_take){0};
    l->serial = info.serial;
    struct aw_msg *m = reserve(lane, AW_MSG_LINK, link, wall_ns);
    if (!m) return;
    m->t_ns = info.last_t_ns;
    m->link_info.info = info;
    m->link_info.source = l->source;
    m->link_info.lane = lane->base;
    m->link_info.calibrated_ns = l->take.calibrated_ns;
    m->link_info.take_left_s = l->take.settle_s + l->take.left_s;
    aw_link_name(&info, m->link_info.name);
    (void)aw_session_calibration_save(lane->session, link,
                                      &m->link_info.calibration); /* it is there */
    commit(lane);
}

/* The session makes a room of two links or more; people have one with the first. */
static void tell_room_of_one(struct aw_lane *lane, const struct aw_update *one, int64_t wall_ns) {
    struct aw_update room;
    aw_fuse_run(one, 1, &room);
    room.silent_s = one->silent_s;
    tell_room(lane, &room, wall_ns);
}

/* Of a second that another one has followed already, there is nothing any more. */
static void pass_breathing(struct aw_lane *lane, const struct aw_update *u) {
    struct aw_breathing_evidence e;
    uint32_t link = lane->base + u->link;
    if (!aw_frame_tap_wants_breathing(lane->frame_tap, link)) return;
    if (!aw_session_breathing(lane->session, u->link, &e) || e.t_ns != u->t_ns) return;
    if (aw_frame_tap_push_breathing(lane->frame_tap, link, lane->links[u->link].kind, &e))
        lane->changed = true;
}

static void pass_updates(struct aw_lane *lane, int64_t wall_ns) {
    struct aw_update u, one = {.t_ns = INT64_MIN};
    bool alone = false; /* one is the only link of its second */
    while (aw_session_poll(lane->session, &u)) {
        if (u.link == AW_LINK_ROOM) {
            tell_room(lane, &u, wall_ns);
            alone = false;
            continue;
        }
        if (alone && one.t_ns != u.t_ns) tell_room_of_one(lane, &one, wall_ns);
        alone = one.t_ns != u.t_ns;
        one = u;
        aw_lane_take_second(lane, u.link, wall_ns);
        pass_breathing(lane, &u);
        aw_lane_tell_link(lane, u.link, wall_ns);
        struct aw_msg *m = reserve(lane, AW_MSG_UPDATE, u.link, wall_ns);
        if (!m) continue;
        m->t_ns = u.t_ns;
        m->update = u;
        commit(lane);
    }
    if (alone) tell_room_of_one(lane, &one, wall_ns);
}

static bool simulated(const struct aw_lane *lane, uint64_t origin, int64_t wall_ns) {
    for (size_t i = 0; i < sizeof lane->simulators / sizeof *lane->simulators; i++)
        if (lane->simulators[i].origin == origin &&
            wall_ns - lane->simulators[i].wall_ns < SIMULATOR_NS)
            return true;
    return false;
}

static void mark_simulator(struct aw_lane *lane, uint64_t origin, int64_t wall_ns) {
    size_t oldest = 0;
    for (size_t i = 0; i < sizeof lane->simulators / sizeof *lane->simulators; i++) {
        if (lane->simulators[i].origin == origin) {
            oldest = i;
            break;
        }
        if (lane->simulators[i].wall_ns < lane->simulators[oldest].wall_ns) oldest = i;
    }
    lane->simulators[oldest].origin = origin;
    lane->simulators[oldest].wall_ns = wall_ns;
}

/* A frame was used: remember where it came from and show it now and then. */
static void used(struct aw_lane *lane, uint32_t link, uint32_t source, int64_t wall_ns,
                 const struct aw_frame *f) {
    struct aw_lane_link *l = &lane->links[link];
    enum aw_origin_kind kind = lane->kind;
    if (kind == AW_SOURCE_LIVE && simulated(lane, f->origin, wall_ns)) kind = AW_SOURCE_SIMULATED;
    bool news = !l->serial || l->kind != kind || l->source != source;
    l->kind = kind;
    l->source = source;
    if (news) aw_lane_tell_link(lane, link, wall_ns);
    struct aw_link_info info;
    bool row = wall_ns - l->row_ns >= ROW_NS,
         tapped = aw_frame_tap_wants(lane->frame_tap, lane->base + link),
         modelled = aw_frame_tap_wants(lane->model_tap, lane->base + link);
    if ((!row && !tapped && !modelled) || !aw_session_link(lane->session, link, &info)) return;
    if (tapped && aw_frame_tap_push(lane->frame_tap, lane->base + link, kind, info.last_t_ns,
                                    info.rssi_dbm, f))
        lane->changed = true;
    if (modelled) {
        struct aw_frame g = *f;
        if (aw_lane_empty_take(lane, link)) g.flags |= AW_FRAME_TAP_EMPTY;
        (void)aw_frame_tap_push(lane->model_tap, lane->base + link, kind, info.last_t_ns,
                                info.rssi_dbm, &g);
    }
    if (!row) return;
    struct aw_msg *m = reserve(lane, AW_MSG_ROW, link, wall_ns);
    if (!m) return;
    l->row_ns = wall_ns;
    m->t_ns = info.last_t_ns; /* the frame's own time may wrap, or be none */
    aw_row_from_frame(m, f);
    commit(lane);
}

/* A record without CSI: does a node report vital signs of its own? */
static void pass_report(struct aw_lane *lane, int64_t wall_ns, uint64_t origin, const uint8_t *buf,
                        size_t len) {
    struct aw_ruview_packet p;
    if (aw_ruview_read(buf, len, &p) != AW_OK) return;
    if (p.type != AW_RUVIEW_VITALS && p.type != AW_RUVIEW_FUSED) return;
    struct aw_msg *m = reserve(lane, AW_MSG_REPORT, UINT32_MAX - lane->base, wall_ns);
    if (!m) return;
    if (m->origin == AW_SOURCE_LIVE && simulated(lane, origin, wall_ns))
        m->origin = AW_SOURCE_SIMULATED;
    m->report = (struct aw_node_report){origin, p.node, p.vitals};
    commit(lane);
}

void aw_lane_push_record(struct aw_lane *lane, struct aw_source_counts *counts, int64_t wall_ns,
                         int64_t t_ns, uint64_t origin, const uint8_t *buf, size_t len) {
    counts->packets++;
    counts->last_len = (uint32_t)len;
    counts->last_t_ns = t_ns;
    if (aw_sim_marker_is(buf, len)) {
        mark_simulator(lane, origin, wall_ns);
        counts->skipped++;
        return;
    }
    uint32_t link;
    int got = aw_session_push_record(lane->session, t_ns, origin, buf, len, &link);
    pass_updates(lane, wall_ns);
    if (got < 0) {
        counts->refused[-got]++;
    } else if (got == 0) {
        counts->skipped++;
        pass_report(lane, wall_ns, origin, buf, len);
    } else {
        counts->frames++;
        used(lane, link, counts->source, wall_ns, aw_session_last_frame(lane->session));
    }
}

void aw_lane_push_frame(struct aw_lane *lane, struct aw_source_counts *counts, int64_t wall_ns,
                        const struct aw_frame *f) {
    uint32_t link;
    counts->packets++;
    counts->last_t_ns = wall_ns;
    int err = aw_session_push_frame(lane->session, f, &link);
    pass_updates(lane, wall_ns);
    if (err < 0) {
        counts->refused[-err]++;
        return;
    }
    counts->frames++;
    used(lane, link, counts->source, wall_ns, f);
}

void aw_lane_advance(struct aw_lane *lane, int64_t wall_ns, int64_t t_ns) {
    aw_session_advance(lane->session, t_ns);
    pass_updates(lane, wall_ns);
}

void aw_lane_counts(struct aw_lane *lane, int64_t wall_ns, const struct aw_source_counts *counts) {
    struct aw_msg *m = reserve(lane, AW_MSG_COUNTS, 0, wall_ns);
    if (!m) return;
    m->origin = counts->kind;
    m->counts = *counts;
    commit(lane);
}
