#include "dsp/cholesky.h"
#include "noise.h"
#include "test.h"

enum { MAX = 16, STRIDE = 17 };

/* L L' = A and L L^-1 = I for random positive definite matrices of every size. */
static void definition(void) {
    for (size_t n = 1; n <= MAX; n++) {
        float g[MAX][MAX], a[MAX * STRIDE] = {0}, l[MAX * STRIDE], inv[MAX * STRIDE];
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) g[i][j] = (float)noise_gauss(n, i * MAX + j);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                float s = i == j ? 0.5F : 0;
                for (size_t k = 0; k < n; k++) s += g[i][k] * g[j][k];
                a[i * STRIDE + j] = s;
            }
        }
        memcpy(l, a, sizeof l);
        CHECK_INT(aw_cholesky_run(l, inv, n, STRIDE), AW_OK);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j <= i; j++) {
                double product = 0, unit = 0;
                for (size_t k = 0; k <= j; k++)
                    product += (double)l[i * STRIDE + k] * l[j * STRIDE + k];
                for (size_t k = j; k <= i; k++)
                    unit += (double)l[i * STRIDE + k] * inv[k * STRIDE + j];
                CHECK_NEAR(product, a[i * STRIDE + j], 1e-4 * (1 + (double)n));
                CHECK_NEAR(unit, i == j, 1e-4);
            }
            for (size_t j = i + 1; j < n; j++) CHECK(inv[i * STRIDE + j] == 0);
        }
    }
}

static void refuses(void) {
    float inv[4];
    CHECK_INT(aw_cholesky_run((float[]){1, 2, 2, 1}, inv, 2, 2), AW_ERR_INVAL);
    CHECK_INT(aw_cholesky_run((float[]){0}, inv, 1, 1), AW_ERR_INVAL);
    CHECK_INT(aw_cholesky_run((float[]){NAN}, inv, 1, 1), AW_ERR_INVAL);
}

int main(void) {
    definition();
    refuses();
    return test_end();
}
