#ifndef AW_DSP_PCA_H
#define AW_DSP_PCA_H

#include "airwake.h"
#include "base/arena.h"

/* Principal components of a stream of real or complex vectors: covariance about the running mean,
 * both with exponential memory,
 *     d = x - m,   m <- m + alpha d,   R <- (1 - alpha) (R + alpha d d^H)
 *     alpha = max(1/t, 1/memory)       so that until `memory` pushes both are the plain averages
 * and, when asked, its r largest eigenvalues and vectors by subspace iteration started from the
 * last ones, with a Rayleigh-Ritz step (dsp/eigen.h) that turns the subspace into vectors. Error
 * of an angle falls per iteration by lambda_{b+1} / lambda_i, b = r + AW_PCA_SPARE: a few are
 * enough for a signal in noise, and one per second follows a slow change. Source: Welford,
 * Technometrics 4, 1962 and West, CACM 22, 1979 (covariance); Golub, Van Loan, Matrix Computations,
 * 4th ed., 8.2.4 and 7.3.2 (iteration). */
enum { AW_PCA_MAX_R = 8, AW_PCA_SPARE = 4, AW_PCA_MAX_BLOCK = AW_PCA_MAX_R + AW_PCA_SPARE };

struct aw_pca {
    size_t n, r, block;
    bool is_complex;
    float memory, seen;
    double growth; /* R = acc / growth: old pushes are not decayed, new ones weigh more */
    double *mean_re, *mean_im; /* [n]; float would stand still memory/2 of its last places off */
    float *d_re, *d_im;        /* [n] scratch; im is zero for real vectors */
    float *acc_re, *acc_im;    /* [n][n] lower triangle; im unused for real vectors */
    float *q_re, *q_im;        /* [block][n] subspace, orthonormal */
    float *z_re, *z_im;        /* [block][n] R q */
    float value[AW_PCA_MAX_R]; /* eigenvalues, largest first, x^2; 0 before solve */
    float *vector;             /* [r][n] or [r][n][2], norm 1 */
};

/* n       elements per vector, 1..1024
 * r       components wanted, 1..AW_PCA_MAX_R, <= n
 * memory  pushes, >= 2
 * Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_pca_init(struct aw_pca *p, struct aw_arena *a, size_t n, size_t r,
                            bool is_complex, float memory);
void aw_pca_reset(struct aw_pca *p);

/* x [n] real or [n][2] complex, finite. O(n^2). */
void aw_pca_push(struct aw_pca *p, const float *x);

/* Updates value and vector with `iterations` >= 1 steps from where it was; O(block n^2) each.
 * Sign (phase) of each vector: the one nearest to the same component before. */
void aw_pca_solve(struct aw_pca *p, unsigned iterations);

/* y[i] = v[i]^H (x - mean): y [r] or [r][2]. */
void aw_pca_project(const struct aw_pca *p, const float *x, float *y);

#endif
