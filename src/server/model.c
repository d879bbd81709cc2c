#include "server/model.h"

#include "base/sha256.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20, CARD_MAX = 1 << 16, CARD_LEVELS = 8, PATH_LEN = 4096 };

/* Floats and shapes of a model; pages that are not used are never touched. */
static const size_t MEMORY = (size_t)512 << 20;

/* ---- The card -------------------------------------------------------------------------------- */

/* Without control characters, which could speak to a terminal. */
static const char *text(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    if (!cJSON_IsString(v) || !v->valuestring[0]) return NULL;
    for (const unsigned char *p = (const unsigned char *)v->valuestring; *p; p++)
        if (*p < 0x20 || *p == 0x7f) return NULL;
    return v->valuestring;
}

static int copy_text(const cJSON *card, const char *key, char *out, struct aw_why *why) {
    const char *v = text(card, key);
    if (!v || strlen(v) >= AW_MODEL_NAME)
        return aw_task_refuse(why, AW_ERR_TEXT,
                              "the card's %s is missing, or not a text of 1 to %d bytes", key,
                              AW_MODEL_NAME - 1);
    snprintf(out, AW_MODEL_NAME, "%s", v);
    return AW_OK;
}

/* The whole file, in memory of our own: what is checked is what runs, whatever becomes of the file. */
static int read_file(struct aw_model_file *b, const char *path, size_t max, struct aw_why *why) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int err = errno;
        if (fd >= 0) close(fd);
        return aw_task_refuse(why, AW_ERR_IO, "%s: %s", path, strerror(err));
    }
    int err = AW_OK;
    if (!S_ISREG(st.st_mode))
        err = aw_task_refuse(why, AW_ERR_IO, "%s: not a file", path);
    else if (st.st_size == 0)
        err = aw_task_refuse(why, AW_ERR_EMPTY, "%s: the file is empty", path);
    else if ((uint64_t)st.st_size > max)
        err = aw_task_refuse(why, AW_ERR_LENGTH, "%s: larger than %zu KiB", path, max >> 10);
    size_t len = err == AW_OK ? (size_t)st.st_size : 0;
    b->data = len ? malloc(len) : NULL;
    for (ssize_t got = 1; b->data && b->len < len && got > 0;) {
        got = read(fd, b->data + b->len, len - b->len);
        if (got > 0) b->len += (size_t)got;
    }
    close(fd);
    if (err != AW_OK) return err;
    if (!b->data) return aw_task_refuse(why, AW_ERR_NOMEM, "no memory for %s", path);
    if (b->len == len) return AW_OK;
    return aw_task_refuse(why, AW_ERR_IO, "%s: it could not be read to its end", path);
}

/* A card is shown to clients: nothing in it may be deeper than they read. */
static bool shallow(const cJSON *v, int levels) {
    const cJSON *c;
    if (levels == 0) return false;
    cJSON_ArrayForEach(c, v) {
        if (!shallow(c, levels - 1)) return false;
    }
    return true;
}

int aw_model_read_card(struct aw_model *m, const char *json, size_t len, struct aw_why *why) {
    static const char *const needed[] = {"file", "sha256", "licence", "training_data"};
    static const char *const objects[] = {"input", "accuracy"};
    m->card = cJSON_ParseWithLength(json, len);
    if (!cJSON_IsObject(m->card))
        return aw_task_refuse(why, AW_ERR_TEXT, "the card is not a JSON object");
    if (!shallow(m->card, CARD_LEVELS))
        return aw_task_refuse(why, AW_ERR_TEXT, "the card is nested more than %d deep",
                              CARD_LEVELS);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!text(m->card, needed[i]))
            return aw_task_refuse(why, AW_ERR_TEXT, "the card's %s is missing, or not a text",
                                  needed[i]);
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        if (!cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(m->card, objects[i])))
            return aw_task_refuse(why, AW_ERR_TEXT, "the card's %s is missing, or not an object",
                                  objects[i]);
    int err = copy_text(m->card, "name", m->name, why);
    if (err == AW_OK) err = copy_text(m->card, "task", m->task_name, why);
    if (err == AW_OK) err = copy_text(m->card, "version", m->version, why);
    if (err != AW_OK) return err;
    if (strspn(m->name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != strlen(m->name))
        return aw_task_refuse(why, AW_ERR_TEXT,
                              "the card's name has other letters than a-z, 0-9, - _ and .");
    m->experimental = !cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(m->card, "experimental"));
    return AW_OK;
}

static int read_card(struct aw_model *m, const char *path, struct aw_why *why) {
    struct aw_model_file b = {0};
    int err = read_file(&b, path, CARD_MAX, why);
    if (err == AW_OK) err = aw_model_read_card(m, (const char *)b.data, b.len, why);
    free(b.data);
    return err;
}

/* ---- Card against model ---------------------------------------------------------------------- */

