#ifndef AW_SENSE_POSE_INPUT_H
#define AW_SENSE_POSE_INPUT_H

#include "airwake.h"
#include "base/arena.h"
#include "dsp/align.h"

/* What the pose and body map models see: the last 2 s of one link as a row each 0.1 s. Training and
 * serving both take them from here.
 *
 *     empty room:  packets -> aligned (dsp/align.h) -> T, the mean of up to 300
 *     then:        H aligned to T, one gain for all chains -> D = H / g - T, what a body adds
 *       |-> phases of antennas out, as T has them on average; T's mean delay out
 *       |-> per chain 3 values v: Legendre polynomials 0..2 over the band (20 MHz: delay and spread)
 *       |-> 80 Hz by linear interpolation
 *       '-> per 0.1 s: C = mean v v^H, all chains and polynomials; L1, L4 = mean v0(t) v0(t - lag)^H
 *           at 12.5 and 50 ms, polynomial 0 only
 *     row: log10 trace C; C, L1, L4 over the trace, each value z as z / sqrt |z|
 *
 * A common phase of D falls out of every product. Without a template of the empty room nothing is
 * given: somebody who keeps still is seen only against it. It is worth what the room still has in
 * common with it. Derived here; the accuracy of what is made of it is measured by training/pose.py.
 */
enum {
    AW_POSE_INPUT_RATE_HZ = 80,
    AW_POSE_INPUT_HOP = 8,   /* samples per row */
    AW_POSE_INPUT_ROWS = 20, /* of the window: 2 s */
    AW_POSE_INPUT_POLYS = 3,
    AW_POSE_INPUT_CHAINS = 9,        /* n_rx n_tx at most */
    AW_POSE_INPUT_LAG = 4,           /* samples, the longer one */
    AW_POSE_INPUT_MIN_EMPTY = 100,   /* packets of the empty room */
    AW_POSE_INPUT_MIN_PACKETS = 120, /* in the window: 60 per second */
    AW_POSE_INPUT_VALUES = AW_POSE_INPUT_CHAINS * AW_POSE_INPUT_POLYS,
    AW_POSE_INPUT_WIDTH = 1 + AW_POSE_INPUT_VALUES * AW_POSE_INPUT_VALUES +
                          4 * AW_POSE_INPUT_CHAINS * AW_POSE_INPUT_CHAINS,
};

/* Values of a row for n_chains: 1 + (3 n)^2 + 4 n^2. Order: log10 trace; C's upper triangle by
 * rows, the diagonal real, the others re, im; L1, then L4, by rows, re, im. Row and column of C:
 * 3 chain + polynomial; chain: n_tx rx + tx. */
static inline size_t aw_pose_input_width(size_t n_chains) {
    return 1 + 13 * n_chains * n_chains;
}

struct aw_pose_input {
    struct aw_align align;
    size_t n_rx, n_tx, n_chains, n_sub, n_values, width;
    uint16_t n_frame_sub;
    int16_t *k;      /* [n_sub] used, ascending */
    uint16_t *at;    /* [n_sub] where in the frame */
    float *iq, *out; /* [n_chains][n_sub][2] */
    float *basis;    /* [n_chains][POLYS][n_sub][2] */
    uint32_t empty;  /* packets that made the template */
    bool learning, ready;
    float last[AW_POSE_INPUT_VALUES][2];                    /* of the last packet */
    float past[AW_POSE_INPUT_LAG][AW_POSE_INPUT_CHAINS][2]; /* polynomial 0 of the last samples */
    double sum[AW_POSE_INPUT_WIDTH];                        /* of the row in the making */
    int64_t last_ns, next_ns;
    bool any;
    uint32_t samples, in_row, packets;
    float *row; /* [ROWS][width] ring */
    uint32_t came[AW_POSE_INPUT_ROWS];
    size_t head, count;
};

/* like  a frame of the link: its antennas and subcarriers are those of all to come
 * Errors: INVAL (more than 9 chains, fewer than 8 subcarriers in use), NOMEM. */
AW_MUST_USE int aw_pose_input_init(struct aw_pose_input *p, struct aw_arena *a,
                                   const struct aw_frame *like);

/* Forgets the window; the template stays. */
void aw_pose_input_reset(struct aw_pose_input *p);

/* From now on frames are of the empty room and make a new template, until false ends it. */
void aw_pose_input_learn(struct aw_pose_input *p, bool empty);

/* One frame at t_ns; frames of another layout, without signal or not newer than the last are
 * ignored; a gap of more than 0.25 s begins a new window. Returns whether a row was finished. */
bool aw_pose_input_push(struct aw_pose_input *p, int64_t t_ns, const struct aw_frame *f);

/* The row finished last [width]; NULL before the first. */
const float *aw_pose_input_row(const struct aw_pose_input *p);

/* out [ROWS][width], oldest first. NONE; NOT_CALIBRATED: no template; WARMING_UP: not yet 2 s
 * without a gap; RATE_TOO_LOW. */
enum aw_reason aw_pose_input_read(const struct aw_pose_input *p, float *out);

#endif
