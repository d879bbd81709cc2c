#ifndef AW_DSP_KALMAN_H
#define AW_DSP_KALMAN_H

#include "airwake.h"

/* Follows a rate (breaths or beats per second, a Doppler frequency) with constant velocity and
 * white acceleration, measured at irregular times:
 *     x = (rate, drift),   F = [1 dt; 0 1],   Q = q [dt^3/3 dt^2/2; dt^2/2 dt],   z = rate + noise
 * A measurement is used if its squared innovation over its variance S = P00 + R is at most `gate`,
 * which a right one exceeds with the probability of a chi-square of one degree: 6.63 (1 %),
 * 10.83 (0.1 %). After `lost` refusals in a row, or a gap after which S exceeds limit_var, the next
 * one starts anew: the tracker never locks itself out.
 * Source: Bar-Shalom, Li, Kirubarajan, Estimation with Applications to Tracking and Navigation,
 * 2001, 6.2.2 (model), 5.4.2 (gate), 5.2.3-15 (Joseph form). */
struct aw_kalman_config {
    double q;         /* spectral density of the acceleration, rate^2 / s^3, > 0 */
    double drift_std; /* of the drift at the start, rate / s, > 0 */
    double gate;      /* > 0 */
    unsigned lost;    /* refusals in a row, >= 1 */
    double limit_var; /* of the predicted rate, rate^2, > 0; INFINITY: no limit */
};

struct aw_kalman {
    struct aw_kalman_config config;
    bool known;
    int64_t t_ns;
    double rate, drift;
    double p00, p01, p11; /* covariance */
    unsigned refused;     /* in a row */
};

struct aw_kalman_state {
    bool known;   /* false: nothing measured, or too long ago; the rest is NAN */
    double rate;  /* at the time asked */
    double drift; /* rate / s */
    double rate_std;
};

enum aw_kalman_use { AW_KALMAN_STARTED, AW_KALMAN_USED, AW_KALMAN_REFUSED };

/* Errors: INVAL. */
AW_MUST_USE int aw_kalman_init(struct aw_kalman *f, const struct aw_kalman_config *config);
void aw_kalman_reset(struct aw_kalman *f);

/* A measured rate with its variance > 0. Not finite, or older than the last: refused, and not
 * counted. */
enum aw_kalman_use aw_kalman_push(struct aw_kalman *f, int64_t t_ns, double rate, double variance);

/* The state predicted for t_ns, not before the last measurement used (then as of that one). */
struct aw_kalman_state aw_kalman_read(const struct aw_kalman *f, int64_t t_ns);

#endif
