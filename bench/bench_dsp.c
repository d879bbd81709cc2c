/* Nanoseconds of processor time per call of the blocks of src/dsp, one JSON line each. Every case
 * is first held to a plain computation in double: a line is printed only for what is right. The
 * full checks are in test/dsp. */
#include "../test/noise.h"
#include "dsp/acf.h"
#include "dsp/align.h"
#include "dsp/fft.h"
#include "dsp/fir.h"
#include "dsp/hampel.h"
#include "dsp/harmonic.h"
#include "dsp/iir.h"
#include "dsp/kalman.h"
#include "dsp/noise_floor.h"
#include "dsp/pca.h"
#include "dsp/phase_sanitize.h"
#include "dsp/quotient.h"
#include "dsp/select.h"
#include "dsp/stft.h"
#include "dsp/viterbi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double PI = 3.14159265358979323846;
enum { ROUNDS = 64, WIDE = 64, ROW = 4096 * 2 };

static _Alignas(64) unsigned char memory[1 << 22];
static struct aw_arena arena;
static float in[ROUNDS][ROW], out[ROW];
static double want[ROW];
static unsigned turn;

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const float *next(void) {
    return in[turn++ % ROUNDS];
}

static double snr_db(const float *got, size_t n) {
    double signal = 0, error = 1e-300;
    for (size_t i = 0; i < n; i++) {
        signal += want[i] * want[i];
        error += ((double)got[i] - want[i]) * ((double)got[i] - want[i]);
    }
    return error >= 0 ? fmin(10 * log10(signal / error), 400) : -1;
}

/* The fastest of several runs: other work on the machine only ever adds. */
static int report(const char *block, const char *what, double snr, double gate,
                  void (*call)(void)) {
    if (!(snr >= gate)) {
        fprintf(stderr, "bench_dsp: %s %s is wrong: %.1f dB, gate %.0f\n", block, what, snr, gate);
        return 1;
    }
    size_t calls = 1;
    double best = INFINITY;
    for (int run = 0; run < 12; run++) {
        double start = seconds();
        for (size_t i = 0; i < calls; i++) call();
        double took = seconds() - start;
        if (took < 5e-3) {
            calls *= 4;
            run = -1;
            continue;
        }
        best = fmin(best, took / (double)calls);
    }
    printf(
        "{\"bench\":\"dsp\",\"block\":\"%s\",\"case\":\"%s\",\"snr_db\":%.0f,\"ns_per_call\":%.1f}\n",
        block, what, snr, best * 1e9);
    return 0;
}

static void fresh(void) {
    aw_arena_init(&arena, memory, sizeof memory);
    turn = 0;
}

static int must(int err) {
    if (err < 0) exit(2);
    return err;
}

static struct aw_fft fft;
static struct aw_rfft rfft;
static void fft_call(void) {
    aw_fft_run(&fft, next(), out);
}
static void rfft_call(void) {
    aw_rfft_run(&rfft, next(), out);
}

static int bench_fft(size_t n) {
    char what[32];
    int bad = 0;
    for (int real = 0; real < 2; real++) {
        fresh();
        must(real ? aw_rfft_init(&rfft, &arena, n) : aw_fft_init(&fft, &arena, n));
        for (size_t k = 0; k < (real ? n / 2 + 1 : n); k++) {
            double re = 0, im = 0;
            for (size_t i = 0; i < n; i++) {
                double angle = -2 * PI * (double)(i * k % n) / (double)n;
                double a = (double)in[0][real ? i : 2 * i], b = real ? 0 : (double)in[0][2 * i + 1];
                re += a * cos(angle) - b * sin(angle);
                im += a * sin(angle) + b * cos(angle);
            }
            want[2 * k] = re;
            want[2 * k + 1] = im;
        }
        (real ? rfft_call : fft_call)();
        snprintf(what, sizeof what, "%s %zu", real ? "real" : "complex", n);
        bad |= report("fft", what, snr_db(out, real ? n + 2 : 2 * n), 120,
                      real ? rfft_call : fft_call);
    }
    return bad;
}

static struct aw_align align;
static void align_call(void) {
    struct aw_align_result r;
    aw_align_push(&align, next(), true, out, &r);
}

