#ifndef AW_DSP_EIGEN_H
#define AW_DSP_EIGEN_H

#include "airwake.h"

/* All eigenvalues and eigenvectors of a small Hermitian matrix, A v = w v, by cyclic Jacobi
 * rotations: every pair (p, q) in turn is made diagonal, until nothing is left beside the diagonal.
 * Errors are of the size of the largest eigenvalue's rounding;
 * O(n^3) per sweep, 1 to 8 sweeps up to n = 16.
 *
 * a  [n][n][2] pairs (re, im); the lower triangle is not read before it is made the mirror of the
 *    upper; destroyed. Finite.
 * v  [n][n][2] out: v[i] is the eigenvector number i, of norm 1
 * w  [n] out: eigenvalues, largest first
 * Source: Golub, Van Loan, Matrix Computations, 4th ed., 8.5 (real); for Hermitian matrices a
 * phase turns each pair's element real first. */
void aw_eigen_run(double *a, double *v, double *w, size_t n);

#endif
