#include "noise.h"
#include "sense/pose_tracker.h"
#include "test.h"

enum { WALKERS = 4 };
static const double PI = 3.14159265358979323846;
static struct aw_pose_tracker tracker;
static struct aw_tracked out[AW_POSE_TRACKS];
static uint64_t stream, drawn;

static double uniform(void) {
    return noise_uniform(stream, drawn++);
}
static double gauss(void) {
    return noise_gauss(stream, drawn++);
}

static struct aw_pose_tracker_config config(void) {
    return (struct aw_pose_tracker_config){0.1F, 3, 0.8F, 0.3F, 1.5F, 0.5F};
}

static void start(uint64_t seed) {
    struct aw_pose_tracker_config c = config();
    stream = seed;
    drawn = 0;
    CHECK_INT(aw_pose_tracker_init(&tracker, &c), AW_OK);
}

/* ---- Persons who walk ------------------------------------------------------------------------ */

struct walker {
    double x_m, y_m, vx_mps, vy_mps; /* at 0 s */
    double from_s, to_s;             /* seen between */
};

/* A body whose arms and legs swing once a second by 0.25 m along the way. */
static void body_at(const struct walker *w, double t_s, double joint_m[AW_JOINTS][3]) {
    static const double up_m[AW_JOINTS] = {1.60, 1.64, 1.64, 1.62, 1.62, 1.43, 1.43, 1.12, 1.12,
                                           0.86, 0.86, 0.93, 0.93, 0.50, 0.50, 0.08, 0.08};
    static const double swing_m[AW_JOINTS] = {0,  0,   0, 0, 0,    0,   0,    .1, -.1,
                                              .2, -.2, 0, 0, -.12, .12, -.25, .25};
    double speed = sqrt(w->vx_mps * w->vx_mps + w->vy_mps * w->vy_mps) + 1e-9;
    double ex = w->vx_mps / speed, ey = w->vy_mps / speed;
    for (int k = 0; k < AW_JOINTS; k++) {
        double along = swing_m[k] * sin(2 * PI * t_s), side = k == 0 ? 0 : (k % 2 ? 0.18 : -0.18);
        joint_m[k][0] = w->x_m + w->vx_mps * t_s + along * ex - side * ey;
        joint_m[k][1] = w->y_m + w->vy_mps * t_s + along * ey + side * ex;
        joint_m[k][2] = up_m[k];
    }
}

static void add(struct aw_poses *p, double joint_m[AW_JOINTS][3], double noise_m) {
    if (p->n == AW_POSE_PERSONS) return;
    uint32_t at = (uint32_t)(uniform() * (p->n + 1)); /* in any order */
    struct aw_person *who = &p->person[at];
    p->person[p->n++] = *who;
    *who = (struct aw_person){.confidence = 0.9F, .joints = AW_JOINTS};
    for (int k = 0; k < AW_JOINTS; k++) {
        struct aw_joint *j = &who->joint[k];
        j->confidence = 0.9F;
        for (int a = 0; a < 3; a++) j->at_m[a] = (float)(joint_m[k][a] + noise_m * gauss());
        if (uniform() < 0.05) *j = (struct aw_joint){{NAN, NAN, NAN}, NAN, AW_REASON_IMPOSSIBLE};
    }
}

struct scene {
    const struct walker *walker;
    int n;
    double rate_hz, seconds, noise_m, miss, false_each; /* shares of moments */
    double gap_from_s, gap_to_s;                        /* nobody is seen between */
};

struct score {
    uint32_t id[WALKERS]; /* that each walker had last */
    int switches, missed, moments, strangers;
    double track_m2, raw_m2;
    long joints;
};

static double off_m(const struct walker *w, double t_s, const struct aw_tracked *k) {
    if (k->who.joints == 0) return INFINITY;
    return hypot((double)k->who.middle_m[0] - w->x_m - w->vx_mps * t_s,
                 (double)k->who.middle_m[1] - w->y_m - w->vy_mps * t_s);
}