/* Packets of one room with their own gain, phase and slope. */
static int bench_align(size_t chains, size_t n) {
    static float packets[ROUNDS][ROW];
    int16_t k[WIDE];
    for (size_t i = 0; i < n; i++) k[i] = (int16_t)((int)i - (int)n / 2);
    for (unsigned t = 0; t < ROUNDS; t++) {
        double phase = t, slope = 0.2 * sin(t), gain = 1 + t % 5;
        for (size_t i = 0; i < chains * n; i++) {
            double a = phase + slope * k[i % n], re = (double)in[0][2 * i],
                   im = (double)in[0][2 * i + 1];
            packets[t][2 * i] = (float)(gain * (re * cos(a) - im * sin(a)));
            packets[t][2 * i + 1] = (float)(gain * (re * sin(a) + im * cos(a)));
        }
    }
    static float kept[ROUNDS][ROW];
    memcpy(kept, in, sizeof in);
    memcpy(in, packets, sizeof in);
    fresh();
    must(aw_align_init(&align, &arena, chains, n, k, 200));
    align_call();
    for (size_t i = 0; i < 2 * chains * n; i++) want[i] = (double)out[i];
    align_call();
    char what[32];
    snprintf(what, sizeof what, "%zux%zu learning", chains, n);
    int bad = report("align", what, snr_db(out, 2 * chains * n), 80, align_call);
    memcpy(in, kept, sizeof in);
    return bad;
}

static int16_t line_k[WIDE];
static float line_iq[2 * WIDE];
static void line_call(void) {
    aw_phase_sanitize_run(line_iq, line_k, 56, out);
}

static int bench_phase_sanitize(void) {
    double w0 = 0, w1 = 0, w2 = 0, y0 = 0, y1 = 0;
    for (int i = 0; i < 56; i++) {
        double p = 1 + 0.8 * i + 0.5 * sin(i), r = 1 + 0.5 * cos(0.3 * i), w = r * r;
        line_k[i] = (int16_t)i;
        line_iq[2 * i] = (float)(r * cos(p));
        line_iq[2 * i + 1] = (float)(r * sin(p));
        want[i] = p;
        w0 += w, w1 += w * i, w2 += w * i * i, y0 += w * p, y1 += w * p * i;
    }
    double slope = (w0 * y1 - w1 * y0) / (w0 * w2 - w1 * w1), offset = (y0 - slope * w1) / w0;
    for (int i = 0; i < 56; i++) want[i] -= offset + slope * i;
    line_call();
    return report("phase_sanitize", "56", snr_db(out, 56), 90, line_call);
}

static struct aw_hampel hampel;
static void hampel_call(void) {
    aw_hampel_push(&hampel, next(), out);
}

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

static int bench_hampel(size_t half) {
    fresh();
    must(aw_hampel_init(&hampel, &arena, WIDE, half, 1, 0));
    for (size_t t = 0; t < 2 * half + 1; t++) hampel_call();
    for (size_t c = 0; c < WIDE; c++) {
        double v[64], x = (double)in[half][c];
        for (size_t t = 0; t < 2 * half + 1; t++) v[t] = (double)in[t][c];
        qsort(v, 2 * half + 1, sizeof *v, ascending);
        double m = v[half];
        for (size_t t = 0; t < 2 * half + 1; t++) v[t] = fabs((double)in[t][c] - m);
        qsort(v, 2 * half + 1, sizeof *v, ascending);
        want[c] = fabs(x - m) <= 1.4826022 * v[half] ? x : m;
    }
    char what[32];
    snprintf(what, sizeof what, "%d, window %zu", WIDE, 2 * half + 1);
    return report("hampel", what, snr_db(out, WIDE), 120, hampel_call);
}

static struct aw_iir iir;
static struct aw_fir fir;
static void iir_call(void) {
    aw_iir_push(&iir, next(), out);
}
static void fir_call(void) {
    aw_fir_push(&fir, next(), out);
}

