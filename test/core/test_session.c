#include "base/frame.h"
#include "base/units.h"
#include "test.h"

enum { N = 64 };
static int16_t k[N];
static uint8_t kind[N];
static float iq[2 * N];

static struct aw_frame frame(uint64_t node, int64_t t_ns) {
    struct aw_frame f = {.iq = iq, .iq_cap = N};
    aw_frame_clear(&f);
    for (int i = 0; i < N; i++) {
        k[i] = (int16_t)(i - N / 2);
        kind[i] = AW_SUB_DATA;
        iq[2 * i] = 10;
        iq[2 * i + 1] = (float)(i % 5);
    }
    f.format = AW_FORMAT_AWK1;
    f.t_kind = AW_TIME_HOST;
    f.t_ns = t_ns;
    f.node = node;
    f.n_sub = N;
    f.k = k;
    f.kind = kind;
    return f;
}

static struct aw_session *open_session(uint32_t max_links) {
    struct aw_config c;
    struct aw_session *s = NULL;
    aw_config_default(&c);
    c.max_links = max_links;
    CHECK_INT(aw_session_create(&c, &s), AW_OK);
    return s;
}

static void refuses(void) {
    struct aw_session *s;
    CHECK_INT(aw_session_create(&(struct aw_config){.max_links = 0}, &s), AW_ERR_INVAL);
    CHECK_INT(aw_session_create(&(struct aw_config){.max_links = 4097}, &s), AW_ERR_INVAL);
    aw_session_destroy(NULL);

    s = open_session(2);
    struct aw_frame f = frame(1, AW_S);
    f.n_sub = 0;
    CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_ERR_INVAL);
    f = frame(1, AW_S);
    memset(iq, 0, sizeof iq);
    CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_ERR_EMPTY);
    f = frame(1, AW_S);
    CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_OK);
    CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_ERR_DUPLICATE);
    f = frame(2, AW_S);
    CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_OK);
    f = frame(3, AW_S);
    CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_ERR_TOO_MANY);
    CHECK_INT(aw_session_refused(s, AW_FORMAT_AWK1, AW_ERR_TOO_MANY), 1);
    CHECK_INT(aw_session_refused(s, AW_FORMAT_AWK1, AW_ERR_EMPTY), 1);
    CHECK_INT(aw_session_push_record(s, AW_S, 9, (const uint8_t *)"GET / HTTP", 10, NULL),
              AW_ERR_UNKNOWN_FORMAT);
    CHECK_INT(aw_session_refused(s, AW_FORMAT_UNKNOWN, AW_ERR_UNKNOWN_FORMAT), 1);
    CHECK(!aw_session_last_frame(s));

    /* a link that has been silent for a minute gives way */
    uint32_t link;
    f = frame(1, 100 * AW_S);
    CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_OK);
    f = frame(3, 100 * AW_S);
    CHECK_INT(aw_session_push_frame(s, &f, &link), AW_OK);
    struct aw_link_info info;
    CHECK(aw_session_link(s, link, &info) && info.node == 3 && info.frames == 1);
    aw_session_destroy(s);
}

/* One update per link and second, and of the room; silence is told, long silence in one update. */
static void seconds(void) {
    struct aw_session *s = open_session(4);
    struct aw_update u;
    const int64_t t0 = INT64_C(1700000000) * AW_S;
    int updates = 0, rooms = 0;
    for (int i = 0; i < 500; i++) { /* 5 s at 100 frames/s, two nodes */
        for (uint64_t node = 1; node <= 2; node++) {
            struct aw_frame f = frame(node, t0 + i * 10 * AW_MS);
            CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_OK);
        }
        while (aw_session_poll(s, &u)) {
            CHECK_INT((u.t_ns - t0) % AW_S, 0);
            CHECK_INT(u.frames, u.link == AW_LINK_ROOM ? 200 : 100);
            rooms += u.link == AW_LINK_ROOM;
            CHECK_INT(u.silent_s, 0);
            updates++;
        }
    }
    CHECK_INT(updates, 3 * 4); /* two links and the room of both */
    CHECK_INT(rooms, 4);
    aw_session_advance(s, t0 + 5 * AW_S);
    aw_session_advance(s, t0 + 5 * AW_S); /* not twice */
    for (updates = 0; aw_session_poll(s, &u); updates++) CHECK_INT(u.t_ns, t0 + 5 * AW_S);
    CHECK_INT(updates, 3);

    aw_session_advance(s, t0 + 100 * AW_S);
    int64_t told = 0;
    while (aw_session_poll(s, &u)) {
        CHECK_INT(u.state, AW_STATE_NULL);
        CHECK_INT(u.state_reason, AW_REASON_NO_FRAMES);
        if (u.link == 0) told += 1 + u.silent_s;
    }
    CHECK_INT(told, 95);
    CHECK_INT(aw_session_dropped_updates(s), 0);

    for (int i = 0; i < 100; i++) aw_session_advance(s, t0 + (101 + i) * AW_S);
    CHECK(aw_session_dropped_updates(s) > 0); /* nobody polled */
    int left = 0;
    while (aw_session_poll(s, &u)) left++;
    CHECK(left > 0 && u.t_ns == t0 + 200 * AW_S); /* the newest are kept */
    aw_session_destroy(s);
}

