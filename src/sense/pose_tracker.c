#include "sense/pose_tracker.h"

#include "base/units.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double SPEED_MPS = 1.5; /* somebody who walks: bounds where the unseen can be */
static const double DRIFT_MPS = 1.0; /* deviation of a joint's velocity when first seen */
static const double GATE = 10.83;    /* a right coordinate exceeds it once in 1000: dsp/kalman.h */
enum { LOST = 3 };                   /* coordinates refused in a row, then they begin anew */

/* ---- Assignment ------------------------------------------------------------------------------ */

/* Rows one by one; each takes the cheapest path of reassignments in reduced costs. Row 0 and column
 * 0 stand for "none": numbers are from 1. */
void aw_assign_run(const float *cost, size_t rows, size_t columns, uint8_t *column) {
    double u[AW_ASSIGN_MAX + 1] = {0}, v[AW_ASSIGN_MAX + 1] = {0}, least[AW_ASSIGN_MAX + 1];
    size_t row_of[AW_ASSIGN_MAX + 1] = {0}, way[AW_ASSIGN_MAX + 1] = {0};
    assert(rows <= columns && columns <= AW_ASSIGN_MAX);
    for (size_t i = 1; i <= rows; i++) {
        bool used[AW_ASSIGN_MAX + 1] = {false};
        size_t at = 0;
        row_of[0] = i;
        for (size_t j = 0; j <= columns; j++) least[j] = (double)INFINITY;
        do {
            size_t row = row_of[at], next = 0;
            double delta = (double)INFINITY;
            used[at] = true;
            for (size_t j = 1; j <= columns; j++) {
                if (used[j]) continue;
                double reduced = (double)cost[(row - 1) * columns + j - 1] - u[row] - v[j];
                if (reduced < least[j]) {
                    least[j] = reduced;
                    way[j] = at;
                }
                if (least[j] < delta) {
                    delta = least[j];
                    next = j;
                }
            }
            for (size_t j = 0; j <= columns; j++) {
                if (used[j]) {
                    u[row_of[j]] += delta;
                    v[j] -= delta;
                } else {
                    least[j] -= delta;
                }
            }
            at = next;
        } while (row_of[at] != 0);
        for (; at != 0; at = way[at]) row_of[at] = row_of[way[at]];
    }
    for (size_t j = 1; j <= columns; j++)
        if (row_of[j] != 0) column[row_of[j] - 1] = (uint8_t)(j - 1);
}

/* ---- Tracks ---------------------------------------------------------------------------------- */

int aw_pose_tracker_init(struct aw_pose_tracker *t, const struct aw_pose_tracker_config *c) {
    memset(t, 0, sizeof *t);
    if (!(c->joint_std_m > 0) || !(c->gate_m > 0) || !isfinite(c->gate_m)) return AW_ERR_INVAL;
    if (!(c->birth_s >= 0) || !(c->death_s > c->birth_s) || !isfinite(c->death_s))
        return AW_ERR_INVAL;
    if (!(c->hide_m > c->joint_std_m)) return AW_ERR_INVAL;
    t->config = *c;
    t->kalman =
        (struct aw_kalman_config){(double)c->walk_q, DRIFT_MPS, GATE, LOST, (double)INFINITY};
    struct aw_kalman probe;
    return aw_kalman_init(&probe, &t->kalman);
}

void aw_pose_tracker_reset(struct aw_pose_tracker *t) {
    memset(t->track, 0, sizeof t->track);
    t->last_id = 0;
    t->any = false;
}

static double since(int64_t t_ns, int64_t then_ns) {
    return 1e-9 * (double)(t_ns - then_ns);
}

static void measure(struct aw_pose_track *k, int64_t t_ns, const struct aw_person *p, float std_m) {
    k->seen_ns = t_ns;
    k->seen++;
    k->confidence = p->confidence;
    for (int i = 0; i < AW_JOINTS; i++) {
        const struct aw_joint *j = &p->joint[i];
        if (j->reason != AW_REASON_NONE || !(j->confidence > 0)) continue;
        k->joint_confidence[i] = j->confidence;
        double variance = (double)std_m * (double)std_m / (double)j->confidence;
        for (int a = 0; a < 3; a++)
            (void)aw_kalman_push(&k->filter[i][a], t_ns, (double)j->at_m[a], variance);
    }
}

static void begin(struct aw_pose_tracker *t, int64_t t_ns, const struct aw_person *p) {
    for (int i = 0; i < AW_POSE_TRACKS; i++) {
        struct aw_pose_track *k = &t->track[i];
        if (k->id != 0) continue;
        *k = (struct aw_pose_track){.id = ++t->last_id, .born_ns = t_ns};
        for (int n = 0; n < AW_JOINTS * 3; n++) k->filter[n / 3][n % 3].config = t->kalman;
        measure(k, t_ns, p, t->config.joint_std_m);
        return;
    }
}

