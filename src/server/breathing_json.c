#include "server/breathing_json.h"

#include <math.h>

/* The values, or null and why. */
static void series(struct aw_json *j, const char *key, const char *key_reason, enum aw_reason why,
                   const float *v, size_t n) {
    aw_json_key(j, key);
    if (why == AW_REASON_NONE) {
        aw_json_open(j, '[');
        for (size_t i = 0; i < n; i++) aw_json_num(j, (double)v[i], 3);
        aw_json_close(j, ']');
    } else {
        aw_json_null(j);
    }
    aw_json_key_str(j, key_reason, why == AW_REASON_NONE ? NULL : aw_reason_key(why));
}

static void weights(struct aw_json *j, const struct aw_breathing_evidence *e) {
    aw_json_key(j, "weights");
    if (e->wave_reason == AW_REASON_NONE) {
        aw_json_open(j, '[');
        for (uint32_t i = 0; i < e->groups; i++) {
            aw_json_open(j, '{');
            aw_json_key_uint(j, "chain", e->group[i].chain);
            aw_json_key(j, "k_first");
            aw_json_int(j, e->group[i].k_first);
            aw_json_key(j, "k_last");
            aw_json_int(j, e->group[i].k_last);
            aw_json_key_num(j, "weight", (double)e->group[i].weight, 4);
            aw_json_close(j, '}');
        }
        aw_json_close(j, ']');
    } else {
        aw_json_null(j);
    }
    aw_json_key_str(j, "weights_reason",
                    e->wave_reason == AW_REASON_NONE ? NULL : aw_reason_key(e->wave_reason));
}

void aw_breathing_json(struct aw_json *j, const struct aw_tapped_breathing *b) {
    const struct aw_breathing_evidence *e = &b->evidence;
    bool known = e->rate_bpm.reason == AW_REASON_NONE, fine = e->fine_reason == AW_REASON_NONE;
    bool wave = e->wave_reason == AW_REASON_NONE;
    aw_json_open(j, '{');
    aw_json_key_str(j, "type", "breathing");
    aw_json_key_uint(j, "link", b->link);
    aw_json_key_str(j, "source", aw_origin_kind_key(b->origin));
    aw_json_key_num(j, "t_s", (double)e->t_ns * 1e-9, 3);
    aw_json_key_num(j, "breathing_bpm", known ? (double)e->rate_bpm.value : NAN, 2);
    aw_json_key_num(j, "breathing_confidence", known ? (double)e->rate_bpm.confidence : NAN, 3);
    aw_json_key_str(j, "breathing_reason", known ? NULL : aw_reason_key(e->rate_bpm.reason));
    aw_json_key_num(j, "candidate_bpm", fine ? (double)e->candidate_bpm : NAN, 2);
    aw_json_key_num(j, "candidate_confidence", fine ? (double)e->candidate_confidence : NAN, 3);
    aw_json_key_str(j, "candidate_reason", fine ? NULL : aw_reason_key(e->fine_reason));
    aw_json_key_num(j, "first_bpm", (double)e->first_bpm, 2);
    aw_json_key_num(j, "step_bpm", (double)e->step_bpm, 2);
    series(j, "coarse", "coarse_reason", e->coarse_reason, e->coarse, AW_BREATHING_POINTS);
    series(j, "fine", "fine_reason", e->fine_reason, e->fine, AW_BREATHING_POINTS);
    aw_json_key_num(j, "fine_window_s", fine ? (double)e->fine_s : NAN, 0);
    series(j, "wave", "wave_reason", e->wave_reason, e->wave, AW_BREATHING_WAVE);
    aw_json_key_num(j, "wave_rate_hz", wave ? (double)e->wave_hz : NAN, 1);
    aw_json_key_num(j, "wave_end_s", wave ? (double)e->wave_end_ns * 1e-9 : NAN, 3);
    weights(j, e);
    aw_json_close(j, '}');
}
