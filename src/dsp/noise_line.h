#ifndef AW_DSP_NOISE_LINE_H
#define AW_DSP_NOISE_LINE_H

#include "airwake.h"

/* Divides a spectrum by its noise, taken as a power law: ln u = a + b ln f fitted robustly, so that
 * a line in it does not lift it, with b held within [-3, 0] (white to random-walk-like drift):
 *
 *     z = u f^-b / e^a       about 1 where there is noise only; median 1
 *
 * Least absolute deviations by iterated weights (floor 0.05 neper, 4 rounds), then a = median.
 * Source: Schlossmacher, JASA 68, 1973. */

/* u [n] > 0 in, z out, in place. log_f [n]: ln of the frequency over any reference. scratch [n].
 * n >= 3. Returns b. */
float aw_noise_line_run(float *u, const float *log_f, size_t n, float *scratch);

#endif
