#include "sim/scatter.h"

#include "sim/units.h"
#include "sim/vec.h"

#include <string.h>

enum { NODES = AW_SIM_NODES, WAYS = 1 + AW_SIM_WALLS };

/* Values at the nodes, real and imaginary parts apart. */
struct nodes {
    float re[NODES], im[NODES];
};

/* One row of the map: e^{-j 2 pi (f_k - f_node) delay} times node's Lagrange polynomial at f_k. */
static void map_row(const struct aw_sim_scatter *s, double hz, float *row) {
    for (int n = 0; n < NODES; n++) {
        double node_hz = s->first_hz + n * s->step_hz, w = 1;
        for (int m = 0; m < NODES; m++)
            if (m != n) w *= (hz - s->first_hz - m * s->step_hz) / ((n - m) * s->step_hz);
        double turn = -AW_TWO_PI * (hz - node_hz) * s->delay_s;
        row[2 * n] = (float)(w * cos(turn));
        row[2 * n + 1] = (float)(w * sin(turn));
    }
}

int aw_sim_scatter_init(struct aw_sim_scatter *s, struct aw_arena *a,
                        const struct aw_sim_channel *ch) {
    const struct aw_sim_grid *g = &ch->grid;
    const double *room = ch->config->room_m;
    double width_hz = (g->n - 1) * g->spacing_hz;
    *s = (struct aw_sim_scatter){.channel = ch,
                                 .first_hz = g->centre_hz + g->k_first * g->spacing_hz,
                                 .step_hz = fmax(width_hz, 1) / (NODES - 1)};
    s->map = aw_arena_alloc(a, (size_t)g->n * NODES * 2, sizeof *s->map);
    if (!s->map) return AW_ERR_NOMEM;
    /* Echoes come by ways from the line of sight to about as much again and a room's length. */
    double sight = aw_vec_gap(ch->tx_m[0], ch->rx_m[0]);
    s->delay_s = (1.2 * sight + 0.6 * (room[0] + room[1]) / 2) / AW_C_MPS;
    for (uint32_t k = 0; k < g->n; k++)
        map_row(s, s->first_hz + k * g->spacing_hz, s->map + (size_t)k * NODES * 2);
    for (uint32_t r = 0; r < ch->n_rx; r++)
        for (int w = 0; w < AW_SIM_WALLS; w++) {
            memcpy(s->rx_image_m[r][w], ch->rx_m[r], sizeof s->rx_image_m[r][w]);
            double *x = &s->rx_image_m[r][w][w / 2];
            *x = w % 2 ? 2 * room[w / 2] - *x : -*x;
        }
    return AW_OK;
}

/* Lanes of ways, straight first; plain loops that compilers make SIMD of. */
enum { LANES = 8 };
_Static_assert((int)WAYS <= (int)LANES, "all ways have a lane");

/* e^{-j 2 pi x} for x in -0.5..0.5: Taylor series of the half angle, doubled; within 2e-6. */
static void turn(const float *x, float *re, float *im) {
    for (int i = 0; i < LANES; i++) {
        float h = (float)AW_PI * x[i], q = h * h;
        float s = h * (1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72 * (1 - q / 110)))));
        float c = 1 - q / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90))));
        re[i] = 1 - 2 * s * s;
        im[i] = -2 * s * c;
    }
}

static float total(const float *x) {
    return ((x[0] + x[4]) + (x[1] + x[5])) + ((x[2] + x[6]) + (x[3] + x[7]));
}

/* u or v: all ways between an antenna (and its images) and a patch. */
static void ways(const struct aw_sim_scatter *s, const double antenna[3],
                 const double image[AW_SIM_WALLS][3], const struct aw_sim_patch *p,
                 struct nodes *out) {
    float wall = (float)s->channel->config->wall, back = (float)p->back;
    double first = s->first_hz / AW_C_MPS, step = s->step_hz / AW_C_MPS;
    float gain[LANES] = {0}, start[LANES] = {0}, more[LANES] = {0};
    float re[LANES], im[LANES], c[LANES], n[LANES];
    for (int w = 0; w < WAYS; w++) {
        const double *a = w ? image[w - 1] : antenna;
        double x = a[0] - p->at_m[0], y = a[1] - p->at_m[1], z = a[2] - p->at_m[2];
        double d = sqrt(x * x + y * y + z * z), turns = first * d;
        float near = d > 0.1 ? (float)d : 0.1F;
        float faces = (float)(x * p->normal[0] + y * p->normal[1] + z * p->normal[2]) / near;
        gain[w] = (back + (1 - back) * (faces > 0 ? faces : 0)) / near * (w ? -wall : 1);
        start[w] = (float)(turns - (double)(int64_t)(turns + 0.5)); /* d > 0 */
        turns = step * d;
        more[w] = (float)(turns - (double)(int64_t)(turns + 0.5));
    }
    turn(start, re, im);
    turn(more, c, n);
    for (int i = 0; i < LANES; i++) {
        re[i] *= gain[i];
        im[i] *= gain[i];
    }
    for (int node = 0; node < NODES; node++) {
        out->re[node] = total(re);
        out->im[node] = total(im);
        for (int i = 0; i < LANES; i++) {
            float next = re[i] * c[i] - im[i] * n[i];
            im[i] = re[i] * n[i] + im[i] * c[i];
            re[i] = next;
        }
    }
}

