#ifndef AW_BENCH_SIM_SPEED_H
#define AW_BENCH_SIM_SPEED_H

#include "sim_rooms.h"

/* Walking speed (sense/speed) through a whole session: somebody walks straight ways between random
 * places of a random room at one of 0.4 to 2 m/s, with 12 s of standing after every six ways. Truth is
 * the mean speed of the last 8 s, turns and starts included; judged are the seconds that end 8 s of
 * walking without a stop. */
enum { SIM_SPEED_MAX = 128 };

struct sim_speed {
    unsigned walked;                 /* seconds judged */
    unsigned n;                      /* of them with a speed: */
    double truth_mps[SIM_SPEED_MAX]; /* of the seconds walked; the first n have a speed */
    double error_mps[SIM_SPEED_MAX]; /* [n] said - truth */
    unsigned stood, stood_given;     /* seconds after 3 s or more of standing; with a speed */
};

/* chains  1: ESP32 at 2.4 GHz, 2: Intel 5300 at 5 GHz */
AW_MUST_USE bool sim_room_speed(uint64_t seed, const struct sim_radio *radio, uint32_t chains,
                                bool fixed, double echo_db, struct sim_speed *out);

#endif
