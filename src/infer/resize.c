/* Resize (opset 11 on) of the last one or two axes: nearest and linear. */
#include "infer/onnx.h"
#include "infer/op.h"

#include <math.h>

enum { HALF_PIXEL, PYTORCH_HALF, ALIGN, ASYMMETRIC };
enum { FLOOR, ROUND_DOWN, ROUND_UP, CEIL };

struct resize {
    size_t planes, in[2], out[2];
    float scale[2];
    int coordinate, nearest;
    bool linear;
};

static int choose(struct aw_nn_text given, const char *const *names, int n, int otherwise) {
    if (given.len == 0) return otherwise;
    for (int i = 0; i < n; i++)
        if (aw_nn_text_is(given, names[i])) return i;
    return -1;
}

static int plan_modes(struct aw_nn_plan *p, struct resize *s) {
    static const char *const coordinates[] = {"half_pixel", "pytorch_half_pixel", "align_corners",
                                              "asymmetric"};
    static const char *const nearest[] = {"floor", "round_prefer_floor", "round_prefer_ceil",
                                          "ceil"};
    static const char *const modes[] = {"nearest", "linear"};
    struct aw_nn_node *n = p->node;
    s->coordinate =
        choose(aw_onnx_attr_text(n, "coordinate_transformation_mode"), coordinates, 4, HALF_PIXEL);
    s->nearest = choose(aw_onnx_attr_text(n, "nearest_mode"), nearest, 4, ROUND_DOWN);
    int mode = choose(aw_onnx_attr_text(n, "mode"), modes, 2, 0);
    if (s->coordinate < 0 || s->nearest < 0 || mode < 0)
        return aw_nn_refuse(p, "a mode other than nearest and linear");
    if (aw_onnx_attr_int(n, "antialias", 0)) return aw_nn_refuse(p, "antialiasing");
    s->linear = mode == 1;
    return AW_OK;
}

static int plan_resize(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    const struct aw_nn_tensor *scales = aw_nn_in(p->g, p->node, 2),
                              *sizes = aw_nn_in(p->g, p->node, 3);
    struct resize *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    int64_t dim[AW_NN_RANK];
    if (!s) return AW_ERR_NOMEM;
    int err = plan_modes(p, s);
    if (err != AW_OK) return err;
    bool by_scale = scales && scales->n;
    const struct aw_nn_tensor *given = by_scale ? scales : sizes;
    if (x->rank < 3 || x->rank > 4 || !given || given->n != (size_t)x->rank || x->n == 0 ||
        !(by_scale ? given->f && given->constant : given->i != NULL))
        return aw_nn_refuse(p, "scales or sizes that are not constant or do not fit");
    for (int d = 0; d < x->rank; d++) {
        double scale = by_scale ? (double)given->f[d] : (double)given->i[d] / (double)x->dim[d];
        double size = by_scale ? floor((double)x->dim[d] * scale) : (double)given->i[d];
        if (!(size >= 1 && size <= AW_NN_ELEMENTS)) return aw_nn_refuse(p, "a size out of range");
        dim[d] = (int64_t)size;
        if (d < 2 && dim[d] != x->dim[d]) return aw_nn_refuse(p, "another batch or channels");
        int at = d - (x->rank - 2);
        if (at >= 0 && d >= 2) s->scale[at] = (float)scale;
    }
    s->planes = aw_nn_span(x, 0, 2);
    for (int i = 0; i < 2; i++) {
        int d = x->rank - 2 + i;
        s->in[i] = d < 2 ? 1 : (size_t)x->dim[d];
        s->out[i] = d < 2 ? 1 : (size_t)dim[d];
        if (d < 2) s->scale[i] = 1;
    }
    p->node->plan = s;
    return aw_nn_shape_out(p, 0, x->rank, dim);
}

/* Where output index i lies in the input. */
static float source(const struct resize *s, int axis, size_t i) {
    float out = (float)s->out[axis], in = (float)s->in[axis], at = (float)i;
    switch (s->coordinate) {
    case ALIGN:
        return s->out[axis] == 1 ? 0 : at * (in - 1) / (out - 1);
    case ASYMMETRIC:
        return at / s->scale[axis];
    case PYTORCH_HALF:
        return s->out[axis] > 1 ? (at + 0.5f) / s->scale[axis] - 0.5f : 0;
    default:
        return (at + 0.5f) / s->scale[axis] - 0.5f;
    }
}

static size_t inside(const struct resize *s, int axis, float at) {
    float top = (float)(s->in[axis] - 1);
    return at <= 0 ? 0 : at >= top ? s->in[axis] - 1 : (size_t)at;
}

static size_t nearest(const struct resize *s, int axis, size_t i) {
    float at = source(s, axis, i);
    switch (s->nearest) {
    case FLOOR:
        return inside(s, axis, floorf(at));
    case CEIL:
        return inside(s, axis, ceilf(at));
    case ROUND_UP:
        return inside(s, axis, floorf(at + 0.5f));
    default:
        return inside(s, axis, ceilf(at - 0.5f));
    }
}

static float linear(const struct resize *s, const float *x, size_t oy, size_t ox) {
    size_t low[2], high[2], o[2] = {oy, ox};
    float part[2];
    for (int a = 0; a < 2; a++) {
        float at = source(s, a, o[a]), top = (float)(s->in[a] - 1);
        at = at < 0 ? 0 : at > top ? top : at;
        low[a] = (size_t)at;
        high[a] = low[a] + 1 < s->in[a] ? low[a] + 1 : low[a];
        part[a] = at - (float)low[a];
    }
    const float *upper = x + low[0] * s->in[1], *lower = x + high[0] * s->in[1];
    float a = upper[low[1]] + (upper[high[1]] - upper[low[1]]) * part[1];
    float b = lower[low[1]] + (lower[high[1]] - lower[low[1]]) * part[1];
    return a + (b - a) * part[0];
}

static void run_resize(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    const struct resize *s = n->plan;
    const float *x = aw_nn_in(g, n, 0)->f;
    float *y = aw_nn_out(g, n, 0)->f;
    (void)scratch;
    for (size_t c = 0; c < s->planes; c++, x += s->in[0] * s->in[1])
        for (size_t oy = 0; oy < s->out[0]; oy++)
            for (size_t ox = 0; ox < s->out[1]; ox++)
                *y++ = s->linear ? linear(s, x, oy, ox)
                                 : x[nearest(s, 0, oy) * s->in[1] + nearest(s, 1, ox)];
}

const struct aw_nn_op aw_nn_resize[] = {
    {"Resize", 3, 4, plan_resize, run_resize},
    {0},
};
