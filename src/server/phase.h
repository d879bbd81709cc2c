/* Phase after alignment: what is left of each frame's phase when dsp/align.h has taken out what the
 * radio adds, against a template that goes back MEMORY_S.
 *
 *     frame -> valid subcarriers of its first training field, all chains -> align -> arg -> row
 *
 * The first frame is the template's beginning, freed from the line that fits its first chain best:
 * phases are then about 0 and comparable between subcarriers and over time, while the line itself,
 * which is the distance plus an unknown, is not shown. */
#ifndef AW_SERVER_PHASE_H
#define AW_SERVER_PHASE_H

#include "server/frame_tap.h"

struct aw_phase;

struct aw_phase_row {
    enum aw_reason reason; /* NONE; NO_PHASE amplitudes only, NO_SIGNAL no energy: nothing else */
    int64_t t_ns;
    uint32_t index; /* counts rows */
    uint16_t n, chains;
    const int16_t *k;           /* [n] ascending */
    const float *phase;         /* [chains][n] rad, -pi..pi; NAN without amplitude */
    float taken_rad, slope_rad; /* the line that was taken out: at k = 0, per subcarrier */
    float residual;             /* power of the difference to the template over the template's */
};

/* rate_hz: frames per second of the link. NULL: out of memory. */
struct aw_phase *aw_phase_create(float rate_hz);
void aw_phase_destroy(struct aw_phase *p); /* NULL is fine */

/* Aligns each frame; calls row() for those that are shown: at most 20 per second, and one per second
 * that has a reason. learn: the template may follow, nothing moves. */
void aw_phase_push(struct aw_phase *p, const struct aw_tapped_frame *f, bool learn,
                   void (*row)(void *ctx, const struct aw_phase_row *r), void *ctx);

#endif
