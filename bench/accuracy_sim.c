/* How good breathing and motion are in simulated rooms, against the targets.
 *
 *     accuracy_sim [rooms]              markdown tables on stdout; 150 rooms
 *     accuracy_sim [rooms] breathing | heart | relock | motion | speed | doppler   one part of it
 *     accuracy_sim -v rooms part        and a line for each room that fails */
#include "sim_doppler.h"
#include "sim_speed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROOMS = 10000 };
static unsigned rooms = 150;
static bool verbose;

static void need(bool ok) {
    if (ok) return;
    fprintf(stderr, "accuracy_sim: out of memory\n");
    exit(2);
}

static double percent(unsigned part, unsigned whole) {
    return whole ? 100.0 * part / whole : NAN;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- Breathing ---- */

static void breathing_row(const char *name, const struct sim_radio *radio,
                          const struct sim_chest *chest, const char *target) {
    unsigned right = 0, said = 0, said_right = 0, seconds = 0, published = 0, published_right = 0;
    unsigned constant = 0, moving = 0;
    static double error[MAX_ROOMS];
    for (unsigned i = 0; i < rooms; i++) {
        struct sim_breathing b;
        need(sim_room_breathing(1 + i, radio, chest, &b));
        error[i] = isnan(b.candidate_bpm) ? INFINITY : fabs(b.candidate_bpm - b.truth_bpm);
        if (error[i] <= 1) right++;
        if (fabs(18 - b.truth_bpm) <= 1) constant++;
        if (!isnan(b.published_bpm)) said++;
        if (fabs(b.published_bpm - b.truth_bpm) <= 1) said_right++;
        seconds += b.seconds;
        published += b.published;
        published_right += b.published_right;
        moving += b.moving;
        if (verbose && !(error[i] <= 1 && !isnan(b.published_bpm)))
            fprintf(
                stderr,
                "%s, seed %u: truth %.2f, candidate %.2f, published %.2f (%s), moving %u of %u s\n",
                name, 1 + i, b.truth_bpm, b.candidate_bpm, b.published_bpm, aw_reason_key(b.reason),
                b.moving, b.seconds);
    }
    qsort(error, rooms, sizeof *error, ascending);
    printf("| %s | %s | **%.1f** | %.2f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name,
           target, percent(right, rooms), error[rooms / 2], percent(said, rooms),
           percent(said_right, said), percent(published, seconds),
           percent(published_right, published), percent(moving, seconds), percent(constant, rooms));
    fflush(stdout);
}

static void breathing(void) {
    struct sim_radio usual = sim_radio_usual(20), poor = sim_radio_poor(20);
    struct sim_radio fast = sim_radio_usual(100), fast_poor = sim_radio_poor(100);
    printf(
        "\n| %u rooms, 60 s | target, %% | candidate right after 60 s, %% | median error, bpm | "
        "published after 60 s, %% | of these right, %% | coverage 30..60 s, %% | of these right, "
        "%% | called moving, %% | always 18 bpm, %% |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n",
        rooms);
    breathing_row("3 %, 30 dB, 5 mm, point at -16 dB, 20/s", &usual,
                  &(struct sim_chest){0.005, true, -16}, ">= 99");
    breathing_row("5 %, 25 dB, 3 mm, point at -16 dB, 20/s", &poor,
                  &(struct sim_chest){0.003, true, -16}, ">= 91");
    breathing_row("3 %, 30 dB, 5 mm peak to peak, point at -16 dB, 20/s", &usual,
                  &(struct sim_chest){0.0025, true, -16}, "");
    breathing_row("5 %, 25 dB, 3 mm peak to peak, point at -16 dB, 20/s", &poor,
                  &(struct sim_chest){0.0015, true, -16}, "");
    breathing_row("3 %, 30 dB, 5 mm, body by distance, 20/s", &usual,
                  &(struct sim_chest){0.005, false, 0}, "");
    breathing_row("5 %, 25 dB, 3 mm, body by distance, 20/s", &poor,
                  &(struct sim_chest){0.003, false, 0}, "");
    breathing_row("3 %, 30 dB, 5 mm, body by distance, 100/s", &fast,
                  &(struct sim_chest){0.005, false, 0}, "");
    breathing_row("5 %, 25 dB, 3 mm, body by distance, 100/s", &fast_poor,
                  &(struct sim_chest){0.003, false, 0}, "");
}

/* ---- Heart ---- */

static void heart_row(const char *name, const struct sim_radio *radio, double heart_m,
                      double wander_bpm, const char *target) {
    unsigned said = 0, right = 0, constant = 0, breathing_said = 0;
    static double error[MAX_ROOMS];
    for (unsigned i = 0; i < rooms; i++) {
        struct sim_heart h;
        need(sim_room_heart(1 + i, radio, heart_m, wander_bpm, &h));
        if (fabs(75 - h.truth_bpm) <= 3) constant++;
        if (!isnan(h.breathing_bpm)) breathing_said++;
        bool off = !isnan(h.published_bpm) && !(fabs(h.published_bpm - h.truth_bpm) <= 3);
        if (verbose && (isnan(h.published_bpm) || off))
            fprintf(stderr, "%s, seed %u: heart %.1f said %.1f (%s), breath %.1f said %.1f\n", name,
                    1 + i, h.truth_bpm, h.published_bpm, aw_reason_key(h.reason),
                    h.breathing_truth_bpm, h.breathing_bpm);
        if (isnan(h.published_bpm)) continue;
        error[said++] = fabs(h.published_bpm - h.truth_bpm);
        if (!off) right++;
    }
    qsort(error, said, sizeof *error, ascending);
    printf("| %s | %s | **%.1f** | %.1f | %.1f | %.2f | %.1f | %.1f |\n", name, target,
           percent(right, rooms), percent(said, rooms), percent(right, said),
           said ? error[said / 2] : NAN, percent(breathing_said, rooms), percent(constant, rooms));
    fflush(stdout);
}

static void heart(void) {
    struct sim_radio good = sim_radio_usual(50), usual = sim_radio_usual(50);
    good.snr_db = 35;
    printf(
        "\n| %u rooms, after 120 s | target, %% | given and within 3 bpm, %% of the rooms | given, %% "
        "| of these right, %% | median error, bpm | breathing given, %% | always 75 bpm, %% |\n"
        "|---|---|---|---|---|---|---|---|\n",
        rooms);
    heart_row("0.3 mm, constant rate, 35 dB, 3 %, 50/s", &good, 0.0003, 0, ">= 95");
    heart_row("0.3 mm, constant rate, 30 dB, 3 %, 50/s", &usual, 0.0003, 0, "");
    heart_row("0.3 mm, wandering by +-2 bpm, 35 dB, 3 %, 50/s", &good, 0.0003, 2, "");
    heart_row("no heart, 30 dB, 3 %, 50/s", &usual, 0, 0, "none given");
}

/* ---- Steps ---- */

static void relock_row(const char *name, const struct sim_radio *radio,
                       const struct sim_chest *chest) {
    static double lock_s[2][2 * MAX_ROOMS];
    unsigned n = 0, never[2] = {0}, published = 0, wrong = 0;
    for (unsigned i = 0; i < rooms; i++) {
        struct sim_relock k;
        need(sim_room_relock(1 + i, radio, chest, &k));
        for (int step = 0; step < 2; step++, n++) {
            lock_s[0][n] = k.candidate_s[step];
            lock_s[1][n] = k.published_s[step];
            if (isinf(k.candidate_s[step])) never[0]++;
            if (isinf(k.published_s[step])) never[1]++;
            if (verbose && !(k.candidate_s[step] <= 60))
                fprintf(stderr,
                        "%s, seed %u, step %d: candidate after %.0f s, published after %.0f s\n",
                        name, 1 + i, step + 1, k.candidate_s[step], k.published_s[step]);
        }
        published += k.published;
        wrong += k.wrong;
    }
    printf("| %s |", name);
    for (int kind = 0; kind < 2; kind++) {
        qsort(lock_s[kind], n, sizeof *lock_s[kind], ascending);
        printf(" **%.0f** | %.0f | %.1f |", lock_s[kind][n / 2], lock_s[kind][n * 9 / 10],
               percent(never[kind], n));
    }
    printf(" %.1f |\n", percent(wrong, published));
    fflush(stdout);
}

static void relock(void) {
    struct sim_radio usual = sim_radio_usual(20), poor = sim_radio_poor(20);
    printf(
        "\n| %u rooms, 2 steps each | candidate: median, s (target <= 30) | 90 %%, s | never, %% | "
        "published: median, s | 90 %%, s | never, %% | wrong of all published, %% |\n"
        "|---|---|---|---|---|---|---|---|\n",
        rooms);
    relock_row("3 %, 30 dB, 5 mm, point at -16 dB, 20/s", &usual,
               &(struct sim_chest){0.005, true, -16});
    relock_row("5 %, 25 dB, 3 mm, point at -16 dB, 20/s", &poor,
               &(struct sim_chest){0.003, true, -16});
    relock_row("3 %, 30 dB, 5 mm, body by distance, 20/s", &usual,
               &(struct sim_chest){0.005, false, 0});
}

/* ---- Motion ---- */

static void add(struct sim_motion *sum, const struct sim_motion *m) {
    sum->decisions += m->decisions;
    sum->above += m->above;
    sum->moving += m->moving;
    sum->unread += m->unread;
    sum->breathing += m->breathing;
    sum->falls += m->falls;
}

static void tell_room(const char *name, unsigned seed, const struct sim_motion *m, bool bad) {
    if (verbose && bad)
        fprintf(stderr, "%s, seed %u: %u above, %u moving of %u\n", name, seed, m->above, m->moving,
                m->decisions);
}

/* 95 % upper bound of a share with k of n: Wilson's, and 3 / n for none. */
static double upper(unsigned k, unsigned n) {
    if (k == 0) return 3.0 / n;
    double p = (double)k / n, z = 1.645, zz = z * z / n;
    return (p + zz / 2 + z * sqrt(p * (1 - p) / n + zz / n / 4)) / (1 + zz);
}

static void empty_row(const char *name, const struct sim_radio *radio, double seconds) {
    struct sim_motion sum = {0}, m;
    unsigned with = 0;
    for (unsigned i = 0; i < rooms; i++) {
        need(sim_room_empty(1 + i, radio, seconds, &m));
        add(&sum, &m);
        with += m.above > 0;
        tell_room(name, 1 + i, &m, m.above + m.moving + m.breathing + m.falls > 0);
    }
    printf("| %s | %u | %u | **%.1e** (< %.1e) | %u | %.1e | %u | %u | %u |\n", name, sum.decisions,
           sum.above, (double)sum.above / sum.decisions, upper(sum.above, sum.decisions), with,
           (double)sum.moving / sum.decisions, sum.breathing, sum.falls, sum.unread);
    fflush(stdout);
}

static void walker_row(const char *name, const struct sim_radio *radio, double empty_s, bool fixed,
                       double echo_db, const char *target) {
    struct sim_motion sum = {0}, m;
    unsigned below = 0;
    for (unsigned i = 0; i < rooms; i++) {
        need(sim_room_walker(1 + i, radio, empty_s, fixed, echo_db, &m));
        add(&sum, &m);
        below += m.above * 100 < m.decisions * 99;
        tell_room(name, 1 + i, &m, m.above < m.decisions);
    }
    printf("| %s | %s | %u | **%.2f** | %.2f | %u | %u | %u |\n", name, target, sum.decisions,
           percent(sum.above, sum.decisions), percent(sum.moving, sum.decisions), below,
           sum.breathing, sum.falls);
    fflush(stdout);
}

static void sitting_row(const char *name, const struct sim_radio *radio, double chest_m) {
    struct sim_motion sum = {0}, m;
    for (unsigned i = 0; i < rooms; i++) {
        need(sim_room_sitting(1 + i, radio, chest_m, 60, &m));
        add(&sum, &m);
    }
    printf("| %s | %u | %.1f | %.1f | %u |\n", name, sum.decisions,
           percent(sum.above, sum.decisions), percent(sum.moving, sum.decisions), sum.falls);
    fflush(stdout);
}

static void motion(void) {
    struct sim_radio r100 = sim_radio_usual(100), r20 = sim_radio_usual(20);
    struct sim_radio rough100 = sim_radio_rough(100), rough20 = sim_radio_rough(20);
    printf(
        "\n| %u empty rooms x 240 s | decisions | above the threshold | share (95 %% bound); "
        "target <= 1e-4 | rooms with one | state moving, share | seconds with a breathing rate | "
        "falls | no decision |\n|---|---|---|---|---|---|---|---|---|\n",
        rooms);
    empty_row("3 %, 30 dB, 100/s", &r100, 240);
    empty_row("5 %, 25 dB, gain steps of 3 dB, 5 % lost in bursts, 100/s", &rough100, 240);
    empty_row("3 %, 30 dB, 20/s", &r20, 240);
    empty_row("5 %, 25 dB, gain steps of 3 dB, 5 % lost in bursts, 20/s", &rough20, 240);
    printf(
        "\n| %u rooms, a walker at 1 m/s | target, %% | decisions | detected, %% | state moving, "
        "%% | rooms below 99 %% | seconds with a breathing rate | falls |\n"
        "|---|---|---|---|---|---|---|---|\n",
        rooms);
    walker_row("echo fixed at -20 dB, 30 dB, 100/s", &r100, 0, true, -20, ">= 99");
    walker_row("echo fixed at -20 dB, 30 dB, 20/s", &r20, 0, true, -20, "");
    walker_row("the same, after 30 s of an empty room, 20/s", &r20, 30, true, -20, "");
    walker_row("echo fixed at -20 dB, rough as above, 100/s", &rough100, 0, true, -20, "");
    walker_row("echo by distance, 30 dB, 100/s", &r100, 0, false, 0, "");
    walker_row("echo by distance, 30 dB, 20/s", &r20, 0, false, 0, "");
    printf(
        "\n| %u rooms, somebody sits and breathes 15/min | decisions | above the motion threshold, "
        "%% | state moving, %% | falls |\n|---|---|---|---|---|\n",
        rooms);
    sitting_row("5 mm, 30 dB, 100/s", &r100, 0.005);
    sitting_row("5 mm, 30 dB, 20/s", &r20, 0.005);
}

/* ---- Walking speed ---- */

struct speeds {
    double *truth, *error; /* of all seconds walked; the first n have a speed */
    unsigned walked, n;
};

/* Median and share within 0.2 m/s of the errors, which are sorted by size. */
static double median_error(double *error, unsigned n, double *within) {
    unsigned k = 0;
    for (unsigned i = 0; i < n; i++) {
        error[i] = fabs(error[i]);
        k += error[i] <= 0.2;
    }
    qsort(error, n, sizeof *error, ascending);
    *within = percent(k, n);
    return n ? error[n / 2] : NAN;
}

static void speed_row(const char *name, const struct sim_radio *radio, uint32_t chains, bool fixed,
                      double echo_db) {
    static struct sim_speed s;
    size_t most = (size_t)rooms * SIM_SPEED_MAX;
    double *truth = malloc(most * sizeof *truth), *error = malloc(most * sizeof *error);
    double *constant = malloc(most * sizeof *constant), within, within_constant, within_best = 0;
    unsigned n = 0, walked = 0, stood = 0, stood_given = 0;
    double best = NAN, bias = 0;
    need(truth && error && constant);
    for (unsigned i = 0; i < rooms; i++) {
        need(sim_room_speed(1 + i, radio, chains, fixed, echo_db, &s));
        memcpy(truth + n, s.truth_mps, s.n * sizeof *truth);
        memcpy(error + n, s.error_mps, s.n * sizeof *error);
        n += s.n;
        walked += s.walked;
        stood += s.stood;
        stood_given += s.stood_given;
    }
    for (unsigned i = 0; i < n; i++) bias += error[i] / n;
    double median = median_error(error, n, &within);
    for (double c = 0.3; c < 2; c += 0.05) {
        double w;
        for (unsigned i = 0; i < n; i++) constant[i] = c - truth[i];
        median_error(constant, n, &w);
        if (w > within_best) {
            within_best = w;
            best = c;
        }
    }
    for (unsigned i = 0; i < n; i++) constant[i] = 1 - truth[i];
    double median_constant = median_error(constant, n, &within_constant);
    if (n == 0)
        printf("| %s | %u | 0 | - | - | - | - | - | %u of %u |\n", name, walked, stood_given,
               stood);
    else
        printf("| %s | %u | %.1f | **%.2f** | **%.1f** | %+.2f | %.2f / %.1f | %.1f (%.2f) | %u of "
               "%u |\n",
               name, walked, percent(n, walked), median, within, bias, median_constant,
               within_constant, within_best, best, stood_given, stood);
    fflush(stdout);
    free(truth);
    free(error);
    free(constant);
}

static void speed(void) {
    struct sim_radio r100 = sim_radio_usual(100), r200 = sim_radio_usual(200);
    struct sim_radio rough = sim_radio_rough(100), r50 = sim_radio_usual(50);
    printf(
        "\n| %u rooms, walking at 0.4 to 2 m/s | seconds walked | with a speed, %% | median error, "
        "m/s | within 0.2 m/s, %% | mean error, m/s | always 1 m/s: median, m/s / within, %% | best "
        "constant: within, %% (m/s) | standing, with a speed |\n"
        "|---|---|---|---|---|---|---|---|---|\n",
        rooms);
    speed_row("2.4 GHz, echo by distance, 30 dB, 100/s", &r100, 1, false, 0);
    speed_row("2.4 GHz, the same, rough as above, 100/s", &rough, 1, false, 0);
    speed_row("2.4 GHz, echo fixed at -20 dB, 30 dB, 100/s", &r100, 1, true, -20);
    speed_row("2.4 GHz, echo by distance, 30 dB, 50/s", &r50, 1, false, 0);
    speed_row("5 GHz, two chains, by distance, 30 dB, 200/s", &r200, 2, false, 0);
}

/* ---- Signed Doppler ---- */

static void doppler_row(const char *name, const struct sim_radio *radio, double echo_db,
                        const char *target) {
    static struct sim_doppler d;
    double *error = malloc((size_t)rooms * SIM_DOPPLER_MAX * sizeof *error);
    need(error != NULL);
    unsigned n = 0, wrong_sign = 0, within = 0, walked = 0, walked_within = 0;
    for (unsigned i = 0; i < rooms; i++) {
        need(sim_room_doppler(1 + i, radio, echo_db, &d));
        memcpy(error + n, d.error_mps, d.n * sizeof *error);
        n += d.n;
        wrong_sign += d.wrong_sign;
        walked += d.walked;
        walked_within += d.walked_within;
    }
    qsort(error, n, sizeof *error, ascending);
    while (within < n && error[within] <= 0.1) within++;
    printf("| %s | %s | %u | %.1f | %.1f | **%.3f** | %.3f | **%.1f** | %.2f |\n", name, target,
           walked, percent(walked_within, walked), percent(n, walked), n ? error[n / 2] : NAN,
           n ? error[n * 9 / 10] : NAN, percent(within, n), percent(wrong_sign, n));
    fflush(stdout);
    free(error);
}

static void doppler(void) {
    struct sim_radio usual = sim_radio_usual(200), rough = sim_radio_rough(200);
    printf(
        "\n| %u rooms, a walker at 1 m/s, 5 GHz, two chains | target, m/s | windows | within 0.1 m/s "
        "if never refusing, %% | given, %% | of these: median error, m/s | 90 %%, m/s | within 0.1 m/s, %% | "
        "wrong sign, %% |\n|---|---|---|---|---|---|---|---|---|\n",
        rooms);
    doppler_row("echo fixed at -20 dB, 30 dB, 200/s", &usual, -20, "0.1");
    doppler_row("echo fixed at -30 dB, 30 dB, 200/s", &usual, -30, "");
    doppler_row("echo fixed at -20 dB, rough as above, 200/s", &rough, -20, "");
}

int main(int argc, char **argv) {
    int at = 1;
    if (at < argc && strcmp(argv[at], "-v") == 0) verbose = at++;
    if (at < argc) {
        long n = strtol(argv[at++], NULL, 10);
        if (n < 1 || n > MAX_ROOMS) {
            fprintf(stderr, "usage: accuracy_sim [-v] [rooms 1..%d] [part]\n", MAX_ROOMS);
            return 2;
        }
        rooms = (unsigned)n;
    }
    const char *part = at < argc ? argv[at] : "";
    if (!*part || !strcmp(part, "breathing")) breathing();
    if (!*part || !strcmp(part, "heart")) heart();
    if (!*part || !strcmp(part, "relock")) relock();
    if (!*part || !strcmp(part, "motion")) motion();
    if (!*part || !strcmp(part, "speed")) speed();
    if (!*part || !strcmp(part, "doppler")) doppler();
    return 0;
}
