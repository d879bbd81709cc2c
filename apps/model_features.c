/* airwake model features: what a model would see of recordings. */
#include "model_tools.h"
#include "model_windows.h"
#include "npz.h"
#include "sense/activity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES = AW_ACTIVITY_SERIES * AW_ACTIVITY_STEPS };

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
    memcpy(f->series + f->n * SERIES, w->input, SERIES * sizeof *f->series);
    f->t_s[f->n] = (float)w->t_s;
    f->file[f->n++] = f->number;
}

static int save(const struct features *f, const char *path) {
    const size_t shape[3] = {f->n, AW_ACTIVITY_SERIES, AW_ACTIVITY_STEPS};
    struct npz z;
    struct aw_why why;
    if (npz_open(&z, path, &why) != AW_OK) return model_refused("features", path, &why);
    int err = npz_add(&z, "series", "<f4", shape, 3, f->series, f->n * SERIES * sizeof(float));
    if (err == AW_OK) err = npz_add(&z, "file", "<i4", shape, 1, f->file, f->n * sizeof(int32_t));
    if (err == AW_OK) err = npz_add(&z, "t_s", "<f4", shape, 1, f->t_s, f->n * sizeof(float));
    if (npz_close(&z) == AW_OK && err == AW_OK) return EXIT_OK;
    fprintf(stderr, "airwake model features: %s: cannot be written\n", path);
    return EXIT_FAILED;
}

int model_features(int argc, char **argv) {
    double hop_s = 1;
    const char *path = NULL;
    const struct opt opts[] = {
        {"hop", "S", "seconds from one window to the next (1)", .number = &hop_s, .min = 0.1,
         .max = 3600},
        {"out", "FILE", "where to (.npz)", .text = &path},
        {0},
    };
    const struct opt_usage usage = {"airwake model features [--hop S] --out X.npz RECORDING...",
                                    "What the model would see of recordings.", NULL, 1, MODEL_ANY};
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
        if (model_windows(argv[i], &aw_task_activity, hop_s, 0, keep, &f, &why) != AW_OK)
            code = model_refused("features", argv[i], &why);
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
