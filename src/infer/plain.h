/* Runs an ONNX model in plain C: no library, no heap, one thread, the same result each time.
 *
 *     aw_arena_init(&arena, memory, bytes);
 *     aw_plain_open(&net, model, len, &arena, &why);     parses, fixes all shapes, takes memory
 *     memcpy(aw_plain_in(&net, 0)->f, ...);              fill the inputs
 *     aw_plain_run(&net);                                read aw_plain_out(&net, 0)->f
 *
 * Operators: infer/op.h's tables. Agrees with ONNX Runtime to 1e-4 (test/infer/random_graphs.py). */
#ifndef AW_INFER_PLAIN_H
#define AW_INFER_PLAIN_H

#include "infer/graph.h"

struct aw_plain {
    struct aw_nn_graph graph;
    float *scratch;
};

/* Symbolic dimensions of the inputs become 1. The model's bytes must outlive the net.
 * Errors, with *why: those of aw_onnx_parse(), UNSUPPORTED for an operator, a variant of one or
 * shapes that do not fit, INVAL for a wrong number of inputs. */
AW_MUST_USE int aw_plain_open(struct aw_plain *net, const uint8_t *model, size_t len,
                              struct aw_arena *arena, struct aw_nn_why *why);

/* NULL: there is no such input or output. */
const struct aw_nn_tensor *aw_plain_in(const struct aw_plain *net, int i);
const struct aw_nn_tensor *aw_plain_out(const struct aw_plain *net, int i);

/* Computes the outputs. RANGE: one of them is not finite. */
AW_MUST_USE int aw_plain_run(struct aw_plain *net);

#endif
