#include "static_presence.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SEGMENTS = 256, MAX_PLACEMENTS = 32, DRAWS = 2000 };
enum posture { EMPTY, STANDING, SITTING };

static struct segment {
    enum posture posture;
    int placement;
    float share[STATIC_PRESENCE_SECONDS];
    int n;
} segment_[MAX_SEGMENTS];
static int n_segments_;
static char placement_[MAX_PLACEMENTS][64];
static int n_placements_;

/* A placement of the two nodes: the room and subject, letter and number of the folder's name. */
static int placement_of(const char *path) {
    char name[64];
    const char *folder = path + strlen(path);
    for (int slashes = 0; folder > path && slashes < 3; folder--) slashes += folder[-1] == '/';
    folder += *folder == '/';
    const char *session = strchr(folder, '/');
    const char *end = session ? strchr(session, '_') : NULL;
    if (!end || !end[1]) return -1;
    end += 2; /* p3_... and p3ReRUN_... are one placement */
    end += strspn(end, "0123456789");
    snprintf(name, sizeof name, "%.*s", (int)(end - folder), folder);
    int at = 0;
    while (at < n_placements_ && strcmp(placement_[at], name)) at++;
    if (at == MAX_PLACEMENTS) return -1;
    if (at == n_placements_) snprintf(placement_[n_placements_++], sizeof *placement_, "%s", name);
    return at;
}

void static_presence_add(const char *label, const char *path, const float *share, int n) {
    int posture = !strcmp(label, "empty")   ? EMPTY
                  : !strcmp(label, "stand") ? STANDING
                  : !strcmp(label, "sit")   ? SITTING
                                            : -1;
    int placement = placement_of(path);
    if (posture < 0 || placement < 0 || n == 0 || n_segments_ == MAX_SEGMENTS) return;
    struct segment *s = &segment_[n_segments_++];
    *s = (struct segment){.posture = (enum posture)posture, .placement = placement};
    s->n = n < STATIC_PRESENCE_SECONDS ? n : STATIC_PRESENCE_SECONDS;
    memcpy(s->share, share, (size_t)s->n * sizeof *share);
}

/* Mann and Whitney. */
static double auc(const struct segment *low, const struct segment *high) {
    double above = 0;
    for (int i = 0; i < low->n; i++) {
        for (int j = 0; j < high->n; j++) {
            float l = low->share[i], h = high->share[j];
            above += h > l ? 1 : h == l ? 0.5 : 0;
        }
    }
    return above / low->n / high->n;
}

/* AUC of the segments, each counted `times` often; posture 0: standing and sitting together. */
static double sway_auc(const int *times, enum posture posture) {
    double above = 0, pairs = 0;
    for (int i = 0; i < n_segments_; i++) {
        const struct segment *low = &segment_[i];
        if (low->posture != EMPTY || times[i] == 0) continue;
        for (int j = 0; j < n_segments_; j++) {
            const struct segment *high = &segment_[j];
            if (high->posture == EMPTY || times[j] == 0) continue;
            if (posture != EMPTY && high->posture != posture) continue;
            double weight = (double)times[i] * times[j] * low->n * high->n;
            above += weight * auc(low, high);
            pairs += weight;
        }
    }
    return pairs > 0 ? above / pairs : (double)NAN;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static uint32_t draw(uint64_t *state, int n) { /* LCG of Knuth's MMIX */
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)((*state >> 33) % (uint64_t)n);
}

/* 95 % interval by drawing with replacement: whole placements, or recordings one by one. */
static void sway_interval(bool placements, double *low, double *high) {
    static double value[DRAWS];
    uint64_t state = 1;
    int n = 0;
    for (int k = 0; k < DRAWS; k++) {
        int times[MAX_SEGMENTS] = {0}, drawn[MAX_PLACEMENTS] = {0};
        for (int i = 0; i < n_placements_; i++) drawn[draw(&state, n_placements_)]++;
        for (int i = 0; i < n_segments_; i++) {
            if (placements) {
                times[i] = drawn[segment_[i].placement];
            } else {
                times[draw(&state, n_segments_)]++;
            }
        }
        double v = sway_auc(times, EMPTY);
        if (!isnan(v)) value[n++] = v;
    }
    qsort(value, (size_t)n, sizeof *value, ascending);
    *low = n ? value[n / 40] : (double)NAN;
    *high = n ? value[n - 1 - n / 40] : (double)NAN;
}

void static_presence_print(FILE *to) {
    int all[MAX_SEGMENTS], segments[3] = {0}, seconds[3] = {0};
    for (int i = 0; i < n_segments_; i++) {
        all[i] = 1;
        segments[segment_[i].posture]++;
        seconds[segment_[i].posture] += segment_[i].n;
    }
    if (!segments[EMPTY] || !segments[STANDING] || !segments[SITTING]) return;
    double low, high;
    sway_interval(true, &low, &high);
    fprintf(to,
            "static presence, 20 s windows: AUC %.3f (standing %.3f, sitting %.3f)\n"
            "    seconds (recordings): %d (%d) empty, %d (%d) standing, %d (%d) sitting\n"
            "    95 %% interval %.2f to %.2f drawing the %d placements",
            sway_auc(all, EMPTY), sway_auc(all, STANDING), sway_auc(all, SITTING), seconds[EMPTY],
            segments[EMPTY], seconds[STANDING], segments[STANDING], seconds[SITTING],
            segments[SITTING], low, high, n_placements_);
    sway_interval(false, &low, &high);
    fprintf(to, ", %.2f to %.2f drawing recordings\n", low, high);
    for (int p = 0; p < n_placements_; p++) {
        int times[MAX_SEGMENTS], n[2] = {0};
        for (int i = 0; i < n_segments_; i++) {
            times[i] = segment_[i].placement == p;
            n[segment_[i].posture != EMPTY] += times[i];
        }
        double own = sway_auc(times, EMPTY);
        for (int i = 0; i < n_segments_; i++) times[i] = !times[i];
        fprintf(to, "    %s: %d empty and %d occupied recordings", placement_[p], n[0], n[1]);
        if (!isnan(own)) fprintf(to, ", AUC %.3f", own);
        fprintf(to, "; all others %.3f\n", sway_auc(times, EMPTY));
    }
}
