#include "server/row.h"

#include <math.h>

void aw_row_from_frame(struct aw_msg *msg, const struct aw_frame *f) {
    uint16_t order[AW_MAX_SUB], n = 0;
    uint8_t field = f->kind[0] & AW_LTF_MASK;
    for (uint16_t i = 0; i < f->n_sub; i++) {
        if ((f->kind[i] & AW_LTF_MASK) != field) break;
        if (f->kind[i] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
        uint16_t at = n++; /* stored in ascending runs: insertion moves little */
        while (at > 0 && f->k[order[at - 1]] > f->k[i]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    uint16_t step = (uint16_t)((n + AW_ROW_MAX - 1) / AW_ROW_MAX);
    float amp[AW_ROW_MAX], max = 0;
    msg->row.n = 0;
    for (uint16_t i = 0; i < n; i = (uint16_t)(i + step)) {
        const float *v = f->iq + 2 * order[i];
        float a = hypotf(v[0], v[1]);
        amp[msg->row.n] = a;
        msg->row.k[msg->row.n++] = f->k[order[i]];
        if (a > max) max = a;
    }
    msg->row.max = max;
    for (uint16_t i = 0; i < msg->row.n; i++)
        msg->row.amp[i] = (uint8_t)(max > 0 ? amp[i] / max * 255 + 0.5F : 0);
}
