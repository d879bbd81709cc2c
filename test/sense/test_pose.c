#include "noise.h"
#include "sense/pose.h"
#include "test.h"

enum { P = 12 };
static float keypoints[P][AW_JOINTS][4], logit[P];
static struct aw_poses poses;

/* Somebody of 1.75 m who stands, arms hanging; x, y, z about a point on the floor. */
static const float standing[AW_JOINTS][3] = {
    {0.10F, 0, 1.60F},  {0.08F, 0.03F, 1.64F}, {0.08F, -0.03F, 1.64F}, {0, 0.08F, 1.62F},
    {0, -0.08F, 1.62F}, {0, 0.20F, 1.43F},     {0, -0.20F, 1.43F},     {0, 0.24F, 1.12F},
    {0, -0.24F, 1.12F}, {0.05F, 0.25F, 0.86F}, {0.05F, -0.25F, 0.86F}, {0, 0.13F, 0.93F},
    {0, -0.13F, 0.93F}, {0.02F, 0.13F, 0.50F}, {0.02F, -0.13F, 0.50F}, {0, 0.13F, 0.08F},
    {0, -0.13F, 0.08F},
};

static struct aw_pose_config config(void) {
    return (struct aw_pose_config){{{-4, -3, 0}, {4, 3, 2.5F}}, 0.5F, 0.2F, 9, 4};
}

static float logit_of(double p) {
    return (float)log(p / (1 - p));
}

static void put(size_t slot, float x, float y, double confidence) {
    logit[slot] = logit_of(confidence);
    for (int k = 0; k < AW_JOINTS; k++) {
        keypoints[slot][k][0] = x + standing[k][0];
        keypoints[slot][k][1] = y + standing[k][1];
        keypoints[slot][k][2] = standing[k][2];
        keypoints[slot][k][3] = logit_of(0.5 + 0.02 * k);
    }
}

static void decode(size_t n) {
    struct aw_pose_config c = config();
    CHECK_INT(aw_pose_check(&c), AW_OK);
    aw_pose_decode(&c, keypoints[0][0], logit, n, &poses);
}

static void passes_through(void) {
    put(0, 1, -1, 0.9);
    decode(1);
    CHECK_INT(poses.n, 1);
    CHECK_INT(poses.reason, AW_REASON_NONE);
    CHECK_INT(poses.person[0].joints, 17);
    CHECK_NEAR(poses.person[0].confidence, 0.9, 1e-6);
    for (int k = 0; k < AW_JOINTS; k++) {
        const struct aw_joint *j = &poses.person[0].joint[k];
        CHECK_INT(j->reason, AW_REASON_NONE);
        CHECK(memcmp(j->at_m, keypoints[0][k], sizeof j->at_m) == 0);
        CHECK_NEAR(j->confidence, 0.5 + 0.02 * k, 1e-6);
    }
    CHECK_NEAR(poses.person[0].middle_m[2], 1.12, 1e-6); /* the ninth of 17 heights */
}

