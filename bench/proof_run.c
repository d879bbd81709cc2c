#include "proof.h"

#include "base/units.h"

#include <math.h>
#include <stdlib.h>

enum {
    MAX_UPDATES = 1 << 16,
    SETTLE_S = 6, /* a decision's window of 4 s, its second, and the hold */
};

const struct proof_figure_info proof_figures[PROOF_FIGURE_COUNT] = {
#define ABS false
#define REL true
#define PINNED false
#define TRUTH true
#define INFO(name, key, decimals, tolerance, how, target, why)                                     \
    [PROOF_##name] = {key, decimals, tolerance, how, target, why},
    PROOF_FIGURES(INFO)
#undef INFO
};

struct list {
    double *x;
    size_t n;
};

struct run {
    struct proof_source source;
    struct aw_session *session;
    struct list motion, breathing, breathing_error, heart, heart_error;
    double level_db, slope_re, slope_im;
    uint64_t frames, refused, levels, slopes;
    uint64_t seconds, moving, still, empty, falls;  /* of updates of links */
    uint64_t room_seconds, room_moving, room_still; /* of several links together */
    uint64_t in_motion, missed, at_rest, falsely;   /* seconds whose truth is known */
    int64_t second_ns; /* the one whose updates are coming; decided by the room, else the link */
    bool by_room, by_link; /* said moving */
    bool room;
    int64_t first_ns;
};

static void add(struct list *l, double x) {
    if (isfinite(x) && l->n < MAX_UPDATES) l->x[l->n++] = x;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts; NAN when there is none. */
static double median(struct list *l) {
    qsort(l->x, l->n, sizeof *l->x, compare);
    return l->n ? l->x[l->n / 2] : NAN;
}

/* ---- of frames ---- */

static void look_at(struct run *r, const struct aw_frame *f) {
    double power = 0, re = 0, im = 0;
    uint32_t n = 0;
    int gap = 0; /* between neighbouring subcarriers; only pairs with the first one's are used */
    for (uint32_t chain = 0; chain < (uint32_t)f->n_rx * f->n_tx; chain++) {
        const float *z = f->iq + 2 * (size_t)chain * f->n_sub;
        for (uint32_t i = 0; i < f->n_sub; i++) {
            if (f->kind[i] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
            double a = z[2 * i], b = z[2 * i + 1];
            power += a * a + b * b;
            n++;
            if (i == 0 || f->kind[i - 1] & (AW_SUB_NULL | AW_SUB_INVALID)) continue;
            if (gap == 0) gap = f->k[i] - f->k[i - 1];
            if (f->k[i] - f->k[i - 1] != gap) continue;
            double c = z[2 * i - 2], d = z[2 * i - 1];
            re += a * c + b * d;
            im += b * c - a * d;
        }
    }
    r->frames++;
    if (!(power > 0)) return;
    r->level_db += 10 * log10(power / n);
    r->levels++;
    double size = sqrt(re * re + im * im);
    if (f->flags & AW_FRAME_AMPLITUDE_ONLY || !(size > 0)) return;
    r->slope_re += re / size;
    r->slope_im += im / size;
    r->slopes++;
}

/* ---- of updates ---- */

/* Known when it was the same over the window that a decision rests on. */
static enum proof_label label_at(const struct run *r, int64_t t_ns) {
    if (t_ns < r->first_ns + SETTLE_S * AW_S) return PROOF_UNLABELLED;
    if (r->source.recorded) return r->source.of->label;
    enum proof_label label = PROOF_UNLABELLED;
    for (int i = 0; i < 2 * SETTLE_S; i++) {
        struct aw_sim_truth truth;
        aw_sim_truth(&r->source.sim, t_ns - i * AW_S / 2, &truth);
        enum proof_label now = truth.state == AW_STATE_MOVING ? PROOF_IN_MOTION : PROOF_AT_REST;
        if (i > 0 && now != label) return PROOF_UNLABELLED;
        label = now;
    }
    return label;
}

static void compare_rates(struct run *r, const struct aw_update *u) {
    struct aw_sim_truth truth = {.persons = 0};
    if (!r->source.recorded) aw_sim_truth(&r->source.sim, u->t_ns, &truth);
    double breathing = r->source.of->breathing_bpm, heart = NAN;
    if (truth.persons == 1) {
        breathing = truth.person[0].breathing_bpm;
        heart = truth.person[0].heart_bpm;
    }
    if (breathing > 0) add(&r->breathing_error, fabs(u->breathing_bpm.value - breathing));
    add(&r->heart_error, fabs(u->heart_bpm.value - heart));
}

static void decide(struct run *r) {
    enum proof_label label = r->second_ns ? label_at(r, r->second_ns) : PROOF_UNLABELLED;
    bool moving = r->room ? r->by_room : r->by_link;
    r->in_motion += label == PROOF_IN_MOTION;
    r->missed += label == PROOF_IN_MOTION && !moving;
    r->at_rest += label == PROOF_AT_REST;
    r->falsely += label == PROOF_AT_REST && moving;
    r->by_room = r->by_link = r->room = false;
}

static void take_room(struct run *r, const struct aw_update *u) {
    r->room = true;
    r->by_room = u->state == AW_STATE_MOVING;
    r->room_seconds++;
    r->room_moving += r->by_room;
    r->room_still += u->state == AW_STATE_STILL;
}

static void take_link(struct run *r, const struct aw_update *u) {
    bool moving = u->state == AW_STATE_MOVING;
    r->by_link |= moving;
    r->seconds++;
    r->moving += moving;
    r->still += u->state == AW_STATE_STILL;
    r->empty += u->state == AW_STATE_EMPTY;
    r->falls += u->fall;
    add(&r->motion, u->motion.value);
    add(&r->breathing, u->breathing_bpm.value);
    add(&r->heart, u->heart_bpm.value);
    compare_rates(r, u);
}

static void take_updates(struct run *r) {
    struct aw_update u;
    while (aw_session_poll(r->session, &u)) {
        if (u.t_ns != r->second_ns) decide(r);
        r->second_ns = u.t_ns;
        if (u.link == AW_LINK_ROOM)
            take_room(r, &u);
        else if (u.frames > 0)
            take_link(r, &u);
    }
}

/* ---- the run ---- */

static void push_all(struct run *r, const struct proof_mutant *mutant,
                     struct proof_mutant_state *state) {
    double seconds = r->source.of->seconds;
    for (struct aw_frame *f; (f = proof_source_next(&r->source)) != NULL;) {
        int64_t t_ns = f->t_kind == AW_TIME_NONE ? f->t_arrival_ns : f->t_ns;
        if (r->first_ns == 0) r->first_ns = state->first_ns = t_ns;
        int times = mutant ? mutant->run(state, f, seconds) : 1;
        state->n++;
        for (int i = 0; i < times; i++) {
            if (aw_session_push_frame(r->session, f, NULL) == AW_OK)
                look_at(r, f);
            else
                r->refused++;
            take_updates(r);
        }
    }
    decide(r);
    r->refused += r->source.refused;
}

static void conclude(struct run *r, struct proof_result *out) {
    double *v = out->value, seconds = (double)r->seconds, links = 0;
    struct aw_link_info info;
    for (int i = 0; i < PROOF_FIGURE_COUNT; i++) v[i] = NAN;
    for (uint32_t i = 64; i-- > 0;) {
        if (!aw_session_link(r->session, i, &info)) continue;
        links++;
        v[PROOF_LIVE] = info.n_live; /* in the end, of the first link */
        v[PROOF_RATE] = info.rate_hz;
    }
    v[PROOF_FRAMES] = (double)r->frames;
    v[PROOF_REFUSED] = (double)r->refused;
    v[PROOF_LINKS] = links;
    v[PROOF_SECONDS] = seconds;
    v[PROOF_FALLS] = (double)r->falls;
    if (r->levels) v[PROOF_LEVEL] = r->level_db / (double)r->levels;
    if (r->slopes) v[PROOF_SLOPE] = atan2(r->slope_im, r->slope_re);
    v[PROOF_MOTION] = median(&r->motion);
    if (r->motion.n) v[PROOF_MOTION_MAX] = r->motion.x[r->motion.n - 1];
    v[PROOF_BREATHING] = median(&r->breathing);
    v[PROOF_BREATHING_ERROR] = median(&r->breathing_error);
    v[PROOF_HEART] = median(&r->heart);
    v[PROOF_HEART_ERROR] = median(&r->heart_error);
    v[PROOF_ROOM_SECONDS] = (double)r->room_seconds;
    if (r->room_seconds) {
        v[PROOF_ROOM_MOVING] = (double)r->room_moving / (double)r->room_seconds;
        v[PROOF_ROOM_STILL] = (double)r->room_still / (double)r->room_seconds;
    }
    if (!r->seconds) return;
    v[PROOF_MOVING] = (double)r->moving / seconds;
    v[PROOF_STILL] = (double)r->still / seconds;
    v[PROOF_EMPTY] = (double)r->empty / seconds;
    v[PROOF_BREATHING_SHARE] = (double)r->breathing.n / seconds;
    v[PROOF_HEART_SHARE] = (double)r->heart.n / seconds;
    if (r->in_motion) v[PROOF_MISSED] = (double)r->missed / (double)r->in_motion;
    if (r->at_rest) v[PROOF_FALSE] = (double)r->falsely / (double)r->at_rest;
}

int proof_run(const struct proof_case *c, const char *data_dir, const struct proof_mutant *mutant,
              struct proof_result *out, struct aw_why *why) {
    struct aw_config config;
    struct proof_mutant_state state = {.n = 0};
    struct run *r = calloc(1, sizeof *r);
    if (!r) return AW_ERR_NOMEM;
    int err = proof_source_open(&r->source, c, data_dir, why);
    if (err) {
        free(r);
        return err;
    }
    double *lists = calloc(5 * (size_t)MAX_UPDATES, sizeof *lists);
    state.kept = calloc(2 * (size_t)AW_MAX_CSI, sizeof *state.kept);
    aw_config_default(&config);
    err = lists && state.kept ? aw_session_create(&config, &r->session) : AW_ERR_NOMEM;
    if (err == AW_OK) {
        struct list *all[] = {&r->motion, &r->breathing, &r->breathing_error, &r->heart,
                              &r->heart_error};
        for (size_t i = 0; i < 5; i++) all[i]->x = lists + i * MAX_UPDATES;
        push_all(r, mutant, &state);
        conclude(r, out);
        aw_session_destroy(r->session);
    }
    proof_source_close(&r->source);
    free(state.kept);
    free(lists);
    free(r);
    return err;
}