static void errors(const struct scene *s, int w, double t_s, const struct aw_tracked *k,
                   struct score *r) {
    double joint_m[AW_JOINTS][3];
    body_at(&s->walker[w], t_s, joint_m);
    for (int i = 0; i < AW_JOINTS && k->unseen_s <= 0; i++) {
        if (k->who.joint[i].reason != AW_REASON_NONE) continue;
        r->joints++;
        for (int a = 0; a < 3; a++) {
            double e = (double)k->who.joint[i].at_m[a] - joint_m[i][a];
            CHECK(isfinite(e));
            r->track_m2 += e * e;
            r->raw_m2 += s->noise_m * s->noise_m;
        }
    }
}

/* A walker keeps the number it had while that one is within 0.5 m, else takes the nearest free one:
 * Bernardin, Stiefelhagen, Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics,
 * EURASIP J. Image and Video Processing, 2008. */
static void judge(const struct scene *s, double t_s, struct score *r) {
    uint32_t n = aw_pose_tracker_read(&tracker, out);
    int of[AW_POSE_TRACKS], has[WALKERS] = {-1, -1, -1, -1};
    for (uint32_t i = 0; i < n; i++) {
        of[i] = -1;
        for (int w = 0; w < s->n; w++)
            if (r->id[w] == out[i].id && off_m(&s->walker[w], t_s, &out[i]) < 0.5) {
                of[i] = w;
                has[w] = (int)i;
            }
    }
    for (int w = 0; w < s->n; w++) {
        for (uint32_t i = 0; i < n && has[w] < 0; i++)
            if (of[i] < 0 && off_m(&s->walker[w], t_s, &out[i]) < 0.5) {
                of[i] = w;
                has[w] = (int)i;
                r->switches += r->id[w] != 0;
                r->id[w] = out[i].id;
            }
        bool in = t_s > s->walker[w].from_s + 0.5 && t_s < s->walker[w].to_s;
        r->moments += in;
        r->missed += in && has[w] < 0;
        if (has[w] >= 0) errors(s, w, t_s, &out[has[w]], r);
    }
    for (uint32_t i = 0; i < n; i++) r->strangers += of[i] < 0 && out[i].who.joints > 0;
}

static struct score play(const struct scene *s, uint64_t seed) {
    struct score r = {.moments = 0};
    static struct aw_poses p;
    start(seed);
    for (int i = 1; i <= (int)(s->seconds * s->rate_hz); i++) {
        double t_s = i / s->rate_hz, joint_m[AW_JOINTS][3];
        memset(&p, 0, sizeof p);
        for (int w = 0; w < s->n; w++) {
            const struct walker *k = &s->walker[w];
            bool seen = uniform() >= s->miss && t_s >= k->from_s && t_s <= k->to_s;
            body_at(k, t_s, joint_m);
            if (seen && !(t_s > s->gap_from_s && t_s < s->gap_to_s)) add(&p, joint_m, s->noise_m);
        }
        if (uniform() < s->false_each) {
            struct walker ghost = {6 * uniform() - 3, 6 * uniform() - 3, 0.1, 0, 0, 0};
            body_at(&ghost, 0, joint_m);
            add(&p, joint_m, s->noise_m);
        }
        aw_pose_tracker_push(&tracker, (int64_t)(t_s * 1e9), &p);
        judge(s, t_s, &r);
    }
    return r;
}

/* ---- Tests ----------------------------------------------------------------------------------- */

static const struct walker crossing[] = {{-3, 0.1, 1.1, 0, 0, 6}, {0.1, -3, 0, 1.0, 0, 6}};
static const struct walker facing[] = {{-3, 0.2, 1.1, 0, 0, 6}, {3, -0.2, -1.1, 0, 0, 6}};
static const struct walker crowd[] = {{-3, 0.1, 1.1, 0, 0, 6},
                                      {3, -0.6, -1, 0.1, 0, 6},
                                      {0.5, -3, 0, 1, 0, 6},
                                      {2, 2, 0.01, 0, 0, 6}};

