#include "sim/figure.h"

#include "sim/rng.h"
#include "sim/streams.h"
#include "sim/units.h"
#include "sim/vec.h"

enum { LEFT, RIGHT, SIDES };

/* In units of the body's height; forward, outward, up. Hips and ankles from the floor below the
 * hips, wrists from the shoulder in the trunk's own axes, knees' direction as it is. */
struct stance {
    double hips, lean; /* lean: of the trunk, rad, forward; -pi/2 lies on the back */
    double ankle[3], wrist[3], knee[3];
};

static const struct stance stances[3] = {
    [AW_SIM_STANDING] = {0.522, 0.02, {0, 0.01, 0}, {0.06, 0.05, -0.30}, {1, 0.1, 0}},
    [AW_SIM_SITTING] = {0.300, 0.08, {0.24, 0.02, 0}, {0.19, -0.02, -0.20}, {1, 0.1, 1}},
    [AW_SIM_LYING] = {0.065, -1.5, {0.47, 0.03, 0.02}, {0.06, 0.07, -0.29}, {0.2, 0.2, 1}},
};

void aw_sim_figure_init(struct aw_sim_figure *f, uint64_t seed, uint32_t index) {
    struct aw_rng r;
    aw_rng_init(&r, seed, AW_SIM_STREAM_FIGURE, index);
    double h = aw_rng_range(&r, 1.50, 1.95);
    *f = (struct aw_sim_figure){.seed = seed, .index = index, .height_m = h};
    f->girth = aw_rng_range(&r, 0.85, 1.25);
    f->slot_s = aw_rng_range(&r, 2.5, 4.5);
    const struct {
        double *to, share;
    } sizes[] = {
        {&f->trunk_m, 0.288}, {&f->shoulder_m, 0.116},  {&f->hip_m, 0.060},
        {&f->neck_m, 0.110},  {&f->upper_arm_m, 0.186}, {&f->forearm_m, 0.146},
        {&f->hand_m, 0.085},  {&f->thigh_m, 0.245},     {&f->shank_m, 0.246},
        {&f->foot_m, 0.110},  {&f->sole_m, 0.039},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        *sizes[i].to = h * sizes[i].share * aw_rng_range(&r, 0.96, 1.04);
}

/* ---- Gestures -------------------------------------------------------------------------------- */

struct arm {
    double away;  /* 0 rests as the posture says, 1 is at `at` */
    double at[3]; /* of the wrist from the shoulder, in reaches of the arm: forward, outward, up */
    double wave_hz; /* 0: does not wave */
};

struct gesture {
    struct arm arm[SIDES];
    double turn_rad, lean_rad, bend_rad, look_rad; /* lean forward, bend left */
};

static void draw_arm(struct aw_rng *r, struct arm *a) {
    double what = aw_rng_uniform(r);
    *a = (struct arm){0};
    double f = aw_rng_range(r, 0.2, 0.95), o = aw_rng_range(r, -0.2, 0.7);
    double u = aw_rng_range(r, -0.4, 0.6), hz = aw_rng_range(r, 0.8, 2);
    if (what < 0.45) return;
    a->away = 1;
    if (what < 0.62) { /* waves beside the head */
        aw_vec_set(a->at, 0.3, 0.45, 0.35 + 0.3 * u);
        a->wave_hz = hz;
    } else if (what < 0.88) { /* reaches for something */
        aw_vec_set(a->at, f, o, u);
    } else { /* folded */
        aw_vec_set(a->at, 0.38, -0.35, -0.45);
    }
}

static void draw(const struct aw_sim_figure *f, int64_t slot, struct gesture *g) {
    struct aw_rng r;
    aw_rng_init(&r, f->seed, AW_SIM_STREAM_GESTURE,
                (uint64_t)f->index << 48 | (uint64_t)(slot + (1LL << 32)));
    for (int s = 0; s < SIDES; s++) draw_arm(&r, &g->arm[s]);
    g->turn_rad = aw_rng_uniform(&r) < 0.5 ? 0 : aw_rng_range(&r, -1.2, 1.2);
    g->lean_rad = aw_rng_range(&r, -0.05, 0.2);
    g->bend_rad = aw_rng_range(&r, -0.08, 0.08);
    g->look_rad = aw_rng_range(&r, -0.7, 0.7);
}

static double mix(double a, double b, double u) {
    return a + u * (b - a);
}

/* From the slot before into this one within a second. */
static void gesture_at(const struct aw_sim_figure *f, double t_s, struct gesture *out) {
    int64_t slot = (int64_t)floor(t_s / f->slot_s);
    double u = aw_smooth(t_s - (double)slot * f->slot_s);
    struct gesture a, b;
    draw(f, slot - 1, &a);
    draw(f, slot, &b);
    for (int s = 0; s < SIDES; s++) {
        struct arm *o = &out->arm[s];
        double wave =
            (a.arm[s].wave_hz > 0 ? (1 - u) * sin(AW_TWO_PI * a.arm[s].wave_hz * t_s) : 0) +
            (b.arm[s].wave_hz > 0 ? u * sin(AW_TWO_PI * b.arm[s].wave_hz * t_s) : 0);
        o->away = mix(a.arm[s].away, b.arm[s].away, u);
        for (int i = 0; i < 3; i++)
            o->at[i] = mix(a.arm[s].away * a.arm[s].at[i], b.arm[s].away * b.arm[s].at[i], u);
        o->at[1] += 0.25 * wave;
    }
    out->turn_rad = mix(a.turn_rad, b.turn_rad, u);
    out->lean_rad = mix(a.lean_rad, b.lean_rad, u);
    out->bend_rad = mix(a.bend_rad, b.bend_rad, u);
    out->look_rad = mix(a.look_rad, b.look_rad, u);
}

/* ---- Bones ----------------------------------------------------------------------------------- */

struct axes {
    double front[3], left[3], up[3];
};

/* out = at + x front + y left + z up */
static void place(const double at[3], const struct axes *a, double x, double y, double z,
                  double out[3]) {
    for (int i = 0; i < 3; i++) out[i] = at[i] + x * a->front[i] + y * a->left[i] + z * a->up[i];
}

/* Turned about left (front goes down by `lean`), then about front (up goes left by `bend`). */
static void tilt(const struct axes *a, double lean, double bend, struct axes *out) {
    const double c = cos(lean), s = sin(lean), cb = cos(bend), sb = sin(bend);
    double up[3];
    for (int i = 0; i < 3; i++) {
        out->front[i] = c * a->front[i] - s * a->up[i];
        up[i] = s * a->front[i] + c * a->up[i];
    }
    for (int i = 0; i < 3; i++) {
        out->up[i] = cb * up[i] + sb * a->left[i];
        out->left[i] = cb * a->left[i] - sb * up[i];
    }
}

static void yaw(const struct axes *a, double by, struct axes *out) {
    const double c = cos(by), s = sin(by);
    for (int i = 0; i < 3; i++) {
        out->front[i] = c * a->front[i] + s * a->left[i];
        out->left[i] = c * a->left[i] - s * a->front[i];
        out->up[i] = a->up[i];
    }
}

/* A bone's frame: its front is `front` as far as the bone lets it. */
static void set_limb(struct aw_sim_limb *l, const double a[3], const double b[3],
                     const double front[3], double deep_m, double wide_m) {
    double along[3];
    for (int i = 0; i < 3; i++) {
        l->a_m[i] = a[i];
        l->b_m[i] = b[i];
        along[i] = b[i] - a[i];
    }
    aw_vec_unit(along);
    aw_vec_add(l->front, front, -aw_vec_dot(front, along), along);
    aw_vec_unit(l->front);
    aw_vec_cross(l->side, l->front, along); /* front x down is left */
    l->deep_m = deep_m;
    l->wide_m = wide_m;
}

/* Two bones from root towards target: where the middle joint and the end are. The middle goes to
 * the side of `pole`. The way is kept within what both can reach, with some bend left, so that no
 * joint ever jumps. */
static void reach(const double root[3], const double target[3], const double pole[3],
                  double first_m, double second_m, double middle[3], double end[3]) {
    double to[3], side[3], gap = aw_vec_gap(root, target);
    aw_vec_add(to, target, -1, root);
    aw_vec_unit(to);
    double most = 0.985 * (first_m + second_m), least = 0.35 * (first_m + second_m);
    double d = fmin(fmax(gap, least), most);
    aw_vec_add(side, pole, -aw_vec_dot(pole, to), to);
    aw_vec_unit(side);
    double along = (first_m * first_m - second_m * second_m + d * d) / (2 * d);
    double off = sqrt(fmax(first_m * first_m - along * along, 0));
    for (int i = 0; i < 3; i++) {
        middle[i] = root[i] + along * to[i] + off * side[i];
        end[i] = root[i] + d * to[i];
    }
}

/* ---- The whole ------------------------------------------------------------------------------- */

struct build {
    const struct aw_sim_figure *f;
    const struct aw_sim_pose *pose;
    struct gesture gesture;
    struct stance stance; /* between postures; in m */
    double stands;        /* 0..1 */
    double lies;
    struct axes body, trunk, head;
    double floor_m[3], hips_m[3], neck_m[3];
    struct aw_sim_skeleton *out;
};

static double share_of(const struct aw_sim_pose *p, enum aw_sim_posture posture) {
    return (p->posture0 == posture ? 1 - p->blend : 0) + (p->posture1 == posture ? p->blend : 0);
}

static void blend_stance(struct build *b) {
    const struct stance *a = &stances[b->pose->posture0], *z = &stances[b->pose->posture1];
    double u = b->pose->blend, h = b->f->height_m;
    struct stance *s = &b->stance;
    s->hips = h * mix(a->hips, z->hips, u);
    s->lean = mix(a->lean, z->lean, u);
    for (int i = 0; i < 3; i++) {
        s->ankle[i] = h * mix(a->ankle[i], z->ankle[i], u);
        s->wrist[i] = h * mix(a->wrist[i], z->wrist[i], u);
        s->knee[i] = mix(a->knee[i], z->knee[i], u);
    }
}

static void build_trunk(struct build *b) {
    const struct aw_sim_figure *f = b->f;
    const struct aw_sim_pose *p = b->pose;
    double slow = 1 - fmin(p->speed_mps / 0.5, 1);
    double facing = p->facing_rad + b->stands * slow * b->gesture.turn_rad;
    aw_vec_set(b->body.front, cos(facing), sin(facing), 0);
    aw_vec_set(b->body.left, -sin(facing), cos(facing), 0);
    aw_vec_set(b->body.up, 0, 0, 1);
    aw_vec_set(b->floor_m, p->x_m, p->y_m, p->z_m);
    double dip = 1.2 * p->swing_m * p->swing_m; /* legs apart: hips lower */
    place(b->floor_m, &b->body, 0, 0, b->stance.hips - dip, b->hips_m);
    double free = 1 - b->lies;
    tilt(&b->body, b->stance.lean + free * b->gesture.lean_rad, free * b->gesture.bend_rad,
         &b->trunk);
    place(b->hips_m, &b->trunk, 0, 0, f->trunk_m, b->neck_m);
    set_limb(&b->out->limb[AW_SIM_TRUNK], b->neck_m, b->hips_m, b->trunk.front,
             0.062 * f->height_m * f->girth, 0.095 * f->height_m * sqrt(f->girth));
}

static void build_head(struct build *b) {
    const struct aw_sim_figure *f = b->f;
    double r = 0.052 * f->height_m, (*j)[3] = b->out->joint_m;
    double base[3], top[3], centre[3];
    yaw(&b->trunk, b->gesture.look_rad, &b->head);
    place(b->neck_m, &b->trunk, 0.01 * f->height_m, 0, f->neck_m, centre);
    place(centre, &b->head, 0, 0, -0.4 * r, base);
    place(centre, &b->head, 0, 0, 0.4 * r, top);
    place(centre, &b->head, 1.15 * r, 0, -0.15 * r, j[0]);
    for (int s = 0; s < SIDES; s++) {
        double out = s == LEFT ? 1 : -1;
        place(centre, &b->head, 0.9 * r, out * 0.4 * r, 0.2 * r, j[1 + s]);
        place(centre, &b->head, 0, out * 0.9 * r, 0, j[3 + s]);
    }
    set_limb(&b->out->limb[AW_SIM_HEAD], top, base, b->head.front, 1.1 * r, 0.9 * r);
}

static void build_arm(struct build *b, int s) {
    const struct aw_sim_figure *f = b->f;
    const struct arm *arm = &b->gesture.arm[s];
    double out = s == LEFT ? 1 : -1, arm_m = f->upper_arm_m + f->forearm_m;
    double walks = fmin(b->pose->speed_mps, 1), away = arm->away * (1 - 0.8 * walks);
    double(*j)[3] = b->out->joint_m, target[3], pole[3], want[3], hand[3];
    for (int i = 0; i < 3; i++)
        want[i] = (1 - away) * b->stance.wrist[i] + (1 - 0.8 * walks) * arm_m * arm->at[i];
    /* A hand goes half as far as a foot, and against it. */
    double swing_m = -0.6 * out * b->pose->swing_m * sin(b->pose->stride_rad);
    place(b->neck_m, &b->trunk, 0, out * f->shoulder_m, 0, j[5 + s]);
    place(j[5 + s], &b->trunk, want[0] + swing_m, out * want[1], want[2], target);
    for (int i = 0; i < 3; i++)
        pole[i] = -0.6 * b->trunk.front[i] + 0.8 * out * b->trunk.left[i] - 0.5 * b->trunk.up[i];
    reach(j[5 + s], target, pole, f->upper_arm_m, f->forearm_m, j[7 + s], j[9 + s]);
    for (int i = 0; i < 3; i++) hand[i] = (j[9 + s][i] - j[7 + s][i]) / f->forearm_m;
    double r = f->height_m * f->girth;
    struct aw_sim_limb *l = b->out->limb;
    set_limb(&l[AW_SIM_UPPER_ARM_L + s], j[5 + s], j[7 + s], b->trunk.front, 0.028 * r, 0.028 * r);
    set_limb(&l[AW_SIM_FOREARM_L + s], j[7 + s], j[9 + s], b->trunk.front, 0.022 * r, 0.022 * r);
    aw_vec_add(target, j[9 + s], f->hand_m, hand);
    set_limb(&l[AW_SIM_HAND_L + s], j[9 + s], target, b->trunk.front, 0.018 * r, 0.018 * r);
}

static void build_leg(struct build *b, int s) {
    const struct aw_sim_figure *f = b->f;
    const struct aw_sim_pose *p = b->pose;
    double out = s == LEFT ? 1 : -1, lift = fmax(out * cos(p->stride_rad), 0);
    double(*j)[3] = b->out->joint_m, target[3], pole[3], toe[3];
    const struct stance *st = &b->stance;
    place(b->hips_m, &b->body, 0, out * f->hip_m, 0, j[11 + s]);
    place(b->floor_m, &b->body, st->ankle[0] + out * p->swing_m * sin(p->stride_rad),
          out * (f->hip_m + st->ankle[1]),
          f->sole_m + st->ankle[2] + 0.5 * p->swing_m * lift * lift, target);
    for (int i = 0; i < 3; i++)
        pole[i] = st->knee[0] * b->body.front[i] + out * st->knee[1] * b->body.left[i] +
                  st->knee[2] * b->body.up[i];
    reach(j[11 + s], target, pole, f->thigh_m, f->shank_m, j[13 + s], j[15 + s]);
    double r = f->height_m * f->girth, front[3];
    struct aw_sim_limb *l = b->out->limb;
    for (int i = 0; i < 3; i++)
        front[i] = (1 - b->lies) * b->body.front[i] + b->lies * b->body.up[i];
    aw_vec_add(front, front, 0.3, pole);
    set_limb(&l[AW_SIM_THIGH_L + s], j[11 + s], j[13 + s], front, 0.044 * r, 0.044 * r);
    set_limb(&l[AW_SIM_SHANK_L + s], j[13 + s], j[15 + s], front, 0.031 * r, 0.031 * r);
    for (int i = 0; i < 3; i++)
        front[i] = (1 - b->lies) * b->body.front[i] + b->lies * b->body.up[i];
    aw_vec_unit(front);
    aw_vec_add(toe, j[15 + s], f->foot_m, front);
    toe[2] -= 0.5 * f->sole_m;
    set_limb(&l[AW_SIM_FOOT_L + s], j[15 + s], toe, b->body.up, 0.02 * r, 0.022 * r);
}

void aw_sim_figure_at(const struct aw_sim_figure *f, const struct aw_sim_pose *pose, double t_s,
                      struct aw_sim_skeleton *out) {
    struct build b = {.f = f, .pose = pose, .out = out};
    gesture_at(f, t_s, &b.gesture);
    b.stands = share_of(pose, AW_SIM_STANDING);
    b.lies = share_of(pose, AW_SIM_LYING);
    blend_stance(&b);
    build_trunk(&b);
    build_head(&b);
    for (int s = 0; s < SIDES; s++) {
        build_arm(&b, s);
        build_leg(&b, s);
    }
}
