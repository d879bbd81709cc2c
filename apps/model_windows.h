#ifndef AW_APPS_MODEL_WINDOWS_H
#define AW_APPS_MODEL_WINDOWS_H

#include "server/task.h"

/* What a task makes of a recording: the input of its models, again and again. */
struct window {
    const char *link; /* name of the link */
    double t_s;       /* its end, since the recording's first frame */
    int64_t t_ns;     /* likewise, the data's own time */
    bool simulated;
    enum aw_reason reason; /* NONE: input and quality are set */
    float quality;
    const float *input; /* [aw_task_values()] */
    void *builder;
};

/* Calls seen() for each link and every hop_s seconds; not before a window can be full. In the first
 * empty_s seconds of each link nobody is there.
 * Errors with a sentence: those of aw_capture_open(), EMPTY (no frame), NOMEM. */
AW_MUST_USE int model_windows(const char *path, const struct aw_task *task, double hop_s,
                              double empty_s, void (*seen)(void *user, const struct window *w),
                              void *user, struct aw_why *why);

#endif
