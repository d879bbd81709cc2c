/* The thread of the models: the frame path never waits for it, the newest window wins, what fails
 * is said and does not stop it, and old answers are called old. */
#include "server/board.h"
#include "server/models_own.h"
#include "test.h"

#include <math.h>
#include <time.h>

enum { N_SUB = 52, SLOW_MS = 200 };
static const int64_t SECOND = 1000000000;
static const char CARD[] = AW_SOURCE_DIR "/models/activity.card.json";

static int64_t now_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static void wait_ms(long ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static struct aw_models *open_models(const char *const *paths, int n) {
    const struct aw_models_config config = {paths, n, "plain", ""};
    struct aw_models *m = NULL;
    CHECK_INT(aw_models_open(&m, &config), AW_OK);
    return m;
}

/* Frame number i of a link at 50 Hz, as the sensing thread hands it on. */
static void push_frame(struct aw_models *m, uint32_t link, int64_t t_ns) {
    static int16_t k[N_SUB];
    static uint8_t kind[N_SUB];
    static float iq[2 * N_SUB];
    for (int i = 0; i < N_SUB; i++) {
        k[i] = (int16_t)(i - N_SUB / 2);
        iq[2 * i] =
            20 + (float)(i % 5) + 3 * sinf((float)(t_ns % SECOND) * 1e-9F * 12.6F + (float)i);
    }
    const struct aw_frame f = {.chip = "",
                               .t_ns = t_ns,
                               .seq = -1,
                               .n_rx = 1,
                               .n_tx = 1,
                               .n_sub = N_SUB,
                               .k = k,
                               .kind = kind,
                               .iq = iq};
    (void)aw_frame_tap_push(aw_models_tap(m), link, AW_SOURCE_SIMULATED, t_ns, -40, &f);
}

/* Until the thread has taken all frames; 10 s at most. */
static void wait_taken(struct aw_models *m) {
    struct aw_ring *r = &aw_models_tap(m)->frames;
    for (int i = 0; i < 2000 && atomic_load(&r->head) != atomic_load(&r->tail); i++) wait_ms(5);
}

/* Seconds [from, to) of a link, each when the thread has taken the one before. */
static void push_seconds(struct aw_models *m, uint32_t link, int from, int to) {
    for (int s = from; s < to; s++) {
        for (int i = 0; i < 50; i++) push_frame(m, link, s * SECOND + i * SECOND / 50);
        wait_taken(m);
        wait_ms(10); /* for what is due */
    }
}

static struct aw_answer answer(struct aw_models *m, uint32_t link) {
    aw_models_drain(m);
    return aw_models_answer(m, 0, link, now_ns(CLOCK_REALTIME));
}

/* Until what is said has this reason, of a frame after after_ns; 10 s at most. */
static struct aw_answer wait_answer(struct aw_models *m, uint32_t link, enum aw_reason reason,
                                    int64_t after_ns) {
    struct aw_answer a = answer(m, link);
    for (int i = 0; i < 1000 && (a.reason != reason || a.t_ns < after_ns); i++) {
        wait_ms(10);
        a = answer(m, link);
    }
    return a;
}

static struct aw_models_stats stats(const struct aw_models *m) {
    struct aw_models_stats s;
    aw_models_stats(m, 0, &s);
    return s;
}

static void answers(void) {
    const char *const paths[] = {CARD};
    struct aw_models *m = open_models(paths, 1);
    CHECK_INT(aw_models_start(m, NULL, NULL), AW_OK);
    push_seconds(m, 7, 0, 10);
    wait_ms(150);
    struct aw_answer a = answer(m, 7);
    CHECK_INT(a.reason, AW_REASON_WARMING_UP);
    CHECK_INT(stats(m).runs, 0);
    push_seconds(m, 7, 10, 23);
    a = wait_answer(m, 7, AW_REASON_NONE, 21 * SECOND + 1);
    CHECK_INT(a.reason, AW_REASON_NONE);
    CHECK_INT(a.link, 7);
    CHECK_INT(a.origin, AW_SOURCE_SIMULATED);
    CHECK(a.t_ns > 21 * SECOND && a.t_ns < 23 * SECOND);
    CHECK_NEAR(a.quality, 1, 0.02);
    float sum = 0;
    for (int c = 0; c < 6; c++) sum += a.classes.probability[c];
    CHECK_NEAR(sum, 1, 1e-3);
    CHECK(stats(m).runs >= 1 && stats(m).failed == 0 && a.took_ms > 0);
    CHECK_INT(aw_models_lost(m), 0);
    CHECK_INT(answer(m, 8).reason, AW_REASON_WARMING_UP); /* another link knows nothing of it */
    CHECK_INT(aw_models_answer(m, 0, 7, now_ns(CLOCK_REALTIME) + 6 * SECOND).reason,
              AW_REASON_STALE);
    /* The recording begins anew: its window does not continue the one before. */
    push_seconds(m, 7, 0, 3);
    CHECK_INT(wait_answer(m, 7, AW_REASON_WARMING_UP, 0).reason, AW_REASON_WARMING_UP);
    aw_models_close(m);
}

/* ---- A slow model, and one that fails --------------------------------------------------------- */

static _Atomic int mode; /* of the backend below */
static int own_run(struct aw_net *net) {
    if (mode == 0) wait_ms(SLOW_MS);
    for (size_t i = 0; i < net->out[0].n; i++) net->out[0].f[i] = mode == 1 ? NAN : 0.125F;
    return mode == 2 ? AW_ERR_UNSUPPORTED : AW_OK;
}
static const struct aw_net_backend own = {"own", NULL, own_run, NULL};

static void slow(void) {
    const char *const paths[] = {CARD};
    struct aw_models *m = open_models(paths, 1);
    m->one[0].model.net.backend = &own;
    mode = 0;
    CHECK_INT(aw_models_start(m, NULL, NULL), AW_OK);
    push_seconds(m, 3, 0, 20);
    /* One answer takes as long as three seconds come in: two of three are skipped, and the frames
     * are all handed on at once. */
    int64_t longest = 0;
    for (int s = 20; s < 50; s++) {
        int64_t start = now_ns(CLOCK_MONOTONIC);
        for (int i = 0; i < 50; i++) push_frame(m, 3, s * SECOND + i * SECOND / 50);
        int64_t took = now_ns(CLOCK_MONOTONIC) - start;
        if (took > longest) longest = took;
        wait_ms(SLOW_MS / 3);
    }
    CHECK(longest < SLOW_MS * INT64_C(1000000) / 2);
    struct aw_answer a = wait_answer(m, 3, AW_REASON_NONE, 47 * SECOND + 1);
    CHECK_INT(a.reason, AW_REASON_NONE);
    CHECK(a.t_ns > 47 * SECOND); /* of the newest window, not of one that waited */
    CHECK(stats(m).skipped >= 10 && stats(m).runs + stats(m).skipped <= 50);
    aw_models_close(m);
}

static void failing(void) {
    const char *const paths[] = {CARD};
    struct aw_models *m = open_models(paths, 1);
    m->one[0].model.net.backend = &own;
    mode = 1;
    CHECK_INT(aw_models_start(m, NULL, NULL), AW_OK);
    push_seconds(m, 3, 0, 22);
    struct aw_answer a = wait_answer(m, 3, AW_REASON_NOT_FINITE, 0);
    CHECK_INT(a.reason, AW_REASON_NOT_FINITE);
    mode = 2;
    push_seconds(m, 3, 22, 25);
    CHECK_INT(wait_answer(m, 3, AW_REASON_MODEL_FAILED, 0).reason, AW_REASON_MODEL_FAILED);
    CHECK(stats(m).failed >= 2 && stats(m).failed == stats(m).runs);
    mode = 3;
    push_seconds(m, 3, 25, 28);
    CHECK_INT(wait_answer(m, 3, AW_REASON_NONE, 0).reason, AW_REASON_NONE);
    char buf[2048];
    struct aw_json j;
    aw_json_init(&j, buf, sizeof buf);
    aw_json_open(&j, '{');
    aw_models_json(&j, m, 3, now_ns(CLOCK_REALTIME));
    aw_json_close(&j, '}');
    const char *text = aw_json_text(&j);
    CHECK(text && strstr(text, "{\"activity\":{\"model\":\"activity\",\"version\":"));
    CHECK(text && strstr(text, "\"reason\":null,\"class\":\"fall\",\"confidence\":0.125"));
    aw_models_close(m);
}

/* More links than are followed: said so, and those followed go on. */
static void crowd(void) {
    const char *const paths[] = {CARD};
    struct aw_models *m = open_models(paths, 1);
    CHECK_INT(aw_models_start(m, NULL, NULL), AW_OK);
    for (uint32_t link = 0; link <= AW_MODELS_LINKS; link++) push_frame(m, link, SECOND);
    CHECK_INT(wait_answer(m, AW_MODELS_LINKS, AW_REASON_MODEL_BUSY, 0).reason,
              AW_REASON_MODEL_BUSY);
    aw_models_close(m);
}

static void refused(void) {
    const char *const paths[] = {AW_SOURCE_DIR "/models/none.card.json", CARD, CARD};
    struct aw_models *m = open_models(paths, 3);
    CHECK_INT(aw_models_count(m), 3);
    CHECK(strstr(aw_models_refused(m, 0), "none.card.json"));
    CHECK(!aw_models_refused(m, 1));
    CHECK(strstr(aw_models_refused(m, 2), "in use for the task activity already"));
    CHECK_INT(aw_models_find(m, "activity"), 1);
    CHECK_INT(aw_models_find(m, "none.card.json"), 0);
    CHECK_INT(aw_models_find(m, "x"), -1);
    aw_models_close(m);
    m = open_models(paths, 1);
    CHECK(aw_models_tap(m) == NULL); /* nothing to compute: nothing is taken from the frames */
    CHECK_INT(aw_models_start(m, NULL, NULL), AW_OK);
    CHECK(!m->running);
    aw_models_drain(m);
    aw_models_close(m);
    const struct aw_models_config config = {paths + 1, 1, "onnxruntime", "/nowhere.so"};
    CHECK_INT(aw_models_open(&m, &config), AW_OK);
    CHECK(strstr(aw_models_refused(m, 0), "/nowhere.so"));
    aw_models_close(m);
    aw_models_drain(NULL);
    CHECK_INT(aw_models_count(NULL), 0);
    CHECK(aw_models_tap(NULL) == NULL);
}

int main(void) {
    answers();
    slow();
    failing();
    crowd();
    refused();
    return test_end();
}
