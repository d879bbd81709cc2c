/* test_store [URL]: the history in a database of its own; in a temporary SQLite file without URL. */
#include "server/fill.h"
#include "server/store.h"
#include "server/store_batch.h"
#include "server/store_keep.h"
#include "server/store_query.h"
#include "test.h"

#include <unistd.h>

static const int64_t t0_s = 1700000040 - 1700000040 % 3600; /* a full hour */
static char dir[64], path[4096];
static bool postgres;

static void sum_rows(void *ctx, const struct aw_summary *s) {
    struct aw_summary *sum = ctx;
    if (sum->n == 0) aw_summary_init(sum, 0, s->t_s, s->source);
    aw_summary_join(sum, s);
}

static struct aw_summary sum_of(struct aw_db *db, enum aw_resolution at, int64_t from, int64_t to) {
    struct aw_summary sum = {0};
    CHECK_INT(aw_summary_load(db, at, 0, from, to, 1000000, sum_rows, &sum), AW_OK);
    return sum;
}

static int64_t count(struct aw_db *db, const char *table) {
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    return aw_db_int(db, sql, NULL, 0, -1);
}

static void fresh(struct aw_db *db, int version) {
    static const char *const tables[] = {"recordings",  "events", "hist_hour", "hist_minute",
                                         "hist_second", "series", "meta"};
    if (!postgres) {
        char name[4200];
        static const char *const ends[] = {"", "-wal", "-shm"};
        for (int i = 0; i < 3; i++) {
            snprintf(name, sizeof name, "%s%s", path, ends[i]);
            unlink(name);
        }
    }
    CHECK_INT(aw_db_open(db, path), AW_OK);
    for (size_t i = 0; postgres && i < sizeof tables / sizeof *tables; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS %s", tables[i]);
        CHECK_INT(aw_db_run(db, sql, NULL, 0, NULL, NULL), AW_OK);
    }
    CHECK_INT(aw_schema_migrate(db, version), AW_OK);
}

static const struct aw_series link_1 = {.name = "node 1", .sender = 0xFFFFFFFFFFFFFFFF};

static void put_second(struct aw_batch *b, int64_t t_s, enum aw_state state, float bpm) {
    struct aw_update u = fill_update(0, t_s * 1000000000).update;
    u.state = state;
    if (state == AW_STATE_NULL) u.state_reason = AW_REASON_STALE;
    u.breathing_bpm.value = bpm;
    if (isnan(bpm)) u.breathing_bpm.reason = AW_REASON_MOVING;
    aw_batch_second(b, &link_1, t_s, AW_SOURCE_LIVE, &u);
}

static void test_summary_text(void) {
    struct aw_summary s, back;
    char text[AW_NULLS_TEXT];
    aw_summary_init(&s, 1, 2, AW_SOURCE_LIVE);
    for (int v = 0; v < AW_OF_COUNT; v++)
        for (int r = 0; r < AW_REASON_COUNT; r++) s.nulls[v][r] = 3600; /* the longest there is */
    aw_summary_nulls_write(&s, text);
    aw_summary_init(&back, 1, 2, AW_SOURCE_LIVE);
    CHECK_INT(aw_summary_nulls_read(&back, text), AW_OK);
    CHECK(memcmp(back.nulls, s.nulls, sizeof s.nulls) == 0);
    CHECK_INT(aw_summary_nulls_read(&back, "1,2"), AW_ERR_TEXT);
    CHECK_INT(aw_summary_nulls_read(&back, "9,2,3"), AW_ERR_TEXT);
}

