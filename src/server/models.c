#include "server/models.h"

#include "server/board.h"
#include "server/models_own.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Opening --------------------------------------------------------------------------------- */

static void open_one(struct aw_models *m, const char *path) {
    struct aw_models_one *one = &m->one[m->n];
    snprintf(one->path, sizeof one->path, "%s", path);
    if (!m->backend)
        one->why = m->backend_why;
    else if (aw_model_open(&one->model, path, m->backend, &one->why) == AW_OK)
        one->why.text[0] = '\0';
    for (int i = 0; i < m->n && !one->why.text[0]; i++)
        if (!m->one[i].why.text[0] && m->one[i].model.task == one->model.task)
            aw_task_refuse(&one->why, 0, "%s is in use for the task %s already", m->one[i].path,
                           one->model.task->name);
    m->n++;
}

static bool any(const struct aw_models *m) {
    for (int i = 0; i < m->n; i++)
        if (!m->one[i].why.text[0]) return true;
    return false;
}

static int open_rings(struct aw_models *m) {
    struct aw_arena arena;
    size_t bytes = AW_MODELS_ANSWERS * (sizeof(struct aw_models_said) + 16);
    m->tap = aw_frame_tap_create(AW_MODELS_FRAMES);
    m->answers = aligned_alloc(64, (sizeof *m->answers + 63) & ~(size_t)63);
    m->answers_memory = calloc(1, bytes);
    if (!m->tap || !m->answers || !m->answers_memory) return AW_ERR_NOMEM;
    for (uint32_t link = 0; link < AW_FRAME_TAP_LINKS; link++)
        (void)aw_frame_tap_want(m->tap, link, true);
    aw_arena_init(&arena, m->answers_memory, bytes);
    return aw_ring_init(m->answers, &arena, AW_MODELS_ANSWERS, sizeof(struct aw_models_said));
}

int aw_models_open(struct aw_models **out, const struct aw_models_config *config) {
    struct aw_models *m = calloc(1, sizeof *m);
    if (!m) return AW_ERR_NOMEM;
    if (config->n > 0 && aw_ort_choose(&m->ort, config->backend, config->library, &m->backend,
                                       &m->backend_why) != AW_OK)
        m->backend = NULL;
    if (m->backend)
        snprintf(m->backend_name, sizeof m->backend_name, "%s%s%s", m->backend->name,
                 m->ort.version[0] ? " " : "", m->ort.version);
    for (int i = 0; i < config->n && i < AW_MODELS; i++) open_one(m, config->paths[i]);
    int err = any(m) ? open_rings(m) : AW_OK;
    if (err != AW_OK) {
        aw_models_close(m);
        return err;
    }
    *out = m;
    return AW_OK;
}

int aw_models_start(struct aw_models *m, void (*wake)(void *ctx), void *wake_ctx) {
    if (!m || !m->tap) return AW_OK;
    m->wake = wake;
    m->wake_ctx = wake_ctx;
    m->running = pthread_create(&m->thread, NULL, aw_models_run, m) == 0;
    return m->running ? AW_OK : AW_ERR_IO;
}

void aw_models_stop(struct aw_models *m) {
    if (!m || !m->running) return;
    atomic_store_explicit(&m->stop, true, memory_order_release);
    pthread_join(m->thread, NULL);
    m->running = false;
}

void aw_models_close(struct aw_models *m) {
    if (!m) return;
    aw_models_stop(m);
    aw_models_forget_links(m);
    for (int i = 0; i < m->n; i++) aw_model_close(&m->one[i].model);
    aw_ort_close(&m->ort);
    aw_frame_tap_destroy(m->tap);
    free(m->answers);
    free(m->answers_memory);
    free(m);
}

/* ---- What is known --------------------------------------------------------------------------- */

struct aw_frame_tap *aw_models_tap(const struct aw_models *m) {
    return m ? m->tap : NULL;
}

int aw_models_count(const struct aw_models *m) {
    return m ? m->n : 0;
}

int aw_models_find(const struct aw_models *m, const char *name) {
    for (int i = 0; i < aw_models_count(m); i++)
        if (strcmp(aw_models_name(m, i), name) == 0) return i;
    return -1;
}

const struct aw_model *aw_models_get(const struct aw_models *m, int i) {
    return &m->one[i].model;
}

const char *aw_models_path(const struct aw_models *m, int i) {
    return m->one[i].path;
}

/* Of a card that could not be read, the name of its file without its ends. */
const char *aw_models_name(const struct aw_models *m, int i) {
    const char *slash = strrchr(m->one[i].path, '/');
    return m->one[i].model.name[0] ? m->one[i].model.name : slash ? slash + 1 : m->one[i].path;
}

