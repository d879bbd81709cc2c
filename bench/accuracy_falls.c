/* Falls through the whole session: recall on recordings of falls, false ones on everything else.
 *
 *     accuracy_falls [folder of recordings]       markdown tables on stdout
 *
 * Every recording starts a fresh session; a recording counts as detected when at least one fall is
 * reported in it. Nothing is fitted here, but the constants of sense/fall.c were chosen while these
 * recordings were at hand. The recordings are clips of one activity each: falls per hour of them is
 * not falls per hour of life. */
#include "airwake.h"
#include "base/units.h"
#include "replay.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sum {
    unsigned recordings, with, falls;
    double seconds, least_s, rate_hz;
};

static struct aw_session *session;
static unsigned falls;

static void poll_falls(void) {
    struct aw_update u;
    while (aw_session_poll(session, &u)) falls += u.fall;
}

static void frame(void *user, const struct aw_frame *f, int64_t t_ns) {
    (void)user;
    (void)t_ns;
    if (aw_session_push_frame(session, f, NULL) != AW_OK) return; /* counted by the session */
    poll_falls();
}

static void play(const char *path, struct sum *sum) {
    struct aw_config c;
    struct replay r = {.frame = frame};
    aw_config_default(&c);
    c.max_links = 16;
    if (aw_session_create(&c, &session) != AW_OK) exit(2);
    falls = 0;
    if (replay_run(&r, path)) {
        sum->recordings++;
        sum->with += falls > 0;
        sum->falls += falls;
        sum->seconds += r.seconds;
        if (r.seconds < sum->least_s || sum->recordings == 1) sum->least_s = r.seconds;
        sum->rate_hz += r.rate_hz;
    }
    aw_session_destroy(session);
}

static struct sum row(const char *dir, const char *name, const char *pattern, bool print) {
    char full[4096];
    glob_t g;
    struct sum sum = {0};
    snprintf(full, sizeof full, "%s/%s", dir, pattern);
    if (glob(full, GLOB_BRACE, NULL, &g) != 0) return sum;
    for (size_t i = 0; i < g.gl_pathc; i++) play(g.gl_pathv[i], &sum);
    globfree(&g);
    if (print && sum.recordings)
        printf("| %s | %u | %.1f | %.0f | %.1f | %u | %.0f |\n", name, sum.recordings,
               sum.seconds / 60, sum.rate_hz / sum.recordings, 100.0 * sum.with / sum.recordings,
               sum.falls, sum.falls * 3600 / sum.seconds);
    return sum;
}

static void head(const char *what) {
    printf("\n| %s | recordings | minutes | frames/s | with a fall, %% | falls | per hour |\n"
           "|---|---|---|---|---|---|---|\n",
           what);
}

int main(int argc, char **argv) {
    const char *dir = argc > 1 ? argv[1] : "../shared/data";
    head("activity-esp32");
    struct sum fall = row(dir, "**fall**", "activity-esp32/FA/*/*.zst", true);
    struct sum other[4] = {row(dir, "get up", "activity-esp32/GU/*/*.zst", true),
                           row(dir, "lie down", "activity-esp32/LD/*/*.zst", true),
                           row(dir, "sit down", "activity-esp32/SD/*/*.zst", true),
                           row(dir, "walk", "activity-esp32/WA/*/*.zst", true)};
    if (fall.recordings) {
        double lively = 0;
        for (int i = 0; i < 4; i++)
            lively += other[i].recordings ? 25.0 * other[i].with / other[i].recordings : 0;
        double recall = 100.0 * fall.with / fall.recordings;
        printf(
            "\nRecall %.1f %%, mean of the four other activities %.1f %%: balanced accuracy %.3f; "
            "saying \"fall\" always, never or at random has 0.5.\n",
            recall, lively, (recall + 100 - lively) / 200);
        printf(
            "\n| subject of activity-esp32 | falls found, %% | others called a fall, %% |\n|---|---|---|\n");
        for (int s = 1; s <= 22; s++) {
            char pattern[64];
            snprintf(pattern, sizeof pattern, "activity-esp32/FA/s%d/*.zst", s);
            struct sum its = row(dir, "", pattern, false);
            snprintf(pattern, sizeof pattern, "activity-esp32/{GU,LD,SD,WA}/s%d/*.zst", s);
            struct sum rest = row(dir, "", pattern, false);
            if (its.recordings)
                printf("| s%d | %.0f (%u) | %.0f (%u) |\n", s, 100.0 * its.with / its.recordings,
                       its.recordings, 100.0 * rest.with / rest.recordings, rest.recordings);
        }
    }
    static const char *const activities[] = {"falldown", "jump",     "lying",   "pick_up",
                                             "running",  "sit_down", "sitting", "squart",
                                             "stand_up", "walking",  "wave"};
    head("activity-intel5300, bedroom");
    for (size_t i = 0; i < sizeof activities / sizeof *activities; i++) {
        char pattern[96], name[32];
        snprintf(pattern, sizeof pattern, "activity-intel5300/*/%s/*.dat", activities[i]);
        if (i == 0)
            snprintf(name, sizeof name, "**%s**", activities[i]);
        else
            snprintf(name, sizeof name, "%s", activities[i]);
        row(dir, name, pattern, true);
    }
    head("no falls");
    row(dir, "presence-esp32c3, walking", "presence-esp32c3/*/*/*_walk_*.zst", true);
    row(dir, "presence-esp32c3, running", "presence-esp32c3/*/*/*_run_*.zst", true);
    row(dir, "presence-esp32c3, standing, sitting", "presence-esp32c3/*/*/*_{stand,sit}_*.zst",
        true);
    row(dir, "presence-esp32c3, empty", "presence-esp32c3/*/*/*_empty_*.zst", true);
    row(dir, "rooms-esp32, walking", "rooms-esp32/mov_*.zst", true);
    row(dir, "rooms-esp32, empty or breathing", "rooms-esp32/{vacio_,resp_}*.zst", true);
    row(dir, "breathing-esp32, sitting", "breathing-esp32/*/*/*.zst", true);
    row(dir, "motion-esp32-chips, movement", "motion-esp32-chips/movement/*.npz", true);
    row(dir, "timeline-esp32s2, ordinary movements", "timeline-esp32s2/D*/*-x.npy.zst", true);
    row(dir, "walkers-intel5300", "walkers-intel5300/[!q]*/*.dat", true);
    return 0;
}
