#include "server/store_keep.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LATE_S = 10,        /* a second may be written this late and still count at once */
    ROLL_ROWS = 100000, /* of one call */
    TRIM_SHARE = 20,    /* by size: a twentieth of the time kept goes at once */
};

static const char *const rolled_key[] = {"rolled_minute_s", "rolled_hour_s"};

static int64_t down(int64_t t_s, int64_t step_s) {
    return t_s - (t_s % step_s + step_s) % step_s;
}

int aw_keep_touch(struct aw_db *db, int64_t t_s) {
    int err = AW_OK;
    for (int i = 0; i < 2 && err == AW_OK; i++) {
        int64_t begin = down(t_s, aw_resolution_s[i + 1]);
        if (aw_meta_get(db, rolled_key[i], INT64_MAX) > begin)
            err = aw_meta_set(db, rolled_key[i], begin);
    }
    return err;
}

struct roll {
    struct aw_db *db;
    enum aw_resolution to;
    bool open;
    int err;
    struct aw_summary *now; /* [n] of the span under way, one per series and source */
    size_t n, cap;
};

static void flush(struct roll *r) {
    for (size_t i = 0; i < r->n && r->err == AW_OK; i++)
        r->err = aw_summary_replace(r->db, r->to, &r->now[i]);
    r->n = 0;
}

static void roll_row(void *ctx, const struct aw_summary *s) {
    struct roll *r = ctx;
    int64_t t_s = down(s->t_s, aw_resolution_s[r->to]);
    for (size_t i = 0; i < r->n; i++)
        if (r->now[i].series == s->series && r->now[i].source == s->source) {
            aw_summary_join(&r->now[i], s);
            return;
        }
    if (r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        struct aw_summary *more = realloc(r->now, cap * sizeof *more);
        if (!more) {
            r->err = AW_ERR_NOMEM;
            return;
        }
        r->now = more;
        r->cap = cap;
    }
    r->now[r->n] = *s;
    r->now[r->n++].t_s = t_s;
}

/* The first span from begin on that has rows; end when there is none before it. */
static int64_t next_span(struct aw_db *db, enum aw_resolution from, int64_t begin, int64_t end,
                         int64_t step_s) {
    char sql[96];
    struct aw_val in[] = {aw_val_int(begin), aw_val_int(end)};
    snprintf(sql, sizeof sql, "SELECT min(t) FROM hist_%s WHERE t >= $1 AND t < $2",
             aw_resolution_key[from]);
    return down(aw_db_int(db, sql, in, 2, end), step_s);
}

/* One span in one transaction. Returns 1 more is to be done. */
static int roll_one(struct aw_db *db, enum aw_resolution to, int64_t now_s) {
    const char *key = rolled_key[to - 1];
    int64_t step_s = aw_resolution_s[to];
    int64_t end = down(now_s - LATE_S, step_s);
    if (to == AW_PER_HOUR) { /* only of minutes that are made */
        int64_t minutes = down(aw_meta_get(db, rolled_key[0], 0), step_s);
        if (minutes < end) end = minutes;
    }
    int64_t begin = aw_meta_get(db, key, INT64_MAX);
    if (begin >= end) return 0;
    int64_t at = next_span(db, to - 1, begin, end, step_s);
    if (at > end) at = end;
    struct roll r = {.db = db, .to = to};
    int err = aw_db_begin(db);
    if (err != AW_OK) return err;
    if (at < end) {
        err = aw_summary_load(db, to - 1, 0, at, at + step_s, ROLL_ROWS, roll_row, &r);
        if (err == AW_OK) flush(&r);
        if (err == AW_OK) err = r.err;
        at += step_s;
    }
    if (err == AW_OK) err = aw_meta_set(db, key, at);
    free(r.now);
    err = aw_db_end(db, err);
    return err != AW_OK ? err : at < end;
}

int aw_keep_roll(struct aw_db *db, int64_t now_s) {
    int minutes = roll_one(db, AW_PER_MINUTE, now_s);
    if (minutes < 0) return minutes;
    int hours = roll_one(db, AW_PER_HOUR, now_s);
    return hours < 0 ? hours : minutes || hours;
}

static int64_t delete_before(struct aw_db *db, enum aw_resolution of, int64_t before_s) {
    char sql[96];
    struct aw_val in = aw_val_int(before_s);
    if (of < AW_PER_HOUR) { /* nothing goes that is not in the next coarser one */
        int64_t rolled = aw_meta_get(db, rolled_key[of], INT64_MIN);
        if (before_s > rolled) in.i = rolled;
    }
    snprintf(sql, sizeof sql, "DELETE FROM hist_%s WHERE t < $1", aw_resolution_key[of]);
    return aw_db_run(db, sql, &in, 1, NULL, NULL) == AW_OK ? db->changes : AW_ERR_IO;
}

static int64_t delete_events(struct aw_db *db, int64_t before_s) {
    struct aw_val in = aw_val_int(before_s * 1000);
    int err = aw_db_run(db, "DELETE FROM events WHERE t_ms < $1", &in, 1, NULL, NULL);
    return err == AW_OK ? db->changes : AW_ERR_IO;
}

/* The time before which the oldest twentieth of the table lies; now_s when it is empty. */
static int64_t oldest_share(struct aw_db *db, const char *table, const char *t, int64_t per_s,
                            int64_t now_s) {
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT min(%s) FROM %s", t, table);
    int64_t first = aw_db_int(db, sql, NULL, 0, now_s * per_s) / per_s;
    return first >= now_s ? now_s : first + (now_s - first) / TRIM_SHARE + 1;
}

/* Returns rows deleted, < 0 IO. */
static int64_t trim_size(struct aw_db *db, int64_t now_s) {
    for (enum aw_resolution of = AW_PER_SECOND; of < AW_RESOLUTIONS; of++) {
        char table[32];
        snprintf(table, sizeof table, "hist_%s", aw_resolution_key[of]);
        int64_t n = delete_before(db, of, oldest_share(db, table, "t", 1, now_s));
        if (n) return n;
    }
    return delete_events(db, oldest_share(db, "events", "t_ms", 1000, now_s));
}

int aw_keep_trim(struct aw_db *db, int64_t now_s, const struct aw_keep_limits *limits) {
    int64_t second_s = now_s - (int64_t)(limits->second_days * 86400);
    int64_t rest_s = now_s - (int64_t)(limits->days * 86400), sized = 0;
    int64_t bytes = db->kind->bytes(db);
    int err = aw_db_begin(db);
    if (err != AW_OK) return err;
    int64_t n[4] = {delete_before(db, AW_PER_SECOND, second_s > rest_s ? second_s : rest_s),
                    delete_before(db, AW_PER_MINUTE, rest_s),
                    delete_before(db, AW_PER_HOUR, rest_s), delete_events(db, rest_s)};
    for (int i = 0; i < 4; i++)
        if (n[i] < 0) err = AW_ERR_IO;
    if (err == AW_OK && bytes > limits->max_bytes) sized = trim_size(db, now_s);
    if (sized < 0) err = AW_ERR_IO;
    err = aw_db_end(db, err);
    if (err != AW_OK) return err;
    db->kind->shrink(db);
    return sized > 0;
}
