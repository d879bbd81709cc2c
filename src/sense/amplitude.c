#include "sense/amplitude.h"

#include <math.h>
#include <string.h>

enum {
    LEARN = 16,     /* frames that decide which subcarriers live: an empty bin of an ESP32 is
                       * empty in all, and 16 average a fading one well enough */
    REVIEW = 1024,  /* frames between two looks at that decision */
    GROUP = 8,      /* subcarriers per group, 2.5 MHz: neighbours fade together, so averaging
                       * keeps the motion and divides the noise (measured best of 4, 8, 12, 16) */
    COMB = 16,      /* subcarriers per part of a comb, 5 MHz: still one fade, half the noise of 8 */
    COMB_PARTS = 3, /* at least: the division by the mean ties fewer together */
    WEAK_RUN = 16,  /* so many weak frames in a row are the new level, not glitches */
    FOREIGN_RUN = 32, /* so many frames of another layout in a row are a new layout */
};

static const float LIVE = 0.15F;   /* of the median bin's amplitude: -16 dB */
static const float DIES = 0.05F;   /* on review a live bin must fall to -26 dB to leave ... */
static const float RETURNS = 0.3F; /* ... and a dead one rise to -10 dB to come back */
static const float WEAK = 0.2F;    /* of the usual mean: -14 dB */
static const float MEAN_GAIN = 1 / 256.0F; /* slow mean of the bins, per frame */
static const float LEVEL_GAIN = 1 / 32.0F; /* of the chains' levels, per frame */

void aw_amplitude_config_default(struct aw_amplitude_config *c) {
    *c = (struct aw_amplitude_config){.max_bins = 1024, .max_fine = 256, .max_group = 16};
}

int aw_amplitude_init(struct aw_amplitude *a, struct aw_arena *arena,
                      const struct aw_amplitude_config *config) {
    if (config->max_bins < 16 || config->max_bins > 8192) return AW_ERR_INVAL;
    if (config->max_fine < 4 || config->max_fine > config->max_bins) return AW_ERR_INVAL;
    if (config->max_group < 4 || config->max_group > 64) return AW_ERR_INVAL;
    memset(a, 0, sizeof *a);
    a->config = *config;
    a->bin = aw_arena_alloc(arena, config->max_bins, sizeof *a->bin);
    a->mean = aw_arena_alloc(arena, config->max_bins, sizeof *a->mean);
    a->packed = aw_arena_alloc(arena, config->max_bins, sizeof *a->packed);
    a->live = aw_arena_alloc(arena, config->max_bins, sizeof *a->live);
    a->fine = aw_arena_alloc(arena, config->max_fine, sizeof *a->fine);
    a->group = aw_arena_alloc(arena, config->max_group, sizeof *a->group);
    return a->bin && a->mean && a->packed && a->live && a->fine && a->group ? AW_OK : AW_ERR_NOMEM;
}

static void forget(struct aw_amplitude *a) {
    a->seen = 0;
    a->weak_run = 0;
    a->foreign_run = 0;
    a->ready = false;
}

void aw_amplitude_reset(struct aw_amplitude *a) {
    a->layout.n = 0;
    a->weak = 0;
    a->foreign = 0;
    forget(a);
}

uint16_t aw_amplitude_live(const struct aw_amplitude *a) {
    return a->ready ? a->n_live[0] : 0;
}

/* ---- Layout ---------------------------------------------------------------------------------- */

