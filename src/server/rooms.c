#include "server/rooms.h"

#include "base/units.h"
#include "sense/fuse.h"
#include "server/loop.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const int64_t WAIT_NS = AW_S / 2; /* for the other links of a second */

static bool keep(struct aw_rooms *rooms, char *why, size_t why_bytes);

void aw_rooms_open(struct aw_rooms *rooms, const char *dir) {
    memset(rooms, 0, sizeof *rooms);
    if (!dir[0]) return;
    if (!aw_keep_path(dir, "rooms.json", rooms->path, rooms->why, sizeof rooms->why)) {
        rooms->path[0] = '\0';
        return;
    }
    cJSON *all = aw_keep_load(rooms->path, rooms->why, sizeof rooms->why);
    const cJSON *one;
    cJSON_ArrayForEach(one, all) {
        struct aw_room_fault fault;
        const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "id"));
        struct aw_room *room = &rooms->room[rooms->n];
        if (rooms->n == AW_ROOMS || !key || !aw_room_read(one, key, room, &fault)) continue;
        room->used = true;
        rooms->n++;
    }
    cJSON_Delete(all);
}

uint32_t aw_rooms_find(const struct aw_rooms *rooms, const char *key) {
    uint32_t i = 0;
    while (i < AW_ROOMS && !(rooms->room[i].used && strcmp(rooms->room[i].key, key) == 0)) i++;
    return i;
}

static void write_all(struct aw_json *j, void *arg) {
    const struct aw_rooms *rooms = arg;
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_ROOMS; i++) {
        if (!rooms->room[i].used) continue;
        aw_json_open(j, '{');
        aw_room_json(j, &rooms->room[i]);
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
}

static bool keep(struct aw_rooms *rooms, char *why, size_t why_bytes) {
    if (!rooms->path[0]) return true;
    struct aw_note *text = aw_note_json(write_all, rooms);
    cJSON *all = text ? cJSON_ParseWithLength((char *)text->bytes + LWS_PRE, text->len) : NULL;
    bool ok = all && aw_keep_save(rooms->path, all, why, why_bytes);
    if (!all) snprintf(why, why_bytes, "out of memory");
    cJSON_Delete(all);
    aw_note_drop(text);
    return ok;
}

/* Room number `id` is no more. */
static void tell_end(const struct aw_rooms_out *out, uint32_t id, const char *key,
                     const char *name) {
    struct aw_msg m = {.kind = AW_MSG_ROOM, .link = id};
    aw_fuse_run(NULL, 0, &m.room.update);
    snprintf(m.room.key, sizeof m.room.key, "%s", key);
    snprintf(m.room.name, sizeof m.room.name, "%s", name);
    out->tell(out->ctx, &m);
}

static void end_lanes_rooms(const struct aw_board *b, const struct aw_rooms_out *out) {
    for (uint32_t i = 0; i < AW_BOARD_ROOMS; i++) {
        const struct aw_board_room *r = &b->rooms[i];
        if (r->used && r->id < AW_ROOM_NUMBER) tell_end(out, r->id, r->key, r->name);
    }
}

static uint32_t room_of(const struct aw_rooms *rooms, const char *link, uint32_t *place) {
    for (uint32_t r = 0; r < AW_ROOMS; r++) {
        const struct aw_room *room = &rooms->room[r];
        for (*place = 0; room->used && *place < room->n_links; ++*place)
            if (strcmp(room->links[*place], link) == 0) return r;
    }
    return AW_ROOMS;
}

/* What room each link is in. Without rooms of ours the next AW_MSG_LINK says the lane's. */
static void place_links(const struct aw_rooms *rooms, struct aw_board *b) {
    for (uint32_t i = 0; rooms->n && i < AW_BOARD_LINKS; i++) {
        struct aw_board_link *l = &b->links[i];
        uint32_t place, r = l->used ? room_of(rooms, l->name, &place) : AW_ROOMS;
        l->room = r < AW_ROOMS ? AW_ROOM_NUMBER + r : AW_ROOM_NONE;
    }
}

int aw_rooms_put(struct aw_rooms *rooms, struct aw_board *b, const struct aw_room *room,
                 const struct aw_rooms_out *out, char *why, size_t why_bytes) {
    uint32_t i = aw_rooms_find(rooms, room->key);
    bool is_new = i == AW_ROOMS;
    for (i = is_new ? 0 : i; is_new && i < AW_ROOMS && rooms->room[i].used;) i++;
    if (i == AW_ROOMS) {
        snprintf(why, why_bytes, "there are %d rooms already, the most there can be", AW_ROOMS);
        return AW_ERR_TOO_MANY;
    }
    static struct aw_room before; /* large */
    before = rooms->room[i];
    rooms->room[i] = *room;
    rooms->room[i].used = true;
    if (!keep(rooms, why, why_bytes)) {
        rooms->room[i] = before;
        return AW_ERR_IO;
    }
    if (rooms->n == 0) end_lanes_rooms(b, out);
    rooms->n += is_new;
    memset(&rooms->second[i], 0, sizeof rooms->second[i]);
    place_links(rooms, b);
    return AW_OK;
}

int aw_rooms_remove(struct aw_rooms *rooms, struct aw_board *b, uint32_t place,
                    const struct aw_rooms_out *out, char *why, size_t why_bytes) {
    struct aw_room *room = &rooms->room[place];
    room->used = false;
    if (!keep(rooms, why, why_bytes)) {
        room->used = true;
        return AW_ERR_IO;
    }
    rooms->n--;
    tell_end(out, AW_ROOM_NUMBER + place, room->key, room->name);
    place_links(rooms, b);
    return AW_OK;
}