static int bench_filters(void) {
    fresh();
    const struct aw_iir_config i = {AW_IIR_BAND_PASS, 2, 100, 0.1F, 1};
    const struct aw_fir_config f = {AW_FIR_LOW_PASS, 63, 60, 100, 0, 10};
    must(aw_iir_init(&iir, &arena, WIDE, &i));
    must(aw_fir_init(&fir, &arena, WIDE, &f));
    for (int t = 0; t < ROUNDS; t++) iir_call();
    for (int c = 0; c < WIDE; c++) {
        double x[ROUNDS], y[ROUNDS];
        for (int t = 0; t < ROUNDS; t++) x[t] = (double)in[t][c];
        for (size_t s = 0; s < iir.n_sections; s++) {
            const struct aw_iir_section *e = &iir.section[s];
            for (int t = 0; t < ROUNDS; t++) {
                y[t] = e->b0 * x[t] + (t > 0 ? e->b1 * x[t - 1] - e->a1 * y[t - 1] : 0) +
                       (t > 1 ? e->b2 * x[t - 2] - e->a2 * y[t - 2] : 0);
            }
            memcpy(x, y, sizeof x);
        }
        want[c] = x[ROUNDS - 1];
    }
    int bad = report("iir", "64, band-pass of 4 poles", snr_db(out, WIDE), 130, iir_call);
    turn = 0;
    for (int t = 0; t < ROUNDS; t++) fir_call();
    for (int c = 0; c < WIDE; c++) {
        want[c] = 0;
        for (int j = 0; j < 63; j++) {
            want[c] += (double)fir.h[j <= 31 ? j : 62 - j] * (double)in[ROUNDS - 1 - j][c];
        }
    }
    return bad | report("fir", "64, 63 taps", snr_db(out, WIDE), 110, fir_call);
}

static struct aw_stft stft;
static void stft_call(void) {
    aw_stft_push(&stft, in[0][turn % 512], in[1][turn % 512]), turn++;
}

static struct aw_noise_floor noise;
static void noise_call(void) {
    aw_noise_floor_push(&noise, next());
}

static int bench_spectrogram(void) {
    fresh();
    must(aw_stft_init(&stft, &arena, 128, 16, 100, true));
    for (int t = 0; t < 128; t++) stft_call();
    double mean[2] = {0, 0};
    for (int i = 0; i < 128; i++) {
        double w = pow(sin(PI * i / 128), 2) / 64;
        mean[0] += w * (double)in[0][i];
        mean[1] += w * (double)in[1][i];
    }
    for (int k = -64; k < 64; k++) {
        double re = 0, im = 0;
        for (int i = 0; i < 128; i++) {
            double w = pow(sin(PI * i / 128), 2), c = cos(2 * PI * k * i / 128);
            double d = -sin(2 * PI * k * i / 128);
            double a = w * ((double)in[0][i] - mean[0]), b = w * ((double)in[1][i] - mean[1]);
            re += a * c - b * d;
            im += a * d + b * c;
        }
        want[k + 64] = (re * re + im * im) / (100 * 48);
    }
    int bad = report("stft", "128 every 16, per sample", snr_db(stft.density, 128), 110, stft_call);
    fresh();
    must(aw_noise_floor_init(&noise, &arena, 128, 0.9F, 80, 0.125F));
    for (int t = 0; t < ROUNDS; t++) noise_call();
    for (int b = 0; b < 128; b++) {
        double s = 0, low = INFINITY;
        for (int t = 0; t < ROUNDS; t++) {
            s += fmax(1 - (double)0.9F, 1.0 / (t + 1)) * ((double)in[t][b] - s);
            if (t >= (int)noise.warm) low = fmin(low, s);
        }
        want[b] = (double)noise.bias * low;
    }
    return bad | report("noise_floor", "128", snr_db(noise.floor, 128), 100, noise_call);
}

static struct aw_acf acf;
static void acf_call(void) {
    aw_acf_push(&acf, next());
}

static int bench_acf(void) {
    const size_t lags[3] = {1, 3, 20};
    fresh();
    must(aw_acf_init(&acf, &arena, WIDE, 400, lags, 3));
    for (int t = 0; t < 1000; t++) acf_call();
    for (int c = 0; c < WIDE; c++) {
        double mean = 0, energy = 0, cross = 0;
        for (int t = 600; t < 1000; t++) mean += (double)in[t % ROUNDS][c] / 400;
        for (int t = 600; t < 1000; t++) {
            double x = (double)in[t % ROUNDS][c] - mean;
            energy += x * x;
            if (t + 3 < 1000) cross += x * ((double)in[(t + 3) % ROUNDS][c] - mean);
        }
        want[c] = cross / energy;
    }
    aw_acf_read(&acf, 1, out);
    return report("acf", "64, window 400, 3 lags", snr_db(out, WIDE), 120, acf_call);
}

