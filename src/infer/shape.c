/* Operators that move elements: Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Concat, Slice,
 * Pad. Shapes must be constant: everything is planned before the first run. */
#include "infer/onnx.h"
#include "infer/op.h"

#include <string.h>

static void run_copy(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    const struct aw_nn_tensor *x = aw_nn_in(g, n, 0);
    (void)scratch;
    memcpy(aw_nn_out(g, n, 0)->f, x->f, x->n * sizeof x->f[0]);
}

static int plan_reshape(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int64_t dim[AW_NN_RANK];
    int rank = aw_nn_ints(p, "shape", 1, dim), open = -1;
    size_t known = 1;
    if (rank < 0) return aw_nn_refuse(p, "a shape that is not constant");
    for (int i = 0; i < rank; i++) {
        if (dim[i] == 0 && i < x->rank && !aw_onnx_attr_int(p->node, "allowzero", 0))
            dim[i] = x->dim[i];
        if (dim[i] == -1 && open < 0)
            open = i;
        else if (dim[i] < 0 || dim[i] > AW_NN_ELEMENTS || known > AW_NN_ELEMENTS)
            return aw_nn_refuse(p, "a shape that makes no sense");
        else
            known *= (size_t)dim[i];
    }
    if (open >= 0 && (known == 0 || x->n % known)) return aw_nn_refuse(p, "a shape of other size");
    if (open >= 0)
        dim[open] = (int64_t)(x->n / known);
    else if (known != x->n)
        return aw_nn_refuse(p, "a shape of other size");
    return aw_nn_shape_out(p, 0, rank, dim);
}

static int plan_flatten(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int64_t given = aw_onnx_attr_int(p->node, "axis", 1);
    int axis = given == x->rank ? x->rank : aw_nn_axis(given, x->rank);
    if (axis < 0) return aw_nn_refuse(p, "an axis that its input does not have");
    int64_t dim[] = {(int64_t)aw_nn_span(x, 0, axis), (int64_t)aw_nn_span(x, axis, x->rank)};
    return aw_nn_shape_out(p, 0, 2, dim);
}

/* Marks the axes given; false when one is outside. */
static bool mark(const int64_t *axes, int n, int rank, bool marked[AW_NN_RANK]) {
    for (int i = 0; i < n; i++) {
        int axis = aw_nn_axis(axes[i], rank);
        if (axis < 0 || marked[axis]) return false;
        marked[axis] = true;
    }
    return true;
}

static int plan_squeeze(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int64_t axes[AW_NN_RANK], dim[AW_NN_RANK];
    bool marked[AW_NN_RANK] = {0};
    int n = aw_nn_ints(p, "axes", 1, axes), rank = 0;
    if (n == -2 || (n > 0 && !mark(axes, n, x->rank, marked)))
        return aw_nn_refuse(p, "axes that its input does not have");
    for (int i = 0; i < x->rank; i++) {
        if (marked[i] && x->dim[i] != 1) return aw_nn_refuse(p, "an axis longer than 1");
        if (!(marked[i] || (n == -1 && x->dim[i] == 1))) dim[rank++] = x->dim[i];
    }
    return aw_nn_shape_out(p, 0, rank, dim);
}

static int plan_unsqueeze(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int64_t axes[AW_NN_RANK], dim[AW_NN_RANK];
    bool marked[AW_NN_RANK] = {0};
    int n = aw_nn_ints(p, "axes", 1, axes);
    if (n < 0 || x->rank + n > AW_NN_RANK || !mark(axes, n, x->rank + n, marked))
        return aw_nn_refuse(p, "axes that its result does not have");
    for (int i = 0, from = 0; i < x->rank + n; i++) dim[i] = marked[i] ? 1 : x->dim[from++];
    return aw_nn_shape_out(p, 0, x->rank + n, dim);
}

/* Output element (i0, i1, ...) is input element first + sum of i_d step_d; outside: `fill`. */
struct view {
    int64_t first, step[AW_NN_RANK];
    int64_t low[AW_NN_RANK], high[AW_NN_RANK]; /* indices that lie inside the input */
    float fill;
};

static struct view *new_view(struct aw_nn_plan *p) {
    struct view *v = aw_arena_alloc(p->arena, 1, sizeof *v);
    for (int d = 0; v && d < AW_NN_RANK; d++) v->high[d] = INT64_MAX;
    p->node->plan = v;
    return v;
}

