/* Motion and breathing by the methods of others (rivals.h), beside ours, on the same recordings and
 * the same seconds.
 *
 *     accuracy_rivals [folder of recordings]      markdown tables on stdout
 *
 * Motion: one reading per second from 4 s on; a fresh detector per recording. Each rival has its
 * published threshold where there is one, and besides the single threshold that serves it best over
 * all these recordings together (mean F1 of the sets): chosen on the test data, in its favour. Ours
 * is the a-priori one.
 * Breathing: one estimate per second from 30 s on; the rivals are told the true frame rate. */
#include "base/units.h"
#include "replay.h"
#include "rivals.h"
#include "sense/amplitude.h"
#include "sense/breathing.h"
#include "sense/chest.h"
#include "sense/motion.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *dir;

static void need(int rc) {
    if (rc == AW_OK) return;
    fprintf(stderr, "accuracy_rivals: init failed (%d)\n", rc);
    exit(2);
}

/* ---- Motion ---------------------------------------------------------------------------------- */

enum { OURS, TURBULENCE, TURBULENCE_CV, LAG1, CV, RUVIEW, METHODS };
static const char *const method_name[METHODS] = {
    "airwake",
    "turbulence variance (ESPectre), raw",
    "turbulence variance (ESPectre), std / mean",
    "autocorrelation at one frame, frames divided by their mean, 4 s",
    "coefficient of variation, likewise, 4 s",
    "RuView motion score",
};
/* NAN: nothing is published that carries over to other hardware. ESPectre's default of its
 * segmentation threshold; RuView's detector has its own rule, see rivals.h. */
static const float published[METHODS] = {NAN, 1.0F, NAN, NAN, NAN, NAN};

enum { SETS = 5, READS = 8192 };
static const char *const set_name[SETS] = {"motion-esp32-chips", "rooms-esp32", "walkers-intel5300",
                                           "presence-esp32c3 home_L", "presence-esp32c3 basement"};

struct scores {
    float of[2][READS]; /* by truth */
    size_t n[2];
    unsigned called[2]; /* by the method's own rule or published threshold */
    unsigned unread[2];
};
static struct scores scores[SETS][METHODS];

struct motion_run {
    unsigned char memory[1 << 18];
    struct aw_amplitude amplitude;
    struct aw_motion motion;
    struct rival_values values;
    struct rival_turbulence turbulence[2];
    struct rival_spread spread;
    struct rival_ruview_motion ruview;
    int set, truth; /* truth -1: 30 s quiet, then 30 s motion */
};

static void motion_frame(void *user, const struct aw_frame *f, int64_t t_ns) {
    struct motion_run *m = user;
    struct aw_amplitude_row row;
    struct rival_row rival;
    if (aw_amplitude_push(&m->amplitude, f, &row)) {
        if (row.fresh) aw_motion_break(&m->motion);
        aw_motion_push_frame(&m->motion, t_ns, &m->amplitude, &row);
    }
    if (!rival_row_read(&rival, f, &m->values)) return;
    rival.t_ns = t_ns;
    for (int i = 0; i < 2; i++) rival_turbulence_push(&m->turbulence[i], &rival);
    rival_spread_push(&m->spread, &rival);
    rival_ruview_motion_push(&m->ruview, &rival);
}

static void score(struct motion_run *m, int truth, int method, double value, bool called) {
    struct scores *s = &scores[m->set][method];
    if (isnan(value)) {
        s->unread[truth]++;
        return;
    }
    if (s->n[truth] == READS) exit(2);
    s->of[truth][s->n[truth]++] = (float)value;
    s->called[truth] += called;
}

