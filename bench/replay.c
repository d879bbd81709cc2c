#include "replay.h"

#include "base/units.h"
#include "core/clock.h"
#include "server/capture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool replay_run(struct replay *r, const char *path) {
    struct aw_capture c;
    struct aw_why why;
    if (aw_capture_open(&c, path, &why) != AW_OK) {
        fprintf(stderr, "not read: %s: %s\n", path, why.text);
        return false;
    }
    struct aw_clock clock;
    aw_clock_reset(&clock);
    int64_t first = 0, last = 0, first_arrival = 0, last_arrival = 0, next = 0;
    unsigned n = 0;
    for (int got; (got = aw_capture_next(&c)) != AW_CAPTURE_END;) {
        int64_t t_ns;
        if (got != 1) continue;
        struct aw_frame f = c.frame;
        if (f.t_kind == AW_TIME_DEVICE) f.t_arrival_ns = 0; /* its own clock is the better one */
        if (aw_clock_push(&clock, &f, &t_ns) != AW_OK) continue;
        if (n++ == 0) {
            first = t_ns;
            first_arrival = c.frame.t_arrival_ns;
            next = t_ns + AW_S;
        }
        if (t_ns > last || n == 1) last = t_ns;
        last_arrival = c.frame.t_arrival_ns;
        for (; t_ns >= next; next += AW_S)
            if (r->second) r->second(r->user, next - 1, (double)(next - first) * 1e-9);
        if (r->frame) r->frame(r->user, &f, t_ns);
    }
    aw_capture_close(&c);
    r->seconds = (double)(last - first) * 1e-9;
    r->rate_hz = n > 1 && last > first ? (n - 1) / r->seconds : NAN;
    r->drift_s = first_arrival ? (double)(last_arrival - first_arrival - (last - first)) * 1e-9 : 0;
    return n > 0;
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

double replay_auc(float *low, size_t n_low, float *high, size_t n_high) {
    qsort(low, n_low, sizeof *low, ascending);
    qsort(high, n_high, sizeof *high, ascending);
    double above = 0;
    for (size_t i = 0, below = 0, equal = 0; i < n_high; i++) {
        while (below < n_low && low[below] < high[i]) below++;
        if (equal < below) equal = below;
        while (equal < n_low && low[equal] <= high[i]) equal++;
        above += (double)below + 0.5 * (double)(equal - below);
    }
    return n_low && n_high ? above / (double)n_low / (double)n_high : (double)NAN;
}
