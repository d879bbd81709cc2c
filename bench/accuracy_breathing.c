/* How good is breathing on the recordings? Every file through its reader, the amplitudes, the
 * motion detector and breathing, one estimate per second, as a link does it; one process for all.
 *
 *     accuracy_breathing [data folder]       tables on stdout
 *     accuracy_breathing -s [data folder]    one line per second instead */
#include "core/clock.h"
#include "sense/breathing.h"
#include "sense/chest.h"
#include "sense/motion.h"
#include "server/capture.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define S INT64_C(1000000000)

static struct aw_breathing_bases bases;
static bool every_second;
static double read_us, fastest_us = 1e9;
static unsigned reads;

/* ---- One recording ----------------------------------------------------------------------------*/

struct link {
    struct aw_clock clock;
    struct aw_amplitude amplitude;
    struct aw_motion motion;
    struct aw_chest chest;
    struct aw_breathing breathing;
};

struct tally {
    unsigned seconds, said, moving;       /* all; with a rate; with motion */
    unsigned candidates, candidate_right; /* tracked */
    unsigned said_right;
    unsigned peaks[AW_BREATHING_WINDOWS], peak_right[AW_BREATHING_WINDOWS]; /* untracked */
    float errors[16384]; /* |candidate - truth| */
    float last_said, said_sum;
};

static void die(const char *what) {
    fprintf(stderr, "accuracy_breathing: %s\n", what);
    exit(2);
}

static void init_link(struct link *l) {
    static unsigned char memory[4 << 20];
    struct aw_arena a;
    struct aw_amplitude_config amplitude;
    struct aw_motion_config motion;
    struct aw_breathing_config breathing;
    aw_arena_init(&a, memory, sizeof memory);
    aw_amplitude_config_default(&amplitude);
    aw_motion_config_default(&motion);
    aw_breathing_config_default(&breathing);
    aw_clock_reset(&l->clock);
    if (aw_amplitude_init(&l->amplitude, &a, &amplitude) < 0 ||
        aw_motion_init(&l->motion, &a, &motion) < 0 ||
        aw_chest_init(&l->chest, &a, amplitude.max_bins) < 0 ||
        aw_breathing_init(&l->breathing, &a, &bases, &breathing) < 0)
        die("init");
}

static void judge(struct tally *t, const struct aw_breathing_result *r, double truth) {
    t->seconds++;
    if (r->reason == AW_REASON_NONE) {
        t->said++;
        t->said_right += fabs((double)r->rate_bpm - truth) <= 1;
        t->last_said = r->rate_bpm;
        t->said_sum += r->rate_bpm;
    }
    if (isnan(r->candidate_bpm)) return;
    double error = fabs((double)r->candidate_bpm - truth);
    if (t->candidates < sizeof t->errors / sizeof *t->errors)
        t->errors[t->candidates] = (float)error;
    t->candidates++;
    t->candidate_right += error <= 1;
    for (int w = 0; w < AW_BREATHING_WINDOWS; w++) {
        if (isnan(r->peak_bpm[w])) continue;
        t->peaks[w]++;
        t->peak_right[w] += fabs((double)r->peak_bpm[w] - truth) <= 1;
    }
}

