#include "sim/channel.h"

#include "sim/rng.h"
#include "sim/streams.h"
#include "sim/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 8 };

void aw_sim_grid_add(const struct aw_sim_grid *g, double length_m, double amplitude, double *re,
                     double *im) {
    double tau_s = length_m / AW_C_MPS;
    /* The turns of the carrier are many; take whole ones away before they cost digits. */
    double turns = (g->centre_hz + g->k_first * g->spacing_hz) * tau_s;
    double start = -AW_TWO_PI * (turns - floor(turns));
    double step = -AW_TWO_PI * g->spacing_hz * tau_s;
    double c = cos(step), s = sin(step);
    double zr[LANES], zi[LANES], wr = 1, wi = 0;
    zr[0] = amplitude * cos(start);
    zi[0] = amplitude * sin(start);
    for (int i = 1; i < LANES; i++) {
        zr[i] = zr[i - 1] * c - zi[i - 1] * s;
        zi[i] = zr[i - 1] * s + zi[i - 1] * c;
    }
    for (int i = 0; i < LANES; i++) { /* w = step^LANES */
        double r = wr * c - wi * s;
        wi = wr * s + wi * c;
        wr = r;
    }
    for (uint32_t k = 0; k < g->n; k += LANES)
        for (int i = 0; i < LANES; i++) {
            re[k + (uint32_t)i] += zr[i];
            im[k + (uint32_t)i] += zi[i];
            double r = zr[i] * wr - zi[i] * wi;
            zi[i] = zr[i] * wi + zi[i] * wr;
            zr[i] = r;
        }
}

static double distance(const double a[3], const double b[3]) {
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrt(x * x + y * y + z * z);
}

/* Keeps 1/d finite; below, far-field formulas mean nothing anyway. */
static double apart(double d_m) {
    return fmax(d_m, 0.1);
}

static double point_amplitude(const struct aw_sim_channel *ch, double rcs_m2, double d1,
                              double d2) {
    double four_pi = 2 * AW_TWO_PI;
    return ch->lambda_m * sqrt(rcs_m2) / (four_pi * sqrt(four_pi) * apart(d1) * apart(d2));
}

static double *pair_of(const struct aw_sim_channel *ch, double *h, uint32_t rx, uint32_t tx) {
    return h + (size_t)(rx * ch->n_tx + tx) * 2 * ch->stride;
}

static void place_antennas(const double centre[3], uint32_t n, double gap_m, double out[][3]) {
    for (uint32_t i = 0; i < n; i++) {
        memcpy(out[i], centre, 3 * sizeof(double));
        out[i][1] += (i - (n - 1) / 2.0) * gap_m;
    }
}

/* The image of x in mirrors at 0 and size, n-th along the axis (|n| reflections): ..., -x, x,
 * 2 size - x, ... */
static double image(double x, double size, int n) {
    int cells = n >= 0 ? (n + 1) / 2 : -(-n / 2);
    return 2 * size * cells + (n % 2 == 0 ? x : -x);
}

static void add_walls(const struct aw_sim_channel *ch, const double tx[3], const double rx[3],
                      double *pair) {
    const double *room = ch->config->room_m;
    double four_pi = 2 * AW_TWO_PI;
    for (int i = -2; i <= 2; i++)
        for (int j = -2; j <= 2; j++)
            for (int k = -2; k <= 2; k++) {
                int order = abs(i) + abs(j) + abs(k);
                if (order == 0 || order > 2) continue;
                double at[3] = {image(tx[0], room[0], i), image(tx[1], room[1], j),
                                image(tx[2], room[2], k)};
                double d = distance(at, rx);
                double a = ch->lambda_m / (four_pi * apart(d)) * pow(-ch->config->wall, order);
                aw_sim_grid_add(&ch->grid, d, a, pair, pair + ch->stride);
            }
}

static void add_furniture(const struct aw_sim_channel *ch, const double tx[3], const double rx[3],
                          double *pair) {
    const struct aw_sim_config *c = ch->config;
    struct aw_rng r;
    aw_rng_init(&r, c->seed, AW_SIM_STREAM_ROOM, 0);
    for (uint32_t i = 0; i < c->n_clutter; i++) {
        double at[3], rcs = -c->clutter_m2 * log(1 - aw_rng_uniform(&r)); /* exponential */
        for (int axis = 0; axis < 3; axis++) at[axis] = aw_rng_range(&r, 0, c->room_m[axis]);
        double d1 = distance(tx, at), d2 = distance(at, rx);
        aw_sim_grid_add(&ch->grid, d1 + d2, point_amplitude(ch, rcs, d1, d2), pair,
                        pair + ch->stride);
    }
}

enum { DIFFUSE_PATHS = 24 };

static void add_diffuse(const struct aw_sim_channel *ch, const struct aw_sim_link *link,
                        uint32_t index, const double tx[3], const double rx[3], double *pair) {
    const struct aw_sim_config *c = ch->config;
    if (!(c->diffuse > 0)) return;
    struct aw_rng r;
    aw_rng_init(&r, c->seed, AW_SIM_STREAM_ROOM, 1 + index);
    double sight = distance(link->tx_m, link->rx_m);
    double rms = ch->lambda_m / (2 * AW_TWO_PI * apart(sight)) * sqrt(c->diffuse / DIFFUSE_PATHS);
    for (int i = 0; i < DIFFUSE_PATHS; i++) {
        double d = sight - AW_C_MPS * c->diffuse_s * log(1 - aw_rng_uniform(&r));
        double a = rms * sqrt(-log(1 - aw_rng_uniform(&r)));
        double azimuth = aw_rng_range(&r, 0, AW_TWO_PI), up = aw_rng_range(&r, -0.5, 0.5);
        double flat = sqrt(1 - up * up);
        const double to[3] = {flat * cos(azimuth), flat * sin(azimuth), up};
        double at[3]; /* the image of this antenna, seen from the receiver's centre */
        for (int axis = 0; axis < 3; axis++)
            at[axis] = link->rx_m[axis] + d * to[axis] + tx[axis] - link->tx_m[axis];
        aw_sim_grid_add(&ch->grid, distance(at, rx), a, pair, pair + ch->stride);
    }
}

