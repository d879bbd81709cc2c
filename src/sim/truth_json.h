#ifndef AW_SIM_TRUTH_JSON_H
#define AW_SIM_TRUTH_JSON_H

#include "base/json.h"
#include "sim/sim.h"

/* One line of a truth file: {"t_s":12.000,"state":"still","persons":1,"falls":0,"people":[{"id":0,
 * "moving":false,"lying":false,"x_m":..,"y_m":..,"z_m":..,"speed_mps":..,"breathing_bpm":..,
 * "heart_bpm":..,"breathing_m":..,"heart_m":..,"falls":0}]}; only people who are present. */
void aw_sim_truth_write(const struct aw_sim_truth *t, int64_t start_ns, struct aw_json *j);

#endif