/* min(1, (d / g)^2): how far the middle of a person's joints is from where this one's should be. */
static float pair_cost(const struct aw_pose_tracker *t, const struct aw_pose_track *k, int64_t t_ns,
                       const struct aw_person *p) {
    double off[3] = {0}, n = 0;
    for (int i = 0; i < AW_JOINTS; i++) {
        if (p->joint[i].reason != AW_REASON_NONE) continue;
        struct aw_kalman_state s[3];
        for (int a = 0; a < 3; a++) s[a] = aw_kalman_read(&k->filter[i][a], t_ns);
        if (!s[0].known) continue; /* all three or none */
        for (int a = 0; a < 3; a++) off[a] += (double)p->joint[i].at_m[a] - s[a].rate;
        n++;
    }
    if (n == 0) return 1;
    double d2 = (off[0] * off[0] + off[1] * off[1] + off[2] * off[2]) / (n * n);
    double g = (double)t->config.gate_m + SPEED_MPS * since(t_ns, k->seen_ns);
    return (float)fmin(1, d2 / (g * g));
}

/* to[i]: the person that track i is given; AW_POSE_PERSONS: nobody. */
static void assign(const struct aw_pose_tracker *t, int64_t t_ns, const struct aw_poses *p,
                   uint8_t to[AW_POSE_TRACKS]) {
    float cost[AW_POSE_PERSONS * AW_POSE_TRACKS];
    uint8_t track[AW_POSE_PERSONS];
    memset(to, AW_POSE_PERSONS, AW_POSE_TRACKS);
    for (uint32_t i = 0; i < p->n; i++)
        for (int k = 0; k < AW_POSE_TRACKS; k++)
            cost[i * AW_POSE_TRACKS + (unsigned)k] =
                t->track[k].id ? pair_cost(t, &t->track[k], t_ns, &p->person[i]) : 1;
    aw_assign_run(cost, p->n, AW_POSE_TRACKS, track);
    for (uint32_t i = 0; i < p->n; i++)
        if (cost[i * AW_POSE_TRACKS + track[i]] < 1) to[track[i]] = (uint8_t)i;
}

void aw_pose_tracker_push(struct aw_pose_tracker *t, int64_t t_ns, const struct aw_poses *p) {
    uint8_t to[AW_POSE_TRACKS];
    bool taken[AW_POSE_PERSONS] = {false};
    if (t->any && t_ns <= t->t_ns) return;
    t->any = true;
    t->t_ns = t_ns;
    assign(t, t_ns, p, to);
    for (int i = 0; i < AW_POSE_TRACKS; i++) {
        struct aw_pose_track *k = &t->track[i];
        if (k->id == 0) continue;
        if (to[i] < AW_POSE_PERSONS) {
            taken[to[i]] = true;
            measure(k, t_ns, &p->person[to[i]], t->config.joint_std_m);
            k->shown =
                k->shown || (k->seen >= 2 && since(t_ns, k->born_ns) >= (double)t->config.birth_s);
        } else if (since(t_ns, k->seen_ns) >
                   (double)(k->shown ? t->config.death_s : t->config.birth_s)) {
            *k = (struct aw_pose_track){0};
        }
    }
    for (uint32_t i = 0; i < p->n; i++)
        if (!taken[i]) begin(t, t_ns, &p->person[i]);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static bool within(const struct aw_kalman_state s[3], float limit_m) {
    for (int a = 0; a < 3; a++)
        if (!(s[a].rate_std <= (double)limit_m)) return false;
    return true;
}

static void describe(const struct aw_pose_tracker *t, const struct aw_pose_track *k,
                     struct aw_tracked *out) {
    double sum[3] = {0};
    *out = (struct aw_tracked){.id = k->id,
                               .age_s = (float)since(t->t_ns, k->born_ns),
                               .unseen_s = (float)since(t->t_ns, k->seen_ns),
                               .who.confidence = k->confidence};
    for (int i = 0; i < AW_JOINTS; i++) {
        struct aw_joint *j = &out->who.joint[i];
        *j = (struct aw_joint){{NAN, NAN, NAN}, NAN, AW_REASON_STALE};
        struct aw_kalman_state s[3];
        for (int a = 0; a < 3; a++) s[a] = aw_kalman_read(&k->filter[i][a], t->t_ns);
        if (!s[0].known || !within(s, t->config.hide_m)) continue;
        for (int a = 0; a < 3; a++) {
            j->at_m[a] = (float)s[a].rate;
            sum[a] += s[a].rate;
        }
        j->confidence = k->joint_confidence[i];
        j->reason = AW_REASON_NONE;
        out->who.joints++;
    }
    for (int a = 0; a < 3; a++)
        out->who.middle_m[a] = out->who.joints ? (float)(sum[a] / out->who.joints) : NAN;
}

uint32_t aw_pose_tracker_read(const struct aw_pose_tracker *t, struct aw_tracked *out) {
    uint32_t n = 0;
    for (int i = 0; i < AW_POSE_TRACKS; i++) {
        if (!t->track[i].shown) continue;
        uint32_t at = n++;
        for (; at > 0 && out[at - 1].id > t->track[i].id; at--) out[at] = out[at - 1];
        describe(t, &t->track[i], &out[at]);
    }
    return n;
}
