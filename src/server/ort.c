#include "server/ort.h"

#include "infer/onnx.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- The interface --------------------------------------------------------------------------- */

enum { API_VERSION = 6, LOG_FATAL = 4, TYPE_FLOAT = 1, ARENA_ALLOCATOR = 1, MEMORY_DEFAULT = 0 };

typedef void (*unused)(void);
typedef void ort_status; /* NULL: it went well */
typedef void (*release)(void *);

/* OrtCUDAProviderOptions, and zeros where newer versions have more. */
struct ort_cuda {
    int device_id, conv_algo_search;
    size_t gpu_mem_limit;
    int arena_extend_strategy, do_copy_in_default_stream, has_user_compute_stream;
    void *user_compute_stream, *default_memory_arena_cfg;
    int more[16];
};

/* OrtApi, its entries by number. */
struct ort_api {
    unused at_0[2];
    const char *(*get_error_message)(const ort_status *s);
    ort_status *(*create_env)(int log_level, const char *name, void **env);
    unused at_4[2];
    ort_status *(*disable_telemetry)(const void *env);
    unused at_7;
    ort_status *(*create_session_from_array)(const void *env, const void *model, size_t len,
                                             const void *options, void **session);
    ort_status *(*run)(void *session, const void *run_options, const char *const *in_name,
                       const void *const *in, size_t n_in, const char *const *out_name,
                       size_t n_out, void **out);
    ort_status *(*create_session_options)(void **options);
    unused at_11[13];
    ort_status *(*set_intra_op_threads)(void *options, int n);
    ort_status *(*set_inter_op_threads)(void *options, int n);
    unused at_26[23];
    ort_status *(*create_tensor_with_data)(const void *memory_info, void *data, size_t bytes,
                                           const int64_t *dim, size_t rank, int type, void **value);
    unused at_50;
    ort_status *(*get_tensor_data)(void *value, void **data);
    unused at_52[8];
    ort_status *(*get_element_type)(const void *info, int *type);
    ort_status *(*get_rank)(const void *info, size_t *rank);
    ort_status *(*get_dimensions)(const void *info, int64_t *dim, size_t rank);
    unused at_63[2];
    ort_status *(*get_type_and_shape)(const void *value, void **info);
    unused at_66[3];
    ort_status *(*create_cpu_memory_info)(int allocator, int memory, void **memory_info);
    unused at_70[22];
    release release_env, release_status, release_memory_info, release_session, release_value;
    unused at_97[2];
    release release_info, release_session_options;
    unused at_101[24];
    ort_status *(*get_providers)(char ***names, int *n);
    ort_status *(*release_providers)(char **names, int n);
    unused at_127[25];
    ort_status *(*append_cuda)(void *options, const struct ort_cuda *cuda);
};
#define AT(member, number)                                                                         \
    _Static_assert(offsetof(struct ort_api, member) == (number) * sizeof(unused), #member)
AT(get_error_message, 2);
AT(create_env, 3);
AT(create_session_from_array, 8);
AT(run, 9);
AT(set_intra_op_threads, 24);
AT(create_tensor_with_data, 49);
AT(get_tensor_data, 51);
AT(get_element_type, 60);
AT(get_type_and_shape, 65);
AT(create_cpu_memory_info, 69);
AT(release_env, 92);
AT(release_info, 99);
AT(get_providers, 125);
AT(append_cuda, 152);

struct ort_api_base {
    const struct ort_api *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

/* ---- The library ----------------------------------------------------------------------------- */

static int refuse(struct aw_why *why, int err, const char *what, const char *detail) {
    snprintf(why->text, sizeof why->text, "ONNX Runtime: %s%s%s", what, *detail ? ": " : "",
             detail);
    return err;
}

/* ../lib/airwake/libonnxruntime.so from the program's folder. */
static void beside(char *path, size_t bytes) {
    ssize_t n = readlink("/proc/self/exe", path, bytes - 1);
    path[n > 0 ? n : 0] = '\0';
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(path, '/');
        if (slash) *slash = '\0';
    }
    size_t len = strlen(path);
    snprintf(path + len, bytes - len, "/lib/airwake/libonnxruntime.so");
}

static void load(struct aw_ort *o, const char *path) {
    if (o->library) return;
    o->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (o->library) snprintf(o->path, sizeof o->path, "%s", path);
}

static int find(struct aw_ort *o, const char *path, struct aw_why *why) {
    char here[4096];
    if (*path) {
        load(o, path);
        const char *said = o->library ? NULL : dlerror();
        return o->library ? AW_OK : refuse(why, AW_ERR_IO, "not loaded", said ? said : path);
    }
    beside(here, sizeof here);
    load(o, here);
    load(o, "libonnxruntime.so.1");
    load(o, "libonnxruntime.so");
    if (o->library) return AW_OK;
    return refuse(why, AW_ERR_IO,
                  "no libonnxruntime.so is found (tools/onnxruntime.sh installs it)", "");
}

static bool failed(const struct aw_ort *o, ort_status *s, struct aw_why *why) {
    if (!s) return false;
    refuse(why, 0, "it says", o->api->get_error_message(s));
    o->api->release_status(s);
    return true;
}

static int net_open(struct aw_net *net, const uint8_t *model, size_t len, struct aw_arena *arena,
                    struct aw_nn_why *why);
static int net_run(struct aw_net *net);
static void net_close(struct aw_net *net);

int aw_ort_open(struct aw_ort *o, const char *path, struct aw_why *why) {
    int major = 0, minor = 0;
    memset(o, 0, sizeof *o);
    o->backend = (struct aw_net_backend){"onnxruntime", net_open, net_run, net_close};
    int err = find(o, path, why);
    if (err != AW_OK) return err;
    const struct ort_api_base *(*get_base)(void) = NULL;
    void *symbol = dlsym(o->library, "OrtGetApiBase");
    memcpy(&get_base, &symbol, sizeof symbol); /* ISO C has no cast between the two */
    const struct ort_api_base *base = get_base ? get_base() : NULL;
    if (!base) return refuse(why, AW_ERR_UNSUPPORTED, "not its library", o->path);
    snprintf(o->version, sizeof o->version, "%s", base->get_version());
    if (sscanf(o->version, "%d.%d", &major, &minor) != 2 || major != 1 || minor < API_VERSION)
        return refuse(why, AW_ERR_VERSION, "a version that is not known here", o->version);
    o->api = base->get_api(API_VERSION);
    if (!o->api) return refuse(why, AW_ERR_VERSION, "has no interface 6", o->version);
    if (failed(o, o->api->create_env(LOG_FATAL, "airwake", &o->env), why))
        return AW_ERR_UNSUPPORTED;
    return failed(o, o->api->disable_telemetry(o->env), why) ? AW_ERR_UNSUPPORTED : AW_OK;
}

/* The library itself stays: what it has registered to be called at exit must still be there. */
void aw_ort_close(struct aw_ort *o) {
    if (o->env) o->api->release_env(o->env);
    memset(o, 0, sizeof *o);
}

int aw_ort_choose(struct aw_ort *o, const char *choice, const char *path,
                  const struct aw_net_backend **backend, struct aw_why *why) {
    memset(o, 0, sizeof *o);
    why->text[0] = '\0';
    *backend = &aw_net_plain;
    if (strcmp(choice, "plain") == 0) return AW_OK;
    bool automatic = strcmp(choice, "auto") == 0;
    if (!automatic && strcmp(choice, "onnxruntime") != 0)
        return refuse(why, AW_ERR_INVAL, "the backend is auto, plain or onnxruntime, not", choice);
    int err = aw_ort_open(o, path, why);
    if (err == AW_OK)
        *backend = &o->backend;
    else
        aw_ort_close(o);
    return automatic ? AW_OK : err;
}

/* ---- A model --------------------------------------------------------------------------------- */

struct session {
    void *session;
    void *in[AW_NN_ENDS], *out[AW_NN_ENDS];
    const char *in_name[AW_NN_ENDS], *out_name[AW_NN_ENDS];
};

static const struct aw_ort *ort_of(const struct aw_net *net) {
    return (const struct aw_ort *)net->backend;
}

/* Copies of what it says, in the arena; on one line. */
static int say(const struct aw_net *net, ort_status *s, struct aw_arena *arena,
               struct aw_nn_why *why) {
    const struct aw_ort *o = ort_of(net);
    if (!s) return AW_OK;
    char *text = aw_arena_alloc(arena, 1, 160);
    if (text) snprintf(text, 160, "ONNX Runtime says: %s", o->api->get_error_message(s));
    if (text) text[strcspn(text, "\r\n")] = '\0';
    o->api->release_status(s);
    *why = (struct aw_nn_why){text ? text : "ONNX Runtime refuses it", {0}, -1};
    return AW_ERR_UNSUPPORTED;
}

static int no_memory(struct aw_nn_why *why) {
    *why = (struct aw_nn_why){"too large for the memory given", {0}, -1};
    return AW_ERR_NOMEM;
}

/* Its ends as infer/onnx.h reads them; all else of that is dropped again. */
static int read_ends(struct aw_net *net, const uint8_t *model, size_t len, struct aw_arena *arena,
                     struct aw_nn_why *why) {
    struct aw_nn_graph g;
    struct aw_arena scratch = *arena;
    int err = aw_onnx_parse(&g, model, len, 1, &scratch, why);
    if (err != AW_OK) return err;
    net->n_in = g.n_in;
    net->n_out = g.n_out;
    for (int i = 0; i < g.n_in; i++) net->in[i] = g.value[g.in[i]];
    for (int i = 0; i < g.n_out; i++) net->out[i] = g.value[g.out[i]];
    return AW_OK;
}

static const char *name(const struct aw_nn_tensor *t, struct aw_arena *arena) {
    char *copy = aw_arena_alloc(arena, t->name.len + 1, 1);
    if (copy) memcpy(copy, t->name.at, t->name.len);
    return copy;
}

/* Names, and memory of the inputs. */
static int take_memory(struct aw_net *net, struct session *s, struct aw_arena *arena,
                       struct aw_nn_why *why) {
    for (int i = 0; i < net->n_in; i++) {
        struct aw_nn_tensor *t = &net->in[i];
        s->in_name[i] = name(t, arena);
        t->f = aw_arena_alloc(arena, t->n + !t->n, sizeof *t->f);
        if (!t->f || !s->in_name[i]) return no_memory(why);
    }
    for (int i = 0; i < net->n_out; i++) {
        s->out_name[i] = name(&net->out[i], arena);
        if (!s->out_name[i]) return no_memory(why);
    }
    return AW_OK;
}

static bool has_cuda(const struct aw_ort *o) {
    char **names = NULL;
    int n = 0;
    bool found = false;
    ort_status *s = o->api->get_providers(&names, &n);
    for (int i = 0; !s && i < n; i++) found = found || !strcmp(names[i], "CUDAExecutionProvider");
    if (!s && names) s = o->api->release_providers(names, n);
    if (s) o->api->release_status(s);
    return found;
}

/* Without a device that answers, what CUDA says is dropped and the CPU computes. */
static void prefer_cuda(const struct aw_ort *o, void *options) {
    struct ort_cuda cuda = {.gpu_mem_limit = SIZE_MAX, .do_copy_in_default_stream = 1};
    ort_status *s = has_cuda(o) ? o->api->append_cuda(options, &cuda) : NULL;
    if (s) o->api->release_status(s);
}

static int create(struct aw_net *net, struct session *s, const uint8_t *model, size_t len,
                  struct aw_arena *arena, struct aw_nn_why *why) {
    const struct aw_ort *o = ort_of(net);
    void *options = NULL;
    int err = say(net, o->api->create_session_options(&options), arena, why);
    if (err == AW_OK) prefer_cuda(o, options);
    if (err == AW_OK) err = say(net, o->api->set_intra_op_threads(options, 1), arena, why);
    if (err == AW_OK) err = say(net, o->api->set_inter_op_threads(options, 1), arena, why);
    if (err == AW_OK)
        err = say(net, o->api->create_session_from_array(o->env, model, len, options, &s->session),
                  arena, why);
    if (options) o->api->release_session_options(options);
    return err;
}

static int wrap(struct aw_net *net, const struct aw_nn_tensor *t, void **value,
                struct aw_arena *arena, struct aw_nn_why *why) {
    const struct aw_ort *o = ort_of(net);
    void *memory = NULL;
    int err = say(net, o->api->create_cpu_memory_info(ARENA_ALLOCATOR, MEMORY_DEFAULT, &memory),
                  arena, why);
    if (err == AW_OK)
        err = say(net,
                  o->api->create_tensor_with_data(memory, t->f, t->n * sizeof *t->f, t->dim,
                                                  (size_t)t->rank, TYPE_FLOAT, value),
                  arena, why);
    if (memory) o->api->release_memory_info(memory);
    return err;
}

static ort_status *compute(const struct aw_net *net, struct session *s, void **out) {
    const void *in[AW_NN_ENDS];
    for (int i = 0; i < net->n_in; i++) in[i] = s->in[i];
    return ort_of(net)->api->run(s->session, NULL, s->in_name, in, (size_t)net->n_in, s->out_name,
                                 (size_t)net->n_out, out);
}

/* Shape of an output as it came. */
static int shape(struct aw_net *net, const void *value, struct aw_nn_tensor *t,
                 struct aw_arena *arena, struct aw_nn_why *why) {
    const struct ort_api *api = ort_of(net)->api;
    void *info = NULL;
    size_t rank = 0;
    int type = 0;
    int err = say(net, api->get_type_and_shape(value, &info), arena, why);
    if (err == AW_OK) err = say(net, api->get_element_type(info, &type), arena, why);
    if (err == AW_OK) err = say(net, api->get_rank(info, &rank), arena, why);
    if (err == AW_OK && (type != TYPE_FLOAT || rank > AW_NN_RANK)) {
        *why = (struct aw_nn_why){"an output that is not float, or has too many dimensions",
                                  t->name, -1};
        err = AW_ERR_UNSUPPORTED;
    }
    if (err == AW_OK) err = say(net, api->get_dimensions(info, t->dim, rank), arena, why);
    if (info) api->release_info(info);
    if (err != AW_OK) return err;
    t->rank = (int)rank;
    t->n = 1;
    for (size_t i = 0; i < rank; i++) t->n *= (size_t)t->dim[i]; /* it is in memory: no overflow */
    t->known = true;
    t->f = t->n > AW_NN_ELEMENTS ? NULL : aw_arena_alloc(arena, t->n + !t->n, sizeof *t->f);
    return t->f ? AW_OK : no_memory(why);
}

/* Computes once, for the shapes of the outputs. */
static int probe(struct aw_net *net, struct session *s, struct aw_arena *arena,
                 struct aw_nn_why *why) {
    void *first[AW_NN_ENDS] = {0};
    int err = say(net, compute(net, s, first), arena, why);
    for (int i = 0; err == AW_OK && i < net->n_out; i++)
        err = shape(net, first[i], &net->out[i], arena, why);
    for (int i = 0; i < net->n_out; i++)
        if (first[i]) ort_of(net)->api->release_value(first[i]);
    for (int i = 0; err == AW_OK && i < net->n_out; i++)
        err = wrap(net, &net->out[i], &s->out[i], arena, why);
    return err;
}

static int net_open(struct aw_net *net, const uint8_t *model, size_t len, struct aw_arena *arena,
                    struct aw_nn_why *why) {
    struct session *s = aw_arena_alloc(arena, 1, sizeof *s);
    if (!s) return no_memory(why);
    net->state = s;
    int err = read_ends(net, model, len, arena, why);
    if (err == AW_OK) err = take_memory(net, s, arena, why);
    if (err == AW_OK) err = create(net, s, model, len, arena, why);
    for (int i = 0; err == AW_OK && i < net->n_in; i++)
        err = wrap(net, &net->in[i], &s->in[i], arena, why);
    if (err == AW_OK) err = probe(net, s, arena, why);
    if (err != AW_OK) net_close(net);
    return err;
}

static int net_run(struct aw_net *net) {
    struct session *s = net->state;
    ort_status *status = compute(net, s, s->out);
    if (!status) return AW_OK;
    ort_of(net)->api->release_status(status);
    return AW_ERR_UNSUPPORTED;
}

static void net_close(struct aw_net *net) {
    const struct ort_api *api = ort_of(net)->api;
    struct session *s = net->state;
    for (int i = 0; i < AW_NN_ENDS; i++) {
        if (s->in[i]) api->release_value(s->in[i]);
        if (s->out[i]) api->release_value(s->out[i]);
    }
    if (s->session) api->release_session(s->session);
}
