#include "server/event.h"
#include "server/fill.h"
#include "test.h"

static const int64_t t0 = 1700000000000000000, second = 1000000000;
static struct aw_event_watch watch;
static struct aw_event told[64];
static int n_told;

static void tell(void *ctx, const struct aw_event *e) {
    (void)ctx;
    if (n_told < 64) told[n_told++] = *e;
}

static void push(struct aw_msg m) {
    aw_event_push(&watch, &m, tell, NULL);
}

static void update(int i, enum aw_state state, bool apnoea, bool fall) {
    struct aw_msg m = fill_update(7, t0 + i * second);
    m.update.state = state;
    m.update.state_reason = state == AW_STATE_NULL ? AW_REASON_STALE : AW_REASON_NONE;
    m.update.apnoea = apnoea;
    m.update.fall = fall;
    push(m);
}

static void test_states(void) {
    push(fill_link(7, 100, t0));
    CHECK_INT(n_told, 1);
    CHECK_STR(told[0].type, "node-appeared");
    CHECK_STR(told[0].name, "node 8");
    CHECK_STR(told[0].source, "simulated");
    n_told = 0;
    update(1, AW_STATE_NULL, false, false); /* unknown before, unknown now: nothing happened */
    CHECK_INT(n_told, 0);
    update(2, AW_STATE_STILL, false, false);
    update(3, AW_STATE_STILL, false, false);
    CHECK_INT(n_told, 1);
    CHECK_STR(told[0].detail, "{\"from\":null,\"to\":\"still\",\"reason\":null,"
                              "\"confidence\":0.900,\"experimental\":false}");
    update(4, AW_STATE_NULL, false, false);
    CHECK_INT(n_told, 2);
    CHECK_STR(told[1].detail, "{\"from\":\"still\",\"to\":null,\"reason\":\"stale\","
                              "\"confidence\":null,\"experimental\":false}");
    n_told = 0;
    update(5, AW_STATE_NULL, true, false);
    update(6, AW_STATE_NULL, true, true);
    update(7, AW_STATE_NULL, false, false);
    CHECK_INT(n_told, 3);
    CHECK_STR(told[0].type, "apnoea");
    CHECK_STR(told[1].type, "fall");
    CHECK_STR(told[2].type, "apnoea-end");
    CHECK_INT(told[1].t_ms, (t0 + 6 * second) / 1000000);
}

static void test_silence(void) {
    n_told = 0;
    aw_event_second(&watch, t0 + 10 * second, tell, NULL);
    CHECK_INT(n_told, 0);
    push(fill_link(7, 100, t0 + 11 * second)); /* facts without new frames are no sign of life */
    aw_event_second(&watch, t0 + 11 * second, tell, NULL);
    aw_event_second(&watch, t0 + 12 * second, tell, NULL);
    CHECK_INT(n_told, 1);
    CHECK_STR(told[0].type, "node-silent");
    CHECK_STR(told[0].detail, "{\"silent_s\":11.0,\"reason\":\"no-frames\"}");
    push(fill_link(7, 101, t0 + 13 * second));
    CHECK_INT(n_told, 2);
    CHECK_STR(told[1].type, "node-returned");
    push(fill_msg(AW_MSG_GONE, 7, t0 + 14 * second));
    CHECK_INT(n_told, 3);
    CHECK_STR(told[2].type, "node-silent");
    push(fill_update(7, t0 + 15 * second)); /* of a link that is not known */
    CHECK_INT(n_told, 3);
}

static void test_calibration(void) {
    struct aw_msg m = fill_link(9, 1, t0);
    m.link_info.calibrated_ns = t0 - 3600 * second; /* restored */
    push(m);
    n_told = 0;
    m.link_info.calibrated_ns = t0 - second;
    push(m);
    push(m);
    CHECK_INT(n_told, 1);
    CHECK_STR(told[0].type, "calibration");
    CHECK_STR(told[0].detail, "{\"state\":\"armed\"}");
    m.link_info.calibrated_ns = 0;
    push(m);
    CHECK_INT(n_told, 2);
    CHECK_STR(told[1].detail, "{\"state\":\"removed\"}");
    push(fill_msg(AW_MSG_GONE, 9, t0));
}

static void test_bounds(void) {
    for (uint32_t i = 0; i < AW_EVENT_SUBJECTS + 3; i++) push(fill_link(1000 + i, 1, t0));
    CHECK_INT(watch.ignored, 3);
}

int main(void) {
    test_states();
    test_silence();
    test_calibration();
    test_bounds();
    return test_end();
}
