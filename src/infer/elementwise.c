/* Operators on each element: activations, arithmetic with broadcasting, softmax. */
#include "infer/onnx.h"
#include "infer/op.h"

#include <math.h>

struct unary {
    float a, b; /* alpha and beta, or minimum and maximum */
};

static int plan_same(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    return aw_nn_shape_out(p, 0, x->rank, x->dim);
}

static int plan_with(struct aw_nn_plan *p, float a, float b) {
    struct unary *u = aw_arena_alloc(p->arena, 1, sizeof *u);
    if (!u) return AW_ERR_NOMEM;
    *u = (struct unary){a, b};
    p->node->plan = u;
    return plan_same(p);
}

static int plan_leaky(struct aw_nn_plan *p) {
    return plan_with(p, aw_onnx_attr_float(p->node, "alpha", 0.01f), 0);
}

static int plan_elu(struct aw_nn_plan *p) {
    return plan_with(p, aw_onnx_attr_float(p->node, "alpha", 1), 0);
}

static int plan_hard(struct aw_nn_plan *p) {
    return plan_with(p, aw_onnx_attr_float(p->node, "alpha", 0.2f),
                     aw_onnx_attr_float(p->node, "beta", 0.5f));
}

/* Bounds are inputs since opset 11, attributes before. */
static int plan_clip(struct aw_nn_plan *p) {
    float bound[2] = {aw_onnx_attr_float(p->node, "min", -INFINITY),
                      aw_onnx_attr_float(p->node, "max", INFINITY)};
    for (int i = 0; i < 2; i++) {
        const struct aw_nn_tensor *t = aw_nn_in(p->g, p->node, i + 1);
        if (!t) continue;
        if (!t->constant || !t->f || t->n != 1) return aw_nn_refuse(p, "bounds that are computed");
        bound[i] = t->f[0];
    }
    return plan_with(p, bound[0], bound[1]);
}

static float apply_relu(float x, const struct unary *u) {
    (void)u;
    return x < 0 ? 0 : x; /* keeps NAN */
}
static float apply_leaky(float x, const struct unary *u) {
    return x < 0 ? u->a * x : x;
}
static float apply_elu(float x, const struct unary *u) {
    return x < 0 ? u->a * expm1f(x) : x;
}
static float apply_sigmoid(float x, const struct unary *u) {
    (void)u;
    return 1 / (1 + expf(-x));
}
static float apply_tanh(float x, const struct unary *u) {
    (void)u;
    return tanhf(x);
}
static float apply_hard_sigmoid(float x, const struct unary *u) {
    float y = u->a * x + u->b;
    return y < 0 ? 0 : y > 1 ? 1 : y;
}
static float apply_hard_swish(float x, const struct unary *u) {
    return x * apply_hard_sigmoid(x, u);
}
static float apply_clip(float x, const struct unary *u) {
    return x < u->a ? u->a : x > u->b ? u->b : x;
}
static float apply_softplus(float x, const struct unary *u) {
    (void)u;
    return x > 20 ? x : log1pf(expf(x)); /* at 20 the difference is below 2e-9 */
}
static float apply_erf(float x, const struct unary *u) {
    (void)u;
    return erff(x);
}
static float apply_gelu(float x, const struct unary *u) {
    (void)u;
    return 0.5f * x * (1 + erff(x * 0.70710678f)); /* 1/sqrt(2) */
}
static float apply_exp(float x, const struct unary *u) {
    (void)u;
    return expf(x);
}
static float apply_log(float x, const struct unary *u) {
    (void)u;
    return logf(x);
}
static float apply_sqrt(float x, const struct unary *u) {
    (void)u;
    return sqrtf(x);
}
static float apply_neg(float x, const struct unary *u) {
    (void)u;
    return -x;
}
static float apply_abs(float x, const struct unary *u) {
    (void)u;
    return fabsf(x);
}
static float apply_reciprocal(float x, const struct unary *u) {
    (void)u;
    return 1 / x;
}
static float apply_same(float x, const struct unary *u) {
    (void)u;
    return x;
}

