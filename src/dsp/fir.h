#ifndef AW_DSP_FIR_H
#define AW_DSP_FIR_H

#include "airwake.h"
#include "base/arena.h"

/* Windowed-sinc filters over a vector, linear phase:
 *     y[t] = sum_{i=0}^{L-1} h[i] x[t-i],   h = ideal band (difference of two sincs) x Kaiser
 * window Pass-band ripple and stop band are both stop_db; the transition is (stop_db - 7.95) /
 * (14.36 (L - 1)) fs   wide, half on each side of a corner (-6 dB there). Gain exactly 1 at DC
 * (low-pass), fs/2 (high-pass), the middle of the band (band-pass); a band-pass should be wider
 * than a transition. Delay: (L - 1) / 2 pushes. Source: Kaiser, Nonrecursive digital filter design
 * using the I0-sinh window function, ISCAS 1974; Oppenheim, Schafer, Discrete-Time Signal
 * Processing, 3rd ed., 7.5-7.6. */
enum aw_fir_kind { AW_FIR_LOW_PASS, AW_FIR_HIGH_PASS, AW_FIR_BAND_PASS };
enum { AW_FIR_MIN_TAPS = 3, AW_FIR_MAX_TAPS = 1023 };

struct aw_fir_config {
    enum aw_fir_kind kind;
    unsigned taps; /* L, odd, AW_FIR_MIN_TAPS..AW_FIR_MAX_TAPS */
    float stop_db; /* 21..120 */
    float fs_hz;   /* vectors per second, > 0 */
    float lo_hz;   /* corner of high-pass and band-pass, 0 < lo < fs/2 */
    float hi_hz;   /* corner of low-pass and band-pass, 0 < hi < fs/2, lo < hi */
};

struct aw_fir {
    size_t n, taps;
    float *h;    /* [taps / 2 + 1] one half, the middle last */
    float *ring; /* [taps][n] the last vectors */
    size_t head; /* to write next: the oldest */
};

/* n  elements per vector, > 0
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_fir_init(struct aw_fir *f, struct aw_arena *a, size_t n,
                            const struct aw_fir_config *config);

/* As if x had been 0 for ever. */
void aw_fir_reset(struct aw_fir *f);

/* x [n] in, y [n] out: the filtered vector of (L - 1) / 2 pushes ago; may be the same array. */
void aw_fir_push(struct aw_fir *f, const float *x, float *y);

#endif
