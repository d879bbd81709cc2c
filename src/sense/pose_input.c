#include "sense/pose_input.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

enum {
    POLYS = AW_POSE_INPUT_POLYS,
    HOP = AW_POSE_INPUT_HOP,
    ROWS = AW_POSE_INPUT_ROWS,
    LAG = AW_POSE_INPUT_LAG,
    MEMORY = 300, /* packets of the template */
    MIN_SUB = 8,
};

static const int64_t SAMPLE_NS = AW_S / AW_POSE_INPUT_RATE_HZ, GAP_NS = AW_S / 4;
static const double FLOOR = 1e-7; /* of a trace over T's power: far below any receiver's noise */

/* ---- Layout ---------------------------------------------------------------------------------- */

/* Subcarriers with energy of the first training field, ascending; of many every second and so on,
 * at most 64. */
static size_t choose(const struct aw_frame *f, int16_t *k, uint16_t *at) {
    size_t n = 0;
    uint8_t ltf = 0;
    for (uint16_t i = 0; i < f->n_sub && n < AW_MAX_SUB; i++) {
        if (f->kind[i] & AW_SUB_NULL) continue;
        if (n == 0) ltf = f->kind[i] & AW_LTF_MASK;
        if ((f->kind[i] & AW_LTF_MASK) != ltf) continue;
        size_t j = n++;
        for (; j > 0 && k[j - 1] > f->k[i]; j--) {
            k[j] = k[j - 1];
            at[j] = at[j - 1];
        }
        k[j] = f->k[i];
        at[j] = i;
    }
    size_t step = (n + 63) / 64, kept = 0;
    for (size_t i = 0; i < n; i += step, kept++) {
        k[kept] = k[i];
        at[kept] = at[i];
    }
    return kept;
}

int aw_pose_input_init(struct aw_pose_input *p, struct aw_arena *a, const struct aw_frame *like) {
    int16_t k[AW_MAX_SUB];
    uint16_t at[AW_MAX_SUB];
    size_t n_sub = choose(like, k, at), n = (size_t)like->n_rx * like->n_tx;
    *p = (struct aw_pose_input){.n_rx = like->n_rx,
                                .n_tx = like->n_tx,
                                .n_chains = n,
                                .n_sub = n_sub,
                                .n_values = n * POLYS,
                                .width = aw_pose_input_width(n),
                                .n_frame_sub = like->n_sub};
    if (n < 1 || n > AW_POSE_INPUT_CHAINS || n_sub < MIN_SUB) return AW_ERR_INVAL;
    int err = aw_align_init(&p->align, a, n, n_sub, k, MEMORY);
    if (err != AW_OK) return err;
    p->k = aw_arena_alloc(a, n_sub, sizeof *p->k);
    p->at = aw_arena_alloc(a, n_sub, sizeof *p->at);
    p->iq = aw_arena_alloc(a, n * n_sub, 2 * sizeof *p->iq);
    p->out = aw_arena_alloc(a, n * n_sub, 2 * sizeof *p->out);
    p->basis = aw_arena_alloc(a, n * POLYS * n_sub, 2 * sizeof *p->basis);
    p->row = aw_arena_alloc(a, ROWS * p->width, sizeof *p->row);
    if (!p->k || !p->at || !p->iq || !p->out || !p->basis || !p->row) return AW_ERR_NOMEM;
    memcpy(p->k, k, n_sub * sizeof *k);
    memcpy(p->at, at, n_sub * sizeof *at);
    return AW_OK;
}

void aw_pose_input_reset(struct aw_pose_input *p) {
    p->any = false;
    p->count = p->head = 0;
    p->samples = p->in_row = p->packets = 0;
    memset(p->sum, 0, sizeof p->sum);
}

/* ---- The template ---------------------------------------------------------------------------- */

/* Sum over the band of a chain's T with a phase slope taken out. */
static void chain_sum(const struct aw_pose_input *p, size_t chain, double slope, double out[2]) {
    const float *t = p->align.t + 2 * chain * p->n_sub;
    out[0] = out[1] = 0;
    for (size_t i = 0; i < p->n_sub; i++) {
        double c = cos(slope * p->k[i]), s = -sin(slope * p->k[i]);
        double x = (double)t[2 * i], y = (double)t[2 * i + 1];
        out[0] += x * c - y * s;
        out[1] += x * s + y * c;
    }
}

/* Mean phase step per subcarrier index. */
static double mean_slope(const struct aw_pose_input *p) {
    double re = 0, im = 0;
    int d = p->align.spacing;
    for (size_t c = 0; c < p->n_chains; c++) {
        const float *t = p->align.t + 2 * c * p->n_sub;
        for (size_t i = 0; i + 1 < p->n_sub; i++) {
            if (p->k[i + 1] - p->k[i] != d) continue;
            const float *x = t + 2 * i;
            re += (double)(x[2] * x[0] + x[3] * x[1]);
            im += (double)(x[3] * x[0] - x[2] * x[1]);
        }
    }
    return atan2(im, re) / d;
}

