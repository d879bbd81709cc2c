/* What is kept of a link or room for a second, a minute or an hour: sums that can be added up, how
 * many seconds had each value, and why the others had none. Sources are never mixed in one. */
#ifndef AW_SERVER_SUMMARY_H
#define AW_SERVER_SUMMARY_H

#include "server/feed.h"

/* Columns of the tables, in their order: kind (I int64_t, D double), name, how two are joined. */
#define AW_SUMMARY_COLUMNS(X)                                                                      \
    X(I, n, ADD) /* seconds (updates) in it */                                                     \
    X(I, frames, ADD)                                                                              \
    X(I, empty, ADD) /* seconds with this state */                                                 \
    X(I, still, ADD)                                                                               \
    X(I, moving, ADD)                                                                              \
    X(I, experimental, ADD) /* of them with experimental evidence */                               \
    X(D, state_confidence_sum, ADD)                                                                \
    X(I, motion_n, ADD) /* seconds with a value */                                                 \
    X(D, motion_sum, ADD)                                                                          \
    X(D, motion_max, MAX)                                                                          \
    X(I, breathing_n, ADD)                                                                         \
    X(D, breathing_sum, ADD)                                                                       \
    X(D, breathing_min, MIN)                                                                       \
    X(D, breathing_max, MAX)                                                                       \
    X(D, breathing_confidence_sum, ADD)                                                            \
    X(I, heart_n, ADD)                                                                             \
    X(D, heart_sum, ADD)                                                                           \
    X(D, heart_min, MIN)                                                                           \
    X(D, heart_max, MAX)                                                                           \
    X(D, heart_confidence_sum, ADD)                                                                \
    X(I, persons_n, ADD)                                                                           \
    X(D, persons_sum, ADD)                                                                         \
    X(I, apnoea, ADD) /* seconds with apnoea */                                                    \
    X(I, falls, ADD)

#define AW_SUMMARY_TYPE_I int64_t
#define AW_SUMMARY_TYPE_D double

/* Values that may be missing. */
enum aw_summary_value {
    AW_OF_STATE,
    AW_OF_MOTION,
    AW_OF_BREATHING,
    AW_OF_HEART,
    AW_OF_PERSONS,
    AW_OF_COUNT
};

struct aw_summary {
    int64_t series; /* row of the link or room in table series */
    int64_t t_s;    /* Unix time of its beginning */
    enum aw_origin_kind source;
#define AW_SUMMARY_MEMBER(kind, name, how) AW_SUMMARY_TYPE_##kind name;
    AW_SUMMARY_COLUMNS(AW_SUMMARY_MEMBER)
#undef AW_SUMMARY_MEMBER
    uint32_t nulls[AW_OF_COUNT][AW_REASON_COUNT]; /* seconds without the value, by reason */
};

/* Empty: counts 0, minima and maxima NAN. */
void aw_summary_init(struct aw_summary *s, int64_t series, int64_t t_s, enum aw_origin_kind source);

void aw_summary_add(struct aw_summary *s, const struct aw_update *u); /* one more second */
void aw_summary_join(struct aw_summary *into, const struct aw_summary *other);

/* The reasons as text for a column: "3,5,60" is value 3 missing 60 times for reason 5; several are
 * parted by ';'. Both numbers are of append-only lists. read() adds; text that is none is refused.
 * Errors: TEXT. */
enum { AW_NULLS_TEXT = 1024 };
void aw_summary_nulls_write(const struct aw_summary *s, char text[AW_NULLS_TEXT]);
AW_MUST_USE int aw_summary_nulls_read(struct aw_summary *s, const char *text);

#endif