static void motion_second(void *user, int64_t t_ns, double t_s) {
    struct motion_run *m = user;
    struct aw_motion_result ours;
    aw_motion_read(&m->motion, t_ns, &ours);
    int truth = m->truth >= 0 ? m->truth : t_s <= 30 ? 0 : t_s >= 34 ? 1 : -1;
    if (t_s < 4 || truth < 0) return;
    bool known = ours.reason == AW_REASON_NONE;
    score(m, truth, OURS, known ? (double)ours.score : NAN, ours.moving);
    double value[METHODS] = {[TURBULENCE] = rival_turbulence_read(&m->turbulence[0]),
                             [TURBULENCE_CV] = rival_turbulence_read(&m->turbulence[1]),
                             [LAG1] = rival_lag1_read(&m->spread, t_ns),
                             [CV] = rival_cv_read(&m->spread, t_ns)};
    struct rival_ruview_motion_result ruview = rival_ruview_motion_read(&m->ruview);
    for (int i = TURBULENCE; i < RUVIEW; i++)
        score(m, truth, i, value[i], value[i] > (double)published[i]);
    score(m, truth, RUVIEW, ruview.motion, ruview.detected);
}

static void motion_file(const char *path, int set, int truth) {
    static struct motion_run m;
    struct replay measure = {0};
    struct aw_arena arena;
    struct aw_amplitude_config amplitude;
    struct aw_motion_config motion;
    if (!replay_run(&measure, path) || fabs(measure.drift_s) > 5) return;
    memset(&m, 0, sizeof m);
    aw_arena_init(&arena, m.memory, sizeof m.memory);
    aw_amplitude_config_default(&amplitude);
    aw_motion_config_default(&motion);
    need(aw_amplitude_init(&m.amplitude, &arena, &amplitude));
    need(aw_motion_init(&m.motion, &arena, &motion));
    for (int i = 0; i < 2; i++)
        need(rival_turbulence_init(&m.turbulence[i], 50, measure.rate_hz, i == 1));
    need(rival_spread_init(&m.spread, 4, true));
    need(rival_ruview_motion_init(&m.ruview, measure.rate_hz));
    m.set = set;
    m.truth = truth;
    struct replay r = {.frame = motion_frame, .second = motion_second, .user = &m};
    replay_run(&r, path);
    rival_spread_free(&m.spread);
    rival_ruview_motion_free(&m.ruview);
}

static glob_t files_of(const char *pattern) {
    char full[4096];
    glob_t g = {0};
    snprintf(full, sizeof full, "%s/%s", dir, pattern);
    if (glob(full, GLOB_BRACE, NULL, &g) != 0) g.gl_pathc = 0;
    return g;
}

static void motion_files(const char *pattern, int set, int truth) {
    glob_t g = files_of(pattern);
    for (size_t i = 0; i < g.gl_pathc; i++)
        if (!strstr(g.gl_pathv[i], "baseline_s3_64sc_20260117"))
            motion_file(g.gl_pathv[i], set, truth);
    globfree(&g);
}

static double f1(double hit, double n_moving, double false_alarms) {
    return 2 * hit / (hit + n_moving + false_alarms);
}

static size_t above(const float *score, size_t n, float threshold) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += score[i] > threshold;
    return count;
}

/* Mean F1 over the sets at a threshold. */
static double mean_f1(int method, float threshold) {
    double sum = 0;
    for (int set = 0; set < SETS; set++) {
        const struct scores *s = &scores[set][method];
        double moving = (double)(s->n[1] + s->unread[1]);
        if (moving > 0)
            sum += f1((double)above(s->of[1], s->n[1], threshold), moving,
                      (double)above(s->of[0], s->n[0], threshold));
    }
    return sum / SETS;
}

static float best_threshold(int method) {
    float best = NAN;
    double best_f1 = -1;
    for (int set = 0; set < SETS; set++)
        for (int truth = 0; truth < 2; truth++)
            for (size_t i = 0; i < scores[set][method].n[truth]; i += 3) {
                float threshold = scores[set][method].of[truth][i];
                double got = mean_f1(method, threshold);
                if (got <= best_f1) continue;
                best_f1 = got;
                best = threshold;
            }
    return best;
}

static void cell(double hit, double moving, double false_alarms, double quiet) {
    printf(" %.1f / %.1f / %.3f |", 100 * hit / moving, 100 * false_alarms / quiet,
           f1(hit, moving, false_alarms));
}

