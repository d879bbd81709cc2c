/* Rooms that people named: which links cross them, where their nodes stand, zones in them. Kept in
 * rooms.json in the folder of state. The loop thread owns them.
 *
 *     updates of links -> aw_rooms_message() -> sense/fuse over the room's links -> AW_MSG_ROOM
 *
 * A room's second is over when all its links with frames have said theirs, when one says its next,
 * or half a second after the first: links on different time lines are never in step. A link is found
 * by its name; of several links of one name the first that speaks has the place while it has frames.
 *
 * While no room is configured, each lane's room (all its links, AW_MSG_ROOM of lane.c) stands in.
 *
 * Zones: what a link sees happens anywhere between its ends and around, so that no zone's state
 * follows from the room's. It is known where the zone is the whole floor of the room; or where the
 * zone names links that cross it alone, and then it is theirs and always experimental. Otherwise
 * null, not-located. */
#ifndef AW_SERVER_ROOMS_H
#define AW_SERVER_ROOMS_H

#include "base/json.h"
#include "server/board.h"
#include "server/keep.h"

enum {
    AW_ROOMS = 16,
    AW_ROOM_LINKS = 32,
    AW_ROOM_NODES = 32,
    AW_ROOM_ZONES = 16,
};
#define AW_ROOM_NUMBER 0x80000000U /* of the first in the feed; lanes' rooms are below */
#define AW_ROOM_NONE UINT32_MAX    /* of a link that is in no room */

struct aw_zone {
    char key[AW_ROOM_KEY], name[AW_ROOM_NAME];
    double min_m[2], max_m[2];
    uint32_t links; /* bit i: the room's link i crosses this zone alone */
};

struct aw_room {
    bool used;
    char key[AW_ROOM_KEY], name[AW_ROOM_NAME];
    bool has_size;
    double size_m[3];
    uint32_t n_links, n_nodes, n_zones;
    char links[AW_ROOM_LINKS][AW_LINK_NAME];
    struct {
        char name[AW_LINK_NAME];
        double position_m[3];
    } nodes[AW_ROOM_NODES];
    struct aw_zone zones[AW_ROOM_ZONES];
};

/* The second under way, and of the last one what the zones need. */
struct aw_room_second {
    uint32_t seat[AW_ROOM_LINKS]; /* link number + 1 that has the place; 0 none */
    bool has[AW_ROOM_LINKS];
    enum aw_origin_kind origin[AW_ROOM_LINKS];
    struct aw_update said[AW_ROOM_LINKS];
    int64_t since_ns; /* Unix time of the first; 0 none */
    struct aw_update zone[AW_ROOM_ZONES];
};

struct aw_rooms {
    char path[AW_KEEP_PATH]; /* "" they are not kept */
    char why[AW_KEEP_PATH];  /* "" or what is wrong with the file */
    uint32_t n;              /* used */
    struct aw_room room[AW_ROOMS];
    struct aw_room_second second[AW_ROOMS];
};

/* Where messages about rooms go: the board and all who hear the feed. */
struct aw_rooms_out {
    void (*tell)(void *ctx, const struct aw_msg *m);
    void *ctx;
};

/* dir: "" keeps nothing. */
void aw_rooms_open(struct aw_rooms *rooms, const char *dir);

/* Place in room[]; AW_ROOMS: there is none. */
uint32_t aw_rooms_find(const struct aw_rooms *rooms, const char *key);

/* Puts a room in, or another one in its place, and keeps all. Errors with why: TOO_MANY, IO. */
AW_MUST_USE int aw_rooms_put(struct aw_rooms *rooms, struct aw_board *b, const struct aw_room *room,
                             const struct aw_rooms_out *out, char *why, size_t why_bytes);
AW_MUST_USE int aw_rooms_remove(struct aw_rooms *rooms, struct aw_board *b, uint32_t place,
                                const struct aw_rooms_out *out, char *why, size_t why_bytes);

/* After the board took the message in: its link learns what room it is in. */
void aw_rooms_place(const struct aw_rooms *rooms, struct aw_board *b, const struct aw_msg *m);

/* Then, all others having heard it: the second of the link's room. */
void aw_rooms_message(struct aw_rooms *rooms, const struct aw_board *b, const struct aw_msg *m,
                      const struct aw_rooms_out *out);

/* Now and then: closes seconds that wait for a link that says nothing. */
void aw_rooms_tick(struct aw_rooms *rooms, const struct aw_board *b, int64_t now_ns,
                   const struct aw_rooms_out *out);

/* Why the zone's state is null; NONE: it is second[].zone[]. */
enum aw_reason aw_rooms_zone_reason(const struct aw_room *room, const struct aw_zone *zone);

/* The members of a room, into an open object; and back (room_json.c). */
void aw_room_json(struct aw_json *j, const struct aw_room *room);
struct aw_room_fault {
    char field[96]; /* "zones[1].min_m" */
    char allowed[160];
};
AW_MUST_USE bool aw_room_read(const cJSON *o, const char *key, struct aw_room *room,
                              struct aw_room_fault *fault);
bool aw_room_key_ok(const char *key);

#endif
