/* The task "densepose": what a camera would see of a body, by the last 2 s of a link. */
#include "sense/body_stream.h"
#include "server/model.h"
#include "server/task_rows.h"

#include <math.h>
#include <sodium.h>

struct builder {
    struct aw_task_rows rows; /* first */
    struct aw_body_map map;
};

static int init(void *builder, struct aw_arena *arena) {
    struct builder *b = builder;
    int err = aw_body_map_init(&b->map, arena, AW_TASK_MAP_PIXELS);
    aw_task_rows_init(&b->rows, arena);
    return err;
}

/* coarse_segm [1,2,H,W], fine_segm, u, v [1,25,H,W] */
static int check(struct aw_model *m, struct aw_why *why) {
    static const int64_t planes[] = {2, AW_BODY_CLASSES, AW_BODY_CLASSES, AW_BODY_CLASSES};
    bool right = m->net.n_out == 4;
    for (int i = 0; right && i < 4; i++) {
        const struct aw_nn_tensor *t = &m->net.out[i], *first = &m->net.out[0];
        right = t->rank == 4 && t->dim[0] == 1 && t->dim[1] == planes[i] &&
                t->dim[2] == first->dim[2] && t->dim[3] == first->dim[3] && t->dim[2] >= 1 &&
                t->dim[3] >= 1 && t->dim[2] * t->dim[3] <= AW_TASK_MAP_PIXELS;
    }
    if (right) return AW_OK;
    return aw_task_refuse(why, AW_ERR_UNSUPPORTED,
                          "its outputs are not coarse_segm [1,2,H,W] and fine_segm, u, v "
                          "[1,25,H,W] of at most %d pixels",
                          AW_TASK_MAP_PIXELS);
}

static void decode(const struct aw_model *m, void *builder, struct aw_answer *a) {
    struct builder *b = builder;
    const struct aw_nn_tensor *out = m->net.out;
    const struct aw_body_head head = {
        out[0].f, out[1].f, out[2].f, out[3].f, (uint32_t)out[0].dim[3], (uint32_t)out[0].dim[2]};
    int len = aw_body_map_run(&b->map, &head);
    if (len == AW_OK) len = aw_body_stream_write(&b->map, a->map.bytes, sizeof a->map.bytes);
    if (len < 0) a->reason = AW_REASON_NOT_FINITE;
    a->map.len = len < 0 ? 0 : (uint32_t)len;
    a->map.w = b->map.w;
    a->map.h = b->map.h;
    for (int p = 0; p < AW_BODY_CLASSES; p++) {
        a->map.pixels[p] = (uint16_t)b->map.pixels[p];
        a->map.confidence[p] = b->map.confidence[p];
    }
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void write(struct aw_json *j, const struct aw_model *m, const struct aw_answer *a) {
    enum { BASE64 = sodium_base64_VARIANT_ORIGINAL };
    char text[sodium_base64_ENCODED_LEN(AW_TASK_MAP_BYTES, BASE64)];
    (void)m;
    bool known = a->reason == AW_REASON_NONE;
    aw_json_key_num(j, "width", known ? a->map.w : (double)NAN, 0);
    aw_json_key_num(j, "height", known ? a->map.h : (double)NAN, 0);
    aw_json_key(j, "parts");
    if (known)
        aw_json_open(j, '[');
    else
        aw_json_null(j);
    for (unsigned p = 1; known && p < AW_BODY_CLASSES; p++) {
        if (a->map.pixels[p] == 0) continue;
        aw_json_open(j, '{');
        aw_json_key_str(j, "part", aw_body_part_key(p));
        aw_json_key_uint(j, "pixels", a->map.pixels[p]);
        aw_json_key_num(j, "confidence", (double)a->map.confidence[p], 2);
        aw_json_close(j, '}');
    }
    if (known) aw_json_close(j, ']');
    if (known) sodium_bin2base64(text, sizeof text, a->map.bytes, a->map.len, BASE64);
    aw_json_key_str(j, "map", known ? text : NULL);
}

const struct aw_task aw_task_densepose = {
    .name = "densepose",
    .input = "pose-rows-3x3-1",
    .rank = 3,
    .dim = {1, AW_POSE_INPUT_ROWS, AW_TASK_ROWS_WIDTH},
    .hop_ns = 200000000,
    .bytes = sizeof(struct builder),
    .arena_bytes = AW_TASK_ROWS_ARENA + 4 * AW_TASK_MAP_PIXELS,
    .quality_meaning = AW_TASK_ROWS_QUALITY,
    .init = init,
    .reset = aw_task_rows_reset,
    .empty = aw_task_rows_empty,
    .push = aw_task_rows_push,
    .build = aw_task_rows_build,
    .check = check,
    .decode = decode,
    .write = write,
};
