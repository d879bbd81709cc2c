#include "sense/pose.h"

#include <math.h>
#include <string.h>

static const float HEIGHT_M = 2.3F, MARGIN = 1.5F; /* pose.h */
static const float REACH_M = 2.139F;               /* trunk and arm: 0.288 + 0.186 + 0.146 */
static const float MIN_LENGTH_M = 0.1F;            /* of a link on the floor */

enum { FROM_MIDDLE = -1 };

/* Trunk outwards: a joint, the one it hangs on, and how long that can be as a share of the height. */
static const struct limb {
    int8_t joint, on;
    float share;
} limbs[AW_JOINTS] = {
    {AW_JOINT_SHOULDER_L, FROM_MIDDLE, 0.288F},
    {AW_JOINT_SHOULDER_R, FROM_MIDDLE, 0.288F},
    {AW_JOINT_HIP_L, FROM_MIDDLE, 0.288F},
    {AW_JOINT_HIP_R, FROM_MIDDLE, 0.288F},
    {AW_JOINT_ELBOW_L, AW_JOINT_SHOULDER_L, 0.186F},
    {AW_JOINT_ELBOW_R, AW_JOINT_SHOULDER_R, 0.186F},
    {AW_JOINT_WRIST_L, AW_JOINT_ELBOW_L, 0.146F},
    {AW_JOINT_WRIST_R, AW_JOINT_ELBOW_R, 0.146F},
    {AW_JOINT_KNEE_L, AW_JOINT_HIP_L, 0.245F},
    {AW_JOINT_KNEE_R, AW_JOINT_HIP_R, 0.245F},
    {AW_JOINT_ANKLE_L, AW_JOINT_KNEE_L, 0.246F},
    {AW_JOINT_ANKLE_R, AW_JOINT_KNEE_R, 0.246F},
    {AW_JOINT_NOSE, FROM_MIDDLE, 0.47F},
    {AW_JOINT_EYE_L, AW_JOINT_NOSE, 0.13F},
    {AW_JOINT_EYE_R, AW_JOINT_NOSE, 0.13F},
    {AW_JOINT_EAR_L, AW_JOINT_NOSE, 0.13F},
    {AW_JOINT_EAR_R, AW_JOINT_NOSE, 0.13F},
};

const char *aw_joint_key(enum aw_joint_name joint) {
    static const char *const keys[] = {
#define KEY(name, key) key,
        AW_JOINT_NAMES(KEY)
#undef KEY
    };
    return (unsigned)joint < AW_JOINTS ? keys[joint] : "unknown";
}

static bool share(float x) {
    return x >= 0 && x <= 1;
}

int aw_pose_check(const struct aw_pose_config *c) {
    for (int i = 0; i < 3; i++) {
        float lo = c->space.min_m[i], hi = c->space.max_m[i];
        if (!isfinite(lo) || !isfinite(hi) || !(lo < hi)) return AW_ERR_INVAL;
    }
    if (!share(c->person_confidence) || !(c->apart_m >= 0)) return AW_ERR_INVAL;
    if (c->min_joints < 1 || c->min_joints > AW_JOINTS) return AW_ERR_INVAL;
    if (c->max_persons < 1 || c->max_persons > AW_POSE_PERSONS) return AW_ERR_INVAL;
    return AW_OK;
}

static float sigmoid(float x) {
    return x >= 0 ? 1 / (1 + expf(-x)) : expf(x) / (1 + expf(x));
}

static float distance(const float *a, const float *b) {
    float x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrtf(x * x + y * y + z * z);
}

static void refuse(struct aw_joint *j, enum aw_reason why) {
    *j = (struct aw_joint){{NAN, NAN, NAN}, NAN, why};
}

/* ---- One person ------------------------------------------------------------------------------ */

static struct aw_joint read_joint(const struct aw_space *s, const float *k) {
    struct aw_joint j = {{k[0], k[1], k[2]}, NAN, AW_REASON_NONE};
    float unused[3];
    for (int i = 0; i < 4; i++)
        if (!isfinite(k[i])) refuse(&j, AW_REASON_NOT_FINITE);
    if (j.reason != AW_REASON_NONE) return j;
    j.confidence = sigmoid(k[3]);
    if (!aw_space_normal(s, j.at_m, unused)) refuse(&j, AW_REASON_IMPOSSIBLE);
    return j;
}

/* Of the joints that stand; their number. */
static uint32_t find_middle(struct aw_person *p) {
    uint32_t n = 0;
    for (int axis = 0; axis < 3; axis++) {
        float sorted[AW_JOINTS];
        n = 0;
        for (int k = 0; k < AW_JOINTS; k++) {
            if (p->joint[k].reason != AW_REASON_NONE) continue;
            float v = p->joint[k].at_m[axis];
            uint32_t i = n++;
            for (; i > 0 && sorted[i - 1] > v; i--) sorted[i] = sorted[i - 1];
            sorted[i] = v;
        }
        p->middle_m[axis] = n == 0 ? NAN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }
    return n;
}

