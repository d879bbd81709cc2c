#ifndef AW_SENSE_SPEED_H
#define AW_SENSE_SPEED_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/fft.h"
#include "dsp/rows.h"

/* How fast somebody walks, from amplitudes alone; experimental. An echo whose way grows by r metres
 * per second beats against the static channel with |r| / lambda, and of a body that moves at v
 *
 *     |r| = v |cos a + cos b| <= 2 v        a, b: between the walk and the directions of the nodes
 *
 * with equality where it walks towards or away from both. So v >= lambda f / 2 at every time, and the
 * largest f of some seconds of walking about is near 2 v / lambda:
 *
 *     f      = median of the power spectrum above the noise, of windows of 5.2 s/m x lambda
 *              (0.64 s at 2.4 GHz, 0.29 s at 5.3 GHz), mean over the groups
 *     speed  = lambda / 2 x 95 % quantile of f over the last 8 s
 *
 * The median, because a foot is twice as fast as the body. 95 %, because of 50 windows the very
 * largest is the luckiest. What comes out is nearest to the mean speed of these 8 s, turns and all;
 * a walk that never leads towards a node is said too slow.
 *
 * Given only where everything moved for 6 s at least and the windows stand out of the noise, also
 * those of the last 2 s. Beats up to 2.4 m/s must fit into the frame rate: 75 frames/s at 2.4 GHz,
 * 160 at 5.3 GHz.
 *
 * Source: v >= lambda f / 2: bistatic Doppler, Willis, Bistatic Radar, 2nd ed. 2005, 6.2; quantile
 * and windows derived here, figures in docs/accuracy.md. The first extremum of the autocorrelation
 * (Zhang, Chen, Wang, Liu, WiSpeed, IEEE IoT J. 5(3) 2018) assumes echoes from all directions at
 * once; in simulated rooms it said less than a constant does. */
enum {
    AW_SPEED_N = 64,      /* samples of a window */
    AW_SPEED_GROUPS = 16, /* values per row */
    AW_SPEED_PAST_S = 8,  /* seconds remembered */
    AW_SPEED_WINDOWS = 16 /* per second at most */
};

struct aw_speed {
    struct aw_rows rows; /* of the last 2 s */
    struct aw_fft fft;
    float window[AW_SPEED_N];
    float rate_mps[AW_SPEED_PAST_S][AW_SPEED_WINDOWS]; /* lambda f; NAN: nothing above the noise */
    uint32_t windows[AW_SPEED_PAST_S];
    uint32_t seconds; /* of motion without a break; slot = seconds % AW_SPEED_PAST_S */
    float *sample;    /* [AW_SPEED_N][2] two groups */
    float *spectrum;  /* [AW_SPEED_N][2] */
};

/* Errors: NOMEM. */
AW_MUST_USE int aw_speed_init(struct aw_speed *s, struct aw_arena *a);
void aw_speed_reset(struct aw_speed *s);

/* One row of group amplitudes (aw_amplitude), n <= AW_SPEED_GROUPS; more are ignored. */
void aw_speed_push(struct aw_speed *s, int64_t t_ns, const float *row, size_t n);

/* Closes the second that ends at t_ns; call once per second.
 * moving    whether anything moved in it; without, the past is forgotten
 * freq_mhz  carrier; 0 unknown
 * out       value m/s, confidence; reason NOT_MOVING, RATE_TOO_LOW (also: carrier unknown),
 *           WARMING_UP (moves for less than 6 s), NOT_CONFIDENT */
void aw_speed_read(struct aw_speed *s, int64_t t_ns, bool moving, uint16_t freq_mhz,
                   struct aw_estimate *out);

#endif
