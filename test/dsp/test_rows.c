#include "dsp/rows.h"
#include "noise.h"
#include "test.h"

static unsigned char memory[4096];
static struct aw_rows rows;
static const int64_t MS = 1000000;

static void start(size_t cap) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_rows_init(&rows, &arena, cap, 4, 5 * MS), AW_OK);
}

/* Slow vectors pass one by one; fast ones are averaged, with the time of the first. */
static void averaging(void) {
    start(16);
    for (int i = 0; i < 5; i++) {
        float x[2] = {(float)i, (float)-i};
        CHECK(aw_rows_push(&rows, i * 10 * MS, x, 2) == (i > 0));
    }
    CHECK_INT(rows.count, 4);
    CHECK(aw_rows_newest(&rows, 0)[0] == 3 && aw_rows_newest(&rows, 3)[1] == 0);
    CHECK(aw_rows_newest(&rows, 4) == NULL);
    aw_rows_settle(&rows, 44 * MS);
    CHECK_INT(rows.count, 4);
    aw_rows_settle(&rows, 45 * MS);
    CHECK_INT(rows.count, 5);
    for (int i = 0; i < 10; i++) { /* 1 ms apart: 5 to a row */
        float x[2] = {(float)i, 1};
        aw_rows_push(&rows, (100 + i) * MS, x, 2);
    }
    aw_rows_settle(&rows, 200 * MS);
    CHECK(aw_rows_newest(&rows, 1)[0] == 2 && aw_rows_newest(&rows, 0)[0] == 7);
    size_t at;
    CHECK_INT(aw_rows_between(&rows, 99 * MS, 105 * MS, &at), 2);
    CHECK_INT(rows.t_ns[at], 100 * MS);
}

/* Against a plain list, over many turns of the ring. */
static void between(void) {
    enum { N = 500, CAP = 16 };
    static int64_t t[N];
    start(CAP);
    for (int i = 0; i < N; i++) {
        t[i] = (i ? t[i - 1] : 0) + 5 * MS + (int64_t)(50e6 * noise_uniform(1, (uint64_t)i));
        float x = (float)i;
        aw_rows_push(&rows, t[i], &x, 1);
        aw_rows_settle(&rows, t[i] + 5 * MS);
        int64_t from = t[i] - (int64_t)(6e8 * noise_uniform(2, (uint64_t)i));
        int64_t to = t[i] - (int64_t)(2e8 * noise_uniform(3, (uint64_t)i)) + 20 * MS;
        size_t want = 0, at;
        int first = -1;
        for (int j = i - CAP + 1 < 0 ? 0 : i - CAP + 1; j <= i; j++) {
            if (t[j] <= from || t[j] > to) continue;
            if (first < 0) first = j;
            want++;
        }
        size_t got = aw_rows_between(&rows, from, to, &at);
        CHECK_INT(got, want);
        float column[CAP];
        int64_t times[CAP];
        aw_rows_column(&rows, at, got, 0, column, times);
        for (size_t k = 0; k < got; k++) {
            CHECK(column[k] == (float)(first + (int)k) && times[k] == t[first + (int)k]);
        }
    }
}

/* Old times are ignored, another width forgets, reset = fresh, too wide is cut. */
static void edges(void) {
    float x[6] = {1, 2, 3, 4, 5, 6};
    size_t at;
    start(4);
    aw_rows_push(&rows, 100 * MS, x, 2);
    CHECK(!aw_rows_push(&rows, 100 * MS, x, 2) && !aw_rows_push(&rows, 50 * MS, x, 2));
    CHECK_INT(rows.sum_n, 1);
    CHECK(aw_rows_push(&rows, 110 * MS, x, 2));
    CHECK(!aw_rows_push(&rows, 120 * MS, x, 6));
    CHECK(rows.count == 0 && rows.width == 4);
    aw_rows_reset(&rows);
    CHECK_INT(aw_rows_between(&rows, 0, INT64_MAX, &at), 0);
    aw_rows_push(&rows, 1 * MS, x, 2);
    aw_rows_settle(&rows, 10 * MS);
    CHECK(rows.count == 1 && aw_rows_newest(&rows, 0)[1] == 2);
}

static void refusals(void) {
    struct aw_arena arena;
    aw_arena_init(&arena, memory, sizeof memory);
    CHECK_INT(aw_rows_init(&rows, &arena, 0, 4, 1), AW_ERR_INVAL);
    CHECK_INT(aw_rows_init(&rows, &arena, 4, 0, 1), AW_ERR_INVAL);
    CHECK_INT(aw_rows_init(&rows, &arena, 4, AW_ROWS_MAX_WIDTH + 1, 1), AW_ERR_INVAL);
    CHECK_INT(aw_rows_init(&rows, &arena, 4, 4, 0), AW_ERR_INVAL);
    aw_arena_init(&arena, NULL, 0);
    CHECK_INT(aw_rows_init(&rows, &arena, 4, 4, 1), AW_ERR_NOMEM);
    size_t need = arena.used;
    for (size_t size = 0; size < need; size++) {
        aw_arena_init(&arena, memory, size);
        CHECK_INT(aw_rows_init(&rows, &arena, 4, 4, 1), AW_ERR_NOMEM);
    }
}

int main(void) {
    averaging();
    between();
    edges();
    refusals();
    return test_end();
}
