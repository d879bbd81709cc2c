#include "base/json.h"
#include "server/board.h"
#include "server/fill.h"
#include "server/view.h"
#include "test.h"

static const int64_t t0 = 1700000000000000000, second = 1000000000;
static char text[1 << 18];

static const char *as_text(void (*view)(struct aw_json *, const struct aw_board *, int64_t),
                           const struct aw_board *b, int64_t now_ns) {
    struct aw_json j;
    aw_json_init(&j, text, sizeof text);
    view(&j, b, now_ns);
    return aw_json_text(&j);
}

static void push(struct aw_board *b, struct aw_msg m) {
    aw_board_push(b, &m);
}

static struct aw_board *fresh_board(void) {
    struct aw_board *b = calloc(1, sizeof *b);
    if (!b) exit(1);
    return b;
}

static void test_empty(void) {
    struct aw_board *b = fresh_board();
    CHECK_STR(as_text(aw_view_links, b, t0), "[]");
    CHECK_STR(as_text(aw_view_sources, b, t0), "[]");
    CHECK_STR(as_text(aw_view_sensing, b, t0), "[]");
    CHECK(aw_board_origin(b, t0) == NULL);
    CHECK(aw_board_not_ready(b) != NULL);
    free(b);
}

static void test_link(void) {
    struct aw_board *b = fresh_board();
    push(b, fill_link(3, 100, t0)); /* the first place */
    const char *links = as_text(aw_view_links, b, t0 + second);
    CHECK(strstr(
        links,
        "\"id\":3,\"name\":\"node 4\",\"room\":null,\"node\":\"4\",\"tx\":\"aa:bb:cc:dd:ee:ff\""));
    CHECK(strstr(links, "\"source\":\"simulated\""));
    CHECK(strstr(links, "\"age_s\":1.0,\"reason\":null,\"rate_hz\":100.00"));
    CHECK(strstr(links, "\"rssi_dbm\":-48.0,\"noise_dbm\":null"));
    CHECK(strstr(links, "\"frames\":100,\"lost\":3,\"duplicates\":2,\"reordered\":1,\"gaps\":4"));
    CHECK_STR(aw_board_origin(b, t0), "simulated");

    /* The facts come once per second, also from a link that is silent: that is no sign of life. */
    for (int i = 1; i <= 6; i++) push(b, fill_link(3, 100, t0 + i * second));
    links = as_text(aw_view_links, b, t0 + 6 * second);
    CHECK(strstr(links, "\"age_s\":6.0,\"reason\":\"no-frames\",\"rate_hz\":null"));
    CHECK(strstr(links, "\"rate_reason\":\"no-frames\",\"rssi_dbm\":null"));
    CHECK(strstr(links, "\"frames\":100")); /* what was counted stays counted */
    CHECK(aw_board_origin(b, t0 + 6 * second) == NULL);
    push(b, fill_link(3, 101, t0 + 7 * second));
    CHECK(aw_board_fresh(&b->links[0], t0 + 7 * second));
    free(b);
}

static void test_sensing_ages(void) {
    struct aw_board *b = fresh_board();
    struct aw_board_link *l = &b->links[0];
    push(b, fill_link(0, 10, t0));
    CHECK_INT(aw_board_link_reason(l, t0), AW_REASON_WARMING_UP);
    push(b, fill_update(0, t0));
    CHECK_INT(aw_board_link_reason(l, t0), AW_REASON_NONE);
    const char *s = as_text(aw_view_sensing, b, t0);
    CHECK(strstr(s, "\"state\":\"still\",\"state_confidence\":0.900,\"state_reason\":null"));
    CHECK(strstr(s, "\"motion_score\":0.1250,\"motion_reason\":null,"
                    "\"motion_threshold\":0.2500"));
    CHECK(strstr(s, "\"breathing_bpm\":14.50,\"breathing_confidence\":0.800"));
    CHECK(strstr(s, "\"heart_bpm\":null,\"heart_confidence\":null,"
                    "\"heart_reason\":\"not-confident\""));
    CHECK(strstr(s, "\"persons_reason\":\"ambiguous\""));

    /* Frames arrive, but the last update is old. */
    push(b, fill_row(0, 1, t0 + 6 * second));
    CHECK_INT(aw_board_link_reason(l, t0 + 6 * second), AW_REASON_STALE);
    s = as_text(aw_view_sensing, b, t0 + 6 * second);
    CHECK(strstr(s, "\"state\":null,\"state_confidence\":null,\"state_reason\":\"stale\""));
    CHECK(strstr(s, "\"breathing_bpm\":null,\"breathing_confidence\":null,"
                    "\"breathing_reason\":\"stale\""));
    /* Silence. */
    CHECK_INT(aw_board_link_reason(l, t0 + 12 * second), AW_REASON_NO_FRAMES);
    s = as_text(aw_view_sensing, b, t0 + 12 * second);
    CHECK(strstr(s, "\"age_s\":6.0,\"state\":null"));
    CHECK(strstr(s, "\"motion_score\":null,"
                    "\"motion_reason\":\"no-frames\",\"motion_threshold\":null"));
    /* A clock set back gives no negative age. */
    CHECK_NEAR(aw_board_age_s(l, t0 - 100 * second), 0, 0);
    free(b);
}

static void test_null_without_reason_gets_one(void) {
    struct aw_board *b = fresh_board();
    struct aw_msg m = fill_update(0, t0);
    m.update.state = AW_STATE_NULL;
    m.update.motion.value = NAN;
    push(b, m);
    const char *s = as_text(aw_view_sensing, b, t0);
    CHECK(strstr(s, "\"state\":null,\"state_confidence\":null,\"state_reason\":\"warming-up\""));
    CHECK(strstr(s, "\"motion_score\":null,"
                    "\"motion_reason\":\"warming-up\""));
    free(b);
}

