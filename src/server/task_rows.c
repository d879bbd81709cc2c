#include "server/task_rows.h"

#include <math.h>

void aw_task_rows_init(struct aw_task_rows *r, const struct aw_arena *arena) {
    *r = (struct aw_task_rows){.arena = *arena};
}

void aw_task_rows_reset(void *builder) {
    struct aw_task_rows *r = builder;
    if (r->ready) aw_pose_input_reset(&r->input);
}

void aw_task_rows_empty(void *builder, bool empty) {
    struct aw_task_rows *r = builder;
    r->empty = empty;
    if (r->ready) aw_pose_input_learn(&r->input, empty);
}

void aw_task_rows_push(void *builder, int64_t t_ns, const struct aw_frame *f) {
    struct aw_task_rows *r = builder;
    if (!r->ready) {
        r->other = f->n_rx != AW_TASK_ROWS_RX || f->n_tx != AW_TASK_ROWS_TX;
        if (r->other) return;
        struct aw_arena arena = r->arena; /* one that did not fit leaves nothing behind */
        r->ready = aw_pose_input_init(&r->input, &arena, f) == AW_OK;
        r->other = !r->ready;
        if (!r->ready) return;
        if (r->empty) aw_pose_input_learn(&r->input, true);
    }
    (void)aw_pose_input_push(&r->input, t_ns, f);
}

enum aw_reason aw_task_rows_build(void *builder, float *in, float *quality) {
    const struct aw_task_rows *r = builder;
    const float samples = AW_POSE_INPUT_ROWS * AW_POSE_INPUT_HOP;
    uint32_t packets = 0;
    if (r->other) return AW_REASON_OTHER_ANTENNAS;
    if (!r->ready) return AW_REASON_NO_FRAMES;
    enum aw_reason why = aw_pose_input_read(&r->input, in);
    if (why != AW_REASON_NONE) return why;
    for (int i = 0; i < AW_POSE_INPUT_ROWS; i++) packets += r->input.came[i];
    *quality = fminf(1, (float)packets / samples);
    return AW_REASON_NONE;
}
