#ifndef AW_SENSE_CHEST_H
#define AW_SENSE_CHEST_H

#include "sense/amplitude.h"

/* One frame's live subcarriers as breathing needs them: amplitudes of a millimetre's accuracy.
 *
 *     row [n <= AW_CHEST_MAX] = means of neighbouring |H + half| / mean |H + half|, per chain
 *     level = ln mean |H + half|, with one receive chain; NAN with more
 *
 * half: the ESP32, S2, S3 and C3 cut re and im to integers towards minus infinity, which adds
 * -(1 + j)/2 LSB to every value. With the packet's random phase that is noise of 0.35/|H|, more
 * than the rounding itself, and common to the subcarriers. Half an LSB takes it back. Measured
 * here: the mean of re and im over packets of random phase is -0.51 +- 0.01 (C3, 30 recordings),
 * -0.5 (ESP32, 36), and 0.0 +- 0.2 on C5 and C6, which round (docs/accuracy-breathing.md).
 *
 * a: after aw_amplitude_push() returned true for this very frame. Returns n, 0 without energy. */
enum { AW_CHEST_MAX = 16 };

size_t aw_chest_run(const struct aw_amplitude *a, const struct aw_frame *f, float row[AW_CHEST_MAX],
                    float *level);

#endif
