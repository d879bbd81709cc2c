/* How good motion and static presence are, on the labelled recordings.
 *
 *     accuracy_motion [folder of recordings]
 *
 * Protocol: every recording starts a fresh link; one read per second, counted from 4 s on; one
 * threshold for every chip and room, nothing fitted. Windows of 4 s overlap, so the number of
 * recordings, not of reads, says how sure a figure is: those with an error are listed.
 * Left out, for these reasons only: the quiet recording baseline_s3_64sc_20260117 (somebody is
 * still there in its first seconds), and segments whose two clocks drift apart by more than 5 s
 * (the labels do not belong to the data).
 * Calibrated: the null is learned from the first 20 s of the first empty recording of a session
 * (a session's own first empty 20 s where it is one file); those are then not scored. */
#include "core/clock.h"
#include "sense/amplitude.h"
#include "sense/calibration.h"
#include "sense/motion.h"
#include "sense/sway.h"
#include "server/capture.h"
#include "static_presence.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double S = 1e9;

/* ---- One link over one recording ------------------------------------------------------------- */

struct link {
    unsigned char memory[1 << 18];
    struct aw_amplitude amplitude;
    struct aw_motion motion;
    struct aw_sway sway;
};

static void link_start(struct link *l, const struct aw_motion_null *null) {
    struct aw_arena arena;
    struct aw_amplitude_config amplitude;
    struct aw_motion_config motion;
    aw_arena_init(&arena, l->memory, sizeof l->memory);
    aw_amplitude_config_default(&amplitude);
    aw_motion_config_default(&motion);
    if (aw_amplitude_init(&l->amplitude, &arena, &amplitude) ||
        aw_motion_init(&l->motion, &arena, &motion) || aw_sway_init(&l->sway, &arena)) {
        fprintf(stderr, "accuracy_motion: the link does not fit its memory\n");
        exit(1);
    }
    if (null) aw_motion_set_null(&l->motion, null);
}

struct reading {
    double t_s; /* since the first frame */
    struct aw_motion_result motion;
    struct aw_sway_result sway;
};

struct run {
    struct reading read[1024];
    int n;
    double drift_s;       /* of the sender's clock against the receiver's; 0 unknown */
    double frame_s[8192]; /* time of the first records, for labels that go by record */
    int n_frames;
    int records[8192]; /* which record each of them was */
};

/* Called before each read, to calibrate within a recording. */
typedef void (*before_read)(void *user, struct link *l, double t_s);

static double thin_hz; /* frames kept per second; 0: all */

static bool run_file(const char *path, struct link *l, struct run *run, before_read before,
                     void *user) {
    struct aw_capture c;
    struct aw_why why;
    if (aw_capture_open(&c, path, &why) != AW_OK) {
        printf("not read: %s: %s\n", path, why.text);
        return false;
    }
    struct aw_clock clock;
    aw_clock_reset(&clock);
    int64_t first = 0, first_arrival = 0, last = 0, last_arrival = 0;
    int got, record = 0, second = 1;
    run->n = run->n_frames = 0;
    while ((got = aw_capture_next(&c)) != AW_CAPTURE_END) {
        if (got != 0) record++;
        if (got != 1) continue;
        struct aw_frame f = c.frame;
        if (f.t_kind == AW_TIME_DEVICE) f.t_arrival_ns = 0; /* its own clock is the better one */
        int64_t t;
        if (aw_clock_push(&clock, &f, &t) != AW_OK) continue;
        if (thin_hz > 0 && run->n_frames > 0 && t - last < (int64_t)(0.93 * S / thin_hz)) continue;
        if (run->n_frames == 0) {
            first = t;
            first_arrival = c.frame.t_arrival_ns;
        }
        last = t;
        last_arrival = c.frame.t_arrival_ns;
        double t_s = (double)(t - first) / S;
        if (run->n_frames < 8192) {
            run->frame_s[run->n_frames] = t_s;
            run->records[run->n_frames++] = record - 1;
        }
        for (; t_s >= second && run->n < 1024; second++) {
            struct reading *r = &run->read[run->n++];
            r->t_s = second;
            if (before) before(user, l, second);
            int64_t at = first + second * (int64_t)S - 1;
            aw_motion_read(&l->motion, at, &r->motion);
            aw_sway_read(&l->sway, at, &r->sway);
        }
        struct aw_amplitude_row row;
        if (!aw_amplitude_push(&l->amplitude, &f, &row)) continue;
        if (row.fresh) {
            aw_motion_break(&l->motion);
            aw_sway_reset(&l->sway);
        }
        aw_motion_push_frame(&l->motion, t, &l->amplitude, &row);
        aw_sway_push(&l->sway, t, row.group, row.n_group);
    }
    aw_capture_close(&c);
    run->drift_s =
        first_arrival ? (double)((last_arrival - first_arrival) - (last - first)) / S : 0;
    return run->n > 0;
}

