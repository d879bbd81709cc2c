#include "sim/vitals.h"

#include "sim/rng.h"
#include "sim/streams.h"
#include "sim/units.h"

#include <math.h>

static const double wander_part[2] = {0.6, 0.4};

static void wander_init(struct aw_sim_wander *w, double peak_bpm, struct aw_rng *r) {
    w->peak_bpm = peak_bpm;
    w->hz[0] = 1 / aw_rng_range(r, 70, 140); /* slower than a breath, faster than a recording */
    w->hz[1] = 1 / aw_rng_range(r, 30, 60);
    w->phase[0] = aw_rng_range(r, 0, AW_TWO_PI);
    w->phase[1] = aw_rng_range(r, 0, AW_TWO_PI);
}

static double wander_bpm(const struct aw_sim_wander *w, double t_s) {
    double sum = 0;
    for (int i = 0; i < 2; i++)
        sum += wander_part[i] * sin(AW_TWO_PI * w->hz[i] * t_s + w->phase[i]);
    return w->peak_bpm * sum;
}

/* Its integral from 0, in cycles. */
static double wander_cycles(const struct aw_sim_wander *w, double t_s) {
    double sum = 0;
    for (int i = 0; i < 2; i++) {
        double omega = AW_TWO_PI * w->hz[i];
        sum += wander_part[i] / omega * (cos(w->phase[i]) - cos(omega * t_s + w->phase[i]));
    }
    return w->peak_bpm / 60 * sum;
}

void aw_sim_vitals_init(struct aw_sim_vitals *v, const struct aw_sim_person *p, uint64_t seed,
                        uint32_t index) {
    struct aw_rng r;
    aw_rng_init(&r, seed, AW_SIM_STREAM_VITALS, index);
    v->person = p;
    wander_init(&v->breath, p->wander_bpm, &r);
    wander_init(&v->heart, p->heart_wander_bpm, &r);
    v->heart_phase = aw_rng_uniform(&r);
    double start = aw_rng_uniform(&r);
    for (uint32_t i = 0; i < p->n_breaths; i++) {
        const struct aw_sim_breath *b = &p->breath[i];
        if (i == 0) {
            v->cycles[i] = start + b->t_s * b->bpm / 60;
        } else {
            const struct aw_sim_breath *a = b - 1;
            v->cycles[i] = v->cycles[i - 1] + (b->t_s - a->t_s) * (a->bpm + b->bpm) / 120;
        }
    }
}

/* The profile at t: rate, depth and phase without wander. */
static void profile(const struct aw_sim_vitals *v, double t_s, struct aw_sim_breath *at,
                    double *cycles) {
    const struct aw_sim_person *p = v->person;
    uint32_t i = 0;
    while (i + 1 < p->n_breaths && p->breath[i + 1].t_s <= t_s) i++;
    const struct aw_sim_breath *a = &p->breath[i];
    *at = *a;
    double dt = t_s - a->t_s;
    if (dt > 0 && i + 1 < p->n_breaths) {
        double u = dt / (a[1].t_s - a->t_s);
        at->bpm += u * (a[1].bpm - a->bpm);
        at->depth += u * (a[1].depth - a->depth);
    }
    *cycles = v->cycles[i] + dt * (a->bpm + at->bpm) / 120;
}

double aw_sim_vitals_breath_bpm(const struct aw_sim_vitals *v, double t_s) {
    if (v->person->n_breaths == 0) return 0;
    struct aw_sim_breath at;
    double cycles;
    profile(v, t_s, &at, &cycles);
    /* Under a twentieth of its usual depth nobody would call it breathing. */
    return at.depth > 0.05 ? at.bpm + wander_bpm(&v->breath, t_s) : 0;
}

double aw_sim_vitals_heart_bpm(const struct aw_sim_vitals *v, double t_s) {
    return v->person->heart_bpm + wander_bpm(&v->heart, t_s);
}

double aw_sim_vitals_breath_m(const struct aw_sim_vitals *v, double t_s) {
    const struct aw_sim_person *p = v->person;
    if (p->n_breaths == 0) return 0;
    struct aw_sim_breath at;
    double cycles;
    profile(v, t_s, &at, &cycles);
    cycles += wander_cycles(&v->breath, t_s);
    double phi = cycles - floor(cycles);
    double w = phi < p->inhale ? -cos(AW_PI * phi / p->inhale)
                               : cos(AW_PI * (phi - p->inhale) / (1 - p->inhale));
    return p->chest_m * at.depth * (w + p->chest_second * sin(2 * AW_TWO_PI * phi));
}

double aw_sim_vitals_heart_m(const struct aw_sim_vitals *v, double t_s) {
    const struct aw_sim_person *p = v->person;
    double psi = v->heart_phase + p->heart_bpm / 60 * t_s + wander_cycles(&v->heart, t_s);
    return p->heart_m * (sin(AW_TWO_PI * psi) + 0.3 * sin(2 * AW_TWO_PI * psi));
}
