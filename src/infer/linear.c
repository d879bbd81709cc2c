/* Gemm and MatMul. */
#include "infer/onnx.h"
#include "infer/op.h"

#include <string.h>

/* Four rows of c at a time, so that each row of b is read once for four; the compiler makes vectors
 * of the inner loop. */
void aw_nn_gemm(size_t m, size_t n, size_t k, const float *restrict a, size_t lda,
                const float *restrict b, size_t ldb, float *restrict c, size_t ldc) {
    enum { COLUMNS = 512 }; /* of b and c, kept in the first-level cache */
    for (size_t j0 = 0; j0 < n; j0 += COLUMNS) {
        size_t w = n - j0 < COLUMNS ? n - j0 : COLUMNS, i = 0;
        for (; i + 4 <= m; i += 4) {
            float *restrict c0 = c + i * ldc + j0, *restrict c1 = c0 + ldc;
            float *restrict c2 = c1 + ldc, *restrict c3 = c2 + ldc;
            for (size_t x = 0; x < k; x++) {
                const float *restrict row = b + x * ldb + j0;
                float a0 = a[i * lda + x], a1 = a[(i + 1) * lda + x];
                float a2 = a[(i + 2) * lda + x], a3 = a[(i + 3) * lda + x];
                for (size_t j = 0; j < w; j++) {
                    c0[j] += a0 * row[j];
                    c1[j] += a1 * row[j];
                    c2[j] += a2 * row[j];
                    c3[j] += a3 * row[j];
                }
            }
        }
        for (; i < m; i++)
            for (size_t x = 0; x < k; x++)
                for (size_t j = 0; j < w; j++)
                    c[i * ldc + j0 + j] += a[i * lda + x] * b[x * ldb + j0 + j];
    }
}

/* Sum in 8 strands: vectors, and less rounding than one. */
static float dot(const float *a, const float *b, size_t n) {
    float part[8] = {0}, sum = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++) part[k] += a[i + k] * b[i + k];
    for (; i < n; i++) sum += a[i] * b[i];
    for (size_t k = 0; k < 8; k++) sum += part[k];
    return sum;
}

struct gemm {
    size_t m, n, k;
    bool ta, tb;
    float alpha, beta;
    size_t c_row, c_column; /* steps of the broadcast C */
};

static int plan_gemm(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *a = aw_nn_in(p->g, p->node, 0), *b = aw_nn_in(p->g, p->node, 1);
    const struct aw_nn_tensor *c = aw_nn_in(p->g, p->node, 2);
    struct gemm *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    if (!s) return AW_ERR_NOMEM;
    if (a->rank != 2 || b->rank != 2) return aw_nn_refuse(p, "Gemm of other than matrices");
    s->ta = aw_onnx_attr_int(p->node, "transA", 0) != 0;
    s->tb = aw_onnx_attr_int(p->node, "transB", 0) != 0;
    s->alpha = aw_onnx_attr_float(p->node, "alpha", 1);
    s->beta = aw_onnx_attr_float(p->node, "beta", 1);
    s->m = (size_t)a->dim[s->ta];
    s->k = (size_t)a->dim[!s->ta];
    s->n = (size_t)b->dim[!s->tb];
    if ((size_t)b->dim[s->tb] != s->k) return aw_nn_refuse(p, "inner dimensions that differ");
    if (c) {
        int64_t rows = c->rank == 2 ? c->dim[0] : 1, columns = c->rank ? c->dim[c->rank - 1] : 1;
        if (c->rank > 2 || (rows != 1 && (size_t)rows != s->m) ||
            (columns != 1 && (size_t)columns != s->n))
            return aw_nn_refuse(p, "a C that does not fit the result");
        s->c_row = rows == 1 ? 0 : (size_t)columns;
        s->c_column = columns != 1;
    }
    p->node->plan = s;
    int64_t dim[] = {(int64_t)s->m, (int64_t)s->n};
    return aw_nn_shape_out(p, 0, 2, dim);
}

