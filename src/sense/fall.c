#include "sense/fall.h"

#include "dsp/median.h"

#include <math.h>
#include <string.h>

enum {
    SLOW = 8,         /* rows of 50 ms: 0.4 s */
    SMOOTH = 10,      /* rows: 0.5 s, about the duration of the fall itself */
    FLOOR_ROWS = 400, /* 20 s */
    FLOOR_EVERY = 20, /* rows between two looks at the floor */
    FLOOR_LEAST = 60, /* rows before there is a floor */
};
static const int64_t ROW_NS = 49000000; /* just under 50 ms: 20 frames/s pass singly */
static const int64_t GAP_NS = 130000000;
static const float RISE = 3.3F;               /* of the floor: 10 dB */
static const float DONE = 0.3F;               /* of the peak: -10 dB */
static const float STILL = 0.35F;             /* of the peak: moving again */
static const float SPEED = 0.45F;             /* fast/slow; falls measure 0.4..0.7 at 50 frames/s */
static const int64_t LONGEST_NS = 4000000000; /* a burst: fall 1 s, with what leads to it */
static const int64_t STILL_NS = 3000000000;
static const int64_t COOL_NS = 10000000000;

int aw_fall_init(struct aw_fall *f, struct aw_arena *arena) {
    memset(f, 0, sizeof *f);
    f->speed_min = SPEED;
    return aw_rows_init(&f->rows, arena, SLOW + 1, AW_ROWS_MAX_WIDTH, ROW_NS);
}

void aw_fall_reset(struct aw_fall *f) {
    struct aw_rows rows = f->rows;
    float speed_min = f->speed_min;
    memset(f, 0, sizeof *f);
    f->rows = rows;
    f->speed_min = speed_min;
    aw_rows_reset(&f->rows);
}

static void enter(struct aw_fall *f, enum aw_fall_stage stage, int64_t t_ns) {
    f->stage = stage;
    f->stage_ns = t_ns;
}

static float step_between(const float *a, const float *b, size_t n) {
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum / (float)n;
}

static void look_at_floor(struct aw_fall *f) {
    uint32_t n = f->n < FLOOR_ROWS ? f->n : FLOOR_ROWS;
    if (n < FLOOR_LEAST || f->floor_age++ % FLOOR_EVERY) return;
    float sorted[FLOOR_ROWS];
    memcpy(sorted, f->fast, n * sizeof *sorted);
    f->floor = aw_median_select(sorted, n, n / 10);
}

static void judge(struct aw_fall *f, int64_t t_ns, float fast, float slow) {
    int64_t since = t_ns - f->stage_ns;
    switch (f->stage) {
    case AW_FALL_QUIET:
        if (!(f->floor > 0 && fast > RISE * f->floor)) return;
        if (f->fell_before && t_ns - f->fell_ns < COOL_NS) return;
        enter(f, AW_FALL_BURST, t_ns);
        f->peak_fast = f->peak_slow = 0;
        break;
    case AW_FALL_BURST:
        if (fast < DONE * f->peak_fast || fast < RISE / 2 * f->floor) {
            bool speedy = f->peak_fast > f->speed_min * f->peak_slow;
            enter(f, speedy ? AW_FALL_AFTER : AW_FALL_QUIET, t_ns);
        } else if (since > LONGEST_NS) {
            enter(f, AW_FALL_QUIET, t_ns);
        }
        break;
    case AW_FALL_AFTER:
        if (since > SMOOTH * ROW_NS && fast > STILL * f->peak_fast) {
            enter(f, AW_FALL_QUIET, t_ns);
        } else if (since >= STILL_NS) {
            f->fell = f->fell_before = true;
            f->fell_ns = t_ns;
            enter(f, AW_FALL_QUIET, t_ns);
        }
        break;
    }
    f->peak_fast = fmaxf(f->peak_fast, fast);
    f->peak_slow = fmaxf(f->peak_slow, slow);
}

void aw_fall_push(struct aw_fall *f, int64_t t_ns, const float *row, size_t n) {
    if (f->rows.any && t_ns - f->rows.last_ns > GAP_NS) {
        aw_rows_reset(&f->rows); /* a burst within a gap was not seen: start over */
        memset(f->step, 0, sizeof f->step);
        enter(f, AW_FALL_QUIET, t_ns);
    }
    if (!aw_rows_push(&f->rows, t_ns, row, n)) return;
    const float *now = aw_rows_newest(&f->rows, 0), *before = aw_rows_newest(&f->rows, 1);
    const float *long_before = aw_rows_newest(&f->rows, SLOW);
    if (!before || !long_before) return;
    float *step = f->step[f->n % SMOOTH];
    step[0] = step_between(now, before, f->rows.width);
    step[1] = step_between(now, long_before, f->rows.width);
    float fast = 0, slow = 0;
    for (size_t i = 0; i < SMOOTH; i++) {
        fast += f->step[i][0] / SMOOTH;
        slow += f->step[i][1] / SMOOTH;
    }
    fast = sqrtf(fast);
    slow = sqrtf(slow);
    f->fast[f->n++ % FLOOR_ROWS] = fast;
    look_at_floor(f);
    judge(f, t_ns, fast, slow);
}

bool aw_fall_read(struct aw_fall *f) {
    bool fell = f->fell;
    f->fell = false;
    return fell;
}
