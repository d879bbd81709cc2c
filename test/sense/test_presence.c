#include "sense/count.h"
#include "sense/presence.h"
#include "test.h"

static struct aw_presence presence;
static int64_t now_s;
static struct aw_motion_result motion;
static struct aw_sway_result sway;
static struct aw_estimate breath;

static void start(void) {
    struct aw_presence_config config;
    aw_presence_config_default(&config);
    CHECK_INT(aw_presence_init(&presence, &config), AW_OK);
    now_s = 1000;
    motion = (struct aw_motion_result){.reason = AW_REASON_NONE};
    sway = (struct aw_sway_result){AW_REASON_NONE, 0};
    breath = (struct aw_estimate){NAN, 0, AW_REASON_NO_PERIODICITY};
}

/* So many seconds of the same; the last result. */
static struct aw_presence_result pass(int seconds) {
    struct aw_presence_result r = {0};
    for (; seconds > 0; seconds--, now_s++) {
        aw_presence_push(&presence, now_s * 1000000000, &motion, &sway, &breath, &r);
    }
    return r;
}

static void walk_through(void) {
    start();
    CHECK_INT(pass(1).state, AW_STATE_EMPTY); /* never seen anybody */
    motion.moving = true;
    CHECK_INT(pass(1).state, AW_STATE_MOVING); /* at once */
    motion.moving = false;
    CHECK_INT(pass(1).state, AW_STATE_MOVING); /* a short pause */
    struct aw_presence_result early = pass(1), late = pass(26);
    CHECK(early.state == AW_STATE_STILL && late.state == AW_STATE_STILL);
    CHECK(early.experimental && late.confidence < early.confidence && late.confidence >= 0.5F);
    CHECK_INT(pass(5).state, AW_STATE_EMPTY);
}

static void breathing_holds(void) {
    start();
    breath = (struct aw_estimate){15, 0.93F, AW_REASON_NONE};
    struct aw_presence_result r = pass(100);
    CHECK(r.state == AW_STATE_STILL && !r.experimental && r.confidence == 0.93F);
    motion.moving = true; /* deep breaths */
    CHECK_INT(pass(1).state, AW_STATE_STILL);
    motion.moving = false;
    breath.reason = AW_REASON_NOT_CONFIDENT;
    CHECK_INT(pass(25).state, AW_STATE_STILL);
    CHECK_INT(pass(10).state, AW_STATE_EMPTY);
}

/* Empty is not certain before breathing could have been found. */
static void listens_first(void) {
    start();
    breath.reason = AW_REASON_WARMING_UP;
    struct aw_presence_result r = pass(20);
    CHECK(r.state == AW_STATE_EMPTY && r.experimental && r.confidence == 0.5F);
    breath.reason = AW_REASON_NO_PERIODICITY;
    r = pass(1);
    CHECK(r.state == AW_STATE_EMPTY && !r.experimental && r.confidence > 0.5F);
}

/* Sway counts when it lasts, and not while a walk is in its window. */
static void sway_counts(void) {
    start();
    sway.share = 0.9F;
    CHECK_INT(pass(5).state, AW_STATE_EMPTY);
    struct aw_presence_result r = pass(5);
    CHECK(r.state == AW_STATE_STILL && r.experimental);
    sway.share = 0;
    CHECK_INT(pass(40).state, AW_STATE_EMPTY);
    motion.moving = true;
    pass(1);
    motion.moving = false;
    sway.share = 0.9F;
    pass(20); /* the walk leaves the window of 20 s */
    sway.share = 0;
    CHECK_INT(pass(12).state, AW_STATE_EMPTY); /* 30 s after the walk: its sway did not count */
    sway = (struct aw_sway_result){AW_REASON_WARMING_UP, NAN};
    CHECK_INT(pass(30).state, AW_STATE_EMPTY);
}

static void reasons_and_null(void) {
    struct aw_presence_result r;
    start();
    motion.moving = true;
    pass(3);
    motion = (struct aw_motion_result){.reason = AW_REASON_NO_FRAMES};
    r = pass(5);
    CHECK(r.state == AW_STATE_NULL && r.reason == AW_REASON_NO_FRAMES && isnan(r.confidence));
    motion.reason = AW_REASON_NONE;
    CHECK_INT(pass(1).state, AW_STATE_STILL); /* seen 6 s ago */
    aw_presence_reset(&presence);
    CHECK_INT(pass(1).state, AW_STATE_EMPTY);
    aw_presence_push(&presence, now_s * 1000000000, &motion, NULL, NULL, &r);
    CHECK_INT(r.state, AW_STATE_EMPTY);
}

static void refusals(void) {
    const struct aw_presence_config bad[] = {
        {0, 30, 5, 0.5F},   {NAN, 30, 5, 0.5F}, {2, 2, 5, 0.5F},    {2, NAN, 5, 0.5F},
        {2, 1e6F, 5, 0.5F}, {2, 30, -1, 0.5F},  {2, 30, NAN, 0.5F}, {2, 30, 5, -0.1F},
        {2, 30, 5, 1.1F},   {2, 30, 5, NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(aw_presence_init(&presence, &bad[i]), AW_ERR_INVAL);
    }
}

/* 0 or nothing: one link does not count. */
static void count(void) {
    struct aw_estimate n;
    aw_count_run(&(struct aw_presence_result){AW_STATE_EMPTY, AW_REASON_NONE, 0.7F, false}, &n);
    CHECK(n.value == 0 && n.confidence == 0.7F && n.reason == AW_REASON_NONE);
    aw_count_run(&(struct aw_presence_result){AW_STATE_MOVING, AW_REASON_NONE, 0.9F, false}, &n);
    CHECK(isnan(n.value) && n.reason == AW_REASON_AMBIGUOUS);
    aw_count_run(&(struct aw_presence_result){AW_STATE_EMPTY, AW_REASON_NONE, 0.5F, true}, &n);
    CHECK(isnan(n.value) && n.reason == AW_REASON_AMBIGUOUS);
    aw_count_run(&(struct aw_presence_result){AW_STATE_NULL, AW_REASON_STALE, NAN, false}, &n);
    CHECK(isnan(n.value) && n.reason == AW_REASON_STALE);
}

int main(void) {
    walk_through();
    breathing_holds();
    listens_first();
    sway_counts();
    reasons_and_null();
    refusals();
    count();
    return test_end();
}
