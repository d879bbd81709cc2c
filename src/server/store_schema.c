#include "server/store_schema.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const int64_t aw_resolution_s[AW_RESOLUTIONS] = {1, 60, 3600};
const char *const aw_resolution_key[AW_RESOLUTIONS] = {"second", "minute", "hour"};

#define SQL_I " BIGINT NOT NULL,"
#define SQL_D " DOUBLE PRECISION,"
#define COLUMN(kind, name, how) #name SQL_##kind
#define SUMMARY_TABLE(name)                                                                        \
    "CREATE TABLE " name " (series BIGINT NOT NULL REFERENCES series(id), t BIGINT NOT NULL,"      \
    "source SMALLINT NOT NULL," AW_SUMMARY_COLUMNS(                                                \
        COLUMN) "nulls TEXT NOT NULL,"                                                             \
                "PRIMARY KEY (t, series, source))@SUFFIX@"

/* Steps are only ever appended: step i makes version i + 1 of version i. */
static const char *const step_1[] = {
    "CREATE TABLE series (id @ID@, kind TEXT NOT NULL, name TEXT NOT NULL, origin TEXT NOT NULL,"
    "UNIQUE (kind, name, origin))",
    SUMMARY_TABLE("hist_second"),
    SUMMARY_TABLE("hist_minute"),
    SUMMARY_TABLE("hist_hour"),
    "CREATE TABLE events (id @ID@, t_ms BIGINT NOT NULL, type TEXT NOT NULL, kind TEXT, name TEXT,"
    "source TEXT, detail TEXT NOT NULL)",
    "CREATE INDEX events_t ON events (t_ms)",
    NULL,
};
static const char *const step_2[] = {
    "CREATE TABLE recordings (id TEXT PRIMARY KEY, name TEXT NOT NULL, label TEXT NOT NULL,"
    "state TEXT NOT NULL, reason TEXT, started_ms BIGINT NOT NULL, ended_ms BIGINT,"
    "packets BIGINT NOT NULL, bytes BIGINT NOT NULL, lost BIGINT NOT NULL,"
    "simulated SMALLINT NOT NULL)",
    NULL,
};
static const char *const *const steps[AW_SCHEMA_VERSION] = {step_1, step_2};

/* Puts what the database calls them for @ID@ and @SUFFIX@. */
static void fill_in(const struct aw_db_kind *kind, const char *sql, char *out, size_t cap) {
    size_t at = 0;
    while (*sql && at + 1 < cap) {
        const char *put = strncmp(sql, "@ID@", 4) == 0       ? kind->id_column
                          : strncmp(sql, "@SUFFIX@", 8) == 0 ? kind->table_suffix
                                                             : NULL;
        if (!put) {
            out[at++] = *sql++;
            continue;
        }
        sql += put == kind->id_column ? 4 : 8;
        at += (size_t)snprintf(out + at, cap - at, "%s", put);
    }
    out[at < cap ? at : cap - 1] = '\0';
}

int64_t aw_meta_get(struct aw_db *db, const char *key, int64_t otherwise) {
    struct aw_val in = aw_val_text(key);
    return aw_db_int(db, "SELECT value FROM meta WHERE key = $1", &in, 1, otherwise);
}

