#ifndef AW_SIM_SURFACE_H
#define AW_SIM_SURFACE_H

#include "sim/figure.h"

/* The surface of a figure in the 24 parts of DensePose: what scatters radio, and what a camera
 * would see of it.
 *
 * Parts (Guler, Neverova, Kokkinos, DensePose, CVPR 2018): 1, 2 trunk back and front; 3, 4 hand
 * right and left; 5, 6 foot left and right; 7, 8 upper leg right and left behind, 9, 10 in front;
 * 11, 12 and 13, 14 likewise lower leg; 15, 16 upper arm left and right in front, 17, 18 behind;
 * 19, 20 and 21, 22 likewise lower arm; 23, 24 head right and left. U runs along the bone, from its
 * beginning (0) to its end (1); V around the half that the part is, 0 at the body's right for fronts
 * and backs, at the front for halves of the head, 0..1. Hands and feet are one part all around. The
 * charts are our own; only the parts are DensePose's. */

enum { AW_SIM_PATCHES = 60, AW_SIM_PARTS = 25 }; /* parts: 0 is the background */

struct aw_sim_patch {
    double at_m[3], normal[3];
    double power; /* share of the body's radar cross section when seen face on; sums to about 1 */
    double back;  /* amplitude when seen from behind over that face on, 0..1 */
};

/* Places, directions and shares of all patches. chest_m moves the front of the trunk outwards. */
void aw_sim_surface_patches(const struct aw_sim_skeleton *s, double chest_m,
                            struct aw_sim_patch out[AW_SIM_PATCHES]);

/* A camera at infinity that looks along `look`; its picture is n by n pixels over size_m, the
 * middle of the left edge to the right edge along `right`, rows downwards. */
struct aw_sim_camera {
    double corner_m[3];       /* top left corner of the picture, depth 0 */
    double right[3], look[3]; /* unit vectors; down is -z */
    double size_m;
    int n;
};

/* What the camera sees: per pixel the nearest part, U and V.
 * part  [n][n] 0..24; u, v  [n][n] 0..255 for 0..1 */
void aw_sim_surface_see(const struct aw_sim_skeleton *s, const struct aw_sim_camera *c,
                        uint8_t *part, uint8_t *u, uint8_t *v);

#endif