static void test_rolling(void) {
    struct aw_db db;
    struct aw_batch b;
    fresh(&db, AW_SCHEMA_VERSION);
    CHECK_INT(aw_batch_init(&b), AW_OK);
    /* Two hours: 30 s still at 12 bpm, 20 moving without a rate, 10 unknown, each minute. */
    for (int i = 0; i < 7200; i++) {
        int k = i % 60;
        put_second(&b, t0_s + i,
                   k < 30   ? AW_STATE_STILL
                   : k < 50 ? AW_STATE_MOVING
                            : AW_STATE_NULL,
                   k < 30 ? 12 : NAN);
    }
    CHECK_INT(aw_batch_write(&b, &db), AW_OK);
    CHECK_INT(count(&db, "hist_second"), 7200);
    CHECK_INT(count(&db, "series"), 1);
    int steps = 0;
    while (aw_keep_roll(&db, t0_s + 7200 + 5) > 0 && ++steps < 1000) {
    }
    CHECK_INT(count(&db, "hist_minute"), 119); /* the last may still get a late second */
    while (aw_keep_roll(&db, t0_s + 7200 + 11) > 0 && ++steps < 1000) {
    }
    CHECK_INT(count(&db, "hist_minute"), 120);
    CHECK_INT(count(&db, "hist_hour"), 2);
    struct aw_summary s = sum_of(&db, AW_PER_MINUTE, t0_s + 60, t0_s + 120);
    CHECK_INT(s.n, 60);
    CHECK_INT(s.still, 30);
    CHECK_INT(s.moving, 20);
    CHECK_INT(s.nulls[AW_OF_STATE][AW_REASON_STALE], 10);
    CHECK_INT(s.nulls[AW_OF_BREATHING][AW_REASON_MOVING], 30);
    CHECK_INT(s.nulls[AW_OF_HEART][AW_REASON_NOT_CONFIDENT], 60);
    CHECK_INT(s.breathing_n, 30);
    CHECK_NEAR(s.breathing_sum, 360, 1e-9);
    CHECK_NEAR(s.breathing_max, 12, 0);
    CHECK(isnan(s.heart_min));
    for (int at = AW_PER_SECOND; at < AW_RESOLUTIONS; at++) { /* all three tell the same */
        s = sum_of(&db, (enum aw_resolution)at, t0_s, t0_s + 7200);
        CHECK_INT(s.n, 7200);
        CHECK_INT(s.frames, 720000);
        CHECK_INT(s.breathing_n, 3600);
        CHECK_INT(s.nulls[AW_OF_STATE][AW_REASON_STALE], 1200);
    }
    /* A second that comes late, and one that is there already, are added, up to the hour. */
    put_second(&b, t0_s + 90, AW_STATE_EMPTY, NAN);
    CHECK_INT(aw_batch_write(&b, &db), AW_OK);
    while (aw_keep_roll(&db, t0_s + 7300) > 0 && ++steps < 1000) {
    }
    CHECK_INT(count(&db, "hist_second"), 7200);
    for (int at = AW_PER_SECOND; at < AW_RESOLUTIONS; at++)
        CHECK_INT(sum_of(&db, (enum aw_resolution)at, t0_s, t0_s + 3600).n, 3601);
    aw_batch_free(&b);
    aw_db_close(&db);
}

static void test_retention(void) {
    struct aw_db db;
    struct aw_batch b;
    fresh(&db, AW_SCHEMA_VERSION);
    CHECK_INT(aw_batch_init(&b), AW_OK);
    for (int day = 0; day < 10; day++) {
        for (int i = 0; i < 600; i++) put_second(&b, t0_s + day * 86400 + i, AW_STATE_STILL, 12);
        struct aw_event e =
            aw_event_make((t0_s + day * 86400) * 1000000000, "fall", "{\"day\":%d}", day);
        aw_batch_event(&b, &e);
        CHECK_INT(aw_batch_write(&b, &db), AW_OK);
    }
    int64_t now_s = t0_s + 9 * 86400 + 3700;
    struct aw_keep_limits limits = {.days = 5, .second_days = 2, .max_bytes = INT64_MAX};
    CHECK_INT(aw_keep_trim(&db, now_s, &limits), 0);
    CHECK_INT(count(&db, "hist_second"), 6000); /* nothing goes before it is in minutes */
    int steps = 0;
    while (aw_keep_roll(&db, now_s) > 0 && ++steps < 1000) {
    }
    CHECK_INT(aw_keep_trim(&db, now_s, &limits), 0);
    CHECK_INT(count(&db, "hist_second"), 2 * 600);
    CHECK_INT(count(&db, "hist_minute"), 5 * 10);
    CHECK_INT(count(&db, "hist_hour"), 5);
    CHECK_INT(count(&db, "events"), 5);
    limits.max_bytes = 1; /* by size: until nothing is left */
    steps = 0;
    while (aw_keep_trim(&db, now_s, &limits) > 0 && ++steps < 2000) {
    }
    CHECK(steps > 3);
    CHECK_INT(count(&db, "hist_second"), 0);
    CHECK_INT(count(&db, "hist_hour"), 0);
    CHECK_INT(count(&db, "events"), 0);
    aw_batch_free(&b);
    aw_db_close(&db);
}