/* ---- Tables ---------------------------------------------------------------------------------- */

enum { MAX_READS = 40000 };

struct table {
    const char *name;
    float score[2][MAX_READS]; /* by truth */
    int n[2], called[2], unread[2], recordings[2], wrong_recordings[2];
    char wrong[2048];
};

static void table_begin(struct table *t, const char *name) {
    memset(t, 0, sizeof *t);
    t->name = name;
}

static void table_add(struct table *t, int truth, const struct aw_motion_result *m) {
    if (m->reason != AW_REASON_NONE) {
        t->unread[truth]++;
        return;
    }
    if (t->n[truth] < MAX_READS) t->score[truth][t->n[truth]++] = m->score;
    t->called[truth] += m->moving;
}

/* The recording's end: was anything in it called wrongly? before: counts at its beginning. */
static void table_file(struct table *t, const char *path, const struct table *before) {
    for (int truth = 0; truth < 2; truth++) {
        int n = t->n[truth] - before->n[truth], moving = t->called[truth] - before->called[truth];
        int wrong = truth ? n - moving : moving;
        if (n == 0) continue;
        t->recordings[truth]++;
        if (!wrong) continue;
        t->wrong_recordings[truth]++;
        size_t used = strlen(t->wrong);
        const char *cut = strlen(path) > 44 ? path + strlen(path) - 44 : path;
        snprintf(t->wrong + used, sizeof t->wrong - used, "    %s: %d of %d %s\n", cut, wrong, n,
                 truth ? "missed" : "false");
    }
}

/* Mann and Whitney. */
static double auc(const float *low, int n_low, const float *high, int n_high) {
    double above = 0;
    for (int i = 0; i < n_low; i++) {
        for (int j = 0; j < n_high; j++) {
            above += high[j] > low[i] ? 1 : high[j] == low[i] ? 0.5 : 0;
        }
    }
    return n_low && n_high ? above / n_low / n_high : (double)NAN;
}

static void table_end(struct table *t) {
    if (t->n[0] + t->n[1] == 0) {
        printf("%-34s nothing could be read\n", t->name);
        return;
    }
    int hit = t->called[1], false_alarms = t->called[0];
    printf("%-34s AUC %.4f  recall %.3f (%d)  false %.4f (%d)  F1 %.4f  recordings with an error: "
           "moving %d/%d, quiet %d/%d; unread %d\n%s",
           t->name, auc(t->score[0], t->n[0], t->score[1], t->n[1]), (double)hit / t->n[1], t->n[1],
           (double)false_alarms / t->n[0], t->n[0],
           2.0 * hit / (2.0 * hit + false_alarms + (t->n[1] - hit)), t->wrong_recordings[1],
           t->recordings[1], t->wrong_recordings[0], t->recordings[0], t->unread[0] + t->unread[1],
           t->wrong);
}

