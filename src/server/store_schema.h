/* Tables of the history and how an older database becomes one of today. */
#ifndef AW_SERVER_STORE_SCHEMA_H
#define AW_SERVER_STORE_SCHEMA_H

#include "server/store_db.h"
#include "server/summary.h"

enum { AW_SCHEMA_VERSION = 2 };

enum aw_resolution { AW_PER_SECOND, AW_PER_MINUTE, AW_PER_HOUR, AW_RESOLUTIONS };
extern const int64_t aw_resolution_s[AW_RESOLUTIONS];       /* 1, 60, 3600 */
extern const char *const aw_resolution_key[AW_RESOLUTIONS]; /* "second", ... */

/* Brings the database from whatever version it has to `version`, each step in one transaction.
 * Errors: IO; VERSION when it is of a newer airwake. Sentence in db->why. */
AW_MUST_USE int aw_schema_migrate(struct aw_db *db, int version);

/* Table meta: small facts by name. */
int64_t aw_meta_get(struct aw_db *db, const char *key, int64_t otherwise);
AW_MUST_USE int aw_meta_set(struct aw_db *db, const char *key, int64_t value);

/* Adds a summary to what its table holds for the same series, time and source.
 * write: replaces what is there. Errors: IO. */
AW_MUST_USE int aw_summary_store(struct aw_db *db, enum aw_resolution at,
                                 const struct aw_summary *s);
AW_MUST_USE int aw_summary_replace(struct aw_db *db, enum aw_resolution at,
                                   const struct aw_summary *s);

/* Rows with from_s <= t < to_s, in order of t, series, source; series 0: of all. At most limit. */
AW_MUST_USE int aw_summary_load(struct aw_db *db, enum aw_resolution at, int64_t series,
                                int64_t from_s, int64_t to_s, int64_t limit,
                                void (*row)(void *ctx, const struct aw_summary *s), void *ctx);

#endif
