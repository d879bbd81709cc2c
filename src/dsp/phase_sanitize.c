#include "dsp/phase_sanitize.h"

#include <math.h>

static const float TAU = 6.28318531F;

struct aw_phase_line aw_phase_sanitize_run(const float *iq, const int16_t *k, size_t n,
                                           float *phase) {
    double w0 = 0, w1 = 0, w2 = 0, y0 = 0, y1 = 0;
    float last = 0;
    for (size_t i = 0; i < n; i++) {
        float power = iq[2 * i] * iq[2 * i] + iq[2 * i + 1] * iq[2 * i + 1];
        if (power > 0) {
            float wrapped = atan2f(iq[2 * i + 1], iq[2 * i]);
            last = w0 > 0 ? last + remainderf(wrapped - last, TAU) : wrapped;
        }
        phase[i] = last;
        double w = (double)power, x = (double)k[i], y = (double)last;
        w0 += w;
        w1 += w * x;
        w2 += w * x * x;
        y0 += w * y;
        y1 += w * x * y;
    }
    double spread = w0 * w2 - w1 * w1;
    double slope = spread > 1e-12 * w0 * w2 ? (w0 * y1 - w1 * y0) / spread : 0; /* one index: 0 */
    double offset = w0 > 0 ? (y0 - slope * w1) / w0 : 0;
    for (size_t i = 0; i < n; i++) phase[i] -= (float)(offset + slope * (double)k[i]);
    return (struct aw_phase_line){(float)offset, (float)slope};
}
