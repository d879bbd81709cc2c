/* Conv, ConvTranspose and pooling over one or two axes; one axis is computed as height 1. */
#include "infer/onnx.h"
#include "infer/op.h"

#include <math.h>
#include <string.h>

enum { MAX, AVERAGE };

struct window {
    size_t batch, groups, in_c, out_c; /* channels of all groups */
    size_t in[2], out[2], kernel[2];   /* height, width */
    size_t stride[2], dilation[2];
    size_t pad[2]; /* in front */
    int kind;
    bool count_pad;
};

static bool take_two(struct aw_nn_plan *p, const char *name, int axes, int64_t min, size_t out[2]) {
    int64_t v[AW_NN_RANK];
    int n = aw_nn_ints(p, name, -1, v);
    if (n == -1) return true;
    if (n != axes) return false;
    for (int i = 0; i < axes; i++) {
        if (v[i] < min || v[i] > 65536) return false;
        out[2 - axes + i] = (size_t)v[i];
    }
    return true;
}

/* Kernel, strides, dilations, pads; the output's size without ceil_mode. */
static int plan_window(struct aw_nn_plan *p, struct window *s, size_t pad_end[2]) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int axes = x->rank - 2;
    if (axes < 1 || axes > 2) return aw_nn_refuse(p, "an input that is not [N,C,L] or [N,C,H,W]");
    s->batch = (size_t)x->dim[0];
    s->in_c = (size_t)x->dim[1];
    for (int i = 0; i < 2; i++) s->stride[i] = s->dilation[i] = s->in[i] = 1;
    for (int i = 0; i < axes; i++) s->in[2 - axes + i] = (size_t)x->dim[2 + i];
    int64_t pads[AW_NN_RANK];
    int n = aw_nn_ints(p, "pads", -1, pads);
    struct aw_nn_text automatic = aw_onnx_attr_text(p->node, "auto_pad");
    if (automatic.len && !aw_nn_text_is(automatic, "NOTSET"))
        return aw_nn_refuse(p, "automatic padding");
    if (!take_two(p, "kernel_shape", axes, 1, s->kernel) ||
        !take_two(p, "strides", axes, 1, s->stride) ||
        !take_two(p, "dilations", axes, 1, s->dilation) || (n != -1 && n != 2 * axes))
        return aw_nn_refuse(p, "a kernel, stride, dilation or padding outside 0..65536");
    for (int i = 0; n != -1 && i < axes; i++) {
        if (pads[i] < 0 || pads[i] > 65536 || pads[axes + i] < 0 || pads[axes + i] > 65536)
            return aw_nn_refuse(p, "a padding outside 0..65536");
        s->pad[2 - axes + i] = (size_t)pads[i];
        pad_end[2 - axes + i] = (size_t)pads[axes + i];
    }
    return AW_OK;
}

static int plan_out(struct aw_nn_plan *p, struct window *s, const size_t pad_end[2], size_t more) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int64_t dim[4] = {x->dim[0], (int64_t)s->out_c};
    for (int i = 0; i < 2; i++) {
        size_t reach = s->dilation[i] * (s->kernel[i] - 1) + 1;
        size_t padded = s->in[i] + s->pad[i] + pad_end[i];
        if (padded < reach) return aw_nn_refuse(p, "a kernel larger than its input");
        s->out[i] = (padded - reach + more * (s->stride[i] - 1)) / s->stride[i] + 1;
        /* A window that begins in the padding at the end is none. */
        if (more && (s->out[i] - 1) * s->stride[i] >= s->in[i] + s->pad[i]) s->out[i]--;
    }
    dim[2] = (int64_t)s->out[x->rank == 3];
    dim[3] = (int64_t)s->out[1];
    p->node->plan = s;
    return aw_nn_shape_out(p, 0, x->rank, dim);
}

/* The kernel of W [M, C/groups, k...] and the bias; M or C by `transposed`. */
static int plan_weights(struct aw_nn_plan *p, struct window *s, bool transposed) {
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0), *w = aw_nn_in(p->g, p->node, 1);
    const struct aw_nn_tensor *b = aw_nn_in(p->g, p->node, 2);
    int64_t groups = aw_onnx_attr_int(p->node, "group", 1);
    if (w->rank != x->rank) return aw_nn_refuse(p, "weights of another rank than its input");
    if (groups < 1 || groups > w->dim[0] || w->dim[0] % groups || (int64_t)s->in_c % groups)
        return aw_nn_refuse(p, "groups that do not divide its channels");
    s->groups = (size_t)groups;
    int64_t want_in = transposed ? w->dim[0] : w->dim[1] * groups;
    if (want_in != (int64_t)s->in_c) return aw_nn_refuse(p, "weights for other channels");
    s->out_c = (size_t)(transposed ? w->dim[1] * groups : w->dim[0]);
    for (int i = 0; i < 2; i++) {
        int64_t k = x->rank == 3 && i == 0 ? 1 : w->dim[w->rank - 2 + i];
        if (k < 1 || k > 65536 || (s->kernel[i] && s->kernel[i] != (size_t)k))
            return aw_nn_refuse(p, "a kernel_shape other than its weights");
        s->kernel[i] = (size_t)k;
    }
    if (b && b->n != s->out_c) return aw_nn_refuse(p, "a bias for other channels");
    return AW_OK;
}

