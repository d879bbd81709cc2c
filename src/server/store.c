#include "server/store.h"

#include "base/units.h"
#include "server/log.h"
#include "server/store_batch.h"
#include "server/store_keep.h"
#include "server/system_clock.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    RING_SLOTS = 8192, /* 256 links and their rooms for half a minute of a stalled disk */
    JOBS = 256,        /* questions under way */
    RETRY_FIRST_MS = 500,
    RETRY_LAST_MS = 30000,
    LOOK_MS = 50,   /* between looks into the ring: seconds come without a sign */
    ROLL_MS = 1000, /* between looks at whether a minute is complete */
    TRIM_MS = 60000,
    KEEP_STEPS = 64, /* spans made in a row before new items get their turn */
};

struct item {
    enum { ITEM_SECOND, ITEM_EVENT, ITEM_JOB } kind;
    union {
        struct {
            struct aw_series series;
            enum aw_origin_kind source;
            int64_t t_s;
            struct aw_update update;
        } second;
        struct aw_event event;
        struct aw_store_job job;
    };
};

struct answer {
    struct aw_store_job job;
    int err;
    struct aw_why why;
};

struct aw_store {
    struct aw_store_config config;
    char *url;
    pthread_t thread;
    sem_t news;
    atomic_bool stop;
    struct aw_ring to, back; /* of struct item; of struct answer */
    void *memory;
    size_t jobs; /* loop thread: asked and not yet told */

    /* The store's thread. */
    struct aw_db db;
    struct aw_batch batch;
    bool in_trouble;
    int64_t due_ms, roll_ms, trim_ms, trouble_ms, retry_ms;

    pthread_mutex_t lock; /* of stats: figures for people, off the frames' path */
    struct aw_store_stats stats;

    struct aw_event_watch watch; /* loop thread */
};

static void tell_stats(struct aw_store *s, int err, const char *trouble) {
    int64_t bytes = -1;
    pthread_mutex_lock(&s->lock);
    bytes = s->stats.bytes;
    pthread_mutex_unlock(&s->lock);
    if (err == AW_OK) bytes = s->db.kind == &aw_db_sqlite ? s->db.kind->bytes(&s->db) : bytes;
    pthread_mutex_lock(&s->lock);
    s->stats.ok = err == AW_OK;
    snprintf(s->stats.trouble, sizeof s->stats.trouble, "%s", trouble);
    s->stats.summaries = s->batch.wrote_summaries;
    s->stats.events = s->batch.wrote_events;
    s->stats.lost = s->batch.lost;
    s->stats.waiting = s->batch.n_summaries + s->batch.n_events;
    s->stats.bytes = bytes;
    if (err == AW_OK) {
        s->stats.batches++;
        s->stats.written_s = aw_system_ns(CLOCK_REALTIME) / AW_S;
    } else {
        s->stats.failures++;
    }
    pthread_mutex_unlock(&s->lock);
}

/* Text for a JSON string: what would have to be escaped is left out. */
static void plain(const char *text, char *out, size_t cap) {
    size_t n = 0;
    for (; *text && n + 1 < cap; text++)
        if (*text >= ' ' && *text < 127 && *text != '"' && *text != '\\') out[n++] = *text;
    out[n] = '\0';
}

static int reopen(struct aw_store *s) {
    aw_db_close(&s->db);
    int err = aw_db_open(&s->db, s->url);
    if (err == AW_OK) err = aw_schema_migrate(&s->db, AW_SCHEMA_VERSION);
    return err;
}

static void trouble_begins(struct aw_store *s, int64_t now_ms) {
    if (!s->in_trouble) {
        char why[200];
        s->in_trouble = true;
        s->trouble_ms = now_ms;
        s->retry_ms = RETRY_FIRST_MS;
        plain(s->db.why.text, why, sizeof why);
        aw_log(AW_LOG_ERROR, "history cannot be written, and waits: %s", s->db.why.text);
        struct aw_event e = aw_event_make(aw_system_ns(CLOCK_REALTIME), "store-trouble",
                                          "{\"reason\":\"%s\"}", why);
        aw_batch_event(&s->batch, &e);
    }
    tell_stats(s, AW_ERR_IO, s->db.why.text);
    s->due_ms = now_ms + s->retry_ms;
    s->retry_ms = s->retry_ms * 2 < RETRY_LAST_MS ? s->retry_ms * 2 : RETRY_LAST_MS;
}

