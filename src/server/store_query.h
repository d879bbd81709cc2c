/* Questions to the history, answered as JSON in the store's thread. */
#ifndef AW_SERVER_STORE_QUERY_H
#define AW_SERVER_STORE_QUERY_H

#include "base/json.h"
#include "server/event.h"
#include "server/store_schema.h"

enum {
    AW_HISTORY_POINTS = 10000, /* of one answer */
    AW_HISTORY_SERIES = 8,     /* links of one name that are told apart in one answer */
    AW_EVENTS_MAX = 1000,
};

struct aw_history_query {
    bool room;
    char name[AW_EVENT_NAME];
    bool by_sender; /* only of this sender, where several share the name */
    uint64_t sender;
    int64_t from_s, to_s; /* from_s <= t < to_s */
    enum aw_resolution at;
};

struct aw_history_answer {
    const struct aw_history_query *query;
    struct aw_summary *points; /* in order of t; freed by aw_history_free() */
    size_t n, cap;
    bool cut; /* there are more: go on from the last t */
    struct {
        int64_t id;
        char sender[24];
    } series[AW_HISTORY_SERIES];
    int n_series;
};

/* The resolution that shows a span best: at most some 4000 points. */
enum aw_resolution aw_history_auto(int64_t from_s, int64_t to_s);

/* Errors: IO (db->why), NOMEM. */
AW_MUST_USE int aw_history_load(struct aw_db *db, const struct aw_history_query *q,
                                struct aw_history_answer *a);
void aw_history_free(struct aw_history_answer *a);
void aw_history_json(struct aw_json *j, void *answer); /* const struct aw_history_answer * */

struct aw_events_query {
    int64_t from_ms, to_ms, before_id;                      /* newest first, id < before_id */
    char type[AW_EVENT_TYPE], kind[8], name[AW_EVENT_NAME]; /* "" any */
    int64_t limit;                                          /* 1..AW_EVENTS_MAX */
};

struct aw_events_answer {
    struct aw_events_row {
        int64_t id;
        struct aw_event event;
    } * rows; /* freed by aw_events_free() */
    size_t n;
    int64_t limit;
};

AW_MUST_USE int aw_events_load(struct aw_db *db, const struct aw_events_query *q,
                               struct aw_events_answer *a);
void aw_events_free(struct aw_events_answer *a);
void aw_events_json(struct aw_json *j, void *answer);

#endif
