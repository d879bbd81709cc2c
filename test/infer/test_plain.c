/* The plain backend on stored models with the results of ONNX Runtime (random_graphs.py --write),
 * on the same models damaged, and what it refuses. */
#include "infer/plain.h"
#include "test.h"

enum { ARENA_BYTES = 8 << 20, FILE_BYTES = 1 << 20 };

static uint8_t file[FILE_BYTES];
static _Alignas(16) unsigned char memory[ARENA_BYTES];

struct vector {
    const uint8_t *model, *x, *y;
    uint32_t model_len, x_len, y_len;
};

static const uint8_t *part(const uint8_t **at, uint32_t *len) {
    memcpy(len, *at, 4);
    const uint8_t *bytes = *at + 4;
    *at = bytes + *len;
    return bytes;
}

static struct vector next(const uint8_t **at) {
    struct vector v;
    v.model = part(at, &v.model_len);
    v.x = part(at, &v.x_len);
    v.y = part(at, &v.y_len);
    return v;
}

static int open_net(struct aw_plain *net, const uint8_t *model, size_t len, size_t bytes,
                    struct aw_nn_why *why) {
    struct aw_arena arena;
    memset(why, 0, sizeof *why);
    aw_arena_init(&arena, memory, bytes);
    return aw_plain_open(net, model, len, &arena, why);
}

static void run_vector(struct vector v) {
    struct aw_plain net;
    struct aw_nn_why why;
    int err = open_net(&net, v.model, v.model_len, sizeof memory, &why);
    CHECK_INT(err, AW_OK);
    if (err != AW_OK) {
        fprintf(stderr, "  %s: %.*s\n", why.what, (int)why.about.len, why.about.at);
        return;
    }
    const struct aw_nn_tensor *x = aw_plain_in(&net, 0), *y = aw_plain_out(&net, 0);
    CHECK_INT(x->n * 4, v.x_len);
    CHECK_INT(y->n * 4, v.y_len);
    memcpy(x->f, v.x, v.x_len);
    CHECK_INT(aw_plain_run(&net), AW_OK);
    for (size_t i = 0; i < y->n; i++) {
        float want;
        memcpy(&want, v.y + 4 * i, 4);
        CHECK_NEAR(y->f[i], want, 1e-4 * (1 + fabs((double)want)));
    }
}

/* Cut anywhere and with any byte changed: an answer, and never another one than that of a model
 * that says so. What counts is that nothing is read or written outside (sanitizers). */
static void damage_vector(struct vector v) {
    static uint8_t copy[8192];
    struct aw_plain net;
    struct aw_nn_why why;
    if (v.model_len > sizeof copy) return;
    for (uint32_t len = 0; len < v.model_len; len += 1 + len / 16)
        if (open_net(&net, v.model, len, sizeof memory, &why) != AW_OK) CHECK(why.what != NULL);
    for (uint32_t i = 0; i < v.model_len; i += 1 + v.model_len / 200) {
        memcpy(copy, v.model, v.model_len);
        copy[i] ^= (uint8_t)(1u << i % 8);
        int err = open_net(&net, copy, v.model_len, sizeof memory, &why);
        if (err != AW_OK)
            CHECK(why.what != NULL);
        else if (aw_plain_in(&net, 0)->n < 100000)
            (void)!aw_plain_run(&net);
    }
}

/* Little by little: every size of memory is either too small, and said so, or enough. */
static void starve_vector(struct vector v) {
    struct aw_plain net;
    struct aw_nn_why why;
    for (size_t bytes = 0; bytes < 1 << 20; bytes += 40000) {
        int err = open_net(&net, v.model, v.model_len, bytes, &why);
        CHECK(err == AW_OK || err == AW_ERR_NOMEM);
    }
}

static void put(uint8_t **p, const void *bytes, size_t n) {
    memcpy(*p, bytes, n);
    *p += n;
}

static void refuses_what_is_no_model(void) {
    struct aw_plain net;
    struct aw_nn_why why;
    uint8_t bytes[64], *p = bytes;
    CHECK_INT(open_net(&net, (const uint8_t *)"", 0, sizeof memory, &why), AW_ERR_MAGIC);
    CHECK_INT(open_net(&net, (const uint8_t *)"hello", 5, sizeof memory, &why), AW_ERR_MAGIC);
    put(&p, "\x42\x02\x10\x63\x3a\x00", 6); /* opset 99, an empty graph */
    CHECK_INT(open_net(&net, bytes, 6, sizeof memory, &why), AW_ERR_VERSION);
    CHECK_STR(why.what, "an operator set outside 7..21");
    p = bytes;
    put(&p, "\x42\x02\x10\x11\x3a\x00\x3a\x00", 8); /* two graphs */
    CHECK_INT(open_net(&net, bytes, 8, sizeof memory, &why), AW_ERR_UNSUPPORTED);
    CHECK_STR(why.what, "functions, or more than one graph");
    p = bytes;
    /* A node "A" that computes y, with a graph as attribute; with a tensor in another file. */
    put(&p, "\x42\x02\x10\x11\x3a\x0c\x0a\x0a\x12\x01y\x22\x01\x41\x2a\x02\x32\x00", 18);
    CHECK_INT(open_net(&net, bytes, 18, sizeof memory, &why), AW_ERR_UNSUPPORTED);
    CHECK_STR(why.what, "a graph or a list of tensors within a node");
    memcpy(bytes + 4, "\x3a\x0e\x0a\x0c\x12\x01y\x22\x01\x41\x2a\x04\x2a\x02\x70\x01", 16);
    CHECK_INT(open_net(&net, bytes, 20, sizeof memory, &why), AW_ERR_UNSUPPORTED);
    CHECK_STR(why.what, "its weights are in a second file (external data)");
    p = bytes;
    /* A tensor "w" of 2^60 x 16 elements in 12 bytes. */
    put(&p,
        "\x42\x02\x10\x11\x3a\x13\x2a\x11\x08\x80\x80\x80\x80\x80\x80\x80\x80\x10\x08\x10\x10\x01"
        "\x42\x01w",
        25);
    CHECK_INT(open_net(&net, bytes, (size_t)(p - bytes), sizeof memory, &why), AW_ERR_RANGE);
}

int main(void) {
    FILE *f = fopen(AW_SOURCE_DIR "/test/infer/vectors.bin", "rb");
    size_t len = f ? fread(file, 1, sizeof file, f) : 0;
    if (f) fclose(f);
    CHECK(len > 1000 && len < sizeof file);
    const uint8_t *at = file;
    int n = 0;
    while (at < file + len) {
        struct vector v = next(&at);
        run_vector(v);
        damage_vector(v);
        if (n % 8 == 0) starve_vector(v);
        n++;
    }
    CHECK_INT(n, 80);
    refuses_what_is_no_model();
    return test_end();
}
