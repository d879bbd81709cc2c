/* Normalisation: BatchNormalization (inference), InstanceNormalization, LayerNormalization. */
#include "infer/onnx.h"
#include "infer/op.h"

#include <math.h>

struct norm {
    size_t outer, n, inner; /* outer blocks of n values normalised together; inner repeats */
    float epsilon;
};

static int plan_with(struct aw_nn_plan *p, struct norm norm) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    struct norm *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    if (!s) return AW_ERR_NOMEM;
    *s = norm;
    s->epsilon = aw_onnx_attr_float(p->node, "epsilon", 1e-5f);
    p->node->plan = s;
    return aw_nn_shape_out(p, 0, x->rank, x->dim);
}

static int plan_batch(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    if (x->rank < 2) return aw_nn_refuse(p, "an input without channels");
    if (aw_onnx_attr_int(p->node, "training_mode", 0)) return aw_nn_refuse(p, "training mode");
    for (int i = 1; i < 5; i++) {
        const struct aw_nn_tensor *t = aw_nn_in(p->g, p->node, i);
        if (!t || t->n != (size_t)x->dim[1]) return aw_nn_refuse(p, "values for other channels");
    }
    return plan_with(
        p, (struct norm){(size_t)x->dim[0], (size_t)x->dim[1], aw_nn_span(x, 2, x->rank), 0});
}

static void run_batch(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    const struct norm *s = n->plan;
    const float *x = aw_nn_in(g, n, 0)->f, *scale = aw_nn_in(g, n, 1)->f;
    const float *bias = aw_nn_in(g, n, 2)->f, *mean = aw_nn_in(g, n, 3)->f;
    const float *variance = aw_nn_in(g, n, 4)->f;
    float *y = aw_nn_out(g, n, 0)->f;
    (void)scratch;
    for (size_t o = 0; o < s->outer; o++)
        for (size_t c = 0; c < s->n; c++) {
            float gain = scale[c] / sqrtf(variance[c] + s->epsilon);
            float shift = bias[c] - mean[c] * gain;
            for (size_t i = 0; i < s->inner; i++) *y++ = *x++ * gain + shift;
        }
}

static void standardise(const float *x, float *y, size_t n, float epsilon) {
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++) mean += (double)x[i];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) square += ((double)x[i] - mean) * ((double)x[i] - mean);
    double gain = 1 / sqrt(square / (double)n + (double)epsilon);
    for (size_t i = 0; i < n; i++) y[i] = (float)(((double)x[i] - mean) * gain);
}

static int plan_instance(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    if (x->rank < 3) return aw_nn_refuse(p, "an input without channels");
    for (int i = 1; i < 3; i++)
        if (aw_nn_in(p->g, p->node, i)->n != (size_t)x->dim[1])
            return aw_nn_refuse(p, "values for other channels");
    return plan_with(
        p, (struct norm){(size_t)x->dim[0], (size_t)x->dim[1], aw_nn_span(x, 2, x->rank), 0});
}

static void run_instance(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    const struct norm *s = n->plan;
    const float *x = aw_nn_in(g, n, 0)->f, *scale = aw_nn_in(g, n, 1)->f;
    const float *bias = aw_nn_in(g, n, 2)->f;
    float *y = aw_nn_out(g, n, 0)->f;
    (void)scratch;
    for (size_t o = 0; o < s->outer * s->n; o++, x += s->inner, y += s->inner) {
        standardise(x, y, s->inner, s->epsilon);
        for (size_t i = 0; i < s->inner; i++) y[i] = y[i] * scale[o % s->n] + bias[o % s->n];
    }
}

static int plan_layer(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0), *b = aw_nn_in(p->g, p->node, 2);
    int axis = aw_nn_axis(aw_onnx_attr_int(p->node, "axis", -1), x->rank);
    if (axis < 0) return aw_nn_refuse(p, "an axis that its input does not have");
    size_t n = aw_nn_span(x, axis, x->rank);
    if (aw_nn_in(p->g, p->node, 1)->n != n || (b && b->n != n))
        return aw_nn_refuse(p, "scale or bias of another length");
    if (p->node->n_out > 1) return aw_nn_refuse(p, "mean and deviation as outputs");
    return plan_with(p, (struct norm){aw_nn_span(x, 0, axis), n, 1, 0});
}

static void run_layer(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    const struct norm *s = n->plan;
    const struct aw_nn_tensor *b = aw_nn_in(g, n, 2);
    const float *x = aw_nn_in(g, n, 0)->f, *scale = aw_nn_in(g, n, 1)->f;
    float *y = aw_nn_out(g, n, 0)->f;
    (void)scratch;
    for (size_t o = 0; o < s->outer; o++, x += s->n, y += s->n) {
        standardise(x, y, s->n, s->epsilon);
        for (size_t i = 0; i < s->n; i++) y[i] = y[i] * scale[i] + (b ? b->f[i] : 0);
    }
}

const struct aw_nn_op aw_nn_norm[] = {
    {"BatchNormalization", 5, 5, plan_batch, run_batch},
    {"InstanceNormalization", 3, 3, plan_instance, run_instance},
    {"LayerNormalization", 2, 3, plan_layer, run_layer},
    {0},
};
