/* Sums, means and maxima over axes; global pooling. */
#include "infer/onnx.h"
#include "infer/op.h"

#include <math.h>
#include <string.h>

struct reduce {
    bool over[AW_NN_RANK];
    size_t count; /* elements that become one */
    int64_t step[AW_NN_RANK];
};

static int plan_over(struct aw_nn_plan *p, const bool over[AW_NN_RANK], bool keep) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    struct reduce *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    int64_t dim[AW_NN_RANK], step = 1;
    int rank = 0;
    if (!s) return AW_ERR_NOMEM;
    s->count = 1;
    for (int d = 0; d < x->rank; d++) {
        s->over[d] = over[d];
        if (over[d]) s->count *= (size_t)x->dim[d];
        if (!over[d] || keep) dim[rank++] = over[d] ? 1 : x->dim[d];
    }
    for (int d = x->rank - 1; d >= 0; d--) {
        s->step[d] = over[d] ? 0 : step;
        if (!over[d]) step *= x->dim[d];
    }
    if (s->count == 0) return aw_nn_refuse(p, "an empty axis");
    p->node->plan = s;
    return aw_nn_shape_out(p, 0, rank, dim);
}

static int plan_reduce(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int64_t axes[AW_NN_RANK];
    bool over[AW_NN_RANK] = {0};
    int n = aw_nn_ints(p, "axes", 1, axes);
    if (n == -2) return aw_nn_refuse(p, "axes that are not constant");
    if (n <= 0 && aw_onnx_attr_int(p->node, "noop_with_empty_axes", 0))
        return aw_nn_refuse(p, "no axes");
    for (int d = 0; n <= 0 && d < x->rank; d++) over[d] = true;
    for (int i = 0; i < n; i++) {
        int axis = aw_nn_axis(axes[i], x->rank);
        if (axis < 0) return aw_nn_refuse(p, "an axis that its input does not have");
        over[axis] = true;
    }
    return plan_over(p, over, aw_onnx_attr_int(p->node, "keepdims", 1) != 0);
}

static int plan_global(struct aw_nn_plan *p) {
    bool over[AW_NN_RANK];
    for (int d = 0; d < AW_NN_RANK; d++) over[d] = d >= 2;
    return plan_over(p, over, true);
}

enum { SUM, MEAN, MAX };

static void reduce(const struct aw_nn_graph *g, const struct aw_nn_node *n, int how) {
    const struct reduce *s = n->plan;
    const struct aw_nn_tensor *x = aw_nn_in(g, n, 0);
    struct aw_nn_tensor *y = aw_nn_out(g, n, 0);
    int64_t at[AW_NN_RANK] = {0}, to = 0;
    for (size_t i = 0; i < y->n; i++) y->f[i] = how == MAX ? -INFINITY : 0;
    for (size_t i = 0; i < x->n; i++) {
        float v = x->f[i];
        if (how == MAX)
            y->f[to] = v <= y->f[to] ? y->f[to] : v;
        else
            y->f[to] += v;
        for (int d = x->rank - 1; d >= 0; d--) { /* the next index, as an odometer */
            to += s->step[d];
            if (++at[d] < x->dim[d]) break;
            to -= s->step[d] * x->dim[d];
            at[d] = 0;
        }
    }
    for (size_t i = 0; how == MEAN && i < y->n; i++) y->f[i] /= (float)s->count;
}

static void run_sum(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    (void)scratch;
    reduce(g, n, SUM);
}

static void run_mean(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    (void)scratch;
    reduce(g, n, MEAN);
}

static void run_max(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    (void)scratch;
    reduce(g, n, MAX);
}

const struct aw_nn_op aw_nn_reduce[] = {
    {"ReduceSum", 1, 2, plan_reduce, run_sum},
    {"ReduceMean", 1, 2, plan_reduce, run_mean},
    {"ReduceMax", 1, 2, plan_reduce, run_max},
    {"GlobalAveragePool", 1, 1, plan_global, run_mean},
    {"GlobalMaxPool", 1, 1, plan_global, run_max},
    {0},
};