static void trouble_ends(struct aw_store *s, int64_t now_ms) {
    if (!s->in_trouble) return;
    s->in_trouble = false;
    aw_log(AW_LOG_INFO, "history is written again");
    struct aw_event e = aw_event_make(
        aw_system_ns(CLOCK_REALTIME), "store-recovered", "{\"trouble_s\":%.1f,\"lost\":%llu}",
        (double)(now_ms - s->trouble_ms) * 1e-3, (unsigned long long)s->batch.lost);
    aw_batch_event(&s->batch, &e);
}

static int keep_house(struct aw_store *s, int64_t now_ms) {
    int64_t now_s = aw_system_ns(CLOCK_REALTIME) / AW_S;
    int err = AW_OK;
    if (now_ms >= s->roll_ms) {
        int steps = KEEP_STEPS;
        while ((err = aw_keep_roll(&s->db, now_s)) > 0 && --steps) {
        }
        s->roll_ms = err > 0 ? now_ms : now_ms + ROLL_MS;
    }
    if (err >= 0 && now_ms >= s->trim_ms) {
        const struct aw_keep_limits limits = {s->config.keep_days, s->config.keep_second_days,
                                              (int64_t)(s->config.max_mb * 1e6)};
        err = aw_keep_trim(&s->db, now_s, &limits);
        s->trim_ms = err > 0 ? now_ms : now_ms + TRIM_MS;
    }
    return err < 0 ? err : AW_OK;
}

static void write_out(struct aw_store *s, int64_t now_ms) {
    int err = s->in_trouble || !s->db.handle ? reopen(s) : AW_OK;
    if (err == AW_OK) err = aw_batch_write(&s->batch, &s->db);
    if (err == AW_OK) err = keep_house(s, now_ms);
    if (err != AW_OK) {
        trouble_begins(s, now_ms);
        return;
    }
    trouble_ends(s, now_ms);
    tell_stats(s, AW_OK, "");
    s->due_ms = now_ms + s->config.batch_ms;
}

static void answer(struct aw_store *s, const struct aw_store_job *job) {
    struct answer *a = aw_ring_reserve(&s->back); /* there is room: jobs are counted */
    if (!a) return;
    *a = (struct answer){.job = *job, .err = AW_ERR_IO};
    if (s->in_trouble || !s->db.handle)
        a->why = s->db.why;
    else
        a->err = job->run(&s->db, job->ctx, &a->why);
    aw_ring_commit(&s->back);
    if (s->config.wake) s->config.wake(s->config.wake_ctx);
}

static void take(struct aw_store *s, const struct item *i) {
    switch (i->kind) {
    case ITEM_SECOND:
        aw_batch_second(&s->batch, &i->second.series, i->second.t_s, i->second.source,
                        &i->second.update);
        break;
    case ITEM_EVENT:
        aw_batch_event(&s->batch, &i->event);
        break;
    case ITEM_JOB:
        answer(s, &i->job);
        break;
    }
}

static void drain(struct aw_store *s) {
    const struct item *i;
    while ((i = aw_ring_peek(&s->to))) {
        struct item copy = *i;
        aw_ring_release(&s->to);
        take(s, &copy);
    }
}

static void *run(void *arg) {
    struct aw_store *s = arg;
    while (!atomic_load_explicit(&s->stop, memory_order_acquire)) {
        drain(s);
        int64_t now_ms = aw_system_ns(CLOCK_MONOTONIC) / AW_MS;
        if (now_ms >= s->due_ms) write_out(s, now_ms);
        int64_t until = now_ms + LOOK_MS < s->due_ms ? now_ms + LOOK_MS : s->due_ms;
        struct timespec t = {until / 1000, until % 1000 * 1000000};
        while (sem_clockwait(&s->news, CLOCK_MONOTONIC, &t) != 0 && errno == EINTR) {
        }
    }
    drain(s);
    write_out(s, aw_system_ns(CLOCK_MONOTONIC) / AW_MS);
    aw_db_close(&s->db);
    return NULL;
}

static void discard(struct aw_store *s) {
    aw_db_close(&s->db);
    aw_batch_free(&s->batch);
    free(s->url);
    free(s->memory);
    free(s);
}

static int start(struct aw_store *s, struct aw_why *why) {
    int err = reopen(s);
    *why = s->db.why;
    /* A server that is away may come; a file that cannot be opened is a wrong setting. */
    if (err == AW_ERR_VERSION || (err != AW_OK && s->db.kind != &aw_db_postgres)) return err;
    s->due_ms = aw_system_ns(CLOCK_MONOTONIC) / AW_MS;
    s->trim_ms = s->due_ms + 1000;
    if (err != AW_OK) trouble_begins(s, s->due_ms);
    return pthread_create(&s->thread, NULL, run, s) == 0 ? AW_OK : AW_ERR_NOMEM;
}

