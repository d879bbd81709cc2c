/* What the store's thread does now and then: minutes of seconds, hours of minutes, and deleting. */
#ifndef AW_SERVER_STORE_KEEP_H
#define AW_SERVER_STORE_KEEP_H

#include "server/store_schema.h"

/* A row of seconds at t_s was written: minutes and hours from there on are to be made (again). */
AW_MUST_USE int aw_keep_touch(struct aw_db *db, int64_t t_s);

/* Makes minutes and hours that ended before now_s - 10, a bounded number per call. Safe to be cut
 * off anywhere: each is made anew from its seconds, and how far it is stands in the same
 * transaction. Returns 1 when more is to be done, 0 done, < 0 IO. */
AW_MUST_USE int aw_keep_roll(struct aw_db *db, int64_t now_s);

/* Deletes what is older than its days and, when the database is larger than max_bytes, the oldest
 * seconds, then minutes, hours and events; a bounded piece per call. Only what is in minutes
 * already goes. Returns as aw_keep_roll(). */
struct aw_keep_limits {
    double days, second_days;
    int64_t max_bytes;
};
AW_MUST_USE int aw_keep_trim(struct aw_db *db, int64_t now_s, const struct aw_keep_limits *limits);

#endif
