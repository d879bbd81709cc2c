/* The task "pose": where 17 joints of up to AW_TASK_PERSONS persons are, by the last 2 s of a link. */
#include "server/model.h"
#include "server/task_rows.h"

#include <math.h>
#include <string.h>

struct builder {
    struct aw_task_rows rows; /* first */
    struct aw_pose_tracker tracker;
};

/* Where joints can be, m: a home. Those of a model that goes astray are farther. */
static const struct aw_pose_config reading = {
    {{-10, -10, -0.5F}, {10, 10, 3}}, 0.5F, 0.2F, 9, AW_TASK_PERSONS};

/* A model's confidence is the probability of an error below 0.15 m: a Gaussian one has then, for
 * 0.1 to 0.9, within a quarter of 0.07 m / sqrt(confidence). The rest as test_pose_tracker.c. */
static const struct aw_pose_tracker_config following = {0.07F, 3, 0.8F, 0.3F, 1.5F, 0.5F};

static int init(void *builder, struct aw_arena *arena) {
    struct builder *b = builder;
    aw_task_rows_init(&b->rows, arena);
    return aw_pose_tracker_init(&b->tracker, &following);
}

static void reset(void *builder) {
    struct builder *b = builder;
    aw_task_rows_reset(&b->rows);
    aw_pose_tracker_reset(&b->tracker);
}

/* keypoints [1,P,17,4], person [1,P] */
static int check(struct aw_model *m, struct aw_why *why) {
    const struct aw_nn_tensor *k = &m->net.out[0], *p = &m->net.out[1];
    if (m->net.n_out == 2 && k->rank == 4 && k->dim[0] == 1 && k->dim[1] >= 1 &&
        k->dim[1] <= AW_POSE_PERSONS && k->dim[2] == AW_JOINTS && k->dim[3] == 4 && p->rank == 2 &&
        p->dim[0] == 1 && p->dim[1] == k->dim[1])
        return AW_OK;
    return aw_task_refuse(why, AW_ERR_UNSUPPORTED,
                          "its outputs are not keypoints [1,P,17,4] and person [1,P], P 1 to %d",
                          AW_POSE_PERSONS);
}

static void decode(const struct aw_model *m, void *builder, struct aw_answer *a) {
    struct builder *b = builder;
    const struct aw_nn_tensor *person = &m->net.out[1];
    struct aw_tracked all[AW_POSE_TRACKS];
    struct aw_poses poses;
    aw_pose_decode(&reading, m->net.out[0].f, person->f, (size_t)person->dim[1], &poses);
    aw_pose_tracker_push(&b->tracker, a->t_ns, &poses);
    if (poses.reason == AW_REASON_NOT_FINITE || poses.reason == AW_REASON_IMPOSSIBLE)
        a->reason = poses.reason;
    uint32_t n = aw_pose_tracker_read(&b->tracker, all);
    a->persons.n = n < AW_TASK_PERSONS ? n : AW_TASK_PERSONS;
    memcpy(a->persons.who, all, a->persons.n * sizeof *all);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void write_place(struct aw_json *j, const float at_m[3]) {
    aw_json_key(j, "at_m");
    if (!isfinite(at_m[0])) {
        aw_json_null(j);
        return;
    }
    aw_json_open(j, '[');
    for (int i = 0; i < 3; i++) aw_json_num(j, (double)at_m[i], 2);
    aw_json_close(j, ']');
}

static void write_person(struct aw_json *j, const struct aw_tracked *t) {
    aw_json_open(j, '{');
    aw_json_key_uint(j, "id", t->id);
    aw_json_key_num(j, "confidence", (double)t->who.confidence, 2);
    aw_json_key_num(j, "age_s", (double)t->age_s, 1);
    aw_json_key_num(j, "unseen_s", (double)t->unseen_s, 1);
    write_place(j, t->who.middle_m);
    aw_json_key(j, "joints");
    aw_json_open(j, '[');
    for (int k = 0; k < AW_JOINTS; k++) {
        const struct aw_joint *joint = &t->who.joint[k];
        aw_json_open(j, '{');
        aw_json_key_str(j, "joint", aw_joint_key((enum aw_joint_name)k));
        write_place(j, joint->at_m);
        aw_json_key_num(j, "confidence", (double)joint->confidence, 2);
        aw_json_key_str(j, "reason",
                        joint->reason == AW_REASON_NONE ? NULL : aw_reason_key(joint->reason));
        aw_json_close(j, '}');
    }
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}

static void write(struct aw_json *j, const struct aw_model *m, const struct aw_answer *a) {
    (void)m;
    aw_json_key(j, "persons");
    if (a->reason != AW_REASON_NONE) {
        aw_json_null(j);
        return;
    }
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < a->persons.n; i++) write_person(j, &a->persons.who[i]);
    aw_json_close(j, ']');
}

const struct aw_task aw_task_pose = {
    .name = "pose",
    .input = "pose-rows-3x3-1",
    .rank = 3,
    .dim = {1, AW_POSE_INPUT_ROWS, AW_TASK_ROWS_WIDTH},
    .hop_ns = 100000000,
    .bytes = sizeof(struct builder),
    .arena_bytes = AW_TASK_ROWS_ARENA,
    .quality_meaning = AW_TASK_ROWS_QUALITY,
    .init = init,
    .reset = reset,
    .empty = aw_task_rows_empty,
    .push = aw_task_rows_push,
    .build = aw_task_rows_build,
    .check = check,
    .decode = decode,
    .write = write,
};