static void run(const char *name, const struct scene *s, int want_switches, double want_missed,
                double want_ratio) {
    const int rounds = 50;
    struct score sum = {.moments = 0};
    for (int i = 0; i < rounds; i++) {
        struct score r = play(s, 100 + (uint64_t)i);
        sum.switches += r.switches;
        sum.missed += r.missed;
        sum.moments += r.moments;
        sum.strangers += r.strangers;
        sum.track_m2 += r.track_m2;
        sum.raw_m2 += r.raw_m2;
        sum.joints += r.joints;
    }
    double track_m = sqrt(sum.track_m2 / (3 * (double)sum.joints));
    double raw_m = sqrt(sum.raw_m2 / (3 * (double)sum.joints));
    printf("%-28s %3d rounds: %d switches, missed %.3f, strangers %d, error %.3f m (raw %.3f)\n",
           name, rounds, sum.switches, (double)sum.missed / sum.moments, sum.strangers, track_m,
           raw_m);
    CHECK(sum.switches <= want_switches);
    CHECK(sum.missed <= want_missed * sum.moments);
    CHECK(track_m < want_ratio * raw_m);
}

static void scenes(void) {
    run("crossing", &(struct scene){crossing, 2, 20, 6, 0.1, 0, 0, 0, 0}, 0, 0, 0.75);
    run("crossing, misses, ghosts", &(struct scene){crossing, 2, 20, 6, 0.1, 0.2, 0.05, 0, 0}, 0,
        0.01, 0.75);
    run("crossing unseen for 0.8 s", &(struct scene){crossing, 2, 20, 6, 0.1, 0, 0, 2.5, 3.3}, 0,
        0.15, 0.75);
    run("face to face", &(struct scene){facing, 2, 20, 6, 0.1, 0.2, 0.05, 0, 0}, 0, 0.01, 0.75);
    run("face to face at 5 Hz", &(struct scene){facing, 2, 5, 6, 0.1, 0.1, 0.05, 0, 0}, 2, 0.03, 1);
    run("four, misses, ghosts", &(struct scene){crowd, 4, 20, 6, 0.1, 0.2, 0.05, 0, 0}, 0, 0.02,
        0.75);
}

/* Seconds of birth and death, whatever the rate. */
static void life(void) {
    static const struct walker one = {0, 0, 0.3, 0, 0, 3};
    for (int rate = 5; rate <= 40; rate *= 2) {
        static struct aw_poses p;
        double joint_m[AW_JOINTS][3], shown_s = -1, gone_s = -1;
        start(7);
        for (int i = 1; i <= 6 * rate; i++) {
            double t_s = (double)i / rate;
            memset(&p, 0, sizeof p);
            body_at(&one, t_s, joint_m);
            if (t_s <= 3) add(&p, joint_m, 0.05);
            aw_pose_tracker_push(&tracker, (int64_t)(t_s * 1e9), &p);
            uint32_t n = aw_pose_tracker_read(&tracker, out);
            if (n && shown_s < 0) shown_s = t_s;
            if (!n && shown_s > 0 && gone_s < 0) gone_s = t_s;
            if (!n) continue;
            CHECK_INT(out[0].id, 1);
            CHECK_NEAR(out[0].unseen_s, t_s <= 3 ? 0 : t_s - 3, 1e-4);
            if (t_s < 3.15) CHECK_INT(out[0].who.joints, AW_JOINTS);
            if (t_s > 4.2) { /* where joints are is not known any more, and not said */
                CHECK_INT(out[0].who.joints, 0);
                CHECK_INT(out[0].who.joint[3].reason, AW_REASON_STALE);
                CHECK(isnan(out[0].who.joint[3].at_m[0]));
            }
        }
        CHECK_NEAR(shown_s, 0.3 + 1.5 / rate, 0.5 / rate + 1e-6);
        CHECK_NEAR(gone_s, 4.5 + 1.0 / rate, 1.0 / rate + 1e-6);
    }
}

