/* Operators of the plain backend. Each fixes the shapes of its outputs once (plan) and computes
 * (run). Definitions: https://onnx.ai/onnx/operators/. All tensors are row-major floats. */
#ifndef AW_INFER_OP_H
#define AW_INFER_OP_H

#include "infer/graph.h"

/* What plan() needs. On an error it sets `what`: "its kernel is larger than its input". */
struct aw_nn_plan {
    struct aw_nn_graph *g;
    struct aw_nn_node *node;
    struct aw_arena *arena;
    size_t scratch; /* floats that run() may use; the largest of all nodes is given */
    const char *what;
};

struct aw_nn_op {
    const char *name;
    int min_in, max_in;
    int (*plan)(struct aw_nn_plan *p);
    void (*run)(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch);
};

const struct aw_nn_op *aw_nn_op_find(struct aw_nn_text name); /* NULL: not known here */

extern const struct aw_nn_op aw_nn_elementwise[], aw_nn_linear[], aw_nn_conv[], aw_nn_norm[],
    aw_nn_shape[], aw_nn_reduce[], aw_nn_resize[], aw_nn_gru[];

/* Input i of the node, NULL when it is not given. Output i likewise. */
static inline struct aw_nn_tensor *aw_nn_in(const struct aw_nn_graph *g, const struct aw_nn_node *n,
                                            int i) {
    return i < n->n_in && n->in[i] >= 0 ? &g->value[n->in[i]] : NULL;
}

static inline struct aw_nn_tensor *aw_nn_out(const struct aw_nn_graph *g,
                                             const struct aw_nn_node *n, int i) {
    return i < n->n_out && n->out[i] >= 0 ? &g->value[n->out[i]] : NULL;
}

/* Refuses in plan(). */
int aw_nn_refuse(struct aw_nn_plan *p, const char *what);

/* Gives output i its shape and memory. */
AW_MUST_USE int aw_nn_shape_out(struct aw_nn_plan *p, int i, int rank, const int64_t *dim);

/* An axis of an attribute, -rank..rank-1, as 0..rank-1; -1 outside. */
int aw_nn_axis(int64_t axis, int rank);

/* Whole numbers of an attribute or, when it is not there, of constant input `input` (-1: none).
 * Returns how many, at most AW_NN_RANK; -1 not given; -2 too many or not constant. */
int aw_nn_ints(struct aw_nn_plan *p, const char *attribute, int input, int64_t *values);

/* Product of dim[from .. to-1]. */
size_t aw_nn_span(const struct aw_nn_tensor *t, int from, int to);

/* c[m][n] += a[m][k] b[k][n], rows ldb and ldc apart. */
void aw_nn_gemm(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                size_t ldb, float *c, size_t ldc);

#endif
