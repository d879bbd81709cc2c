/* /api/v1/rooms and /api/v1/zones: what people said of their rooms, and what is seen in them. */
#include "server/rooms.h"
#include "server/route.h"
#include "server/services.h"
#include "server/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct aw_rooms *rooms_of(const struct aw_http *h) {
    return h->services ? h->services->rooms : NULL;
}

/* What is seen in the room of this number; null with the reason when nothing was so far. */
static void view_sensing(struct aw_json *j, const struct aw_board *b, const char *key,
                         int64_t now_ns) {
    uint32_t at = aw_board_find_room(b, key);
    aw_json_key(j, "sensing");
    if (at < AW_BOARD_ROOMS)
        aw_view_room(j, b, at, now_ns);
    else
        aw_json_null(j);
    aw_json_key_str(j, "reason", at < AW_BOARD_ROOMS ? NULL : aw_reason_key(AW_REASON_NO_FRAMES));
}

static void view_configured(struct aw_json *j, const struct aw_board *b, const struct aw_room *room,
                            int64_t now_ns) {
    aw_json_open(j, '{');
    aw_room_json(j, room);
    aw_json_key(j, "configured");
    aw_json_bool(j, true);
    view_sensing(j, b, room->key, now_ns);
    aw_json_close(j, '}');
}

/* A lane's room: all its links. */
static void view_lane(struct aw_json *j, const struct aw_board *b, const char *key,
                      int64_t now_ns) {
    uint32_t at = aw_board_find_room(b, key);
    static struct aw_room room; /* large */
    room = (struct aw_room){0};
    snprintf(room.key, sizeof room.key, "%s", key);
    snprintf(room.name, sizeof room.name, "%s", at < AW_BOARD_ROOMS ? b->rooms[at].name : "Room");
    for (uint32_t i = 0; at < AW_BOARD_ROOMS && i < AW_BOARD_LINKS; i++) {
        const struct aw_board_link *l = &b->links[i];
        if (l->used && l->has_info && l->room == b->rooms[at].id && room.n_links < AW_ROOM_LINKS)
            memcpy(room.links[room.n_links++], l->name, sizeof l->name);
    }
    aw_json_open(j, '{');
    aw_room_json(j, &room);
    aw_json_key(j, "configured");
    aw_json_bool(j, false);
    view_sensing(j, b, key, now_ns);
    aw_json_close(j, '}');
}

static void view_rooms(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    const struct aw_rooms *rooms = rooms_of(h);
    int64_t now_ns = aw_loop_wall_ns();
    aw_json_open(j, '{');
    aw_json_key(j, "rooms");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_ROOMS; i++)
        if (rooms->room[i].used) view_configured(j, h->board, &rooms->room[i], now_ns);
    if (!rooms->n) view_lane(j, h->board, "default", now_ns);
    for (uint32_t i = 0; !rooms->n && i < AW_BOARD_ROOMS; i++) {
        const struct aw_board_room *r = &h->board->rooms[i];
        if (r->used && strcmp(r->key, "default") != 0) view_lane(j, h->board, r->key, now_ns);
    }
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}

struct one {
    const struct aw_http *h;
    const char *key;
    uint32_t place; /* AW_ROOMS: a lane's */
};

static void view_one(struct aw_json *j, void *arg) {
    const struct one *o = arg;
    int64_t now_ns = aw_loop_wall_ns();
    if (o->place < AW_ROOMS)
        view_configured(j, o->h->board, &rooms_of(o->h)->room[o->place], now_ns);
    else
        view_lane(j, o->h->board, o->key, now_ns);
}

static void view_zone(struct aw_json *j, const struct aw_board *b, const struct aw_rooms *rooms,
                      uint32_t r, uint32_t z, int64_t now_ns) {
    const struct aw_room *room = &rooms->room[r];
    const struct aw_zone *zone = &room->zones[z];
    const struct aw_update *u = &rooms->second[r].zone[z];
    uint32_t at = aw_board_find_room(b, room->key);
    const struct aw_board_room *seen = at < AW_BOARD_ROOMS ? &b->rooms[at] : NULL;
    enum aw_reason why = aw_rooms_zone_reason(room, zone);
    if (why == AW_REASON_NONE)
        why = !seen                       ? AW_REASON_NO_FRAMES
              : u->state == AW_STATE_NULL ? u->state_reason
                                          : aw_board_room_reason(seen, now_ns);
    bool known = why == AW_REASON_NONE;
    aw_json_open(j, '{');
    aw_json_key_str(j, "room", room->key);
    aw_json_key_str(j, "id", zone->key);
    aw_json_key_str(j, "name", zone->name);
    aw_json_key_str(j, "source", seen ? aw_origin_kind_key(seen->origin) : NULL);
    aw_json_key(j, "age_s");
    aw_json_num(j, seen ? fmax(0, (double)(now_ns - seen->wall_ns) * 1e-9) : (double)NAN, 1);
    aw_json_key_str(j, "state", known ? aw_state_key(u->state) : NULL);
    aw_json_key(j, "state_confidence");
    aw_json_num(j, known ? (double)u->state_confidence : (double)NAN, 3);
    aw_json_key_str(j, "state_reason", known ? NULL : aw_reason_key(why));
    aw_json_key(j, "state_experimental");
    aw_json_bool(j, known && u->state_experimental);
    aw_json_close(j, '}');
}

