/* One small face for the databases that the history may live in. SQL is written once, for both:
 * parameters are $1, $2, ... in the order of their first use. One thread at a time. */
#ifndef AW_SERVER_STORE_DB_H
#define AW_SERVER_STORE_DB_H

#include "server/unpack.h"

enum aw_val_kind { AW_VAL_NULL, AW_VAL_INT, AW_VAL_NUM, AW_VAL_TEXT };

struct aw_val {
    enum aw_val_kind kind;
    int64_t i;
    double d;
    const char *s;
};

struct aw_val aw_val_int(int64_t i);
struct aw_val aw_val_num(double d);       /* NAN gives NULL */
struct aw_val aw_val_text(const char *s); /* NULL gives NULL */

/* Of a column that was read: the other kinds are turned into this one; NULL gives 0, NAN, "". */
int64_t aw_val_to_int(const struct aw_val *v);
double aw_val_to_num(const struct aw_val *v);
const char *aw_val_to_text(const struct aw_val *v);

/* One row of an answer; the values live until it returns. */
typedef void aw_db_row(void *ctx, const struct aw_val *columns, int n);

struct aw_db {
    const struct aw_db_kind *kind;
    void *handle;
    int64_t changes;   /* rows that the last aw_db_run() wrote */
    struct aw_why why; /* of the last error */
};

struct aw_db_kind {
    const char *begin;                    /* of a transaction that writes */
    const char *id_column, *table_suffix; /* what the schema's @ID@ and @SUFFIX@ stand for */
    int (*open)(struct aw_db *db, const char *url);
    void (*close)(struct aw_db *db);
    int (*run)(struct aw_db *db, const char *sql, const struct aw_val *in, int n, aw_db_row *row,
               void *ctx);
    int64_t (*bytes)(struct aw_db *db); /* in use, without what deleted rows left; < 0 unknown */
    void (*shrink)(struct aw_db *db);   /* gives back what deleted rows left, or a part of it */
};

extern const struct aw_db_kind aw_db_sqlite, aw_db_postgres;

/* url: "postgresql://..." or "postgres://...", else the path of an SQLite file ("sqlite:" before it
 * is fine). Errors: IO with a sentence in db->why. */
AW_MUST_USE int aw_db_open(struct aw_db *db, const char *url);
void aw_db_close(struct aw_db *db); /* also when it is not open */

/* One statement. row may be NULL. Errors: IO with a sentence in db->why. */
int aw_db_run(struct aw_db *db, const char *sql, const struct aw_val *in, int n, aw_db_row *row,
              void *ctx);

/* A transaction that writes. commit() rolls back when it fails; err < 0 rolls back, too, and is
 * returned. */
AW_MUST_USE int aw_db_begin(struct aw_db *db);
AW_MUST_USE int aw_db_end(struct aw_db *db, int err);

/* The first column of the first row as a number; otherwise when there is no row or on error. */
int64_t aw_db_int(struct aw_db *db, const char *sql, const struct aw_val *in, int n,
                  int64_t otherwise);

#endif
