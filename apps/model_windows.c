#include "model_windows.h"

#include "base/units.h"
#include "core/clock.h"
#include "server/capture.h"
#include "server/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINKS = 8 };

struct link {
    struct aw_link_info info;
    char name[AW_LINK_NAME];
    struct aw_clock clock;
    int64_t next_ns, full_ns; /* full_ns: from here on somebody may be there */
    bool any;
    void *builder;
};

struct run {
    struct link links[LINKS];
    int n_links;
    int64_t first_ns, hop_ns, empty_ns;
    bool any;
    struct aw_capture capture;
    void (*seen)(void *user, const struct window *w);
    void *user;
    const struct aw_task *task;
    float *input;
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
    l->info = (struct aw_link_info){.format = f->format,
                                    .origin = f->origin,
                                    .node = f->node,
                                    .tx = f->tx,
                                    .rx_chain = f->rx_chain,
                                    .tx_chain = f->tx_chain};
    aw_link_name(&l->info, l->name);
    aw_clock_reset(&l->clock);
    l->builder = aw_task_builder(r->task);
    if (!l->builder) return NULL;
    r->n_links++;
    return l;
}

/* The room is empty at the beginning of a link, for those models that want to see it so. */
static void begin_or_fill(const struct run *r, struct link *l, int64_t t_ns) {
    if (!r->task->empty || r->empty_ns == 0) return;
    if (!l->any) {
        l->any = true;
        l->full_ns = t_ns + r->empty_ns;
        r->task->empty(l->builder, true);
    } else if (l->full_ns && t_ns >= l->full_ns) {
        l->full_ns = 0;
        r->task->empty(l->builder, false);
    }
}

static void push(struct run *r) {
    struct aw_frame f = r->capture.frame;
    struct link *l = find(r, &f);
    int64_t t_ns;
    if (f.t_kind == AW_TIME_DEVICE) f.t_arrival_ns = 0; /* its own clock is the better one */
    if (!l || aw_clock_push(&l->clock, &f, &t_ns) != AW_OK) return;
    if (!r->any) r->first_ns = t_ns;
    r->any = true;
    begin_or_fill(r, l, t_ns);
    r->task->push(l->builder, t_ns, &f);
    if (t_ns < l->next_ns) return;
    struct window w = {.link = l->name,
                       .t_s = (double)(t_ns - r->first_ns) * 1e-9,
                       .t_ns = t_ns,
                       .simulated = r->capture.simulated,
                       .input = r->input,
                       .builder = l->builder};
    w.reason = r->task->build(l->builder, r->input, &w.quality);
    if (w.reason == AW_REASON_WARMING_UP) return;
    l->next_ns = t_ns + r->hop_ns;
    r->seen(r->user, &w);
}

int model_windows(const char *path, const struct aw_task *task, double hop_s, double empty_s,
                  void (*seen)(void *user, const struct window *w), void *user,
                  struct aw_why *why) {
    struct run *r = calloc(1, sizeof *r);
    if (r) r->input = calloc(aw_task_values(task), sizeof *r->input);
    if (!r || !r->input) {
        free(r);
        return AW_ERR_NOMEM;
    }
    r->task = task;
    r->hop_ns = (int64_t)(hop_s * 1e9);
    r->empty_ns = (int64_t)(empty_s * 1e9);
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
    for (int i = 0; i < r->n_links; i++) free(r->links[i].builder);
    free(r->input);
    free(r);
    return err;
}