static struct link link_;
static struct run run_;
static struct table table_, before_;
static const char *data_dir;

static glob_t files_of(const char *pattern) {
    char full[4096];
    glob_t g = {0};
    snprintf(full, sizeof full, "%s/%s", data_dir, pattern);
    if (glob(full, 0, NULL, &g) != 0) g.gl_pathc = 0;
    return g;
}

/* Recordings of one kind throughout. */
static void whole_files(const char *pattern, int truth) {
    glob_t g = files_of(pattern);
    for (size_t i = 0; i < g.gl_pathc; i++) {
        if (strstr(g.gl_pathv[i], "baseline_s3_64sc_20260117")) continue;
        link_start(&link_, NULL);
        if (!run_file(g.gl_pathv[i], &link_, &run_, NULL, NULL)) continue;
        before_ = table_;
        for (int k = 0; k < run_.n; k++) {
            if (run_.read[k].t_s >= 4) table_add(&table_, truth, &run_.read[k].motion);
        }
        table_file(&table_, g.gl_pathv[i], &before_);
    }
    globfree(&g);
}

/* 30 s quiet, then 30 s motion. */
static void chip_tests(void) {
    glob_t g = files_of("motion-esp32-chips/test/*.npz");
    for (size_t i = 0; i < g.gl_pathc; i++) {
        link_start(&link_, NULL);
        if (!run_file(g.gl_pathv[i], &link_, &run_, NULL, NULL)) continue;
        before_ = table_;
        double seen = NAN;
        for (int k = 0; k < run_.n; k++) {
            const struct reading *r = &run_.read[k];
            if (r->t_s >= 4 && r->t_s <= 30) table_add(&table_, 0, &r->motion);
            if (r->t_s >= 34) table_add(&table_, 1, &r->motion);
            if (isnan(seen) && r->t_s > 30 && r->motion.moving) seen = r->t_s - 30;
        }
        table_file(&table_, g.gl_pathv[i], &before_);
        printf("first detection %.0f s after the motion begins: %s\n", seen,
               strrchr(g.gl_pathv[i], '/') + 1);
    }
    globfree(&g);
}

/* ---- Segments of a session with a label each --------------------------------------------------
 */

/* The label of a segment, from the JSON beside it. */
static bool segment_label(const char *csv, char label[32]) {
    char path[4096], text[4096];
    snprintf(path, sizeof path, "%s", csv);
    char *end = strstr(path, "__");
    if (!end) return false;
    snprintf(end, 6, ".json");
    FILE *f = fopen(path, "r");
    if (!f) return false;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    const char *at = strstr(text, "\"label\": \"");
    return at && sscanf(at + 10, "%31[^\"]", label) == 1;
}

static int label_truth(const char *label) {
    if (!strcmp(label, "empty")) return 0;
    return !strcmp(label, "walk") || !strcmp(label, "run") ? 1 : -1;
}

static void static_add(const char *label, const char *path) {
    float share[STATIC_PRESENCE_SECONDS];
    int n = 0;
    for (int k = 0; k < run_.n && n < STATIC_PRESENCE_SECONDS; k++) {
        if (run_.read[k].sway.reason == AW_REASON_NONE) share[n++] = run_.read[k].sway.share;
    }
    static_presence_add(label, path, share, n);
}

