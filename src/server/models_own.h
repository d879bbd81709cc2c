/* What models.c and models_thread.c share. */
#ifndef AW_SERVER_MODELS_OWN_H
#define AW_SERVER_MODELS_OWN_H

#include "base/ring.h"
#include "server/frame_tap.h"
#include "server/models.h"
#include "server/ort.h"

#include <pthread.h>

enum { AW_MODELS_ANSWERS = 256, AW_MODELS_FRAMES = 256 };

/* Of the answers' ring. */
struct aw_models_said {
    uint8_t model;
    struct aw_answer answer;
};

/* A link as the model thread follows it. */
struct aw_models_link {
    bool used;
    uint32_t link;
    enum aw_origin_kind origin;
    int64_t t_ns, wall_ns; /* of its newest frame */
    struct {
        void *builder;
        bool due, empty; /* empty: the room is, and the builder knows */
        int64_t due_ns;  /* monotonic: since when */
        int64_t next_ns; /* the data's own time */
    } of[AW_MODELS];
};

struct aw_models_one {
    struct aw_model model;
    char path[4096];
    struct aw_why why; /* "": in use */
    _Atomic uint64_t runs, failed, skipped, sum_ns, bucket[AW_MODELS_BUCKETS + 1];
};

struct aw_models {
    struct aw_ort ort;
    const struct aw_net_backend *backend;
    char backend_name[64];
    struct aw_why backend_why;
    int n;
    struct aw_models_one one[AW_MODELS];
    struct aw_frame_tap *tap;

    /* the model thread's */
    pthread_t thread;
    bool running;
    atomic_bool stop, crowded; /* crowded: a link found no place */
    void (*wake)(void *ctx);
    void *wake_ctx;
    struct aw_models_link links[AW_MODELS_LINKS];

    struct aw_ring *answers; /* of struct aw_models_said */
    void *answers_memory;

    /* the loop thread's: the last of each link and model */
    struct {
        bool used;
        uint32_t link;
        bool any[AW_MODELS];
        struct aw_answer last[AW_MODELS];
    } seen[AW_MODELS_LINKS];
};

void *aw_models_run(void *m); /* the thread */
void aw_models_forget_links(struct aw_models *m);

#endif
