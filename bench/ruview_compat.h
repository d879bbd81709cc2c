#ifndef AW_BENCH_RUVIEW_COMPAT_H
#define AW_BENCH_RUVIEW_COMPAT_H

#include "base/sha256.h"

/* RuView's "deterministic pipeline proof", computed here from its description: a reference signal
 * of 3 antennas and 56 subcarriers from a Mersenne twister, 368 features of each of its first 100
 * frames, rounded to 1e-6 and hashed.
 *
 * Of the 368, 64 are a Doppler spectrum of a signal without Doppler: its phases do not change, so
 * these are rounding noise divided by its own maximum. They come out as published only with glibc
 * and without fused multiply-adds; the other 304 come out alike everywhere. Hence two hashes.
 *
 * Source: RuView, v1/data/proof: generate_reference_signal.py and verify.py, as described in
 * docs/proof.md; Matsumoto, Nishimura, Mersenne Twister, ACM TOMACS 8(1) 1998. */
struct ruview_compat {
    char full[AW_SHA256_HEX];            /* of all 368 features */
    char without_doppler[AW_SHA256_HEX]; /* of all with the 64 Doppler values set to zero */
    double phase_change_rad;             /* largest change of any phase from frame to frame */
    double amplitude_mean[3], variance, phase_difference, correlation, psd[2]; /* last frame */
};

extern const char ruview_compat_full[];            /* as RuView publishes it */
extern const char ruview_compat_without_doppler[]; /* not published; of any correct program */

/* seed 0: as published; else every phase is moved by one unit in the last place, up or down. */
void ruview_compat_run(uint64_t seed, struct ruview_compat *out);

/* Prints the hashes and what they show and do not show. Returns 0 when the features that the input
 * determines come out as expected (the full hash may differ with another C library: then it says
 * so), 1 otherwise. */
int ruview_compat_print(void);

#endif
