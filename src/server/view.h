/* The board as JSON. One place for the names of our own API; REST and WebSocket share it.
 *
 * A value that is null has a reason beside it (x_reason, or the reason of the whole link); where
 * there is none the source does not report the value (noise of most chips). Keys end in units: _s
 * _ms _hz _mhz _db _dbm _bpm; docs/events.md lists them. `link` here is a place in links[]. */
#ifndef AW_SERVER_VIEW_H
#define AW_SERVER_VIEW_H

#include "base/json.h"
#include "server/board.h"

/* Arrays of everything in use. */
void aw_view_links(struct aw_json *j, const struct aw_board *b, int64_t now_ns);
void aw_view_sources(struct aw_json *j, const struct aw_board *b, int64_t now_ns);
void aw_view_rooms(struct aw_json *j, const struct aw_board *b, int64_t now_ns);
void aw_view_sensing(struct aw_json *j, const struct aw_board *b, int64_t now_ns);

/* One of rooms[], as in the array. */
void aw_view_room(struct aw_json *j, const struct aw_board *b, uint32_t room, int64_t now_ns);

/* One link: its facts; its last second. */
void aw_view_link(struct aw_json *j, const struct aw_board *b, uint32_t link, int64_t now_ns);
void aw_view_link_sensing(struct aw_json *j, const struct aw_board *b, uint32_t link,
                          int64_t now_ns);

/* The members rooms and links: breathing, heart and apnoea of each, into an open object. */
void aw_view_vitals(struct aw_json *j, const struct aw_board *b, int64_t now_ns);

/* {"type":"sensing_update", ...}: the last update of one link. */
void aw_view_update(struct aw_json *j, const struct aw_board *b, uint32_t link, int64_t now_ns);

/* {"type":"row", ...}: the newest row; {"type":"rows", ...}: all rows kept, oldest first. */
void aw_view_row(struct aw_json *j, const struct aw_board *b, uint32_t link);
void aw_view_rows(struct aw_json *j, const struct aw_board *b, uint32_t link);

#endif
