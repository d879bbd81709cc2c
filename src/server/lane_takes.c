#include "server/command.h"
#include "server/lane.h"

int aw_lane_take(struct aw_lane *lane, uint32_t link, enum aw_take take, uint32_t seconds) {
    struct aw_calibration_report now;
    int err = aw_session_calibration(lane->session, link, &now);
    if (err != AW_OK) return err;
    struct aw_lane_take *t = &lane->links[link].take;
    if (t->settle_s || t->left_s) return AW_ERR_EMPTY;
    if (take != AW_TAKE_EMPTY && (now.restored || now.empty_s == 0)) return AW_ERR_EMPTY;
    t->take = take;
    t->settle_s = AW_TAKE_SETTLE_S;
    t->left_s = seconds;
    return AW_OK;
}

int aw_lane_calibration_restore(struct aw_lane *lane, uint32_t link, uint32_t serial,
                                const struct aw_calibration_saved *saved, int64_t calibrated_ns) {
    struct aw_link_info info;
    if (!aw_session_link(lane->session, link, &info) || info.serial != serial) return AW_ERR_INVAL;
    struct aw_lane_take *t = &lane->links[link].take;
    if (t->settle_s || t->left_s) return AW_ERR_EMPTY; /* somebody calibrates it anew already */
    int err = aw_session_calibration_restore(lane->session, link, saved);
    if (err == AW_OK) t->calibrated_ns = calibrated_ns;
    return err;
}

int aw_lane_calibration_clear(struct aw_lane *lane, uint32_t link) {
    int err = aw_session_calibration_clear(lane->session, link);
    if (err == AW_OK) lane->links[link].take = (struct aw_lane_take){0};
    return err;
}

bool aw_lane_empty_take(const struct aw_lane *lane, uint32_t link) {
    const struct aw_lane_take *t = &lane->links[link].take;
    return t->take == AW_TAKE_EMPTY && t->settle_s == 0 && t->left_s > 0;
}

void aw_lane_take_second(struct aw_lane *lane, uint32_t link, int64_t wall_ns) {
    struct aw_lane_take *t = &lane->links[link].take;
    if (t->settle_s) {
        if (--t->settle_s == 0 && aw_session_calibrate_begin(lane->session, link, t->take) != AW_OK)
            t->left_s = 0; /* the link has become another */
    } else if (t->left_s && --t->left_s == 0) {
        struct aw_calibration_report report;
        if (aw_session_calibrate_finish(lane->session, link, &report) != AW_OK) return;
        t->calibrated_ns = report.verdict == AW_CALIBRATION_ARMED ? wall_ns : 0;
    }
}
