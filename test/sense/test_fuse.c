#include "sense/fuse.h"
#include "test.h"

static struct aw_update says(enum aw_state state, float confidence) {
    const struct aw_estimate none = {NAN, 0, AW_REASON_NO_PERIODICITY};
    return (struct aw_update){.state = state,
                              .state_confidence = confidence,
                              .motion = {0.1F, NAN, AW_REASON_NONE},
                              .motion_threshold = 0.3F,
                              .breathing_bpm = none,
                              .heart_bpm = none,
                              .persons = none,
                              .frames = 10};
}

static void states(void) {
    struct aw_update u[9], out;
    u[0] = says(AW_STATE_MOVING, 0.9F);
    aw_fuse_run(u, 1, &out); /* one link: the room is what it says */
    CHECK_INT(out.state, AW_STATE_MOVING);
    CHECK_NEAR(out.state_confidence, 0.9, 1e-6);

    /* By hand, n = 2, power 1/sqrt 2: moving 0.9^w 0.175^w, empty 0.05^w 0.65^w, still 0.05^w
     * 0.175^w */
    u[1] = says(AW_STATE_EMPTY, 0.65F);
    aw_fuse_run(u, 2, &out);
    double w = sqrt(0.5), moving = pow(0.9 * 0.175, w), empty = pow(0.05 * 0.65, w),
           still = pow(0.05 * 0.175, w);
    CHECK_INT(out.state, AW_STATE_MOVING);
    CHECK_NEAR(out.state_confidence, moving / (moving + empty + still), 1e-5);
    CHECK_INT(out.links, 2);
    CHECK(out.link == AW_LINK_ROOM);
    CHECK_INT(out.frames, 20);

    /* links that agree make each other stronger, but n of them not n times */
    for (int i = 0; i < 9; i++) u[i] = says(AW_STATE_EMPTY, 0.65F);
    float last = 0;
    for (size_t n = 1; n <= 9; n++) {
        aw_fuse_run(u, n, &out);
        CHECK_INT(out.state, AW_STATE_EMPTY);
        CHECK(out.state_confidence > last && out.state_confidence < 0.99F);
        last = out.state_confidence;
    }
    CHECK(out.persons.value == 0);

    /* one that is sure of motion outweighs eight that see nothing */
    u[4] = says(AW_STATE_MOVING, 0.98F);
    aw_fuse_run(u, 2, &out);
    CHECK_INT(out.state, AW_STATE_EMPTY);
    aw_fuse_run(u + 3, 3, &out);
    CHECK_INT(out.state, AW_STATE_MOVING);
    CHECK(isnan(out.persons.value));

    u[0].state = AW_STATE_NULL;
    u[0].state_reason = AW_REASON_NO_FRAMES;
    aw_fuse_run(u, 1, &out);
    CHECK(out.state == AW_STATE_NULL && out.state_reason == AW_REASON_NO_FRAMES);
    aw_fuse_run(u, 2, &out); /* the silent link takes no part */
    CHECK_INT(out.state, AW_STATE_EMPTY);
    CHECK_NEAR(out.state_confidence, 0.65, 1e-6);
    aw_fuse_run(u, 0, &out);
    CHECK(out.state == AW_STATE_NULL && out.state_reason == AW_REASON_NO_FRAMES);
    CHECK(isnan(out.breathing_bpm.value));
}

static void rates(void) {
    struct aw_update u[3] = {says(AW_STATE_STILL, 0.9F), says(AW_STATE_STILL, 0.9F),
                             says(AW_STATE_STILL, 0.9F)};
    struct aw_update out;
    aw_fuse_run(u, 3, &out);
    CHECK(isnan(out.breathing_bpm.value) && out.breathing_bpm.reason == AW_REASON_NO_PERIODICITY);
    u[1].breathing_bpm = (struct aw_estimate){15, 0.95F, AW_REASON_NONE};
    aw_fuse_run(u, 3, &out);
    CHECK(out.breathing_bpm.value == 15 && out.breathing_bpm.confidence == 0.95F);
    u[2].breathing_bpm = (struct aw_estimate){15.5F, 0.94F, AW_REASON_NONE};
    aw_fuse_run(u, 3, &out);
    CHECK(out.breathing_bpm.value == 15 && out.breathing_bpm.confidence > 0.98F);
    u[2].breathing_bpm.value = 22; /* contradicts, with less confidence */
    aw_fuse_run(u, 3, &out);
    CHECK(out.breathing_bpm.value == 15 && out.breathing_bpm.confidence == 0.95F);
    u[2].breathing_bpm.confidence = 0.95F;
    aw_fuse_run(u, 3, &out);
    CHECK(isnan(out.breathing_bpm.value) && out.breathing_bpm.reason == AW_REASON_AMBIGUOUS);
}

static void motion(void) {
    struct aw_update u[2] = {says(AW_STATE_EMPTY, 0.65F), says(AW_STATE_MOVING, 0.98F)}, out;
    u[1].motion.value = 0.5F;
    u[1].fall = true;
    aw_fuse_run(u, 2, &out);
    CHECK(out.motion.value == 0.5F && out.fall);
    u[1].motion.reason = AW_REASON_RATE_TOO_LOW;
    aw_fuse_run(u, 2, &out);
    CHECK(out.motion.value == 0.1F);
}

/* Each link can only see too little of a speed: the greatest, while the room moves. */
static void speed(void) {
    struct aw_update u[2] = {says(AW_STATE_EMPTY, 0.65F), says(AW_STATE_MOVING, 0.98F)}, out;
    u[0].speed_mps = (struct aw_estimate){NAN, NAN, AW_REASON_NOT_MOVING};
    u[1].speed_mps = (struct aw_estimate){NAN, NAN, AW_REASON_WARMING_UP};
    aw_fuse_run(u, 2, &out);
    CHECK(out.speed_mps.reason == AW_REASON_WARMING_UP && isnan(out.speed_mps.value));
    u[1].speed_mps = (struct aw_estimate){0.8F, 0.7F, AW_REASON_NONE};
    aw_fuse_run(u, 2, &out);
    CHECK(out.speed_mps.value == 0.8F && out.speed_mps.reason == AW_REASON_NONE);
    u[0] = u[1];
    u[0].speed_mps.value = 1.1F;
    aw_fuse_run(u, 2, &out);
    CHECK(out.speed_mps.value == 1.1F);
    u[0].state = u[1].state = AW_STATE_EMPTY;
    aw_fuse_run(u, 2, &out);
    CHECK(out.speed_mps.reason == AW_REASON_NOT_MOVING && isnan(out.speed_mps.value));
    aw_fuse_run(u, 0, &out);
    CHECK(out.speed_mps.reason == AW_REASON_NO_FRAMES && isnan(out.speed_mps.value));
}

int main(void) {
    speed();
    states();
    rates();
    motion();
    return test_end();
}
