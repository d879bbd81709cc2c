#ifndef AW_DSP_STFT_H
#define AW_DSP_STFT_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/fft.h"

/* Spectrogram of a complex series, so that frequencies keep their sign (Doppler: + approaches when
 * H has the time dependence of aw_frame). Every `hop` pushes, over the last n,
 *     P(f) = |sum_i w[i] x[i] e^{-2 pi j f i / fs}|^2 / (fs sum_i w[i]^2),
 *     w[i] = 1/2 - 1/2 cos(2 pi i / n)      (periodic Hann)
 * two-sided power spectral density, x^2 per Hz: white noise of variance v has the mean v / fs at
 * every f, and the sum over f times fs/n is the power. With zero_mean the w-weighted mean is taken
 * out first, which empties f = 0 without touching what is beyond +-2 fs/n.
 * For uniform rates; after a gap call reset.
 * Source: Welch, IEEE Trans. Audio 15(2), 1967; Heinzel, Ruediger, Schilling, Spectrum and spectral
 * density estimation by the DFT, 2002, eq. 23. */
struct aw_stft {
    size_t n, hop;
    bool zero_mean;
    float scale; /* 1 / (fs sum w^2) */
    struct aw_fft fft;
    float *window;      /* [n] */
    float *ring;        /* [n][2] */
    float *in;          /* [n][2] windowed */
    float *out;         /* [n][2] transform */
    float *density;     /* [n] P by frequency (i - n/2) fs / n */
    size_t head, until; /* pushes until the next column */
};

/* n      window, a power of two within 8..AW_FFT_MAX
 * hop    1..n
 * fs_hz  pushes per second, > 0
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_stft_init(struct aw_stft *s, struct aw_arena *a, size_t n, size_t hop,
                             float fs_hz, bool zero_mean);
void aw_stft_reset(struct aw_stft *s);

/* Returns whether s->density holds a new column: first after n pushes, then every hop. */
bool aw_stft_push(struct aw_stft *s, float re, float im);

#endif
