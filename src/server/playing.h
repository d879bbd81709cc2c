/* A recording being played: its file, the lane its frames go to, and what is counted of it. */
#ifndef AW_SERVER_PLAYING_H
#define AW_SERVER_PLAYING_H

#include "server/lane.h"
#include "server/player.h"

/* Where its links stand in the feed. */
struct aw_playing_place {
    struct aw_ring *feed;
    struct aw_frame_tap *frame_tap, *model_tap;
    uint32_t max_links, base;
};

struct aw_playing {
    struct aw_player player;
    struct aw_lane lane;
    struct aw_source_counts counts;
    struct aw_playing_place place;
    bool open;
    bool again; /* whenever it ends, whatever the setting */
    bool once;  /* likewise never again */
};

/* Errors with why: those of aw_player_open() and aw_lane_open(). */
AW_MUST_USE int aw_playing_open(struct aw_playing *p, const struct aw_playing_place *place,
                                const char *path, double speed, struct aw_why *why);

/* Passes on what is due. Returns the monotonic time of the next record; INT64_MAX, counts.done
 * being set, when it ended. */
int64_t aw_playing_run(struct aw_playing *p, bool loop, int64_t now_ns, int64_t wall_ns);

/* Tells the feed that it is over, and why. Its file stays open for aw_playing_free(). */
void aw_playing_end(struct aw_playing *p, const char *status);

/* Frees what is open, without a word to the feed: any thread. */
void aw_playing_free(struct aw_playing *p);

#endif
