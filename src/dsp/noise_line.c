#include "dsp/noise_line.h"

#include "dsp/median.h"

#include <assert.h>
#include <math.h>

enum { ROUNDS = 4 };
static const float FLOOR = 0.05F; /* neper: smaller deviations count alike */
static const float STEEPEST = -3;
static const float LEAST = 1e-12F; /* of u, before the logarithm */

float aw_noise_line_run(float *u, const float *log_f, size_t n, float *scratch) {
    assert(n >= 3);
    for (size_t i = 0; i < n; i++) u[i] = logf(u[i] > LEAST ? u[i] : LEAST);
    float a = 0, b = 0;
    for (int round = 0; round < ROUNDS; round++) {
        float w = 0, x = 0, y = 0, xx = 0, xy = 0;
        for (size_t i = 0; i < n; i++) {
            float r = round ? fabsf(u[i] - a - b * log_f[i]) : 1;
            float weight = 1 / (r > FLOOR ? r : FLOOR);
            w += weight;
            x += weight * log_f[i];
            y += weight * u[i];
            xx += weight * log_f[i] * log_f[i];
            xy += weight * log_f[i] * u[i];
        }
        float det = w * xx - x * x;
        b = det > 0 ? (w * xy - x * y) / det : 0;
        a = (y - b * x) / w;
    }
    b = b < STEEPEST ? STEEPEST : b > 0 ? 0 : b;
    for (size_t i = 0; i < n; i++) scratch[i] = u[i] - b * log_f[i];
    a = aw_median_run(scratch, n);
    for (size_t i = 0; i < n; i++) u[i] = expf(u[i] - a - b * log_f[i]);
    return b;
}