static void facts(void) {
    struct aw_session *s = open_session(1);
    for (int i = 0; i < 100; i++) {
        if (i == 50) continue;
        struct aw_frame f = frame(7, i * 20 * AW_MS + AW_S);
        f.seq = i;
        f.rssi_dbm[0] = -40;
        CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_OK);
    }
    struct aw_link_info info;
    CHECK(aw_session_link(s, 0, &info));
    CHECK(!aw_session_link(s, 1, &info));
    CHECK_INT(info.frames, 99);
    CHECK_INT(info.lost, 1);
    CHECK_NEAR(info.rate_hz, 50, 0.01);
    CHECK_NEAR(info.rssi_dbm, -40, 1e-4);
    CHECK(isnan(info.noise_dbm));
    aw_session_destroy(s);
}

/* A calibration needs seconds, and says what became of it. */
static void calibration(void) {
    struct aw_session *s = open_session(1);
    struct aw_calibration_report r;
    CHECK_INT(aw_session_calibrate_begin(s, 0, AW_TAKE_EMPTY), AW_ERR_INVAL); /* no link yet */
    int64_t t = AW_S;
    uint64_t noise = 1;
    for (int i = 0; i < 4000; i++, t += 10 * AW_MS) {
        struct aw_frame f = frame(1, t);
        for (int k2 = 0; k2 < 2 * N; k2++) {
            noise = noise * 6364136223846793005u + 1442695040888963407u;
            iq[k2] += (float)(noise >> 40) / (float)(1 << 24) - 0.5F;
        }
        CHECK_INT(aw_session_push_frame(s, &f, NULL), AW_OK);
        if (i == 500) {
            CHECK_INT(aw_session_calibrate_finish(s, 0, &r), AW_ERR_INVAL); /* none begun */
            CHECK_INT(aw_session_calibrate_begin(s, 0, AW_TAKE_EMPTY), AW_OK);
        }
        if (i == 800) {
            CHECK_INT(aw_session_calibrate_finish(s, 0, &r), AW_OK);
            CHECK_INT(r.verdict, AW_CALIBRATION_TOO_SHORT);
            CHECK_INT(aw_session_calibrate_begin(s, 0, AW_TAKE_EMPTY), AW_OK);
        }
        if (i == 2500) {
            CHECK_INT(aw_session_calibrate_finish(s, 0, &r), AW_OK);
            CHECK_INT(r.verdict, AW_CALIBRATION_ARMED);
            CHECK(r.empty_s >= 16 && r.moved == 0 && isnan(r.overlap));
        }
    }
    CHECK_INT(aw_session_calibration(s, 0, &r), AW_OK);
    CHECK_INT(r.verdict, AW_CALIBRATION_ARMED);
    CHECK(r.drift < 3);

    /* Kept, forgotten, given back: armed as before, but with no takes to add to. */
    struct aw_calibration_saved saved, other;
    CHECK_INT(aw_session_calibration_save(s, 1, &saved), AW_ERR_INVAL);
    CHECK_INT(aw_session_calibration_save(s, 0, &saved), AW_OK);
    CHECK_INT(aw_session_calibration_clear(s, 0), AW_OK);
    CHECK_INT(aw_session_calibration_save(s, 0, &other), AW_OK);
    CHECK_INT(other.report.verdict, AW_CALIBRATION_NONE);
    CHECK_INT(aw_session_calibration_restore(s, 0, &other), AW_ERR_INVAL);
    CHECK_INT(aw_session_calibration_restore(s, 0, &saved), AW_OK);
    CHECK_INT(aw_session_calibration_save(s, 0, &other), AW_OK);
    CHECK(other.report.restored && memcmp(other.value, saved.value, sizeof saved.value) == 0);
    CHECK_INT(aw_session_calibrate_begin(s, 0, AW_TAKE_OCCUPIED), AW_ERR_INVAL);
    CHECK_INT(aw_session_calibrate_begin(s, 0, AW_TAKE_EMPTY), AW_OK);
    aw_session_destroy(s);
}

int main(void) {
    calibration();
    refuses();
    seconds();
    facts();
    return test_end();
}
