#include "infer/net.h"
#include "infer/plain.h"

#include <math.h>
#include <string.h>

static int plain_open(struct aw_net *net, const uint8_t *model, size_t len, struct aw_arena *arena,
                      struct aw_nn_why *why) {
    struct aw_plain *plain = aw_arena_alloc(arena, 1, sizeof *plain);
    if (!plain) {
        *why = (struct aw_nn_why){"too large for the memory given", {0}, -1};
        return AW_ERR_NOMEM;
    }
    int err = aw_plain_open(plain, model, len, arena, why);
    if (err != AW_OK) return err;
    net->state = plain;
    net->n_in = plain->graph.n_in;
    net->n_out = plain->graph.n_out;
    for (int i = 0; i < net->n_in; i++) net->in[i] = *aw_plain_in(plain, i);
    for (int i = 0; i < net->n_out; i++) net->out[i] = *aw_plain_out(plain, i);
    return AW_OK;
}

static int plain_run(struct aw_net *net) {
    return aw_plain_run(net->state);
}

const struct aw_net_backend aw_net_plain = {"plain", plain_open, plain_run, NULL};

int aw_net_open(struct aw_net *net, const struct aw_net_backend *backend, const uint8_t *model,
                size_t len, struct aw_arena *arena, struct aw_nn_why *why) {
    memset(net, 0, sizeof *net);
    memset(why, 0, sizeof *why);
    net->backend = backend;
    int err = backend->open(net, model, len, arena, why);
    if (err != AW_OK) memset(net, 0, sizeof *net);
    return err;
}

int aw_net_run(struct aw_net *net) {
    int err = net->backend->run(net);
    for (int i = 0; err == AW_OK && i < net->n_out; i++)
        for (size_t k = 0; k < net->out[i].n; k++)
            if (!isfinite(net->out[i].f[k])) return AW_ERR_RANGE;
    return err;
}

void aw_net_close(struct aw_net *net) {
    if (net->backend && net->backend->close) net->backend->close(net);
    memset(net, 0, sizeof *net);
}