/* What is seen once is nobody; what is older than the last moment is not heard; reset = fresh. */
static void laws(void) {
    static struct aw_poses p;
    static struct aw_pose_tracker fresh;
    struct aw_pose_tracker_config c = config();
    const struct walker one = {1, 0, 0.3, 0, 0, 3};
    double joint_m[AW_JOINTS][3];
    CHECK_INT(aw_pose_tracker_init(&fresh, &c), AW_OK);
    start(9);
    body_at(&one, 0, joint_m);
    add(&p, joint_m, 0.05);
    aw_pose_tracker_push(&tracker, 1000000000, &p);
    CHECK_INT(aw_pose_tracker_read(&tracker, out), 0);
    aw_pose_tracker_push(&tracker, 1000000000, &p);
    aw_pose_tracker_push(&tracker, 500000000, &p);
    CHECK_INT(tracker.track[0].seen, 1);
    aw_pose_tracker_reset(&tracker);
    tracker.t_ns = 0;
    CHECK(memcmp(&tracker, &fresh, sizeof fresh) == 0);
    for (int i = 0; i < 100; i++) { /* eight persons, each time somewhere else */
        memset(&p, 0, sizeof p);
        for (int k = 0; k < AW_POSE_PERSONS; k++) {
            struct walker w = {100 * uniform(), 100 * uniform(), 1, 0, 0, 0};
            body_at(&w, 0, joint_m);
            add(&p, joint_m, 0.05);
        }
        aw_pose_tracker_push(&tracker, i * 10000000, &p);
    }
    CHECK(aw_pose_tracker_read(&tracker, out) <= AW_POSE_TRACKS);
}

static float least(const float *cost, size_t rows, size_t columns, size_t row, unsigned used) {
    float best = row == rows ? 0 : INFINITY;
    for (size_t j = 0; row < rows && j < columns; j++)
        if (!(used >> j & 1U))
            best = fminf(best, cost[row * columns + j] +
                                   least(cost, rows, columns, row + 1, used | 1U << j));
    return best;
}

static void assignment(void) {
    stream = 11;
    for (int round = 0; round < 2000; round++) {
        size_t columns = 1 + (size_t)(6 * uniform()),
               rows = (size_t)(uniform() * (double)(columns + 1));
        float cost[36], sum = 0;
        uint8_t column[6];
        unsigned used = 0;
        for (size_t i = 0; i < rows * columns; i++) /* with ties */
            cost[i] = round % 2 ? (float)uniform() : floorf((float)(4 * uniform()));
        aw_assign_run(cost, rows, columns, column);
        for (size_t i = 0; i < rows; i++) {
            CHECK(column[i] < columns && !(used >> column[i] & 1U));
            used |= 1U << column[i];
            sum += cost[i * columns + column[i]];
        }
        CHECK_NEAR(sum, least(cost, rows, columns, 0, 0), 1e-5);
    }
}

static void refusals(void) {
    struct aw_pose_tracker_config good = config(), c;
#define REFUSED(change)                                                                            \
    do {                                                                                           \
        c = good;                                                                                  \
        c.change;                                                                                  \
        CHECK_INT(aw_pose_tracker_init(&tracker, &c), AW_ERR_INVAL);                               \
    } while (0)
    REFUSED(joint_std_m = 0);
    REFUSED(joint_std_m = NAN);
    REFUSED(walk_q = 0);
    REFUSED(walk_q = INFINITY);
    REFUSED(gate_m = 0);
    REFUSED(gate_m = INFINITY);
    REFUSED(birth_s = -1);
    REFUSED(birth_s = NAN);
    REFUSED(death_s = 0.3F);
    REFUSED(death_s = INFINITY);
    REFUSED(hide_m = 0.1F);
    REFUSED(hide_m = NAN);
}

int main(void) {
    assignment();
    scenes();
    life();
    laws();
    refusals();
    return test_end();
}
