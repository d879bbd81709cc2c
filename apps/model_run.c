/* airwake model run: what a model says of recordings. */
#include "model_tools.h"
#include "model_windows.h"

#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 65536 };

struct running {
    struct aw_model model;
    const char *file;
    int err;
    uint64_t windows;
};

static void answer(void *user, const struct window *w) {
    struct running *r = user;
    struct aw_model *m = &r->model;
    struct aw_answer a = {.t_ns = w->t_ns, .reason = w->reason, .quality = NAN};
    static char buf[LINE];
    struct aw_json j;
    if (a.reason == AW_REASON_NONE) {
        memcpy(m->net.in[0].f, w->input, aw_task_values(m->task) * sizeof *w->input);
        int err = aw_net_run(&m->net);
        if (err == AW_OK) m->task->decode(m, w->builder, &a);
        if (err != AW_OK)
            a.reason = err == AW_ERR_RANGE ? AW_REASON_NOT_FINITE : AW_REASON_MODEL_FAILED;
        a.quality = w->quality;
    }
    r->windows++;
    aw_json_init(&j, buf, sizeof buf);
    aw_json_open(&j, '{');
    aw_json_key_str(&j, "file", r->file);
    aw_json_key_str(&j, "link", w->link);
    aw_json_key_num(&j, "t_s", w->t_s, 2);
    aw_json_key_str(&j, "source", w->simulated ? "simulated" : "replay");
    aw_json_key_str(&j, "model", m->name);
    aw_json_key_num(&j, "quality", (double)a.quality, 2);
    aw_json_key_str(&j, "reason", a.reason == AW_REASON_NONE ? NULL : aw_reason_key(a.reason));
    m->task->write(&j, m, &a);
    aw_json_close(&j, '}');
    const char *text = aw_json_text(&j);
    if (text) puts(text);
}

int model_run(int argc, char **argv) {
    double hop_s = 1, empty_s = 0;
    struct model_backend by = MODEL_BACKEND;
    const struct opt opts[] = {
        {"hop", "S", "seconds from one window to the next (1)", .number = &hop_s, .min = 0.1,
         .max = 3600},
        {"empty", "S", "seconds at the beginning of each link in which nobody is there (0)",
         .number = &empty_s, .max = 3600},
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
        if (model_windows(argv[i], r.model.task, hop_s, empty_s, answer, &r, &why) != AW_OK) {
            code = model_refused("run", argv[i], &why);
        } else if (r.windows == 0) {
            fprintf(
                stderr,
                "airwake model run: %s: no link has as many seconds without a gap as the model needs\n",
                argv[i]);
            code = EXIT_FAILED;
        }
    }
    aw_model_close(&r.model);
    aw_ort_close(&by.ort);
    return code;
}
