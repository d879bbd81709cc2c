#ifndef AW_APPS_MODEL_WINDOWS_H
#define AW_APPS_MODEL_WINDOWS_H

#include "sense/activity.h"
#include "server/unpack.h"

/* The windows of a recording as the activity model sees them. */
struct window {
    const char *link; /* name of the link */
    double t_s;       /* its end, since the recording's first frame */
    bool simulated;
    enum aw_reason reason; /* NONE: series is set */
    const float *series;   /* [AW_ACTIVITY_SERIES][AW_ACTIVITY_STEPS] */
};

/* Calls seen() for each link and every hop_s seconds, first when a window is full.
 * Errors with a sentence: those of aw_capture_open(), EMPTY (no frame), NOMEM. */
AW_MUST_USE int model_windows(const char *path, double hop_s,
                              void (*seen)(void *user, const struct window *w), void *user,
                              struct aw_why *why);

#endif
