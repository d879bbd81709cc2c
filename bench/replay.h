#ifndef AW_BENCH_REPLAY_H
#define AW_BENCH_REPLAY_H

#include "airwake.h"

/* A recording through its reader: its frames on their own time line, and a call at each whole
 * second since the first, before the frames of the next. */
struct replay {
    void (*frame)(void *user, const struct aw_frame *f, int64_t t_ns);
    void (*second)(void *user, int64_t t_ns, double t_s);
    void *user;
    double seconds; /* from the first frame to the last */
    double rate_hz; /* frames per second */
    double drift_s; /* of the sender's clock against the receiver's; 0 unknown */
};

/* False when it cannot be read (said on stderr) or holds no frame. Without frame and second it only
 * measures. */
bool replay_run(struct replay *r, const char *path);

/* Area under the ROC curve: the share of pairs in which high is above low. NAN scores are left out
 * by the caller. Sorts both. */
double replay_auc(float *low, size_t n_low, float *high, size_t n_high);

#endif