/* Phases of the receive or, likewise, the transmit antennas against the first, averaged over the
 * other side's: a[i][j] is at i si + j sj. */
static void side_phases(double (*a)[2], size_t n, size_t si, size_t m, size_t sj, double *phase) {
    for (size_t i = 0; i < n; i++) {
        double re = 0, im = 0;
        for (size_t j = 0; j < m; j++) {
            const double *x = a[i * si + j * sj], *y = a[j * sj];
            re += x[0] * y[0] + x[1] * y[1];
            im += x[1] * y[0] - x[0] * y[1];
        }
        phase[i] = atan2(im, re);
    }
}

/* Turns T into the projection: per chain three polynomials over the band, antennas' phases and the
 * delay taken out. */
static void freeze(struct aw_pose_input *p) {
    double a[AW_POSE_INPUT_CHAINS][2], rx[AW_POSE_INPUT_CHAINS], tx[AW_POSE_INPUT_CHAINS];
    double slope = mean_slope(p);
    double middle = (p->k[0] + p->k[p->n_sub - 1]) / 2.0;
    double half = (p->k[p->n_sub - 1] - p->k[0]) / 2.0;
    for (size_t c = 0; c < p->n_chains; c++) chain_sum(p, c, slope, a[c]);
    side_phases(a, p->n_rx, p->n_tx, p->n_tx, 1, rx);
    side_phases(a, p->n_tx, 1, p->n_rx, p->n_tx, tx);
    for (size_t c = 0; c < p->n_chains; c++)
        for (size_t i = 0; i < p->n_sub; i++) {
            double x = (p->k[i] - middle) / half, n = 1 / (double)p->n_sub;
            double turn = -(slope * p->k[i] + rx[c / p->n_tx] + tx[c % p->n_tx]);
            const double poly[POLYS] = {1, sqrt(3) * x, sqrt(5) / 2 * (3 * x * x - 1)};
            for (int b = 0; b < POLYS; b++) {
                float *w = p->basis + 2 * ((c * POLYS + (size_t)b) * p->n_sub + i);
                w[0] = (float)(n * poly[b] * cos(turn));
                w[1] = (float)(n * poly[b] * sin(turn));
            }
        }
    p->ready = true;
}

void aw_pose_input_learn(struct aw_pose_input *p, bool empty) {
    if (empty) {
        aw_align_reset(&p->align);
        p->empty = 0;
        p->ready = false;
    } else if (p->learning && p->empty >= AW_POSE_INPUT_MIN_EMPTY && p->align.seen > 0) {
        freeze(p);
    }
    p->learning = empty;
    aw_pose_input_reset(p);
}

/* ---- Rows ------------------------------------------------------------------------------------ */

/* What the packet has over the template, as values v; false: no signal. */
static bool values(struct aw_pose_input *p, const struct aw_frame *f, float v[][2]) {
    struct aw_align_result r;
    for (size_t c = 0; c < p->n_chains; c++)
        for (size_t i = 0; i < p->n_sub; i++)
            memcpy(p->iq + 2 * (c * p->n_sub + i), f->iq + 2 * (c * f->n_sub + p->at[i]),
                   2 * sizeof *p->iq);
    aw_align_push(&p->align, p->iq, p->learning, p->out, &r);
    if (!r.ok) return false;
    if (p->learning) {
        p->empty++;
        return false;
    }
    if (!p->ready) return false;
    double weight = 0, gain = 0;
    for (size_t c = 0; c < p->n_chains; c++) {
        gain += (double)r.gain[c] * p->align.energy[c];
        weight += p->align.energy[c];
    }
    gain /= weight;
    if (!(gain > 0)) return false;
    for (size_t c = 0; c < p->n_chains; c++) {
        const float *h = p->out + 2 * c * p->n_sub, *t = p->align.t + 2 * c * p->n_sub;
        float g = (float)((double)r.gain[c] / gain);
        for (int b = 0; b < POLYS; b++) {
            const float *w = p->basis + 2 * (c * POLYS + (size_t)b) * p->n_sub;
            float re = 0, im = 0;
            for (size_t i = 0; i < 2 * p->n_sub; i += 2) {
                float x = g * h[i] - t[i], y = g * h[i + 1] - t[i + 1];
                re += x * w[i] - y * w[i + 1];
                im += x * w[i + 1] + y * w[i];
            }
            v[c * POLYS + (size_t)b][0] = re;
            v[c * POLYS + (size_t)b][1] = im;
        }
    }
    return true;
}

