#include "sim/truth_json.h"

static void number(struct aw_json *j, const char *key, double x, int decimals) {
    aw_json_key(j, key);
    aw_json_num(j, x, decimals);
}

static void person(const struct aw_sim_truth_person *p, uint32_t id, struct aw_json *j) {
    aw_json_open(j, '{');
    aw_json_key(j, "id");
    aw_json_uint(j, id);
    aw_json_key(j, "moving");
    aw_json_bool(j, p->moving);
    aw_json_key(j, "lying");
    aw_json_bool(j, p->lying);
    number(j, "x_m", p->x_m, 3);
    number(j, "y_m", p->y_m, 3);
    number(j, "z_m", p->z_m, 3);
    number(j, "speed_mps", p->speed_mps, 3);
    number(j, "breathing_bpm", p->breathing_bpm, 3);
    number(j, "heart_bpm", p->heart_bpm, 3);
    number(j, "breathing_m", p->breathing_m, 6);
    number(j, "heart_m", p->heart_m, 6);
    aw_json_key(j, "falls");
    aw_json_uint(j, p->falls);
    aw_json_close(j, '}');
}

void aw_sim_truth_write(const struct aw_sim_truth *t, int64_t start_ns, struct aw_json *j) {
    aw_json_open(j, '{');
    number(j, "t_s", (double)(t->t_ns - start_ns) * 1e-9, 3);
    aw_json_key(j, "state");
    aw_json_str(j, aw_state_key(t->state));
    aw_json_key(j, "persons");
    aw_json_uint(j, t->persons);
    aw_json_key(j, "falls");
    aw_json_uint(j, t->falls);
    aw_json_key(j, "people");
    aw_json_open(j, '[');
    for (uint32_t i = 0; i < AW_SIM_MAX_PERSONS; i++)
        if (t->person[i].present) person(&t->person[i], i, j);
    aw_json_close(j, ']');
    aw_json_close(j, '}');
}
