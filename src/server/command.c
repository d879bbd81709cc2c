#include "server/command.h"
#include "server/lane.h"

static int run(const struct aw_command *c, struct aw_lane *lane, uint32_t link) {
    switch (c->kind) {
    case AW_COMMAND_TAKE:
        return aw_lane_take(lane, link, c->take, c->seconds);
    case AW_COMMAND_CLEAR:
        return aw_lane_calibration_clear(lane, link);
    case AW_COMMAND_RESTORE:
        return aw_lane_calibration_restore(lane, link, c->serial, &c->saved, c->calibrated_ns);
    }
    return AW_ERR_INVAL;
}

void aw_command_run(const struct aw_command *c,
                    struct aw_lane *(*lane_of)(void *ctx, uint32_t link), void *ctx,
                    int64_t wall_ns, struct aw_command_reply *reply) {
    *reply = c->reply;
    reply->done = reply->gone = reply->refused = 0;
    for (uint32_t i = 0; i < c->n_links && i < AW_COMMAND_LINKS; i++) {
        struct aw_lane *lane = lane_of(ctx, c->links[i]);
        int err = lane ? run(c, lane, c->links[i] - lane->base) : AW_ERR_INVAL;
        if (err == AW_OK) {
            reply->done++;
            aw_lane_tell_link(lane, c->links[i] - lane->base, wall_ns);
        } else if (err == AW_ERR_INVAL) {
            reply->gone++;
        } else {
            reply->refused++;
        }
    }
}
