#include "dsp/noise_floor.h"

#include <math.h>
#include <string.h>

/* Martin 2001, table III. */
static const struct {
    double d, m;
} TABLE[] = {{1, 0},      {2, 0.26},   {5, 0.48},   {8, 0.58},  {10, 0.61},
             {15, 0.668}, {20, 0.705}, {30, 0.762}, {40, 0.8},  {60, 0.841},
             {80, 0.865}, {120, 0.89}, {140, 0.9},  {160, 0.91}};
enum { ROWS = sizeof TABLE / sizeof *TABLE };

static double m_of(double d) {
    for (size_t i = 1; i < ROWS; i++) {
        if (d > TABLE[i].d) continue;
        double t = (d - TABLE[i - 1].d) / (TABLE[i].d - TABLE[i - 1].d);
        return TABLE[i - 1].m + t * (TABLE[i].m - TABLE[i - 1].m);
    }
    return TABLE[ROWS - 1].m; /* longer windows hardly matter: B grows with log D */
}

/* Correlation of Hann windows shifted by u of their length; that of their powers is its square. */
static double hann_overlap(double u) {
    const double tau = 6.283185307179586;
    if (u >= 1) return 0;
    return (1 - u) * (2 + cos(tau * u)) / 3 + sin(tau * u) / tau;
}

static double bias_of(double alpha, double columns, double overlap) {
    double variance = 1, power = alpha;
    for (int lag = 1; overlap * lag < 1; lag++, power *= alpha) {
        double r = hann_overlap(overlap * lag);
        variance += 2 * power * r * r;
    }
    variance *= (1 - alpha) / (1 + alpha);
    double d = fmin(fmax(columns * fmin(2 * overlap, 1), 1), TABLE[ROWS - 1].d);
    double q = 2 / variance, m = m_of(d);
    return 1 + 2 * (d - 1) * (1 - m) / (q - 2 * m);
}

int aw_noise_floor_init(struct aw_noise_floor *f, struct aw_arena *a, size_t n, float alpha,
                        size_t columns, float overlap) {
    if (n == 0 || n > SIZE_MAX / 64 || !(alpha >= 0.8F && alpha < 1)) return AW_ERR_INVAL;
    if (columns < 16 || columns > 100000 || !(overlap >= 0.05F && overlap <= 1)) {
        return AW_ERR_INVAL;
    }
    *f = (struct aw_noise_floor){.n = n, .alpha = alpha};
    f->part = (columns + AW_NOISE_FLOOR_PARTS - 1) / AW_NOISE_FLOOR_PARTS;
    f->smooth = aw_arena_alloc(a, n, sizeof *f->smooth);
    f->lowest = aw_arena_alloc(a, n, AW_NOISE_FLOOR_PARTS * sizeof *f->lowest);
    f->floor = aw_arena_alloc(a, n, sizeof *f->floor);
    if (!f->smooth || !f->lowest || !f->floor) return AW_ERR_NOMEM;
    double d = (double)(f->part * AW_NOISE_FLOOR_PARTS);
    f->bias = (float)bias_of((double)alpha, d, (double)overlap);
    f->warm = (size_t)fminf(1 / (1 - alpha), 1e6F) + 1;
    aw_noise_floor_reset(f);
    return AW_OK;
}

void aw_noise_floor_reset(struct aw_noise_floor *f) {
    f->seen = f->in_part = f->head = 0;
    memset(f->smooth, 0, f->n * sizeof *f->smooth);
    memset(f->floor, 0, f->n * sizeof *f->floor);
    for (size_t i = 0; i < AW_NOISE_FLOOR_PARTS * f->n; i++) f->lowest[i] = INFINITY;
}

bool aw_noise_floor_push(struct aw_noise_floor *f, const float *density) {
    size_t n = f->n;
    bool warming = f->seen < f->warm;
    if (warming) f->seen++;
    float new = fmaxf(1 - f->alpha, 1 / (float)f->seen); /* at first the plain mean */
    float *lowest = f->lowest + f->head * n;
    for (size_t i = 0; i < n; i++) {
        f->smooth[i] += new *(density[i] - f->smooth[i]);
        float s = f->smooth[i];
        if (!warming) lowest[i] = s < lowest[i] ? s : lowest[i];
    }
    if (warming) return false;
    for (size_t i = 0; i < n; i++) {
        float low = f->lowest[i];
        for (size_t p = 1; p < AW_NOISE_FLOOR_PARTS; p++) {
            float v = f->lowest[p * n + i];
            low = v < low ? v : low;
        }
        f->floor[i] = f->bias * low;
    }
    if (++f->in_part == f->part) {
        f->in_part = 0;
        f->head = f->head + 1 < AW_NOISE_FLOOR_PARTS ? f->head + 1 : 0;
        for (size_t i = 0; i < n; i++) f->lowest[f->head * n + i] = INFINITY;
        f->seen = f->warm + 1; /* a whole sub-window: ready from here on */
    }
    return f->seen > f->warm;
}

void aw_noise_floor_mask(const struct aw_noise_floor *f, const float *density, float *gain) {
    bool ready = f->seen > f->warm;
    for (size_t i = 0; i < f->n; i++) {
        float p = density[i], above = p - (ready ? f->floor[i] : 0);
        gain[i] = above > 0 ? above / p : 0;
    }
}
