/* The task "activity": what somebody does, out of a list of classes, by the last 19 s of a link. */
#include "sense/activity.h"
#include "sense/amplitude.h"
#include "server/model.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

struct builder {
    struct aw_amplitude amplitude;
    struct aw_activity activity;
};

static int init(void *builder, struct aw_arena *arena) {
    struct builder *b = builder;
    struct aw_amplitude_config config;
    aw_amplitude_config_default(&config);
    int err = aw_amplitude_init(&b->amplitude, arena, &config);
    return err == AW_OK ? aw_activity_init(&b->activity, arena) : err;
}

static void reset(void *builder) {
    struct builder *b = builder;
    aw_amplitude_reset(&b->amplitude);
    aw_activity_reset(&b->activity);
}

static void push(void *builder, int64_t t_ns, const struct aw_frame *f) {
    struct builder *b = builder;
    struct aw_amplitude_row row;
    if (!aw_amplitude_push(&b->amplitude, f, &row)) return;
    if (row.fresh) aw_activity_reset(&b->activity);
    aw_activity_push(&b->activity, t_ns, row.fine, row.n_fine);
}

static enum aw_reason build(void *builder, float *in, float *quality) {
    struct builder *b = builder;
    enum aw_reason why = aw_activity_series(&b->activity, in);
    if (why == AW_REASON_NONE) *quality = aw_activity_share(&b->activity);
    return why;
}

static int check(struct aw_model *m, struct aw_why *why) {
    const cJSON *output = cJSON_GetObjectItemCaseSensitive(m->card, "output"), *c;
    const struct aw_nn_tensor *out = &m->net.out[0];
    m->n_classes = 0;
    cJSON_ArrayForEach(c, cJSON_GetObjectItemCaseSensitive(output, "classes")) {
        if (!cJSON_IsString(c) || !c->valuestring[0] || m->n_classes == AW_TASK_CLASSES) {
            m->n_classes = 0;
            break;
        }
        m->class_name[m->n_classes++] = c->valuestring;
    }
    if (m->n_classes < 2)
        return aw_task_refuse(why, AW_ERR_TEXT,
                              "the card's output.classes is not a list of 2 to %d names",
                              AW_TASK_CLASSES);
    if (m->net.n_out == 1 && out->rank == 2 && out->dim[0] == 1 && out->dim[1] == m->n_classes)
        return AW_OK;
    return aw_task_refuse(why, AW_ERR_UNSUPPORTED,
                          "the card names %d classes, the model has others", m->n_classes);
}

static void decode(const struct aw_model *m, void *builder, struct aw_answer *a) {
    (void)builder;
    const float *p = m->net.out[0].f;
    a->classes.best = 0;
    for (int c = 0; c < m->n_classes; c++) {
        a->classes.probability[c] = p[c];
        if (p[c] > p[a->classes.best]) a->classes.best = c;
    }
}

static void write(struct aw_json *j, const struct aw_model *m, const struct aw_answer *a) {
    bool known = a->reason == AW_REASON_NONE;
    int best = known ? a->classes.best : 0;
    aw_json_key_str(j, "class", known ? m->class_name[best] : NULL);
    aw_json_key_num(j, "confidence", known ? (double)a->classes.probability[best] : (double)NAN, 3);
    aw_json_key(j, "probability");
    if (!known) {
        aw_json_null(j);
        return;
    }
    aw_json_open(j, '{');
    for (int c = 0; c < m->n_classes; c++)
        aw_json_key_num(j, m->class_name[c], (double)a->classes.probability[c], 4);
    aw_json_close(j, '}');
}

const struct aw_task aw_task_activity = {
    .name = "activity",
    .input = "activity-series-1",
    .rank = 3,
    .dim = {1, AW_ACTIVITY_SERIES, AW_ACTIVITY_STEPS},
    .hop_ns = 1000000000,
    .bytes = sizeof(struct builder),
    .arena_bytes = 1 << 20,
    .quality_meaning = "share of the window's 50 samples per second that have a frame of their own",
    .init = init,
    .reset = reset,
    .push = push,
    .build = build,
    .check = check,
    .decode = decode,
    .write = write,
};
