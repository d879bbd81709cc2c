#ifndef AW_DSP_ROWS_H
#define AW_DSP_ROWS_H

#include "airwake.h"
#include "base/arena.h"

/* The recent past of a vector, at a bounded rate: vectors that come within row_ns of the first of a
 * row are averaged into it, slower ones pass as they are.
 *
 *     oldest                       newest   being averaged
 *     | row | row | row | ... | row |       ( sum )
 *     '---------- count <= cap ----'
 *
 * Times may be irregular; a gap is simply rows far apart. */
enum { AW_ROWS_MAX_WIDTH = 64 };

struct aw_rows {
    size_t cap, max_width;
    int64_t row_ns;
    float *values; /* [cap][max_width] ring */
    int64_t *t_ns; /* [cap] time of each row's first vector */
    size_t head;   /* slot to write next */
    size_t count;
    size_t width; /* of the vectors now held */
    float sum[AW_ROWS_MAX_WIDTH];
    uint32_t sum_n;
    int64_t sum_t_ns, last_ns;
    bool any; /* last_ns is set */
};

/* cap        rows kept, > 0
 * max_width  1..AW_ROWS_MAX_WIDTH
 * row_ns     > 0
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_rows_init(struct aw_rows *r, struct aw_arena *a, size_t cap, size_t max_width,
                             int64_t row_ns);
void aw_rows_reset(struct aw_rows *r);

/* One vector [n]. Not newer than the last: ignored. Values beyond max_width are ignored; another n
 * than before forgets the past. Returns whether a row was completed. */
bool aw_rows_push(struct aw_rows *r, int64_t t_ns, const float *x, size_t n);

/* Completes the row being averaged if its time is up at t_ns. */
void aw_rows_settle(struct aw_rows *r, int64_t t_ns);

/* Number of rows with from_ns < t <= to_ns; *at becomes the slot of the first. */
size_t aw_rows_between(const struct aw_rows *r, int64_t from_ns, int64_t to_ns, size_t *at);

/* Slot n rows after at. */
static inline size_t aw_rows_after(const struct aw_rows *r, size_t at, size_t n) {
    return at + n < r->cap ? at + n : at + n - r->cap;
}

/* One component of n rows from slot at on: x [n], t_ns [n] (may be NULL). */
void aw_rows_column(const struct aw_rows *r, size_t at, size_t n, size_t component, float *x,
                    int64_t *t_ns);

/* The row `back` rows before the newest; NULL when there are not so many. */
const float *aw_rows_newest(const struct aw_rows *r, size_t back);

#endif
