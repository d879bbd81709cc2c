#include "dsp/kalman.h"

#include <math.h>

static bool positive(double x) {
    return x > 0 && x < (double)INFINITY;
}

int aw_kalman_init(struct aw_kalman *f, const struct aw_kalman_config *c) {
    if (!positive(c->q) || !positive(c->drift_std) || !positive(c->gate)) return AW_ERR_INVAL;
    if (c->lost < 1 || !(c->limit_var > 0)) return AW_ERR_INVAL;
    *f = (struct aw_kalman){.config = *c};
    return AW_OK;
}

void aw_kalman_reset(struct aw_kalman *f) {
    *f = (struct aw_kalman){.config = f->config};
}

/* The filter moved on to t_ns: x = F x, P = F P F' + Q. */
static struct aw_kalman predicted(const struct aw_kalman *f, int64_t t_ns) {
    struct aw_kalman g = *f;
    if (!(t_ns > f->t_ns)) return g;
    double dt = 1e-9 * (double)(t_ns - f->t_ns), q = f->config.q;
    g.t_ns = t_ns;
    g.rate += dt * f->drift;
    g.p00 += dt * (2 * f->p01 + dt * f->p11) + q * dt * dt * dt / 3;
    g.p01 += dt * f->p11 + q * dt * dt / 2;
    g.p11 += q * dt;
    return g;
}

enum aw_kalman_use aw_kalman_push(struct aw_kalman *f, int64_t t_ns, double rate, double variance) {
    if (!isfinite(rate) || !positive(variance)) return AW_KALMAN_REFUSED;
    if (f->known && t_ns < f->t_ns) return AW_KALMAN_REFUSED;
    struct aw_kalman g = predicted(f, t_ns);
    double innovation = rate - g.rate, s = g.p00 + variance;
    bool outside = !(innovation * innovation <= g.config.gate * s);
    if (f->known && g.p00 <= g.config.limit_var && outside && ++f->refused < g.config.lost) {
        return AW_KALMAN_REFUSED;
    }
    if (!f->known || !(g.p00 <= g.config.limit_var) || outside) {
        double drift = f->config.drift_std;
        *f = (struct aw_kalman){f->config, true, t_ns, rate, 0, variance, 0, drift * drift, 0};
        return AW_KALMAN_STARTED;
    }
    double k0 = g.p00 / s, k1 = g.p01 / s, keep = 1 - k0;
    g.rate += k0 * innovation;
    g.drift += k1 * innovation;
    /* Joseph form: (I - K H) P (I - K H)' + K R K'. */
    double p00 = keep * keep * g.p00 + k0 * k0 * variance;
    double p01 = keep * (g.p01 - k1 * g.p00) + k0 * k1 * variance;
    double p11 = g.p11 - 2 * k1 * g.p01 + k1 * k1 * g.p00 + k1 * k1 * variance;
    g.p00 = p00;
    g.p01 = p01;
    g.p11 = p11;
    g.refused = 0;
    *f = g;
    return AW_KALMAN_USED;
}

struct aw_kalman_state aw_kalman_read(const struct aw_kalman *f, int64_t t_ns) {
    struct aw_kalman g = predicted(f, t_ns);
    if (!f->known || !(g.p00 <= g.config.limit_var)) {
        double nan = (double)NAN;
        return (struct aw_kalman_state){false, nan, nan, nan};
    }
    return (struct aw_kalman_state){true, g.rate, g.drift, sqrt(g.p00)};
}
