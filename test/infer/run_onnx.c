/* Runs a model with the plain backend: input 0 as floats on standard input, output 0 as floats on
 * standard output. For random_graphs.py. */
#include "infer/plain.h"

#include <stdio.h>
#include <stdlib.h>

enum { MODEL_BYTES = 64 << 20, ARENA_BYTES = 256 << 20 };

int main(int argc, char **argv) {
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    uint8_t *model = malloc(MODEL_BYTES);
    void *memory = malloc(ARENA_BYTES);
    struct aw_arena arena;
    struct aw_nn_why why = {0};
    struct aw_plain net;
    if (!f || !model || !memory) return 2;
    size_t len = fread(model, 1, MODEL_BYTES, f);
    fclose(f);
    aw_arena_init(&arena, memory, ARENA_BYTES);
    int err = aw_plain_open(&net, model, len, &arena, &why);
    if (err != AW_OK) {
        fprintf(stderr, "%s: %s: node %d, %.*s\n", aw_err_key(err), why.what, why.node,
                (int)why.about.len, why.about.at ? why.about.at : "");
        return 1;
    }
    const struct aw_nn_tensor *x = aw_plain_in(&net, 0), *y = aw_plain_out(&net, 0);
    if (fread(x->f, sizeof x->f[0], x->n, stdin) != x->n) return 3;
    if (aw_plain_run(&net) != AW_OK) return 4;
    fwrite(y->f, sizeof y->f[0], y->n, stdout);
    free(memory);
    free(model);
    return 0;
}
