#include "server/model.h"

#include "base/sha256.h"
#include "sense/activity.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 64 << 20, CARD_MAX = 1 << 20, PATH_LEN = 4096 };

/* Floats and shapes of a model; pages that are not used are never touched. */
static const size_t MEMORY = (size_t)512 << 20;

/* Inputs that this program makes, by the task that wants them. */
static const struct made {
    const char *task, *kind;
    int rank;
    int64_t dim[4];
} made[] = {
    {"activity", "activity-series-1", 3, {1, AW_ACTIVITY_SERIES, AW_ACTIVITY_STEPS}},
};

__attribute__((format(printf, 3, 4))) static int refuse(struct aw_why *why, int err,
                                                        const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    return err;
}

/* ---- The card -------------------------------------------------------------------------------- */

static const char *text(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) && v->valuestring[0] ? v->valuestring : NULL;
}

static int copy_text(const cJSON *card, const char *key, char *out, struct aw_why *why) {
    const char *v = text(card, key);
    if (!v || strlen(v) >= AW_MODEL_NAME)
        return refuse(why, AW_ERR_TEXT, "the card's %s is missing, or not a text of 1 to %d bytes",
                      key, AW_MODEL_NAME - 1);
    snprintf(out, AW_MODEL_NAME, "%s", v);
    return AW_OK;
}

static int read_classes(struct aw_model *m, const cJSON *output, struct aw_why *why) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(output, "classes"), *c;
    cJSON_ArrayForEach(c, list) {
        if (!cJSON_IsString(c) || m->n_classes == AW_MODEL_CLASSES) {
            m->n_classes = 0;
            break;
        }
        m->class_name[m->n_classes++] = c->valuestring;
    }
    if (m->n_classes >= 2) return AW_OK;
    return refuse(why, AW_ERR_TEXT, "the card's output.classes is not a list of 2 to %d names",
                  AW_MODEL_CLASSES);
}

static int read_card(struct aw_model *m, const char *path, struct aw_why *why) {
    struct aw_bytes b;
    int err = aw_unpack_open(&b, path, why);
    if (err != AW_OK) return err;
    if (b.len <= CARD_MAX) m->card = cJSON_ParseWithLength((const char *)b.data, b.len);
    aw_unpack_close(&b);
    if (!cJSON_IsObject(m->card)) return refuse(why, AW_ERR_TEXT, "%s is not a JSON object", path);
    static const char *const needed[] = {"file", "sha256", "licence", "training_data"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!text(m->card, needed[i]))
            return refuse(why, AW_ERR_TEXT, "the card's %s is missing, or not a text", needed[i]);
    static const char *const objects[] = {"input", "output", "accuracy"};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        if (!cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(m->card, objects[i])))
            return refuse(why, AW_ERR_TEXT, "the card's %s is missing, or not an object",
                          objects[i]);
    err = copy_text(m->card, "name", m->name, why);
    if (err == AW_OK) err = copy_text(m->card, "task", m->task, why);
    if (err == AW_OK) err = copy_text(m->card, "version", m->version, why);
    if (err != AW_OK) return err;
    return read_classes(m, cJSON_GetObjectItemCaseSensitive(m->card, "output"), why);
}

/* ---- Card against model ---------------------------------------------------------------------- */

static void hash(const struct aw_bytes *b, char hex[AW_SHA256_HEX]) {
    struct aw_sha256 s;
    aw_sha256_init(&s);
    aw_sha256_push(&s, b->data, b->len);
    aw_sha256_hex(&s, hex);
}

static void shape_text(const int64_t *dim, int rank, char *out, size_t bytes) {
    size_t at = 0;
    snprintf(out, bytes, "[]");
    for (int i = 0; i < rank && at < bytes; i++) {
        int n = snprintf(out + at, bytes - at, "%s%lld%s", i ? "," : "[", (long long)dim[i],
                         i == rank - 1 ? "]" : "");
        at += n > 0 ? (size_t)n : 0;
    }
}

/* Name and shape of one end of the graph are what the card says. */
static int compare_end(const struct aw_model *m, const char *which, const struct aw_nn_tensor *t,
                       struct aw_why *why) {
    const cJSON *end = cJSON_GetObjectItemCaseSensitive(m->card, which);
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(end, "shape"), *d;
    const char *name = text(end, "name");
    char of_graph[128];
    shape_text(t->dim, t->rank, of_graph, sizeof of_graph);
    if (!name || strlen(name) != t->name.len || memcmp(name, t->name.at, t->name.len) != 0)
        return refuse(why, AW_ERR_UNSUPPORTED, "the model's %s is called %.*s, the card's %s",
                      which, (int)(t->name.len < 64 ? t->name.len : 64), t->name.at,
                      name ? name : "nothing");
    int i = 0;
    bool same = cJSON_IsArray(shape) && cJSON_GetArraySize(shape) == t->rank;
    cJSON_ArrayForEach(d, shape) {
        same = same && cJSON_IsNumber(d) && d->valuedouble == (double)t->dim[i];
        i++;
    }
    if (same) return AW_OK;
    return refuse(why, AW_ERR_UNSUPPORTED, "the model's %s has the shape %s, the card says another",
                  which, of_graph);
}