/* The first training field of the frame: from its first usable value's field, all neighbours. */
static bool layout_of(const struct aw_amplitude *a, const struct aw_frame *f,
                      struct aw_amplitude_layout *out) {
    uint16_t i = 0;
    while (i < f->n_sub && (f->kind[i] & (AW_SUB_NULL | AW_SUB_INVALID))) i++;
    if (i == f->n_sub) return false;
    uint8_t ltf = f->kind[i] & AW_LTF_MASK;
    uint16_t first = i, end = i;
    while (first > 0 && (f->kind[first - 1] & AW_LTF_MASK) == ltf) first--;
    while (end < f->n_sub && (f->kind[end] & AW_LTF_MASK) == ltf) end++;
    uint16_t n = (uint16_t)(end - first);
    unsigned room = a->config.max_bins / f->n_rx;
    uint16_t stride = (uint16_t)((n + room - 1) / room);
    *out = (struct aw_amplitude_layout){.k = f->k,
                                        .kind = f->kind,
                                        .n_sub = f->n_sub,
                                        .n_rx = f->n_rx,
                                        .first = first,
                                        .n = n,
                                        .stride = stride,
                                        .n_bins = (uint16_t)((n + stride - 1) / stride),
                                        .ltf = ltf,
                                        .k_first = f->k[first],
                                        .k_last = f->k[end - 1]};
    return true;
}

/* Whether the frame has the layout in use; takes over a new one that has come to stay. */
static bool layout_fits(struct aw_amplitude *a, const struct aw_frame *f) {
    struct aw_amplitude_layout *now = &a->layout;
    if (now->n && f->k == now->k && f->kind == now->kind && f->n_sub == now->n_sub &&
        f->n_rx == now->n_rx && f->k[now->first] == now->k_first &&
        f->k[now->first + now->n - 1] == now->k_last) { /* a reader may reuse its table's memory */
        a->foreign_run = 0;
        return true;
    }
    struct aw_amplitude_layout its;
    if (f->n_rx > AW_MAX_CHAINS || f->n_rx == 0 || !layout_of(a, f, &its)) return false;
    if (now->n && its.ltf == now->ltf && its.n_rx == now->n_rx && its.n == now->n &&
        its.k_first == now->k_first && its.k_last == now->k_last) {
        *now = its; /* the same values, perhaps elsewhere in a longer frame */
        a->foreign_run = 0;
        return true;
    }
    if (now->n && ++a->foreign_run < FOREIGN_RUN) {
        a->foreign++;
        return false;
    }
    *now = its;
    forget(a);
    return true;
}

/* ---- Live subcarriers ------------------------------------------------------------------------ */

static int16_t bin_k(const struct aw_amplitude *a, const struct aw_frame *f, uint16_t bin) {
    return f->k[a->layout.first + bin * a->layout.stride];
}

/* Upper median of the positive means of a chain; scratch [n]. */
static float typical(const float *mean, uint16_t n, float *scratch) {
    uint16_t m = 0;
    for (uint16_t i = 0; i < n; i++) { /* insertion sort: n is small and this is rare */
        if (!(mean[i] > 0)) continue;
        uint16_t at = m++;
        for (; at > 0 && scratch[at - 1] > mean[i]; at--) scratch[at] = scratch[at - 1];
        scratch[at] = mean[i];
    }
    return m ? scratch[m / 2] : 0;
}

static bool is_live(const struct aw_amplitude *a, uint16_t bin) {
    const uint16_t *live = a->live;
    for (unsigned chain = 0; chain < a->layout.n_rx; live += a->n_live[chain++]) {
        for (uint16_t i = 0; i < a->n_live[chain]; i++) {
            if (live[i] == bin) return true;
        }
    }
    return false;
}

