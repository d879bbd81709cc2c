#include "base/frame.h"
#include "base/units.h"
#include "core/clock.h"
#include "core/rate.h"
#include "test.h"

static const int64_t WRAP = INT64_C(4294967296000); /* 2^32 us */

static int push(struct aw_clock *c, enum aw_time_kind kind, int64_t t, int64_t wrap,
                int64_t arrival, int64_t *out) {
    struct aw_frame f = {.t_kind = kind, .t_ns = t, .t_wrap_ns = wrap, .t_arrival_ns = arrival};
    return aw_clock_push(c, &f, out);
}

/* A device counter that wraps, without arrival: the line keeps the spacing. */
static void wraps(void) {
    struct aw_clock c;
    int64_t t, first;
    aw_clock_reset(&c);
    CHECK_INT(push(&c, AW_TIME_DEVICE, WRAP - 20 * AW_MS, WRAP, 0, &first), AW_OK);
    for (int i = 1; i <= 10; i++) {
        CHECK_INT(
            push(&c, AW_TIME_DEVICE, (WRAP - 20 * AW_MS + i * 10 * AW_MS) % WRAP, WRAP, 0, &t),
            AW_OK);
        CHECK_INT(t - first, i * 10 * AW_MS);
    }
}

/* A restarted device: time goes on by about one interval, it never goes back. */
static void restarts(void) {
    struct aw_clock c;
    int64_t t, last;
    aw_clock_reset(&c);
    push(&c, AW_TIME_DEVICE, 500 * AW_S, WRAP, 0, &t);
    push(&c, AW_TIME_DEVICE, 500 * AW_S + 20 * AW_MS, WRAP, 0, &last);
    CHECK_INT(push(&c, AW_TIME_DEVICE, AW_S, WRAP, 0, &t), AW_OK);
    CHECK_INT(t - last, 20 * AW_MS);
}

/* With arrival: device spacing on Unix time, at the smallest delay seen. */
static void anchors(void) {
    struct aw_clock c;
    const int64_t unix0 = INT64_C(1700000000) * AW_S;
    int64_t t;
    aw_clock_reset(&c);
    for (int i = 0; i < 200; i++) {
        int64_t delay = (i * 7 % 13) * AW_MS; /* 0..12 ms of jitter */
        CHECK_INT(
            push(&c, AW_TIME_DEVICE, i * 10 * AW_MS, WRAP, unix0 + i * 10 * AW_MS + delay, &t),
            AW_OK);
        if (i > 13) CHECK_NEAR(t - (unix0 + i * 10 * AW_MS), 0, 0.2 * AW_MS);
    }
}

/* A recording sent again: its host's time is years ago, its arrival is now. */
static void sent_again(void) {
    struct aw_clock c;
    const int64_t then = INT64_C(1700000000) * AW_S, now = INT64_C(1790000000) * AW_S;
    int64_t t;
    aw_clock_reset(&c);
    for (int i = 0; i < 100; i++) {
        int64_t delay = (i * 5 % 7) * AW_MS;
        CHECK_INT(
            push(&c, AW_TIME_HOST, then + i * 20 * AW_MS, 0, now + i * 20 * AW_MS + delay, &t),
            AW_OK);
        if (i > 7) CHECK_NEAR(t - (now + i * 20 * AW_MS), 0, 0.2 * AW_MS);
    }
}

static void refuses(void) {
    struct aw_clock c;
    int64_t t;
    aw_clock_reset(&c);
    CHECK_INT(push(&c, AW_TIME_NONE, 0, 0, 0, &t), AW_ERR_TIME);
    CHECK_INT(push(&c, AW_TIME_HOST, INT64_MAX, 0, 0, &t), AW_ERR_TIME);
    CHECK_INT(push(&c, AW_TIME_HOST, 1000 * AW_S, 0, 0, &t), AW_OK);
    /* a damaged stamp is refused once, and forgotten when the next is good */
    CHECK_INT(push(&c, AW_TIME_HOST, 900000 * AW_S, 0, 0, &t), AW_ERR_TIME);
    CHECK_INT(push(&c, AW_TIME_HOST, 1001 * AW_S, 0, 0, &t), AW_OK);
    CHECK_INT(t, 1001 * AW_S);
    /* a source that insists is believed */
    CHECK_INT(push(&c, AW_TIME_HOST, 900000 * AW_S, 0, 0, &t), AW_ERR_TIME);
    CHECK_INT(push(&c, AW_TIME_HOST, 900001 * AW_S, 0, 0, &t), AW_ERR_TIME);
    CHECK_INT(push(&c, AW_TIME_HOST, 900002 * AW_S, 0, 0, &t), AW_OK);
    CHECK_INT(t, 900002 * AW_S);
}

static void rate(void) {
    struct aw_rate r;
    float hz, jitter;
    aw_rate_reset(&r);
    aw_rate_read(&r, &hz, &jitter);
    CHECK(isnan(hz) && isnan(jitter));
    int64_t t = 0;
    for (int i = 0; i < 100; i++) aw_rate_push(&r, t += i % 2 ? 9 * AW_MS : 11 * AW_MS);
    aw_rate_read(&r, &hz, &jitter);
    CHECK_NEAR(hz, 100, 1);
    CHECK_NEAR(jitter, 1, 0.01);
    CHECK_INT(r.gaps, 0);
    aw_rate_push(&r, t += AW_S);
    CHECK_INT(r.gaps, 1);
    aw_rate_read(&r, &hz, &jitter);
    CHECK_NEAR(hz, 100, 12); /* one gap moves a median little */
}

int main(void) {
    wraps();
    restarts();
    anchors();
    sent_again();
    refuses();
    rate();
    return test_end();
}
