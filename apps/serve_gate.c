#include "serve_gate.h"

#include "base/units.h"
#include "server/engine.h"
#include "server/log.h"
#include "server/system_clock.h"
#include "signals.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void look(const char *path, struct stat *st) {
    if (!path[0] || stat(path, st) != 0) memset(st, 0, sizeof *st);
}

static bool same_file(const struct stat *a, const struct stat *b) {
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mode == b->st_mode &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void make_rules(struct serve_gate *g) {
    aw_gate_rules_init(&g->rules, g->settings, &g->keys, aw_system_ns(CLOCK_REALTIME));
}

int serve_gate_open(struct serve_gate *g, const struct aw_settings *settings, struct aw_why *why) {
    const char *path = settings->sources_udp_keys_file;
    g->settings = settings;
    look(path, &g->known);
    int err = *path ? aw_keyring_load(&g->keys, path, why) : AW_OK;
    if (err != AW_OK) return err;
    if (settings->sources_udp_require_auth && !*path) {
        snprintf(
            why->text, sizeof why->text,
            "sources.udp_require_auth: sources.udp_keys_file is missing; make one with airwake "
            "key create --file FILE");
        return AW_ERR_INVAL;
    }
    if (*path && g->keys.n == 0)
        aw_log(AW_LOG_WARNING,
               "sources.udp_keys_file: there is no key in %s: make one with airwake "
               "key create --file %s",
               path, path);
    make_rules(g);
    return AW_OK;
}

void serve_gate_apply(struct serve_gate *g, struct aw_engine *engine) {
    make_rules(g);
    if (aw_engine_set_gate(engine, &g->rules) != AW_OK)
        aw_log(AW_LOG_ERROR, "out of memory: who may send stays as it was");
}

void serve_gate_turn(struct serve_gate *g, struct aw_engine *engine) {
    const char *path = g->settings->sources_udp_keys_file;
    struct stat now;
    struct aw_why why;
    if (!*path || monotonic_ns() - g->looked_ns < AW_S) return;
    g->looked_ns = monotonic_ns();
    look(path, &now);
    if (same_file(&now, &g->known)) return;
    g->known = now;
    if (aw_keyring_load(&g->keys, path, &why) == AW_OK) {
        aw_log(AW_LOG_INFO, "keys of datagrams read again: %d", g->keys.n);
    } else {
        aw_keyring_forget(&g->keys);
        aw_log(AW_LOG_ERROR, "no key of datagrams is known any more: %s", why.text);
    }
    serve_gate_apply(g, engine);
}