static void test_migration(void) {
    struct aw_db db;
    struct aw_batch b;
    fresh(&db, 1);
    CHECK_INT(aw_batch_init(&b), AW_OK);
    put_second(&b, t0_s, AW_STATE_STILL, 12);
    CHECK_INT(aw_batch_write(&b, &db), AW_OK);
    CHECK_INT(count(&db, "recordings"), -1);
    CHECK_INT(aw_schema_migrate(&db, AW_SCHEMA_VERSION), AW_OK);
    CHECK_INT(count(&db, "recordings"), 0);
    CHECK_INT(aw_meta_get(&db, "schema", 0), AW_SCHEMA_VERSION);
    CHECK_INT(sum_of(&db, AW_PER_SECOND, t0_s, t0_s + 1).n, 1);
    CHECK_INT(aw_schema_migrate(&db, AW_SCHEMA_VERSION), AW_OK); /* nothing left to do */
    CHECK_INT(aw_meta_set(&db, "schema", AW_SCHEMA_VERSION + 1), AW_OK);
    CHECK_INT(aw_schema_migrate(&db, AW_SCHEMA_VERSION), AW_ERR_VERSION);
    CHECK(strstr(db.why.text, "newer"));
    aw_batch_free(&b);
    aw_db_close(&db);
    if (postgres) return;
    /* A file of something else is refused, and left as it was. */
    FILE *f = fopen(path, "w");
    for (int i = 0; i < 4096; i++) fputc('x', f);
    fclose(f);
    CHECK(aw_db_open(&db, path) != AW_OK);
    CHECK(strstr(db.why.text, "not a database"));
}

static char text[1 << 20];

static const char *as_text(void (*write)(struct aw_json *, void *), void *answer) {
    struct aw_json j;
    aw_json_init(&j, text, sizeof text);
    write(&j, answer);
    return aw_json_text(&j);
}

static void test_questions(void) {
    struct aw_db db;
    struct aw_batch b;
    struct aw_history_answer a;
    struct aw_events_answer e;
    fresh(&db, AW_SCHEMA_VERSION);
    CHECK_INT(aw_batch_init(&b), AW_OK);
    put_second(&b, t0_s, AW_STATE_STILL, 12);
    put_second(&b, t0_s + 2, AW_STATE_NULL, NAN); /* second 1 is missing, and stays so */
    for (int i = 0; i < 5; i++) {
        struct aw_event ev =
            aw_event_make((t0_s + i) * 1000000000, i % 2 ? "fall" : "state", "{\"i\":%d}", i);
        snprintf(ev.kind, sizeof ev.kind, "link");
        snprintf(ev.name, sizeof ev.name, "node 1");
        aw_batch_event(&b, &ev);
    }
    CHECK_INT(aw_batch_write(&b, &db), AW_OK);
    struct aw_history_query q = {.name = "node 1", .from_s = t0_s, .to_s = t0_s + 3};
    CHECK_INT(aw_history_load(&db, &q, &a), AW_OK);
    CHECK_INT(a.n, 2);
    const char *json = as_text(aw_history_json, &a);
    CHECK(strstr(json, "\"series\":[{\"id\":1,\"sender\":\"ffffffffffffffff\"}]"));
    CHECK(strstr(json, "\"source\":\"live\",\"series\":1,\"n\":1,\"coverage\":1.0000"));
    CHECK(strstr(json, "\"breathing_bpm\":{\"mean\":12.00,\"min\":12.00,\"max\":12.00,"
                       "\"confidence\":0.800,\"coverage\":1.0000,\"reason\":null"));
    CHECK(strstr(json, "\"breathing_bpm\":{\"mean\":null,\"min\":null,\"max\":null,"
                       "\"confidence\":null,\"coverage\":0.0000,\"reason\":\"moving\","
                       "\"reasons\":{\"moving\":1}}"));
    CHECK(strstr(json, "\"unknown\":1.0000,\"confidence\":null,\"experimental\":0.0000,"
                       "\"reason\":\"stale\""));
    aw_history_free(&a);
    q.by_sender = true; /* another of the same name */
    q.sender = 1;
    CHECK_INT(aw_history_load(&db, &q, &a), AW_OK);
    CHECK_INT(a.n, 0);
    aw_history_free(&a);
    struct aw_events_query eq = {.to_ms = INT64_MAX, .before_id = INT64_MAX, .limit = 2};
    CHECK_INT(aw_events_load(&db, &eq, &e), AW_OK);
    CHECK_INT(e.n, 2);
    CHECK_INT(e.rows[0].event.t_ms, (t0_s + 4) * 1000); /* newest first */
    json = as_text(aw_events_json, &e);
    CHECK(strstr(json, "\"type\":\"state\",\"room\":null,\"link\":\"node 1\",\"source\":null,"
                       "\"detail\":{\"i\":4}}"));
    eq.before_id = e.rows[1].id;
    aw_events_free(&e);
    snprintf(eq.type, sizeof eq.type, "fall");
    CHECK_INT(aw_events_load(&db, &eq, &e), AW_OK);
    CHECK_INT(e.n, 1);
    CHECK_INT(e.rows[0].event.t_ms, (t0_s + 1) * 1000);
    aw_events_free(&e);
    aw_batch_free(&b);
    aw_db_close(&db);
}

static bool wait_batches(struct aw_store *s, uint64_t more) {
    struct aw_store_stats stats;
    aw_store_stats(s, &stats);
    for (uint64_t want = stats.batches + more; stats.batches < want;) {
        static int tries;
        if (++tries > 10000) return false;
        usleep(5000);
        aw_store_stats(s, &stats);
    }
    return true;
}

