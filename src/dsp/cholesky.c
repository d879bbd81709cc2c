#include "dsp/cholesky.h"

#include <math.h>

int aw_cholesky_run(float *a, float *inverse, size_t n, size_t stride) {
    for (size_t j = 0; j < n; j++) {
        for (size_t i = j; i < n; i++) {
            float s = a[i * stride + j];
            for (size_t k = 0; k < j; k++) s -= a[i * stride + k] * a[j * stride + k];
            if (i == j) {
                if (!(s > 0)) return AW_ERR_INVAL;
                a[j * stride + j] = sqrtf(s);
            } else {
                a[i * stride + j] = s / a[j * stride + j];
            }
        }
    }
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < j; i++) inverse[i * stride + j] = 0;
        for (size_t i = j; i < n; i++) {
            float s = i == j;
            for (size_t k = j; k < i; k++) s -= a[i * stride + k] * inverse[k * stride + j];
            inverse[i * stride + j] = s / a[i * stride + i];
        }
    }
    return AW_OK;
}