static void product(const struct nodes *u, const struct nodes *v, float a, struct nodes *sum) {
    for (int i = 0; i < NODES; i++) {
        sum->re[i] += a * (u->re[i] * v->re[i] - u->im[i] * v->im[i]);
        sum->im[i] += a * (u->re[i] * v->im[i] + u->im[i] * v->re[i]);
    }
}

static void spread(const struct aw_sim_scatter *s, const struct nodes *x, double *re, double *im) {
    const float *m = s->map;
    for (uint32_t k = 0; k < s->channel->grid.n; k++) {
        float a = 0, b = 0;
        for (int i = 0; i < NODES; i++, m += 2) {
            a += m[0] * x->re[i] - m[1] * x->im[i];
            b += m[0] * x->im[i] + m[1] * x->re[i];
        }
        re[k] += (double)a;
        im[k] += (double)b;
    }
}

void aw_sim_scatter_add(const struct aw_sim_scatter *s, const struct aw_sim_patch *patch,
                        uint32_t n, double fade, double *h) {
    const struct aw_sim_channel *ch = s->channel;
    struct nodes sum[AW_MAX_CHAINS][AW_MAX_CHAINS] = {0}, u[AW_MAX_CHAINS], v[AW_MAX_CHAINS];
    double four_pi = 2 * AW_TWO_PI;
    double unit = fade * ch->lambda_m * sqrt(ch->config->rcs_m2) / (four_pi * sqrt(four_pi));
    for (uint32_t p = 0; p < n; p++) {
        for (uint32_t t = 0; t < ch->n_tx; t++)
            ways(s, ch->tx_m[t], ch->image_m[t], &patch[p], &u[t]);
        for (uint32_t r = 0; r < ch->n_rx; r++)
            ways(s, ch->rx_m[r], s->rx_image_m[r], &patch[p], &v[r]);
        float a = (float)(unit * sqrt(patch[p].power));
        for (uint32_t r = 0; r < ch->n_rx; r++)
            for (uint32_t t = 0; t < ch->n_tx; t++) product(&u[t], &v[r], a, &sum[r][t]);
    }
    for (uint32_t r = 0; r < ch->n_rx; r++)
        for (uint32_t t = 0; t < ch->n_tx; t++) {
            double *pair = h + (size_t)(r * ch->n_tx + t) * 2 * ch->stride;
            spread(s, &sum[r][t], pair, pair + ch->stride);
        }
}

static double near_sight(const struct aw_sim_link *link, const double at_m[3]) {
    double way[3], to[3];
    aw_vec_add(way, link->rx_m, -1, link->tx_m);
    aw_vec_add(to, at_m, -1, link->tx_m);
    double length2 = aw_vec_dot(way, way), u = length2 > 0 ? aw_vec_dot(to, way) / length2 : 0;
    aw_vec_add(to, to, -fmin(fmax(u, 0), 1), way);
    return exp(-aw_vec_dot(to, to) / (0.25 * 0.25));
}

double aw_sim_scatter_shade(const struct aw_sim_link *link, const struct aw_sim_skeleton *s) {
    const struct aw_sim_limb *trunk = &s->limb[AW_SIM_TRUNK];
    double most = fmax(near_sight(link, s->joint_m[0]), near_sight(link, s->joint_m[13]));
    for (int i = 0; i <= 2; i++) {
        double at[3];
        for (int axis = 0; axis < 3; axis++)
            at[axis] = trunk->a_m[axis] + 0.5 * i * (trunk->b_m[axis] - trunk->a_m[axis]);
        most = fmax(most, near_sight(link, at));
    }
    return fmax(most, near_sight(link, s->joint_m[14]));
}
