/* What the builders of the tasks "pose" and "densepose" begin with: rows of one link of 3x3 antennas
 * (sense/pose_input.h), from its first frame on. Another number of antennas gives no answer. */
#ifndef AW_SERVER_TASK_ROWS_H
#define AW_SERVER_TASK_ROWS_H

#include "sense/pose_input.h"
#include "server/task.h"

enum {
    AW_TASK_ROWS_RX = 3,
    AW_TASK_ROWS_TX = 3,
    AW_TASK_ROWS_WIDTH = AW_POSE_INPUT_WIDTH, /* of 9 chains */
    AW_TASK_ROWS_ARENA = 1 << 20,
};
_Static_assert(AW_TASK_ROWS_RX *AW_TASK_ROWS_TX == AW_POSE_INPUT_CHAINS, "all chains");

struct aw_task_rows {
    struct aw_arena arena; /* what is left of the builder's */
    struct aw_pose_input input;
    bool ready, other, empty;
};

void aw_task_rows_init(struct aw_task_rows *r, const struct aw_arena *arena);

/* As struct aw_task's; builder: one whose first member is a struct aw_task_rows. */
void aw_task_rows_reset(void *builder);
void aw_task_rows_empty(void *builder, bool empty);
void aw_task_rows_push(void *builder, int64_t t_ns, const struct aw_frame *f);
/* in [AW_POSE_INPUT_ROWS][AW_TASK_ROWS_WIDTH]; quality as AW_TASK_ROWS_QUALITY says. */
enum aw_reason aw_task_rows_build(void *builder, float *in, float *quality);

#define AW_TASK_ROWS_QUALITY                                                                       \
    "share of the window's 80 samples per second that have a packet of their own"

#endif