int aw_store_open(struct aw_store **out, const struct aw_store_config *config, struct aw_why *why) {
    size_t bytes = RING_SLOTS * (sizeof(struct item) + 16) + JOBS * (sizeof(struct answer) + 16);
    struct aw_store *s = aligned_alloc(64, (sizeof *s + 63) & ~(size_t)63);
    why->text[0] = '\0';
    if (!s) return AW_ERR_NOMEM;
    memset(s, 0, sizeof *s);
    s->config = *config;
    s->url = strdup(config->url);
    s->memory = calloc(1, bytes);
    struct aw_arena arena;
    aw_arena_init(&arena, s->memory, s->memory ? bytes : 0);
    pthread_mutex_init(&s->lock, NULL);
    sem_init(&s->news, 0, 0);
    s->stats.bytes = -1;
    int err = aw_batch_init(&s->batch);
    if (err == AW_OK && (!s->url || !s->memory)) err = AW_ERR_NOMEM;
    if (err == AW_OK) err = aw_ring_init(&s->to, &arena, RING_SLOTS, sizeof(struct item));
    if (err == AW_OK) err = aw_ring_init(&s->back, &arena, JOBS, sizeof(struct answer));
    if (err == AW_OK) err = start(s, why);
    if (err == AW_OK) {
        *out = s;
        return AW_OK;
    }
    if (!why->text[0]) snprintf(why->text, sizeof why->text, "%s", aw_err_sentence(err));
    discard(s);
    return err;
}

void aw_store_close(struct aw_store *s) {
    if (!s) return;
    atomic_store_explicit(&s->stop, true, memory_order_release);
    sem_post(&s->news);
    pthread_join(s->thread, NULL);
    aw_store_poll(s);
    discard(s);
}

static void put_event(void *ctx, const struct aw_event *e) {
    struct aw_store *s = ctx;
    struct item *i = aw_ring_reserve(&s->to);
    if (!i) return;
    i->kind = ITEM_EVENT;
    i->event = *e;
    aw_ring_commit(&s->to);
}

void aw_store_event(struct aw_store *s, const struct aw_event *e) {
    put_event(s, e);
}

/* The second that the update is about, by its middle. Of live data by its own time, unless that is
 * of another clock; a replay happens now. */
static int64_t second_of(enum aw_origin_kind source, int64_t wall_ns, int64_t t_ns) {
    bool own =
        source != AW_SOURCE_REPLAY && t_ns > wall_ns - 60 * AW_S && t_ns < wall_ns + 2 * AW_S;
    return ((own ? t_ns : wall_ns) - AW_S / 2) / AW_S;
}

static void put_second(struct aw_store *s, const struct aw_series *series,
                       enum aw_origin_kind source, int64_t wall_ns, const struct aw_update *u) {
    struct item *i = aw_ring_reserve(&s->to);
    if (!i) return;
    i->kind = ITEM_SECOND;
    i->second.series = *series;
    i->second.source = source;
    i->second.t_s = second_of(source, wall_ns, u->t_ns);
    i->second.update = *u;
    aw_ring_commit(&s->to);
}

void aw_store_message(struct aw_store *s, const struct aw_msg *m) {
    const struct aw_event_subject *of = aw_event_push(&s->watch, m, put_event, s);
    if (!of || m->kind == AW_MSG_LINK) return;
    struct aw_series series = {.room = of->room, .sender = of->sender};
    snprintf(series.name, sizeof series.name, "%s", of->name);
    put_second(s, &series, m->origin, m->wall_ns, &m->update);
}

void aw_store_second(struct aw_store *s, int64_t now_ns) {
    aw_event_second(&s->watch, now_ns, put_event, s);
}

int aw_store_ask(struct aw_store *s, const struct aw_store_job *job) {
    struct item *i = s->jobs < JOBS ? aw_ring_reserve(&s->to) : NULL;
    if (!i) return AW_ERR_TOO_MANY;
    s->jobs++;
    i->kind = ITEM_JOB;
    i->job = *job;
    aw_ring_commit(&s->to);
    sem_post(&s->news);
    return AW_OK;
}

void aw_store_poll(struct aw_store *s) {
    const struct answer *a;
    while ((a = aw_ring_peek(&s->back))) {
        struct answer copy = *a;
        aw_ring_release(&s->back);
        s->jobs--;
        copy.job.done(copy.job.ctx, copy.err, &copy.why);
    }
}

void aw_store_stats(struct aw_store *s, struct aw_store_stats *out) {
    pthread_mutex_lock(&s->lock);
    *out = s->stats;
    pthread_mutex_unlock(&s->lock);
    out->lost += atomic_load_explicit(&s->to.lost, memory_order_relaxed);
}
