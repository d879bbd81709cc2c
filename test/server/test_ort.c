/* ONNX Runtime beside the plain backend: the same results on stored random graphs and on every
 * model shipped, and the same refusals. Skipped where the library is not found. */
#include "server/model.h"
#include "server/ort.h"
#include "test.h"

#include <glob.h>
#include <math.h>
#include <unistd.h>

enum { ARENA_BYTES = 8 << 20, FILE_BYTES = 1 << 20, SKIPPED = 77 };

static uint8_t file[FILE_BYTES];
static _Alignas(16) unsigned char memory[2][ARENA_BYTES];

static bool mapped(void) {
    char line[4096];
    bool found = false;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f)) found = found || strstr(line, "onnxruntime");
    if (f) fclose(f);
    return found;
}

static const uint8_t *part(const uint8_t **at, uint32_t *len) {
    memcpy(len, *at, 4);
    const uint8_t *bytes = *at + 4;
    *at = bytes + *len;
    return bytes;
}

static void compare(const struct aw_net *a, const struct aw_net *b) {
    CHECK_INT(a->n_out, b->n_out);
    for (int i = 0; i < a->n_out; i++) {
        const struct aw_nn_tensor *x = &a->out[i], *y = &b->out[i];
        CHECK_INT(x->n, y->n);
        CHECK_INT(x->rank, y->rank);
        for (int d = 0; d < x->rank && d < y->rank; d++) CHECK_INT(x->dim[d], y->dim[d]);
        for (size_t k = 0; k < x->n && k < y->n; k++)
            CHECK_NEAR(x->f[k], y->f[k], 1e-4 * (1 + fabs((double)y->f[k])));
    }
}

static void stored_graphs(const struct aw_net_backend *ort) {
    FILE *f = fopen(AW_SOURCE_DIR "/test/infer/vectors.bin", "rb");
    size_t len = f ? fread(file, 1, sizeof file, f) : 0;
    if (f) fclose(f);
    int graphs = 0;
    for (const uint8_t *at = file; at < file + len; graphs++) {
        uint32_t model_len, x_len, y_len;
        const uint8_t *model = part(&at, &model_len), *x = part(&at, &x_len);
        (void)part(&at, &y_len);
        const struct aw_net_backend *backend[2] = {&aw_net_plain, ort};
        struct aw_net net[2];
        for (int i = 0; i < 2; i++) {
            struct aw_arena arena;
            struct aw_nn_why why;
            aw_arena_init(&arena, memory[i], ARENA_BYTES);
            CHECK_INT(aw_net_open(&net[i], backend[i], model, model_len, &arena, &why), AW_OK);
            memcpy(net[i].in[0].f, x, x_len);
            CHECK_INT(aw_net_run(&net[i]), AW_OK);
        }
        compare(&net[0], &net[1]);
        aw_net_close(&net[0]);
        aw_net_close(&net[1]);
    }
    CHECK_INT(graphs, 80);
}

/* Inputs as large as the models', from a fixed generator. */
static void shipped_models(const struct aw_net_backend *ort) {
    glob_t g;
    CHECK_INT(glob(AW_SOURCE_DIR "/models/*.card.json", 0, NULL, &g), 0);
    CHECK(g.gl_pathc >= 1);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        struct aw_model a, b;
        struct aw_why why;
        uint32_t seed = 1;
        CHECK_INT(aw_model_open(&a, g.gl_pathv[i], &aw_net_plain, &why), AW_OK);
        CHECK_INT(aw_model_open(&b, g.gl_pathv[i], ort, &why), AW_OK);
        for (int turn = 0; turn < 5; turn++) {
            for (size_t k = 0; k < a.net.in[0].n; k++) {
                seed = seed * 1664525 + 1013904223;
                a.net.in[0].f[k] = b.net.in[0].f[k] = (float)(seed >> 8) / 4194304 - 2;
            }
            CHECK_INT(aw_net_run(&a.net), AW_OK);
            CHECK_INT(aw_net_run(&b.net), AW_OK);
            compare(&a.net, &b.net);
        }
        aw_model_close(&a);
        aw_model_close(&b);
    }
    globfree(&g);
}

/* Cut and with bits changed: refused or computed, by a library that is not ours, and told so. */
static void damaged(const struct aw_net_backend *ort) {
    uint32_t len;
    const uint8_t *at = file, *model = part(&at, &len);
    for (uint32_t i = 0; i < len; i += 1 + len / 60) {
        static uint8_t copy[8192];
        struct aw_arena arena;
        struct aw_nn_why why;
        struct aw_net net;
        if (len > sizeof copy) return;
        memcpy(copy, model, len);
        copy[i] ^= (uint8_t)(1u << i % 8);
        for (int cut = 0; cut < 2; cut++) {
            aw_arena_init(&arena, memory[0], ARENA_BYTES);
            int err = aw_net_open(&net, ort, copy, cut ? i : len, &arena, &why);
            if (err == AW_OK)
                aw_net_close(&net);
            else
                CHECK(why.what != NULL);
        }
    }
}

static void choices(void) {
    const struct aw_net_backend *backend;
    struct aw_ort o;
    struct aw_why why;
    CHECK_INT(aw_ort_choose(&o, "plain", "", &backend, &why), AW_OK);
    CHECK(backend == &aw_net_plain && !mapped());
    CHECK_INT(aw_ort_choose(&o, "auto", "/nowhere/libonnxruntime.so", &backend, &why), AW_OK);
    CHECK(backend == &aw_net_plain && strstr(why.text, "/nowhere/libonnxruntime.so"));
    CHECK_INT(aw_ort_choose(&o, "onnxruntime", "/nowhere/libonnxruntime.so", &backend, &why),
              AW_ERR_IO);
    CHECK_INT(aw_ort_choose(&o, "tensor", "", &backend, &why), AW_ERR_INVAL);
    CHECK_INT(aw_ort_choose(&o, "onnxruntime", "libc.so.6", &backend, &why), AW_ERR_UNSUPPORTED);
    CHECK(!mapped());
}

int main(void) {
    const struct aw_net_backend *backend;
    const char *library = AW_SOURCE_DIR "/build/lib/airwake/libonnxruntime.so";
    struct aw_ort o;
    struct aw_why why;
    choices();
    if (aw_ort_choose(&o, "onnxruntime", access(library, R_OK) == 0 ? library : "", &backend,
                      &why) != AW_OK) {
        fprintf(stderr, "SKIPPED: %s\n", why.text);
        return test_end() ? 1 : SKIPPED;
    }
    CHECK(mapped());
    fprintf(stderr, "ONNX Runtime %s, %s\n", o.version, o.path);
    stored_graphs(backend);
    shipped_models(backend);
    damaged(backend);
    aw_ort_close(&o);
    return test_end();
}