/* One joint wrong, all others stay: what was refused, and why. */
static void one_joint(void) {
    static const struct {
        int joint, axis;
        float value;
        enum aw_reason why;
    } wrong[] = {
        {AW_JOINT_WRIST_L, 0, NAN, AW_REASON_NOT_FINITE},
        {AW_JOINT_NOSE, 3, NAN, AW_REASON_NOT_FINITE},
        {AW_JOINT_ANKLE_R, 2, INFINITY, AW_REASON_NOT_FINITE},
        {AW_JOINT_ANKLE_R, 2, -0.3F, AW_REASON_IMPOSSIBLE},    /* below the floor */
        {AW_JOINT_KNEE_L, 1, 3.01F, AW_REASON_IMPOSSIBLE},     /* beyond the wall */
        {AW_JOINT_EAR_L, 0, 1.60F, AW_REASON_IMPOSSIBLE},      /* 0.5 m off the nose */
        {AW_JOINT_WRIST_R, 0, 1.80F, AW_REASON_IMPOSSIBLE},    /* a forearm of 0.8 m */
        {AW_JOINT_WRIST_R, 0, 1.30F, AW_REASON_NONE},          /* 0.4 m is one */
        {AW_JOINT_SHOULDER_L, 0, -0.5F, AW_REASON_IMPOSSIBLE}, /* 1.5 m off the middle */
        {AW_JOINT_ANKLE_L, 0, 1e38F, AW_REASON_IMPOSSIBLE},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put(0, 1, 0, 0.9);
        keypoints[0][wrong[i].joint][wrong[i].axis] = wrong[i].value;
        decode(1);
        CHECK_INT(poses.n, 1);
        for (int k = 0; k < AW_JOINTS; k++) {
            const struct aw_joint *j = &poses.person[0].joint[k];
            CHECK_INT(j->reason, k == wrong[i].joint ? (int)wrong[i].why : AW_REASON_NONE);
            CHECK(isnan(j->confidence) == (j->reason != AW_REASON_NONE));
            CHECK(isnan(j->at_m[0]) == (j->reason != AW_REASON_NONE));
        }
        CHECK_INT(poses.person[0].joints, wrong[i].why == AW_REASON_NONE ? 17 : 16);
    }
}

static void nobody(void) {
    decode(0);
    CHECK_INT(poses.reason, AW_REASON_ABSENT);
    put(0, 0, 0, 0.49);
    decode(1);
    CHECK_INT(poses.n, 0);
    CHECK_INT(poses.reason, AW_REASON_ABSENT);
    put(0, 0, 0, 0.9);
    logit[0] = NAN;
    decode(1);
    CHECK_INT(poses.not_finite, 1);
    CHECK_INT(poses.reason, AW_REASON_NOT_FINITE);
    put(0, 0, 0, 0.9);
    for (int k = 0; k < AW_JOINTS; k++) keypoints[0][k][1] = NAN;
    decode(1);
    CHECK_INT(poses.n, 0);
    CHECK_INT(poses.not_finite, 1);
    CHECK_INT(poses.reason, AW_REASON_NOT_FINITE);
    put(0, 0, 0, 0.9); /* joints all over the room: no body */
    for (int k = 0; k < AW_JOINTS; k++)
        for (int a = 0; a < 2; a++)
            keypoints[0][k][a] = (float)(5 * noise_uniform(3, (uint64_t)(2 * k + a)) - 2.5);
    decode(1);
    CHECK_INT(poses.n, 0);
    CHECK_INT(poses.impossible, 1);
    CHECK_INT(poses.reason, AW_REASON_IMPOSSIBLE);
}

static void several(void) {
    for (size_t i = 0; i < 6; i++) put(i, (float)i - 3, 0, 0.6 + 0.05 * (double)i);
    decode(6);
    CHECK_INT(poses.n, 4); /* the most confident four, in that order */
    CHECK_INT(poses.beyond, 2);
    for (uint32_t i = 0; i < 4; i++) CHECK_NEAR(poses.person[i].confidence, 0.85 - 0.05 * i, 1e-6);
    put(0, 0, 0, 0.7); /* the same person three times, the best in the middle */
    put(1, 0.05F, 0, 0.9);
    put(2, 0, 0.1F, 0.8);
    put(3, 0, 1, 0.6);
    decode(4);
    CHECK_INT(poses.n, 2);
    CHECK_INT(poses.doubles, 2);
    CHECK_NEAR(poses.person[0].confidence, 0.9, 1e-6);
    CHECK_NEAR(poses.person[1].confidence, 0.6, 1e-6);
}

