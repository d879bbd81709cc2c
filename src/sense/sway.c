#include "sense/sway.h"

#include "dsp/clip.h"
#include "dsp/increments.h"

#include <math.h>
#include <string.h>

enum {
    ROWS = 240,    /* 20 s at 10 Hz and room for jitter */
    MIN_ROWS = 80, /* 4 Hz: a lag of 0.1 s is then 0.25 s, still short against a breath */
    WIDE = 3,      /* groups of 8 subcarriers side by side: 24, measured best of 8, 20 and all */
    MAX_WIDE = 16,
};
static const int64_t ROW_NS = 95000000; /* just under 0.1 s: frames at exactly 10 Hz pass singly */
static const int64_t WINDOW_NS = 20000000000;
static const int64_t SETTLE_NS = 1000000000; /* as in motion.c */
static const int64_t GAP_NS = 300000000;
static const int64_t LAG_NS[] = {900000000, 1300000000, 1900000000}; /* a quarter to half of a
                                                                      * breath of 4 s */
static const float CLIP = 4;

int aw_sway_init(struct aw_sway *s, struct aw_arena *arena) {
    memset(s, 0, sizeof *s);
    int err = aw_rows_init(&s->rows, arena, ROWS, MAX_WIDE, ROW_NS);
    s->column = aw_arena_alloc(arena, ROWS, sizeof *s->column);
    s->scratch = aw_arena_alloc(arena, ROWS, sizeof *s->scratch);
    s->column_t_ns = aw_arena_alloc(arena, ROWS, sizeof *s->column_t_ns);
    if (err) return err;
    return s->column && s->scratch && s->column_t_ns ? AW_OK : AW_ERR_NOMEM;
}

void aw_sway_reset(struct aw_sway *s) {
    aw_rows_reset(&s->rows);
    s->any = false;
}

void aw_sway_push(struct aw_sway *s, int64_t t_ns, const float *row, size_t n) {
    size_t parts = n / WIDE ? n / WIDE : n > 0;
    if (parts > MAX_WIDE) parts = MAX_WIDE;
    float wide[MAX_WIDE];
    for (size_t p = 0, at = 0; p < parts; p++) {
        size_t end = (p + 1) * n / parts;
        float sum = 0, count = (float)(end - at);
        for (; at < end; at++) sum += row[at];
        wide[p] = sum / count;
    }
    if (!s->any) s->first_ns = t_ns;
    s->any = true;
    if (t_ns - s->first_ns >= SETTLE_NS) aw_rows_push(&s->rows, t_ns, wide, parts);
}

void aw_sway_read(struct aw_sway *s, int64_t t_ns, struct aw_sway_result *out) {
    *out = (struct aw_sway_result){.share = NAN};
    aw_rows_settle(&s->rows, t_ns);
    size_t at;
    size_t n = aw_rows_between(&s->rows, t_ns - WINDOW_NS, t_ns, &at);
    if (!s->any || (n == 0 && t_ns - s->first_ns > WINDOW_NS)) {
        out->reason = AW_REASON_NO_FRAMES;
    } else if (t_ns - s->first_ns < WINDOW_NS - SETTLE_NS) {
        out->reason = AW_REASON_WARMING_UP;
    } else if (n < MIN_ROWS) {
        out->reason = AW_REASON_RATE_TOO_LOW;
    }
    if (out->reason != AW_REASON_NONE) return;
    float block[ROWS * MAX_WIDE]; /* the groups side by side, in order of time */
    size_t stride = aw_increments_stride(s->rows.width);
    for (size_t g = 0; g < s->rows.width; g++) {
        aw_rows_column(&s->rows, at, n, g, s->column, s->column_t_ns);
        aw_clip_run(s->column, n, CLIP, s->scratch);
        for (size_t i = 0; i < n; i++) block[i * stride + g] = s->column[i];
    }
    out->share = aw_increments_run(block, s->rows.width, s->column_t_ns, n, GAP_NS, LAG_NS,
                                   sizeof LAG_NS / sizeof *LAG_NS);
    if (!(out->share <= 1)) *out = (struct aw_sway_result){AW_REASON_RATE_TOO_LOW, NAN};
}
