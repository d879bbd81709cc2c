#ifndef AW_BENCH_RIVALS_H
#define AW_BENCH_RIVALS_H

#include "airwake.h"

/* Methods that others publish, implemented from their descriptions, for comparison only: nothing
 * in src/ uses them.
 *
 *     rival_row_read(&row, frame, values)         once per frame
 *     rival_xxx_push(&r, &row)                    for each method
 *     rival_xxx_read(&r, ...)                     once per second: a score or a rate, NAN unknown
 *
 * init allocates (NOMEM otherwise) and checks its configuration (INVAL); free gives it back; a
 * struct of zeros may be freed. A row of another size than those before makes the method start
 * again. Rows must come in the order of time. Where the description leaves something open, the
 * comment says what was chosen, and it was chosen in the method's favour. */

enum { RIVAL_BINS = 1024 }; /* values of a row that are used at most */

struct rival_row {
    int64_t t_ns;
    uint16_t n_rx, n_sub;
    const float *amplitude, *phase; /* [n_rx][n_sub] of the live subcarriers; wrapped, rad */
};

struct rival_values {
    float amplitude[RIVAL_BINS], phase[RIVAL_BINS];
};

/* The frame's first training field, first transmit chain, without null and invalid subcarriers; row
 * points into v. False when nothing is left or more than RIVAL_BINS. */
bool rival_row_read(struct rival_row *row, const struct aw_frame *f, struct rival_values *v);

/* The rows of the last seconds: a ring. */
struct rival_past {
    float *value; /* [cap][n] */
    int64_t *t_ns;
    size_t cap, n, head, count;
};

/* ---- motion, one link ---- */

/* Moving variance of the spatial turbulence:
 *     turbulence(t) = std over 12 subcarriers of |H(t)|, low-passed: Butterworth, order 1, 11 Hz
 *     score = variance of the last 50 turbulences
 * Source: ESPectre, ALGORITHMS.md, "MVS: Moving Variance Segmentation". There a calibration picks
 * the subcarriers; here they are spread evenly over the live ones, as its second detector has
 * them. relative: std / mean instead ("CV normalization"), for receivers with a moving gain. */
struct rival_turbulence {
    double b, a; /* low-pass */
    double x1, y1;
    double past[256];
    uint32_t window, n;
    uint16_t n_sub;
    bool relative;
};

AW_MUST_USE int rival_turbulence_init(struct rival_turbulence *r, uint32_t window, double fs_hz,
                                      bool relative); /* window 2..256, usual 50; fs_hz > 22 */
void rival_turbulence_push(struct rival_turbulence *r, const struct rival_row *row);
double rival_turbulence_read(const struct rival_turbulence *r); /* NAN until the window is full */

/* Over the last window_s, of each subcarrier's amplitude x (of all receive chains), averaged:
 *     lag1: sum (x_t - m)(x_t-1 - m) / sum (x_t - m)^2      0 noise .. 1 motion
 *     cv:   std x / mean x
 * relative: each row is divided by its mean first, which removes gain steps.
 * Source: lag1: Zhang, Wu, Wang, Liu, WiDetect, IMWUT 3(3) 2019, without its weighting; cv:
 * textbook. */
struct rival_spread {
    struct rival_past past;
    double window_s;
    bool relative;
};

AW_MUST_USE int rival_spread_init(struct rival_spread *r, double window_s, bool relative);
void rival_spread_free(struct rival_spread *r); /* window_s 0.1..60, at most 400 rows/s */
void rival_spread_push(struct rival_spread *r, const struct rival_row *row);
double rival_lag1_read(const struct rival_spread *r, int64_t t_ns); /* NAN below 8 rows */
double rival_cv_read(const struct rival_spread *r, int64_t t_ns);

