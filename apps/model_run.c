/* airwake model run: what a model says of recordings. */
#include "model_tools.h"
#include "model_windows.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

enum { LINE = 4096, SERIES = AW_ACTIVITY_SERIES * AW_ACTIVITY_STEPS };

struct running {
    struct aw_model model;
    const char *file;
    int err;
    uint64_t windows;
};

static void put_answer(struct running *r, struct aw_json *j) {
    const struct aw_nn_tensor *out = &r->model.net.out[0];
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
    const struct aw_nn_tensor *in = &r->model.net.in[0];
    char buf[LINE];
    struct aw_json j;
    const char *reason = w->reason == AW_REASON_NONE ? NULL : aw_reason_key(w->reason);
    if (!reason) {
        memcpy(in->f, w->series, SERIES * sizeof *in->f);
        if (aw_net_run(&r->model.net) != AW_OK) reason = "not-finite";
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

int model_run(int argc, char **argv) {
    double hop_s = 1;
    struct model_backend by = MODEL_BACKEND;
    const struct opt opts[] = {
        {"hop", "S", "seconds from one window to the next (1)", .number = &hop_s, .min = 0.1,
         .max = 3600},
        MODEL_BACKEND_FLAGS(by),
        {0},
    };
    const struct opt_usage usage = {"airwake model run [flags] MODEL RECORDING...",
                                    "What the model says of recordings.", NULL, 2, MODEL_ANY};
    int first, code;
    static struct running r;
    struct aw_why why;
    if (opt_parse(argc, argv, opts, &usage, &first, &code)) return code;
    if ((code = model_open(&r.model, &by, "run", argv[first])) != EXIT_OK) return code;
    for (int i = first + 1; i < argc; i++) {
        r.file = argv[i];
        r.windows = 0;
        if (model_windows(argv[i], hop_s, answer, &r, &why) != AW_OK) {
            code = model_refused("run", argv[i], &why);
        } else if (r.windows == 0) {
            fprintf(
                stderr,
                "airwake model run: %s: no link has the 19 s without a gap that the model needs\n",
                argv[i]);
            code = EXIT_FAILED;
        }
    }
    aw_model_close(&r.model);
    aw_ort_close(&by.ort);
    return code;
}