/* Joints that do not belong to a body at that middle. */
static void check_body(struct aw_person *p) {
    float allowed[AW_JOINTS];
    const float *anchor[AW_JOINTS]; /* of the nearest that stood */
    for (int i = 0; i < AW_JOINTS; i++) {
        const struct limb *l = &limbs[i];
        struct aw_joint *j = &p->joint[l->joint];
        bool on_joint = l->on != FROM_MIDDLE;
        float length = MARGIN * l->share * HEIGHT_M;
        const float *from = on_joint ? anchor[l->on] : p->middle_m;
        if (on_joint) length += allowed[l->on];
        anchor[l->joint] = from; /* of a refused one hang its children on what it hung on */
        allowed[l->joint] = length;
        if (j->reason != AW_REASON_NONE) continue;
        if (distance(j->at_m, from) > length || distance(j->at_m, p->middle_m) > REACH_M) {
            refuse(j, AW_REASON_IMPOSSIBLE);
            continue;
        }
        anchor[l->joint] = j->at_m;
        allowed[l->joint] = 0;
    }
}

/* NONE, or why nobody can be made of it. */
static enum aw_reason read_person(const struct aw_pose_config *c, const float *k,
                                  struct aw_person *p) {
    uint32_t not_finite = 0;
    for (int i = 0; i < AW_JOINTS; i++) {
        p->joint[i] = read_joint(&c->space, k + (size_t)i * 4);
        not_finite += p->joint[i].reason == AW_REASON_NOT_FINITE;
    }
    if (find_middle(p) > 0) check_body(p);
    p->joints = find_middle(p);
    if (p->joints >= c->min_joints) return AW_REASON_NONE;
    return AW_JOINTS - not_finite < c->min_joints ? AW_REASON_NOT_FINITE : AW_REASON_IMPOSSIBLE;
}

/* ---- All ------------------------------------------------------------------------------------- */

/* Mean distance of the joints both have; infinite if there are none. */
static float apart(const struct aw_person *a, const struct aw_person *b) {
    float sum = 0;
    uint32_t n = 0;
    for (int k = 0; k < AW_JOINTS; k++) {
        if (a->joint[k].reason != AW_REASON_NONE || b->joint[k].reason != AW_REASON_NONE) continue;
        sum += distance(a->joint[k].at_m, b->joint[k].at_m);
        n++;
    }
    return n ? sum / (float)n : INFINITY;
}

/* Keeps order by confidence; a double of a more confident one is not taken, those less confident go. */
static void insert(const struct aw_pose_config *c, struct aw_poses *out,
                   const struct aw_person *p) {
    uint32_t at = 0, kept;
    for (; at < out->n && out->person[at].confidence >= p->confidence; at++) {
        if (apart(&out->person[at], p) < c->apart_m) {
            out->doubles++;
            return;
        }
    }
    kept = at;
    for (uint32_t i = at; i < out->n; i++) {
        if (apart(&out->person[i], p) < c->apart_m)
            out->doubles++;
        else
            out->person[kept++] = out->person[i];
    }
    out->n = kept;
    if (at == c->max_persons) {
        out->beyond++;
        return;
    }
    if (out->n == c->max_persons) {
        out->beyond++;
        out->n--;
    }
    memmove(&out->person[at + 1], &out->person[at], (out->n - at) * sizeof *p);
    out->person[at] = *p;
    out->n++;
}

void aw_pose_decode(const struct aw_pose_config *c, const float *keypoints, const float *person,
                    size_t p, struct aw_poses *out) {
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < p; i++) {
        struct aw_person one;
        enum aw_reason why = AW_REASON_NOT_FINITE;
        if (isfinite(person[i])) {
            one.confidence = sigmoid(person[i]);
            if (!(one.confidence >= c->person_confidence)) continue;
            why = read_person(c, keypoints + i * AW_JOINTS * 4, &one);
        }
        if (why == AW_REASON_NONE)
            insert(c, out, &one);
        else if (why == AW_REASON_NOT_FINITE)
            out->not_finite++;
        else
            out->impossible++;
    }
    if (out->n > 0) return;
    out->reason = out->impossible   ? AW_REASON_IMPOSSIBLE
                  : out->not_finite ? AW_REASON_NOT_FINITE
                                    : AW_REASON_ABSENT;
}

/* ---- Places ---------------------------------------------------------------------------------- */

int aw_link_frame_init(struct aw_link_frame *f, const float tx_m[3], const float rx_m[3]) {
    float dx = rx_m[0] - tx_m[0], dy = rx_m[1] - tx_m[1], length = sqrtf(dx * dx + dy * dy);
    if (!isfinite(length) || !(length >= MIN_LENGTH_M)) return AW_ERR_INVAL;
    *f = (struct aw_link_frame){{tx_m[0] + dx / 2, tx_m[1] + dy / 2}, {dx / length, dy / length}};
    return AW_OK;
}

void aw_link_frame_to_room(const struct aw_link_frame *f, const float at_m[3], float out_m[3]) {
    float x = at_m[0], y = at_m[1];
    out_m[0] = f->origin_m[0] + x * f->along[0] - y * f->along[1];
    out_m[1] = f->origin_m[1] + x * f->along[1] + y * f->along[0];
    out_m[2] = at_m[2];
}

bool aw_space_normal(const struct aw_space *s, const float at_m[3], float out[3]) {
    bool inside = true;
    for (int i = 0; i < 3; i++) {
        out[i] = (at_m[i] - s->min_m[i]) / (s->max_m[i] - s->min_m[i]);
        inside = inside && out[i] >= 0 && out[i] <= 1;
    }
    return inside;
}
