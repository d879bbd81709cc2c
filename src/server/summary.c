#include "server/summary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void aw_summary_init(struct aw_summary *s, int64_t series, int64_t t_s,
                     enum aw_origin_kind source) {
    *s = (struct aw_summary){.series = series, .t_s = t_s, .source = source};
    s->motion_max = NAN;
    s->breathing_min = s->breathing_max = s->heart_min = s->heart_max = NAN;
}

/* True when the value is there; otherwise its reason is counted. */
static bool counts(struct aw_summary *s, enum aw_summary_value of, const struct aw_estimate *e) {
    enum aw_reason why = e->reason;
    if (why == AW_REASON_NONE && isfinite(e->value)) return true;
    if (why == AW_REASON_NONE || why >= AW_REASON_COUNT) why = AW_REASON_WARMING_UP;
    s->nulls[of][why]++;
    return false;
}

static void add_state(struct aw_summary *s, const struct aw_update *u) {
    enum aw_reason why = u->state_reason;
    if (u->state == AW_STATE_NULL) {
        s->nulls[AW_OF_STATE]
                [why == AW_REASON_NONE || why >= AW_REASON_COUNT ? AW_REASON_WARMING_UP : why]++;
        return;
    }
    s->empty += u->state == AW_STATE_EMPTY;
    s->still += u->state == AW_STATE_STILL;
    s->moving += u->state == AW_STATE_MOVING;
    s->experimental += u->state_experimental;
    if (isfinite(u->state_confidence)) s->state_confidence_sum += (double)u->state_confidence;
}

void aw_summary_add(struct aw_summary *s, const struct aw_update *u) {
    s->n++;
    s->frames += u->frames;
    s->apnoea += u->apnoea;
    s->falls += u->fall;
    add_state(s, u);
    if (counts(s, AW_OF_MOTION, &u->motion)) {
        s->motion_n++;
        s->motion_sum += (double)u->motion.value;
        s->motion_max = fmax(s->motion_max, (double)u->motion.value);
    }
    if (counts(s, AW_OF_BREATHING, &u->breathing_bpm)) {
        double v = (double)u->breathing_bpm.value;
        s->breathing_n++;
        s->breathing_sum += v;
        s->breathing_min = fmin(s->breathing_min, v);
        s->breathing_max = fmax(s->breathing_max, v);
        s->breathing_confidence_sum += (double)u->breathing_bpm.confidence;
    }
    if (counts(s, AW_OF_HEART, &u->heart_bpm)) {
        double v = (double)u->heart_bpm.value;
        s->heart_n++;
        s->heart_sum += v;
        s->heart_min = fmin(s->heart_min, v);
        s->heart_max = fmax(s->heart_max, v);
        s->heart_confidence_sum += (double)u->heart_bpm.confidence;
    }
    if (counts(s, AW_OF_PERSONS, &u->persons)) {
        s->persons_n++;
        s->persons_sum += (double)u->persons.value;
    }
}

void aw_summary_join(struct aw_summary *into, const struct aw_summary *other) {
#define JOIN_ADD(a, b) ((a) + (b))
#define JOIN_MAX(a, b) fmax(a, b) /* NAN is none */
#define JOIN_MIN(a, b) fmin(a, b)
#define JOIN(kind, name, how) into->name = JOIN_##how(into->name, other->name);
    AW_SUMMARY_COLUMNS(JOIN)
#undef JOIN
    for (int v = 0; v < AW_OF_COUNT; v++)
        for (int r = 0; r < AW_REASON_COUNT; r++) into->nulls[v][r] += other->nulls[v][r];
}

void aw_summary_nulls_write(const struct aw_summary *s, char text[AW_NULLS_TEXT]) {
    size_t at = 0;
    text[0] = '\0';
    for (int v = 0; v < AW_OF_COUNT; v++)
        for (int r = 0; r < AW_REASON_COUNT; r++) {
            if (!s->nulls[v][r] || at >= AW_NULLS_TEXT) continue;
            at += (size_t)snprintf(text + at, AW_NULLS_TEXT - at, "%s%d,%d,%u", at ? ";" : "", v, r,
                                   s->nulls[v][r]);
        }
}

int aw_summary_nulls_read(struct aw_summary *s, const char *text) {
    while (*text) {
        unsigned v, r, n;
        int used = 0;
        if (sscanf(text, "%3u,%3u,%9u%n", &v, &r, &n, &used) != 3 || v >= AW_OF_COUNT ||
            r >= AW_REASON_COUNT)
            return AW_ERR_TEXT;
        s->nulls[v][r] += n;
        text += used;
        if (*text == ';') text++;
    }
    return AW_OK;
}