static int plan_conv(struct aw_nn_plan *p) {
    struct window *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    size_t pad_end[2] = {0};
    if (!s) return AW_ERR_NOMEM;
    int err = plan_window(p, s, pad_end);
    if (err == AW_OK && aw_nn_in(p->g, p->node, 0)->rank == 3 && s->kernel[1]) s->kernel[0] = 1;
    if (err == AW_OK) err = plan_weights(p, s, false);
    if (err == AW_OK) err = plan_out(p, s, pad_end, 0);
    if (err != AW_OK) return err;
    size_t columns = s->in_c / s->groups * s->kernel[0] * s->kernel[1];
    if (columns > AW_NN_ELEMENTS / (s->out[0] * s->out[1] + 1))
        return aw_nn_refuse(p, "a convolution too large");
    p->scratch = columns * s->out[0] * s->out[1];
    return AW_OK;
}

/* The image's rows as the matrix [channel, ky, kx] x [oy, ox] (im2col). */
static void unfold(const struct window *s, const float *x, size_t channels, float *column) {
    for (size_t c = 0; c < channels; c++)
        for (size_t ky = 0; ky < s->kernel[0]; ky++)
            for (size_t kx = 0; kx < s->kernel[1]; kx++)
                for (size_t oy = 0; oy < s->out[0]; oy++) {
                    size_t iy = oy * s->stride[0] + ky * s->dilation[0] - s->pad[0];
                    bool inside = iy < s->in[0]; /* below 0 wraps to a huge number */
                    const float *row = x + (c * s->in[0] + (inside ? iy : 0)) * s->in[1];
                    for (size_t ox = 0; ox < s->out[1]; ox++) {
                        size_t ix = ox * s->stride[1] + kx * s->dilation[1] - s->pad[1];
                        *column++ = inside && ix < s->in[1] ? row[ix] : 0;
                    }
                }
}

static void set_bias(const struct window *s, const struct aw_nn_tensor *b, float *y) {
    size_t area = s->out[0] * s->out[1];
    for (size_t n = 0; n < s->batch; n++)
        for (size_t c = 0; c < s->out_c; c++)
            for (size_t i = 0; i < area; i++) *y++ = b ? b->f[c] : 0;
}

static void run_conv(const struct aw_nn_graph *g, const struct aw_nn_node *node, float *scratch) {
    const struct window *s = node->plan;
    const float *x = aw_nn_in(g, node, 0)->f, *w = aw_nn_in(g, node, 1)->f;
    float *y = aw_nn_out(g, node, 0)->f;
    size_t ic = s->in_c / s->groups, oc = s->out_c / s->groups;
    size_t area = s->out[0] * s->out[1], k = ic * s->kernel[0] * s->kernel[1];
    set_bias(s, aw_nn_in(g, node, 2), y);
    for (size_t n = 0; n < s->batch; n++)
        for (size_t group = 0; group < s->groups; group++) {
            unfold(s, x + (n * s->in_c + group * ic) * s->in[0] * s->in[1], ic, scratch);
            aw_nn_gemm(oc, area, k, w + group * oc * k, k, scratch, area,
                       y + (n * s->out_c + group * oc) * area, area);
        }
}

static int plan_transpose(struct aw_nn_plan *p) {
    struct window *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    size_t pad_end[2] = {0}, more[2] = {0};
    if (!s) return AW_ERR_NOMEM;
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    int err = plan_window(p, s, pad_end);
    if (err == AW_OK && x->rank == 3 && s->kernel[1]) s->kernel[0] = 1;
    if (err == AW_OK) err = plan_weights(p, s, true);
    if (err != AW_OK) return err;
    if (!take_two(p, "output_padding", x->rank - 2, 0, more))
        return aw_nn_refuse(p, "an output padding outside 0..65536");
    int64_t dim[4] = {x->dim[0], (int64_t)s->out_c}, ignored[AW_NN_RANK];
    if (aw_nn_ints(p, "output_shape", -1, ignored) != -1) return aw_nn_refuse(p, "an output_shape");
    for (int i = 0; i < 2; i++) {
        size_t reach = s->dilation[i] * (s->kernel[i] - 1) + 1;
        size_t full = s->stride[i] * (s->in[i] - !!s->in[i]) + reach + more[i];
        if (s->in[i] == 0 || full <= s->pad[i] + pad_end[i])
            return aw_nn_refuse(p, "a padding larger than its result");
        s->out[i] = full - s->pad[i] - pad_end[i];
    }
    dim[2] = (int64_t)s->out[x->rank == 3];
    dim[3] = (int64_t)s->out[1];
    p->node->plan = s;
    return aw_nn_shape_out(p, 0, x->rank, dim);
}

