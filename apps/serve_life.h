/* What the service manager and the operator ask of a running server: readiness, watchdog, reload. */
#ifndef AW_APPS_SERVE_LIFE_H
#define AW_APPS_SERVE_LIFE_H

#include "server/tune.h"
#include "settings_load.h"

struct aw_engine;

struct serve_life {
    const struct settings_sources *from;
    struct aw_tune *tune;
    struct aw_engine *engine;
    int64_t watchdog_ns, told_ns; /* interval, 0 none; when it was told last */
    uint64_t beats;               /* of the engine, when it was told last */
};

void serve_life_ready(struct serve_life *l);

/* To be called at least once a second, in the loop thread: reloads after SIGHUP, tells the
 * watchdog as long as the sensing thread is alive too. */
void serve_life_turn(struct serve_life *l);
void serve_life_stopping(void);

#endif