int aw_sim_channel_init(struct aw_sim_channel *ch, struct aw_arena *a,
                        const struct aw_sim_config *config, const struct aw_sim_grid *g,
                        uint32_t index) {
    const struct aw_sim_link *link = &config->link[index];
    *ch = (struct aw_sim_channel){.config = config,
                                  .grid = *g,
                                  .lambda_m = AW_C_MPS / g->centre_hz,
                                  .n_rx = config->n_rx,
                                  .n_tx = config->n_tx,
                                  .stride = aw_sim_grid_stride(g->n)};
    size_t values = (size_t)ch->n_rx * ch->n_tx * 2 * ch->stride;
    ch->fixed = aw_arena_alloc(a, values, sizeof *ch->fixed);
    ch->sight = aw_arena_alloc(a, values, sizeof *ch->sight);
    if (!ch->fixed || !ch->sight) return AW_ERR_NOMEM;

    place_antennas(link->tx_m, ch->n_tx, ch->lambda_m / 2, ch->tx_m);
    place_antennas(link->rx_m, ch->n_rx, ch->lambda_m / 2, ch->rx_m);
    for (uint32_t t = 0; t < ch->n_tx; t++)
        for (int w = 0; w < AW_SIM_WALLS; w++) {
            memcpy(ch->image_m[t][w], ch->tx_m[t], sizeof ch->image_m[t][w]);
            int axis = w / 2;
            ch->image_m[t][w][axis] =
                image(ch->tx_m[t][axis], config->room_m[axis], w % 2 ? 1 : -1);
        }

    double sum = 0;
    for (uint32_t r = 0; r < ch->n_rx; r++)
        for (uint32_t t = 0; t < ch->n_tx; t++) {
            double *sight = pair_of(ch, ch->sight, r, t), *fixed = pair_of(ch, ch->fixed, r, t);
            double d = distance(ch->tx_m[t], ch->rx_m[r]);
            aw_sim_grid_add(g, d, ch->lambda_m / (2 * AW_TWO_PI * apart(d)), sight,
                            sight + ch->stride);
            add_walls(ch, ch->tx_m[t], ch->rx_m[r], fixed);
            add_furniture(ch, ch->tx_m[t], ch->rx_m[r], fixed);
            add_diffuse(ch, link, index, ch->tx_m[t], ch->rx_m[r], fixed);
            for (uint32_t i = 0; i < 2 * ch->stride; i++) fixed[i] += sight[i];
            for (uint32_t k = 0; k < g->n; k++)
                sum += fixed[k] * fixed[k] + fixed[ch->stride + k] * fixed[ch->stride + k];
        }
    ch->power = sum / ((double)ch->n_rx * ch->n_tx * g->n);
    return AW_OK;
}

void aw_sim_channel_run(const struct aw_sim_channel *ch, const struct aw_sim_point *point,
                        uint32_t n_points, double shade, double *h) {
    const struct aw_sim_config *c = ch->config;
    size_t values = (size_t)ch->n_rx * ch->n_tx * 2 * ch->stride;
    for (size_t i = 0; i < values; i++) h[i] = ch->fixed[i] - shade * ch->sight[i];
    double echo = sqrt(ch->power * pow(10, c->echo_db / 10));
    for (uint32_t p = 0; p < n_points; p++)
        for (uint32_t t = 0; t < ch->n_tx; t++) {
            double d1 = distance(ch->tx_m[t], point[p].at_m), via[AW_SIM_WALLS];
            for (int w = 0; w < AW_SIM_WALLS; w++)
                via[w] = distance(ch->image_m[t][w], point[p].at_m);
            for (uint32_t r = 0; r < ch->n_rx; r++) {
                double *pair = pair_of(ch, h, r, t);
                double d2 = distance(point[p].at_m, ch->rx_m[r]);
                double a = c->echo_fixed ? echo * sqrt(point[p].power)
                                         : point_amplitude(ch, c->rcs_m2 * point[p].power, d1, d2);
                aw_sim_grid_add(&ch->grid, d1 + d2, a, pair, pair + ch->stride);
                if (!c->echo_walls) continue;
                for (int w = 0; w < AW_SIM_WALLS; w++)
                    aw_sim_grid_add(&ch->grid, via[w] + d2,
                                    -a * c->wall * apart(d1) / apart(via[w]), pair,
                                    pair + ch->stride);
            }
        }
}

double aw_sim_channel_way(const struct aw_sim_link *link, const double at_m[3]) {
    return distance(link->tx_m, at_m) + distance(at_m, link->rx_m);
}

double aw_sim_channel_shade(const struct aw_sim_link *link, double x_m, double y_m) {
    const double *a = link->tx_m, *b = link->rx_m;
    double ux = b[0] - a[0], uy = b[1] - a[1], length2 = ux * ux + uy * uy;
    double u = length2 > 0 ? ((x_m - a[0]) * ux + (y_m - a[1]) * uy) / length2 : 0;
    u = fmin(fmax(u, 0), 1);
    double dx = x_m - a[0] - u * ux, dy = y_m - a[1] - u * uy;
    return exp(-(dx * dx + dy * dy) / (0.25 * 0.25));
}
