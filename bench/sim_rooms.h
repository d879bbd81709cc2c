#ifndef AW_BENCH_SIM_ROOMS_H
#define AW_BENCH_SIM_ROOMS_H

#include "airwake.h"
#include "sim/config.h"

/* Random simulated rooms (aw_sim_config_shuffle) through a whole session, judged against their
 * truth. One ESP32 link with one antenna unless said otherwise. The seed is all there is to a room:
 * the same seed gives the same figures. Every function returns false when out of memory. */

/* What is simulated about the radio. */
struct sim_radio {
    double rate_hz;
    double snr_db, agc;              /* as in aw_sim_impair */
    double agc_step_db, agc_step_hz; /* 0: none */
    double loss, loss_burst;
};

/* 30 dB, 3 % gain jitter, 0.5 % loss; 25 dB, 5 %; and the second with gain steps of 3 dB six times
 * a minute and 5 % of the frames lost in runs of 10. */
struct sim_radio sim_radio_usual(double rate_hz);
struct sim_radio sim_radio_poor(double rate_hz);
struct sim_radio sim_radio_rough(double rate_hz);
void sim_radio_apply(struct aw_sim_config *c, const struct sim_radio *radio);

/* ---- breathing: 60 s of somebody sitting, a constant rate ---- */

struct sim_chest {
    double chest_m; /* half of peak to peak */
    bool point;     /* the body is one point with an echo of echo_db; else 8 points by distance */
    double echo_db;
};

struct sim_breathing {
    double truth_bpm;     /* 8..28, spread evenly over successive seeds */
    double candidate_bpm; /* what the block would say after 60 s if it had to; NAN none */
    double published_bpm; /* what the session says after 60 s; NAN refused */
    unsigned seconds;     /* the last 30: */
    unsigned published, published_right, moving;
    enum aw_reason reason; /* of the last second */
};

AW_MUST_USE bool sim_room_breathing(uint64_t seed, const struct sim_radio *radio,
                                    const struct sim_chest *chest, struct sim_breathing *out);

/* ---- heart: 120 s of somebody sitting, two receive chains of an Intel 5300 at 5 GHz ---- */

struct sim_heart {
    double truth_bpm;     /* 55..95; of the last 60 s, mean */
    double published_bpm; /* what the session says at the end; NAN refused */
    enum aw_reason reason;
    double breathing_truth_bpm, breathing_bpm; /* the latter NAN: refused */
};

/* The chest moves by 2 mm (half of peak to peak), the echo is a point at -16 dB; the rate wanders
 * slowly within +- wander_bpm. */
AW_MUST_USE bool sim_room_heart(uint64_t seed, const struct sim_radio *radio, double heart_m,
                                double wander_bpm, struct sim_heart *out);

/* ---- a step in rate: scenario `step`, 12 -> 20 -> 15 per minute ---- */

struct sim_relock {
    double candidate_s[2], published_s[2]; /* from the step to the first of 5 seconds in a row that
                                            * are right; INFINITY never */
    unsigned wrong; /* seconds published, wrong against the rate of now, after 60 s */
    unsigned published;
};

AW_MUST_USE bool sim_room_relock(uint64_t seed, const struct sim_radio *radio,
                                 const struct sim_chest *chest, struct sim_relock *out);

/* ---- motion: one decision per second, from 5 s on ---- */

struct sim_motion {
    unsigned decisions;
    unsigned above;  /* motion above its threshold */
    unsigned moving; /* the session's state */
    unsigned unread; /* no decision */
    unsigned breathing, falls;
};

/* Nothing moves for so long. */
AW_MUST_USE bool sim_room_empty(uint64_t seed, const struct sim_radio *radio, double seconds,
                                struct sim_motion *out);

/* Somebody sits and breathes: what of that is called motion. */
AW_MUST_USE bool sim_room_sitting(uint64_t seed, const struct sim_radio *radio, double chest_m,
                                  double seconds, struct sim_motion *out);

/* An empty room for empty_s, then a walker at 1 m/s for 45 s; only seconds with walking throughout the last 4 s count. fixed: the
 * echo is at echo_db wherever the body is; else by radar cross section and distance. */
AW_MUST_USE bool sim_room_walker(uint64_t seed, const struct sim_radio *radio, double empty_s,
                                 bool fixed, double echo_db, struct sim_motion *out);

#endif