const char *aw_models_refused(const struct aw_models *m, int i) {
    return m->one[i].why.text[0] ? m->one[i].why.text : NULL;
}

const char *aw_models_backend(const struct aw_models *m) {
    return m ? m->backend_name : "";
}

const char *aw_models_backend_why(const struct aw_models *m) {
    return m ? m->backend_why.text : "";
}

void aw_models_stats(const struct aw_models *m, int i, struct aw_models_stats *out) {
    const struct aw_models_one *one = &m->one[i];
    out->runs = atomic_load_explicit(&one->runs, memory_order_relaxed);
    out->failed = atomic_load_explicit(&one->failed, memory_order_relaxed);
    out->skipped = atomic_load_explicit(&one->skipped, memory_order_relaxed);
    out->sum_s = (double)atomic_load_explicit(&one->sum_ns, memory_order_relaxed) * 1e-9;
    for (int b = 0; b <= AW_MODELS_BUCKETS; b++)
        out->bucket[b] = atomic_load_explicit(&one->bucket[b], memory_order_relaxed);
}

uint64_t aw_models_lost(const struct aw_models *m) {
    return m && m->tap ? atomic_load_explicit(&m->tap->frames.lost, memory_order_relaxed) : 0;
}

/* ---- Answers --------------------------------------------------------------------------------- */

/* The place of a link, or a free one, or that of the link heard of longest ago. */
static int place_of(struct aw_models *m, uint32_t link) {
    int oldest = 0;
    int64_t oldest_ns = INT64_MAX;
    for (int i = 0; i < AW_MODELS_LINKS; i++) {
        if (m->seen[i].used && m->seen[i].link == link) return i;
        int64_t ns = 0;
        for (int k = 0; k < m->n; k++)
            if (m->seen[i].last[k].wall_ns > ns) ns = m->seen[i].last[k].wall_ns;
        if (ns >= oldest_ns) continue;
        oldest = i;
        oldest_ns = ns;
    }
    memset(&m->seen[oldest], 0, sizeof m->seen[oldest]);
    m->seen[oldest].used = true;
    m->seen[oldest].link = link;
    return oldest;
}

void aw_models_drain(struct aw_models *m) {
    const struct aw_models_said *said;
    while (m && m->answers && (said = aw_ring_peek(m->answers))) {
        int at = place_of(m, said->answer.link);
        m->seen[at].any[said->model] = true;
        m->seen[at].last[said->model] = said->answer;
        aw_ring_release(m->answers);
    }
}

struct aw_answer aw_models_answer(const struct aw_models *m, int i, uint32_t link, int64_t now_ns) {
    struct aw_answer none = {.link = link, .quality = NAN, .took_ms = NAN};
    for (int k = 0; k < AW_MODELS_LINKS; k++) {
        if (!m->seen[k].used || m->seen[k].link != link || !m->seen[k].any[i]) continue;
        struct aw_answer a = m->seen[k].last[i];
        if (now_ns - a.wall_ns > AW_BOARD_STALE_S * INT64_C(1000000000)) {
            a.reason = AW_REASON_STALE;
            a.quality = NAN;
        }
        return a;
    }
    none.reason = atomic_load_explicit(&m->crowded, memory_order_relaxed) ? AW_REASON_MODEL_BUSY
                                                                          : AW_REASON_WARMING_UP;
    return none;
}

void aw_models_json(struct aw_json *j, const struct aw_models *m, uint32_t link, int64_t now_ns) {
    for (int i = 0; i < aw_models_count(m); i++) {
        const struct aw_model *model = &m->one[i].model;
        if (aw_models_refused(m, i)) continue;
        struct aw_answer a = aw_models_answer(m, i, link, now_ns);
        double age_s = a.wall_ns ? (double)(now_ns - a.wall_ns) * 1e-9 : (double)NAN;
        aw_json_key(j, model->task->name);
        aw_json_open(j, '{');
        aw_json_key_str(j, "model", model->name);
        aw_json_key_str(j, "version", model->version);
        aw_json_key_bool(j, "experimental", model->experimental);
        aw_json_key_num(j, "t_s", a.wall_ns ? (double)a.t_ns * 1e-9 : (double)NAN, 3);
        aw_json_key_num(j, "age_s", age_s < 0 ? 0 : age_s, 1);
        aw_json_key_num(j, "quality", (double)a.quality, 2);
        aw_json_key_str(j, "reason", a.reason == AW_REASON_NONE ? NULL : aw_reason_key(a.reason));
        model->task->write(j, model, &a);
        aw_json_close(j, '}');
    }
}
