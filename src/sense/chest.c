#include "sense/chest.h"

#include <math.h>
#include <string.h>

static bool cuts_downwards(const struct aw_frame *f) {
    if (f->flags & AW_FRAME_AMPLITUDE_ONLY || !(f->quant_step > 0)) return false;
    static const char *const chips[] = {"esp32", "esp32-s2", "esp32-s3", "esp32-c3"};
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        if (strcmp(f->chip, chips[i]) == 0) return true;
    }
    return false;
}

size_t aw_chest_run(const struct aw_amplitude *a, const struct aw_frame *f, float row[AW_CHEST_MAX],
                    float *level) {
    const struct aw_amplitude_layout *l = &a->layout;
    float half = cuts_downwards(f) ? 0.5F * f->quant_step : 0;
    size_t n = 0, room = AW_CHEST_MAX / l->n_rx;
    const uint16_t *live = a->live;
    *level = NAN;
    for (size_t chain = 0; chain < l->n_rx; live += a->n_live[chain++]) {
        const float *iq = f->iq + 2 * (chain * f->n_tx * f->n_sub + l->first);
        size_t bins = a->n_live[chain], groups = bins < room ? bins : room, at = 0;
        float total = 0;
        for (size_t g = 0; g < groups; g++) {
            size_t end = (g + 1) * bins / groups;
            float sum = 0, count = (float)(end - at);
            for (; at < end; at++) {
                const float *h = iq + 2 * (size_t)(live[at] - chain * l->n_bins) * l->stride;
                float re = h[0] + half, im = h[1] + half;
                sum += sqrtf(re * re + im * im);
            }
            total += sum;
            row[n + g] = sum / count;
        }
        if (bins == 0) continue;
        if (!(total > 0 && total < INFINITY)) return 0;
        float mean = total / (float)bins;
        for (size_t g = 0; g < groups; g++) row[n + g] /= mean;
        if (l->n_rx == 1) *level = logf(mean);
        n += groups;
    }
    return n;
}