/* Sessions are folders; sorted by name, segments come in the order of recording. */
static void sessions(const char *room, bool calibrated) {
    char pattern[256], label[32], session[4096] = "";
    snprintf(pattern, sizeof pattern, "presence-esp32c3/%s/*/*.csv.zst", room);
    glob_t g = files_of(pattern);
    struct aw_motion_null null = {0};
    for (size_t i = 0; i < g.gl_pathc; i++) {
        const char *path = g.gl_pathv[i];
        size_t folder = (size_t)(strrchr(path, '/') - path);
        if (strncmp(session, path, folder) || session[folder]) {
            snprintf(session, sizeof session, "%.*s", (int)folder, path);
            null.known = false;
        }
        if (!segment_label(path, label)) continue;
        int truth = label_truth(label);
        if (truth < 0 && calibrated) continue;
        if (calibrated && !null.known && truth != 0) continue; /* before the empty take */
        link_start(&link_, calibrated ? &null : NULL);
        if (!run_file(path, &link_, &run_, NULL, NULL) || fabs(run_.drift_s) > 5) continue;
        if (!calibrated && thin_hz == 0) static_add(label, path);
        double from = 4;
        if (calibrated && !null.known) {
            struct aw_calibration c;
            struct aw_calibration_result result;
            aw_calibration_init(&c);
            aw_calibration_begin(&c, AW_TAKE_EMPTY);
            for (int k = 0; k < run_.n && run_.read[k].t_s <= 20; k++) {
                aw_calibration_push(&c, &run_.read[k].motion);
            }
            aw_calibration_finish(&c, &result);
            if (result.verdict != AW_CALIBRATION_ARMED) {
                printf("calibration refused (%d): %s\n", result.verdict, path);
                continue;
            }
            null = result.null;
            from = 24;
            link_start(&link_, &null);
            run_file(path, &link_, &run_, NULL, NULL);
        }
        if (truth < 0) continue;
        before_ = table_;
        for (int k = 0; k < run_.n; k++) {
            if (run_.read[k].t_s >= from) table_add(&table_, truth, &run_.read[k].motion);
        }
        table_file(&table_, path, &before_);
    }
    globfree(&g);
}

/* ---- Sessions with a label per record ---------------------------------------------------------
 */

struct labels {
    signed char of[8192]; /* by record: 0 empty, 1 moving, -1 in between */
    int n;
};

static bool read_labels(const char *path, struct labels *l) {
    struct aw_bytes b;
    struct aw_why why;
    l->n = 0;
    if (aw_unpack_open(&b, path, &why) != AW_OK) return false;
    const char *at = (const char *)b.data, *end = at + b.len;
    for (int line = 0; at < end && l->n < 8192; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        char head[160];
        snprintf(head, sizeof head, "%.*s", (int)(stop - at < 159 ? stop - at : 159), at);
        int label, settling;
        if (line > 0 && sscanf(head, "%*[^,],%*[^,],%*[^,],%d,%*[^,],%d", &label, &settling) == 2) {
            l->of[l->n++] = settling ? -1 : label == 0 ? 0 : label == 2 ? 1 : -1;
        }
        at = stop + 1;
    }
    aw_unpack_close(&b);
    return l->n > 0;
}

/* The one label of the 4 s before t_s; -1 when mixed. */
static int label_at(const struct labels *l, const struct run *run, double t_s) {
    int label = -1;
    for (int i = 0; i < run->n_frames; i++) {
        if (run->frame_s[i] < t_s - 4 || run->frame_s[i] >= t_s) continue;
        int its = run->records[i] < l->n ? l->of[run->records[i]] : -1;
        if (its < 0 || (label >= 0 && its != label)) return -1;
        label = its;
    }
    return label;
}

struct learning {
    const struct labels *labels;
    struct aw_calibration calibration;
    double empty_s; /* counted so far */
    double armed_s; /* when it armed */
};

static void learn(void *user, struct link *l, double t_s) {
    struct learning *c = user;
    if (!isnan(c->armed_s) || run_.n < 2) return;
    const struct reading *last = &run_.read[run_.n - 2];
    if (label_at(c->labels, &run_, last->t_s) != 0) return;
    aw_calibration_push(&c->calibration, &last->motion);
    if (++c->empty_s < 17) return; /* 17 windows of 4 s: 20 s */
    struct aw_calibration_result result;
    aw_calibration_finish(&c->calibration, &result);
    if (result.verdict == AW_CALIBRATION_ARMED) aw_motion_set_null(&l->motion, &result.null);
    c->armed_s = t_s;
}

