#ifndef AW_SIM_VITALS_H
#define AW_SIM_VITALS_H

#include "sim/config.h"

/* The chest of a person at rest: breathing and heart.
 *
 *     breathing   d(t) = chest_m depth(t) [ w(phi) + chest_second sin(4 pi phi) ]
 *                 phi = integral of the rate, in breaths; w rises from -1 to 1 on a half cosine for
 *                 the part `inhale` of a breath and falls back on another
 *     heart       d(t) = heart_m [ sin(2 pi psi) + 0.3 sin(4 pi psi) ]
 *
 * Rates between the entries of the profile run linearly, so that their integral is exact; both
 * rates wander slowly on two sines of random period.
 * Derived here; test_body.c differentiates the phase. The heart's second harmonic stands for its
 * pulse-like shape. */

struct aw_sim_wander {
    double peak_bpm;
    double hz[2], phase[2];
};

struct aw_sim_vitals {
    const struct aw_sim_person *person;
    struct aw_sim_wander breath, heart;
    double heart_phase;                /* cycles at t = 0 */
    double cycles[AW_SIM_MAX_BREATHS]; /* breaths since t = 0 at each entry of the profile */
};

/* seed, index  of the random phases
 * p            must outlive v */
void aw_sim_vitals_init(struct aw_sim_vitals *v, const struct aw_sim_person *p, uint64_t seed,
                        uint32_t index);

/* Breathing rate, and 0 in an apnoea. */
double aw_sim_vitals_breath_bpm(const struct aw_sim_vitals *v, double t_s);
double aw_sim_vitals_heart_bpm(const struct aw_sim_vitals *v, double t_s);

/* Displacement of the chest in m, outwards positive; by breathing and by the heart. */
double aw_sim_vitals_breath_m(const struct aw_sim_vitals *v, double t_s);
double aw_sim_vitals_heart_m(const struct aw_sim_vitals *v, double t_s);

#endif
