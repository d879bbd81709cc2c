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

int aw_chest_init(struct aw_chest *c, struct aw_arena *arena, uint16_t max_bins) {
    if (max_bins == 0) return AW_ERR_INVAL;
    memset(c, 0, sizeof *c);
    c->max_bins = max_bins;
    c->live = aw_arena_alloc(arena, max_bins, sizeof *c->live);
    return c->live ? AW_OK : AW_ERR_NOMEM;
}

void aw_chest_reset(struct aw_chest *c) {
    c->layout.n = 0;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static void name_groups(struct aw_chest *c, const struct aw_frame *f) {
    const struct aw_amplitude_layout *l = &c->layout;
    const uint16_t *live = c->live;
    struct aw_chest_group *out = c->group;
    for (size_t chain = 0; chain < l->n_rx; live += c->n_live[chain++]) {
        const int16_t *k = f->k + l->first;
        size_t bins = c->n_live[chain], groups = smaller(bins, AW_CHEST_MAX / l->n_rx);
        for (size_t g = 0; g < groups; g++) {
            size_t first = live[g * bins / groups] - chain * l->n_bins;
            size_t last = live[(g + 1) * bins / groups - 1] - chain * l->n_bins;
            *out++ =
                (struct aw_chest_group){(uint16_t)chain, k[first * l->stride], k[last * l->stride]};
        }
    }
}

/* Takes over layout and live subcarriers when there are none yet or the layout is another. */
static bool adopt(struct aw_chest *c, const struct aw_amplitude *a, const struct aw_frame *f) {
    const struct aw_amplitude_layout *now = &a->layout;
    struct aw_amplitude_layout *had = &c->layout;
    bool same = had->n == now->n && had->n_rx == now->n_rx && had->ltf == now->ltf &&
                had->stride == now->stride && had->k_first == now->k_first &&
                had->k_last == now->k_last;
    *had = *now; /* the same values may lie elsewhere in a longer frame */
    if (same) return false;
    size_t total = 0;
    for (size_t chain = 0; chain < now->n_rx; chain++) total += c->n_live[chain] = a->n_live[chain];
    memcpy(c->live, a->live, smaller(total, c->max_bins) * sizeof *c->live);
    name_groups(c, f);
    return true;
}

bool aw_chest_push(struct aw_chest *c, const struct aw_amplitude *a, const struct aw_frame *f,
                   struct aw_chest_row *row) {
    *row = (struct aw_chest_row){.level = NAN, .fresh = adopt(c, a, f)};
    const struct aw_amplitude_layout *l = &c->layout;
    float half = cuts_downwards(f) ? 0.5F * f->quant_step : 0;
    size_t room = AW_CHEST_MAX / l->n_rx;
    const uint16_t *live = c->live;
    for (size_t chain = 0; chain < l->n_rx; live += c->n_live[chain++]) {
        const float *iq = f->iq + 2 * (chain * f->n_tx * f->n_sub + l->first);
        size_t bins = c->n_live[chain], groups = smaller(bins, room), at = 0;
        float total = 0, *value = row->value + row->n;
        for (size_t g = 0; g < groups; g++) {
            size_t end = (g + 1) * bins / groups;
            float sum = 0, count = (float)(end - at);
            for (; at < end; at++) {
                const float *h = iq + 2 * (size_t)(live[at] - chain * l->n_bins) * l->stride;
                float re = h[0] + half, im = h[1] + half;
                sum += sqrtf(re * re + im * im);
            }
            total += sum;
            value[g] = sum / count;
        }
        if (bins == 0) continue;
        if (!(total > 0 && total < INFINITY)) return false;
        float mean = total / (float)bins;
        for (size_t g = 0; g < groups; g++) value[g] /= mean;
        if (l->n_rx == 1) row->level = logf(mean);
        row->n += groups;
    }
    return row->n > 0;
}