/* RuView's motion: per frame, amplitudes tapered (Hamming) across subcarriers and divided by the
 * deviation of all, then
 *     v  variance over antennas, mean          q  variance over antennas of the phase, mean
 *     c  mean |correlation - identity|, of pairs of antennas, over subcarriers
 *     h  mean correlation of the phases of pairs of antennas (1 with one antenna)
 *     f  strongest frequency of |H| of antenna 0 over the last 128 frames, mean of subcarriers
 *     motion = 0.3 min(v/0.5, 1) + 0.2 c + 0.2 (min(q/0.5, 1) + 1 - |h|)/2 + 0.3 min(f/100, 1)
 *     confidence = 0.4 [mean amplitude > 0.1] + 0.3 [sqrt v > 0.05] + 0.3 [motion > 0.3]
 * smoothed with 0.9; detected at 0.8. Until there are 10 frames f does not exist and the weights
 * are 0.4, 0.3, 0.3. It cannot detect with one antenna: the confidence stays at 0.7 or below.
 * Source: RuView v2, wifi-densepose-signal: motion.rs 38-46 and 441-509, features.rs, as described
 * in docs/proof.md. */
struct rival_ruview_motion {
    struct rival_past past;
    double fs_hz, confidence, motion;
    uint16_t n_rx;
};

AW_MUST_USE int rival_ruview_motion_init(struct rival_ruview_motion *r, double fs_hz);
void rival_ruview_motion_free(struct rival_ruview_motion *r);
void rival_ruview_motion_push(struct rival_ruview_motion *r, const struct rival_row *row);
struct rival_ruview_motion_result {
    double motion, confidence; /* NAN before the first frame */
    bool detected;
};
struct rival_ruview_motion_result rival_ruview_motion_read(const struct rival_ruview_motion *r);

/* ---- breathing, one link ---- */

struct rival_breathing_result {
    double bpm; /* NAN: no answer */
    double confidence;
};

/* RuView's vitals crate:
 *     r = x - ema(x), 0.05 per frame;  s = mean over subcarriers of r
 *     y = (1 - q)(s - s2) + 2 q cos w y1 - q^2 y2,  q = 1 - 2 pi 0.4 / fs / 2, w at 0.3 Hz
 *     rate = sign changes of y in the last 30 s (10 at least) / 2;  none outside 0.1-0.5 Hz
 *     confidence = min(1, max |y| / std y / 5)
 * Source: wifi-densepose-vitals, preprocessor.rs and breathing.rs, as described in docs/proof.md;
 * the centre frequency, not stated there, is the middle of the band. */
struct rival_crossings {
    double *ema; /* [RIVAL_BINS] */
    double *y;   /* [cap] ring, the last 30 s */
    double s[2], y1, y2, fs_hz;
    size_t cap, count, n;
};

AW_MUST_USE int rival_crossings_init(struct rival_crossings *r, double fs_hz); /* 2..400 */
void rival_crossings_free(struct rival_crossings *r);
void rival_crossings_push(struct rival_crossings *r, const struct rival_row *row);
struct rival_breathing_result rival_crossings_read(const struct rival_crossings *r);

/* RuView's server: mean |H|, the last 30 s (10 at least); band-pass 0.1-0.5 Hz of 127 taps, a sinc
 * under a Hamming window; Hann window; zeros up to a power of two; the highest line of the band,
 * with a parabola. confidence = 1 - mean / peak of the band. Its mean is not removed, hence above
 * 20 frames/s it passes as loudly as breathing.
 * Source: wifi-densepose-sensing-server, vital_signs.rs, as described in docs/proof.md; it assumes
 * a rate where here the true one is given. Chosen here, not stated: a window of 30 s, before which
 * its first value is taken to have lasted (from silence, the filter's start outweighs a chest), and
 * the form of the confidence. */
struct rival_peak {
    double *x; /* [cap] ring */
    double *y; /* [cap] scratch */
    double taps[127];
    double fs_hz;
    size_t cap, count;
};

AW_MUST_USE int rival_peak_init(struct rival_peak *r, double fs_hz); /* 2..400 */
void rival_peak_free(struct rival_peak *r);
void rival_peak_push(struct rival_peak *r, const struct rival_row *row);
struct rival_breathing_result rival_peak_read(const struct rival_peak *r);

/* Its filter's gain at f_hz. */
double rival_peak_gain(const struct rival_peak *r, double f_hz);

#endif
