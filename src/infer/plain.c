#include "infer/plain.h"
#include "infer/onnx.h"
#include "infer/op.h"

#include <math.h>

static int refuse(struct aw_nn_why *why, int err, const char *what, const struct aw_nn_node *n,
                  int number) {
    *why = (struct aw_nn_why){what, n->op, number};
    return err;
}

/* Inputs that are floats, as all kernels compute with; whole numbers only where a kernel takes them
 * as constants, which is never input 0. */
static bool inputs_given(const struct aw_nn_graph *g, const struct aw_nn_node *n) {
    for (int i = 0; i < n->kernel->min_in; i++)
        if (!aw_nn_in(g, n, i) && !aw_nn_text_is(n->op, "Resize")) return false;
    const struct aw_nn_tensor *first = aw_nn_in(g, n, 0);
    return first && first->f;
}

/* Float inputs of kernels that compute with all they get. */
static bool floats_only(const struct aw_nn_node *n) {
    static const char *const takes_whole[] = {"Reshape", "Squeeze",   "Unsqueeze",  "Slice",
                                              "Pad",     "ReduceSum", "ReduceMean", "ReduceMax",
                                              "Resize",  "Dropout"};
    for (size_t i = 0; i < sizeof takes_whole / sizeof takes_whole[0]; i++)
        if (aw_nn_text_is(n->op, takes_whole[i])) return false;
    return true;
}

static int plan_node(struct aw_plain *net, int number, struct aw_arena *arena, size_t *scratch,
                     struct aw_nn_why *why) {
    struct aw_nn_graph *g = &net->graph;
    struct aw_nn_node *n = &g->node[number];
    n->kernel = aw_nn_op_find(n->op);
    if (!n->kernel) return refuse(why, AW_ERR_UNSUPPORTED, "an operator not known here", n, number);
    if (n->n_in > n->kernel->max_in || n->n_in < n->kernel->min_in || !inputs_given(g, n))
        return refuse(why, AW_ERR_INVAL, "inputs that this operator does not have", n, number);
    for (int i = 0; floats_only(n) && i < n->n_in; i++)
        if (n->in[i] >= 0 && !g->value[n->in[i]].f)
            return refuse(why, AW_ERR_UNSUPPORTED, "whole numbers as input", n, number);
    struct aw_nn_plan p = {g, n, arena, 0, NULL};
    int err = n->kernel->plan(&p);
    if (err != AW_OK)
        return refuse(why, err, p.what ? p.what : "too large for the memory given", n, number);
    if (p.scratch > *scratch) *scratch = p.scratch;
    return AW_OK;
}

int aw_plain_open(struct aw_plain *net, const uint8_t *model, size_t len, struct aw_arena *arena,
                  struct aw_nn_why *why) {
    struct aw_nn_graph *g = &net->graph;
    size_t scratch = 1;
    int err = aw_onnx_parse(g, model, len, 1, arena, why);
    for (int i = 0; err == AW_OK && i < g->n_in; i++) {
        struct aw_nn_tensor *t = &g->value[g->in[i]];
        t->f = aw_arena_alloc(arena, t->n + !t->n, sizeof *t->f);
        if (!t->f) {
            *why = (struct aw_nn_why){"too large for the memory given", t->name, -1};
            err = AW_ERR_NOMEM;
        }
    }
    for (int i = 0; err == AW_OK && i < g->n_nodes; i++)
        err = plan_node(net, i, arena, &scratch, why);
    for (int i = 0; err == AW_OK && i < g->n_out; i++)
        if (!g->value[g->out[i]].f) {
            *why = (struct aw_nn_why){"an output of whole numbers", g->value[g->out[i]].name, -1};
            err = AW_ERR_UNSUPPORTED;
        }
    if (err != AW_OK) return err;
    net->scratch = aw_arena_alloc(arena, scratch, sizeof *net->scratch);
    if (net->scratch) return AW_OK;
    *why = (struct aw_nn_why){"too large for the memory given", (struct aw_nn_text){0}, -1};
    return AW_ERR_NOMEM;
}

const struct aw_nn_tensor *aw_plain_in(const struct aw_plain *net, int i) {
    const struct aw_nn_graph *g = &net->graph;
    return i < 0 || i >= g->n_in ? NULL : &g->value[g->in[i]];
}

const struct aw_nn_tensor *aw_plain_out(const struct aw_plain *net, int i) {
    const struct aw_nn_graph *g = &net->graph;
    return i < 0 || i >= g->n_out ? NULL : &g->value[g->out[i]];
}

int aw_plain_run(struct aw_plain *net) {
    const struct aw_nn_graph *g = &net->graph;
    for (int i = 0; i < g->n_nodes; i++) g->node[i].kernel->run(g, &g->node[i], net->scratch);
    for (int i = 0; i < g->n_out; i++) {
        const struct aw_nn_tensor *t = &g->value[g->out[i]];
        for (size_t k = 0; k < t->n; k++)
            if (!isfinite(t->f[k])) return AW_ERR_RANGE;
    }
    return AW_OK;
}