/* A zone that is the whole floor. */
static bool is_floor(const struct aw_room *room, const struct aw_zone *z) {
    return room->has_size && z->min_m[0] <= 0 && z->min_m[1] <= 0 &&
           z->max_m[0] >= room->size_m[0] && z->max_m[1] >= room->size_m[1];
}

enum aw_reason aw_rooms_zone_reason(const struct aw_room *room, const struct aw_zone *zone) {
    return zone->links || is_floor(room, zone) ? AW_REASON_NONE : AW_REASON_NOT_LOCATED;
}

/* Of the links in `which` that have said their second. */
static void fuse(const struct aw_room_second *s, uint32_t which, struct aw_update *out) {
    static struct aw_update said[AW_ROOM_LINKS]; /* large, and only the loop thread comes here */
    size_t n = 0;
    for (uint32_t i = 0; i < AW_ROOM_LINKS; i++)
        if (s->has[i] && which >> i & 1) said[n++] = s->said[i];
    aw_fuse_run(said, n, out);
}

static void fuse_zone(const struct aw_room *room, struct aw_room_second *s, uint32_t zone,
                      const struct aw_update *whole) {
    const struct aw_zone *z = &room->zones[zone];
    if (is_floor(room, z)) {
        s->zone[zone] = *whole;
    } else if (z->links) {
        fuse(s, z->links, &s->zone[zone]);
        s->zone[zone].state_experimental = true; /* links see beyond their zone, too */
    }
}

static void close_second(struct aw_rooms *rooms, uint32_t r, int64_t wall_ns,
                         const struct aw_rooms_out *out) {
    const struct aw_room *room = &rooms->room[r];
    struct aw_room_second *s = &rooms->second[r];
    struct aw_msg m = {.kind = AW_MSG_ROOM, .link = AW_ROOM_NUMBER + r, .wall_ns = wall_ns};
    fuse(s, UINT32_MAX, &m.room.update);
    for (uint32_t i = 0; i < AW_ROOM_LINKS; i++) /* as good as its worst source */
        if (s->has[i] && s->origin[i] > m.origin) m.origin = s->origin[i];
    m.t_ns = m.room.update.t_ns;
    memcpy(m.room.key, room->key, sizeof m.room.key);
    memcpy(m.room.name, room->name, sizeof m.room.name);
    for (uint32_t z = 0; z < room->n_zones; z++) fuse_zone(room, s, z, &m.room.update);
    memset(s->has, 0, sizeof s->has);
    s->since_ns = 0;
    out->tell(out->ctx, &m);
}

static const struct aw_board_link *seated(const struct aw_room_second *s, uint32_t i,
                                          const struct aw_board *b) {
    uint32_t at = s->seat[i] ? aw_board_find(b, s->seat[i] - 1) : AW_BOARD_LINKS;
    return at < AW_BOARD_LINKS ? &b->links[at] : NULL;
}

static bool complete(const struct aw_room *room, const struct aw_room_second *s,
                     const struct aw_board *b, int64_t now_ns) {
    for (uint32_t i = 0; i < room->n_links; i++) {
        const struct aw_board_link *l = seated(s, i, b);
        if (l && !s->has[i] && aw_board_fresh(l, now_ns)) return false;
    }
    return true;
}

static void said(struct aw_rooms *rooms, const struct aw_board *b, const struct aw_msg *m,
                 const struct aw_rooms_out *out) {
    uint32_t at = aw_board_find(b, m->link), i;
    uint32_t r = at < AW_BOARD_LINKS ? room_of(rooms, b->links[at].name, &i) : AW_ROOMS;
    if (r == AW_ROOMS) return;
    struct aw_room_second *s = &rooms->second[r];
    const struct aw_board_link *other = seated(s, i, b);
    if (other && other->id != m->link && aw_board_fresh(other, m->wall_ns)) return;
    if (s->has[i]) close_second(rooms, r, m->wall_ns, out);
    s->seat[i] = m->link + 1;
    s->has[i] = true;
    s->said[i] = m->update;
    s->origin[i] = m->origin;
    if (!s->since_ns) s->since_ns = m->wall_ns;
    if (complete(&rooms->room[r], s, b, m->wall_ns)) close_second(rooms, r, m->wall_ns, out);
}

void aw_rooms_place(const struct aw_rooms *rooms, struct aw_board *b, const struct aw_msg *m) {
    uint32_t place, at;
    if (!rooms->n || m->kind != AW_MSG_LINK) return;
    at = aw_board_find(b, m->link);
    if (at == AW_BOARD_LINKS) return;
    place = room_of(rooms, b->links[at].name, &place);
    b->links[at].room = place < AW_ROOMS ? AW_ROOM_NUMBER + place : AW_ROOM_NONE;
}

void aw_rooms_message(struct aw_rooms *rooms, const struct aw_board *b, const struct aw_msg *m,
                      const struct aw_rooms_out *out) {
    if (rooms->n && m->kind == AW_MSG_UPDATE) said(rooms, b, m, out);
}

void aw_rooms_tick(struct aw_rooms *rooms, const struct aw_board *b, int64_t now_ns,
                   const struct aw_rooms_out *out) {
    (void)b;
    for (uint32_t r = 0; r < AW_ROOMS; r++)
        if (rooms->room[r].used && rooms->second[r].since_ns &&
            now_ns - rooms->second[r].since_ns > WAIT_NS)
            close_second(rooms, r, rooms->second[r].since_ns, out);
}
