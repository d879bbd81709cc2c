/* airwake model: which models there are, whether they are whole, what they say of a recording. */
#include "commands.h"
#include "model_windows.h"
#include "npz.h"
#include "options.h"
#include "server/model.h"

#include "base/json.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE = 4096, SERIES = AW_ACTIVITY_SERIES * AW_ACTIVITY_STEPS, ANY = 1 << 20 };

static const char HELP[] =
    "usage: airwake model list [DIR]\n"
    "       airwake model check MODEL...\n"
    "       airwake model run [--hop S] MODEL RECORDING...\n"
    "       airwake model bench [--runs N] MODEL\n"
    "       airwake model features [--hop S] --out X.npz RECORDING...\n"
    "\n"
    "MODEL is NAME.onnx, or NAME.card.json beside it.\n"
    "list      the models of a folder (models), each checked\n"
    "check     compares card, hash and graph; exit code 1 when one may not be used\n"
    "run       one JSON object per window of 19 s and hop\n"
    "bench     time to load and to compute, as one JSON line\n"
    "features  what the model would see: arrays series [n,21,178], file [n], t_s [n]\n";

static int refused(const char *what, const char *path, const struct aw_why *why) {
    fprintf(stderr, "airwake model %s: %s: %s\n", what, path, why->text);
    return EXIT_FAILED;
}

/* ---- list, check ----------------------------------------------------------------------------- */

static int check(int argc, char **argv) {
    const struct opt opts[] = {{0}};
    const struct opt_usage usage = {"airwake model check MODEL...",
                                    "Compares card, hash and graph.", NULL, 1, ANY};
    int first, code, failed = EXIT_OK;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    for (int i = first; i < argc; i++) {
        struct aw_model m;
        struct aw_why why;
        if (aw_model_open(&m, argv[i], &why) != AW_OK) {
            failed = refused("check", argv[i], &why);
            continue;
        }
        printf("%s: %s %s, task %s, %d classes, %zu bytes: card, hash and graph agree\n", argv[i],
               m.name, m.version, m.task, m.n_classes, m.bytes.len);
        aw_model_close(&m);
    }
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
    int failed = EXIT_OK;
    for (size_t i = 0; i < g.gl_pathc; i++) {
        struct aw_model m;
        struct aw_why why;
        if (aw_model_open(&m, g.gl_pathv[i], &why) == AW_OK) {
            printf("%-12s %-8s task %-10s %zu bytes\n", m.name, m.version, m.task, m.bytes.len);
            aw_model_close(&m);
        } else {
            failed = refused("list", g.gl_pathv[i], &why);
        }
    }
    globfree(&g);
    return failed;
}

/* ---- run ------------------------------------------------------------------------------------- */

struct running {
    struct aw_model model;
    const char *file;
    int err;
    uint64_t windows;
};

static void put_answer(struct running *r, struct aw_json *j) {
    const struct aw_nn_tensor *out = aw_plain_out(&r->model.net, 0);
    int best = 0;
    for (int c = 1; c < r->model.n_classes; c++)
        if (out->f[c] > out->f[best]) best = c;
    aw_json_key(j, "activity");
    aw_json_str(j, r->model.class_name[best]);
    aw_json_key(j, "confidence");
    aw_json_num(j, (double)out->f[best], 3);
    aw_json_key(j, "probability");
    aw_json_open(j, '{');
    for (int c = 0; c < r->model.n_classes; c++) {
        aw_json_key(j, r->model.class_name[c]);
        aw_json_num(j, (double)out->f[c], 4);
    }
    aw_json_close(j, '}');
}

static void answer(void *user, const struct window *w) {
    struct running *r = user;
    const struct aw_nn_tensor *in = aw_plain_in(&r->model.net, 0);
    char buf[LINE];
    struct aw_json j;
    const char *reason = w->reason == AW_REASON_NONE ? NULL : aw_reason_key(w->reason);
    if (!reason) {
        memcpy(in->f, w->series, SERIES * sizeof *in->f);
        if (aw_plain_run(&r->model.net) != AW_OK) reason = "not-finite";
    }
    r->windows++;
    aw_json_init(&j, buf, sizeof buf);
    aw_json_open(&j, '{');
    aw_json_key(&j, "file");
    aw_json_str(&j, r->file);
    aw_json_key(&j, "link");
    aw_json_str(&j, w->link);
    aw_json_key(&j, "t_s");
    aw_json_num(&j, w->t_s, 2);
    aw_json_key(&j, "source");
    aw_json_str(&j, w->simulated ? "simulated" : "replay");
    aw_json_key(&j, "model");
    aw_json_str(&j, r->model.name);
    if (reason) {
        aw_json_key(&j, "activity");
        aw_json_null(&j);
        aw_json_key(&j, "reason");
        aw_json_str(&j, reason);
    } else {
        put_answer(r, &j);
    }
    aw_json_close(&j, '}');
    const char *text = aw_json_text(&j);
    if (text) puts(text);
}

static int run(int argc, char **argv) {
    double hop_s = 1;
    const struct opt opts[] = {
        {"hop", "S", "seconds from one window to the next (1)", .number = &hop_s, .min = 0.1,
         .max = 3600},
        {0},
    };
    const struct opt_usage usage = {"airwake model run [--hop S] MODEL RECORDING...",
                                    "What the model says of recordings.", NULL, 2, ANY};
    int first, code;
    static struct running r;
    struct aw_why why;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if (aw_model_open(&r.model, argv[first], &why) != AW_OK)
        return refused("run", argv[first], &why);
    code = EXIT_OK;
    for (int i = first + 1; i < argc; i++) {
        r.file = argv[i];
        r.windows = 0;
        if (model_windows(argv[i], hop_s, answer, &r, &why) != AW_OK) {
            code = refused("run", argv[i], &why);
        } else if (r.windows == 0) {
            fprintf(
                stderr,
                "airwake model run: %s: no link has the 19 s without a gap that the model needs\n",
                argv[i]);
            code = EXIT_FAILED;
        }
    }
    aw_model_close(&r.model);
    return code;
}

