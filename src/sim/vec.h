#ifndef AW_SIM_VEC_H
#define AW_SIM_VEC_H

#include <math.h>

/* Vectors of three. */

static inline void aw_vec_set(double v[3], double x, double y, double z) {
    v[0] = x;
    v[1] = y;
    v[2] = z;
}

/* out = a + s b */
static inline void aw_vec_add(double out[3], const double a[3], double s, const double b[3]) {
    for (int i = 0; i < 3; i++) out[i] = a[i] + s * b[i];
}

static inline double aw_vec_dot(const double a[3], const double b[3]) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void aw_vec_cross(double out[3], const double a[3], const double b[3]) {
    aw_vec_set(out, a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
               a[0] * b[1] - a[1] * b[0]);
}

/* To norm 1; a vector of nothing becomes x. */
static inline void aw_vec_unit(double v[3]) {
    double n = sqrt(aw_vec_dot(v, v));
    if (n > 1e-9)
        for (int i = 0; i < 3; i++) v[i] /= n;
    else
        aw_vec_set(v, 1, 0, 0);
}

static inline double aw_vec_gap(const double a[3], const double b[3]) {
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrt(x * x + y * y + z * z);
}

/* 0 -> 1 with zero slope at both ends */
static inline double aw_smooth(double u) {
    u = fmin(fmax(u, 0), 1);
    return u * u * (3 - 2 * u);
}

#endif