static void motion_tables(void) {
    motion_files("motion-esp32-chips/baseline/*.npz", 0, 0);
    motion_files("motion-esp32-chips/movement/*.npz", 0, 1);
    motion_files("motion-esp32-chips/test/*.npz", 0, -1);
    motion_files("rooms-esp32/vacio_*.zst", 1, 0);
    motion_files("rooms-esp32/mov_*.zst", 1, 1);
    motion_files("walkers-intel5300/quiet/*.dat", 2, 0);
    motion_files("walkers-intel5300/[!q]*/*.dat", 2, 1);
    static const char *const rooms[] = {"home_L", "basement"};
    for (int i = 0; i < 2; i++) {
        char pattern[128];
        snprintf(pattern, sizeof pattern, "presence-esp32c3/%s/*/*_empty_*.zst", rooms[i]);
        motion_files(pattern, 3 + i, 0);
        snprintf(pattern, sizeof pattern, "presence-esp32c3/%s/*/*_{walk,run}_*.zst", rooms[i]);
        motion_files(pattern, 3 + i, 1);
    }
    float best[METHODS];
    for (int method = 1; method < METHODS; method++) best[method] = best_threshold(method);
    for (int set = 0; set < SETS; set++) {
        struct scores *first = &scores[set][OURS];
        double moving = (double)(first->n[1] + first->unread[1]);
        double quiet = (double)(first->n[0] + first->unread[0]);
        if (moving + quiet < 1) continue;
        printf(
            "\n| %s: %.0f s moving, %.0f s empty | AUC | as published: recall %% / false %% / F1 | "
            "best single threshold: recall %% / false %% / F1 |\n|---|---|---|---|\n",
            set_name[set], moving, quiet);
        for (int method = 0; method < METHODS; method++) {
            struct scores *s = &scores[set][method];
            bool ruled = method == OURS || method == RUVIEW || !isnan(published[method]);
            printf("| %s | %.3f |", method_name[method],
                   replay_auc(s->of[0], s->n[0], s->of[1], s->n[1]));
            if (ruled)
                cell(s->called[1], moving, s->called[0], quiet);
            else
                printf(" |");
            if (method == OURS)
                printf(" |");
            else
                cell((double)above(s->of[1], s->n[1], best[method]), moving,
                     (double)above(s->of[0], s->n[0], best[method]), quiet);
            printf("\n");
        }
        printf("| always \"moving\" | 0.500 |");
        cell(moving, moving, quiet, quiet);
        printf(" |\n");
    }
    printf("\nBest single thresholds:");
    for (int method = 1; method < METHODS; method++)
        printf("%s %s %.3g", method > 1 ? ";" : "", method_name[method], (double)best[method]);
    printf(".\n");
}

/* ---- Breathing ------------------------------------------------------------------------------- */

enum { CANDIDATE, PUBLISHED, CROSSINGS, CROSSINGS_THIN, PEAK, PEAK_THIN, PEAK_THIN_VALID, RATES };
static const char *const rate_name[RATES] = {
    "airwake, tracked, never refusing",     "airwake, published",
    "RuView vitals crate (zero crossings)", "the same on every n-th frame, about 10/s",
    "RuView server (band-pass, spectrum)",  "the same on every n-th frame, about 10/s",
    "and only at its confidence >= 0.5"};

struct rates {
    unsigned seconds, said[RATES], right[RATES];
    double error[RATES]; /* sum of |error| */
};

struct breathing_run {
    unsigned char memory[4 << 20];
    struct aw_breathing_bases bases;
    struct aw_amplitude amplitude;
    struct aw_motion motion;
    struct aw_chest chest;
    struct aw_breathing breathing;
    struct rival_values values;
    struct rival_crossings crossings[2]; /* all frames; every thin-th */
    struct rival_peak peak[2];
    unsigned thin, n;
    double truth_bpm; /* NAN: nobody */
    struct rates *sum;
};

static void breathing_frame(void *user, const struct aw_frame *f, int64_t t_ns) {
    struct breathing_run *b = user;
    struct aw_amplitude_row row;
    struct aw_chest_row chest;
    struct rival_row rival;
    if (rival_row_read(&rival, f, &b->values)) {
        rival.t_ns = t_ns;
        for (int i = 0; i < (b->n % b->thin == 0 ? 2 : 1); i++) {
            rival_crossings_push(&b->crossings[i], &rival);
            rival_peak_push(&b->peak[i], &rival);
        }
        b->n++;
    }
    if (!aw_amplitude_push(&b->amplitude, f, &row)) return;
    if (row.fresh) aw_motion_break(&b->motion);
    aw_motion_push_frame(&b->motion, t_ns, &b->amplitude, &row);
    if (!aw_chest_push(&b->chest, &b->amplitude, f, &chest)) return;
    if (chest.fresh) aw_breathing_reset(&b->breathing);
    aw_breathing_push(&b->breathing, t_ns, chest.value, chest.n, chest.level);
}