#define UNARY(name)                                                                                \
    static void run_##name(const struct aw_nn_graph *g, const struct aw_nn_node *n,                \
                           float *scratch) {                                                       \
        const struct aw_nn_tensor *x = aw_nn_in(g, n, 0);                                          \
        float *y = aw_nn_out(g, n, 0)->f;                                                          \
        (void)scratch;                                                                             \
        for (size_t i = 0; i < x->n; i++) y[i] = apply_##name(x->f[i], n->plan);                   \
    }
UNARY(relu)
UNARY(leaky)
UNARY(elu)
UNARY(sigmoid)
UNARY(tanh)
UNARY(hard_sigmoid)
UNARY(hard_swish)
UNARY(clip)
UNARY(softplus)
UNARY(erf)
UNARY(gelu)
UNARY(exp)
UNARY(log)
UNARY(sqrt)
UNARY(neg)
UNARY(abs)
UNARY(reciprocal)
UNARY(same)
#undef UNARY

static int plan_swish(struct aw_nn_plan *p) {
    return plan_with(p, 1.0f / 6, 0.5f);
}

static int plan_gelu(struct aw_nn_plan *p) {
    struct aw_nn_text how = aw_onnx_attr_text(p->node, "approximate");
    if (how.len && !aw_nn_text_is(how, "none")) return aw_nn_refuse(p, "an approximate Gelu");
    return plan_same(p);
}

/* Two inputs, broadcast: steps per output axis, 0 along an axis of length 1. */
struct binary {
    size_t step[2][AW_NN_RANK];
};

static int plan_binary(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x[2] = {aw_nn_in(p->g, p->node, 0), aw_nn_in(p->g, p->node, 1)};
    struct binary *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    int64_t dim[AW_NN_RANK];
    if (!s) return AW_ERR_NOMEM;
    int rank = x[0]->rank > x[1]->rank ? x[0]->rank : x[1]->rank;
    size_t step[2] = {1, 1};
    for (int d = rank - 1; d >= 0; d--) {
        int64_t size[2];
        for (int i = 0; i < 2; i++) {
            int at = d - (rank - x[i]->rank);
            size[i] = at < 0 ? 1 : x[i]->dim[at];
            s->step[i][d] = size[i] == 1 ? 0 : step[i];
            step[i] *= (size_t)size[i];
        }
        if (size[0] != size[1] && size[0] != 1 && size[1] != 1)
            return aw_nn_refuse(p, "shapes that do not broadcast");
        dim[d] = size[0] == 1 ? size[1] : size[0];
    }
    p->node->plan = s;
    return aw_nn_shape_out(p, 0, rank, dim);
}

typedef float binary_fn(float a, float b);

static void binary(const struct aw_nn_graph *g, const struct aw_nn_node *n, binary_fn *f) {
    const struct binary *s = n->plan;
    const float *a = aw_nn_in(g, n, 0)->f, *b = aw_nn_in(g, n, 1)->f;
    struct aw_nn_tensor *y = aw_nn_out(g, n, 0);
    int last = y->rank - 1;
    size_t width = y->rank ? (size_t)y->dim[last] : 1;
    size_t da = y->rank ? s->step[0][last] : 0, db = y->rank ? s->step[1][last] : 0;
    for (size_t row = 0; width && row < y->n / width; row++) {
        size_t left = row, ia = 0, ib = 0;
        for (int d = last - 1; d >= 0; d--) {
            size_t at = left % (size_t)y->dim[d];
            left /= (size_t)y->dim[d];
            ia += at * s->step[0][d];
            ib += at * s->step[1][d];
        }
        for (size_t j = 0; j < width; j++)
            y->f[row * width + j] = f(a[ia + j * da], b[ib + j * db]);
    }
}

static float add(float a, float b) {
    return a + b;
}
static float sub(float a, float b) {
    return a - b;
}
static float mul(float a, float b) {
    return a * b;
}
static float divide(float a, float b) {
    return a / b;
}
static float larger(float a, float b) {
    return isnan(a) || a > b ? a : b;
}
static float smaller(float a, float b) {
    return isnan(a) || a < b ? a : b;
}
static float power(float a, float b) {
    return powf(a, b);
}
static float prelu(float a, float b) {
    return a < 0 ? a * b : a;
}

#define BINARY(name)                                                                               \
    static void run_##name(const struct aw_nn_graph *g, const struct aw_nn_node *n,                \
                           float *scratch) {                                                       \
        (void)scratch;                                                                             \
        binary(g, n, name);                                                                        \
    }
