#ifndef AW_DSP_CHOLESKY_H
#define AW_DSP_CHOLESKY_H

#include "airwake.h"

/* Cholesky factor A = L L' of a symmetric positive definite matrix and the inverse of L: small n,
 * no pivoting. a [n][stride] is read below and on the diagonal and becomes L there; inverse
 * [n][stride] becomes L^-1 (its upper part zero). Returns AW_ERR_INVAL when A is not positive
 * definite to working precision (or holds NaN); both arrays are then of no use.
 * Source: Golub, Van Loan, Matrix Computations, 4th ed., alg. 4.2.1 and 3.1.1. */
int aw_cholesky_run(float *a, float *inverse, size_t n, size_t stride);

#endif
