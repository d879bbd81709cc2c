/* A neural network as this library computes it: values (tensors) and nodes in the order in which
 * they run. Made by infer/onnx.h, shapes fixed and memory planned by infer/plain.h. */
#ifndef AW_INFER_GRAPH_H
#define AW_INFER_GRAPH_H

#include "airwake.h"
#include "base/arena.h"

enum {
    AW_NN_RANK = 6,
    AW_NN_VALUES = 2048, /* of a graph, constants included */
    AW_NN_NODES = 1024,
    AW_NN_IN = 32, /* inputs of a node: Concat has the most */
    AW_NN_OUT = 4,
    AW_NN_ENDS = 8,            /* inputs, and outputs, of a graph */
    AW_NN_ELEMENTS = 64 << 20, /* of one tensor: 256 MB of floats */
};

/* Bytes of the model's file; not terminated. */
struct aw_nn_text {
    const char *at;
    size_t len;
};

struct aw_nn_tensor {
    struct aw_nn_text name;
    int rank;
    int64_t dim[AW_NN_RANK];
    size_t n; /* elements; 1 for rank 0 */
    float *f;
    const int64_t *i; /* of a constant of whole numbers; then f is NULL */
    bool known;       /* shape known */
    bool constant;
};

struct aw_nn_node {
    struct aw_nn_text op, name;
    struct aw_nn_text attributes; /* NodeProto, as bytes: see aw_onnx_attr_...() */
    int n_in, n_out;
    int in[AW_NN_IN]; /* values; -1: an optional input that is not given */
    int out[AW_NN_OUT];
    const struct aw_nn_op *kernel;
    void *plan; /* of the kernel */
};

struct aw_nn_graph {
    int opset;
    int n_values, n_nodes, n_in, n_out;
    struct aw_nn_tensor *value; /* [AW_NN_VALUES] */
    struct aw_nn_node *node;    /* [AW_NN_NODES] */
    int in[AW_NN_ENDS], out[AW_NN_ENDS];
};

/* What is wrong with a model: a sentence without its end, and the name it is about. */
struct aw_nn_why {
    const char *what;
    struct aw_nn_text about;
    int node; /* number of the node; -1 none */
};

bool aw_nn_text_is(struct aw_nn_text t, const char *s);

#endif
