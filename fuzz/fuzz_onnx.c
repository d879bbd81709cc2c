/* A model file as it comes: parsed, planned and, when small, run. */
#include "infer/plain.h"

static _Alignas(16) unsigned char memory[8 << 20];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct aw_arena arena;
    struct aw_nn_why why;
    struct aw_plain net;
    aw_arena_init(&arena, memory, sizeof memory);
    if (aw_plain_open(&net, data, size, &arena, &why) != AW_OK) return 0;
    size_t work = 0;
    for (int i = 0; i < net.graph.n_values; i++) work += net.graph.value[i].n;
    if (work < 20000) (void)!aw_plain_run(&net);
    return 0;
}