static void rate(struct breathing_run *b, int method, double bpm) {
    if (isnan(bpm)) return;
    b->sum->said[method]++;
    b->sum->right[method] += fabs(bpm - b->truth_bpm) <= 1 ? 1U : 0U;
    b->sum->error[method] += fabs(bpm - b->truth_bpm);
}

static void breathing_second(void *user, int64_t t_ns, double t_s) {
    struct breathing_run *b = user;
    struct aw_motion_result motion;
    struct aw_breathing_result ours;
    aw_motion_read(&b->motion, t_ns, &motion);
    aw_breathing_read(&b->breathing, t_ns, motion.moving, &ours);
    if (t_s < 30) return;
    b->sum->seconds++;
    rate(b, CANDIDATE, (double)ours.candidate_bpm);
    rate(b, PUBLISHED, (double)ours.rate_bpm);
    rate(b, CROSSINGS, rival_crossings_read(&b->crossings[0]).bpm);
    rate(b, CROSSINGS_THIN, rival_crossings_read(&b->crossings[1]).bpm);
    rate(b, PEAK, rival_peak_read(&b->peak[0]).bpm);
    struct rival_breathing_result thin = rival_peak_read(&b->peak[1]);
    rate(b, PEAK_THIN, thin.bpm);
    rate(b, PEAK_THIN_VALID, thin.confidence >= 0.5 ? thin.bpm : NAN);
}

static void breathing_file(const char *path, double truth_bpm, struct rates *sum) {
    static struct breathing_run b;
    struct replay measure = {0};
    struct aw_arena a;
    struct aw_amplitude_config amplitude;
    struct aw_motion_config motion;
    struct aw_breathing_config breathing;
    if (!replay_run(&measure, path) || !(measure.rate_hz > 2)) return;
    memset(&b, 0, sizeof b);
    aw_arena_init(&a, b.memory, sizeof b.memory);
    aw_amplitude_config_default(&amplitude);
    aw_motion_config_default(&motion);
    aw_breathing_config_default(&breathing);
    breathing.max_n = AW_CHEST_MAX;
    need(aw_breathing_bases_init(&b.bases, &a));
    need(aw_amplitude_init(&b.amplitude, &a, &amplitude));
    need(aw_motion_init(&b.motion, &a, &motion));
    need(aw_chest_init(&b.chest, &a, amplitude.max_bins));
    need(aw_breathing_init(&b.breathing, &a, &b.bases, &breathing));
    b.thin = measure.rate_hz > 15 ? (unsigned)(measure.rate_hz / 10 + 0.5) : 1;
    for (int i = 0; i < 2; i++) {
        double rate_hz = i ? measure.rate_hz / b.thin : measure.rate_hz;
        need(rival_crossings_init(&b.crossings[i], rate_hz));
        need(rival_peak_init(&b.peak[i], rate_hz));
    }
    b.truth_bpm = truth_bpm;
    b.sum = sum;
    struct replay r = {.frame = breathing_frame, .second = breathing_second, .user = &b};
    replay_run(&r, path);
    for (int i = 0; i < 2; i++) {
        rival_crossings_free(&b.crossings[i]);
        rival_peak_free(&b.peak[i]);
    }
}

static void breathing_files(const char *pattern, double truth_bpm, struct rates *sum) {
    glob_t g = files_of(pattern);
    for (size_t i = 0; i < g.gl_pathc; i++) breathing_file(g.gl_pathv[i], truth_bpm, sum);
    globfree(&g);
}

static double percent(unsigned part, unsigned whole) {
    return whole ? 100.0 * part / whole : NAN;
}

enum { PACES = 3, SUBJECTS = 22 };

