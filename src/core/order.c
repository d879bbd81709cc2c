#include "core/order.h"

#include <string.h>

/* Further back than any network reorders at these rates (64 frames are 0.3 s at 200 frames/s). */
enum { WINDOW = 64 };

void aw_order_reset(struct aw_order *o) {
    *o = (struct aw_order){0};
}

/* Steps from a to b, on a circle of mod when mod > 0, in (-mod/2, mod/2]. */
static int64_t steps(int64_t a, int64_t b, int64_t mod) {
    int64_t d;
    if (__builtin_sub_overflow(b, a, &d)) return INT64_MAX;
    if (mod <= 0) return d;
    d %= mod;
    if (d > mod / 2) d -= mod;
    if (d <= -(mod / 2)) d += mod;
    return d;
}

static int refuse(uint64_t *count, int err) {
    ++*count;
    return err;
}

int aw_order_push(struct aw_order *o, const struct aw_frame *f, uint32_t *lost) {
    float head[4] = {0};
    size_t n = (size_t)f->n_rx * f->n_tx * f->n_sub * 2;
    size_t skip = n / 4 < 4 ? 0 : n / 4 & ~(size_t)1; /* inside the band, past guard zeros */
    memcpy(head, f->iq + skip, (n - skip < 4 ? n - skip : 4) * sizeof *head);

    *lost = f->lost;
    if (o->started) {
        bool same = memcmp(head, o->head, sizeof head) == 0;
        if (f->seq >= 0) {
            int64_t d = steps(o->seq, f->seq, f->seq_mod);
            if (d == 0) return refuse(&o->duplicates, AW_ERR_DUPLICATE);
            if (d < 0 && d >= -WINDOW) {
                if (o->lost) o->lost--; /* it was counted as missing */
                return refuse(&o->reordered, AW_ERR_REORDERED);
            }
            if (d > 1 && d <= INT32_MAX) *lost += (uint32_t)(d - 1);
        } else if (f->t_kind != AW_TIME_NONE && f->t_ns == o->t_ns && same) {
            return refuse(&o->duplicates, AW_ERR_DUPLICATE);
        }
    }
    o->started = true;
    o->seq = f->seq;
    o->t_ns = f->t_ns;
    memcpy(o->head, head, sizeof head);
    o->lost += *lost;
    return AW_OK;
}
