#include "server/store_batch.h"

#include "server/store_keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int aw_batch_init(struct aw_batch *b) {
    *b = (struct aw_batch){0};
    b->summaries = calloc(AW_BATCH_SUMMARIES, sizeof *b->summaries);
    b->events = calloc(AW_BATCH_EVENTS, sizeof *b->events);
    return b->summaries && b->events ? AW_OK : AW_ERR_NOMEM;
}

void aw_batch_free(struct aw_batch *b) {
    free(b->summaries);
    free(b->events);
}

static bool same(const struct aw_series *a, const struct aw_series *b) {
    return a->room == b->room && a->sender == b->sender && strcmp(a->name, b->name) == 0;
}

static uint32_t place_of(struct aw_batch *b, const struct aw_series *of) {
    for (uint32_t i = 0; i < b->n_series; i++)
        if (same(&b->series[i], of)) return i;
    if (b->n_series == AW_BATCH_SERIES) {
        if (b->n_summaries) return AW_BATCH_SERIES; /* places are in use */
        b->n_series = 0;                            /* begin anew: it is only a cache */
    }
    b->series[b->n_series] = *of;
    b->series[b->n_series].id = 0;
    return b->n_series++;
}

/* The oldest give way: in trouble the newest are worth more, and are what the next batch adds to. */
static struct aw_summary *room_for_one(struct aw_batch *b) {
    if (b->n_summaries == AW_BATCH_SUMMARIES) {
        uint32_t half = AW_BATCH_SUMMARIES / 2;
        memmove(b->summaries, b->summaries + half, half * sizeof *b->summaries);
        b->n_summaries = half;
        b->lost += half;
    }
    return &b->summaries[b->n_summaries++];
}

void aw_batch_second(struct aw_batch *b, const struct aw_series *of, int64_t t_s,
                     enum aw_origin_kind source, const struct aw_update *u) {
    uint32_t place = place_of(b, of);
    if (place == AW_BATCH_SERIES) {
        b->lost++;
        return;
    }
    for (uint32_t i = b->n_summaries; i-- > 0;) { /* the newest first: it is nearly always there */
        struct aw_summary *s = &b->summaries[i];
        if (s->t_s < t_s - 1) break;
        if (s->series == place && s->t_s == t_s && s->source == source) {
            aw_summary_add(s, u);
            return;
        }
    }
    struct aw_summary *s = room_for_one(b);
    aw_summary_init(s, place, t_s, source);
    aw_summary_add(s, u);
}

void aw_batch_event(struct aw_batch *b, const struct aw_event *e) {
    if (b->n_events == AW_BATCH_EVENTS) {
        uint32_t half = AW_BATCH_EVENTS / 2;
        memmove(b->events, b->events + half, half * sizeof *b->events);
        b->n_events = half;
        b->lost += half;
    }
    b->events[b->n_events++] = *e;
}

/* Its row in table series, made when it is new. A row that was made in a transaction that was
 * rolled back is not there: ids are remembered only by the caller, after the commit. */
static int64_t series_id(struct aw_db *db, const struct aw_series *s) {
    char sender[24];
    snprintf(sender, sizeof sender, "%016" PRIx64, s->sender);
    struct aw_val in[] = {aw_val_text(s->room ? "room" : "link"), aw_val_text(s->name),
                          aw_val_text(sender)};
    int err = aw_db_run(db,
                        "INSERT INTO series (kind, name, origin) VALUES ($1, $2, $3) "
                        "ON CONFLICT (kind, name, origin) DO NOTHING",
                        in, 3, NULL, NULL);
    return err != AW_OK
               ? err
               : aw_db_int(db,
                           "SELECT id FROM series WHERE kind = $1 AND name = $2 AND origin = $3",
                           in, 3, AW_ERR_IO);
}

static int write_summaries(struct aw_batch *b, struct aw_db *db, int64_t *ids) {
    int64_t first_s = INT64_MAX;
    int err = AW_OK;
    for (uint32_t i = 0; i < b->n_summaries && err == AW_OK; i++) {
        struct aw_summary s = b->summaries[i];
        int64_t place = s.series;
        if (!ids[place]) ids[place] = series_id(db, &b->series[place]);
        if (ids[place] <= 0) return AW_ERR_IO;
        s.series = ids[place];
        if (s.t_s < first_s) first_s = s.t_s;
        err = aw_summary_store(db, AW_PER_SECOND, &s);
    }
    return err == AW_OK && b->n_summaries ? aw_keep_touch(db, first_s) : err;
}

static int write_event(struct aw_db *db, const struct aw_event *e) {
    struct aw_val in[] = {aw_val_int(e->t_ms),
                          aw_val_text(e->type),
                          aw_val_text(e->kind[0] ? e->kind : NULL),
                          aw_val_text(e->name[0] ? e->name : NULL),
                          aw_val_text(e->source[0] ? e->source : NULL),
                          aw_val_text(e->detail)};
    return aw_db_run(db,
                     "INSERT INTO events (t_ms, type, kind, name, source, detail) VALUES "
                     "($1, $2, $3, $4, $5, $6)",
                     in, 6, NULL, NULL);
}

int aw_batch_write(struct aw_batch *b, struct aw_db *db) {
    int64_t ids[AW_BATCH_SERIES];
    if (!b->n_summaries && !b->n_events) return AW_OK;
    for (uint32_t i = 0; i < b->n_series; i++) ids[i] = b->series[i].id;
    int err = aw_db_begin(db);
    if (err != AW_OK) return err;
    err = write_summaries(b, db, ids);
    for (uint32_t i = 0; i < b->n_events && err == AW_OK; i++) err = write_event(db, &b->events[i]);
    err = aw_db_end(db, err);
    if (err != AW_OK) return err;
    for (uint32_t i = 0; i < b->n_series; i++) b->series[i].id = ids[i];
    b->wrote_summaries += b->n_summaries;
    b->wrote_events += b->n_events;
    b->n_summaries = b->n_events = 0;
    return AW_OK;
}
