#include "server/board.h"

#include <math.h>
#include <string.h>

/* Row numbers go on, so that a number never means two rows. */
static void forget(struct aw_board_link *l) {
    uint64_t row = l->next_row;
    memset(l, 0, offsetof(struct aw_board_link, rows));
    l->first_row = l->next_row = row;
}

static void seen(struct aw_board_link *l, int64_t wall_ns) {
    if (wall_ns > l->seen_wall_ns) l->seen_wall_ns = wall_ns;
}

static void push_info(struct aw_board_link *l, const struct aw_msg *m) {
    /* The message repeats every second; only more frames mean that some arrived. */
    if (m->link_info.info.frames > (l->has_info ? l->info.frames : 0)) seen(l, m->wall_ns);
    l->info = m->link_info.info;
    l->source = m->link_info.source;
    l->has_info = true;
    l->room = m->link_info.lane;
    l->calibration = m->link_info.calibration;
    l->calibrated_ns = m->link_info.calibrated_ns;
    l->take_left_s = m->link_info.take_left_s;
    memcpy(l->name, m->link_info.name, sizeof l->name);
    l->name[sizeof l->name - 1] = '\0';
}

static void push_update(struct aw_board_link *l, const struct aw_msg *m) {
    l->update = m->update;
    l->has_update = true;
    l->update_wall_ns = m->wall_ns;
    if (m->update.frames) seen(l, m->wall_ns);
}

static bool push_row(struct aw_board_link *l, const struct aw_msg *m) {
    uint16_t n = m->row.n;
    if (n == 0 || n > AW_ROW_MAX) return false;
    if (n != l->n || memcmp(l->k, m->row.k, n * sizeof l->k[0]) != 0) {
        l->n = n;
        memcpy(l->k, m->row.k, n * sizeof l->k[0]);
        l->first_row = l->next_row;
    }
    struct aw_board_row *row = &l->rows[l->next_row++ % AW_BOARD_ROWS];
    if (l->next_row - l->first_row > AW_BOARD_ROWS) l->first_row++;
    row->t_ns = m->t_ns;
    row->max = m->row.max;
    memcpy(row->amp, m->row.amp, n);
    seen(l, m->wall_ns);
    return true;
}

static bool push_counts(struct aw_board *b, const struct aw_msg *m) {
    if (m->counts.source >= AW_BOARD_SOURCES) return false;
    struct aw_board_source *s = &b->sources[m->counts.source];
    s->used = true;
    s->wall_ns = m->wall_ns;
    s->counts = m->counts;
    s->counts.name[sizeof s->counts.name - 1] = '\0';
    s->counts.status[sizeof s->counts.status - 1] = '\0';
    return true;
}

static bool push_room(struct aw_board *b, const struct aw_msg *m) {
    struct aw_board_room *r = NULL;
    for (size_t i = 0; i < AW_BOARD_ROOMS && !r; i++)
        if (b->rooms[i].used && b->rooms[i].id == m->link) r = &b->rooms[i];
    for (size_t i = 0; i < AW_BOARD_ROOMS && !r; i++)
        if (!b->rooms[i].used) r = &b->rooms[i];
    if (!r) return false;
    *r = (struct aw_board_room){.used = true,
                                .id = m->link,
                                .origin = m->origin,
                                .update = m->room.update,
                                .wall_ns = m->wall_ns};
    memcpy(r->key, m->room.key, sizeof r->key);
    memcpy(r->name, m->room.name, sizeof r->name);
    r->key[sizeof r->key - 1] = r->name[sizeof r->name - 1] = '\0';
    if (m->wall_ns == 0) r->used = false; /* the lane was closed */
    return true;
}

uint32_t aw_board_find_room(const struct aw_board *b, const char *key) {
    uint32_t i = 0;
    while (i < AW_BOARD_ROOMS && !(b->rooms[i].used && strcmp(b->rooms[i].key, key) == 0)) i++;
    return i;
}

static bool push_report(struct aw_board *b, const struct aw_msg *m) {
    struct aw_board_report *r = &b->reports[0];
    for (size_t i = 0; i < AW_BOARD_REPORTS; i++) {
        struct aw_board_report *at = &b->reports[i];
        bool same = at->wall_ns && at->report.node == m->report.node &&
                    at->report.origin == m->report.origin;
        if (at->wall_ns < r->wall_ns || same) r = at;
        if (same) break;
    }
    *r = (struct aw_board_report){m->wall_ns, m->origin, m->report};
    return true;
}

