/* The models that the server uses, computed on a thread of their own:
 *
 *     sensing thread          model thread                            loop thread
 *     frame tap (ring)  ->  builders per link and model
 *                           due? build, compute, decode  -> ring ->  aw_models_drain(): answers
 *
 * Nobody waits for a model. Frames that find the tap full are lost to the models alone. A link is
 * due once per hop of its task; one that is still waiting when it is due again is computed once,
 * with what came last (latest wins), and counted as skipped; the one that has waited longest comes
 * first. Without a model that can be used there is no thread, no tap, and nothing is loaded. */
#ifndef AW_SERVER_MODELS_H
#define AW_SERVER_MODELS_H

#include "server/model.h"

struct aw_frame_tap;

enum {
    AW_MODELS = 4,        /* in use at a time, one per task */
    AW_MODELS_LINKS = 64, /* that are followed at a time */
    AW_MODELS_BUCKETS = 9,
    AW_MODELS_FORGET_S = 60, /* a silent link gives its place to another one */
};

/* Upper bounds of the times to build and compute, s. */
#define AW_MODELS_BOUNDS_S                                                                         \
    { 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5 }

struct aw_models_config {
    const char *const *paths;      /* of cards or models */
    int n;                         /* 0..AW_MODELS */
    const char *backend, *library; /* as for aw_ort_choose() */
};

struct aw_models_stats {
    uint64_t runs, failed, skipped;         /* computed; of these without a number; not computed */
    uint64_t bucket[AW_MODELS_BUCKETS + 1]; /* by time; the last: above all bounds */
    double sum_s;
};

struct aw_models;

/* Opens all; a model that is refused stays in the list with its sentence, and is no error, nor is
 * a backend that cannot be had: then all are refused.
 * Errors: NOMEM. */
AW_MUST_USE int aw_models_open(struct aw_models **out, const struct aw_models_config *config);
void aw_models_close(struct aw_models *m); /* stops first; NULL is fine */

/* Starts the thread when there is a model to compute; once. It calls wake when answers wait (NULL:
 * nobody), until aw_models_stop(). Errors: IO. */
AW_MUST_USE int aw_models_start(struct aw_models *m, void (*wake)(void *ctx), void *wake_ctx);
void aw_models_stop(struct aw_models *m);

/* Where the sensing thread puts frames; NULL: no model is used. m NULL is fine here and below. */
struct aw_frame_tap *aw_models_tap(const struct aw_models *m);

int aw_models_count(const struct aw_models *m);
/* Place of the model of this name; -1. */
int aw_models_find(const struct aw_models *m, const char *name);
const struct aw_model *aw_models_get(const struct aw_models *m, int i); /* also refused ones */
const char *aw_models_name(const struct aw_models *m, int i);
const char *aw_models_path(const struct aw_models *m, int i);
const char *aw_models_refused(const struct aw_models *m, int i); /* the sentence; NULL: in use */
const char *aw_models_backend(const struct aw_models *m);        /* "plain", "onnxruntime 1.32.0" */
const char *aw_models_backend_why(const struct aw_models *m);    /* why not another; "" */
void aw_models_stats(const struct aw_models *m, int i, struct aw_models_stats *out);
uint64_t aw_models_lost(const struct aw_models *m); /* frames that found the tap full */

/* Loop thread: takes the answers in. */
void aw_models_drain(struct aw_models *m);

/* Loop thread: what model i says of a link; its reason is set when there is no answer, or only an
 * old one. */
struct aw_answer aw_models_answer(const struct aw_models *m, int i, uint32_t link, int64_t now_ns);

/* Loop thread: the members of the answers about a link, into an open object: one per model in use,
 * under the name of its task. */
void aw_models_json(struct aw_json *j, const struct aw_models *m, uint32_t link, int64_t now_ns);

#endif
