/* Compiled with -ffp-contract=off: see ruview_compat.h. */
#include "ruview_compat.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ANT = 3, SUB = 56, PATHS = 5, FRAMES = 100, DOPPLER = 64, PSD = 128, ALL = ANT * SUB };
static const double pi = 3.14159265358979323846;

const char ruview_compat_full[] =
    "667eb054c44ac510342665bf9c93d608868a8ead948ae8774b2796ebce6f8fe7";
const char ruview_compat_without_doppler[] =
    "f350a7e133442c7a8b8dcf4c72484e98fb8e1e1e4c5043f4e394f0bf416a367d";

/* ---- reference signal ---- */

struct mt {
    uint32_t x[624];
    int at;
};

static void mt_init(struct mt *m, uint32_t seed) {
    m->x[0] = seed;
    for (uint32_t i = 1; i < 624; i++)
        m->x[i] = 1812433253U * (m->x[i - 1] ^ m->x[i - 1] >> 30) + i;
    m->at = 624;
}

static uint32_t mt_next(struct mt *m) {
    if (m->at == 624) {
        for (int i = 0; i < 624; i++) {
            uint32_t y = (m->x[i] & 0x80000000U) | (m->x[(i + 1) % 624] & 0x7fffffffU);
            m->x[i] = m->x[(i + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfU : 0);
        }
        m->at = 0;
    }
    uint32_t y = m->x[m->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680U;
    y ^= y << 15 & 0xefc60000U;
    return y ^ y >> 18;
}

static double mt_uniform(struct mt *m, double lo, double hi) {
    double high = mt_next(m) >> 5, low = mt_next(m) >> 6;
    return lo + (hi - lo) * ((high * 67108864.0 + low) / 9007199254740992.0);
}

struct signal {
    double phi[PATHS][ANT], breathe[ANT], walk[ANT];
};

static void signal_init(struct signal *s) {
    struct mt m;
    mt_init(&m, 42);
    for (int p = 0; p < PATHS; p++)
        for (int a = 0; a < ANT; a++) s->phi[p][a] = mt_uniform(&m, -pi, pi);
    for (int a = 0; a < ANT; a++) s->breathe[a] = mt_uniform(&m, 0, 2 * pi);
    for (int a = 0; a < ANT; a++) s->walk[a] = mt_uniform(&m, 0, 2 * pi);
}

/* Frame i: |H| and its angle, [ANT][SUB]. */
static void signal_frame(const struct signal *s, int i, double *amplitude, double *phase) {
    static const double delay_ns[PATHS] = {0, 15, 42, 78, 120};
    static const double path[PATHS] = {1, 0.6, 0.35, 0.18, 0.08};
    double t = i / 100.0;
    for (int a = 0; a < ANT; a++) {
        double breathing = 1 + 0.02 * sin(2 * pi * 0.3 * t + s->breathe[a]);
        double walking = 1 + 0.08 * sin(2 * pi * 1.2 * t + s->walk[a]);
        double gain = breathing * walking;
        for (int k = 0; k < SUB; k++) {
            double f = 5.21e9 + (k - 28) * 312.5e3, re = 0, im = 0;
            for (int p = 0; p < PATHS; p++) {
                double angle = 2 * pi * f * (delay_ns[p] * 1e-9) + s->phi[p][a];
                re += path[p] * gain * cos(angle);
                im += path[p] * gain * sin(angle);
            }
            amplitude[a * SUB + k] = sqrt(re * re + im * im);
            phase[a * SUB + k] = atan2(im, re);
        }
    }
}

/* ---- features ---- */

struct features {
    double amplitude_mean[SUB], amplitude_variance[SUB], phase_difference[SUB - 1];
    double correlation[ANT * ANT], doppler[DOPPLER], psd[PSD];
};

/* |DFT|^2 of n real values, zero-padded to size. */
static void power(const double *x, int n, int size, double *out) {
    for (int k = 0; k < size; k++) {
        double re = 0, im = 0;
        for (int i = 0; i < n; i++) {
            double angle = -2 * pi * ((i * k) % size) / size;
            re += x[i] * cos(angle);
            im += x[i] * sin(angle);
        }
        out[k] = re * re + im * im;
    }
}

/* Masks below -60 dB, tapers across the subcarriers, divides by the deviation of all values. */
static void preprocess(double *a) {
    double mean = 0, square = 0;
    for (int i = 0; i < ALL; i++) {
        if (20 * log10(a[i] + 1e-12) <= -60) a[i] = 0;
        a[i] *= 0.54 + 0.46 * cos(-pi + 2 * pi * (i % SUB) / (SUB - 1));
        mean += a[i];
    }
    mean /= ALL;
    for (int i = 0; i < ALL; i++) square += (a[i] - mean) * (a[i] - mean);
    double scale = sqrt(square / ALL) + 1e-12;
    for (int i = 0; i < ALL; i++) a[i] /= scale;
}

static void correlate(const double *a, double *out) {
    double mean[ANT] = {0}, cov[ANT][ANT] = {{0}};
    for (int i = 0; i < ALL; i++) mean[i / SUB] += a[i];
    for (int i = 0; i < ANT; i++) mean[i] /= SUB;
    for (int i = 0; i < ANT; i++)
        for (int j = 0; j < ANT; j++) {
            for (int k = 0; k < SUB; k++)
                cov[i][j] += (a[i * SUB + k] - mean[i]) * (a[j * SUB + k] - mean[j]);
            cov[i][j] /= SUB - 1;
        }
    for (int i = 0; i < ANT; i++)
        for (int j = 0; j < ANT; j++) {
            double c = cov[i][j] / sqrt(cov[i][i]) / sqrt(cov[j][j]);
            out[i * ANT + j] = c < -1 ? -1 : c > 1 ? 1 : c;
        }
}

/* past [n][SUB]: phases averaged over the antennas, of the frames before this one. */
static void doppler(double (*past)[SUB], int n, double *out) {
    double d[DOPPLER] = {0}, max = 0;
    memset(out, 0, DOPPLER * sizeof *out);
    if (n < 2) return;
    int first = n > DOPPLER ? n - DOPPLER : 0, steps = n - first - 1;
    for (int i = 0; i < steps; i++) {
        for (int k = 0; k < SUB; k++) d[i] += past[first + i + 1][k] - past[first + i][k];
        d[i] /= SUB;
    }
    power(d, steps, DOPPLER, out);
    for (int i = 0; i < DOPPLER; i++) max = out[i] > max ? out[i] : max;
    for (int i = 0; i < DOPPLER && max > 0; i++) out[i] /= max;
}

static void extract(const double *a, const double *phase, struct features *f) {
    for (int k = 0; k < SUB; k++) {
        double mean = (a[k] + a[SUB + k] + a[2 * SUB + k]) / ANT, square = 0;
        for (int i = 0; i < ANT; i++) square += (a[i * SUB + k] - mean) * (a[i * SUB + k] - mean);
        f->amplitude_mean[k] = mean;
        f->amplitude_variance[k] = square / ANT;
    }
    for (int k = 0; k < SUB - 1; k++) {
        double sum = 0;
        for (int i = 0; i < ANT; i++) sum += phase[i * SUB + k + 1] - phase[i * SUB + k];
        f->phase_difference[k] = sum / ANT;
    }
    correlate(a, f->correlation);
    power(a, PSD, PSD, f->psd); /* 168 values cut to 128, as it is there */
}

/* ---- hashing ---- */

static void push_rounded(struct aw_sha256 *s, const double *x, int n) {
    for (int i = 0; i < n; i++) {
        double rounded = rint(x[i] * 1e6) / 1e6;
        uint64_t bits;
        uint8_t bytes[8];
        memcpy(&bits, &rounded, sizeof bits);
        for (int b = 0; b < 8; b++) bytes[b] = (uint8_t)(bits >> 8 * b);
        aw_sha256_push(s, bytes, sizeof bytes);
    }
}

static void push_features(struct aw_sha256 *s, const struct features *f, int with_doppler) {
    static const double nothing[DOPPLER];
    push_rounded(s, f->amplitude_mean, SUB);
    push_rounded(s, f->amplitude_variance, SUB);
    push_rounded(s, f->phase_difference, SUB - 1);
    push_rounded(s, f->correlation, ANT * ANT);
    push_rounded(s, with_doppler ? f->doppler : nothing, DOPPLER);
    push_rounded(s, f->psd, PSD);
}

/* Moves every value by one unit in the last place, up or down: SplitMix64 (Steele 2014) of seed and
 * frame decides. */
static void disturb(double *x, uint64_t seed, int frame) {
    for (int i = 0; i < ALL; i++) {
        uint64_t z = (seed * 1000003 + (uint64_t)frame * ALL + (uint64_t)i) * 0x9E3779B97F4A7C15U;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
        z = (z ^ z >> 27) * 0x94D049BB133111EBU;
        x[i] = nextafter(x[i], z >> 63 ? 10 : -10);
    }
}

void ruview_compat_run(uint64_t seed, struct ruview_compat *out) {
    static double past[FRAMES][SUB];
    double amplitude[ALL], phase[ALL], before[ALL] = {0};
    struct signal signal;
    struct features f;
    struct aw_sha256 full, rest;
    *out = (struct ruview_compat){.phase_change_rad = 0};
    aw_sha256_init(&full);
    aw_sha256_init(&rest);
    signal_init(&signal);
    for (int i = 0; i < FRAMES; i++) {
        signal_frame(&signal, i, amplitude, phase);
        if (seed) disturb(phase, seed, i);
        preprocess(amplitude);
        extract(amplitude, phase, &f);
        doppler(past, i, f.doppler);
        for (int k = 0; k < SUB; k++)
            past[i][k] = (phase[k] + phase[SUB + k] + phase[2 * SUB + k]) / ANT;
        for (int k = 0; k < ALL && i > 0; k++)
            out->phase_change_rad = fmax(out->phase_change_rad, fabs(phase[k] - before[k]));
        memcpy(before, phase, sizeof before);
        push_features(&full, &f, 1);
        push_features(&rest, &f, 0);
    }
    aw_sha256_hex(&full, out->full);
    aw_sha256_hex(&rest, out->without_doppler);
    memcpy(out->amplitude_mean, f.amplitude_mean, sizeof out->amplitude_mean);
    out->variance = f.amplitude_variance[0];
    out->phase_difference = f.phase_difference[0];
    out->correlation = f.correlation[1];
    memcpy(out->psd, f.psd, sizeof out->psd);
}

static const char *verdict(const char *got, const char *want) {
    return strcmp(got, want) == 0 ? "as expected" : "DIFFERS";
}

int ruview_compat_print(void) {
    struct ruview_compat c, disturbed;
    ruview_compat_run(0, &c);
    ruview_compat_run(1, &disturbed);
    printf("RuView's pipeline proof, computed here from its description\n"
           "  published             %s\n"
           "  obtained              %s  %s\n"
           "  Doppler set to zero   %s  %s\n",
           ruview_compat_full, c.full, verdict(c.full, ruview_compat_full), c.without_doppler,
           verdict(c.without_doppler, ruview_compat_without_doppler));
    printf("  every phase moved by its last bit:\n"
           "  obtained              %s  %s\n"
           "  Doppler set to zero   %s  %s\n",
           disturbed.full, strcmp(disturbed.full, c.full) ? "another hash" : "the same",
           disturbed.without_doppler,
           strcmp(disturbed.without_doppler, c.without_doppler) ? "another hash" : "the same");
    printf(
        "What it shows: the six features (mean and variance of amplitudes, phase differences,\n"
        "correlations, Doppler, power spectrum) are computed here as published, to 1e-6.\n"
        "What it does not show: that anything is sensed. The input is synthetic and nothing in it\n"
        "moves: its phases change by at most %.0e rad from frame to frame, which is rounding. The\n"
        "64 Doppler values of each frame are that rounding, divided by its own maximum; hence the\n"
        "other hash after moving the last bit, and with fused multiply-adds or another C library.\n"
        "No rate, presence or position is compared with any truth. See docs/proof.md for what is.\n",
        c.phase_change_rad);
    return strcmp(c.without_doppler, ruview_compat_without_doppler) != 0;
}