BINARY(add)
BINARY(sub)
BINARY(mul)
BINARY(divide)
BINARY(larger)
BINARY(smaller)
BINARY(power)
BINARY(prelu)
#undef BINARY

struct softmax {
    size_t outer, n, inner;
    bool log;
};

/* Since opset 13 along one axis (default -1); before over all axes from `axis` (default 1) on. */
static int plan_softmax_as(struct aw_nn_plan *p, bool log) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    struct softmax *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    if (!s) return AW_ERR_NOMEM;
    bool one = p->g->opset >= 13;
    int axis = aw_nn_axis(aw_onnx_attr_int(p->node, "axis", one ? -1 : 1), x->rank);
    if (axis < 0) return aw_nn_refuse(p, "an axis that its input does not have");
    int end = one ? axis + 1 : x->rank;
    *s = (struct softmax){aw_nn_span(x, 0, axis), aw_nn_span(x, axis, end),
                          aw_nn_span(x, end, x->rank), log};
    p->node->plan = s;
    return plan_same(p);
}

static int plan_softmax(struct aw_nn_plan *p) {
    return plan_softmax_as(p, false);
}

static int plan_log_softmax(struct aw_nn_plan *p) {
    return plan_softmax_as(p, true);
}

static void run_softmax(const struct aw_nn_graph *g, const struct aw_nn_node *node,
                        float *scratch) {
    const struct softmax *s = node->plan;
    const float *in = aw_nn_in(g, node, 0)->f;
    float *out = aw_nn_out(g, node, 0)->f;
    (void)scratch;
    for (size_t o = 0; o < s->outer; o++) {
        for (size_t i = 0; i < s->inner; i++) {
            const float *x = in + o * s->n * s->inner + i;
            float *y = out + o * s->n * s->inner + i, top = -INFINITY, sum = 0;
            for (size_t k = 0; k < s->n; k++)
                if (!(x[k * s->inner] <= top)) top = x[k * s->inner];
            for (size_t k = 0; k < s->n; k++) sum += y[k * s->inner] = expf(x[k * s->inner] - top);
            for (size_t k = 0; k < s->n; k++)
                y[k * s->inner] =
                    s->log ? x[k * s->inner] - top - logf(sum) : y[k * s->inner] / sum;
        }
    }
}

const struct aw_nn_op aw_nn_elementwise[] = {
    {"Relu", 1, 1, plan_same, run_relu},
    {"LeakyRelu", 1, 1, plan_leaky, run_leaky},
    {"Elu", 1, 1, plan_elu, run_elu},
    {"Sigmoid", 1, 1, plan_same, run_sigmoid},
    {"Tanh", 1, 1, plan_same, run_tanh},
    {"HardSigmoid", 1, 1, plan_hard, run_hard_sigmoid},
    {"HardSwish", 1, 1, plan_swish, run_hard_swish},
    {"Clip", 1, 3, plan_clip, run_clip},
    {"Softplus", 1, 1, plan_same, run_softplus},
    {"Erf", 1, 1, plan_same, run_erf},
    {"Gelu", 1, 1, plan_gelu, run_gelu},
    {"Exp", 1, 1, plan_same, run_exp},
    {"Log", 1, 1, plan_same, run_log},
    {"Sqrt", 1, 1, plan_same, run_sqrt},
    {"Neg", 1, 1, plan_same, run_neg},
    {"Abs", 1, 1, plan_same, run_abs},
    {"Reciprocal", 1, 1, plan_same, run_reciprocal},
    {"Identity", 1, 1, plan_same, run_same},
    {"Dropout", 1, 3, plan_same, run_same},
    {"Add", 2, 2, plan_binary, run_add},
    {"Sub", 2, 2, plan_binary, run_sub},
    {"Mul", 2, 2, plan_binary, run_mul},
    {"Div", 2, 2, plan_binary, run_divide},
    {"Max", 2, 2, plan_binary, run_larger},
    {"Min", 2, 2, plan_binary, run_smaller},
    {"Pow", 2, 2, plan_binary, run_power},
    {"PRelu", 2, 2, plan_binary, run_prelu},
    {"Softmax", 1, 1, plan_softmax, run_softmax},
    {"LogSoftmax", 1, 1, plan_log_softmax, run_softmax},
    {0},
};
