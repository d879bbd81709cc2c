#ifndef AW_APPS_OPTIONS_H
#define AW_APPS_OPTIONS_H

#include "airwake.h"

/* Flags as they were given, for who looks at them later. */
enum { OPT_USES = 128 };
struct opt_uses {
    int n;
    struct opt_use {
        int tag;          /* of the flag */
        const char *text; /* its value; NULL of a switch */
    } use[OPT_USES];
};

/* One flag of a subcommand. Exactly one of the targets is set. */
struct opt {
    const char *name; /* without the dashes */
    const char *arg;  /* name of its value in the help text; NULL for a switch */
    const char *help;
    bool *on;          /* switch */
    const char **text; /* value as given */
    const char *
        *list; /* values of a flag that may be repeated; *list_n of them, at most list_max */
    int *list_n, list_max;
    double *number; /* value in [min, max] */
    double min, max;
    struct opt_uses *uses; /* any value, any number of times, kept with the tag */
    int tag;
};

/* What --help prints around the table of flags. */
struct opt_usage {
    const char *usage;   /* "airwake replay [flags] FILE..." */
    const char *summary; /* what it does, a few lines */
    const char *more;    /* after the flags: examples; may be NULL */
    int min_args, max_args;
};

/* Parses argv (argv[0] is the subcommand) and leaves the arguments that are no flags in
 * argv[*first] .. argv[argc-1]. Returns 0 to go on; otherwise the program is to exit with
 * *exit_code: --help was printed, or an error that names the flag and the range. */
int opt_parse(int argc, char **argv, const struct opt *opts, const struct opt_usage *usage,
              int *first, int *exit_code);

/* A port number; false (and a sentence on stderr) when it is none. */
bool opt_port(const char *text, uint16_t *port);

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

#endif