/* Would the review choose other subcarriers than those in use? */
static bool live_changed(struct aw_amplitude *a, const struct aw_frame *f) {
    const struct aw_amplitude_layout *l = &a->layout;
    for (unsigned chain = 0; chain < l->n_rx; chain++) {
        float *mean = a->mean + chain * l->n_bins;
        float usual = typical(mean, l->n_bins, a->bin);
        for (uint16_t i = 0; i < l->n_bins; i++) {
            if (f->kind[l->first + i * l->stride] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
            bool live = is_live(a, (uint16_t)(chain * l->n_bins + i));
            if (live ? mean[i] < DIES * usual : mean[i] > RETURNS * usual) return true;
        }
    }
    return false;
}

static void choose_live(struct aw_amplitude *a, const struct aw_frame *f) {
    const struct aw_amplitude_layout *l = &a->layout;
    uint16_t *live = a->live;
    a->n_fine = a->n_group = 0;
    for (unsigned chain = 0; chain < l->n_rx; chain++) {
        uint16_t base = (uint16_t)(chain * l->n_bins);
        float floor = LIVE * typical(a->mean + base, l->n_bins, a->bin);
        uint16_t n = 0;
        for (uint16_t i = 0; i < l->n_bins; i++) {
            if (f->kind[l->first + i * l->stride] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
            if (!(a->mean[base + i] > floor)) continue;
            uint16_t at = n++;
            for (; at > 0 && bin_k(a, f, (uint16_t)(live[at - 1] - base)) > bin_k(a, f, i); at--) {
                live[at] = live[at - 1];
            }
            live[at] = (uint16_t)(base + i);
        }
        live += n;
        unsigned fine_room = a->config.max_fine / l->n_rx;
        unsigned group_room = a->config.max_group / l->n_rx;
        unsigned groups = n / GROUP ? n / GROUP : n > 0;
        a->n_live[chain] = n;
        a->chain_fine[chain] = (uint16_t)(n < fine_room ? n : fine_room);
        a->chain_group[chain] = (uint16_t)(groups < group_room ? groups : group_room);
        a->n_fine = (uint16_t)(a->n_fine + a->chain_fine[chain]);
        a->n_group = (uint16_t)(a->n_group + a->chain_group[chain]);
    }
    a->ready = a->n_group > 0;
    a->fresh = a->ready;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static void take_bins(struct aw_amplitude *a, const struct aw_frame *f) {
    const struct aw_amplitude_layout *l = &a->layout;
    float *bin = a->bin;
    for (unsigned chain = 0; chain < l->n_rx; chain++) {
        const float *iq = f->iq + 2 * ((size_t)chain * f->n_tx * f->n_sub + l->first);
        size_t step = 2 * (size_t)l->stride;
        for (uint16_t i = 0; i < l->n_bins; i++, iq += step) {
            *bin++ = sqrtf(iq[0] * iq[0] + iq[1] * iq[1]);
        }
    }
}

/* Four sums side by side: one chain of additions would wait for each of them. */
static float sum_of(const float *x, unsigned n) {
    float sum[4] = {0, 0, 0, 0};
    unsigned i = 0;
    for (; i + 4 <= n; i += 4) {
        for (unsigned j = 0; j < 4; j++) sum[j] += x[i + j];
    }
    for (; i < n; i++) sum[0] += x[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* Means of n values in `parts` nearly equal parts of neighbours, times scale. */
static void average(const float *x, unsigned n, unsigned parts, float scale, float *out) {
    if (parts == n) {
        for (unsigned i = 0; i < n; i++) out[i] = x[i] * scale;
        return;
    }
    unsigned at = 0;
    for (unsigned p = 1; p <= parts; p++) {
        unsigned end = p * n / parts;
        *out++ = sum_of(x + at, end - at) * scale / (float)(end - at);
        at = end;
    }
}

/* Means of every second of n values. */
static float alternate_mean(const float *x, unsigned n) {
    float sum = 0;
    for (unsigned i = 0; i < n; i += 2) sum += x[i];
    return sum / (float)((n + 1) / 2);
}

size_t aw_amplitude_comb(const struct aw_amplitude *a, float *out, size_t max, size_t *parts) {
    unsigned chains = a->layout.n_rx, least = a->n_live[0];
    for (unsigned chain = 1; chain < chains; chain++)
        if (a->n_live[chain] < least) least = a->n_live[chain];
    unsigned per_chain = least / COMB, room = (unsigned)(max / 2 / chains);
    if (per_chain < COMB_PARTS) per_chain = COMB_PARTS;
    if (per_chain > room) per_chain = room;
    *parts = per_chain;
    if (least < 4 * COMB_PARTS || per_chain < 2) return 0;
    const float *x = a->packed;
    size_t n_out = 0;
    for (unsigned chain = 0; chain < chains; x += a->n_live[chain++]) {
        unsigned n = a->n_live[chain], at = 0;
        float scale = (float)n / sum_of(x, n);
        for (unsigned p = 1; p <= per_chain; p++) {
            unsigned end = p * n / per_chain;
            out[n_out++] = scale * alternate_mean(x + at, end - at);
            out[n_out++] = scale * alternate_mean(x + at + 1, end - at - 1);
            at = end;
        }
    }
    return n_out;
}

bool aw_amplitude_push(struct aw_amplitude *a, const struct aw_frame *f,
                       struct aw_amplitude_row *row) {
    if (!layout_fits(a, f)) return false;
    const struct aw_amplitude_layout *l = &a->layout;
    unsigned n_bins = (unsigned)l->n_bins * l->n_rx;
    if (a->ready && a->seen % REVIEW == 0 && live_changed(a, f)) choose_live(a, f);
    take_bins(a, f);

    if (!a->ready) {
        float total = sum_of(a->bin, n_bins);
        if (!(total > 0 && total < INFINITY)) return false;
        float gain = 1 / (float)(a->seen + 1);
        for (unsigned i = 0; i < n_bins; i++) a->mean[i] += gain * (a->bin[i] - a->mean[i]);
        if (a->seen == 0) memcpy(a->mean, a->bin, n_bins * sizeof *a->mean);
        if (++a->seen < LEARN) return false;
        choose_live(a, f);
        if (!a->ready) { /* no energy where the layout says there is some: look on */
            a->seen = 0;
            return false;
        }
        memset(a->level, 0, sizeof a->level);
        take_bins(a, f);
    }

    float *packed = a->packed;
    float level[AW_MAX_CHAINS];
    bool weak = false;
    const uint16_t *live = a->live;
    for (unsigned chain = 0; chain < l->n_rx; live += a->n_live[chain++]) {
        unsigned n = a->n_live[chain];
        for (unsigned i = 0; i < n; i++) packed[i] = a->bin[live[i]];
        level[chain] = n ? sum_of(packed, n) / (float)n : 1;
        packed += n;
        if (!(level[chain] > WEAK * a->level[chain])) weak = true;
    }
    if (weak && ++a->weak_run < WEAK_RUN) {
        a->weak++;
        return false;
    }
    bool jump = weak || a->fresh; /* the level is new, not an excursion */
    a->weak_run = 0;
    for (unsigned chain = 0; chain < l->n_rx; chain++) {
        if (!(level[chain] > 0 && level[chain] < INFINITY)) return false;
        a->level[chain] += (jump ? 1 : LEVEL_GAIN) * (level[chain] - a->level[chain]);
    }
    for (unsigned i = 0; i < n_bins; i++) {
        float off = a->bin[i] - a->mean[i]; /* of a subcarrier not in use it may be anything */
        a->mean[i] += fabsf(off) < 1e30F ? MEAN_GAIN * off : 0;
    }
    a->seen++;

    packed = a->packed;
    float *fine = a->fine, *group = a->group;
    for (unsigned chain = 0; chain < l->n_rx; packed += a->n_live[chain++]) {
        float scale = 1 / level[chain];
        average(packed, a->n_live[chain], a->chain_fine[chain], scale, fine);
        average(packed, a->n_live[chain], a->chain_group[chain], scale, group);
        fine += a->chain_fine[chain];
        group += a->chain_group[chain];
    }
    *row = (struct aw_amplitude_row){.fine = a->fine,
                                     .group = a->group,
                                     .n_fine = a->n_fine,
                                     .n_group = a->n_group,
                                     .fresh = a->fresh};
    a->fresh = false;
    return true;
}
