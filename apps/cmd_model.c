/* airwake model: which models there are, whether they are whole, what they say of a recording. */
#include "commands.h"
#include "model_tools.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 4096 };

static const char HELP[] =
    "usage: airwake model list [DIR]\n"
    "       airwake model check [flags] MODEL...\n"
    "       airwake model run [flags] MODEL RECORDING...\n"
    "       airwake model bench [flags] MODEL\n"
    "       airwake model features [--hop S] --out X.npz RECORDING...\n"
    "       airwake model simulate [--rooms N] [--first SEED] --out X.npz\n"
    "\n"
    "MODEL is NAME.onnx, or NAME.card.json beside it.\n"
    "list      the models of a folder (models), each checked\n"
    "check     compares card, hash and graph; exit code 1 when one may not be used\n"
    "run       one JSON object per window and hop\n"
    "bench     time and memory to load and to compute, as one JSON line\n"
    "features  what the model would see: arrays series [n,21,178], file [n], t_s [n]\n"
    "simulate  simulated homes as the pose models' input beside the truth\n"
    "Each has --help.\n";

int model_refused(const char *what, const char *path, const struct aw_why *why) {
    fprintf(stderr, "airwake model %s: %s: %s\n", what, path, why->text);
    return EXIT_FAILED;
}

int model_backend_open(struct model_backend *b, const char *what) {
    struct aw_why why;
    int err = aw_ort_choose(&b->ort, b->choice, b->library, &b->backend, &why);
    if (err == AW_OK) return EXIT_OK;
    fprintf(stderr, "airwake model %s: %s\n", what, why.text);
    return err == AW_ERR_INVAL ? EXIT_USAGE : EXIT_FAILED;
}

int model_open(struct aw_model *m, struct model_backend *b, const char *what, const char *path) {
    struct aw_why why;
    int code = model_backend_open(b, what);
    if (code != EXIT_OK) return code;
    if (aw_model_open(m, path, b->backend, &why) == AW_OK) return EXIT_OK;
    aw_ort_close(&b->ort);
    return model_refused(what, path, &why);
}

/* ---- list, check ----------------------------------------------------------------------------- */

static int check(int argc, char **argv) {
    struct model_backend by = MODEL_BACKEND;
    const struct opt opts[] = {MODEL_BACKEND_FLAGS(by), {0}};
    const struct opt_usage usage = {"airwake model check [flags] MODEL...",
                                    "Compares card, hash and graph.", NULL, 1, MODEL_ANY};
    int first, code, failed = EXIT_OK;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if ((code = model_backend_open(&by, "check")) != EXIT_OK) return code;
    for (int i = first; i < argc; i++) {
        struct aw_model m;
        struct aw_why why;
        if (aw_model_open(&m, argv[i], by.backend, &why) != AW_OK) {
            failed = model_refused("check", argv[i], &why);
            continue;
        }
        printf("%s: %s %s, task %s, %zu bytes: card, hash and graph agree\n", argv[i], m.name,
               m.version, m.task->name, m.bytes.len);
        aw_model_close(&m);
    }
    aw_ort_close(&by.ort);
    return failed;
}

static int list(int argc, char **argv) {
    char pattern[LINE];
    glob_t g;
    if (argc > 2) return fputs(HELP, stderr), EXIT_USAGE;
    snprintf(pattern, sizeof pattern, "%s/*.card.json", argc > 1 ? argv[1] : "models");
    if (glob(pattern, 0, NULL, &g) != 0) {
        fprintf(stderr, "airwake model list: no card matches %s\n", pattern);
        return EXIT_FAILED;
    }
    struct model_backend by = MODEL_BACKEND;
    int failed = model_backend_open(&by, "list");
    for (size_t i = 0; i < g.gl_pathc; i++) {
        struct aw_model m;
        struct aw_why why;
        if (aw_model_open(&m, g.gl_pathv[i], by.backend, &why) == AW_OK) {
            printf("%-12s %-8s task %-10s %zu bytes\n", m.name, m.version, m.task->name,
                   m.bytes.len);
            aw_model_close(&m);
        } else {
            failed = model_refused("list", g.gl_pathv[i], &why);
        }
    }
    globfree(&g);
    aw_ort_close(&by.ort);
    return failed;
}

int cmd_model(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) return fputs(HELP, stdout), EXIT_OK;
    if (strcmp(what, "list") == 0) return list(argc - 1, argv + 1);
    if (strcmp(what, "check") == 0) return check(argc - 1, argv + 1);
    if (strcmp(what, "run") == 0) return model_run(argc - 1, argv + 1);
    if (strcmp(what, "bench") == 0) return model_bench(argc - 1, argv + 1);
    if (strcmp(what, "features") == 0) return model_features(argc - 1, argv + 1);
    if (strcmp(what, "simulate") == 0) return model_simulate(argc - 1, argv + 1);
    fprintf(stderr, "airwake model: %s%s\n", *what ? "unknown: " : "what is to be done?", what);
    fputs(HELP, stderr);
    return EXIT_USAGE;
}