static void test_rows(void) {
    struct aw_board *b = fresh_board();
    struct aw_board_link *l = &b->links[0];
    for (int i = 0; i < 100; i++) push(b, fill_row(1, (uint8_t)i, t0 + i));
    CHECK_INT(l->next_row, 100);
    CHECK_INT(l->next_row - l->first_row, AW_BOARD_ROWS);
    CHECK_INT(l->rows[l->first_row % AW_BOARD_ROWS].amp[0], 100 - AW_BOARD_ROWS);

    struct aw_msg m = fill_row(1, 255, t0); /* another axis starts over */
    m.row.n = 2;
    m.row.amp[1] = 0;
    push(b, m);
    CHECK_INT(l->next_row - l->first_row, 1);
    struct aw_json j;
    aw_json_init(&j, text, sizeof text);
    aw_view_row(&j, b, 0);
    CHECK_STR(aw_json_text(&j), "{\"type\":\"row\",\"link\":1,\"source\":\"simulated\","
                                "\"k_runs\":[[-26,-25,1]],\"t_s\":1700000000.0000,\"max\":20.0000,"
                                "\"amp_b64\":\"/wA=\"}"); /* base64 of FF 00 */
    aw_json_init(&j, text, sizeof text);
    aw_view_rows(&j, b, 0);
    CHECK(strstr(aw_json_text(&j), "\"rows\":[{\"t_s\":"));

    m.row.n = 0; /* out of range: counted, nothing changes */
    push(b, m);
    m.row.n = AW_ROW_MAX + 1;
    push(b, m);
    CHECK_INT(b->ignored, 2);
    CHECK_INT(l->n, 2);
    free(b);
}

/* Every axis comes back from its runs. */
static void test_k_runs(void) {
    static const struct {
        int16_t k[5];
        uint16_t n;
        const char *want;
    } cases[] = {
        {{7}, 1, "[[7,7,1]]"},
        {{-28, -26, -24, -2, -1}, 5, "[[-28,-24,2],[-2,-1,1]]"},
        {{3, 3, 4}, 3, "[[3,3,1],[3,4,1]]"},
        {{5, 4, 3}, 3, "[[5,3,-1]]"},
    };
    struct aw_board *b = fresh_board();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct aw_msg m = fill_row(0, 9, t0);
        m.row.n = cases[i].n;
        memcpy(m.row.k, cases[i].k, sizeof cases[i].k);
        push(b, m);
        struct aw_json j;
        aw_json_init(&j, text, sizeof text);
        aw_view_row(&j, b, 0);
        char want[80];
        snprintf(want, sizeof want, "\"k_runs\":%s,", cases[i].want);
        CHECK(strstr(aw_json_text(&j), want));
    }
    free(b);
}

static void test_bounds_and_gone(void) {
    struct aw_board *b = fresh_board();
    push(b, fill_link(UINT32_MAX, 1, t0));
    push(b, fill_counts(AW_BOARD_SOURCES, true, t0));
    push(b, fill_msg(AW_MSG_GONE, 5, t0));
    CHECK_INT(b->ignored, 3);
    push(b, fill_link(0, 1, t0));
    push(b, fill_row(0, 1, t0));
    push(b, fill_msg(AW_MSG_GONE, 0, t0));
    CHECK_STR(as_text(aw_view_links, b, t0), "[]");
    CHECK_INT(b->links[0].next_row, 1); /* a row number never means two rows */
    CHECK_INT(b->links[0].first_row, 1);
    push(b, fill_link(0, 1, t0)); /* the slot can be used again */
    CHECK(aw_board_fresh(&b->links[0], t0));
    free(b);
}

/* Numbers of links may be any: only how many there are is bounded. */
static void test_many_links(void) {
    struct aw_board *b = fresh_board();
    for (uint32_t i = 0; i < AW_BOARD_LINKS; i++) push(b, fill_link(1000 * i, 1, t0));
    CHECK_INT(b->ignored, 0);
    CHECK_INT(aw_board_find(b, 255000), 255);
    push(b, fill_link(7, 1, t0));
    CHECK_INT(b->ignored, 1);
    CHECK_INT(aw_board_find(b, 7), AW_BOARD_LINKS);
    push(b, fill_msg(AW_MSG_GONE, 3000, t0));
    push(b, fill_link(7, 1, t0));
    CHECK_INT(aw_board_find(b, 7), 3);
    CHECK_INT(b->ignored, 1);
    free(b);
}

static void test_sources(void) {
    struct aw_board *b = fresh_board();
    push(b, fill_counts(0, false, t0));
    CHECK_STR(aw_board_not_ready(b), "cannot bind: the port is in use");
    push(b, fill_counts(1, true, t0));
    CHECK(aw_board_not_ready(b) == NULL);
    const char *s = as_text(aw_view_sources, b, t0);
    CHECK(strstr(s, "\"name\":\"udp:5006\""));
    CHECK(strstr(s, "\"refused\":9,\"refused_by_reason\":{\"magic\":2,\"crc\":7}"));
    CHECK(strstr(s, "\"last_bytes\":null,\"age_s\":null"));
    free(b);
}

int main(void) {
    test_empty();
    test_link();
    test_sensing_ages();
    test_null_without_reason_gets_one();
    test_rows();
    test_k_runs();
    test_bounds_and_gone();
    test_many_links();
    test_sources();
    return test_end();
}
