/* airwake config: what is set, whether a file is right, and what could be set. */
#include "commands.h"
#include "options.h"
#include "settings_load.h"

#include <stdio.h>
#include <string.h>

enum { VALUE_BYTES = 16 * 1024 }; /* 32 texts of 255 bytes, each byte escaped */

static int usage(FILE *to) {
    fputs("usage: airwake config check [FILE]\n"
          "       airwake config show [flags of serve]\n"
          "       airwake config example\n"
          "       airwake config reference\n"
          "\n"
          "check      says of each error in FILE (or the file that serve would read) where it is\n"
          "           and what is allowed; exit code 1 when there is one\n"
          "show       the values that serve would run with, and where each comes from\n"
          "example    a file with all settings at their defaults, explained\n"
          "reference  the table of all settings, as in docs/configuration.md\n",
          to);
    return to == stdout ? EXIT_OK : EXIT_USAGE;
}

static int check(int argc, char **argv) {
    struct settings_sources from = {.config = argc > 1 ? argv[1] : NULL};
    const char *path = settings_path(&from);
    struct aw_settings s;
    struct aw_complaints c = {0};
    if (argc > 2) return usage(stderr);
    if (!path) {
        fprintf(stderr, "airwake config check: no file given, and none to be read by serve\n");
        return EXIT_FAILED;
    }
    aw_settings_init(&s);
    if (!aw_settings_read_file(&s, path, &c)) {
        settings_print_complaints(&c);
        return EXIT_FAILED;
    }
    int n = 0;
    for (int i = 0; i < AW_SETTING_COUNT; i++) n += s.origin[i] == AW_FROM_FILE;
    printf("%s: right; %d settings\n", path, n);
    return EXIT_OK;
}

static void origin_text(const struct aw_settings *s, int i, char *text, size_t bytes) {
    char variable[96];
    switch (s->origin[i]) {
    case AW_FROM_FILE:
        snprintf(text, bytes, "%s:%u", s->file, s->line[i]);
        break;
    case AW_FROM_ENVIRONMENT:
        aw_setting_variable(&aw_setting_table[i], variable, sizeof variable);
        snprintf(text, bytes, "%s", variable);
        break;
    case AW_FROM_FLAG:
        snprintf(text, bytes, "--%s", aw_setting_table[i].flag);
        break;
    default:
        snprintf(text, bytes, "default");
    }
}

static int show(int argc, char **argv) {
    const struct opt_usage help = {"airwake config show [flags of serve]",
                                   "The values that serve would run with these flags.", NULL, 0, 0};
    struct settings_sources from = {0};
    struct aw_settings s;
    struct aw_complaints c = {0};
    int first, code;
    if (settings_flags(argc, argv, &help, &from, &first, &code)) return code;
    if (!settings_load(&from, &s, &c)) {
        settings_print_complaints(&c);
        return EXIT_FAILED;
    }
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        static char value[VALUE_BYTES];
        char origin[600];
        aw_settings_text(&s, (enum aw_setting_id)i, value, sizeof value);
        origin_text(&s, i, origin, sizeof origin);
        printf("%s: %s  # %s\n", aw_setting_table[i].key, value, origin);
    }
    return EXIT_OK;
}

/* The initial value, as the file would say it. */
static const char *initial(int i) {
    static char value[VALUE_BYTES];
    static struct aw_settings s;
    static struct aw_setting open; /* secrets have empty defaults: nothing to hide */
    open = aw_setting_table[i];
    aw_settings_init(&s);
    if (open.traits & AW_SET_SECRET) return "\"\"";
    aw_settings_text(&s, (enum aw_setting_id)i, value, sizeof value);
    return value;
}

static int example(void) {
    puts("# Settings of airwake, each at its default. Take the # away before what you change, and\n"
         "# before the name of its section. Check with: airwake config check FILE\n"
         "# Environment variables (AIRWAKE_HTTP_PORT for port in http) and flags override this.");
    const char *section = "";
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        const struct aw_setting *d = &aw_setting_table[i];
        const char *name = strrchr(d->key, '.') + 1;
        size_t len = (size_t)(name - d->key);
        char allowed[256];
        if (strncmp(section, d->key, len) != 0) printf("\n#%.*s:\n", (int)len - 1, d->key);
        section = d->key;
        aw_setting_allowed(d, allowed, sizeof allowed);
        printf("  # %s\n  # %s%s\n#  %s: %s\n", d->doc, allowed,
               d->traits & AW_SET_LIVE ? "; can be changed while running" : "", name, initial(i));
    }
    return EXIT_OK;
}

static int reference(void) {
    puts("| key | default | allowed | flag | what |\n|---|---|---|---|---|");
    for (int i = 0; i < AW_SETTING_COUNT; i++) {
        const struct aw_setting *d = &aw_setting_table[i];
        char allowed[256], flag[96] = "";
        aw_setting_allowed(d, allowed, sizeof allowed);
        if (*d->flag) snprintf(flag, sizeof flag, "`--%s`", d->flag);
        printf("| `%s`%s | `%s` | %s | %s | %s |\n", d->key, d->traits & AW_SET_LIVE ? " *" : "",
               initial(i), allowed, flag, d->doc);
    }
    return EXIT_OK;
}

int cmd_config(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) return usage(stdout);
    if (strcmp(what, "check") == 0) return check(argc - 1, argv + 1);
    if (strcmp(what, "show") == 0) return show(argc - 1, argv + 1);
    if (strcmp(what, "example") == 0 && argc == 2) return example();
    if (strcmp(what, "reference") == 0 && argc == 2) return reference();
    fprintf(stderr, "airwake config: %s%s\n", *what ? "unknown: " : "what is to be done?", what);
    return usage(stderr);
}
