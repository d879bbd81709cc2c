#ifndef AW_BENCH_SIM_DOPPLER_H
#define AW_BENCH_SIM_DOPPLER_H

#include "sim_rooms.h"

/* Signed Doppler of a walker at 1 m/s in a random room, two receive chains of an Intel 5300 at
 * 5 GHz: quotient of the chains (dsp/quotient) -> slots of 10 ms (dsp/slots) -> in windows of 0.32 s
 * the one line beside the static channel (dsp/line) -> the rate at which the way over the body grows.
 * Refused where another line explains 43 % of it or more: echoes of the same body by way of the walls
 * have rates of their own. Compared with the truth at the window's middle wherever the body
 * walks throughout and its way changes by 0.3 to 2.4 m/s: slower is not told from a straight line,
 * faster beyond half the slots' rate. The body is a point: with limbs there is no one true Doppler. */
enum { SIM_DOPPLER_MAX = 2048 };

struct sim_doppler {
    unsigned walked;                   /* windows judged */
    unsigned walked_within;            /* of them within 0.1 m/s if it could not refuse */
    unsigned n;                        /* not refused */
    unsigned wrong_sign;               /* of these */
    double error_mps[SIM_DOPPLER_MAX]; /* absolute, of these */
};

AW_MUST_USE bool sim_room_doppler(uint64_t seed, const struct sim_radio *radio, double echo_db,
                                  struct sim_doppler *out);

#endif