static struct aw_pca pca;
static void pca_call(void) {
    aw_pca_push(&pca, next());
}
static void pca_solve_call(void) {
    aw_pca_solve(&pca, 2);
}

/* R v = lambda v, R from its definition. */
static int bench_pca(bool is_complex) {
    static double re[WIDE][WIDE], im[WIDE][WIDE];
    unsigned width = is_complex ? 2 : 1;
    fresh();
    must(aw_pca_init(&pca, &arena, WIDE, 3, is_complex, 1000));
    double mean[2 * WIDE] = {0};
    memset(re, 0, sizeof re);
    memset(im, 0, sizeof im);
    for (int t = 0; t < ROUNDS; t++) {
        pca_call();
        for (unsigned i = 0; i < width * WIDE; i++) mean[i] += (double)in[t][i] / ROUNDS;
    }
    for (int t = 0; t < ROUNDS; t++) {
        for (unsigned i = 0; i < WIDE; i++) {
            for (unsigned j = 0; j < WIDE; j++) {
                double a = (double)in[t][width * i] - mean[width * i];
                double b = (double)in[t][width * j] - mean[width * j];
                double c = is_complex ? (double)in[t][2 * i + 1] - mean[2 * i + 1] : 0;
                double d = is_complex ? (double)in[t][2 * j + 1] - mean[2 * j + 1] : 0;
                re[i][j] += (a * b + c * d) / ROUNDS;
                im[i][j] += (c * b - a * d) / ROUNDS;
            }
        }
    }
    aw_pca_solve(&pca, 200); /* noise: eigenvalues are close to each other */
    for (unsigned i = 0; i < WIDE; i++) {
        want[width * i] = want[width * i + width - 1] = 0;
        for (unsigned j = 0; j < WIDE; j++) {
            double a = (double)pca.vector[width * j] / (double)pca.value[0];
            double b = is_complex ? (double)pca.vector[2 * j + 1] / (double)pca.value[0] : 0;
            want[width * i] += re[i][j] * a - im[i][j] * b;
            if (is_complex) want[2 * i + 1] += re[i][j] * b + im[i][j] * a;
        }
    }
    double snr = snr_db(pca.vector, width * WIDE);
    return report("pca", is_complex ? "64 complex, push" : "64 real, push", snr, 70, pca_call) |
           report("pca",
                  is_complex ? "64 complex, 3 vectors, 2 steps" : "64 real, 3 vectors, 2 steps",
                  snr, 70, pca_solve_call);
}

static struct aw_quotient quotient;
static void quotient_call(void) {
    aw_quotient_push(&quotient, next(), 0.01F, out);
}

static int bench_quotient(void) {
    const struct aw_quotient_config c = {AW_QUOTIENT_CHAINS, 3, 30, 0, 100, 2};
    fresh();
    must(aw_quotient_init(&quotient, &arena, &c));
    quotient_call();
    for (size_t i = 0; i < 90; i++) {
        size_t r = quotient.ref * 30 + i % 30;
        double a = (double)in[0][2 * i], b = (double)in[0][2 * i + 1];
        double d = (double)in[0][2 * r], e = (double)in[0][2 * r + 1], p = d * d + e * e;
        want[2 * i] = (a * d + b * e) / p;
        want[2 * i + 1] = (b * d - a * e) / p;
    }
    return report("quotient", "3x30", snr_db(out, 180), 120, quotient_call);
}

static struct aw_split split;
static void split_call(void) {
    split = aw_select_split(next(), 56, out);
}
static float score[ROW];
static const float WEIGHT[3] = {1, 0.5F, 0.25F};
static void harmonic_call(void) {
    aw_harmonic_run(next(), 1024, WEIGHT, 3, 20, 300, score);
}

