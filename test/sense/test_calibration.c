#include "noise.h"
#include "sense/calibration.h"
#include "test.h"

static struct aw_calibration calibration;

static void take(enum aw_take which, int n, double mean, double std, uint64_t seed) {
    aw_calibration_begin(&calibration, which);
    for (int i = 0; i < n; i++) {
        float share = (float)(mean + std * noise_gauss(seed, (uint64_t)i));
        aw_calibration_push(&calibration, &(struct aw_motion_result){.share = share,
                                                                     .spread = -1.8F,
                                                                     .moving = share > 0.26F,
                                                                     .reason = AW_REASON_NONE});
    }
}

static struct aw_calibration_result finish(void) {
    struct aw_calibration_result r;
    aw_calibration_finish(&calibration, &r);
    return r;
}

static void one_sided(void) {
    aw_calibration_init(&calibration);
    take(AW_TAKE_EMPTY, 100, 0.05, 0.03, 1);
    struct aw_calibration_result r = finish();
    CHECK_INT(r.verdict, AW_CALIBRATION_ARMED);
    CHECK(r.null.known && calibration.null.known && isnan(r.overlap));
    CHECK_NEAR(r.null.mean, 0.05, 0.01);
    CHECK_NEAR(r.null.std, 0.03, 0.007);
    CHECK_NEAR(r.null.spread, -1.8, 1e-6);
    take(AW_TAKE_EMPTY, 100, 0.05, 0.001, 1); /* no link is that quiet */
    CHECK_NEAR(finish().null.std, 0.02, 1e-6);
}

/* Overlap is the textbook AUC's complement; above 0.05 it does not arm. */
static void two_sided(void) {
    aw_calibration_init(&calibration);
    take(AW_TAKE_EMPTY, 100, 0.02, 0.03, 1);
    take(AW_TAKE_OCCUPIED, 100, 0.3, 0.03, 2);
    struct aw_calibration_result r = finish();
    CHECK_INT(r.verdict, AW_CALIBRATION_ARMED);
    CHECK(r.overlap == 0 && r.reads[0] == 100 && r.reads[1] == 100);

    take(AW_TAKE_OCCUPIED, 100, 0.05, 0.03, 2); /* 1 std apart */
    r = finish();
    CHECK_INT(r.verdict, AW_CALIBRATION_OVERLAP);
    CHECK_NEAR(r.overlap, 0.24, 0.1); /* Q(1 / sqrt 2) */
    CHECK(!r.null.known && !calibration.null.known);
}

/* Somebody still is told of, but decides nothing. */
static void still_take(void) {
    aw_calibration_init(&calibration);
    take(AW_TAKE_EMPTY, 100, 0.02, 0.03, 1);
    take(AW_TAKE_OCCUPIED, 100, 0.3, 0.03, 2);
    take(AW_TAKE_STILL, 100, 0.02, 0.03, 3);
    struct aw_calibration_result r = finish();
    CHECK_INT(r.verdict, AW_CALIBRATION_ARMED);
    CHECK_NEAR(r.still_overlap, 0.5, 0.1);
    CHECK(r.overlap == 0 && r.reads[AW_TAKE_STILL] == 100);
}

static void refused(void) {
    aw_calibration_init(&calibration);
    CHECK_INT(finish().verdict, AW_CALIBRATION_TOO_SHORT);
    take(AW_TAKE_EMPTY, 9, 0, 0.02, 1);
    CHECK_INT(finish().verdict, AW_CALIBRATION_TOO_SHORT);
    take(AW_TAKE_EMPTY, 20, 0, 0.02, 1);
    take(AW_TAKE_OCCUPIED, 5, 0.5, 0.02, 2);
    CHECK_INT(finish().verdict, AW_CALIBRATION_TOO_SHORT);
    aw_calibration_init(&calibration);
    take(AW_TAKE_EMPTY, 50, 0.2, 0.06, 1); /* above 0.26: one read in six */
    struct aw_calibration_result r = finish();
    CHECK_INT(r.verdict, AW_CALIBRATION_SOMEBODY_MOVED);
    CHECK_NEAR(r.moved, 0.16, 0.12);
    aw_calibration_init(&calibration);
    aw_calibration_begin(&calibration, AW_TAKE_EMPTY);
    for (int i = 0; i < 20; i++) {
        aw_calibration_push(&calibration,
                            &(struct aw_motion_result){.reason = AW_REASON_NO_FRAMES});
    }
    CHECK_INT(finish().verdict, AW_CALIBRATION_TOO_SHORT);
}

/* The null follows an empty room, stands still while somebody is there, and says how far it went.
 */
static void tracking(void) {
    struct aw_motion_result m = {.share = 0.12F, .spread = -1.8F, .reason = AW_REASON_NONE};
    int64_t t = 0, second = 1000000000;
    aw_calibration_init(&calibration);
    CHECK(aw_calibration_track(&calibration, t, AW_STATE_EMPTY, &m) == 0);
    take(AW_TAKE_EMPTY, 100, 0, 0.02, 1);
    finish();
    float before = calibration.null.mean;
    for (int i = 0; i < 5000; i++) {
        aw_calibration_track(&calibration, t += second, AW_STATE_STILL, &m);
        if (i % 50 < 40) aw_calibration_track(&calibration, t += second, AW_STATE_EMPTY, &m);
    }
    CHECK(calibration.null.mean == before);
    float drift = 0;
    for (int i = 0; i < 660; i++) {
        drift = aw_calibration_track(&calibration, t += second, AW_STATE_EMPTY, &m);
    }
    CHECK_NEAR(calibration.null.mean - before, (0.12F - before) * (1 - exp(-1)), 0.005);
    CHECK(drift > 3);
}

int main(void) {
    one_sided();
    two_sided();
    still_take();
    refused();
    tracking();
    return test_end();
}