/* ---- bench ----------------------------------------------------------------------------------- */

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int bench(int argc, char **argv) {
    double runs = 50;
    const struct opt opts[] = {
        {"runs", "N", "inferences timed (50)", .number = &runs, .min = 1, .max = 10000},
        {0},
    };
    const struct opt_usage usage = {"airwake model bench [--runs N] MODEL",
                                    "Time to load and to compute.", NULL, 1, 1};
    static double took[10000];
    int first, code;
    struct aw_model m;
    struct aw_why why;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    double start = now_ms();
    if (aw_model_open(&m, argv[first], &why) != AW_OK) return refused("bench", argv[first], &why);
    double load = now_ms() - start; /* with one inference: the check of its output */
    int n = (int)runs;
    for (int i = 0; i < n; i++) {
        start = now_ms();
        if (aw_plain_run(&m.net) != AW_OK) return EXIT_FAILED;
        took[i] = now_ms() - start;
    }
    qsort(took, (size_t)n, sizeof *took, ascending);
    printf("{\"model\":\"%s\",\"backend\":\"plain\",\"load_ms\":%.2f,\"runs\":%d,"
           "\"p50_ms\":%.3f,\"p95_ms\":%.3f}\n",
           m.name, load, n, took[n / 2], took[n * 95 / 100]);
    aw_model_close(&m);
    return EXIT_OK;
}

/* ---- features -------------------------------------------------------------------------------- */

struct features {
    size_t n, cap;
    int32_t number; /* of the file */
    float *series, *t_s;
    int32_t *file;
    bool full;
};

static void keep(void *user, const struct window *w) {
    struct features *f = user;
    if (w->reason != AW_REASON_NONE || f->full) return;
    if (f->n == f->cap) {
        size_t cap = f->cap ? 2 * f->cap : 64;
        float *series = realloc(f->series, cap * SERIES * sizeof *series);
        if (series) f->series = series;
        float *t_s = realloc(f->t_s, cap * sizeof *t_s);
        if (t_s) f->t_s = t_s;
        int32_t *file = realloc(f->file, cap * sizeof *file);
        if (file) f->file = file;
        f->full = !series || !t_s || !file;
        if (f->full) return;
        f->cap = cap;
    }
    memcpy(f->series + f->n * SERIES, w->series, SERIES * sizeof *f->series);
    f->t_s[f->n] = (float)w->t_s;
    f->file[f->n++] = f->number;
}

static int save(const struct features *f, const char *path) {
    const size_t shape[3] = {f->n, AW_ACTIVITY_SERIES, AW_ACTIVITY_STEPS};
    struct npz z;
    struct aw_why why;
    if (npz_open(&z, path, &why) != AW_OK) return refused("features", path, &why);
    int err = npz_add(&z, "series", "<f4", shape, 3, f->series, f->n * SERIES * sizeof(float));
    if (err == AW_OK) err = npz_add(&z, "file", "<i4", shape, 1, f->file, f->n * sizeof(int32_t));
    if (err == AW_OK) err = npz_add(&z, "t_s", "<f4", shape, 1, f->t_s, f->n * sizeof(float));
    if (npz_close(&z) == AW_OK && err == AW_OK) return EXIT_OK;
    fprintf(stderr, "airwake model features: %s: cannot be written\n", path);
    return EXIT_FAILED;
}

static int features(int argc, char **argv) {
    double hop_s = 1;
    const char *path = NULL;
    const struct opt opts[] = {
        {"hop", "S", "seconds from one window to the next (1)", .number = &hop_s, .min = 0.1,
         .max = 3600},
        {"out", "FILE", "where to (.npz)", .text = &path},
        {0},
    };
    const struct opt_usage usage = {"airwake model features [--hop S] --out X.npz RECORDING...",
                                    "What the model would see of recordings.", NULL, 1, ANY};
    int first, code;
    struct features f = {0};
    struct aw_why why;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if (!path) {
        fputs("airwake model features: --out FILE is missing\n", stderr);
        return EXIT_USAGE;
    }
    code = EXIT_OK;
    for (int i = first; i < argc; i++, f.number++)
        if (model_windows(argv[i], hop_s, keep, &f, &why) != AW_OK)
            code = refused("features", argv[i], &why);
    if (f.full || f.n == 0) {
        fprintf(stderr, "airwake model features: %s\n", f.full ? "out of memory" : "no window");
        code = EXIT_FAILED;
    } else if (save(&f, path) != EXIT_OK) {
        code = EXIT_FAILED;
    }
    free(f.series);
    free(f.t_s);
    free(f.file);
    return code;
}

int cmd_model(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0) return fputs(HELP, stdout), EXIT_OK;
    if (strcmp(what, "list") == 0) return list(argc - 1, argv + 1);
    if (strcmp(what, "check") == 0) return check(argc - 1, argv + 1);
    if (strcmp(what, "run") == 0) return run(argc - 1, argv + 1);
    if (strcmp(what, "bench") == 0) return bench(argc - 1, argv + 1);
    if (strcmp(what, "features") == 0) return features(argc - 1, argv + 1);
    fprintf(stderr, "airwake model: %s%s\n", *what ? "unknown: " : "what is to be done?", what);
    fputs(HELP, stderr);
    return EXIT_USAGE;
}
