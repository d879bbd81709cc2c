#include "serve_life.h"

#include "server/engine.h"
#include "server/log.h"
#include "server/notify.h"
#include "signals.h"

#include <string.h>

void serve_life_ready(struct serve_life *l) {
    l->watchdog_ns = aw_notify_watchdog_ns();
    aw_notify("READY=1\nSTATUS=serving");
}

void serve_life_stopping(void) {
    aw_notify("STOPPING=1");
    aw_log(AW_LOG_INFO, "stopping");
}

/* What the API changed stays changed. */
static void keep_api(const struct aw_settings *now, struct aw_settings *next) {
    static struct aw_settings kept;
    kept = *now;
    for (int i = 0; i < AW_SETTING_COUNT; i++)
        if (now->origin[i] == AW_FROM_API) aw_settings_copy(next, &kept, (enum aw_setting_id)i);
}

static void reload(struct serve_life *l) {
    static struct aw_settings next;
    static struct aw_complaints c;
    char changed[512], restart[512];
    c.n = c.omitted = 0;
    aw_notify_reloading();
    if (settings_load(l->from, &next, &c)) {
        keep_api(&l->tune->now, &next);
        aw_tune_to(l->tune, &next, changed, restart, sizeof changed);
        aw_log(AW_LOG_INFO, "settings read again; changed: %s", *changed ? changed : "nothing");
        if (*restart) aw_log(AW_LOG_WARNING, "these need a restart: %s", restart);
    } else {
        settings_log_complaints(&c);
        aw_log(AW_LOG_ERROR, "settings not read again, the old ones stay: %d errors",
               c.n + c.omitted);
    }
    aw_notify("READY=1");
}

void serve_life_turn(struct serve_life *l) {
    if (signals_reload) {
        signals_reload = 0;
        reload(l);
    }
    int64_t now = monotonic_ns();
    if (!l->watchdog_ns || now - l->told_ns < l->watchdog_ns) return;
    uint64_t beats = aw_engine_beats(l->engine);
    if (beats == l->beats) return;
    l->beats = beats;
    l->told_ns = now;
    aw_notify("WATCHDOG=1");
}
