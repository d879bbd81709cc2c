#ifndef AW_SIM_CHANNEL_H
#define AW_SIM_CHANNEL_H

#include "base/arena.h"
#include "sim/body.h"
#include "sim/config.h"

/* The channel of one link without hardware: a sum over paths,
 *
 *     H(f, t) = sum_p a_p exp(-j 2 pi f tau_p(t)),   tau_p = length_p / c
 *
 * Static paths: line of sight and images of the transmitter in the six walls up to two reflections
 * (Allen, Berkley, "Image method for efficiently simulating small-room acoustics", JASA 1979);
 * furniture: points at random places; and diffuse paths from beyond the room: images of the
 * transmitter in random directions, exponential in delay, Rayleigh in amplitude. Moving paths:
 * transmitter -> point of a body -> receiver, and the same from the transmitter's images in one
 * wall. line of sight, wall   a = lambda / (4 pi d) (-wall)^reflections       (Friis) point a =
 * lambda sqrt(rcs) / ((4 pi)^1.5 d1 d2)       (bistatic radar) |a|^2 is a power gain between
 * isotropic antennas. Antennas stand half a wavelength apart in a row along y. A body in the line
 * of sight takes a part of it (a smooth model, not diffraction). */

/* Subcarriers k_first, k_first + 1, ... around a centre. */
struct aw_sim_grid {
    double centre_hz, spacing_hz;
    int k_first;
    uint32_t n;
};

/* n rounded up to what the arrays below need. */
static inline uint32_t aw_sim_grid_stride(uint32_t n) {
    return (n + 7) & ~7u;
}

/* Adds one path to H on the grid. The exponential runs by multiplication, eight subcarriers at a
 * time, within 1e-11 of sin and cos (test_channel.c).
 * re, im  [aw_sim_grid_stride(n)], in place */
void aw_sim_grid_add(const struct aw_sim_grid *g, double length_m, double amplitude, double *re,
                     double *im);

enum { AW_SIM_WALLS = 6 };

struct aw_sim_channel {
    const struct aw_sim_config *config;
    struct aw_sim_grid grid;
    double lambda_m;
    uint32_t n_rx, n_tx, stride;
    double tx_m[AW_MAX_CHAINS][3], rx_m[AW_MAX_CHAINS][3];
    double image_m[AW_MAX_CHAINS][AW_SIM_WALLS][3]; /* of tx_m */
    double power;  /* of the static paths, mean over subcarriers and antennas */
    double *fixed; /* static paths: [n_rx][n_tx] re[stride], im[stride] */
    double *sight; /* the line of sight alone, likewise */
};

/* The link config->link[index]. Errors: NOMEM. config must outlive ch. */
AW_MUST_USE int aw_sim_channel_init(struct aw_sim_channel *ch, struct aw_arena *a,
                                    const struct aw_sim_config *config, const struct aw_sim_grid *g,
                                    uint32_t index);

/* H with the given points of bodies in the room.
 * shade  0..1, the part of the line of sight that bodies take
 * h      [n_rx][n_tx] re[stride], im[stride] */
void aw_sim_channel_run(const struct aw_sim_channel *ch, const struct aw_sim_point *point,
                        uint32_t n_points, double shade, double *h);

/* Transmitter -> place -> receiver in m, from the centres of the antenna rows. */
double aw_sim_channel_way(const struct aw_sim_link *link, const double at_m[3]);

/* The part of the line of sight that a body standing at (x, y) takes: 1 on the line, falling off
 * over 0.25 m (half a body's width). */
double aw_sim_channel_shade(const struct aw_sim_link *link, double x_m, double y_m);

#endif
