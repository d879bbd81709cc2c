/* What waits for the database: seconds gathered by link, time and source, and events in order. */
#ifndef AW_SERVER_STORE_BATCH_H
#define AW_SERVER_STORE_BATCH_H

#include "server/event.h"
#include "server/store_schema.h"

enum {
    AW_BATCH_SUMMARIES = 16384, /* 256 links for a minute of trouble; 15 MB, touched when used */
    AW_BATCH_EVENTS = 4096,
    AW_BATCH_SERIES = 1024,
};

struct aw_series {
    bool room;
    char name[AW_EVENT_NAME];
    uint64_t sender; /* tells links of one name apart */
    int64_t id;      /* in the database; 0 not looked up yet */
};

struct aw_batch {
    struct aw_series series[AW_BATCH_SERIES];
    uint32_t n_series;
    struct aw_summary *summaries; /* series: a place in series[], until they are written */
    struct aw_event *events;
    uint32_t n_summaries, n_events;
    uint64_t lost;
    uint64_t wrote_summaries, wrote_events; /* so far */
};

AW_MUST_USE int aw_batch_init(struct aw_batch *b); /* NOMEM */
void aw_batch_free(struct aw_batch *b);

void aw_batch_second(struct aw_batch *b, const struct aw_series *of, int64_t t_s,
                     enum aw_origin_kind source, const struct aw_update *u);
void aw_batch_event(struct aw_batch *b, const struct aw_event *e);

/* Writes all of it in one transaction and empties it; when that fails everything waits on. */
AW_MUST_USE int aw_batch_write(struct aw_batch *b, struct aw_db *db);

#endif
