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
 * The subcarriers are those that aw_amplitude found live first, and stay until the layout changes:
 * a minute's spectrum is worth more than following a subcarrier that has just faded or come back.
 */
enum { AW_CHEST_MAX = 16 };

struct aw_chest {
    struct aw_amplitude_layout layout; /* n = 0: none yet */
    uint16_t *live;                    /* [max_bins] as in aw_amplitude */
    uint16_t max_bins;
    uint16_t n_live[AW_MAX_CHAINS];
    struct aw_chest_group {
        uint16_t chain;
        int16_t k_first, k_last; /* subcarriers of each value of a row */
    } group[AW_CHEST_MAX];
};

struct aw_chest_row {
    float value[AW_CHEST_MAX];
    size_t n;
    float level;
    bool fresh; /* does not continue the rows before */
};

/* max_bins: as of the aw_amplitude whose frames come here, > 0. Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_chest_init(struct aw_chest *c, struct aw_arena *arena, uint16_t max_bins);
void aw_chest_reset(struct aw_chest *c);

/* a: after aw_amplitude_push() returned true for this very frame. False: no energy. */
bool aw_chest_push(struct aw_chest *c, const struct aw_amplitude *a, const struct aw_frame *f,
                   struct aw_chest_row *row);

#endif
