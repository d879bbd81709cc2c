#include "server/update_json.h"

#include <math.h>

static void key_reason(struct aw_json *j, const char *key, enum aw_reason r) {
    aw_json_key(j, key);
    if (r == AW_REASON_NONE)
        aw_json_null(j);
    else
        aw_json_str(j, aw_reason_key(r));
}

/* The keys of a value, its confidence and the reason why it is missing. */
struct keys {
    const char *value, *confidence, *reason;
};

static void estimate(struct aw_json *j, struct keys keys, const struct aw_estimate *e, int decimals,
                     enum aw_reason why) {
    if (why == AW_REASON_NONE) why = e->reason;
    if (why == AW_REASON_NONE && !isfinite(e->value)) why = AW_REASON_WARMING_UP;
    bool known = why == AW_REASON_NONE;
    aw_json_key_num(j, keys.value, known ? (double)e->value : NAN, decimals);
    if (keys.confidence)
        aw_json_key_num(j, keys.confidence, known ? (double)e->confidence : NAN, 3);
    key_reason(j, keys.reason, why);
}

static const struct keys breathing = {"breathing_bpm", "breathing_confidence", "breathing_reason"};
static const struct keys heart = {"heart_bpm", "heart_confidence", "heart_reason"};

void aw_vitals_json(struct aw_json *j, const struct aw_update *u, enum aw_reason why) {
    estimate(j, breathing, &u->breathing_bpm, 2, why);
    estimate(j, heart, &u->heart_bpm, 1, why);
    if (why == AW_REASON_NONE && !u->apnoea) why = u->breathing_bpm.reason;
    aw_json_key(j, "apnoea");
    if (why == AW_REASON_NONE)
        aw_json_bool(j, u->apnoea);
    else
        aw_json_null(j);
    key_reason(j, "apnoea_reason", why);
}

void aw_update_json(struct aw_json *j, const struct aw_update *u, enum aw_reason why) {
    static const struct keys motion = {"motion_score", NULL, "motion_reason"};
    static const struct keys speed = {"speed_mps", "speed_confidence", "speed_reason"};
    static const struct keys persons = {"persons", "persons_confidence", "persons_reason"};
    bool shown = why == AW_REASON_NONE, known = shown && u->state != AW_STATE_NULL;
    enum aw_reason state_why = !shown                              ? why
                               : known                             ? AW_REASON_NONE
                               : u->state_reason != AW_REASON_NONE ? u->state_reason
                                                                   : AW_REASON_WARMING_UP;
    aw_json_key(j, "state");
    aw_json_str(j, known ? aw_state_key(u->state) : NULL);
    aw_json_key_num(j, "state_confidence", known ? (double)u->state_confidence : NAN, 3);
    key_reason(j, "state_reason", state_why);
    aw_json_key_bool(j, "state_experimental", known && u->state_experimental);
    estimate(j, motion, &u->motion, 4, why);
    aw_json_key_num(j, "motion_threshold", shown ? (double)u->motion_threshold : NAN, 4);
    estimate(j, speed, &u->speed_mps, 2, why);
    estimate(j, breathing, &u->breathing_bpm, 2, why);
    estimate(j, heart, &u->heart_bpm, 1, why);
    estimate(j, persons, &u->persons, 0, why);
    aw_json_key_num(j, "breathing_wave", shown ? (double)u->breathing_wave : NAN, 4);
    aw_json_key_bool(j, "apnoea", shown && u->apnoea);
    aw_json_key_bool(j, "fall", shown && u->fall);
    aw_json_key(j, "frames");
    aw_json_uint(j, u->frames);
}

void aw_refused_json(struct aw_json *j, const uint64_t refused[AW_ERR_COUNT]) {
    aw_json_open(j, '{');
    for (int i = 1; i < AW_ERR_COUNT; i++) {
        if (!refused[i]) continue;
        aw_json_key(j, aw_err_key(-i));
        aw_json_uint(j, refused[i]);
    }
    aw_json_close(j, '}');
}
