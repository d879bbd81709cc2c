#include "sim/surface.h"

#include "sim/units.h"
#include "sim/vec.h"

#include <string.h>

/* The parts of each bone: in front and behind; of the head right and left. */
static const uint8_t parts[AW_SIM_BONES][2] = {
    [AW_SIM_TRUNK] = {2, 1},         [AW_SIM_HEAD] = {23, 24},      [AW_SIM_UPPER_ARM_L] = {15, 17},
    [AW_SIM_UPPER_ARM_R] = {16, 18}, [AW_SIM_FOREARM_L] = {19, 21}, [AW_SIM_FOREARM_R] = {20, 22},
    [AW_SIM_HAND_L] = {4, 4},        [AW_SIM_HAND_R] = {3, 3},      [AW_SIM_THIGH_L] = {10, 8},
    [AW_SIM_THIGH_R] = {9, 7},       [AW_SIM_SHANK_L] = {14, 12},   [AW_SIM_SHANK_R] = {13, 11},
    [AW_SIM_FOOT_L] = {5, 5},        [AW_SIM_FOOT_R] = {6, 6},
};

/* Patches of a bone: `along` rows of `around` each, the first in front. A limb is round: it shows
 * as much from behind the middle of a patch as its neighbour would. */
static const struct {
    uint8_t along, around;
    double power, back; /* of the whole bone, by its usual area */
} rows[AW_SIM_BONES] = {
    [AW_SIM_TRUNK] = {4, 4, 0.38, 0.1},       [AW_SIM_HEAD] = {1, 4, 0.06, 0.2},
    [AW_SIM_UPPER_ARM_L] = {2, 2, 0.05, 0.4}, [AW_SIM_UPPER_ARM_R] = {2, 2, 0.05, 0.4},
    [AW_SIM_FOREARM_L] = {2, 2, 0.035, 0.4},  [AW_SIM_FOREARM_R] = {2, 2, 0.035, 0.4},
    [AW_SIM_HAND_L] = {1, 1, 0.015, 0.8},     [AW_SIM_HAND_R] = {1, 1, 0.015, 0.8},
    [AW_SIM_THIGH_L] = {3, 2, 0.10, 0.3},     [AW_SIM_THIGH_R] = {3, 2, 0.10, 0.3},
    [AW_SIM_SHANK_L] = {2, 2, 0.06, 0.4},     [AW_SIM_SHANK_R] = {2, 2, 0.06, 0.4},
    [AW_SIM_FOOT_L] = {1, 1, 0.02, 0.8},      [AW_SIM_FOOT_R] = {1, 1, 0.02, 0.8},
};

static void bone_patches(const struct aw_sim_limb *l, int bone, double chest_m,
                         struct aw_sim_patch *out) {
    int along = rows[bone].along, around = rows[bone].around;
    double share = rows[bone].power / along / around;
    for (int i = 0; i < along; i++)
        for (int k = 0; k < around; k++, out++) {
            double turn = AW_TWO_PI * k / around, c = cos(turn), s = sin(turn);
            double t = (i + 0.5) / along, out_m = bone == AW_SIM_TRUNK && k == 0 ? chest_m : 0;
            for (int axis = 0; axis < 3; axis++) {
                out->normal[axis] = c * l->front[axis] + s * l->side[axis];
                out->at_m[axis] = l->a_m[axis] + t * (l->b_m[axis] - l->a_m[axis]) +
                                  c * (l->deep_m + out_m) * l->front[axis] +
                                  s * l->wide_m * l->side[axis];
            }
            /* Each patch of a bone that is half hidden stands for about twice its share. */
            out->power = share * (around > 1 ? 2 : 1);
            out->back = rows[bone].back;
        }
}

void aw_sim_surface_patches(const struct aw_sim_skeleton *s, double chest_m,
                            struct aw_sim_patch out[AW_SIM_PATCHES]) {
    for (int bone = 0; bone < AW_SIM_BONES; bone++) {
        bone_patches(&s->limb[bone], bone, chest_m, out);
        out += rows[bone].along * rows[bone].around;
    }
}

/* ---- The camera ------------------------------------------------------------------------------ */

/* Where the ray from `from` along `look` first meets the elliptic cylinder of a limb, closed by
 * half ellipsoids; false: it does not. In the limb's own axes, scaled so that it is a capsule of
 * radius 1 whose ends are `length` apart. */
