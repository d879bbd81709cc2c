/* GRU, forward, reverse or both, with the standard activations:
 *   z = sigmoid(Wz x + Rz h + b), r = sigmoid(Wr x + Rr h + b),
 *   n = tanh(Wh x + r (Rh h + Rb) + Wb)      linear_before_reset 1, as PyTorch has it
 *   n = tanh(Wh x + Rh (r h) + b)            linear_before_reset 0
 *   h = (1 - z) n + z h */
#include "infer/onnx.h"
#include "infer/op.h"

#include <math.h>
#include <string.h>

struct gru {
    size_t steps, batch, inputs, hidden, directions;
    bool reverse, linear;
};

static int plan_gru(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0), *w = aw_nn_in(p->g, p->node, 1);
    const struct aw_nn_tensor *r = aw_nn_in(p->g, p->node, 2), *b = aw_nn_in(p->g, p->node, 3);
    const struct aw_nn_tensor *h0 = aw_nn_in(p->g, p->node, 5);
    struct aw_nn_text direction = aw_onnx_attr_text(p->node, "direction");
    struct gru *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    if (!s) return AW_ERR_NOMEM;
    int64_t hidden = aw_onnx_attr_int(p->node, "hidden_size", r->rank == 3 ? r->dim[2] : 0);
    bool both = aw_nn_text_is(direction, "bidirectional");
    s->reverse = aw_nn_text_is(direction, "reverse");
    s->directions = both ? 2 : 1;
    s->linear = aw_onnx_attr_int(p->node, "linear_before_reset", 0) != 0;
    if (x->rank != 3 || w->rank != 3 || r->rank != 3 || hidden < 1 || hidden > 65536 ||
        w->dim[0] != (int64_t)s->directions || r->dim[0] != w->dim[0] || w->dim[1] != 3 * hidden ||
        w->dim[2] != x->dim[2] || r->dim[1] != 3 * hidden || r->dim[2] != hidden ||
        (b && b->n != s->directions * 6 * (size_t)hidden))
        return aw_nn_refuse(p, "weights that do not fit its input");
    if (aw_nn_in(p->g, p->node, 4)) return aw_nn_refuse(p, "sequences of several lengths");
    int64_t ignored[AW_NN_RANK];
    if (aw_nn_ints(p, "activation_alpha", -1, ignored) != -1 ||
        aw_onnx_attr_text(p->node, "activations").len || aw_onnx_attr_int(p->node, "layout", 0) ||
        aw_onnx_attr_float(p->node, "clip", 0) > 0)
        return aw_nn_refuse(p, "other activations, a clip or a layout");
    s->steps = (size_t)x->dim[0];
    s->batch = (size_t)x->dim[1];
    s->inputs = (size_t)x->dim[2];
    s->hidden = (size_t)hidden;
    if (h0 && h0->n != s->directions * s->batch * s->hidden)
        return aw_nn_refuse(p, "a first state that does not fit");
    p->scratch = 7 * s->hidden + s->directions * s->batch * s->hidden;
    p->node->plan = s;
    int64_t y[] = {x->dim[0], (int64_t)s->directions, x->dim[1], hidden};
    int err = aw_nn_shape_out(p, 0, 4, y);
    return err == AW_OK ? aw_nn_shape_out(p, 1, 3, y + 1) : err;
}

/* out[i] = bias[i] + row i of m times v */
static void affine(const float *m, const float *v, const float *bias, size_t rows, size_t n,
                   float *out) {
    for (size_t i = 0; i < rows; i++) {
        float sum = bias ? bias[i] : 0;
        for (size_t k = 0; k < n; k++) sum += m[i * n + k] * v[k];
        out[i] = sum;
    }
}

static float sigmoid(float x) {
    return 1 / (1 + expf(-x));
}

/* One step of one sequence; h is the state, t holds 7 * hidden floats. */
static void step(const struct gru *s, const float *w, const float *r, const float *b,
                 const float *x, float *h, float *t) {
    size_t n = s->hidden;
    float *in = t, *back = t + 3 * n, *kept = t + 6 * n;
    affine(w, x, b, 3 * n, s->inputs, in);
    affine(r, h, b ? b + 3 * n : NULL, s->linear ? 3 * n : 2 * n, n, back);
    if (!s->linear) {
        for (size_t i = 0; i < n; i++) kept[i] = sigmoid(in[n + i] + back[n + i]) * h[i];
        affine(r + 2 * n * n, kept, b ? b + 5 * n : NULL, n, n, back + 2 * n);
    }
    for (size_t i = 0; i < n; i++) {
        float z = sigmoid(in[i] + back[i]);
        float gate = s->linear ? sigmoid(in[n + i] + back[n + i]) : 1;
        h[i] = (1 - z) * tanhf(in[2 * n + i] + gate * back[2 * n + i]) + z * h[i];
    }
}

static void run_gru(const struct aw_nn_graph *g, const struct aw_nn_node *node, float *scratch) {
    const struct gru *s = node->plan;
    const struct aw_nn_tensor *b = aw_nn_in(g, node, 3), *h0 = aw_nn_in(g, node, 5);
    const struct aw_nn_tensor *y = aw_nn_out(g, node, 0), *last = aw_nn_out(g, node, 1);
    const float *x = aw_nn_in(g, node, 0)->f, *w = aw_nn_in(g, node, 1)->f;
    const float *r = aw_nn_in(g, node, 2)->f;
    size_t n = s->hidden, states = s->directions * s->batch * n;
    float *t = scratch, *state = scratch + 7 * n;
    memset(state, 0, states * sizeof state[0]);
    if (h0) memcpy(state, h0->f, states * sizeof state[0]);
    for (size_t d = 0; d < s->directions; d++)
        for (size_t i = 0; i < s->steps; i++) {
            size_t at = s->reverse || d == 1 ? s->steps - 1 - i : i;
            for (size_t k = 0; k < s->batch; k++) {
                float *h = state + (d * s->batch + k) * n;
                step(s, w + d * 3 * n * s->inputs, r + d * 3 * n * n, b ? b->f + d * 6 * n : NULL,
                     x + (at * s->batch + k) * s->inputs, h, t);
                if (y)
                    memcpy(y->f + ((at * s->directions + d) * s->batch + k) * n, h, n * sizeof *h);
            }
        }
    if (last) memcpy(last->f, state, states * sizeof state[0]);
}

const struct aw_nn_op aw_nn_gru[] = {
    {"GRU", 3, 6, plan_gru, run_gru},
    {0},
};
