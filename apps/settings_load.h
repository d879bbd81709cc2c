#ifndef AW_APPS_SETTINGS_LOAD_H
#define AW_APPS_SETTINGS_LOAD_H

#include "options.h"
#include "server/settings.h"

/* What the settings of `airwake serve` are made from; kept so that a reload sees the same flags. */
struct settings_sources {
    struct opt_uses flags;
    const char *config; /* --config; NULL: not given */
    bool no_udp;
};

/* Parses the flags of the settings, --config and --help, as opt_parse(). */
int settings_flags(int argc, char **argv, const struct opt_usage *usage,
                   struct settings_sources *from, int *first, int *exit_code);

/* The file that is read: --config, $AIRWAKE_CONFIG, /etc/airwake/airwake.yaml if it is there;
 * NULL: none. */
const char *settings_path(const struct settings_sources *from);

/* Defaults, file, environment, flags. False when there were complaints. */
bool settings_load(const struct settings_sources *from, struct aw_settings *s,
                   struct aw_complaints *c);

/* One line each on stderr. */
void settings_print_complaints(const struct aw_complaints *c);
void settings_log_complaints(const struct aw_complaints *c);

#endif
