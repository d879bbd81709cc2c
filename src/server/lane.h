#ifndef AW_SERVER_LANE_H
#define AW_SERVER_LANE_H

#include "server/feed.h"

struct aw_frame_tap;

/* One time line of frames and its session: all live sources share one lane, each file that is
 * played has its own. Turns what happens on it into messages of the feed. */
struct aw_lane {
    struct aw_session *session;
    struct aw_ring *feed;
    uint32_t max_links;
    uint32_t base; /* link numbers of this lane start here in the feed */
    enum aw_origin_kind kind;
    struct aw_frame_tap *frame_tap; /* whole frames for those who ask; NULL none */
    struct aw_frame_tap *model_tap; /* likewise for models */
    bool changed;                   /* something was put into the feed since it was last cleared */
    struct aw_lane_link {
        uint32_t serial; /* of the link in the session; 0: unknown to the feed */
        uint32_t source;
        int64_t row_ns; /* wall time of its last row */
        enum aw_origin_kind kind;
        struct aw_lane_take {
            uint32_t settle_s, left_s; /* until it begins, and then until it ends; 0 none */
            enum aw_take take;
            int64_t calibrated_ns; /* Unix time at which the link was armed; 0 never */
        } take;
    } * links; /* [max_links] */
    struct {
        uint64_t origin;
        int64_t wall_ns;
    } simulators[32]; /* senders that said that they are simulated, and when */
};

/* Errors: NOMEM, INVAL. */
AW_MUST_USE int aw_lane_open(struct aw_lane *lane, struct aw_ring *feed, uint32_t base,
                             uint32_t max_links, enum aw_origin_kind kind);

/* Tells the feed that all its links are gone, and frees it. */
void aw_lane_close(struct aw_lane *lane);

/* Frees it without a word to the feed: any thread. */
void aw_lane_free(struct aw_lane *lane);

/* A datagram or line that arrived; counts in *counts. Simulator markers mark their sender. */
void aw_lane_push_record(struct aw_lane *lane, struct aw_source_counts *counts, int64_t wall_ns,
                         int64_t t_ns, uint64_t origin, const uint8_t *buf, size_t len);

/* A frame of a file. */
void aw_lane_push_frame(struct aw_lane *lane, struct aw_source_counts *counts, int64_t wall_ns,
                        const struct aw_frame *f);

/* Moves the lane's time on and passes finished seconds to the feed. */
void aw_lane_advance(struct aw_lane *lane, int64_t wall_ns, int64_t t_ns);

/* Passes the facts of a link to the feed. */
void aw_lane_tell_link(struct aw_lane *lane, uint32_t link, int64_t wall_ns);

/* Calibration of link number `link` of the lane's session (lane_takes.c). A take settles for
 * AW_TAKE_SETTLE_S seconds, then lasts `seconds` of the data's own time.
 * Errors: INVAL no such link (any more); EMPTY a take is under way, or an empty one is needed
 * first. */
int aw_lane_take(struct aw_lane *lane, uint32_t link, enum aw_take take, uint32_t seconds);
int aw_lane_calibration_restore(struct aw_lane *lane, uint32_t link, uint32_t serial,
                                const struct aw_calibration_saved *saved, int64_t calibrated_ns);
int aw_lane_calibration_clear(struct aw_lane *lane, uint32_t link);

/* Has somebody said that the room is empty: does an empty take run? */
bool aw_lane_empty_take(const struct aw_lane *lane, uint32_t link);

/* A second of the link is over. */
void aw_lane_take_second(struct aw_lane *lane, uint32_t link, int64_t wall_ns);

/* Passes counts to the feed. */
void aw_lane_counts(struct aw_lane *lane, int64_t wall_ns, const struct aw_source_counts *counts);

#endif
