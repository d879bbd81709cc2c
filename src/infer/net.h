/* A model that is open, whoever computes it.
 *
 *     aw_arena_init(&arena, memory, bytes);
 *     aw_net_open(&net, &aw_net_plain, model, len, &arena, &why);
 *     memcpy(net.in[0].f, ...);     all inputs
 *     aw_net_run(&net);             then read net.out[0].f
 *     aw_net_close(&net);
 *
 * Backends: aw_net_plain here (infer/plain.h: this library alone); server/ort.h (ONNX Runtime). */
#ifndef AW_INFER_NET_H
#define AW_INFER_NET_H

#include "infer/graph.h"

struct aw_net;

struct aw_net_backend {
    const char *name;
    /* Fixes all shapes; fills all of a zeroed net but backend, which is set. */
    int (*open)(struct aw_net *net, const uint8_t *model, size_t len, struct aw_arena *arena,
                struct aw_nn_why *why);
    int (*run)(struct aw_net *net);    /* AW_OK, or an error of its own */
    void (*close)(struct aw_net *net); /* NULL: nothing to do */
};

struct aw_net {
    const struct aw_net_backend *backend;
    int n_in, n_out;
    struct aw_nn_tensor in[AW_NN_ENDS], out[AW_NN_ENDS]; /* floats; of the arena */
    void *state;                                         /* the backend's */
};

extern const struct aw_net_backend aw_net_plain;

/* Symbolic dimensions of the inputs become 1. Model and arena must outlive the net.
 * Errors, with *why: those of aw_onnx_parse(), and of the backend. Nothing is to be closed then. */
AW_MUST_USE int aw_net_open(struct aw_net *net, const struct aw_net_backend *backend,
                            const uint8_t *model, size_t len, struct aw_arena *arena,
                            struct aw_nn_why *why);

/* Computes the outputs. RANGE: one of them is not finite. Others: the backend's. */
AW_MUST_USE int aw_net_run(struct aw_net *net);

void aw_net_close(struct aw_net *net); /* zeroed is fine */

#endif
