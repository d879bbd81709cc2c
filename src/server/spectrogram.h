/* What moves, by frequency: the spectrum in time of amplitudes over the last two seconds or more.
 *
 *     frame -> amplitudes of its first chain / their mean -> 16 groups of neighbouring subcarriers
 *       -> straight lines between frames, read at rate_hz -> each group: stft -> mean of the groups
 *
 * Density P(f) in 1/Hz: variance of relative amplitude per Hz, one-sided, so that the sum over f
 * times step_hz is the variance (about; f = 0 is emptied by taking out the mean). The gain of the
 * receiver cancels. Amplitudes have no sign of direction: a path that grows and one that shrinks at
 * the same speed look alike. A gap above 0.25 s starts anew, as do other subcarriers. */
#ifndef AW_SERVER_SPECTROGRAM_H
#define AW_SERVER_SPECTROGRAM_H

#include "server/frame_tap.h"

struct aw_spectrogram;

struct aw_spectrum {
    int64_t t_ns; /* end of the window */
    uint32_t index;
    float step_hz, window_s;
    uint32_t n;           /* P at 0, step_hz, ..., (n-1) step_hz */
    const float *density; /* [n] */
};

/* rate_hz: frames per second of the link; the spectrum ends at half of it. NULL: out of memory. */
struct aw_spectrogram *aw_spectrogram_create(float rate_hz);
void aw_spectrogram_destroy(struct aw_spectrogram *s); /* NULL is fine */

float aw_spectrogram_rate_hz(const struct aw_spectrogram *s);
float aw_spectrogram_window_s(const struct aw_spectrogram *s);

/* Calls column() for each spectrum that f completes, about ten per second. */
void aw_spectrogram_push(struct aw_spectrogram *s, const struct aw_tapped_frame *f,
                         void (*column)(void *ctx, const struct aw_spectrum *c), void *ctx);

#endif
