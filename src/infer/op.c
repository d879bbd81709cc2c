#include "infer/op.h"
#include "infer/onnx.h"

#include <string.h>

const struct aw_nn_op *aw_nn_op_find(struct aw_nn_text name) {
    const struct aw_nn_op *const tables[] = {aw_nn_elementwise, aw_nn_linear, aw_nn_conv,
                                             aw_nn_norm,        aw_nn_shape,  aw_nn_reduce,
                                             aw_nn_resize,      aw_nn_gru};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
        for (const struct aw_nn_op *op = tables[t]; op->name; op++)
            if (aw_nn_text_is(name, op->name)) return op;
    return NULL;
}

int aw_nn_refuse(struct aw_nn_plan *p, const char *what) {
    p->what = what;
    return AW_ERR_UNSUPPORTED;
}

int aw_nn_shape_out(struct aw_nn_plan *p, int i, int rank, const int64_t *dim) {
    struct aw_nn_tensor *t = aw_nn_out(p->g, p->node, i);
    if (!t) return AW_OK; /* nobody wants it */
    if (rank > AW_NN_RANK) return aw_nn_refuse(p, "a result of more than 6 dimensions");
    t->rank = rank;
    t->n = 1;
    for (int d = 0; d < rank; d++) {
        if (dim[d] < 0 || dim[d] > AW_NN_ELEMENTS) return aw_nn_refuse(p, "a result too large");
        t->dim[d] = dim[d];
        t->n *= (size_t)dim[d];
        if (t->n > AW_NN_ELEMENTS) return aw_nn_refuse(p, "a result too large");
    }
    t->f = aw_arena_alloc(p->arena, t->n + !t->n, sizeof *t->f);
    t->known = true;
    if (t->f) return AW_OK;
    p->what = "too large for the memory given";
    return AW_ERR_NOMEM;
}

int aw_nn_axis(int64_t axis, int rank) {
    if (axis < 0) axis += rank;
    return axis < 0 || axis >= rank ? -1 : (int)axis;
}

int aw_nn_ints(struct aw_nn_plan *p, const char *attribute, int input, int64_t *values) {
    int n = aw_onnx_attr_ints(p->node, attribute, values, AW_NN_RANK);
    const struct aw_nn_tensor *t = input < 0 ? NULL : aw_nn_in(p->g, p->node, input);
    if (n < 0 && t) {
        if (!t->i || t->n > AW_NN_RANK) return -2;
        n = (int)t->n;
        memcpy(values, t->i, t->n * sizeof values[0]);
    }
    return n > AW_NN_RANK ? -2 : n;
}

size_t aw_nn_span(const struct aw_nn_tensor *t, int from, int to) {
    size_t n = 1;
    for (int i = from; i < to; i++) n *= (size_t)t->dim[i];
    return n;
}
