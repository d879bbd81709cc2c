#ifndef AW_CORE_RATE_H
#define AW_CORE_RATE_H

#include "airwake.h"

/* Frame rate of a link from the intervals of its last 64 frames: 1 / median, which a burst or a
 * gap does not move. */
enum { AW_RATE_SPAN = 64 };

struct aw_rate {
    float interval_s[AW_RATE_SPAN];
    uint32_t n; /* intervals seen, saturating */
    uint32_t at;
    int64_t last_ns;
    float median_s; /* as of the last read, for telling gaps; 0 none yet */
    uint64_t gaps;
};

void aw_rate_reset(struct aw_rate *r);

/* One frame. A gap is an interval of more than 4 medians and 0.25 s: at 4 medians three frames in
 * a row are missing; 0.25 s keeps the jitter of a busy sender from counting. */
void aw_rate_push(struct aw_rate *r, int64_t t_ns);

/* Rate, Hz, and median absolute deviation of the interval, ms; NAN below 8 intervals. */
void aw_rate_read(struct aw_rate *r, float *rate_hz, float *jitter_ms);

#endif
