#include "server/models_own.h"
#include "server/system_clock.h"

#include "base/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct timespec NAP = {0, 50 * 1000 * 1000}; /* the tap holds many times that */

static bool in_use(const struct aw_models *m, int i) {
    return !m->one[i].why.text[0];
}

/* ---- Links ----------------------------------------------------------------------------------- */

static void forget(struct aw_models_link *l) {
    for (int i = 0; i < AW_MODELS; i++) free(l->of[i].builder);
    memset(l, 0, sizeof *l);
}

void aw_models_forget_links(struct aw_models *m) {
    for (int i = 0; i < AW_MODELS_LINKS; i++) forget(&m->links[i]);
}

static bool take_place(struct aw_models *m, struct aw_models_link *l, uint32_t link) {
    forget(l);
    for (int i = 0; i < m->n; i++) {
        if (!in_use(m, i)) continue;
        l->of[i].builder = aw_task_builder(m->one[i].model.task);
        if (l->of[i].builder) continue;
        forget(l);
        return false;
    }
    l->used = true;
    l->link = link;
    return true;
}

static struct aw_models_link *find_link(struct aw_models *m, uint32_t link, int64_t wall_ns) {
    struct aw_models_link *place = NULL;
    for (int i = 0; i < AW_MODELS_LINKS; i++) {
        struct aw_models_link *l = &m->links[i];
        if (l->used && l->link == link) return l;
        if (!l->used && (!place || place->used)) place = l;
        bool silent = l->used && wall_ns - l->wall_ns > AW_MODELS_FORGET_S * (int64_t)AW_S;
        if (silent && !place) place = l;
    }
    atomic_store_explicit(&m->crowded, !place, memory_order_relaxed);
    return place && take_place(m, place, link) ? place : NULL;
}

/* ---- Frames ---------------------------------------------------------------------------------- */

static struct aw_frame frame_of(struct aw_tapped_frame *t) {
    uint16_t n_tx = (uint16_t)(t->chains / (t->n_rx ? t->n_rx : 1)); /* whole ones that fit */
    return (struct aw_frame){.chip = "",
                             .flags = t->flags,
                             .t_ns = t->t_ns,
                             .seq = t->seq,
                             .n_rx = t->n_rx,
                             .n_tx = n_tx < t->n_tx ? n_tx : t->n_tx,
                             .n_sub = t->n_sub,
                             .spacing_hz = t->spacing_hz,
                             .noise_dbm = NAN,
                             .agc_db = NAN,
                             .rssi_dbm = {t->rssi_dbm, NAN, NAN, NAN},
                             .k = t->k,
                             .kind = t->kind,
                             .iq = t->iq,
                             .iq_cap = AW_FRAME_TAP_VALUES};
}

static void push(struct aw_models *m, struct aw_models_link *l, int i, const struct aw_frame *f,
                 bool anew) {
    const struct aw_task *task = m->one[i].model.task;
    if (anew) task->reset(l->of[i].builder);
    if (anew) l->of[i].next_ns = f->t_ns + task->hop_ns;
    bool empty = f->flags & AW_FRAME_TAP_EMPTY;
    if (task->empty && empty != l->of[i].empty) task->empty(l->of[i].builder, empty);
    l->of[i].empty = empty;
    task->push(l->of[i].builder, f->t_ns, f);
    if (f->t_ns < l->of[i].next_ns) return;
    l->of[i].next_ns = f->t_ns + task->hop_ns;
    if (l->of[i].due)
        atomic_fetch_add_explicit(&m->one[i].skipped, 1, memory_order_relaxed);
    else
        l->of[i].due_ns = aw_system_ns(CLOCK_MONOTONIC);
    l->of[i].due = true;
}

/* A step back in time is another recording, or another link in the same place. */
static void take_frames(struct aw_models *m) {
    const struct aw_tapped_frame *t;
    int64_t wall_ns = aw_system_ns(CLOCK_REALTIME);
    for (int n = 0; n < 2 * AW_MODELS_FRAMES && (t = aw_ring_peek(&m->tap->frames)); n++) {
        struct aw_models_link *l = find_link(m, t->link, wall_ns);
        if (l) {
            struct aw_tapped_frame *own =
                (struct aw_tapped_frame *)(uintptr_t)t; /* until released */
            struct aw_frame f = frame_of(own);
            bool anew = !l->wall_ns || f.t_ns < l->t_ns - AW_S || t->origin != l->origin;
            l->origin = t->origin;
            l->t_ns = f.t_ns;
            l->wall_ns = wall_ns;
            for (int i = 0; i < m->n; i++)
                if (in_use(m, i) && f.n_tx > 0) push(m, l, i, &f, anew);
        }
        aw_ring_release(&m->tap->frames);
    }
}

/* ---- Answers --------------------------------------------------------------------------------- */

static void count(struct aw_models_one *one, const struct aw_answer *a, int64_t took_ns) {
    static const double bounds_s[AW_MODELS_BUCKETS] = AW_MODELS_BOUNDS_S;
    int b = 0;
    while (b < AW_MODELS_BUCKETS && (double)took_ns * 1e-9 > bounds_s[b]) b++;
    atomic_fetch_add_explicit(&one->runs, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&one->bucket[b], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&one->sum_ns, (uint64_t)took_ns, memory_order_relaxed);
    if (a->reason != AW_REASON_NONE)
        atomic_fetch_add_explicit(&one->failed, 1, memory_order_relaxed);
}

static void compute(struct aw_models_one *one, void *builder, struct aw_answer *a) {
    struct aw_model *model = &one->model;
    int64_t start_ns = aw_system_ns(CLOCK_MONOTONIC);
    a->quality = a->took_ms = NAN;
    a->reason = model->task->build(builder, model->net.in[0].f, &a->quality);
    if (a->reason != AW_REASON_NONE) return;
    int err = aw_net_run(&model->net);
    if (err == AW_OK)
        model->task->decode(model, builder, a);
    else
        a->reason = err == AW_ERR_RANGE ? AW_REASON_NOT_FINITE : AW_REASON_MODEL_FAILED;
    int64_t took_ns = aw_system_ns(CLOCK_MONOTONIC) - start_ns;
    a->took_ms = (float)((double)took_ns * 1e-6);
    count(one, a, took_ns);
}

/* The one that has waited longest; false: none is due. */
static bool answer_one(struct aw_models *m) {
    struct aw_models_link *link = NULL;
    int model = 0;
    for (int k = 0; k < AW_MODELS_LINKS; k++)
        for (int i = 0; i < m->n; i++) {
            struct aw_models_link *l = &m->links[k];
            if (!l->used || !l->of[i].due) continue;
            if (link && l->of[i].due_ns >= link->of[model].due_ns) continue;
            link = l;
            model = i;
        }
    if (!link) return false;
    struct aw_models_said said = {.model = (uint8_t)model,
                                  .answer = {.link = link->link,
                                             .origin = link->origin,
                                             .t_ns = link->t_ns,
                                             .wall_ns = link->wall_ns}};
    link->of[model].due = false;
    compute(&m->one[model], link->of[model].builder, &said.answer);
    struct aw_models_said *to = aw_ring_reserve(m->answers);
    if (!to) return true; /* nobody reads: the loop stalls, and what it shows grows old */
    *to = said;
    aw_ring_commit(m->answers);
    if (m->wake) m->wake(m->wake_ctx);
    return true;
}

void *aw_models_run(void *arg) {
    struct aw_models *m = arg;
    while (!atomic_load_explicit(&m->stop, memory_order_acquire)) {
        take_frames(m);
        if (!answer_one(m)) nanosleep(&NAP, NULL);
    }
    return NULL;
}
