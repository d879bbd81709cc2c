/* SQLite: one file, write-ahead log. With synchronous=NORMAL a killed process loses nothing that
 * was committed; a power cut may lose the last batches, and never damages the file
 * (sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous). */
#include "server/store_db.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CACHED = 64, MAX_COLUMNS = 48, BUSY_MS = 2000, SHRINK_PAGES = 2048 };

struct sqlite {
    sqlite3 *db;
    int n;
    struct {
        char *sql;
        sqlite3_stmt *stmt;
    } cache[MAX_CACHED];
};

static int failed(struct aw_db *db) {
    struct sqlite *s = db->handle;
    const char *path = sqlite3_db_filename(s->db, "main");
    int code = sqlite3_errcode(s->db);
    snprintf(db->why.text, sizeof db->why.text, "%s: %s", path && path[0] ? path : "history",
             code == SQLITE_FULL ? "the disk is full" : sqlite3_errmsg(s->db));
    return AW_ERR_IO;
}

static int sqlite_open(struct aw_db *db, const char *path) {
    struct sqlite *s = calloc(1, sizeof *s);
    if (!s) return AW_ERR_NOMEM;
    db->handle = s;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK) {
        snprintf(db->why.text, sizeof db->why.text, "%s: %s", path,
                 s->db ? sqlite3_errmsg(s->db) : "out of memory");
        return AW_ERR_IO;
    }
    sqlite3_busy_timeout(s->db, BUSY_MS);
    /* auto_vacuum must be set before the first table; the log is cut back to 4 MB. */
    static const char setup[] = "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"
                                "PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=4194304;"
                                "PRAGMA foreign_keys=ON;";
    if (sqlite3_exec(s->db, setup, NULL, NULL, NULL) != SQLITE_OK) return failed(db);
    return AW_OK;
}

static void sqlite_close(struct aw_db *db) {
    struct sqlite *s = db->handle;
    for (int i = 0; i < s->n; i++) {
        sqlite3_finalize(s->cache[i].stmt);
        free(s->cache[i].sql);
    }
    sqlite3_close(s->db);
    free(s);
}

/* $1, $2, ... are names to SQLite, numbered by first use: they are to stand in their order. */
static bool in_order(sqlite3_stmt *stmt) {
    for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++) {
        const char *name = sqlite3_bind_parameter_name(stmt, i);
        if (!name || atoi(name + 1) != i) return false;
    }
    return true;
}

/* Statements are few and used again and again: each is prepared once. */
static sqlite3_stmt *prepare(struct sqlite *s, const char *sql, bool *cached) {
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->cache[i].sql, sql) == 0) {
            *cached = true;
            return s->cache[i].stmt;
        }
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) != SQLITE_OK) return NULL;
    if (!in_order(stmt)) { /* a mistake in this program: no answer rather than a wrong one */
        sqlite3_finalize(stmt);
        return NULL;
    }
    *cached = s->n < MAX_CACHED && (s->cache[s->n].sql = strdup(sql));
    if (*cached) s->cache[s->n++].stmt = stmt;
    return stmt;
}

static int bind(sqlite3_stmt *stmt, const struct aw_val *in, int n) {
    int err = SQLITE_OK;
    for (int i = 0; i < n && err == SQLITE_OK; i++) switch (in[i].kind) {
        case AW_VAL_INT:
            err = sqlite3_bind_int64(stmt, i + 1, in[i].i);
            break;
        case AW_VAL_NUM:
            err = sqlite3_bind_double(stmt, i + 1, in[i].d);
            break;
        case AW_VAL_TEXT:
            err = sqlite3_bind_text(stmt, i + 1, in[i].s, -1, SQLITE_TRANSIENT);
            break;
        default:
            err = sqlite3_bind_null(stmt, i + 1);
        }
    return err;
}

static void tell_row(sqlite3_stmt *stmt, aw_db_row *row, void *ctx) {
    struct aw_val columns[MAX_COLUMNS];
    int n = sqlite3_column_count(stmt);
    if (n > MAX_COLUMNS) n = MAX_COLUMNS;
    for (int i = 0; i < n; i++) switch (sqlite3_column_type(stmt, i)) {
        case SQLITE_INTEGER:
            columns[i] = aw_val_int(sqlite3_column_int64(stmt, i));
            break;
        case SQLITE_FLOAT:
            columns[i] = aw_val_num(sqlite3_column_double(stmt, i));
            break;
        case SQLITE_TEXT:
            columns[i] = aw_val_text((const char *)sqlite3_column_text(stmt, i));
            break;
        default:
            columns[i] = aw_val_text(NULL);
        }
    row(ctx, columns, n);
}

static int sqlite_run(struct aw_db *db, const char *sql, const struct aw_val *in, int n,
                      aw_db_row *row, void *ctx) {
    struct sqlite *s = db->handle;
    bool cached = false;
    sqlite3_stmt *stmt = prepare(s, sql, &cached);
    int got = stmt ? bind(stmt, in, n) : SQLITE_ERROR, err = AW_OK;
    if (got == SQLITE_OK)
        while ((got = sqlite3_step(stmt)) == SQLITE_ROW)
            if (row) tell_row(stmt, row, ctx);
    if (got != SQLITE_DONE) err = failed(db);
    db->changes = sqlite3_changes(s->db);
    if (cached) {
        sqlite3_reset(stmt);
        sqlite3_clear_bindings(stmt);
    } else {
        sqlite3_finalize(stmt);
    }
    return err;
}

static int64_t sqlite_bytes(struct aw_db *db) {
    int64_t page = aw_db_int(db, "PRAGMA page_size", NULL, 0, -1);
    int64_t pages = aw_db_int(db, "PRAGMA page_count", NULL, 0, -1);
    int64_t unused = aw_db_int(db, "PRAGMA freelist_count", NULL, 0, 0);
    return page < 0 || pages < 0 ? -1 : page * (pages - unused);
}

static void sqlite_shrink(struct aw_db *db) {
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA incremental_vacuum(%d)", SHRINK_PAGES);
    aw_db_run(db, sql, NULL, 0, NULL, NULL);
}

const struct aw_db_kind aw_db_sqlite = {
    .begin = "BEGIN IMMEDIATE",
    .id_column = "INTEGER PRIMARY KEY AUTOINCREMENT", /* an id never means two things */
    .table_suffix = " WITHOUT ROWID",
    .open = sqlite_open,
    .close = sqlite_close,
    .run = sqlite_run,
    .bytes = sqlite_bytes,
    .shrink = sqlite_shrink,
};
