/* Walking speed on recordings of people who walk, run, stand, or are away.
 *
 *     accuracy_speed [folder of recordings]       markdown tables on stdout
 *
 * Every recording starts a fresh session. No recording has a measured speed: what can be judged is
 * whether running is said to be faster than walking, and whether a speed is given where nobody
 * walks. Nothing is fitted on these recordings. */
#include "airwake.h"
#include "replay.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 20000 };

struct said {
    unsigned recordings, seconds, n;
    float mps[MAX];
};

static struct aw_session *session;
static struct said *now;

static void poll_speed(void) {
    struct aw_update u;
    while (aw_session_poll(session, &u)) {
        if (u.link == AW_LINK_ROOM) continue;
        now->seconds++;
        if (u.speed_mps.reason == AW_REASON_NONE && now->n < MAX)
            now->mps[now->n++] = u.speed_mps.value;
    }
}

static void frame(void *user, const struct aw_frame *f, int64_t t_ns) {
    (void)user;
    (void)t_ns;
    if (aw_session_push_frame(session, f, NULL) == AW_OK) poll_speed();
}

static void play(const char *path, struct said *s) {
    struct aw_config c;
    struct replay r = {.frame = frame};
    aw_config_default(&c);
    c.max_links = 16;
    if (aw_session_create(&c, &session) != AW_OK) exit(2);
    now = s;
    s->recordings += replay_run(&r, path);
    aw_session_destroy(session);
}

static void collect(const char *dir, const char *pattern, struct said *s) {
    char full[4096];
    glob_t g;
    *s = (struct said){0};
    snprintf(full, sizeof full, "%s/%s", dir, pattern);
    if (glob(full, 0, NULL, &g) != 0) return;
    for (size_t i = 0; i < g.gl_pathc; i++) play(g.gl_pathv[i], s);
    globfree(&g);
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static float quantile(struct said *s, float q) {
    if (s->n == 0) return NAN;
    qsort(s->mps, s->n, sizeof *s->mps, ascending);
    return s->mps[(size_t)(q * (float)(s->n - 1) + 0.5F)];
}

static void cell(struct said *s) {
    printf(" %u (%u) | %.0f | ", s->seconds, s->recordings,
           s->seconds ? 100.0 * s->n / s->seconds : NAN);
    if (s->n)
        printf("%.2f (%.2f to %.2f) |", (double)quantile(s, 0.5F), (double)quantile(s, 0.1F),
               (double)quantile(s, 0.9F));
    else
        printf("- |");
}

static void append(struct said *to, const struct said *s) {
    for (unsigned i = 0; i < s->n && to->n < MAX; i++) to->mps[to->n++] = s->mps[i];
}

int main(int argc, char **argv) {
    static struct said walk, run, other, walks, runs;
    static const struct {
        const char *name, *pattern;
    } session_of[] = {{"home_L/s1_p1", "home_L/s1_p1*"},
                      {"home_L/s1_p2", "home_L/s1_p2*"},
                      {"home_L/s1_p3", "home_L/s1_p3_*1955*"},
                      {"home_L/s1_p3 again", "home_L/s1_p3_*2017*"},
                      {"home_L/s1_b3", "home_L/s1_b3*"},
                      {"basement/s1_p1", "basement/s1_p1_a*"},
                      {"basement/s1_p2", "basement/s1_p2_a*"},
                      {"basement/s1_p3", "basement/s1_p3*"},
                      {"basement/s1_p4", "basement/s1_p4_a*"}},
      nobody_walks[] = {{"presence-esp32c3, empty", "presence-esp32c3/*/*/*_empty_*.zst"},
                        {"presence-esp32c3, standing", "presence-esp32c3/*/*/*_stand_*.zst"},
                        {"presence-esp32c3, sitting", "presence-esp32c3/*/*/*_sit_*.zst"},
                        {"rooms-esp32, empty or breathing", "rooms-esp32/[rv]*.zst"},
                        {"breathing-esp32, sitting", "breathing-esp32/*/*/*.zst"},
                        {"rooms-esp32, walking", "rooms-esp32/mov_*.zst"},
                        {"walkers-intel5300, walking", "walkers-intel5300/[hly]*/*"}};
    const char *data = argc > 1 ? argv[1] : "../shared/data";
    char pattern[1024];
    printf("| presence-esp32c3 | walking, s (recordings) | with a speed, %% | m/s, median (10 to "
           "90 %%) | running, s (recordings) | with a speed, %% | m/s | AUC |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof session_of / sizeof *session_of; i++) {
        snprintf(pattern, sizeof pattern, "presence-esp32c3/%s/*_walk_*.zst",
                 session_of[i].pattern);
        collect(data, pattern, &walk);
        snprintf(pattern, sizeof pattern, "presence-esp32c3/%s/*_run_*.zst", session_of[i].pattern);
        collect(data, pattern, &run);
        append(&walks, &walk);
        append(&runs, &run);
        printf("| %s |", session_of[i].name);
        cell(&walk);
        cell(&run);
        if (walk.n && run.n)
            printf(" %.3f |\n", replay_auc(walk.mps, walk.n, run.mps, run.n));
        else
            printf(" - |\n");
    }
    printf("\nAll together: running %.2f m/s against walking %.2f m/s (medians), AUC %.3f.\n\n",
           (double)quantile(&runs, 0.5F), (double)quantile(&walks, 0.5F),
           replay_auc(walks.mps, walks.n, runs.mps, runs.n));
    printf(
        "| other recordings | seconds (recordings) | with a speed, %% | m/s, median (10 to 90 %%) "
        "|\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof nobody_walks / sizeof *nobody_walks; i++) {
        collect(data, nobody_walks[i].pattern, &other);
        printf("| %s |", nobody_walks[i].name);
        cell(&other);
        printf("\n");
    }
    return 0;
}