struct hit {
    double depth, along, front, side;
};

struct local { /* of a limb */
    double axis[3][3], scale[3], length;
};

static void local_init(struct local *o, const struct aw_sim_limb *l) {
    for (int i = 0; i < 3; i++) {
        o->axis[0][i] = l->b_m[i] - l->a_m[i];
        o->axis[1][i] = l->front[i];
        o->axis[2][i] = l->side[i];
    }
    double length = sqrt(aw_vec_dot(o->axis[0], o->axis[0]));
    aw_vec_unit(o->axis[0]);
    o->scale[0] = 1 / fmin(l->deep_m, l->wide_m);
    o->scale[1] = 1 / l->deep_m;
    o->scale[2] = 1 / l->wide_m;
    o->length = length * o->scale[0];
}

static bool take(double depth, const double p[3], const double d[3], double lo, double hi,
                 struct hit *h) {
    double along = p[0] + depth * d[0];
    if (along < lo || along > hi || depth >= h->depth) return false;
    *h = (struct hit){depth, along, p[1] + depth * d[1], p[2] + depth * d[2]};
    return true;
}

static bool meet(const struct local *o, const double from[3], const double look[3], double best,
                 struct hit *h) {
    double p[3], d[3];
    for (int i = 0; i < 3; i++) {
        p[i] = o->scale[i] * aw_vec_dot(from, o->axis[i]);
        d[i] = o->scale[i] * aw_vec_dot(look, o->axis[i]);
    }
    bool any = false;
    *h = (struct hit){.depth = best};
    double a = d[1] * d[1] + d[2] * d[2], b = p[1] * d[1] + p[2] * d[2];
    double c = p[1] * p[1] + p[2] * p[2] - 1, under = b * b - a * c;
    if (a > 1e-12 && under > 0) any = take((-b - sqrt(under)) / a, p, d, 0, o->length, h);
    for (int end = 0; end < 2; end++) {
        double at = end ? o->length : 0, q = p[0] - at;
        double a2 = a + d[0] * d[0], b2 = b + q * d[0], c2 = c + q * q;
        under = b2 * b2 - a2 * c2;
        if (!(under > 0)) continue;
        any |= take((-b2 - sqrt(under)) / a2, p, d, end ? at : -INFINITY, end ? INFINITY : at, h);
    }
    return any;
}

static uint8_t byte(double x) {
    return (uint8_t)lround(255 * fmin(fmax(x, 0), 1));
}

static void label(int bone, const struct local *o, const struct hit *h, uint8_t *part, uint8_t *u,
                  uint8_t *v) {
    bool head = bone == AW_SIM_HEAD, whole = parts[bone][0] == parts[bone][1];
    double across = head ? h->side : h->front; /* >= 0: left of the head; in front */
    double turn = atan2(h->side, h->front);    /* 0 in front, pi/2 left */
    *part = parts[bone][head ? across >= 0 : across < 0];
    *u = byte(h->along / o->length);
    if (whole)
        *v = byte(turn / AW_TWO_PI + 0.5);
    else if (head)
        *v = byte(fabs(turn) / AW_PI);
    else
        *v = byte(0.5 + asin(fmin(fmax(h->side, -1), 1)) / AW_PI);
}

void aw_sim_surface_see(const struct aw_sim_skeleton *s, const struct aw_sim_camera *c,
                        uint8_t *part, uint8_t *u, uint8_t *v) {
    struct local o[AW_SIM_BONES];
    double pixel = c->size_m / c->n;
    memset(part, 0, (size_t)(c->n * c->n));
    memset(u, 0, (size_t)(c->n * c->n));
    memset(v, 0, (size_t)(c->n * c->n));
    for (int bone = 0; bone < AW_SIM_BONES; bone++) local_init(&o[bone], &s->limb[bone]);
    for (int i = 0; i < c->n * c->n; i++) {
        double at[3], from[3], best = INFINITY;
        aw_vec_add(at, c->corner_m, (i % c->n + 0.5) * pixel, c->right);
        at[2] -= (i / c->n + 0.5) * pixel;
        for (int bone = 0; bone < AW_SIM_BONES; bone++) {
            struct hit h;
            aw_vec_add(from, at, -1, s->limb[bone].a_m);
            if (!meet(&o[bone], from, c->look, best, &h)) continue;
            best = h.depth;
            label(bone, &o[bone], &h, part + i, u + i, v + i);
        }
    }
}
