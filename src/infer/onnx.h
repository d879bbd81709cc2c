/* Reads ONNX files (https://onnx.ai, onnx.proto: ModelProto) without a protobuf library.
 *
 * Opset 7 to 21 of the default domain. Tensors: float, double and float16 (become float), int32 and
 * int64 (become int64). Weights in a second file (external data) are refused. */
#ifndef AW_INFER_ONNX_H
#define AW_INFER_ONNX_H

#include "infer/graph.h"

enum { AW_ONNX_OPSET_MIN = 7, AW_ONNX_OPSET_MAX = 21 };

/* Parses a model. bytes stay in use as long as the graph; all else is taken from the arena.
 * Symbolic and unknown dimensions of inputs become `batch`.
 * Errors, with *why set: MAGIC (not an ONNX file), TRUNCATED, VERSION (opset), UNSUPPORTED (external
 * data, other domains, types), LENGTH (a tensor's bytes do not fit its shape), TOO_MANY, RANGE (a
 * dimension), INVAL (a name that nothing defines, before it is used), NOMEM. */
AW_MUST_USE int aw_onnx_parse(struct aw_nn_graph *g, const uint8_t *bytes, size_t len,
                              int64_t batch, struct aw_arena *arena, struct aw_nn_why *why);

/* Attributes of a node; the default where it is not given. */
int64_t aw_onnx_attr_int(const struct aw_nn_node *n, const char *name, int64_t otherwise);
float aw_onnx_attr_float(const struct aw_nn_node *n, const char *name, float otherwise);
struct aw_nn_text aw_onnx_attr_text(const struct aw_nn_node *n, const char *name);
/* Number of values, at most cap of which are stored; -1: not given. */
int aw_onnx_attr_ints(const struct aw_nn_node *n, const char *name, int64_t *values, int cap);

#endif
