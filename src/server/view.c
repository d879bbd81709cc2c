#include "server/view.h"

#include "server/models.h"
#include "server/update_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void key_known(struct aw_json *j, const char *key, uint64_t value) {
    aw_json_key(j, key);
    if (value)
        aw_json_uint(j, value);
    else
        aw_json_null(j);
}

static void key_reason(struct aw_json *j, const char *key, enum aw_reason reason) {
    aw_json_key_str(j, key, reason == AW_REASON_NONE ? NULL : aw_reason_key(reason));
}

/* A MAC address, or the small number the device calls itself; 0 unknown. */
static void key_address(struct aw_json *j, const char *key, uint64_t address) {
    char text[24];
    if (address > 0xFFFF)
        snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x",
                 (unsigned)(address >> 40 & 255), (unsigned)(address >> 32 & 255),
                 (unsigned)(address >> 24 & 255), (unsigned)(address >> 16 & 255),
                 (unsigned)(address >> 8 & 255), (unsigned)(address & 255));
    else
        snprintf(text, sizeof text, "%" PRIu64, address);
    aw_json_key_str(j, key, address ? text : NULL);
}

/* NULL: it is in no room that anything is known of. */
static const char *room_key(const struct aw_board *b, const struct aw_board_link *l) {
    for (uint32_t i = 0; i < AW_BOARD_ROOMS; i++)
        if (b->rooms[i].used && b->rooms[i].id == l->room) return b->rooms[i].key;
    return NULL;
}

static void view_link(struct aw_json *j, const struct aw_board *b, const struct aw_board_link *l,
                      int64_t now_ns) {
    const struct aw_link_info *i = &l->info;
    bool fresh = aw_board_fresh(l, now_ns);
    aw_json_open(j, '{');
    aw_json_key_uint(j, "id", l->id);
    aw_json_key_str(j, "name", l->name);
    aw_json_key_str(j, "room", room_key(b, l));
    key_address(j, "node", i->node);
    key_address(j, "tx", i->tx);
    aw_json_key_str(j, "source", aw_origin_kind_key(l->origin));
    aw_json_key_uint(j, "source_id", l->source);
    aw_json_key_str(j, "format", aw_format_key(i->format));
    aw_json_key_str(j, "format_title", aw_format_title(i->format));
    aw_json_key_str(j, "chip", i->chip[0] ? i->chip : NULL);
    key_known(j, "channel", i->channel);
    key_known(j, "freq_mhz", i->freq_mhz);
    key_known(j, "bandwidth_mhz", i->bandwidth_mhz);
    aw_json_key_uint(j, "chains_rx", i->n_rx);
    aw_json_key_uint(j, "chains_tx", i->n_tx);
    aw_json_key_uint(j, "subcarriers", i->n_sub);
    aw_json_key_uint(j, "subcarriers_live", i->n_live);
    aw_json_key_num(j, "age_s", aw_board_age_s(l, now_ns), 1);
    key_reason(j, "reason", fresh ? AW_REASON_NONE : AW_REASON_NO_FRAMES);
    aw_json_key_num(j, "rate_hz", fresh ? i->rate_hz : NAN, 2);
    aw_json_key_num(j, "jitter_ms", fresh ? i->jitter_ms : NAN, 2);
    key_reason(j, "rate_reason",
               !fresh              ? AW_REASON_NO_FRAMES
               : isnan(i->rate_hz) ? AW_REASON_WARMING_UP
                                   : AW_REASON_NONE);
    aw_json_key_num(j, "rssi_dbm", fresh ? i->rssi_dbm : NAN, 1);
    aw_json_key_num(j, "noise_dbm", fresh ? i->noise_dbm : NAN, 1);
    aw_json_key_uint(j, "frames", i->frames);
    aw_json_key_uint(j, "lost", i->lost);
    aw_json_key_uint(j, "duplicates", i->duplicates);
    aw_json_key_uint(j, "reordered", i->reordered);
    aw_json_key_uint(j, "gaps", i->gaps);
    aw_json_close(j, '}');
}

void aw_view_links(struct aw_json *j, const struct aw_board *b, int64_t now_ns) {
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++)
        if (b->links[i].used && b->links[i].has_info) view_link(j, b, &b->links[i], now_ns);
    aw_json_close(j, ']');
}

static void view_source(struct aw_json *j, const struct aw_source_counts *c, int64_t now_ns) {
    aw_json_open(j, '{');
    aw_json_key_uint(j, "id", c->source);
    aw_json_key_str(j, "name", c->name);
    aw_json_key_str(j, "source", aw_origin_kind_key(c->kind));
    aw_json_key_str(j, "status", c->status);
    aw_json_key_bool(j, "ok", c->ok);
    aw_json_key_bool(j, "done", c->done);
    aw_json_key_uint(j, "packets", c->packets);
    aw_json_key_uint(j, "frames", c->frames);
    aw_json_key_uint(j, "skipped", c->skipped);
    uint64_t refused = 0;
    for (int e = 1; e < AW_ERR_COUNT; e++) refused += c->refused[e];
    aw_json_key_uint(j, "refused", refused);
    aw_json_key(j, "refused_by_reason");
    aw_refused_json(j, c->refused);
    key_known(j, "last_bytes", c->last_len);
    double age_s = now_ns > c->last_t_ns ? (double)(now_ns - c->last_t_ns) * 1e-9 : 0;
    aw_json_key_num(j, "age_s", c->last_t_ns ? age_s : (double)NAN, 1);
    aw_json_close(j, '}');
}