static void run_gemm(const struct aw_nn_graph *g, const struct aw_nn_node *node, float *scratch) {
    const struct gemm *s = node->plan;
    const float *a = aw_nn_in(g, node, 0)->f, *b = aw_nn_in(g, node, 1)->f;
    const struct aw_nn_tensor *c = aw_nn_in(g, node, 2);
    float *y = aw_nn_out(g, node, 0)->f;
    (void)scratch;
    for (size_t i = 0; i < s->m; i++) {
        for (size_t j = 0; j < s->n; j++) {
            float sum = 0;
            if (!s->ta && s->tb)
                sum = dot(a + i * s->k, b + j * s->k, s->k);
            else
                for (size_t x = 0; x < s->k; x++)
                    sum += a[s->ta ? x * s->m + i : i * s->k + x] *
                           b[s->tb ? j * s->k + x : x * s->n + j];
            y[i * s->n + j] =
                s->alpha * sum + (c ? s->beta * c->f[i * s->c_row + j * s->c_column] : 0);
        }
    }
}

struct matmul {
    size_t m, n, k, batches;
    size_t a_step[AW_NN_RANK], b_step[AW_NN_RANK]; /* in elements per index of the batch axes */
    int64_t dim[AW_NN_RANK];
    int rank; /* of the batch axes */
};

static int plan_matmul(struct aw_nn_plan *p) {
    const struct aw_nn_tensor *a = aw_nn_in(p->g, p->node, 0), *b = aw_nn_in(p->g, p->node, 1);
    struct matmul *s = aw_arena_alloc(p->arena, 1, sizeof *s);
    if (!s) return AW_ERR_NOMEM;
    if (a->rank < 2 || b->rank < 2) return aw_nn_refuse(p, "MatMul of vectors");
    s->m = (size_t)a->dim[a->rank - 2];
    s->k = (size_t)a->dim[a->rank - 1];
    s->n = (size_t)b->dim[b->rank - 1];
    if ((size_t)b->dim[b->rank - 2] != s->k) return aw_nn_refuse(p, "inner dimensions that differ");
    int rank = a->rank > b->rank ? a->rank : b->rank;
    s->rank = rank - 2;
    s->batches = 1;
    size_t a_step = s->m * s->k, b_step = s->k * s->n;
    for (int d = s->rank - 1; d >= 0; d--) {
        int da = d - (rank - a->rank), db = d - (rank - b->rank);
        int64_t x = da < 0 ? 1 : a->dim[da], y = db < 0 ? 1 : b->dim[db];
        if (x != y && x != 1 && y != 1) return aw_nn_refuse(p, "shapes that do not broadcast");
        s->dim[d] = x == 1 ? y : x;
        s->a_step[d] = x == 1 ? 0 : a_step;
        s->b_step[d] = y == 1 ? 0 : b_step;
        a_step *= (size_t)x;
        b_step *= (size_t)y;
        s->batches *= (size_t)s->dim[d];
    }
    s->dim[rank - 2] = (int64_t)s->m;
    s->dim[rank - 1] = (int64_t)s->n;
    p->node->plan = s;
    return aw_nn_shape_out(p, 0, rank, s->dim);
}

static void run_matmul(const struct aw_nn_graph *g, const struct aw_nn_node *node, float *scratch) {
    const struct matmul *s = node->plan;
    const float *a = aw_nn_in(g, node, 0)->f, *b = aw_nn_in(g, node, 1)->f;
    struct aw_nn_tensor *y = aw_nn_out(g, node, 0);
    (void)scratch;
    memset(y->f, 0, y->n * sizeof y->f[0]);
    for (size_t batch = 0; batch < s->batches; batch++) {
        size_t left = batch, ia = 0, ib = 0;
        for (int d = s->rank - 1; d >= 0; d--) {
            size_t at = left % (size_t)s->dim[d];
            left /= (size_t)s->dim[d];
            ia += at * s->a_step[d];
            ib += at * s->b_step[d];
        }
        aw_nn_gemm(s->m, s->n, s->k, a + ia, s->k, b + ib, s->n, y->f + batch * s->m * s->n, s->n);
    }
}

const struct aw_nn_op aw_nn_linear[] = {
    {"Gemm", 2, 3, plan_gemm, run_gemm},
    {"MatMul", 2, 2, plan_matmul, run_matmul},
    {0},
};