static void labelled_records(bool calibrated) {
    glob_t g = files_of("motion-esp32s3-slow/*/*.zst");
    for (size_t i = 0; i < g.gl_pathc; i++) {
        static struct labels labels;
        if (!read_labels(g.gl_pathv[i], &labels)) continue;
        struct learning learning = {.labels = &labels, .armed_s = calibrated ? (double)NAN : 0};
        aw_calibration_init(&learning.calibration);
        aw_calibration_begin(&learning.calibration, AW_TAKE_EMPTY);
        link_start(&link_, NULL);
        if (!run_file(g.gl_pathv[i], &link_, &run_, learn, &learning)) continue;
        before_ = table_;
        for (int k = 0; k < run_.n; k++) {
            const struct reading *r = &run_.read[k];
            if (r->t_s < 4 || !(r->t_s > learning.armed_s)) continue;
            int truth = label_at(&labels, &run_, r->t_s);
            if (truth >= 0) table_add(&table_, truth, &r->motion);
        }
        table_file(&table_, g.gl_pathv[i], &before_);
    }
    globfree(&g);
}

static void recordings_of(const char *set, const char *quiet, const char *moving, bool tests) {
    char name[64];
    snprintf(name, sizeof name, thin_hz > 0 ? "%s at %.0f/s" : "%s", set, thin_hz);
    table_begin(&table_, name);
    whole_files(quiet, 0);
    whole_files(moving, 1);
    if (tests) chip_tests();
    table_end(&table_);
}

static void sets_of_recordings(void) {
    recordings_of("motion-esp32-chips", "motion-esp32-chips/baseline/*.npz",
                  "motion-esp32-chips/movement/*.npz", true);
    recordings_of("rooms-esp32", "rooms-esp32/vacio_*.zst", "rooms-esp32/mov_*.zst", false);
    recordings_of("walkers-intel5300", "walkers-intel5300/quiet/*.dat",
                  "walkers-intel5300/[!q]*/*.dat", false);
}

static void rooms_of_sessions(bool calibrated) {
    static const char *const rooms[] = {"home_L", "basement"};
    for (int i = 0; i < 2; i++) {
        char name[64], rate[32] = "";
        if (thin_hz > 0) snprintf(rate, sizeof rate, " at %.0f/s", thin_hz);
        snprintf(name, sizeof name, "presence-esp32c3 %s%s%s", rooms[i],
                 calibrated ? ", calibrated" : "", rate);
        table_begin(&table_, name);
        sessions(rooms[i], calibrated);
        table_end(&table_);
    }
}

int main(int argc, char **argv) {
    data_dir = argc > 1 ? argv[1] : "../shared/data";
    sets_of_recordings();

    static const char *const chips[] = {"esp32", "s3", "c3", "c5", "c6"};
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++) {
        char name[64], quiet[96], moving[96];
        snprintf(name, sizeof name, "  %s, without the tests", chips[i]);
        snprintf(quiet, sizeof quiet, "motion-esp32-chips/baseline/*_%s_*.npz", chips[i]);
        snprintf(moving, sizeof moving, "motion-esp32-chips/movement/*_%s_*.npz", chips[i]);
        table_begin(&table_, name);
        whole_files(quiet, 0);
        whole_files(moving, 1);
        table_end(&table_);
    }

    for (int calibrated = 0; calibrated < 2; calibrated++) {
        rooms_of_sessions(calibrated);
        table_begin(&table_,
                    calibrated ? "motion-esp32s3-slow, calibrated" : "motion-esp32s3-slow");
        labelled_records(calibrated);
        table_end(&table_);
    }
    static_presence_print(stdout);

    thin_hz = 20;
    sets_of_recordings();
    for (int calibrated = 0; calibrated < 2; calibrated++) rooms_of_sessions(calibrated);
    return 0;
}