static void breathing_tables(void) {
    static const int pace_bpm[PACES] = {10, 15, 20};
    static struct rates of[SUBJECTS + 1][PACES];
    for (int p = 0; p < PACES; p++)
        for (int s = 1; s <= SUBJECTS; s++) {
            char pattern[96];
            snprintf(pattern, sizeof pattern, "breathing-esp32/%dbpm/s%d/*.zst", pace_bpm[p], s);
            breathing_files(pattern, pace_bpm[p], &of[s][p]);
            of[0][p].seconds += of[s][p].seconds;
            for (int m = 0; m < RATES; m++) {
                of[0][p].said[m] += of[s][p].said[m];
                of[0][p].right[m] += of[s][p].right[m];
                of[0][p].error[m] += of[s][p].error[m];
            }
        }
    if (of[0][0].seconds + of[0][1].seconds + of[0][2].seconds == 0) return;
    printf(
        "\n| breathing-esp32 | estimates right within 1 bpm, %% at 10 / 15 / 20 bpm | all | mean "
        "error, bpm | coverage, %% |\n|---|---|---|---|---|\n");
    for (int m = 0; m < RATES; m++) {
        unsigned right = 0, said = 0, seconds = 0;
        double error = 0;
        printf("| %s |", rate_name[m]);
        for (int p = 0; p < PACES; p++) {
            if (of[0][p].said[m] == 0)
                printf(" -%s", p < 2 ? " /" : "");
            else
                printf(" %.1f%s", percent(of[0][p].right[m], of[0][p].said[m]), p < 2 ? " /" : "");
            right += of[0][p].right[m];
            said += of[0][p].said[m];
            seconds += of[0][p].seconds;
            error += of[0][p].error[m];
        }
        if (said == 0)
            printf(" | never an answer | | 0 |\n");
        else
            printf(" | %.1f | %.2f | %.1f |\n", percent(right, said), error / said,
                   percent(said, seconds));
    }
    printf("| always 15 bpm | 0 / 100 / 0 | 33.3 | 3.33 | 100 |\n");

    printf(
        "\n| subject | tracked right, %% at 10 / 15 / 20 bpm | published, %% of the seconds | of "
        "these right, %% |\n|---|---|---|---|\n");
    for (int s = 1; s <= SUBJECTS; s++) {
        unsigned right = 0, said = 0, seconds = 0;
        for (int p = 0; p < PACES; p++) {
            right += of[s][p].right[PUBLISHED];
            said += of[s][p].said[PUBLISHED];
            seconds += of[s][p].seconds;
        }
        if (seconds == 0) continue;
        printf("| s%d |", s);
        for (int p = 0; p < PACES; p++)
            printf(" %.0f%s", percent(of[s][p].right[CANDIDATE], of[s][p].said[CANDIDATE]),
                   p < 2 ? " /" : "");
        printf(" | %.0f | %.1f |\n", percent(said, seconds), percent(right, said));
    }

    static const struct {
        const char *name, *pattern;
    } nobody[] = {
        {"rooms-esp32, empty", "rooms-esp32/{vacio_*,resp_vacio*}.zst"},
        {"rooms-esp32, walking", "rooms-esp32/mov_*.zst"},
        {"presence-esp32c3, empty", "presence-esp32c3/*/*/*_empty_*.zst"},
        {"presence-esp32c3, walking and running", "presence-esp32c3/*/*/*_{walk,run}_*.zst"},
        {"count-esp32, nobody", "count-esp32/csi_p0_*.zst"}};
    printf(
        "\n| nobody there, or walking: seconds with a rate, of those after 30 s | seconds | airwake "
        "| vitals crate | at 10/s | server | at 10/s | at 10/s, confidence >= 0.5 |\n"
        "|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++) {
        struct rates sum = {0};
        breathing_files(nobody[i].pattern, NAN, &sum);
        printf("| %s | %u |", nobody[i].name, sum.seconds);
        for (int m = PUBLISHED; m < RATES; m++) printf(" %u |", sum.said[m]);
        printf("\n");
    }
}

int main(int argc, char **argv) {
    dir = argc > 1 ? argv[1] : "../shared/data";
    motion_tables();
    breathing_tables();
    return 0;
}
