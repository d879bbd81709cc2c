/* What the loop thread asks of the sensing thread: small commands through a ring of their own, looked
 * at between frames, so that neither waits for the other. The reply comes back in the feed. */
#ifndef AW_SERVER_COMMAND_H
#define AW_SERVER_COMMAND_H

#include "server/feed.h"

enum {
    AW_COMMANDS = 16, /* on their way; power of two */
    AW_COMMAND_LINKS = 256,
    AW_TAKE_SETTLE_S = 4, /* of a take that do not count: the motion window still holds what was */
};

enum aw_command_kind {
    AW_COMMAND_TAKE,    /* begin a take of the calibration of these links */
    AW_COMMAND_CLEAR,   /* forget their calibrations */
    AW_COMMAND_RESTORE, /* give a kept one back to the first of these links */
};

struct aw_command {
    enum aw_command_kind kind;
    struct aw_command_reply reply; /* the counts are filled in */
    enum aw_take take;
    uint32_t seconds;
    struct aw_calibration_saved saved;
    int64_t calibrated_ns;
    uint32_t serial; /* RESTORE: only while the link is still this one */
    uint32_t n_links;
    uint32_t links[AW_COMMAND_LINKS]; /* as the feed calls them */
};

struct aw_lane;

/* Carries it out on the lanes and counts in *reply. */
void aw_command_run(const struct aw_command *c,
                    struct aw_lane *(*lane_of)(void *ctx, uint32_t link), void *ctx,
                    int64_t wall_ns, struct aw_command_reply *reply);

#endif
