/* What models are for. A task makes the input of its models out of a link's frames and reads their
 * output; one file per task, its registration at its end, one line in task.c.
 *
 *     frames -> push() -> build() -> input -> model -> output -> decode() -> answer -> write()
 *
 * init, reset, push and build work on a builder, one per link and model, in the model's thread. */
#ifndef AW_SERVER_TASK_H
#define AW_SERVER_TASK_H

#include "airwake.h"
#include "base/arena.h"
#include "base/json.h"
#include "sense/body_stream.h"
#include "sense/pose_tracker.h"
#include "server/feed.h"
#include "server/unpack.h"

struct aw_model;

enum {
    AW_TASK_CLASSES = 16,
    AW_TASK_PERSONS = 4,          /* told of, at most */
    AW_TASK_MAP_PIXELS = 64 * 64, /* of a body map, at most */
    AW_TASK_MAP_BYTES = 17 * 1024,
};
_Static_assert(AW_TASK_MAP_BYTES >= AW_BODY_STREAM_BYTES(AW_TASK_MAP_PIXELS), "any map fits");

/* What a model says of a link at one moment. */
struct aw_answer {
    uint32_t link;
    enum aw_origin_kind origin;
    int64_t t_ns;          /* the data's own time: of the newest frame */
    int64_t wall_ns;       /* Unix time at which that came */
    enum aw_reason reason; /* NONE, or why there is no answer */
    float quality;         /* of the input, 0..1, as the task defines it; NAN without input */
    float took_ms;         /* to build the input and to compute; NAN: not computed */
    union {
        struct {
            int best;
            float probability[AW_TASK_CLASSES];
        } classes;
        struct {
            uint32_t n;
            struct aw_tracked who[AW_TASK_PERSONS];
        } persons;
        struct {
            uint32_t w, h, len;
            uint16_t pixels[AW_BODY_CLASSES];
            float confidence[AW_BODY_CLASSES];
            uint8_t bytes[AW_TASK_MAP_BYTES]; /* sense/body_stream.h */
        } map;
    };
};

struct aw_task {
    const char *name, *input; /* of cards: task, input.kind */
    int rank;                 /* of the input */
    int64_t dim[4];
    int64_t hop_ns;              /* from one answer to the next */
    size_t bytes, arena_bytes;   /* of a builder; of what it takes from an arena */
    const char *quality_meaning; /* for people */

    int (*init)(void *builder, struct aw_arena *arena);
    void (*reset)(void *builder);
    void (*empty)(void *builder, bool empty); /* the room is, until false; NULL: no matter */
    void (*push)(void *builder, int64_t t_ns, const struct aw_frame *f);
    /* in [product of dim]; quality is set with NONE. */
    enum aw_reason (*build)(void *builder, float *in, float *quality);

    int (*check)(struct aw_model *m, struct aw_why *why); /* card and outputs; UNSUPPORTED, TEXT */
    void (*decode)(const struct aw_model *m, void *builder, struct aw_answer *a);
    /* The members of an answer, into an open object; null each when it has a reason. */
    void (*write)(struct aw_json *j, const struct aw_model *m, const struct aw_answer *a);
};

extern const struct aw_task aw_task_activity, aw_task_pose, aw_task_densepose;

const struct aw_task *aw_task_find(const char *name); /* NULL: not known here */

/* A new builder; free() ends it. NULL: out of memory. */
void *aw_task_builder(const struct aw_task *t);
size_t aw_task_values(const struct aw_task *t); /* of its input */

/* A refusal with a sentence. Returns err. */
int aw_task_refuse(struct aw_why *why, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