static void finish_row(struct aw_pose_input *p) {
    float *out = p->row + p->head * p->width;
    double trace = FLOOR * HOP, *s = p->sum + 1;
    size_t n = p->n_values;
    for (size_t i = 0, at = 1; i < n; at += 2 * (n - i) - 1, i++) trace += p->sum[at];
    out[0] = (float)log10(trace / HOP);
    float *o = out + 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++) {
            if (i == j) {
                *o++ = (float)sqrt(*s++ / trace);
                continue;
            }
            double size = sqrt(sqrt(s[0] * s[0] + s[1] * s[1]) * trace) + 1e-30;
            *o++ = (float)(*s++ / size);
            *o++ = (float)(*s++ / size);
        }
    for (size_t i = 0; i < 2 * p->n_chains * p->n_chains; i++) {
        double size = sqrt(sqrt(s[0] * s[0] + s[1] * s[1]) * trace) + 1e-30;
        *o++ = (float)(*s++ / size);
        *o++ = (float)(*s++ / size);
    }
    p->came[p->head] = p->packets;
    p->head = (p->head + 1) % ROWS;
    if (p->count < ROWS) p->count++;
    p->in_row = p->packets = 0;
    memset(p->sum, 0, sizeof p->sum);
}

/* sum += a conj(b) */
static double *add_product(double *sum, const float a[2], const float b[2]) {
    sum[0] += (double)(a[0] * b[0] + a[1] * b[1]);
    sum[1] += (double)(a[1] * b[0] - a[0] * b[1]);
    return sum + 2;
}

/* One sample of all values; Returns whether it finished a row. */
static bool sample(struct aw_pose_input *p, float v[][2]) {
    double *s = p->sum + 1;
    size_t n = p->n_values;
    for (size_t i = 0; i < n; i++) {
        *s++ += (double)(v[i][0] * v[i][0] + v[i][1] * v[i][1]);
        for (size_t j = i + 1; j < n; j++) s = add_product(s, v[i], v[j]);
    }
    for (uint32_t lag = 1; lag <= LAG; lag += LAG - 1) {
        float(*past)[2] = p->past[(p->samples + LAG - lag) % LAG];
        for (size_t i = 0; i < p->n_chains; i++)
            for (size_t j = 0; j < p->n_chains; j++)
                if (p->samples >= lag)
                    s = add_product(s, v[i * POLYS], past[j]);
                else
                    s += 2;
    }
    float(*now)[2] = p->past[p->samples % LAG];
    for (size_t i = 0; i < p->n_chains; i++) memcpy(now[i], v[i * POLYS], sizeof now[i]);
    p->samples++;
    if (++p->in_row < HOP) return false;
    finish_row(p);
    return true;
}

bool aw_pose_input_push(struct aw_pose_input *p, int64_t t_ns, const struct aw_frame *f) {
    float v[AW_POSE_INPUT_VALUES][2];
    bool done = false;
    if (f->n_rx != p->n_rx || f->n_tx != p->n_tx || f->n_sub != p->n_frame_sub) return false;
    if (p->any && t_ns <= p->last_ns) return false;
    if (!values(p, f, v)) return false;
    if (!p->any || t_ns - p->last_ns > GAP_NS) {
        aw_pose_input_reset(p);
        p->any = true;
        p->next_ns = t_ns;
        p->last_ns = t_ns - 1;
        memcpy(p->last, v, sizeof p->last);
    }
    p->packets++;
    for (; p->next_ns <= t_ns; p->next_ns += SAMPLE_NS) {
        float between[AW_POSE_INPUT_VALUES][2];
        float u = (float)(p->next_ns - p->last_ns) / (float)(t_ns - p->last_ns);
        for (size_t i = 0; i < p->n_values; i++)
            for (int c = 0; c < 2; c++)
                between[i][c] = p->last[i][c] + u * (v[i][c] - p->last[i][c]);
        done |= sample(p, between);
    }
    memcpy(p->last, v, sizeof p->last);
    p->last_ns = t_ns;
    return done;
}

const float *aw_pose_input_row(const struct aw_pose_input *p) {
    return p->count ? p->row + (p->head + ROWS - 1) % ROWS * p->width : NULL;
}

enum aw_reason aw_pose_input_read(const struct aw_pose_input *p, float *out) {
    uint32_t packets = 0;
    if (!p->ready) return AW_REASON_NOT_CALIBRATED;
    if (p->count < ROWS) return AW_REASON_WARMING_UP;
    for (size_t i = 0; i < ROWS; i++) packets += p->came[i];
    if (packets < AW_POSE_INPUT_MIN_PACKETS) return AW_REASON_RATE_TOO_LOW;
    for (size_t i = 0; i < ROWS; i++)
        memcpy(out + i * p->width, p->row + (p->head + i) % ROWS * p->width,
               p->width * sizeof *out);
    return AW_REASON_NONE;
}
