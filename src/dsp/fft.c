#include "dsp/fft.h"

#include <math.h>

static const double TAU = 6.283185307179586476925;

static void unit(float *w, double turns) {
    w[0] = (float)cos(TAU * turns);
    w[1] = (float)-sin(TAU * turns);
}

static unsigned log2_of(size_t n) {
    unsigned bits = 0;
    while (n >> (bits + 1)) bits++;
    return bits;
}

int aw_fft_init(struct aw_fft *f, struct aw_arena *a, size_t n) {
    if (!(n >= AW_FFT_MIN && n <= AW_FFT_MAX) || (n & (n - 1))) return AW_ERR_INVAL;
    f->n = n;
    /* Spans m = 2 or 1, then times 4 up to n / 4: less than n/3 butterflies of 3 factors. */
    f->twiddle = aw_arena_alloc(a, 2 * n, sizeof *f->twiddle);
    f->source = aw_arena_alloc(a, n, sizeof *f->source);
    if (!f->twiddle || !f->source) return AW_ERR_NOMEM;
    unsigned bits = log2_of(n);
    for (size_t i = 0; i < n; i++) {
        size_t reversed = 0;
        for (unsigned b = 0; b < bits; b++) reversed |= (i >> b & 1) << (bits - 1 - b);
        f->source[i] = (uint16_t)reversed;
    }
    float *w = f->twiddle;
    for (size_t m = bits % 2 ? 2 : 4; m < n; m *= 4) {
        for (size_t power = 1; power <= 3; power++) {
            for (size_t i = 0; i < m; i++, w += 2) unit(w, (double)(power * i) / (double)(4 * m));
        }
    }
    return AW_OK;
}

/* First pass: transforms of 2 or of 4 neighbours, no factors. */
static void first_of_2(const struct aw_fft *f, const float *x, float *y) {
    for (size_t i = 0; i < f->n; i += 2) {
        const float *p = x + 2 * f->source[i], *q = x + 2 * f->source[i + 1];
        y[2 * i] = p[0] + q[0];
        y[2 * i + 1] = p[1] + q[1];
        y[2 * i + 2] = p[0] - q[0];
        y[2 * i + 3] = p[1] - q[1];
    }
}

static void first_of_4(const struct aw_fft *f, const float *x, float *y) {
    for (size_t i = 0; i < f->n; i += 4, y += 8) {
        const float *p = x + 2 * f->source[i], *q = x + 2 * f->source[i + 1];
        const float *r = x + 2 * f->source[i + 2], *s = x + 2 * f->source[i + 3];
        float even_re = p[0] + q[0], even_im = p[1] + q[1];
        float diff_re = p[0] - q[0], diff_im = p[1] - q[1];
        float odd_re = r[0] + s[0], odd_im = r[1] + s[1];
        float odiff_re = r[0] - s[0], odiff_im = r[1] - s[1];
        y[0] = even_re + odd_re;
        y[1] = even_im + odd_im;
        y[2] = diff_re + odiff_im;
        y[3] = diff_im - odiff_re;
        y[4] = even_re - odd_re;
        y[5] = even_im - odd_im;
        y[6] = diff_re - odiff_im;
        y[7] = diff_im + odiff_re;
    }
}

/* Four transforms of m, which bit reversal left in the order 0, 2, 1, 3, become one of 4 m. */
static void join_4(float *restrict a, const float *restrict w1, size_t m) {
    const float *w2 = w1 + 2 * m, *w3 = w2 + 2 * m;
    float *b = a + 2 * m, *c = b + 2 * m, *d = c + 2 * m;
    for (size_t i = 0; i < 2 * m; i += 2) {
        float t1_re = c[i] * w1[i] - c[i + 1] * w1[i + 1];
        float t1_im = c[i] * w1[i + 1] + c[i + 1] * w1[i];
        float t2_re = b[i] * w2[i] - b[i + 1] * w2[i + 1];
        float t2_im = b[i] * w2[i + 1] + b[i + 1] * w2[i];
        float t3_re = d[i] * w3[i] - d[i + 1] * w3[i + 1];
        float t3_im = d[i] * w3[i + 1] + d[i + 1] * w3[i];
        float even_re = a[i] + t2_re, even_im = a[i + 1] + t2_im;
        float diff_re = a[i] - t2_re, diff_im = a[i + 1] - t2_im;
        float odd_re = t1_re + t3_re, odd_im = t1_im + t3_im;
        float odiff_re = t1_re - t3_re, odiff_im = t1_im - t3_im;
        a[i] = even_re + odd_re;
        a[i + 1] = even_im + odd_im;
        b[i] = diff_re + odiff_im;
        b[i + 1] = diff_im - odiff_re;
        c[i] = even_re - odd_re;
        c[i + 1] = even_im - odd_im;
        d[i] = diff_re - odiff_im;
        d[i + 1] = diff_im + odiff_re;
    }
}

