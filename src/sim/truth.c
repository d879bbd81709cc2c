#include "sim/sim.h"

#include <math.h>

static void person_truth(const struct aw_sim_body *b, double t_s, struct aw_sim_truth_person *out) {
    struct aw_sim_point point[AW_SIM_BODY_POINTS];
    struct aw_sim_pose pose;
    *out = (struct aw_sim_truth_person){.x_m = NAN,
                                        .y_m = NAN,
                                        .z_m = NAN,
                                        .speed_mps = NAN,
                                        .breathing_bpm = NAN,
                                        .heart_bpm = NAN,
                                        .breathing_m = NAN,
                                        .heart_m = NAN};
    uint32_t n = aw_sim_body_points(b, t_s, point, &pose);
    out->falls = pose.falls;
    if (n == 0) return;
    out->present = true;
    out->moving = pose.moving;
    out->lying = pose.posture1 == AW_SIM_LYING && pose.blend >= 1;
    out->x_m = point[0].at_m[0];
    out->y_m = point[0].at_m[1];
    out->z_m = point[0].at_m[2];
    out->speed_mps = pose.speed_mps;
    out->breathing_bpm = aw_sim_vitals_breath_bpm(&b->vitals, t_s);
    out->heart_bpm = aw_sim_vitals_heart_bpm(&b->vitals, t_s);
    out->breathing_m = aw_sim_vitals_breath_m(&b->vitals, t_s);
    out->heart_m = aw_sim_vitals_heart_m(&b->vitals, t_s);
}

static double seconds_of(const struct aw_sim *s, int64_t t_ns) {
    return (double)(t_ns - s->config->start_ns) * 1e-9;
}

void aw_sim_truth(const struct aw_sim *s, int64_t t_ns, struct aw_sim_truth *out) {
    *out = (struct aw_sim_truth){.t_ns = t_ns, .state = AW_STATE_EMPTY};
    bool moving = false;
    for (uint32_t i = 0; i < s->config->n_persons; i++) {
        struct aw_sim_truth_person *p = &out->person[i];
        person_truth(&s->body[i], seconds_of(s, t_ns), p);
        out->persons += p->present;
        out->falls += p->falls;
        moving = moving || p->moving;
    }
    if (out->persons > 0) out->state = moving ? AW_STATE_MOVING : AW_STATE_STILL;
}

double aw_sim_way_rate_mps(const struct aw_sim *s, uint32_t link, uint32_t person, int64_t t_ns) {
    const double half_s = 0.5e-3;
    struct aw_sim_point a[AW_SIM_BODY_POINTS], b[AW_SIM_BODY_POINTS];
    double t_s = seconds_of(s, t_ns);
    if (!aw_sim_body_points(&s->body[person], t_s - half_s, a, NULL)) return NAN;
    if (!aw_sim_body_points(&s->body[person], t_s + half_s, b, NULL)) return NAN;
    const struct aw_sim_link *l = &s->config->link[link];
    return (aw_sim_channel_way(l, b[0].at_m) - aw_sim_channel_way(l, a[0].at_m)) / (2 * half_s);
}

bool aw_sim_skeleton(const struct aw_sim *s, uint32_t person, int64_t t_ns,
                     struct aw_sim_skeleton *out) {
    return aw_sim_body_skeleton(&s->body[person], seconds_of(s, t_ns), out, NULL, NULL);
}