static uint32_t search(const struct aw_board *b, uint32_t id_plus_one) {
    uint32_t i = 0;
    while (i < AW_BOARD_LINKS && b->ids[i] != id_plus_one) i++;
    return i;
}

uint32_t aw_board_find(const struct aw_board *b, uint32_t id) {
    return id == UINT32_MAX ? AW_BOARD_LINKS : search(b, id + 1);
}

/* The link of the message, a free place when it is new; NULL when there is none. */
static struct aw_board_link *link_of(struct aw_board *b, uint32_t id) {
    uint32_t i = aw_board_find(b, id);
    if (i == AW_BOARD_LINKS && id != UINT32_MAX) i = search(b, 0);
    if (i == AW_BOARD_LINKS) return NULL;
    b->ids[i] = id + 1;
    b->links[i].used = true;
    b->links[i].id = id;
    return &b->links[i];
}

static bool push_gone(struct aw_board *b, uint32_t id) {
    uint32_t i = aw_board_find(b, id);
    if (i == AW_BOARD_LINKS) return false;
    b->ids[i] = 0;
    forget(&b->links[i]);
    return true;
}

static bool push(struct aw_board *b, const struct aw_msg *m) {
    if (m->kind == AW_MSG_COUNTS) return push_counts(b, m);
    if (m->kind == AW_MSG_ROOM) return push_room(b, m);
    if (m->kind == AW_MSG_GONE) return push_gone(b, m->link);
    if (m->kind == AW_MSG_REPLY) return true; /* not for us */
    if (m->kind == AW_MSG_REPORT) return push_report(b, m);
    struct aw_board_link *l = link_of(b, m->link);
    if (!l) return false;
    l->origin = m->origin;
    switch (m->kind) {
    case AW_MSG_LINK:
        push_info(l, m);
        return true;
    case AW_MSG_UPDATE:
        push_update(l, m);
        b->updates++;
        return true;
    case AW_MSG_ROW:
        return push_row(l, m);
    case AW_MSG_ROOM:
    case AW_MSG_COUNTS:
    case AW_MSG_GONE:
    case AW_MSG_REPLY:
    case AW_MSG_REPORT:
        break;
    }
    return false;
}

void aw_board_push(struct aw_board *b, const struct aw_msg *m) {
    if (!push(b, m)) b->ignored++;
}

static double since_s(int64_t then_ns, int64_t now_ns) {
    return now_ns > then_ns ? (double)(now_ns - then_ns) * 1e-9 : 0; /* a clock set back: now */
}

double aw_board_age_s(const struct aw_board_link *l, int64_t now_ns) {
    return l->seen_wall_ns ? since_s(l->seen_wall_ns, now_ns) : (double)NAN;
}

bool aw_board_fresh(const struct aw_board_link *l, int64_t now_ns) {
    return aw_board_age_s(l, now_ns) <= AW_BOARD_STALE_S; /* false for NAN */
}

enum aw_reason aw_board_link_reason(const struct aw_board_link *l, int64_t now_ns) {
    if (!aw_board_fresh(l, now_ns)) return AW_REASON_NO_FRAMES;
    if (!l->has_update) return AW_REASON_WARMING_UP;
    return since_s(l->update_wall_ns, now_ns) > AW_BOARD_STALE_S ? AW_REASON_STALE : AW_REASON_NONE;
}

enum aw_reason aw_board_room_reason(const struct aw_board_room *r, int64_t now_ns) {
    return since_s(r->wall_ns, now_ns) > AW_BOARD_STALE_S ? AW_REASON_STALE : AW_REASON_NONE;
}

const char *aw_board_origin(const struct aw_board *b, int64_t now_ns) {
    static const enum aw_origin_kind order[] = {AW_SOURCE_LIVE, AW_SOURCE_REPLAY,
                                                AW_SOURCE_SIMULATED};
    for (size_t o = 0; o < sizeof order / sizeof order[0]; o++)
        for (size_t i = 0; i < AW_BOARD_LINKS; i++) {
            const struct aw_board_link *l = &b->links[i];
            if (l->used && l->origin == order[o] && aw_board_fresh(l, now_ns))
                return aw_origin_kind_key(order[o]);
        }
    return NULL;
}

const char *aw_board_not_ready(const struct aw_board *b) {
    const char *why = "no source is configured, or none has reported yet";
    for (size_t i = 0; i < AW_BOARD_SOURCES; i++) {
        if (!b->sources[i].used) continue;
        if (b->sources[i].counts.ok) return NULL;
        why = b->sources[i].counts.status;
    }
    return why;
}