static int bench_select_harmonic(void) {
    fresh();
    split_call();
    double best = 0;
    for (int i = 0; i < 56; i++) { /* between-class variance for every value as threshold */
        double sum[2] = {0, 0}, count[2] = {0, 0};
        for (int j = 0; j < 56; j++) {
            int side = in[0][j] > in[0][i];
            sum[side] += (double)in[0][j];
            count[side]++;
        }
        if (count[1] == 0) continue;
        double gap = sum[1] / count[1] - sum[0] / count[0];
        best = fmax(best, count[0] * count[1] / 56 * gap * gap);
    }
    double total = 0, mean = 0;
    for (int j = 0; j < 56; j++) mean += (double)in[0][j] / 56;
    for (int j = 0; j < 56; j++) total += pow((double)in[0][j] - mean, 2);
    want[0] = best / total;
    int bad = report("select", "split of 56", snr_db(&split.share, 1), 100, split_call);
    turn = 0;
    harmonic_call();
    for (int i = 20; i <= 300; i++) {
        want[i - 20] = (double)in[0][i] + 0.5 * (double)in[0][2 * i] + 0.25 * (double)in[0][3 * i];
    }
    return bad | report("harmonic", "281 bins of 3", snr_db(score, 281), 120, harmonic_call);
}

static struct aw_kalman kalman;
static struct aw_viterbi viterbi;
static void kalman_call(void) {
    turn++;
    aw_kalman_push(&kalman, (int64_t)turn * 1000000000, 0.25 + 0.01 * (double)in[0][turn % 512],
                   1e-4);
}
static void viterbi_call(void) {
    aw_viterbi_push(&viterbi, next());
}

static int bench_trackers(void) {
    const struct aw_kalman_config c = {1e-6, 0.01, 1e9, 5, 1};
    fresh();
    must(aw_kalman_init(&kalman, &c));
    double x = 0, v = 0, p00 = 0, p01 = 0, p11 = 0;
    for (int t = 1; t <= 50; t++) { /* plain form, P - K S K' */
        kalman_call();
        double z = 0.25 + 0.01 * (double)in[0][t];
        if (t == 1) {
            x = z, p00 = 1e-4, p11 = 1e-4;
            continue;
        }
        x += v;
        p00 += 2 * p01 + p11 + 1e-6 / 3, p01 += p11 + 1e-6 / 2, p11 += 1e-6;
        double s = p00 + 1e-4, k0 = p00 / s, k1 = p01 / s, y = z - x;
        x += k0 * y, v += k1 * y;
        p00 -= k0 * k0 * s, p01 -= k0 * k1 * s, p11 -= k1 * k1 * s;
    }
    want[0] = x;
    float got = (float)aw_kalman_read(&kalman, 0).rate;
    int bad = report("kalman", "one measurement", snr_db(&got, 1), 120, kalman_call);
    fresh();
    must(aw_viterbi_init(&viterbi, &arena, 256, 30, 8, 2));
    viterbi_call();
    viterbi_call();
    double top = -INFINITY;
    for (int i = 0; i < 256; i++) {
        want[i] = -INFINITY;
        for (int j = i < 8 ? 0 : i - 8; j <= i + 8 && j < 256; j++) {
            want[i] = fmax(want[i], (double)in[0][j] - (i - j) * (i - j) / 8.0);
        }
        want[i] += (double)in[1][i];
        top = fmax(top, want[i]);
    }
    for (int i = 0; i < 256; i++) want[i] -= top;
    return bad |
           report("viterbi", "256 states, reach 8", snr_db(viterbi.score, 256), 110, viterbi_call);
}

int main(void) {
    for (unsigned t = 0; t < ROUNDS; t++) {
        for (unsigned i = 0; i < ROW; i++) in[t][i] = (float)(2 + noise_gauss(t, i));
    }
    int bad = 0;
    for (size_t n = 64; n <= 4096; n *= 4) bad |= bench_fft(n);
    bad |= bench_align(1, 56) | bench_align(3, 30) | bench_align(4, 64);
    bad |= bench_phase_sanitize() | bench_hampel(3) | bench_hampel(7) | bench_filters();
    bad |= bench_spectrogram() | bench_acf() | bench_pca(false) | bench_pca(true);
    bad |= bench_quotient() | bench_select_harmonic() | bench_trackers();
    return bad;
}
