#include "dsp/iir.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

struct complex_d {
    double re, im;
};

static struct complex_d mul(struct complex_d a, struct complex_d b) {
    return (struct complex_d){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static struct complex_d divide(struct complex_d a, struct complex_d b) {
    double d = b.re * b.re + b.im * b.im;
    return (struct complex_d){(a.re * b.re + a.im * b.im) / d, (a.im * b.re - a.re * b.im) / d};
}

static struct complex_d root(struct complex_d a) {
    double r = hypot(a.re, a.im);
    double re = sqrt(0.5 * (r + a.re)), im = sqrt(fmax(0.5 * (r - a.re), 0));
    return (struct complex_d){re, a.im < 0 ? -im : im};
}

/* Bilinear transform with s = (z - 1) / (z + 1): a pole s becomes z = (1 + s) / (1 - s). */
static struct complex_d to_z(struct complex_d s) {
    return divide((struct complex_d){1 + s.re, s.im}, (struct complex_d){1 - s.re, -s.im});
}

/* |H| of one section at w radians per sample. */
static double section_gain(const struct aw_iir_section *s, double w) {
    double c = cos(w), d = sin(w);
    struct complex_d z = {c, -d}, zz = mul(z, z);
    double num = hypot(s->b0 + s->b1 * z.re + s->b2 * zz.re, s->b1 * z.im + s->b2 * zz.im);
    return num / hypot(1 + s->a1 * z.re + s->a2 * zz.re, s->a1 * z.im + s->a2 * zz.im);
}

/* Numerator {b0, b1, b2}, poles p and q (conjugates, or both real), gain 1 at w. */
static void add(struct aw_iir *f, const double *b, struct complex_d p, struct complex_d q,
                double w) {
    struct aw_iir_section *s = &f->section[f->n_sections++];
    *s = (struct aw_iir_section){b[0], b[1], b[2], -(p.re + q.re), p.re * q.re - p.im * q.im};
    double gain = section_gain(s, w);
    s->b0 /= gain;
    s->b1 /= gain;
    s->b2 /= gain;
}

static struct complex_d conj_of(struct complex_d a) {
    return (struct complex_d){a.re, -a.im};
}

/* Prototype poles come in conjugate pairs e^{j pi (2i + N + 1) / 2N}, and -1 when N is odd. */
static void design(struct aw_iir *f, const struct aw_iir_config *c) {
    double lo = tan(PI * (double)c->lo_hz / (double)c->fs_hz);
    double hi = tan(PI * (double)c->hi_hz / (double)c->fs_hz);
    bool low = c->kind == AW_IIR_LOW_PASS, band = c->kind == AW_IIR_BAND_PASS;
    const struct complex_d zero = {0, 0};
    for (unsigned i = 0; i < (c->order + 1) / 2; i++) {
        double angle = PI * (2 * i + c->order + 1) / (2 * c->order);
        bool real = 2 * i + 1 == c->order;
        struct complex_d p =
            real ? (struct complex_d){-1, 0} : (struct complex_d){cos(angle), sin(angle)};
        if (band) { /* s -> (s^2 + lo hi) / (s (hi - lo)): each pole gives two */
            const double b[3] = {1, 0, -1};
            double w = 2 * atan(sqrt(lo * hi));
            struct complex_d half = {0.5 * p.re * (hi - lo), 0.5 * p.im * (hi - lo)};
            struct complex_d square = mul(half, half);
            struct complex_d r = root((struct complex_d){square.re - lo * hi, square.im});
            struct complex_d s1 = to_z((struct complex_d){half.re + r.re, half.im + r.im});
            struct complex_d s2 = to_z((struct complex_d){half.re - r.re, half.im - r.im});
            if (real) {
                add(f, b, s1, s2, w);
            } else {
                add(f, b, s1, conj_of(s1), w);
                add(f, b, s2, conj_of(s2), w);
            }
        } else { /* s -> s / hi, or lo / s */
            double sign = low ? 1 : -1;
            const double one[3] = {1, sign, 0}, two[3] = {1, 2 * sign, 1};
            double k = low ? hi : lo; /* |p| = 1, so lo / p = lo conj(p) */
            struct complex_d z = to_z((struct complex_d){k * p.re, low ? k * p.im : -k * p.im});
            add(f, real ? one : two, z, real ? zero : conj_of(z), low ? 0 : PI);
        }
    }
}

int aw_iir_init(struct aw_iir *f, struct aw_arena *a, size_t n, const struct aw_iir_config *c) {
    bool lo = c->kind == AW_IIR_HIGH_PASS || c->kind == AW_IIR_BAND_PASS;
    bool hi = c->kind == AW_IIR_LOW_PASS || c->kind == AW_IIR_BAND_PASS;
    if (n == 0 || (!lo && !hi) || c->order < 1 || c->order > AW_IIR_MAX_ORDER) return AW_ERR_INVAL;
    if (!(c->fs_hz > 0 && c->fs_hz < INFINITY)) return AW_ERR_INVAL;
    if (lo && !(c->lo_hz > 0 && c->lo_hz < 0.5F * c->fs_hz)) return AW_ERR_INVAL;
    if (hi && !(c->hi_hz > 0 && c->hi_hz < 0.5F * c->fs_hz)) return AW_ERR_INVAL;
    if (lo && hi && !(c->lo_hz < c->hi_hz)) return AW_ERR_INVAL;
    *f = (struct aw_iir){.n = n};
    design(f, c);
    f->state = aw_arena_alloc(a, n, 2 * f->n_sections * sizeof *f->state);
    return f->state ? AW_OK : AW_ERR_NOMEM;
}

void aw_iir_reset(struct aw_iir *f) {
    memset(f->state, 0, 2 * f->n_sections * f->n * sizeof *f->state);
}

void aw_iir_settle(struct aw_iir *f, const float *x) {
    double gain = 1; /* at DC, of the sections before */
    for (size_t i = 0; i < f->n_sections; i++) {
        const struct aw_iir_section *s = &f->section[i];
        double *u = f->state + 2 * i * f->n, *v = u + f->n;
        double own = (s->b0 + s->b1 + s->b2) / (1 + s->a1 + s->a2);
        for (size_t c = 0; c < f->n; c++) {
            double in = gain * (double)x[c], out = own * in;
            v[c] = s->b2 * in - s->a2 * out;
            u[c] = s->b1 * in - s->a1 * out + v[c];
        }
        gain *= own;
    }
}

enum { BLOCK = 64 }; /* elements that go through all sections together; their t stays in L1 */

void aw_iir_push(struct aw_iir *f, const float *x, float *y) {
    double t[BLOCK];
    for (size_t from = 0; from < f->n; from += BLOCK) {
        size_t n = f->n - from < BLOCK ? f->n - from : BLOCK;
        for (size_t c = 0; c < n; c++) t[c] = (double)x[from + c];
        for (size_t i = 0; i < f->n_sections; i++) {
            const struct aw_iir_section s = f->section[i];
            double *restrict u = f->state + 2 * i * f->n + from, *restrict v = u + f->n;
            for (size_t c = 0; c < n; c++) {
                double in = t[c], out = s.b0 * in + u[c];
                u[c] = s.b1 * in - s.a1 * out + v[c];
                v[c] = s.b2 * in - s.a2 * out;
                t[c] = out;
            }
        }
        for (size_t c = 0; c < n; c++) y[from + c] = (float)t[c];
    }
}

double aw_iir_gain(const struct aw_iir *f, double frequency) {
    double gain = 1;
    for (size_t i = 0; i < f->n_sections; i++) {
        gain *= section_gain(&f->section[i], 2 * PI * frequency);
    }
    return gain;
}