static int count_job(struct aw_db *db, void *ctx, struct aw_why *why) {
    (void)why;
    *(int64_t *)ctx = count(db, "events");
    return AW_OK;
}
static int done_err = 1;
static void count_done(void *ctx, int err, const struct aw_why *why) {
    (void)ctx, (void)why;
    done_err = err;
}

static int ask(struct aw_store *s, int64_t *n) {
    struct aw_store_job job = {count_job, count_done, n};
    done_err = 1;
    CHECK_INT(aw_store_ask(s, &job), AW_OK);
    for (int i = 0; i < 2000 && done_err == 1; i++) {
        usleep(5000);
        aw_store_poll(s);
    }
    return done_err;
}

static struct aw_store *open_store(struct aw_why *why) {
    struct aw_store *s = NULL;
    const struct aw_store_config config = {
        .url = path, .keep_days = 400, .keep_second_days = 7, .max_mb = 100, .batch_ms = 20};
    CHECK_INT(aw_store_open(&s, &config, why), AW_OK);
    return s;
}

static void feed(struct aw_store *s, uint32_t link, int from, int seconds) {
    int64_t now_ns = fill_now_ns() - 40 * 1000000000LL;
    for (int i = from; i < from + seconds; i++) {
        struct aw_msg m = fill_link(link, 100 * (uint64_t)i + 1, now_ns + i * 1000000000LL);
        aw_store_message(s, &m);
        m = fill_update(link, now_ns + i * 1000000000LL);
        aw_store_message(s, &m);
    }
}

static void test_thread(void) {
    struct aw_db db;
    struct aw_why why;
    struct aw_store_stats stats;
    int64_t n = -1;
    fresh(&db, AW_SCHEMA_VERSION);
    aw_db_close(&db);
    struct aw_store *s = open_store(&why);
    if (!s) return;
    for (int i = 0; i < 20; i++) feed(s, 0, i, 1);
    feed(s, 1, 0, 1);
    CHECK(wait_batches(s, 3));
    aw_store_stats(s, &stats);
    CHECK(stats.ok);
    CHECK_INT(stats.summaries, 21);
    CHECK_INT(stats.lost, 0);
    CHECK_INT(ask(s, &n), AW_OK);
    CHECK_INT(n, 4); /* two nodes appeared, two became still */
    feed(s, 0, 20, 5);
    aw_store_close(s); /* writes what waits */
    CHECK_INT(aw_db_open(&db, path), AW_OK);
    CHECK_INT(count(&db, "hist_second"), 26);
    CHECK_INT(count(&db, "series"), 2);
    aw_db_close(&db);
}

/* The server of the database goes away and comes back: nothing is lost, and it is told. */
static void test_outage(void) {
    const char *stop = getenv("AIRWAKE_PG_STOP"), *start = getenv("AIRWAKE_PG_START");
    if (!postgres || !stop || !start) return;
    struct aw_db db;
    struct aw_why why;
    struct aw_store_stats stats;
    int64_t n = -1;
    fresh(&db, AW_SCHEMA_VERSION);
    aw_db_close(&db);
    struct aw_store *s = open_store(&why);
    if (!s) return;
    feed(s, 0, 0, 5);
    CHECK(wait_batches(s, 2));
    CHECK_INT(system(stop), 0);
    feed(s, 0, 5, 5);
    for (int i = 0; i < 1000; i++) {
        usleep(5000);
        aw_store_stats(s, &stats);
        if (!stats.ok) break;
    }
    CHECK(!stats.ok);
    CHECK(strstr(stats.trouble, "PostgreSQL"));
    CHECK_INT(ask(s, &n), AW_ERR_IO);
    CHECK_INT(system(start), 0);
    CHECK(wait_batches(s, 2));
    aw_store_close(s);
    CHECK_INT(aw_db_open(&db, path), AW_OK);
    CHECK_INT(count(&db, "hist_second"), 10);
    CHECK_INT(aw_db_int(&db, "SELECT count(*) FROM events WHERE type LIKE 'store-%'", NULL, 0, -1),
              2);
    aw_db_close(&db);
}

int main(int argc, char **argv) {
    postgres = argc > 1;
    snprintf(dir, sizeof dir, "/tmp/aw-store-XXXXXX");
    if (!mkdtemp(dir)) return 1;
    snprintf(path, sizeof path, "%s%s", postgres ? argv[1] : dir, postgres ? "" : "/history.db");
    test_summary_text();
    test_rolling();
    test_retention();
    test_migration();
    test_questions();
    struct aw_db db;
    fresh(&db, AW_SCHEMA_VERSION);
    aw_db_close(&db);
    test_thread();
    test_outage();
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    if (system(command) != 0) return 1;
    return test_end();
}