int aw_meta_set(struct aw_db *db, const char *key, int64_t value) {
    struct aw_val in[] = {aw_val_text(key), aw_val_int(value)};
    return aw_db_run(db,
                     "INSERT INTO meta (key, value) VALUES ($1, $2) "
                     "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     in, 2, NULL, NULL);
}

static int step(struct aw_db *db, int to) {
    char sql[2048];
    int err = aw_db_begin(db);
    for (const char *const *s = steps[to - 1]; *s && err == AW_OK; s++) {
        fill_in(db->kind, *s, sql, sizeof sql);
        err = aw_db_run(db, sql, NULL, 0, NULL, NULL);
    }
    if (err == AW_OK) err = aw_meta_set(db, "schema", to);
    return aw_db_end(db, err);
}

int aw_schema_migrate(struct aw_db *db, int version) {
    int err = aw_db_run(
        db, "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BIGINT NOT NULL)", NULL,
        0, NULL, NULL);
    if (err != AW_OK) return err;
    int64_t is = aw_meta_get(db, "schema", 0);
    if (is > AW_SCHEMA_VERSION) {
        snprintf(db->why.text, sizeof db->why.text,
                 "the history is of a newer airwake (schema %lld, this one knows up to %d)",
                 (long long)is, AW_SCHEMA_VERSION);
        return AW_ERR_VERSION;
    }
    for (int64_t to = is + 1; to <= version && err == AW_OK; to++) err = step(db, (int)to);
    return err;
}

#define NAME(kind, name, how) #name ","
#define COLUMNS "series, t, source," AW_SUMMARY_COLUMNS(NAME) "nulls"
enum {
#define ONE(kind, name, how) +1
    N_SUMS = 0 AW_SUMMARY_COLUMNS(ONE),
    N_COLUMNS = 3 + N_SUMS + 1,
};

#define VALUE_I(v) aw_val_int(v)
#define VALUE_D(v) aw_val_num(v)
#define FROM_I(v) aw_val_to_int(v)
#define FROM_D(v) aw_val_to_num(v)

static void to_row(const struct aw_summary *s, char nulls[AW_NULLS_TEXT], struct aw_val *v) {
    *v++ = aw_val_int(s->series);
    *v++ = aw_val_int(s->t_s);
    *v++ = aw_val_int(s->source);
#define PUT(kind, name, how) *v++ = VALUE_##kind(s->name);
    AW_SUMMARY_COLUMNS(PUT)
#undef PUT
    aw_summary_nulls_write(s, nulls);
    *v = aw_val_text(nulls);
}

static bool from_row(struct aw_summary *s, const struct aw_val *v, int n) {
    if (n != N_COLUMNS) return false;
    int64_t source = aw_val_to_int(&v[2]);
    if (source < AW_SOURCE_LIVE || source > AW_SOURCE_SIMULATED) return false;
    aw_summary_init(s, aw_val_to_int(&v[0]), aw_val_to_int(&v[1]), (enum aw_origin_kind)source);
    v += 3;
#define TAKE(kind, name, how) s->name = FROM_##kind(v++);
    AW_SUMMARY_COLUMNS(TAKE)
#undef TAKE
    return aw_summary_nulls_read(s, aw_val_to_text(v)) == AW_OK;
}

static int insert(struct aw_db *db, enum aw_resolution at, const struct aw_summary *s) {
    char sql[1024], nulls[AW_NULLS_TEXT];
    struct aw_val row[N_COLUMNS];
    int len = snprintf(sql, sizeof sql, "INSERT INTO hist_%s (" COLUMNS ") VALUES (",
                       aw_resolution_key[at]);
    for (int i = 1; i <= N_COLUMNS; i++)
        len += snprintf(sql + len, sizeof sql - (size_t)len, i == 1 ? "$%d" : ",$%d", i);
    snprintf(sql + len, sizeof sql - (size_t)len, ") ON CONFLICT (t, series, source) DO NOTHING");
    to_row(s, nulls, row);
    return aw_db_run(db, sql, row, N_COLUMNS, NULL, NULL);
}

static void join_row(void *ctx, const struct aw_val *columns, int n) {
    struct aw_summary s;
    if (from_row(&s, columns, n)) aw_summary_join(ctx, &s);
}

static int at_key(struct aw_db *db, const char *verb, enum aw_resolution at,
                  const struct aw_summary *s, aw_db_row *row, void *ctx) {
    char sql[1024];
    struct aw_val key[] = {aw_val_int(s->series), aw_val_int(s->t_s), aw_val_int(s->source)};
    snprintf(sql, sizeof sql, "%s FROM hist_%s WHERE series = $1 AND t = $2 AND source = $3", verb,
             aw_resolution_key[at]);
    return aw_db_run(db, sql, key, 3, row, ctx);
}

int aw_summary_replace(struct aw_db *db, enum aw_resolution at, const struct aw_summary *s) {
    int err = at_key(db, "DELETE", at, s, NULL, NULL);
    return err == AW_OK ? insert(db, at, s) : err;
}

int aw_summary_store(struct aw_db *db, enum aw_resolution at, const struct aw_summary *s) {
    int err = insert(db, at, s);
    if (err != AW_OK || db->changes) return err;
    struct aw_summary both = *s; /* a second is there already: the clock was set back, or a replay
                                    runs faster than its time */
    err = at_key(db, "SELECT " COLUMNS, at, s, join_row, &both);
    return err == AW_OK ? aw_summary_replace(db, at, &both) : err;
}

struct load {
    void (*row)(void *ctx, const struct aw_summary *s);
    void *ctx;
};

static void load_row(void *ctx, const struct aw_val *columns, int n) {
    struct load *l = ctx;
    struct aw_summary s;
    if (from_row(&s, columns, n)) l->row(l->ctx, &s);
}

int aw_summary_load(struct aw_db *db, enum aw_resolution at, int64_t series, int64_t from_s,
                    int64_t to_s, int64_t limit, void (*row)(void *ctx, const struct aw_summary *s),
                    void *ctx) {
    char sql[1024];
    struct load l = {row, ctx};
    struct aw_val in[] = {aw_val_int(from_s), aw_val_int(to_s), aw_val_int(series ? series : limit),
                          aw_val_int(limit)};
    snprintf(sql, sizeof sql,
             "SELECT " COLUMNS " FROM hist_%s WHERE t >= $1 AND t < $2 %s"
             " ORDER BY t, series, source LIMIT %s",
             aw_resolution_key[at], series ? "AND series = $3" : "", series ? "$4" : "$3");
    return aw_db_run(db, sql, in, series ? 4 : 3, load_row, &l);
}