/* What the task wants is what this program makes. */
static int compare_task(const struct aw_model *m, const struct aw_nn_tensor *in,
                        const struct aw_nn_tensor *out, struct aw_why *why) {
    const char *kind = text(cJSON_GetObjectItemCaseSensitive(m->card, "input"), "kind");
    const struct made *want = NULL;
    char shape[128];
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        if (strcmp(m->task, made[i].task) == 0) want = &made[i];
    if (!want) return refuse(why, AW_ERR_UNSUPPORTED, "the task %s is not known here", m->task);
    if (!kind || strcmp(kind, want->kind) != 0)
        return refuse(why, AW_ERR_UNSUPPORTED, "the model wants %s as input; this program makes %s",
                      kind ? kind : "nothing", want->kind);
    shape_text(want->dim, want->rank, shape, sizeof shape);
    if (in->rank != want->rank || memcmp(in->dim, want->dim, sizeof *in->dim * (size_t)in->rank))
        return refuse(why, AW_ERR_UNSUPPORTED, "this program makes an input of the shape %s",
                      shape);
    if (out->rank != 2 || out->dim[0] != 1 || out->dim[1] != m->n_classes)
        return refuse(why, AW_ERR_UNSUPPORTED, "the card names %d classes, the model has others",
                      m->n_classes);
    return AW_OK;
}

static int open_graph(struct aw_model *m, const char *path, const struct aw_net_backend *backend,
                      struct aw_why *why) {
    char hex[AW_SHA256_HEX];
    int err = aw_unpack_open(&m->bytes, path, why);
    if (err != AW_OK) return err;
    if (m->bytes.len > FILE_MAX)
        return refuse(why, AW_ERR_LENGTH, "the model is larger than %d MiB", FILE_MAX >> 20);
    hash(&m->bytes, hex);
    if (strcmp(hex, text(m->card, "sha256")) != 0)
        return refuse(why, AW_ERR_CRC, "the model is not the file of this card: its SHA-256 is %s",
                      hex);
    struct aw_arena arena;
    struct aw_nn_why reason = {0};
    m->memory = malloc(MEMORY);
    if (!m->memory) return refuse(why, AW_ERR_NOMEM, "no memory for %s", path);
    aw_arena_init(&arena, m->memory, MEMORY);
    err = aw_net_open(&m->net, backend, m->bytes.data, m->bytes.len, &arena, &reason);
    if (err == AW_OK) return AW_OK;
    int about = (int)(reason.about.len < 64 ? reason.about.len : 64);
    return refuse(why, err, "the model cannot be computed here: %s%s%.*s%s",
                  reason.what ? reason.what : "not an ONNX model", about ? " (" : "", about,
                  about ? reason.about.at : "", about ? ")" : "");
}

static int compare(struct aw_model *m, struct aw_why *why) {
    const struct aw_nn_tensor *in = &m->net.in[0], *out = &m->net.out[0];
    if (m->net.n_in != 1 || m->net.n_out != 1)
        return refuse(why, AW_ERR_UNSUPPORTED, "the model has %d inputs and %d outputs, not one",
                      m->net.n_in, m->net.n_out);
    int err = compare_end(m, "input", in, why);
    if (err == AW_OK) err = compare_end(m, "output", out, why);
    if (err == AW_OK) err = compare_task(m, in, out, why);
    if (err != AW_OK) return err;
    memset(in->f, 0, in->n * sizeof *in->f);
    if (aw_net_run(&m->net) == AW_OK) return AW_OK;
    return refuse(why, AW_ERR_RANGE, "the model's output is not finite: its weights are damaged");
}

/* ---- Opening --------------------------------------------------------------------------------- */

static bool ends_with(const char *s, const char *end) {
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

/* Card and model beside each other. The card says what the model's file is called: only a name, so
 * that a card cannot make this read files elsewhere. */
static int open_both(struct aw_model *m, const char *path, const struct aw_net_backend *backend,
                     struct aw_why *why) {
    char card[PATH_LEN], model[PATH_LEN];
    const char *slash = strrchr(path, '/');
    int dir = slash ? (int)(slash - path + 1) : 0;
    if (strlen(path) > PATH_LEN - 256) return refuse(why, AW_ERR_LENGTH, "the path is too long");
    if (ends_with(path, ".onnx"))
        snprintf(card, sizeof card, "%.*s.card.json", (int)strlen(path) - 5, path);
    else
        snprintf(card, sizeof card, "%s", path);
    int err = read_card(m, card, why);
    if (err != AW_OK) return err;
    const char *file = text(m->card, "file");
    if (strchr(file, '/') || strlen(file) > 200)
        return refuse(why, AW_ERR_TEXT, "the card's file is not the name of a file beside it");
    snprintf(model, sizeof model, "%.*s%s", dir, path, file);
    if (ends_with(path, ".onnx") && strcmp(model, path) != 0)
        return refuse(why, AW_ERR_TEXT, "%s is the card of %s", card, file);
    err = open_graph(m, model, backend, why);
    return err == AW_OK ? compare(m, why) : err;
}

int aw_model_open(struct aw_model *m, const char *path, const struct aw_net_backend *backend,
                  struct aw_why *why) {
    memset(m, 0, sizeof *m);
    why->text[0] = 0;
    int err = open_both(m, path, backend, why);
    if (err != AW_OK) aw_model_close(m);
    return err;
}

void aw_model_close(struct aw_model *m) {
    aw_net_close(&m->net);
    cJSON_Delete(m->card);
    aw_unpack_close(&m->bytes);
    free(m->memory);
    memset(m, 0, sizeof *m);
}