void aw_fft_run(const struct aw_fft *f, const float *x, float *y) {
    size_t m = log2_of(f->n) % 2 ? 2 : 4;
    if (m == 2) {
        first_of_2(f, x, y);
    } else {
        first_of_4(f, x, y);
    }
    const float *w = f->twiddle;
    for (; m < f->n; w += 6 * m, m *= 4) {
        for (size_t i = 0; i < f->n; i += 4 * m) join_4(y + 2 * i, w, m);
    }
}

/* The forward transform gives n x[-i mod n]. */
void aw_fft_inverse(const struct aw_fft *f, const float *y, float *x) {
    aw_fft_run(f, y, x);
    float scale = 1 / (float)f->n;
    for (size_t i = 1; i < f->n / 2; i++) {
        float *p = x + 2 * i, *q = x + 2 * (f->n - i);
        float re = p[0], im = p[1];
        p[0] = q[0] * scale;
        p[1] = q[1] * scale;
        q[0] = re * scale;
        q[1] = im * scale;
    }
    x[0] *= scale;
    x[1] *= scale;
    x[f->n] *= scale;
    x[f->n + 1] *= scale;
}

int aw_rfft_init(struct aw_rfft *f, struct aw_arena *a, size_t n) {
    if (!(n >= 2 * AW_FFT_MIN && n <= AW_FFT_MAX) || (n & (n - 1))) return AW_ERR_INVAL;
    f->n = n;
    f->twiddle = aw_arena_alloc(a, 2 * (n / 4 + 1), sizeof *f->twiddle);
    int err = aw_fft_init(&f->half, a, n / 2);
    if (err < 0) return err;
    if (!f->twiddle) return AW_ERR_NOMEM;
    for (size_t k = 0; k <= n / 4; k++) unit(f->twiddle + 2 * k, (double)k / (double)n);
    return AW_OK;
}

/* With Z the transform of z[i] = x[2i] + j x[2i+1] and w = e^{-2 pi j k / n}, h = n/2:
 *     Y[k] = (Z[k] + Z*[h-k]) / 2 - j w (Z[k] - Z*[h-k]) / 2;   Y[h-k] by the same with k, h-k
 * swapped. */
void aw_rfft_run(const struct aw_rfft *f, const float *x, float *y) {
    size_t h = f->n / 2;
    aw_fft_run(&f->half, x, y);
    float re = y[0], im = y[1];
    y[0] = re + im;
    y[1] = 0;
    y[2 * h] = re - im;
    y[2 * h + 1] = 0;
    for (size_t k = 1; k <= h / 2; k++) {
        float *p = y + 2 * k, *q = y + 2 * (h - k);
        const float *w = f->twiddle + 2 * k;
        float sum_re = 0.5F * (p[0] + q[0]), sum_im = 0.5F * (p[1] - q[1]);
        float dif_re = 0.5F * (p[0] - q[0]), dif_im = 0.5F * (p[1] + q[1]);
        float t_re = w[0] * dif_im + w[1] * dif_re; /* -j w dif */
        float t_im = w[1] * dif_im - w[0] * dif_re;
        p[0] = sum_re + t_re;
        p[1] = sum_im + t_im;
        q[0] = sum_re - t_re;
        q[1] = t_im - sum_im;
    }
}