static void steps_of(const struct aw_nn_tensor *x, int64_t step[AW_NN_RANK]) {
    for (int d = 0; d < x->rank; d++) step[d] = (int64_t)aw_nn_span(x, d + 1, x->rank);
}

static void run_view(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    const struct view *v = n->plan;
    const float *x = aw_nn_in(g, n, 0)->f;
    struct aw_nn_tensor *y = aw_nn_out(g, n, 0);
    int last = y->rank - 1;
    size_t width = y->rank ? (size_t)y->dim[last] : 1;
    (void)scratch;
    for (size_t row = 0; width && row < y->n / width; row++) {
        size_t left = row;
        int64_t from = v->first;
        bool inside = true;
        for (int d = last - 1; d >= 0; d--) {
            int64_t at = (int64_t)(left % (size_t)y->dim[d]);
            left /= (size_t)y->dim[d];
            from += at * v->step[d];
            inside = inside && at >= v->low[d] && at < v->high[d];
        }
        for (size_t j = 0; j < width; j++) {
            int64_t at = (int64_t)j;
            bool in = inside && (last < 0 || (at >= v->low[last] && at < v->high[last]));
            y->f[row * width + j] = in ? x[from + (last < 0 ? 0 : at * v->step[last])] : v->fill;
        }
    }
}

static int plan_transpose(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int64_t perm[AW_NN_RANK], dim[AW_NN_RANK], step[AW_NN_RANK];
    bool marked[AW_NN_RANK] = {0};
    struct view *v = new_view(p);
    if (!v) return AW_ERR_NOMEM;
    int n = aw_nn_ints(p, "perm", -1, perm);
    for (int i = 0; n == -1 && i < x->rank; i++) perm[i] = x->rank - 1 - i;
    if (n != -1 && (n != x->rank || !mark(perm, n, x->rank, marked)))
        return aw_nn_refuse(p, "a permutation that is none");
    steps_of(x, step);
    for (int i = 0; i < x->rank; i++) {
        int from = aw_nn_axis(perm[i], x->rank);
        dim[i] = x->dim[from];
        v->step[i] = step[from];
    }
    return aw_nn_shape_out(p, 0, x->rank, dim);
}

static int64_t clamp(int64_t v, int64_t low, int64_t high) {
    return v < low ? low : v > high ? high : v;
}

/* starts, ends, axes, steps are inputs since opset 10, attributes before. */
static int plan_slice(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int64_t start[AW_NN_RANK], end[AW_NN_RANK], axes[AW_NN_RANK], by[AW_NN_RANK];
    int64_t dim[AW_NN_RANK];
    struct view *v = new_view(p);
    if (!v) return AW_ERR_NOMEM;
    int n = aw_nn_ints(p, "starts", 1, start), n_end = aw_nn_ints(p, "ends", 2, end);
    int n_axes = aw_nn_ints(p, "axes", 3, axes), n_by = aw_nn_ints(p, "steps", 4, by);
    if (n < 0 || n_end != n || (n_axes != -1 && n_axes != n) || (n_by != -1 && n_by != n) ||
        n > x->rank)
        return aw_nn_refuse(p, "bounds that are not constant or do not fit");
    steps_of(x, v->step);
    memcpy(dim, x->dim, sizeof dim);
    for (int i = 0; i < n; i++) {
        int axis = n_axes == -1 ? i : aw_nn_axis(axes[i], x->rank);
        int64_t step = n_by == -1 ? 1 : by[i];
        if (axis < 0 || step == 0 || step == INT64_MIN)
            return aw_nn_refuse(p, "an axis or step that makes no sense");
        int64_t size = x->dim[axis];
        int64_t from = start[i] < 0 ? start[i] + size : start[i];
        int64_t to = end[i] < 0 ? end[i] + size : end[i];
        from = step > 0 ? clamp(from, 0, size) : clamp(from, 0, size - 1);
        to = step > 0 ? clamp(to, 0, size) : clamp(to, -1, size - 1);
        int64_t len = step > 0 ? to - from : from - to, stride = step > 0 ? step : -step;
        dim[axis] = size > 0 && len > 0 ? 1 + (len - 1) / stride : 0;
        v->first += from * v->step[axis];
        v->step[axis] = dim[axis] > 1 ? v->step[axis] * step : 0;
    }
    return aw_nn_shape_out(p, 0, x->rank, dim);
}

