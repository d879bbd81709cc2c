#include "core/clock.h"

#include "base/units.h"

enum { BELIEVE_AFTER = 3 };
static const int64_t JUMP_NS = 3600 * AW_S; /* more is a damaged stamp until it insists */
static const int64_t RESTART_NS = 2 * AW_S; /* going back further is a restart, not reordering */
static const int64_t ANCHOR_NS = 1 * AW_S;  /* arrival and device disagree by more: set anew */
static const int64_t FIRST_STEP_NS = AW_S / 100;

void aw_clock_reset(struct aw_clock *c) {
    *c = (struct aw_clock){.step_ns = FIRST_STEP_NS};
}

/* a - b for two int64 stamps from outside, saturated. */
static int64_t diff(int64_t a, int64_t b) {
    int64_t d;
    if (!__builtin_sub_overflow(a, b, &d)) return d;
    return a > b ? INT64_MAX : INT64_MIN;
}

static int64_t unwrapped(int64_t d, int64_t wrap) {
    if (wrap <= 0) return d;
    d %= wrap;
    if (d > wrap / 2) d -= wrap;
    if (d < -(wrap / 2)) d += wrap;
    return d;
}

static int start(struct aw_clock *c, int64_t raw, bool device, int64_t arrival) {
    c->started = true;
    c->raw_ns = c->line_ns = raw;
    c->offset_ns = device && arrival ? arrival - raw : 0;
    c->t_ns = raw + c->offset_ns;
    return AW_OK;
}

int aw_clock_push(struct aw_clock *c, const struct aw_frame *f, int64_t *t_ns) {
    int64_t arrival = f->t_arrival_ns;
    /* A host's clock may be any host's, or that of a recording sent again: arrival anchors it too. */
    bool device = f->t_kind == AW_TIME_DEVICE || f->t_kind == AW_TIME_INFERRED ||
                  (f->t_kind == AW_TIME_HOST && arrival);
    int64_t raw = f->t_kind == AW_TIME_NONE ? arrival : f->t_ns;
    if (f->t_kind == AW_TIME_NONE && !arrival) return AW_ERR_TIME;
    if (raw > INT64_MAX / 4 || raw < INT64_MIN / 4) return AW_ERR_TIME;
    if (arrival > INT64_MAX / 4 || arrival < 0) return AW_ERR_TIME;

    if (!c->started) {
        int err = start(c, raw, device, arrival);
        *t_ns = c->t_ns;
        return err;
    }

    int64_t d = unwrapped(diff(raw, c->raw_ns), device ? f->t_wrap_ns : 0);
    if (d > JUMP_NS || d < -JUMP_NS) {
        if (++c->strange < BELIEVE_AFTER) return AW_ERR_TIME;
    }
    c->strange = 0;
    if (d > JUMP_NS && device) d = c->step_ns;                   /* a counter that was set anew */
    if (d < -RESTART_NS) d = device || arrival ? c->step_ns : d; /* restarted */
    if (d < -JUMP_NS) d = c->step_ns; /* the source's clock was set back: carry on */
    if (d > 0 && d < RESTART_NS) c->step_ns = d;
    c->raw_ns = raw;
    c->line_ns += d;

    if (device && arrival) {
        int64_t offset = arrival - c->line_ns;
        int64_t apart = offset - c->offset_ns;
        if (apart < 0 || apart > ANCHOR_NS)
            c->offset_ns = offset;
        else
            c->offset_ns += d / 10000; /* 100 ppm */
    }
    int64_t t = c->line_ns + c->offset_ns;
    if (d > 0 && t <= c->t_ns && c->t_ns - t < ANCHOR_NS)
        t = c->t_ns + 1; /* offset moved, not time */
    if (t > c->t_ns) c->t_ns = t;
    *t_ns = t;
    return AW_OK;
}
