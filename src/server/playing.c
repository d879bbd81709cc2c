#include "server/playing.h"

#include "base/units.h"

#include <stdio.h>

enum { BATCH = 256 }; /* records between two looks at the sockets */

static int open_lane(struct aw_playing *p, enum aw_origin_kind kind) {
    const struct aw_playing_place *at = &p->place;
    int err = aw_lane_open(&p->lane, at->feed, at->base, at->max_links, kind);
    p->lane.frame_tap = at->frame_tap;
    p->lane.model_tap = at->model_tap;
    return err;
}

int aw_playing_open(struct aw_playing *p, const struct aw_playing_place *place, const char *path,
                    double speed, struct aw_why *why) {
    *p = (struct aw_playing){.place = *place};
    int err = aw_player_open(&p->player, path, speed, why);
    if (err != AW_OK) return err;
    err = open_lane(p, AW_SOURCE_REPLAY);
    if (err != AW_OK) {
        aw_player_close(&p->player);
        return err;
    }
    p->open = p->counts.ok = true;
    p->counts.kind = AW_SOURCE_REPLAY;
    snprintf(p->counts.status, sizeof p->counts.status, "playing at %gx", speed);
    return AW_OK;
}

void aw_playing_end(struct aw_playing *p, const char *status) {
    if (!p->open) return;
    aw_lane_close(&p->lane);
    p->counts.ok = false;
    p->counts.done = true;
    snprintf(p->counts.status, sizeof p->counts.status, "%s", status);
}

void aw_playing_free(struct aw_playing *p) {
    if (!p->open) return;
    aw_lane_free(&p->lane);
    aw_player_close(&p->player);
    p->open = false;
}

static void begin_again(struct aw_playing *p) {
    enum aw_origin_kind kind = p->lane.kind;
    aw_lane_close(&p->lane);
    if (aw_player_rewind(&p->player) != AW_OK || open_lane(p, kind) != AW_OK)
        aw_playing_end(p, "cannot be started again");
}

int64_t aw_playing_run(struct aw_playing *p, bool loop, int64_t now_ns, int64_t wall_ns) {
    for (int i = 0; i < BATCH; i++) {
        int got = aw_player_next(&p->player, now_ns);
        if (got == AW_PLAYER_WAIT) return p->player.due_ns;
        if (got == AW_CAPTURE_END) {
            if (p->again || (loop && !p->once)) {
                begin_again(p);
                return now_ns + AW_MS; /* also when the file holds nothing: not in a tight loop */
            }
            snprintf(p->counts.status, sizeof p->counts.status, "played to its end");
            p->counts.done = true;
            return INT64_MAX;
        }
        if (p->player.capture.simulated) p->lane.kind = p->counts.kind = AW_SOURCE_SIMULATED;
        if (got == 1) {
            aw_lane_push_frame(&p->lane, &p->counts, wall_ns, &p->player.capture.frame);
        } else {
            p->counts.packets++;
            if (got == 0)
                p->counts.skipped++;
            else
                p->counts.refused[-got]++;
        }
    }
    return now_ns;
}
