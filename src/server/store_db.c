#include "server/store_db.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct aw_val aw_val_int(int64_t i) {
    return (struct aw_val){.kind = AW_VAL_INT, .i = i};
}

struct aw_val aw_val_num(double d) {
    return (struct aw_val){.kind = isfinite(d) ? AW_VAL_NUM : AW_VAL_NULL, .d = d};
}

struct aw_val aw_val_text(const char *s) {
    return (struct aw_val){.kind = s ? AW_VAL_TEXT : AW_VAL_NULL, .s = s};
}

int64_t aw_val_to_int(const struct aw_val *v) {
    switch (v->kind) {
    case AW_VAL_INT:
        return v->i;
    case AW_VAL_NUM:
        return (int64_t)v->d;
    case AW_VAL_TEXT:
        return strtoll(v->s, NULL, 10);
    default:
        return 0;
    }
}

double aw_val_to_num(const struct aw_val *v) {
    switch (v->kind) {
    case AW_VAL_INT:
        return (double)v->i;
    case AW_VAL_NUM:
        return v->d;
    case AW_VAL_TEXT:
        return strtod(v->s, NULL);
    default:
        return NAN;
    }
}

const char *aw_val_to_text(const struct aw_val *v) {
    return v->kind == AW_VAL_TEXT ? v->s : "";
}

int aw_db_open(struct aw_db *db, const char *url) {
    *db = (struct aw_db){.kind = &aw_db_sqlite};
    if (strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0)
        db->kind = &aw_db_postgres;
    else if (strncmp(url, "sqlite:", 7) == 0)
        url += 7;
    int err = db->kind->open(db, url);
    if (err != AW_OK) aw_db_close(db);
    return err;
}

void aw_db_close(struct aw_db *db) {
    if (db->handle) db->kind->close(db);
    db->handle = NULL;
}

int aw_db_run(struct aw_db *db, const char *sql, const struct aw_val *in, int n, aw_db_row *row,
              void *ctx) {
    db->changes = 0;
    if (!db->handle) {
        snprintf(db->why.text, sizeof db->why.text, "the database is not open");
        return AW_ERR_IO;
    }
    return db->kind->run(db, sql, in, n, row, ctx);
}

int aw_db_begin(struct aw_db *db) {
    return aw_db_run(db, db->handle ? db->kind->begin : "", NULL, 0, NULL, NULL);
}

int aw_db_end(struct aw_db *db, int err) {
    if (err == AW_OK) err = aw_db_run(db, "COMMIT", NULL, 0, NULL, NULL);
    if (err == AW_OK) return AW_OK;
    struct aw_why why = db->why; /* the first trouble is the one to tell */
    aw_db_run(db, "ROLLBACK", NULL, 0, NULL, NULL);
    db->why = why;
    return err;
}

struct first {
    bool is;
    int64_t i;
};

static void take_first(void *ctx, const struct aw_val *columns, int n) {
    struct first *f = ctx;
    if (f->is || n < 1 || columns[0].kind == AW_VAL_NULL) return;
    f->is = true;
    f->i = aw_val_to_int(&columns[0]);
}

int64_t aw_db_int(struct aw_db *db, const char *sql, const struct aw_val *in, int n,
                  int64_t otherwise) {
    struct first f = {false, 0};
    int err = aw_db_run(db, sql, in, n, take_first, &f);
    return err == AW_OK && f.is ? f.i : otherwise;
}
