#ifndef AW_SERVER_SYSTEM_CLOCK_H
#define AW_SERVER_SYSTEM_CLOCK_H

#include "base/units.h"

#include <stdint.h>
#include <time.h>

/* What a clock of the system says, ns: CLOCK_REALTIME (Unix time, may jump), CLOCK_MONOTONIC. */
static inline int64_t aw_system_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * AW_S + t.tv_nsec;
}

#endif