/* Every input element adds its kernel to the result. */
static void scatter(const struct window *s, float v, const float *w, size_t iy, size_t ix,
                    float *y) {
    for (size_t ky = 0; ky < s->kernel[0]; ky++) {
        size_t oy = iy * s->stride[0] + ky * s->dilation[0] - s->pad[0];
        if (oy >= s->out[0]) continue;
        for (size_t kx = 0; kx < s->kernel[1]; kx++) {
            size_t ox = ix * s->stride[1] + kx * s->dilation[1] - s->pad[1];
            if (ox < s->out[1]) y[oy * s->out[1] + ox] += v * w[ky * s->kernel[1] + kx];
        }
    }
}

static void run_transpose(const struct aw_nn_graph *g, const struct aw_nn_node *node,
                          float *scratch) {
    const struct window *s = node->plan;
    const float *x = aw_nn_in(g, node, 0)->f, *w = aw_nn_in(g, node, 1)->f;
    float *y = aw_nn_out(g, node, 0)->f;
    size_t ic = s->in_c / s->groups, oc = s->out_c / s->groups;
    size_t taps = s->kernel[0] * s->kernel[1], area = s->out[0] * s->out[1];
    (void)scratch;
    set_bias(s, aw_nn_in(g, node, 2), y);
    for (size_t n = 0; n < s->batch; n++)
        for (size_t c = 0; c < s->in_c; c++)
            for (size_t iy = 0; iy < s->in[0]; iy++)
                for (size_t ix = 0; ix < s->in[1]; ix++) {
                    float v = *x++;
                    size_t group = c / ic;
                    for (size_t o = 0; o < oc; o++)
                        scatter(s, v, w + (c * oc + o) * taps, iy, ix,
                                y + (n * s->out_c + group * oc + o) * area);
                }
}

static int plan_pool(struct aw_nn_plan *p, int kind) {
    struct window *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    size_t pad_end[2] = {0};
    if (!s) return AW_ERR_NOMEM;
    int err = plan_window(p, s, pad_end);
    if (err != AW_OK) return err;
    const struct aw_nn_tensor *x = aw_nn_in(p->g, p->node, 0);
    if (x->rank == 3) s->kernel[0] = 1;
    if (!s->kernel[0] || !s->kernel[1]) return aw_nn_refuse(p, "no kernel_shape");
    if (p->node->n_out > 1) return aw_nn_refuse(p, "indices of the maxima");
    s->kind = kind;
    s->count_pad = aw_onnx_attr_int(p->node, "count_include_pad", 0) != 0;
    bool ceiling = aw_onnx_attr_int(p->node, "ceil_mode", 0) != 0;
    if (ceiling && s->count_pad) return aw_nn_refuse(p, "ceil_mode with counted padding");
    s->out_c = s->in_c;
    return plan_out(p, s, pad_end, ceiling);
}

static int plan_max(struct aw_nn_plan *p) {
    return plan_pool(p, MAX);
}

static int plan_average(struct aw_nn_plan *p) {
    return plan_pool(p, AVERAGE);
}

static float pool(const struct window *s, const float *x, size_t oy, size_t ox) {
    float top = -INFINITY, sum = 0;
    size_t seen = 0;
    for (size_t ky = 0; ky < s->kernel[0]; ky++) {
        size_t iy = oy * s->stride[0] + ky * s->dilation[0] - s->pad[0];
        for (size_t kx = 0; kx < s->kernel[1]; kx++) {
            size_t ix = ox * s->stride[1] + kx * s->dilation[1] - s->pad[1];
            if (iy >= s->in[0] || ix >= s->in[1]) continue;
            float v = x[iy * s->in[1] + ix];
            if (!(v <= top)) top = v;
            sum += v;
            seen++;
        }
    }
    if (s->kind == MAX) return top;
    return sum / (float)(s->count_pad ? s->kernel[0] * s->kernel[1] : seen);
}

static void run_pool(const struct aw_nn_graph *g, const struct aw_nn_node *node, float *scratch) {
    const struct window *s = node->plan;
    const float *x = aw_nn_in(g, node, 0)->f;
    float *y = aw_nn_out(g, node, 0)->f;
    (void)scratch;
    for (size_t c = 0; c < s->batch * s->in_c; c++, x += s->in[0] * s->in[1])
        for (size_t oy = 0; oy < s->out[0]; oy++)
            for (size_t ox = 0; ox < s->out[1]; ox++) *y++ = pool(s, x, oy, ox);
}

const struct aw_nn_op aw_nn_conv[] = {
    {"Conv", 2, 3, plan_conv, run_conv},
    {"ConvTranspose", 2, 3, plan_transpose, run_transpose},
    {"MaxPool", 1, 1, plan_max, run_pool},
    {"AveragePool", 1, 1, plan_average, run_pool},
    {0},
};
