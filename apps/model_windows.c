#include "model_windows.h"

#include "base/units.h"
#include "core/clock.h"
#include "sense/amplitude.h"
#include "server/capture.h"
#include "server/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINKS = 8, MEMORY = 1 << 20 };

struct link {
    struct aw_link_info info;
    char name[AW_LINK_NAME];
    struct aw_clock clock;
    struct aw_amplitude amplitude;
    struct aw_activity activity;
    int64_t next_ns;
    void *memory;
};

struct run {
    struct link links[LINKS];
    int n_links;
    int64_t first_ns, hop_ns;
    bool any;
    struct aw_capture capture;
    void (*seen)(void *user, const struct window *w);
    void *user;
    float series[AW_ACTIVITY_SERIES * AW_ACTIVITY_STEPS];
};

static struct link *find(struct run *r, const struct aw_frame *f) {
    for (int i = 0; i < r->n_links; i++) {
        const struct aw_link_info *k = &r->links[i].info;
        if (k->origin == f->origin && k->node == f->node && k->tx == f->tx &&
            k->rx_chain == f->rx_chain && k->tx_chain == f->tx_chain)
            return &r->links[i];
    }
    if (r->n_links == LINKS) return NULL;
    struct link *l = &r->links[r->n_links];
    struct aw_amplitude_config config;
    struct aw_arena arena;
    aw_amplitude_config_default(&config);
    l->info = (struct aw_link_info){.format = f->format,
                                    .origin = f->origin,
                                    .node = f->node,
                                    .tx = f->tx,
                                    .rx_chain = f->rx_chain,
                                    .tx_chain = f->tx_chain};
    aw_link_name(&l->info, l->name);
    aw_clock_reset(&l->clock);
    l->memory = malloc(MEMORY);
    if (!l->memory) return NULL;
    aw_arena_init(&arena, l->memory, MEMORY);
    if (aw_amplitude_init(&l->amplitude, &arena, &config) != AW_OK ||
        aw_activity_init(&l->activity, &arena) != AW_OK) {
        free(l->memory);
        return NULL;
    }
    r->n_links++;
    return l;
}

static void push(struct run *r) {
    struct aw_frame f = r->capture.frame;
    struct aw_amplitude_row row;
    struct link *l = find(r, &f);
    int64_t t_ns;
    if (f.t_kind == AW_TIME_DEVICE) f.t_arrival_ns = 0; /* its own clock is the better one */
    if (!l || aw_clock_push(&l->clock, &f, &t_ns) != AW_OK) return;
    if (!r->any) r->first_ns = t_ns;
    r->any = true;
    if (!aw_amplitude_push(&l->amplitude, &f, &row)) return;
    if (row.fresh) aw_activity_reset(&l->activity);
    aw_activity_push(&l->activity, t_ns, row.fine, row.n_fine);
    if (l->activity.count < AW_ACTIVITY_WINDOW || t_ns < l->next_ns) return;
    l->next_ns = t_ns + r->hop_ns;
    struct window w = {.link = l->name,
                       .t_s = (double)(t_ns - r->first_ns) * 1e-9,
                       .simulated = r->capture.simulated,
                       .series = r->series};
    w.reason = aw_activity_series(&l->activity, r->series);
    r->seen(r->user, &w);
}

int model_windows(const char *path, double hop_s, void (*seen)(void *user, const struct window *w),
                  void *user, struct aw_why *why) {
    struct run *r = calloc(1, sizeof *r);
    if (!r) return AW_ERR_NOMEM;
    r->hop_ns = (int64_t)(hop_s * 1e9);
    r->seen = seen;
    r->user = user;
    int err = aw_capture_open(&r->capture, path, why);
    if (err == AW_OK) {
        for (int got; (got = aw_capture_next(&r->capture)) != AW_CAPTURE_END;)
            if (got == 1) push(r);
        aw_capture_close(&r->capture);
        if (!r->any) {
            snprintf(why->text, sizeof why->text, "%s: no frame could be read", path);
            err = AW_ERR_EMPTY;
        }
    }
    for (int i = 0; i < r->n_links; i++) free(r->links[i].memory);
    free(r);
    return err;
}