static void close_second(struct link *l, int64_t t_ns, double truth, struct tally *t,
                         const char *path) {
    struct aw_motion_result motion;
    struct aw_breathing_result r;
    struct timespec from, to;
    aw_motion_read(&l->motion, t_ns, &motion);
    clock_gettime(CLOCK_MONOTONIC, &from);
    aw_breathing_read(&l->breathing, t_ns, motion.moving, &r);
    clock_gettime(CLOCK_MONOTONIC, &to);
    if (!isnan(r.line[2])) {
        double us =
            (double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3;
        read_us += us;
        if (us < fastest_us) fastest_us = us;
        reads++;
    }
    t->moving += motion.moving;
    judge(t, &r, truth);
    if (every_second)
        printf("%s %s %.2f %.3f %.2f %.2f %.2f %.1f %.1f %.1f %.3f %d %d\n", path,
               aw_reason_key(r.reason), (double)r.rate_bpm, (double)r.confidence,
               (double)r.candidate_bpm, (double)r.peak_bpm[1], (double)r.peak_bpm[2],
               (double)r.line[0], (double)r.line[1], (double)r.line[2], (double)r.mass,
               motion.moving, r.apnoea);
}

/* truth: breaths per minute; NAN unknown or none. */
static void play(const char *path, double truth, struct tally *t) {
    static struct link l;
    struct aw_capture c;
    struct aw_why why;
    if (aw_capture_open(&c, path, &why) < 0) die(path);
    init_link(&l);
    int64_t next = 0;
    bool started = false;
    for (int rc; (rc = aw_capture_next(&c)) != AW_CAPTURE_END;) {
        int64_t t_ns;
        struct aw_amplitude_row row;
        struct aw_chest_row chest;
        if (rc != 1 || aw_clock_push(&l.clock, &c.frame, &t_ns) < 0) continue;
        if (!started) next = t_ns + S;
        started = true;
        for (; t_ns >= next; next += S) close_second(&l, next, truth, t, path);
        if (!aw_amplitude_push(&l.amplitude, &c.frame, &row)) continue;
        if (row.fresh) aw_motion_break(&l.motion);
        aw_motion_push_frame(&l.motion, t_ns, &l.amplitude, &row);
        if (!aw_chest_push(&l.chest, &l.amplitude, &c.frame, &chest)) continue;
        if (chest.fresh) aw_breathing_reset(&l.breathing);
        aw_breathing_push(&l.breathing, t_ns, chest.value, chest.n, chest.level);
    }
    aw_capture_close(&c);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static double share(unsigned part, unsigned whole) {
    return whole ? (double)part / (double)whole : NAN;
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double median(struct tally *t) {
    qsort(t->errors, t->candidates, sizeof *t->errors, ascending);
    return t->candidates ? (double)t->errors[t->candidates / 2] : NAN;
}

static void add(struct tally *sum, const struct tally *t) {
    sum->seconds += t->seconds;
    sum->said += t->said;
    sum->moving += t->moving;
    sum->said_right += t->said_right;
    memcpy(sum->errors + sum->candidates, t->errors, t->candidates * sizeof *t->errors);
    sum->candidates += t->candidates;
    sum->candidate_right += t->candidate_right;
    for (int w = 0; w < AW_BREATHING_WINDOWS; w++) {
        sum->peaks[w] += t->peaks[w];
        sum->peak_right[w] += t->peak_right[w];
    }
}

static void print_paced(const char *name, struct tally *t) {
    if (every_second) return;
    printf("| %s | %.3f | %.3f | %.3f | %.2f | %.3f | %.4f | %.3f |\n", name,
           share(t->peak_right[1], t->peaks[1]), share(t->peak_right[2], t->peaks[2]),
           share(t->candidate_right, t->candidates), median(t), share(t->said, t->candidates),
           share(t->said_right, t->said), share(t->moving, t->seconds));
}

static void paced(const char *dir) {
    static struct tally all, pace, one;
    static const int paces[] = {10, 15, 20};
    memset(&all, 0, sizeof all);
    if (!every_second)
        printf("\n| breathing-esp32 | 30 s peak | 60 s peak | tracked | median error | coverage | "
               "published right | moving |\n|---|---|---|---|---|---|---|---|\n");
    for (size_t p = 0; p < 3; p++) {
        char pattern[4096];
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/breathing-esp32/%dbpm/*/*", dir, paces[p]);
        if (glob(pattern, 0, NULL, &found) != 0) continue;
        memset(&pace, 0, sizeof pace);
        for (size_t i = 0; i < found.gl_pathc; i++) {
            memset(&one, 0, sizeof one);
            play(found.gl_pathv[i], paces[p], &one);
            add(&pace, &one);
        }
        globfree(&found);
        char name[32];
        snprintf(name, sizeof name, "%d bpm", paces[p]);
        add(&all, &pace);
        print_paced(name, &pace);
    }
    print_paced("all", &all);
}

/* Files for which only "how often is a rate given, and which" is told. */
static void others(const char *dir, const char *title, const char *glob_pattern) {
    static struct tally one;
    char pattern[4096];
    glob_t found;
    unsigned files = 0, said_files = 0, seconds = 0, said = 0, moving = 0;
    double worst = 0;
    snprintf(pattern, sizeof pattern, "%s/%s", dir, glob_pattern);
    if (glob(pattern, GLOB_BRACE, NULL, &found) != 0) {
        printf("SKIPPED: no %s\n", pattern);
        return;
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        memset(&one, 0, sizeof one);
        play(found.gl_pathv[i], NAN, &one);
        files++;
        said_files += one.said > 0;
        seconds += one.seconds;
        said += one.said;
        moving += one.moving;
        if (one.seconds && share(one.said, one.seconds) > worst)
            worst = share(one.said, one.seconds);
        if (one.said && !every_second)
            printf("  %s: %u of %u s, mean %.2f, last %.2f bpm\n",
                   strrchr(found.gl_pathv[i], '/') + 1, one.said, one.seconds,
                   (double)one.said_sum / one.said, (double)one.last_said);
    }
    globfree(&found);
    if (!every_second)
        printf("%s: a rate in %u of %u s (worst file %.3f), in %u of %u files; moving %.3f\n",
               title, said, seconds, worst, said_files, files, share(moving, seconds));
}

int main(int argc, char **argv) {
    static unsigned char memory[1 << 18];
    struct aw_arena a;
    aw_arena_init(&a, memory, sizeof memory);
    if (aw_breathing_bases_init(&bases, &a) < 0) die("bases");
    every_second = argc > 1 && strcmp(argv[1], "-s") == 0;
    const char *dir = argc > 1 + every_second ? argv[1 + every_second] : getenv("AIRWAKE_DATA");
    if (!dir) dir = "../shared/data";
    paced(dir);
    others(dir, "rooms, empty", "rooms-esp32/{vacio_*,resp_vacio*}.zst");
    others(dir, "rooms, walking", "rooms-esp32/mov_*.zst");
    others(dir, "rooms, 6 breaths/min", "rooms-esp32/resp_6rpm*.zst");
    others(dir, "presence, empty", "presence-esp32c3/*/*/*_empty_*.zst");
    others(dir, "presence, walking and running", "presence-esp32c3/*/*/*_{walk,run}_*.zst");
    others(dir, "presence, sitting and standing", "presence-esp32c3/*/*/*_{sit,stand}_*.zst");
    others(dir, "chips, empty", "motion-esp32-chips/baseline/*.npz");
    others(dir, "chips, moving", "motion-esp32-chips/movement/*.npz");
    others(dir, "count, nobody", "count-esp32/csi_p0_*.zst");
    others(dir, "gyro, still", "breathing-intel5300-gyro/TestData/4_19_s*.dat");
    others(dir, "gyro, moving", "breathing-intel5300-gyro/TestData/4_19_m*.dat");
    others(dir, "names", "breathing-intel5300-names/*.dat");
    if (!every_second && reads)
        fprintf(stderr, "%.1f us per read with 60 s of signal, fastest %.1f\n", read_us / reads,
                fastest_us);
    return 0;
}
