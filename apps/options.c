#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTS = 160 };

static void print_help(const struct opt *opts, const struct opt_usage *usage) {
    printf("usage: %s\n\n%s\n\nflags:\n", usage->usage, usage->summary);
    for (const struct opt *o = opts; o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        printf("  %-26s %s\n", left, o->help);
    }
    printf("  %-26s %s\n", "--help", "this text");
    if (usage->more) printf("\n%s\n", usage->more);
}

static bool set_number(const struct opt *o, const char *text) {
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (end == text || *end || errno || !(v >= o->min && v <= o->max)) {
        fprintf(stderr, "airwake: --%s %s: not a number from %g to %g\n", o->name, text, o->min,
                o->max);
        return false;
    }
    *o->number = v;
    return true;
}

static bool set(const struct opt *o, const char *text) {
    if (o->on) *o->on = true;
    if (o->text) *o->text = text;
    if (o->list) {
        if (*o->list_n == o->list_max) {
            fprintf(stderr, "airwake: --%s: at most %d times\n", o->name, o->list_max);
            return false;
        }
        o->list[(*o->list_n)++] = text;
    }
    if (o->uses) {
        if (o->uses->n == OPT_USES) {
            fprintf(stderr, "airwake: more than %d flags\n", OPT_USES);
            return false;
        }
        o->uses->use[o->uses->n++] = (struct opt_use){o->tag, text};
    }
    return !o->number || set_number(o, text);
}

int opt_parse(int argc, char **argv, const struct opt *opts, const struct opt_usage *usage,
              int *first, int *exit_code) {
    struct option longs[MAX_OPTS + 2] = {{0}};
    int n = 0;
    for (; opts[n].name && n < MAX_OPTS; n++) {
        longs[n].name = opts[n].name;
        longs[n].has_arg = opts[n].arg ? required_argument : no_argument;
        longs[n].val = n + 1;
    }
    longs[n] = (struct option){"help", no_argument, NULL, 'h'};
    longs[n].val = MAX_OPTS + 1;

    *exit_code = EXIT_USAGE;
    optind = 1;
    opterr = 0;
    for (int got; (got = getopt_long(argc, argv, ":h", longs, NULL)) != -1;) {
        if (got == MAX_OPTS + 1 || got == 'h') {
            print_help(opts, usage);
            *exit_code = EXIT_OK;
            return 1;
        }
        if (got == '?' || got == ':') {
            const char *flag = argv[optind - 1];
            fprintf(stderr,
                    got == ':' ? "airwake %s: %s needs a value" : "airwake %s: unknown flag %s",
                    argv[0], flag);
            fprintf(stderr, "; see airwake %s --help\n", argv[0]);
            return 1;
        }
        if (!set(&opts[got - 1], optarg)) return 1;
    }
    int args = argc - optind;
    if (args < usage->min_args || args > usage->max_args) {
        fprintf(stderr, "airwake %s: %s\nusage: %s\n", argv[0],
                args < usage->min_args ? "a file or argument is missing" : "too many arguments",
                usage->usage);
        return 1;
    }
    *first = optind;
    return 0;
}

bool opt_port(const char *text, uint16_t *port) {
    char *end;
    long v = strtol(text, &end, 10);
    if (end == text || *end || v < 1 || v > 65535) {
        fprintf(stderr, "airwake: %s: a port is a number from 1 to 65535\n", text);
        return false;
    }
    *port = (uint16_t)v;
    return true;
}
