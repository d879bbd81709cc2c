#include "dsp/slots.h"
#include "test.h"

#define MS INT64_C(1000000)

static unsigned char memory[1 << 16];

static struct aw_slots fresh(float max_gap_s) {
    struct aw_arena a;
    struct aw_slots s;
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_slots_init(&s, &a, 2, 20, 5, max_gap_s), AW_OK);
    return s;
}

static void push(struct aw_slots *s, int64_t t_ms, float v) {
    float row[2] = {v, -v};
    aw_slots_push(s, t_ms * MS, row);
}

static float value(const struct aw_slots *s, size_t ago, bool *heard) {
    float row[2];
    *heard = aw_slots_at(s, ago, row);
    CHECK_NEAR(row[1], -row[0], 0);
    return row[0];
}

/* Rows of one slot are averaged; the slot appears with the next one's first row. */
static void averages(void) {
    struct aw_slots s = fresh(1);
    bool heard;
    push(&s, 10, 1);
    push(&s, 150, 3);
    CHECK_INT(s.count, 0);
    push(&s, 210, 7);
    CHECK_INT(s.count, 1);
    CHECK_NEAR(value(&s, 1, &heard), 2, 1e-6);
    CHECK(heard);
    push(&s, 190, 9); /* late by less than a slot: goes into the open one */
    push(&s, 400, 0);
    CHECK_NEAR(value(&s, 1, &heard), 8, 1e-6);
}

/* A short gap lies on a straight line and says that it was not heard. */
static void bridges(void) {
    struct aw_slots s = fresh(1);
    bool heard;
    push(&s, 0, 0);
    push(&s, 800, 8); /* slots 1, 2, 3 are empty */
    push(&s, 1000, 0);
    CHECK_INT(s.count, 5);
    for (size_t k = 0; k < 5; k++) {
        CHECK_NEAR(value(&s, 5 - k, &heard), 2.0 * (double)k, 1e-6);
        CHECK(heard == (k == 0 || k == 4));
    }
}

static void forgets(void) {
    struct aw_slots s = fresh(1);
    push(&s, 0, 1);
    push(&s, 1200, 1); /* five empty slots: exactly the longest gap */
    push(&s, 1400, 1);
    CHECK_INT(s.count, 7);
    push(&s, 2800, 1); /* six */
    CHECK_INT(s.count, 0);
    push(&s, 3000, 1);
    CHECK_INT(s.count, 1);
    push(&s, 0, 1); /* back to the beginning */
    CHECK_INT(s.count, 0);
    push(&s, 200, 1);
    aw_slots_reset(&s);
    push(&s, 400, 1);
    CHECK_INT(s.count, 0);
}

static void wraps(void) {
    struct aw_slots s = fresh(1);
    bool heard;
    for (int i = 0; i < 100; i++) push(&s, 200 * i, (float)i);
    CHECK_INT(s.count, 20);
    for (size_t ago = 1; ago <= 20; ago++)
        CHECK_NEAR(value(&s, ago, &heard), 99.0 - (double)ago, 1e-6);
}

static void refuses(void) {
    struct aw_arena a;
    struct aw_slots s;
    aw_arena_init(&a, memory, sizeof memory);
    CHECK_INT(aw_slots_init(&s, &a, 0, 20, 5, 1), AW_ERR_INVAL);
    CHECK_INT(aw_slots_init(&s, &a, 2, 1, 5, 1), AW_ERR_INVAL);
    CHECK_INT(aw_slots_init(&s, &a, 2, 20, 0, 1), AW_ERR_INVAL);
    CHECK_INT(aw_slots_init(&s, &a, 2, 20, NAN, 1), AW_ERR_INVAL);
    CHECK_INT(aw_slots_init(&s, &a, 2, 20, 5, -1), AW_ERR_INVAL);
    CHECK_INT(aw_slots_init(&s, &a, 2, 20, 5, NAN), AW_ERR_INVAL);
    aw_arena_init(&a, NULL, 0);
    CHECK_INT(aw_slots_init(&s, &a, 2, 20, 5, 1), AW_ERR_NOMEM);
    size_t need = a.used;
    for (size_t size = 0; size < need; size++) {
        aw_arena_init(&a, memory, size);
        CHECK_INT(aw_slots_init(&s, &a, 2, 20, 5, 1), AW_ERR_NOMEM);
    }
}

int main(void) {
    averages();
    bridges();
    forgets();
    wraps();
    refuses();
    return test_end();
}