/* Any numbers at all: what is given is finite, inside, in order, and as many as was asked for. */
static void anything(void) {
    for (uint64_t round = 0; round < 2000; round++) {
        uint64_t n = round * 1000;
        for (size_t i = 0; i < P; i++) {
            put(i, (float)(6 * noise_uniform(1, n) - 3), (float)(4 * noise_uniform(1, n + 1) - 2),
                noise_uniform(1, n + 2));
            n += 3;
            for (int k = 0; k < AW_JOINTS; k++)
                for (int a = 0; a < 4; a++)
                    if (noise_uniform(1, n++) < 0.1)
                        keypoints[i][k][a] = (float)tan(3.14159 * noise_uniform(1, n++));
            if (noise_uniform(1, n++) < 0.1) keypoints[i][3][0] = NAN;
        }
        decode(P);
        CHECK(poses.n <= 4);
        for (uint32_t i = 0; i < poses.n; i++) {
            const struct aw_person *p = &poses.person[i];
            uint32_t stand = 0;
            CHECK(i == 0 || p->confidence <= poses.person[i - 1].confidence);
            for (int k = 0; k < AW_JOINTS; k++) {
                const struct aw_joint *j = &p->joint[k];
                float unused[3];
                struct aw_pose_config c = config();
                if (j->reason != AW_REASON_NONE) continue;
                stand++;
                CHECK(aw_space_normal(&c.space, j->at_m, unused));
            }
            CHECK_INT(stand, p->joints);
            CHECK(stand >= 9);
        }
    }
}

static void refusals(void) {
    struct aw_pose_config good = config(), c;
#define REFUSED(change)                                                                            \
    do {                                                                                           \
        c = good;                                                                                  \
        change;                                                                                    \
        CHECK_INT(aw_pose_check(&c), AW_ERR_INVAL);                                                \
    } while (0)
    REFUSED(c.space.min_m[1] = NAN);
    REFUSED(c.space.max_m[2] = INFINITY);
    REFUSED(c.space.max_m[0] = c.space.min_m[0]);
    REFUSED(c.person_confidence = -0.1F);
    REFUSED(c.person_confidence = 1.1F);
    REFUSED(c.person_confidence = NAN);
    REFUSED(c.apart_m = -1);
    REFUSED(c.apart_m = NAN);
    REFUSED(c.min_joints = 0);
    REFUSED(c.min_joints = 18);
    REFUSED(c.max_persons = 0);
    REFUSED(c.max_persons = 9);
}

static void places(void) {
    struct aw_link_frame f;
    const float tx[3] = {1, 2, 0.8F}, rx[3] = {1, 5, 1.5F}, high[3] = {1, 2.05F, 3};
    const float nowhere[3] = {NAN, 0, 0};
    float at[3];
    CHECK_INT(aw_link_frame_init(&f, tx, rx), AW_OK);
    aw_link_frame_to_room(&f, (const float[3]){0.5F, 0.25F, 1.2F}, at);
    CHECK_NEAR(at[0], 0.75, 1e-6); /* x along +y of the room, so y points to -x */
    CHECK_NEAR(at[1], 4.0, 1e-6);
    CHECK_NEAR(at[2], 1.2, 1e-6);
    CHECK_INT(aw_link_frame_init(&f, tx, high), AW_ERR_INVAL);
    CHECK_INT(aw_link_frame_init(&f, tx, nowhere), AW_ERR_INVAL);

    const struct aw_space s = {{-2, 0, 0}, {2, 5, 2.5F}};
    CHECK(aw_space_normal(&s, (const float[3]){-1, 5, 1.25F}, at));
    CHECK_NEAR(at[0], 0.25, 1e-6);
    CHECK_NEAR(at[1], 1, 1e-6);
    CHECK_NEAR(at[2], 0.5, 1e-6);
    CHECK(!aw_space_normal(&s, (const float[3]){-3, 1, 1}, at));
    CHECK_NEAR(at[0], -0.25, 1e-6);
    CHECK(!aw_space_normal(&s, nowhere, at));
    CHECK_STR(aw_joint_key(AW_JOINT_KNEE_L), "left-knee");
    CHECK_STR(aw_joint_key((enum aw_joint_name)17), "unknown");
}

int main(void) {
    passes_through();
    one_joint();
    nobody();
    several();
    anything();
    refusals();
    places();
    return test_end();
}
