#ifndef AW_BENCH_SIM_DOPPLER_H
#define AW_BENCH_SIM_DOPPLER_H

#include "sim_rooms.h"

/* Signed Doppler of a walker at 1 m/s in a random room, two receive chains of an Intel 5300 at
 * 5 GHz: quotient of the chains (dsp/quotient) -> slots of 10 ms (dsp/slots) -> spectrogram of 0.32 s
 * summed over the subcarriers (dsp/stft) -> its largest line beyond 3 / 0.32 s, with a parabola, as
 * the rate at which the way over the body grows. Compared with the truth at the window's middle
 * wherever the body walks throughout and its way changes by 0.3 to 2.4 m/s: slower is within the
 * static channel's leakage, faster beyond half the slots' rate. The body is a point: with limbs there
 * is no one true Doppler. */
enum { SIM_DOPPLER_MAX = 2048 };

struct sim_doppler {
    unsigned n;                        /* windows judged */
    unsigned wrong_sign;               /* of them */
    double error_mps[SIM_DOPPLER_MAX]; /* absolute */
};

AW_MUST_USE bool sim_room_doppler(uint64_t seed, const struct sim_radio *radio, double echo_db,
                                  struct sim_doppler *out);

#endif
