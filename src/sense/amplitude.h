#ifndef AW_SENSE_AMPLITUDE_H
#define AW_SENSE_AMPLITUDE_H

#include "airwake.h"
#include "base/arena.h"

/* Frames of one link to rows of relative amplitudes: what motion, presence and breathing see.
 *
 *     frame -> first training field -> live subcarriers -> |H| / mean |H| per receive chain
 *                                                              |-> fine   [n_fine]  all of them
 *                                                              '-> group  [n_group] means of 8
 *
 * Dividing by the mean takes the receiver's gain steps away. Only the first training field of a
 * frame is used and only the first transmit chain, because these are what frames of 64, 128 and
 * 192 values (legacy, HT, STBC), and of one or more streams, have in common. Frames of another
 * layout (other training field, chains or subcarriers) do not fit the row: they are left out, and
 * taken as the new layout when the old one stays away.
 *
 * Live is what the layout's kinds allow and what carries energy in the first frames; looked at
 * again now and then. */
struct aw_amplitude_config {
    uint16_t max_bins;  /* subcarriers x receive chains kept, 16..8192; more are thinned evenly */
    uint16_t max_fine;  /* 4..max_bins; neighbouring subcarriers are averaged to fit */
    uint16_t max_group; /* 4..64; groups get wider to fit */
};

void aw_amplitude_config_default(struct aw_amplitude_config *c); /* 1024, 256, 16 */

struct aw_amplitude_layout {
    const int16_t *k; /* of the frame this was taken from: for recognising it quickly */
    const uint8_t *kind;
    uint16_t n_sub, n_rx;
    uint16_t first, n; /* the training field's values within the frame */
    uint16_t stride;   /* every so many of them is kept */
    uint16_t n_bins;   /* kept per chain */
    uint8_t ltf;
    int16_t k_first, k_last;
};

struct aw_amplitude {
    struct aw_amplitude_config config;
    struct aw_amplitude_layout layout; /* n = 0: none yet */
    float *bin;                        /* [max_bins] |H| of this frame, chain by chain */
    float *mean;                       /* [max_bins] its slow mean */
    float *packed;                     /* [max_bins] the live ones of this frame, side by side */
    uint16_t *live;                    /* [max_bins] indices into bin, by chain, by ascending k */
    float *fine;                       /* [max_fine] */
    float *group;                      /* [max_group] */
    uint16_t n_live[AW_MAX_CHAINS];
    uint16_t chain_fine[AW_MAX_CHAINS], chain_group[AW_MAX_CHAINS];
    uint16_t n_fine, n_group;
    float level[AW_MAX_CHAINS]; /* slow mean of mean |H|: what a frame must not be far below */
    uint32_t seen;              /* frames since the layout was taken */
    uint32_t weak_run, foreign_run;
    bool ready, fresh;
    uint64_t weak, foreign; /* frames left out: far too weak; of another layout */
};

/* One row; the arrays belong to the block and hold until the next push. */
struct aw_amplitude_row {
    const float *fine;
    const float *group;
    uint16_t n_fine, n_group;
    bool fresh; /* the first of a new set of subcarriers: it does not continue the rows before */
};

/* Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_amplitude_init(struct aw_amplitude *a, struct aw_arena *arena,
                                  const struct aw_amplitude_config *config);
void aw_amplitude_reset(struct aw_amplitude *a);

/* True and a row, or false: still learning which subcarriers live (first 16 frames), the frame is
 * of another layout, or its mean is below 0.2 of what is usual (a receiver that was still setting
 * its gain), or it holds NaN or no energy. */
bool aw_amplitude_push(struct aw_amplitude *a, const struct aw_frame *f,
                       struct aw_amplitude_row *row);

/* After push returned true, of the same frame: even and odd live subcarriers of parts of about 16
 * neighbours, 3 parts per chain at least, averaged apart: pairs (even, odd), each divided by the
 * chain's mean |H|. What moves in the channel moves both of a pair, noise does not (sense/motion).
 * out [max], max >= 6. Returns the values written; 0 with fewer than 12 live subcarriers per chain.
 * *parts becomes the parts per chain. */
size_t aw_amplitude_comb(const struct aw_amplitude *a, float *out, size_t max, size_t *parts);

/* Live subcarriers of the first chain; 0 while learning. */
uint16_t aw_amplitude_live(const struct aw_amplitude *a);

#endif
