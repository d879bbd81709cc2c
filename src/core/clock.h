#ifndef AW_CORE_CLOCK_H
#define AW_CORE_CLOCK_H

#include "airwake.h"

/* Brings the time stamps of one link onto one line that never goes back by more than reordering:
 * unwraps device counters, survives restarts of the device, and, where the arrival is known, puts
 * the sender's time, device's or host's, onto Unix time by the smallest delay seen.
 *
 * Device time keeps the spacing of frames that arrival (USB, Wi-Fi, scheduler) blurs; arrival keeps
 * it honest. offset = min(arrival - device), let go by 100 ppm: two crystals of +-20 ppm each
 * (IEEE 802.11-2020, 17.3.9.5) drift apart by 40 ppm at most, so the minimum is refreshed. */
struct aw_clock {
    bool started;
    int64_t raw_ns;    /* last raw stamp */
    int64_t line_ns;   /* last stamp unwrapped, before offset */
    int64_t offset_ns; /* line -> session time */
    int64_t t_ns;      /* last result */
    int64_t step_ns;   /* last plausible interval, used where the true one is unknown */
    uint8_t strange;   /* successive frames that jumped too far to be believed */
};

void aw_clock_reset(struct aw_clock *c);

/* Time of this frame on the session's line, into *t_ns.
 * Errors: TIME: neither time nor arrival known, or a jump of more than an hour (believed when the
 * third frame in a row insists on it). */
AW_MUST_USE int aw_clock_push(struct aw_clock *c, const struct aw_frame *f, int64_t *t_ns);

#endif
