/* History: seconds, minutes and hours of every link and room, events, and rows of recordings, in
 * a database on a thread of its own.
 *
 *     loop thread --ring--> store thread: gathers, writes a batch per batch_ms, answers questions
 *                 <--done--
 *
 * The loop thread never waits for it. When the ring is full the new item is lost and counted; while
 * the database is in trouble a bounded number of items waits for it, then the oldest are lost and
 * counted. All functions are for the loop thread. */
#ifndef AW_SERVER_STORE_H
#define AW_SERVER_STORE_H

#include "server/event.h"
#include "server/store_db.h"
#include "server/store_schema.h"

struct aw_store_config {
    const char *url;         /* as aw_db_open() takes it */
    double keep_days;        /* minutes, hours, events; > 0 */
    double keep_second_days; /* seconds */
    double max_mb;           /* of the database; the oldest seconds, then minutes, ... go first */
    int batch_ms;            /* between two writes, 10..60000 */
    void (*wake)(void *ctx); /* from the store's thread: call aw_store_poll() in the loop thread */
    void *wake_ctx;
};

struct aw_store;

/* Opens the database and brings it to today's schema. A PostgreSQL server that is away now is
 * waited for. Errors, with a sentence in why: IO, VERSION, NOMEM. */
AW_MUST_USE int aw_store_open(struct aw_store **out, const struct aw_store_config *config,
                              struct aw_why *why);

/* Writes what waits, ends the thread. Questions under way are answered first. NULL is fine. */
void aw_store_close(struct aw_store *s);

/* One message of the feed; once per second. */
void aw_store_message(struct aw_store *s, const struct aw_msg *m);
void aw_store_second(struct aw_store *s, int64_t now_ns);
void aw_store_event(struct aw_store *s, const struct aw_event *e);

/* Work for the store's thread: run() there, then done() in the loop thread, from aw_store_poll().
 * err is what run() returned; when the database is in trouble run() is not called, err is IO and
 * why has a sentence. Errors: TOO_MANY when the ring is full; done() is then not called. */
struct aw_store_job {
    int (*run)(struct aw_db *db, void *ctx, struct aw_why *why);
    void (*done)(void *ctx, int err, const struct aw_why *why);
    void *ctx;
};
AW_MUST_USE int aw_store_ask(struct aw_store *s, const struct aw_store_job *job);
void aw_store_poll(struct aw_store *s);

struct aw_store_stats {
    bool ok;
    char trouble[256];  /* sentence; "" none */
    uint64_t summaries; /* seconds of links and rooms written */
    uint64_t events, batches, failures;
    uint64_t lost; /* items that found no room */
    uint64_t waiting;
    int64_t bytes;     /* of the database; < 0 unknown */
    int64_t written_s; /* Unix time of the last batch; 0 none */
};
void aw_store_stats(struct aw_store *s, struct aw_store_stats *out);

#endif