void aw_view_sources(struct aw_json *j, const struct aw_board *b, int64_t now_ns) {
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_BOARD_SOURCES; i++)
        if (b->sources[i].used) view_source(j, &b->sources[i].counts, now_ns);
    aw_json_close(j, ']');
}

/* The members of a link's sensing, without the braces. */
static void sensing_members(struct aw_json *j, const struct aw_board *b,
                            const struct aw_board_link *l, int64_t now_ns) {
    const struct aw_update *u = &l->update;
    aw_json_key_uint(j, "link", l->id);
    aw_json_key_str(j, "name", l->name);
    aw_json_key_str(j, "source", aw_origin_kind_key(l->origin));
    aw_json_key_num(j, "t_s", l->has_update ? (double)u->t_ns * 1e-9 : (double)NAN, 3);
    aw_json_key_num(j, "age_s", aw_board_age_s(l, now_ns), 1);
    aw_update_json(j, u, l->has_update ? aw_board_link_reason(l, now_ns) : AW_REASON_WARMING_UP);
    aw_json_key_uint(j, "silent_s", l->has_update ? u->silent_s : 0);
    aw_models_json(j, b->models, l->id, now_ns);
}

static double room_age_s(const struct aw_board_room *r, int64_t now_ns) {
    return now_ns > r->wall_ns ? (double)(now_ns - r->wall_ns) * 1e-9 : 0;
}

static void room_head(struct aw_json *j, const struct aw_board_room *r) {
    aw_json_key_str(j, "room", r->key);
    aw_json_key_str(j, "name", r->name);
    aw_json_key_str(j, "source", aw_origin_kind_key(r->origin));
}

void aw_view_room(struct aw_json *j, const struct aw_board *b, uint32_t room, int64_t now_ns) {
    const struct aw_board_room *r = &b->rooms[room];
    aw_json_open(j, '{');
    room_head(j, r);
    aw_json_key_uint(j, "links", r->update.links);
    aw_json_key_num(j, "t_s", (double)r->update.t_ns * 1e-9, 3);
    aw_json_key_num(j, "age_s", room_age_s(r, now_ns), 1);
    aw_update_json(j, &r->update, aw_board_room_reason(r, now_ns));
    aw_json_close(j, '}');
}

void aw_view_rooms(struct aw_json *j, const struct aw_board *b, int64_t now_ns) {
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_BOARD_ROOMS; i++)
        if (b->rooms[i].used) aw_view_room(j, b, i, now_ns);
    aw_json_close(j, ']');
}

void aw_view_link(struct aw_json *j, const struct aw_board *b, uint32_t link, int64_t now_ns) {
    view_link(j, b, &b->links[link], now_ns);
}

void aw_view_link_sensing(struct aw_json *j, const struct aw_board *b, uint32_t link,
                          int64_t now_ns) {
    aw_json_open(j, '{');
    sensing_members(j, b, &b->links[link], now_ns);
    aw_json_close(j, '}');
}

static enum aw_reason link_reason(const struct aw_board_link *l, int64_t now_ns) {
    return l->has_update ? aw_board_link_reason(l, now_ns) : AW_REASON_WARMING_UP;
}

void aw_view_vitals(struct aw_json *j, const struct aw_board *b, int64_t now_ns) {
    aw_json_key(j, "rooms");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_BOARD_ROOMS; i++) {
        const struct aw_board_room *r = &b->rooms[i];
        if (!r->used) continue;
        aw_json_open(j, '{');
        room_head(j, r);
        aw_json_key_num(j, "age_s", room_age_s(r, now_ns), 1);
        aw_vitals_json(j, &r->update, aw_board_room_reason(r, now_ns));
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_key(j, "links");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++) {
        const struct aw_board_link *l = &b->links[i];
        if (!l->used) continue;
        aw_json_open(j, '{');
        aw_json_key_uint(j, "link", l->id);
        aw_json_key_str(j, "name", l->name);
        aw_json_key_str(j, "source", aw_origin_kind_key(l->origin));
        aw_json_key_num(j, "age_s", aw_board_age_s(l, now_ns), 1);
        aw_vitals_json(j, &l->update, link_reason(l, now_ns));
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
}

void aw_view_sensing(struct aw_json *j, const struct aw_board *b, int64_t now_ns) {
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++) {
        if (!b->links[i].used) continue;
        aw_json_open(j, '{');
        sensing_members(j, b, &b->links[i], now_ns);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
}

void aw_view_update(struct aw_json *j, const struct aw_board *b, uint32_t link, int64_t now_ns) {
    aw_json_open(j, '{');
    aw_json_key_str(j, "type", "sensing_update");
    aw_json_key_num(j, "timestamp", (double)now_ns * 1e-9,
                    3); /* Unix seconds; RuView clients' name */
    aw_json_key_uint(j, "tick", b->updates);
    sensing_members(j, b, &b->links[link], now_ns);
    aw_json_close(j, '}');
}