static void view_zones(struct aw_json *j, void *arg) {
    const struct aw_http *h = arg;
    const struct aw_rooms *rooms = rooms_of(h);
    int64_t now_ns = aw_loop_wall_ns();
    aw_json_open(j, '{');
    aw_json_key(j, "zones");
    aw_json_open(j, '[');
    for (uint32_t r = 0; r < AW_ROOMS; r++)
        for (uint32_t z = 0; rooms->room[r].used && z < rooms->room[r].n_zones; z++)
            view_zone(j, h->board, rooms, r, z, now_ns);
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}

static const char off[] = "this server keeps no rooms";

static int get_rooms(struct aw_request *r) {
    return rooms_of(r->http) ? aw_answer_json(r, 200, view_rooms, r->http)
                             : aw_answer_problem(r, 503, off);
}

static int get_zones(struct aw_request *r) {
    return rooms_of(r->http) ? aw_answer_json(r, 200, view_zones, r->http)
                             : aw_answer_problem(r, 503, off);
}

static int get_room(struct aw_request *r) {
    struct aw_rooms *rooms = rooms_of(r->http);
    if (!rooms) return aw_answer_problem(r, 503, off);
    struct one o = {r->http, r->param[0], aw_rooms_find(rooms, r->param[0])};
    bool lane = !rooms->n && (strcmp(o.key, "default") == 0 ||
                              aw_board_find_room(r->http->board, o.key) < AW_BOARD_ROOMS);
    if (o.place == AW_ROOMS && !lane) return aw_answer_problem(r, 404, "there is no such room");
    return aw_answer_json(r, 200, view_one, &o);
}

/* A link crosses one room: of two, one would be shown what happens in the other. */
static bool taken(const struct aw_rooms *rooms, const struct aw_room *room,
                  struct aw_room_fault *fault) {
    for (uint32_t i = 0; i < AW_ROOMS; i++) {
        const struct aw_room *other = &rooms->room[i];
        if (!other->used || strcmp(other->key, room->key) == 0) continue;
        for (uint32_t a = 0; a < room->n_links; a++)
            for (uint32_t b = 0; b < other->n_links; b++) {
                if (strcmp(room->links[a], other->links[b]) != 0) continue;
                snprintf(fault->field, sizeof fault->field, "links[%u]", a);
                snprintf(fault->allowed, sizeof fault->allowed,
                         "a link of no other room; this one is in %s", other->key);
                return true;
            }
    }
    return false;
}

static int put_room(struct aw_request *r) {
    static struct aw_room room; /* large */
    struct aw_rooms *rooms = rooms_of(r->http);
    struct aw_room_fault fault;
    char why[256];
    if (!rooms) return aw_answer_problem(r, 503, off);
    if (!aw_room_read(r->json, r->param[0], &room, &fault) || taken(rooms, &room, &fault))
        return aw_answer_range(r, fault.field, fault.allowed);
    bool is_new = aw_rooms_find(rooms, room.key) == AW_ROOMS;
    struct aw_rooms_out out = aw_loop_rooms_out(r->http);
    int err = aw_rooms_put(rooms, r->http->board, &room, &out, why, sizeof why);
    if (err != AW_OK) return aw_answer_problem(r, err == AW_ERR_TOO_MANY ? 409 : 503, why);
    struct one o = {r->http, room.key, aw_rooms_find(rooms, room.key)};
    return aw_answer_json(r, is_new ? 201 : 200, view_one, &o);
}

static int delete_room(struct aw_request *r) {
    struct aw_rooms *rooms = rooms_of(r->http);
    char why[256];
    if (!rooms) return aw_answer_problem(r, 503, off);
    uint32_t place = aw_rooms_find(rooms, r->param[0]);
    if (place == AW_ROOMS) return aw_answer_problem(r, 404, "there is no such room to delete");
    struct aw_rooms_out out = aw_loop_rooms_out(r->http);
    int err = aw_rooms_remove(rooms, r->http->board, place, &out, why, sizeof why);
    return err == AW_OK ? aw_answer_none(r) : aw_answer_problem(r, 503, why);
}

static const struct aw_route routes[] = {
    {"GET", "/api/v1/rooms", AW_SCOPE_READ, get_rooms},
    {"GET", "/api/v1/rooms/{id}", AW_SCOPE_READ, get_room},
    {"PUT", "/api/v1/rooms/{id}", AW_SCOPE_CONTROL, put_room},
    {"DELETE", "/api/v1/rooms/{id}", AW_SCOPE_CONTROL, delete_room},
    {"GET", "/api/v1/zones", AW_SCOPE_READ, get_zones},
};
const struct aw_route_table aw_routes_rooms = {routes, sizeof routes / sizeof routes[0]};