static void hash(const struct aw_model_file *b, char hex[AW_SHA256_HEX]) {
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
static int compare_end(const cJSON *end, const char *which, const struct aw_nn_tensor *t,
                       struct aw_why *why) {
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(end, "shape"), *d;
    const char *name = text(end, "name");
    char of_graph[128];
    shape_text(t->dim, t->rank, of_graph, sizeof of_graph);
    if (!name || strlen(name) != t->name.len || memcmp(name, t->name.at, t->name.len) != 0)
        return aw_task_refuse(
            why, AW_ERR_UNSUPPORTED, "the model's %s is called %.*s, the card's %.64s", which,
            (int)(t->name.len < 64 ? t->name.len : 64), t->name.at, name ? name : "nothing");
    int i = 0;
    bool same = cJSON_IsArray(shape) && cJSON_GetArraySize(shape) == t->rank;
    cJSON_ArrayForEach(d, shape) {
        same = same && cJSON_IsNumber(d) && d->valuedouble == (double)t->dim[i];
        i++;
    }
    if (same) return AW_OK;
    return aw_task_refuse(why, AW_ERR_UNSUPPORTED,
                          "the model's %s has the shape %s, the card says another", which,
                          of_graph);
}

/* One output is `output` of the card, several are the list `outputs`. */
static int compare_outputs(const struct aw_model *m, struct aw_why *why) {
    const cJSON *one = cJSON_GetObjectItemCaseSensitive(m->card, "output");
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(m->card, "outputs");
    int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : cJSON_IsObject(one) ? 1 : 0;
    if (n != m->net.n_out)
        return aw_task_refuse(why, AW_ERR_UNSUPPORTED, "the model has %d outputs, its card %d",
                              m->net.n_out, n);
    for (int i = 0; i < n; i++) {
        const cJSON *end = cJSON_IsArray(list) ? cJSON_GetArrayItem(list, i) : one;
        int err = compare_end(end, "output", &m->net.out[i], why);
        if (err != AW_OK) return err;
    }
    return AW_OK;
}

/* What the task wants is what this program makes. */
static int compare_task(struct aw_model *m, struct aw_why *why) {
    const struct aw_nn_tensor *in = &m->net.in[0];
    const struct aw_task *t = m->task;
    const char *kind = text(cJSON_GetObjectItemCaseSensitive(m->card, "input"), "kind");
    char shape[128];
    if (!kind || strcmp(kind, t->input) != 0)
        return aw_task_refuse(why, AW_ERR_UNSUPPORTED,
                              "the model wants %.64s as input; this program makes %s",
                              kind ? kind : "nothing", t->input);
    shape_text(t->dim, t->rank, shape, sizeof shape);
    if (in->rank != t->rank || memcmp(in->dim, t->dim, sizeof *in->dim * (size_t)in->rank) != 0)
        return aw_task_refuse(why, AW_ERR_UNSUPPORTED,
                              "this program makes an input of the shape %s", shape);
    return t->check(m, why);
}

static int open_graph(struct aw_model *m, const char *path, const struct aw_net_backend *backend,
                      struct aw_why *why) {
    char hex[AW_SHA256_HEX];
    int err = read_file(&m->bytes, path, FILE_MAX, why);
    if (err != AW_OK) return err;
    hash(&m->bytes, hex);
    if (strcmp(hex, text(m->card, "sha256")) != 0)
        return aw_task_refuse(why, AW_ERR_CRC,
                              "the model is not the file of this card: its SHA-256 is %s", hex);
    struct aw_arena arena;
    struct aw_nn_why reason = {0};
    m->memory = malloc(MEMORY);
    if (!m->memory) return aw_task_refuse(why, AW_ERR_NOMEM, "no memory for %s", path);
    aw_arena_init(&arena, m->memory, MEMORY);
    err = aw_net_open(&m->net, backend, m->bytes.data, m->bytes.len, &arena, &reason);
    if (err == AW_OK) return AW_OK;
    int about = (int)(reason.about.len < 64 ? reason.about.len : 64);
    return aw_task_refuse(why, err, "the model cannot be computed here: %s%s%.*s%s",
                          reason.what ? reason.what : "not an ONNX model", about ? " (" : "", about,
                          about ? reason.about.at : "", about ? ")" : "");
}

static int compare(struct aw_model *m, struct aw_why *why) {
    struct aw_nn_tensor *in = &m->net.in[0];
    if (m->net.n_in != 1)
        return aw_task_refuse(why, AW_ERR_UNSUPPORTED, "the model has %d inputs, not one",
                              m->net.n_in);
    int err = compare_end(cJSON_GetObjectItemCaseSensitive(m->card, "input"), "input", in, why);
    if (err == AW_OK) err = compare_outputs(m, why);
    if (err == AW_OK) err = compare_task(m, why);
    if (err != AW_OK) return err;
    memset(in->f, 0, in->n * sizeof *in->f);
    err = aw_net_run(&m->net);
    if (err == AW_OK) return AW_OK;
    if (err == AW_ERR_RANGE)
        return aw_task_refuse(why, err,
                              "the model's output is not finite: its weights are damaged");
    return aw_task_refuse(why, err, "the model cannot be computed");
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
    if (strlen(path) > PATH_LEN - 256)
        return aw_task_refuse(why, AW_ERR_LENGTH, "the path is too long");
    if (ends_with(path, ".onnx"))
        snprintf(card, sizeof card, "%.*s.card.json", (int)strlen(path) - 5, path);
    else
        snprintf(card, sizeof card, "%s", path);
    int err = read_card(m, card, why);
    if (err != AW_OK) return err;
    m->task = aw_task_find(m->task_name);
    if (!m->task)
        return aw_task_refuse(why, AW_ERR_UNSUPPORTED, "the task %s is not known here",
                              m->task_name);
    const char *file = text(m->card, "file");
    if (strchr(file, '/') || strlen(file) > 200)
        return aw_task_refuse(why, AW_ERR_TEXT,
                              "the card's file is not the name of a file beside it");
    snprintf(model, sizeof model, "%.*s%s", dir, path, file);
    if (ends_with(path, ".onnx") && strcmp(model, path) != 0)
        return aw_task_refuse(why, AW_ERR_TEXT, "%s is the card of %s", card, file);
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
    free(m->bytes.data);
    free(m->memory);
    memset(m, 0, sizeof *m);
}
