/* The loop thread's state of record: what the feed said last about every link and source.
 *
 *     aw_ring of aw_msg -> aw_board_push() -> links[], sources[] -> view.h -> HTTP, WebSocket
 *
 * Nothing here is computed or guessed: a value is what a message said, until it is too old. The
 * age of everything counts from msg.wall_ns; who asks passes `now_ns` (Unix time). */
#ifndef AW_SERVER_BOARD_H
#define AW_SERVER_BOARD_H

#include "server/feed.h"

enum {
    AW_BOARD_LINKS = 256,
    AW_BOARD_SOURCES = 32,
    AW_BOARD_ROOMS = 32,
    AW_BOARD_REPORTS = 32,
    AW_BOARD_ROWS = 64, /* kept per link for those who join late: 3.2 s at 20 rows per second */
    AW_BOARD_STALE_S = 5,
};

struct aw_board_row {
    int64_t t_ns;
    float max;
    uint8_t amp[AW_ROW_MAX];
};

struct aw_models;

struct aw_board_link {
    bool used;
    uint32_t id; /* as the feed calls it */
    bool has_info;
    bool has_update;
    enum aw_origin_kind origin;
    uint32_t source;
    char name[AW_LINK_NAME];
    uint32_t room; /* number of the room it is in */
    struct aw_calibration_saved calibration;
    int64_t calibrated_ns; /* Unix time; 0 not */
    uint32_t take_left_s;  /* of a take of its calibration, settling included; 0 none */
    struct aw_link_info info;
    struct aw_update update;
    int64_t seen_wall_ns;   /* when a frame of the link was last known; 0 never */
    int64_t update_wall_ns; /* when the last update came */

    /* The rows share one subcarrier axis; a row with another axis starts over.
     * Row number r, first_row <= r < next_row, is rows[r % AW_BOARD_ROWS]. */
    uint64_t first_row, next_row;
    uint16_t n; /* values per row */
    int16_t k[AW_ROW_MAX];
    struct aw_board_row rows[AW_BOARD_ROWS];
};

struct aw_board_source {
    bool used;
    int64_t wall_ns;
    struct aw_source_counts counts;
};

/* All links of one lane together, or of a room that was named (rooms.h). */
struct aw_board_room {
    bool used;
    uint32_t id;           /* the lane's first link, or AW_ROOM_NUMBER and on */
    char key[AW_ROOM_KEY]; /* what it is called in addresses and JSON: "default" */
    char name[AW_ROOM_NAME];
    enum aw_origin_kind origin;
    struct aw_update update;
    int64_t wall_ns;
};

/* What a node reports itself; the oldest makes room. */
struct aw_board_report {
    int64_t wall_ns; /* 0: none */
    enum aw_origin_kind origin;
    struct aw_node_report report;
};

/* About 9 MB, most of which is never touched: allocate it zeroed (calloc), which is also its
 * initial state. */
struct aw_board {
    uint64_t updates;               /* so far */
    const struct aw_models *models; /* whose answers are shown with the links; NULL none */
    uint64_t ignored; /* messages about a link or source that found no room, or out of range */
    struct aw_board_source sources[AW_BOARD_SOURCES];
    struct aw_board_room rooms[AW_BOARD_ROOMS];
    struct aw_board_report reports[AW_BOARD_REPORTS];
    uint32_t
        ids[AW_BOARD_LINKS]; /* links[i].id + 1; 0: links[i] is free. Close together to search */
    struct aw_board_link links[AW_BOARD_LINKS];
};

/* Takes in one message. */
void aw_board_push(struct aw_board *b, const struct aw_msg *m);

/* Place of the link that the feed calls `id` in links[]; AW_BOARD_LINKS: it is not there. */
uint32_t aw_board_find(const struct aw_board *b, uint32_t id);

/* Likewise of the room of this key in rooms[]; AW_BOARD_ROOMS: there is none. */
uint32_t aw_board_find_room(const struct aw_board *b, const char *key);

/* Seconds since a frame of the link was seen, >= 0; NAN never. */
double aw_board_age_s(const struct aw_board_link *l, int64_t now_ns);

/* Why the link's values cannot be shown: AW_REASON_NONE they can; NO_FRAMES silent for more than
 * AW_BOARD_STALE_S; STALE frames arrive, but no update; WARMING_UP frames, and no update yet. */
enum aw_reason aw_board_link_reason(const struct aw_board_link *l, int64_t now_ns);

/* Why the room's values cannot be shown: NONE, or STALE after AW_BOARD_STALE_S. */
enum aw_reason aw_board_room_reason(const struct aw_board_room *r, int64_t now_ns);

/* True when frames of the link arrive, so that rate, RSSI and noise are of now. */
bool aw_board_fresh(const struct aw_board_link *l, int64_t now_ns);

/* The source of what is shown as a whole: live before replay before simulated, among the links
 * with frames; NULL when there is none. */
const char *aw_board_origin(const struct aw_board *b, int64_t now_ns);

/* NULL when a source is ready; else a sentence why none is. */
const char *aw_board_not_ready(const struct aw_board *b);

#endif
