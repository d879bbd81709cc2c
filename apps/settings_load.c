#include "settings_load.h"

#include "server/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_FILE "/etc/airwake/airwake.yaml"

/* "port of the page (8000)" */
static void help_line(const struct aw_setting *d, char *text, size_t bytes) {
    snprintf(text, bytes, "%s%s%s%s%s", d->doc, aw_setting_is_list(d) ? "; may be repeated" : "",
             *d->initial && d->kind != AW_SETTING_BOOL ? " (" : "",
             d->kind != AW_SETTING_BOOL ? d->initial : "",
             *d->initial && d->kind != AW_SETTING_BOOL ? ")" : "");
}

int settings_flags(int argc, char **argv, const struct opt_usage *usage,
                   struct settings_sources *from, int *first, int *exit_code) {
    static char help[AW_SETTING_COUNT][256];
    struct opt opts[AW_SETTING_COUNT + 3] = {
        {"config", "FILE", "settings (" DEFAULT_FILE " if it is there)", .text = &from->config}};
    int n = 1;
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        const struct aw_setting *d = &aw_setting_table[i];
        if (!*d->flag) continue;
        help_line(d, help[i], sizeof help[i]);
        opts[n++] =
            (struct opt){d->flag, *d->arg ? d->arg : NULL, help[i], .uses = &from->flags, .tag = i};
        if (i == AW_SET_sources_udp)
            opts[n++] =
                (struct opt){"no-udp", NULL, "do not listen for nodes", .on = &from->no_udp};
    }
    return opt_parse(argc, argv, opts, usage, first, exit_code);
}

const char *settings_path(const struct settings_sources *from) {
    const char *variable = getenv("AIRWAKE_CONFIG");
    if (from->config) return from->config;
    if (variable && *variable) return variable;
    return access(DEFAULT_FILE, F_OK) == 0 ? DEFAULT_FILE : NULL;
}

/* A switch says true, or false when it is called "no-...". */
static const char *switch_value(const struct aw_setting *d) {
    return strncmp(d->flag, "no-", 3) == 0 ? "false" : "true";
}

/* The flags of one setting; of those that hold one value, the last counts. */
static void put_flags(const struct settings_sources *from, struct aw_settings *s, int id,
                      struct aw_complaints *c) {
    const struct aw_setting *d = &aw_setting_table[id];
    const char *items[OPT_USES];
    int n = 0;
    for (int i = 0; i < from->flags.n; i++) {
        const struct opt_use *use = &from->flags.use[i];
        if (use->tag != id) continue;
        if (!aw_setting_is_list(d)) n = 0;
        items[n++] = use->text ? use->text : switch_value(d);
    }
    if (n == 0) return;
    char where[96];
    snprintf(where, sizeof where, "--%s", d->flag);
    aw_settings_put(s, (enum aw_setting_id)id, items, n, AW_FROM_FLAG, where, c);
}

bool settings_load(const struct settings_sources *from, struct aw_settings *s,
                   struct aw_complaints *c) {
    extern char **environ;
    const char *path = settings_path(from);
    aw_settings_init(s);
    if (path) aw_settings_read_file(s, path, c);
    aw_settings_read_environment(s, environ, c);
    if (from->no_udp) aw_settings_put(s, AW_SET_sources_udp, NULL, 0, AW_FROM_FLAG, "--no-udp", c);
    for (int i = 0; i < AW_SETTING_COUNT; i++) put_flags(from, s, i, c);
    return c->n == 0;
}

void settings_print_complaints(const struct aw_complaints *c) {
    for (int i = 0; i < c->n; i++) {
        const struct aw_complaint *one = &c->list[i];
        fprintf(stderr, "airwake: %s: %s%s%s\n", one->where, one->key, *one->key ? ": " : "",
                one->says);
    }
    if (c->omitted) fprintf(stderr, "airwake: and %d more\n", c->omitted);
}

void settings_log_complaints(const struct aw_complaints *c) {
    for (int i = 0; i < c->n; i++) {
        const struct aw_complaint *one = &c->list[i];
        struct aw_log_site site = {0}; /* of its own: all are to be said */
        aw_log_write(&site, AW_LOG_ERROR, "%s: %s%s%s", one->where, one->key, *one->key ? ": " : "",
                     one->says);
    }
}