static int plan_pad(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0), *t = aw_nn_in(p->g, p->node, 1);
    const struct aw_nn_tensor *fill = aw_nn_in(p->g, p->node, 2);
    struct aw_nn_text mode = aw_onnx_attr_text(p->node, "mode");
    int64_t dim[AW_NN_RANK], pads[2 * AW_NN_RANK];
    struct view *v = new_view(p);
    if (!v) return AW_ERR_NOMEM;
    int n = aw_onnx_attr_ints(p->node, "pads", pads, 2 * AW_NN_RANK);
    if (n == -1 && t && t->i && t->n <= 2 * AW_NN_RANK) {
        n = (int)t->n;
        memcpy(pads, t->i, t->n * sizeof pads[0]);
    }
    if (mode.len && !aw_nn_text_is(mode, "constant")) return aw_nn_refuse(p, "another mode");
    if (n != 2 * x->rank || aw_nn_in(p->g, p->node, 3) || (fill && (!fill->constant || !fill->f)))
        return aw_nn_refuse(p, "paddings that are not constant or do not fit");
    v->fill = fill && fill->n ? fill->f[0] : aw_onnx_attr_float(p->node, "value", 0);
    steps_of(x, v->step);
    for (int d = 0; d < x->rank; d++) {
        int64_t front = pads[d], back = pads[x->rank + d];
        if (front < 0 || back < 0 || front > AW_NN_ELEMENTS || back > AW_NN_ELEMENTS)
            return aw_nn_refuse(p, "a padding outside its range");
        dim[d] = front + x->dim[d] + back;
        v->first -= front * v->step[d];
        v->low[d] = front;
        v->high[d] = front + x->dim[d];
    }
    return aw_nn_shape_out(p, 0, x->rank, dim);
}

struct concat {
    int axis;
};

static int plan_concat(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    struct concat *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    int64_t dim[AW_NN_RANK];
    if (!s) return AW_ERR_NOMEM;
    s->axis = aw_nn_axis(aw_onnx_attr_int(p->node, "axis", 0), x->rank);
    if (s->axis < 0) return aw_nn_refuse(p, "an axis that its input does not have");
    memcpy(dim, x->dim, sizeof dim);
    for (int i = 1; i < p->node->n_in; i++) {
        const struct aw_nn_tensor *t = aw_nn_in(p->g, p->node, i);
        if (!t || !t->f || t->rank != x->rank) return aw_nn_refuse(p, "inputs of several ranks");
        for (int d = 0; d < x->rank; d++)
            if (d != s->axis && t->dim[d] != x->dim[d])
                return aw_nn_refuse(p, "inputs that differ along another axis");
        dim[s->axis] += t->dim[s->axis];
    }
    p->node->plan = s;
    return aw_nn_shape_out(p, 0, x->rank, dim);
}

static void run_concat(const struct aw_nn_graph *g, const struct aw_nn_node *n, float *scratch) {
    const struct concat *s = n->plan;
    struct aw_nn_tensor *y = aw_nn_out(g, n, 0);
    size_t outer = aw_nn_span(y, 0, s->axis), row = aw_nn_span(y, s->axis, y->rank), at = 0;
    (void)scratch;
    for (int i = 0; i < n->n_in; i++) {
        const struct aw_nn_tensor *x = aw_nn_in(g, n, i);
        size_t part = aw_nn_span(x, s->axis, x->rank);
        for (size_t o = 0; o < outer; o++)
            memcpy(y->f + o * row + at, x->f + o * part, part * sizeof y->f[0]);
        at += part;
    }
}

const struct aw_nn_op aw_nn_shape[] = {
    {"Reshape", 1, 2, plan_reshape, run_copy},
    {"Flatten", 1, 1, plan_flatten, run_copy},
    {"Squeeze", 1, 2, plan_squeeze, run_copy},
    {"Unsqueeze", 1, 2, plan_unsqueeze, run_copy},
    {"Transpose", 1, 1, plan_transpose, run_view},
    {"Slice", 1, 5, plan_slice, run_view},
    {"Pad", 1, 4, plan_pad, run_view},
    {"Concat", 1, AW_NN_IN, plan_concat, run_concat},
    {0},
};
