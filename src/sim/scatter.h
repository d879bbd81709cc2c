#ifndef AW_SIM_SCATTER_H
#define AW_SIM_SCATTER_H

#include "sim/channel.h"
#include "sim/surface.h"

/* Echoes of a figure's many patches, fast. A way from an antenna to a patch is the straight one and
 * those by its images in the six walls, so the echo of a patch is a product,
 *
 *     H(f) = sum_p  u_p(tx, f) v_p(rx, f) lambda sqrt(rcs_p) / (4 pi)^1.5
 *     u_p(tx, f) = sum_w  g_w e^{-j 2 pi f d_w / c} / d_w
 *     g = back + (1 - back) max(normal . direction, 0)       (and -wall for an image)
 *
 * computed at AW_SIM_NODES frequencies and interpolated to the grid (Lagrange, after turning back
 * the mean delay), within 1e-3 of aw_sim_grid_add()'s sum (test_scatter.c). Unlike
 * aw_sim_channel_run() this has the reflections on the receiver's side, too. A patch facing away
 * shows `back` of its amplitude: it stands for the round side of a limb. */

enum { AW_SIM_NODES = 8 };

struct aw_sim_scatter {
    const struct aw_sim_channel *channel;
    double first_hz, step_hz, delay_s;
    float *map; /* [grid.n][NODES][2] node values to the grid */
    double rx_image_m[AW_MAX_CHAINS][AW_SIM_WALLS][3];
};

/* channel must outlive s. Errors: NOMEM. */
AW_MUST_USE int aw_sim_scatter_init(struct aw_sim_scatter *s, struct aw_arena *a,
                                    const struct aw_sim_channel *channel);

/* Adds the echoes of the patches to h, in the layout of aw_sim_channel_run().
 * fade  0..1, of the amplitude */
void aw_sim_scatter_add(const struct aw_sim_scatter *s, const struct aw_sim_patch *patch,
                        uint32_t n, double fade, double *h);

/* The part of the line of sight that a figure takes: 1 where the trunk, head or a knee is on it,
 * falling off over 0.25 m as in aw_sim_channel_shade(). */
double aw_sim_scatter_shade(const struct aw_sim_link *link, const struct aw_sim_skeleton *s);

#endif
