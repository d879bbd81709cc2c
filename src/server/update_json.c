#include "server/update_json.h"

#include <math.h>

static void reason(struct aw_json *j, const char *key, enum aw_reason r) {
    aw_json_key(j, key);
    if (r == AW_REASON_NONE)
        aw_json_null(j);
    else
        aw_json_str(j, aw_reason_key(r));
}

static void number(struct aw_json *j, const char *key, float v, int decimals) {
    aw_json_key(j, key);
    aw_json_num(j, v, decimals);
}

void aw_update_json(struct aw_json *j, const struct aw_update *u) {
    bool known = u->state != AW_STATE_NULL;
    bool breathing = u->breathing_bpm.reason == AW_REASON_NONE;
    bool heart = u->heart_bpm.reason == AW_REASON_NONE;
    bool persons = u->persons.reason == AW_REASON_NONE;

    aw_json_key(j, "state");
    aw_json_str(j, known ? aw_state_key(u->state) : NULL);
    number(j, "state_confidence", known ? u->state_confidence : NAN, 2);
    reason(j, "state_reason", u->state_reason);
    aw_json_key(j, "state_experimental");
    aw_json_bool(j, u->state_experimental);
    number(j, "motion_score", u->motion.value, 4);
    number(j, "motion_threshold", u->motion_threshold, 4);
    reason(j, "motion_reason", u->motion.reason);
    number(j, "breathing_bpm", u->breathing_bpm.value, 2);
    number(j, "breathing_confidence", breathing ? u->breathing_bpm.confidence : NAN, 2);
    reason(j, "breathing_reason", u->breathing_bpm.reason);
    number(j, "heart_bpm", u->heart_bpm.value, 1);
    number(j, "heart_confidence", heart ? u->heart_bpm.confidence : NAN, 2);
    reason(j, "heart_reason", u->heart_bpm.reason);
    number(j, "persons", u->persons.value, 0);
    number(j, "persons_confidence", persons ? u->persons.confidence : NAN, 2);
    reason(j, "persons_reason", u->persons.reason);
    number(j, "breathing_wave", u->breathing_wave, 4);
    aw_json_key(j, "apnoea");
    aw_json_bool(j, u->apnoea);
    aw_json_key(j, "fall");
    aw_json_bool(j, u->fall);
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
