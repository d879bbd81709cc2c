/* A body map: which surface part of a body each pixel shows, and where on that part.
 *
 *     coarse [2][h][w]  ---- body rather than background? --.
 *     fine   [25][h][w] ---- arg max over parts ------------+--> part 0..24 (0: nothing)
 *     u, v   [25][h][w] ---- those of that part, to 0..1 ---'    U, V in steps of 1/255
 *
 * The standard head of DensePose. A pixel is a part when its coarse logit of "body" exceeds the one
 * of "background" and the arg max of its fine logits is not 0; of equal logits the lower number
 * wins. Confidence of a pixel: softmax of coarse at "body" times softmax of fine at its part; of a
 * part: the mean over its pixels.
 * Source: Gueler, Neverova, Kokkinos, DensePose: Dense Human Pose Estimation In The Wild, CVPR 2018,
 * 3.1 (parts, I U V); the numbers of the parts are those of its published annotations. The
 * confidences are derived here; test_body_map.c has the definition. */
#ifndef AW_SENSE_BODY_MAP_H
#define AW_SENSE_BODY_MAP_H

#include "airwake.h"
#include "base/arena.h"

enum {
    AW_BODY_PARTS = 24,
    AW_BODY_CLASSES = AW_BODY_PARTS + 1, /* 0: background */
    AW_BODY_SIDE = 512,                  /* pixels at most, each way */
};

/* Part 1 is [0]. Of arms, front is the side that shows with the palms forward. */
#define AW_BODY_PART_KEYS                                                                          \
    {                                                                                              \
        "torso-back", "torso-front", "right-hand", "left-hand", "left-foot", "right-foot",         \
            "right-upper-leg-back", "left-upper-leg-back", "right-upper-leg-front",                \
            "left-upper-leg-front", "right-lower-leg-back", "left-lower-leg-back",                 \
            "right-lower-leg-front", "left-lower-leg-front", "left-upper-arm-front",               \
            "right-upper-arm-front", "left-upper-arm-back", "right-upper-arm-back",                \
            "left-lower-arm-front", "right-lower-arm-front", "left-lower-arm-back",                \
            "right-lower-arm-back", "right-head", "left-head"                                      \
    }

const char *aw_body_part_key(unsigned part); /* 0 "background"; above 24 "unknown" */

struct aw_body_map {
    uint32_t w, h;         /* pixels; 0: no map */
    uint32_t cap;          /* pixels that fit */
    uint8_t *part, *u, *v; /* [h][w]; u and v are 0 where part is */
    uint32_t pixels[AW_BODY_CLASSES];
    float confidence[AW_BODY_CLASSES]; /* 0..1; of parts that do not show, and of 0: 0 */
};

struct aw_body_head {
    const float *coarse; /* [2][h][w] logits */
    const float *fine;   /* [25][h][w] logits */
    const float *u, *v;  /* [25][h][w] */
    uint32_t w, h;
};

/* cap pixels, 1..AW_BODY_SIDE^2. Errors: INVAL, NOMEM. */
AW_MUST_USE int aw_body_map_init(struct aw_body_map *m, struct aw_arena *a, uint32_t cap);

/* Returns AW_OK; else the map is left empty: INVAL (a side is 0 or above AW_BODY_SIDE), TOO_MANY
 * (more pixels than fit), RANGE (a value of the head is not finite). */
AW_MUST_USE int aw_body_map_run(struct aw_body_map *m, const struct aw_body_head *head);

/* A value 0..1 in steps of 1/255; beyond it is the nearer end. */
uint8_t aw_body_byte(float x);

#endif
