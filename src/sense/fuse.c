#include "sense/fuse.h"

#include <math.h>

enum { STATES = 3 }; /* empty, still, moving: AW_STATE_EMPTY and on */

static void fuse_state(const struct aw_update *u, size_t n, struct aw_update *out) {
    size_t voters = 0;
    for (size_t i = 0; i < n; i++) voters += u[i].state != AW_STATE_NULL;
    out->links = (uint32_t)voters;
    out->state_confidence = NAN;
    if (voters == 0) {
        out->state_reason = n ? u[0].state_reason : AW_REASON_NO_FRAMES;
        return;
    }
    double log_p[STATES] = {0}, weight = 1 / sqrt((double)voters);
    for (size_t i = 0; i < n; i++) {
        if (u[i].state == AW_STATE_NULL) continue;
        double c = fmin(fmax((double)u[i].state_confidence, 1.0 / STATES), 0.999);
        for (int s = 0; s < STATES; s++) {
            bool said = s == (int)u[i].state - AW_STATE_EMPTY;
            log_p[s] += weight * log(said ? c : (1 - c) / (STATES - 1));
        }
    }
    int best = 0;
    for (int s = 1; s < STATES; s++)
        if (log_p[s] > log_p[best]) best = s;
    double sum = 0;
    for (int s = 0; s < STATES; s++) sum += exp(log_p[s] - log_p[best]);
    out->state = (enum aw_state)(best + AW_STATE_EMPTY);
    out->state_confidence = (float)(1 / sum);
    out->state_experimental = true; /* unless a link that says so is not */
    for (size_t i = 0; i < n; i++)
        if (u[i].state == out->state && !u[i].state_experimental) out->state_experimental = false;
}

static const struct aw_estimate *rate_of(const struct aw_update *u, size_t offset) {
    return (const struct aw_estimate *)(const void *)((const char *)u + offset);
}

static struct aw_estimate fuse_rate(const struct aw_update *u, size_t n, size_t offset) {
    const struct aw_estimate *best = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct aw_estimate *e = rate_of(&u[i], offset);
        if (!best || (e->reason == AW_REASON_NONE &&
                      (best->reason != AW_REASON_NONE || e->confidence > best->confidence)))
            best = e;
    }
    if (!best) return (struct aw_estimate){NAN, 0, AW_REASON_NO_FRAMES};
    struct aw_estimate out = *best;
    if (best->reason != AW_REASON_NONE) return out;
    float wrong = 1 - best->confidence;
    for (size_t i = 0; i < n; i++) {
        const struct aw_estimate *e = rate_of(&u[i], offset);
        if (e == best || e->reason != AW_REASON_NONE) continue;
        if (fabsf(e->value - best->value) <= 1)
            wrong *= sqrtf(1 - e->confidence);
        else if (e->confidence >= best->confidence)
            return (struct aw_estimate){NAN, 0, AW_REASON_AMBIGUOUS};
    }
    out.confidence = 1 - wrong;
    return out;
}

static struct aw_estimate fuse_speed(const struct aw_update *u, size_t n, enum aw_state state) {
    struct aw_estimate out = {NAN, NAN, n ? AW_REASON_NOT_MOVING : AW_REASON_NO_FRAMES};
    for (size_t i = 0; i < n && state == AW_STATE_MOVING; i++) {
        const struct aw_estimate *e = &u[i].speed_mps;
        if (e->reason == AW_REASON_NONE ? !(out.value >= e->value)
                                        : out.reason == AW_REASON_NOT_MOVING)
            out = *e;
    }
    return out;
}

void aw_fuse_run(const struct aw_update *u, size_t n, struct aw_update *out) {
    *out = (struct aw_update){.link = AW_LINK_ROOM,
                              .motion = {NAN, NAN, n ? u[0].motion.reason : AW_REASON_NO_FRAMES},
                              .motion_threshold = NAN,
                              .breathing_wave = NAN};
    fuse_state(u, n, out);
    const struct aw_update *most = NULL;
    for (size_t i = 0; i < n; i++) {
        out->t_ns = u[i].t_ns;
        out->frames += u[i].frames;
        out->fall = out->fall || u[i].fall;
        out->apnoea = out->apnoea || u[i].apnoea;
        if (u[i].motion.reason != AW_REASON_NONE) continue;
        if (!most ||
            u[i].motion.value - u[i].motion_threshold > most->motion.value - most->motion_threshold)
            most = &u[i];
    }
    if (most) {
        out->motion = most->motion;
        out->motion_threshold = most->motion_threshold;
    }
    out->breathing_bpm = fuse_rate(u, n, offsetof(struct aw_update, breathing_bpm));
    out->speed_mps = fuse_speed(u, n, out->state);
    out->heart_bpm = fuse_rate(u, n, offsetof(struct aw_update, heart_bpm));
    out->persons = (struct aw_estimate){NAN, 0, AW_REASON_AMBIGUOUS};
    if (out->state == AW_STATE_NULL) out->persons.reason = out->state_reason;
    if (out->state == AW_STATE_EMPTY && !out->state_experimental)
        out->persons = (struct aw_estimate){0, out->state_confidence, AW_REASON_NONE};
}
