#!/usr/bin/env python3
"""Random ONNX graphs of the operators that the plain backend has, run by it and by ONNX Runtime.

    random_graphs.py PROGRAM [--graphs N] [--seed S]      compares, at 1e-4
    random_graphs.py --write FILE [--graphs N]            writes models with their results

PROGRAM is test_infer_run. Without the packages onnx and onnxruntime it says so and exits 77.
"""
import argparse
import struct
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
except ImportError as missing:
    print(f"SKIPPED: {missing}: python3 -m pip install onnx onnxruntime")
    sys.exit(77)

UNARY = ["Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "HardSigmoid", "HardSwish", "Softplus", "Erf",
         "Neg", "Abs", "Identity", "Exp"]


class Graph:
    """Grows a chain of nodes; `shape` is that of the newest value."""

    def __init__(self, rng, opset):
        self.rng, self.opset = rng, opset
        self.nodes, self.constants = [], []
        self.count = 0

    def name(self):
        self.count += 1
        return f"v{self.count}"

    def constant(self, array):
        name = self.name()
        if self.rng.random() < 0.2:  # as a node, or with typed data instead of raw
            self.nodes.append(helper.make_node("Constant", [], [name],
                                               value=numpy_helper.from_array(array, name)))
        elif self.rng.random() < 0.3:
            kind = TensorProto.INT64 if array.dtype == np.int64 else TensorProto.FLOAT
            self.constants.append(helper.make_tensor(name, kind, array.shape, array.flatten()))
        else:
            self.constants.append(numpy_helper.from_array(array, name))
        return name

    def weights(self, *shape, scale=0.4):
        return self.constant((self.rng.standard_normal(shape) * scale).astype(np.float32))

    def whole(self, *values):
        return self.constant(np.array(values, np.int64))

    def add(self, op, inputs, outputs=1, **attributes):
        names = [self.name() for _ in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, **attributes))
        return names[0]


def unary(g, x, s):
    return g.add(g.rng.choice(UNARY), [x]), s


def clip(g, x, s):
    return g.add("Clip", [x, g.constant(np.float32(-0.5)), g.constant(np.float32(0.7))]), s


def softmax(g, x, s):
    return g.add(g.rng.choice(["Softmax", "LogSoftmax"]), [x], axis=int(g.rng.integers(-len(s), len(s)))), s


def arithmetic(g, x, s):
    other = [d if g.rng.random() < 0.6 else 1 for d in s][int(g.rng.integers(0, len(s))):]
    op = g.rng.choice(["Add", "Sub", "Mul", "Max", "Min", "PRelu"])
    if op == "PRelu" and g.opset < 9:
        op = "Add"
    return g.add(op, [x, g.weights(*other)]), s


def conv(g, x, s):
    groups = int(g.rng.choice([d for d in (1, 2, 3, s[1]) if s[1] % d == 0]))
    out = groups * int(g.rng.integers(1, 5))
    axes = len(s) - 2
    kernel = [int(g.rng.integers(1, 4)) for _ in range(axes)]
    stride = [int(g.rng.integers(1, 3)) for _ in range(axes)]
    dilation = [int(g.rng.integers(1, 3)) for _ in range(axes)]
    pads = [int(g.rng.integers(0, 3)) for _ in range(2 * axes)]
    size = []
    for i in range(axes):
        room = s[2 + i] + pads[i] + pads[axes + i] - dilation[i] * (kernel[i] - 1) - 1
        if room < 0:
            return unary(g, x, s)
        size.append(room // stride[i] + 1)
    inputs = [x, g.weights(out, s[1] // groups, *kernel)] + ([g.weights(out)] if g.rng.random() < 0.7 else [])
    return g.add("Conv", inputs, group=groups, strides=stride, dilations=dilation, pads=pads), s[:1] + [out] + size


def conv_transpose(g, x, s):
    axes = len(s) - 2
    out, kernel = int(g.rng.integers(1, 4)), [int(g.rng.integers(2, 4)) for _ in range(axes)]
    stride = [int(g.rng.integers(1, 3)) for _ in range(axes)]
    pads = [int(g.rng.integers(0, 2)) for _ in range(2 * axes)]
    size = [stride[i] * (s[2 + i] - 1) + kernel[i] - pads[i] - pads[axes + i] for i in range(axes)]
    if min(size) < 1:
        return unary(g, x, s)
    return g.add("ConvTranspose", [x, g.weights(s[1], out, *kernel), g.weights(out)], strides=stride,
                 pads=pads), s[:1] + [out] + size


def pool(g, x, s):
    axes = len(s) - 2
    if min(s[2:]) < 3:
        return unary(g, x, s)
    op = g.rng.choice(["MaxPool", "AveragePool"])
    pads = [int(g.rng.integers(0, 2)) for _ in range(axes)] * 2
    stride = [int(g.rng.integers(1, 4)) for _ in range(axes)]
    ceil = bool(g.rng.random() < 0.3) and g.opset >= 10
    y = g.add(op, [x], kernel_shape=[3] * axes, strides=stride, pads=pads, **({"ceil_mode": 1} if ceil else {}))
    size = []
    for i in range(axes):
        room = s[2 + i] + 2 * pads[i] - 3
        n = (-(-room // stride[i]) if ceil else room // stride[i]) + 1
        if ceil and (n - 1) * stride[i] >= s[2 + i] + pads[i]:
            n -= 1
        size.append(n)
    return y, s[:2] + size


def normalise(g, x, s):
    c = s[1]
    op = g.rng.choice(["BatchNormalization", "InstanceNormalization", "LayerNormalization"])
    if op == "LayerNormalization" and g.opset >= 17:
        return g.add(op, [x, g.weights(s[-1]), g.weights(s[-1])], axis=-1), s
    if op == "InstanceNormalization" and np.prod(s[2:]) > 1:
        return g.add(op, [x, g.weights(c), g.weights(c)]), s
    variance = g.constant((0.2 + g.rng.random(c)).astype(np.float32))
    return g.add("BatchNormalization", [x, g.weights(c), g.weights(c), g.weights(c), variance]), s


def transpose(g, x, s):
    perm = [int(p) for p in g.rng.permutation(len(s))]
    return g.add("Transpose", [x], perm=perm), [s[p] for p in perm]


def reshape(g, x, s):
    if g.rng.random() < 0.3:
        axis = int(g.rng.integers(0, len(s) + 1))
        return g.add("Flatten", [x], axis=axis), [int(np.prod(s[:axis])), int(np.prod(s[axis:]))]
    shape = [s[0], -1] if g.rng.random() < 0.5 else [0, 0, -1]
    if len(s) < 3 and len(shape) == 3:
        return x, s
    full = [s[0], int(np.prod(s[1:]))] if len(shape) == 2 else s[:2] + [int(np.prod(s[2:]))]
    return g.add("Reshape", [x, g.whole(*shape)]), full


def squeeze(g, x, s):
    axis = int(g.rng.integers(0, len(s) + 1))
    if len(s) > 4:
        return x, s
    if g.opset < 13:
        return g.add("Unsqueeze", [x], axes=[axis]), s[:axis] + [1] + s[axis:]
    wide = g.add("Unsqueeze", [x, g.whole(axis)])
    if g.rng.random() < 0.5:
        return g.add("Squeeze", [wide, g.whole(axis)]), s
    return wide, s[:axis] + [1] + s[axis:]


def slices(g, x, s):
    axis = int(g.rng.integers(0, len(s)))
    if s[axis] < 3 or g.opset < 10:
        return x, s
    start, end, step = [(0, -1, 1), (1, 9999, 2), (-1, -9999, -1), (1, 3, 1)][int(g.rng.integers(0, 4))]
    n = len(range(*slice(start, end, step).indices(s[axis])))
    return g.add("Slice", [x, g.whole(start), g.whole(end), g.whole(axis), g.whole(step)]), \
        s[:axis] + [n] + s[axis + 1:]


def pad(g, x, s):
    pads = [int(g.rng.integers(0, 3)) for _ in range(2 * len(s))]
    if g.opset < 11:
        y = g.add("Pad", [x], pads=pads, value=0.25)
    else:
        y = g.add("Pad", [x, g.whole(*pads), g.constant(np.float32(0.25))])
    return y, [d + pads[i] + pads[len(s) + i] for i, d in enumerate(s)]


def concat(g, x, s):
    axis = int(g.rng.integers(0, len(s)))
    other = list(s)
    other[axis] = int(g.rng.integers(1, 4))
    return g.add("Concat", [x, g.weights(*other), x], axis=axis), s[:axis] + [2 * s[axis] + other[axis]] + s[axis + 1:]


def reduce(g, x, s):
    axes = sorted({int(a) for a in g.rng.integers(0, len(s), 2)})
    keep = int(g.rng.random() < 0.5)
    op = g.rng.choice(["ReduceMean", "ReduceSum", "ReduceMax"])
    as_input = g.opset >= 18 or (op == "ReduceSum" and g.opset >= 13)
    y = g.add(op, [x, g.whole(*axes)], keepdims=keep) if as_input else g.add(op, [x], axes=axes, keepdims=keep)
    return y, [1 if i in axes else d for i, d in enumerate(s) if keep or i not in axes]


def matmul(g, x, s):
    k = int(g.rng.integers(1, 7))
    lead = [] if g.rng.random() < 0.5 else [1] * (len(s) - 2)
    return g.add("MatMul", [x, g.weights(*lead, s[-1], k)]), s[:-1] + [k]


def gemm(g, x, s):
    k, trans = int(g.rng.integers(1, 7)), int(g.rng.random() < 0.5)
    w = g.weights(k, s[1]) if trans else g.weights(s[1], k)
    c = [g.weights(*[(k,), (1, k), (s[0], 1)][int(g.rng.integers(0, 3))])]
    return g.add("Gemm", [x, w] + c, transB=trans, alpha=0.7, beta=1.3), [s[0], k]


def gru(g, x, s):
    h, how = int(g.rng.integers(1, 6)), g.rng.choice(["forward", "reverse", "bidirectional"])
    n = 2 if how == "bidirectional" else 1
    y = g.add("GRU", [x, g.weights(n, 3 * h, s[2]), g.weights(n, 3 * h, h), g.weights(n, 6 * h)], 2,
              hidden_size=h, direction=how, linear_before_reset=int(g.rng.random() < 0.5))
    return y, [s[0], n, s[1], h]


def resize(g, x, s):
    if g.opset < 13 or s[-1] > 24 or s[-2] > 24:
        return x, s
    mode = g.rng.choice(["nearest", "linear"])
    how = g.rng.choice(["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"])
    scale = [1.0] * (len(s) - 2) + [2.0, 1.5]
    more = {"nearest_mode": str(g.rng.choice(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]))} \
        if mode == "nearest" else {}
    y = g.add("Resize", [x, "", g.constant(np.array(scale, np.float32))], mode=mode,
              coordinate_transformation_mode=how, **more)
    return y, [int(np.floor(d * f)) for d, f in zip(s, scale)]


ANY = [unary, unary, clip, softmax, arithmetic, arithmetic, transpose, reshape, squeeze, slices, pad, concat]
BY_RANK = {2: [gemm, gemm, matmul], 3: [conv, conv, pool, normalise, matmul, gru, conv_transpose, reduce],
           4: [conv, conv, pool, normalise, resize, conv_transpose, reduce, matmul]}


def graph(seed):
    rng = np.random.default_rng(seed)
    opset = int(rng.choice([9, 11, 13, 17, 18, 20]))
    g = Graph(rng, opset)
    shape = [int(d) for d in rng.integers(1, 9, int(rng.integers(2, 5)))]
    x, s = "x", list(shape)
    for _ in range(int(rng.integers(3, 9))):
        choice = ANY + 2 * BY_RANK.get(len(s), [])
        y, t = choice[int(rng.integers(0, len(choice)))](g, x, list(s))
        if 0 < np.prod(t) < 20000 and 0 < len(t) < 6:
            x, s = y, t
    if x == "x":
        x = g.add("Relu", [x])
    used = set()
    needed = {x}
    for n in reversed(g.nodes):  # what the result does not need is left out
        if needed & set(n.output):
            used.add(n.output[0])
            needed |= set(n.input)
    nodes = [n for n in g.nodes if n.output[0] in used]
    first = ["batch" if opset >= 11 and shape[0] == 1 else shape[0]] + shape[1:]
    model = helper.make_model(
        helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, first)],
                          [helper.make_tensor_value_info(x, TensorProto.FLOAT, None)],
                          [c for c in g.constants if c.name in needed]),
        opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    return model, rng.standard_normal(shape).astype(np.float32)


def reference(model, x):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def usable(seed):
    model, x = graph(seed)
    try:
        y = reference(model, x)
    except Exception as why:  # a graph that the reference refuses says nothing about ours
        return model, x, None, str(why)
    return model, x, y if np.all(np.isfinite(y)) and y.size else None, "not finite"


def write(path, graphs):
    with open(path, "wb") as f:
        seed, done = 0, 0
        while done < graphs:
            model, x, y, _ = usable(seed)
            seed += 1
            if y is None or y.size > 300 or len(model.SerializeToString()) > 4000:
                continue
            done += 1
            for part in (model.SerializeToString(), x.tobytes(), y.astype(np.float32).tobytes()):
                f.write(struct.pack("<I", len(part)) + part)


def compare(program, graphs, seed):
    compared = refused = failed = 0
    operators = {}
    for i in range(seed, seed + graphs):
        model, x, y, why = usable(i)
        if y is None:
            refused += 1
            continue
        with tempfile.NamedTemporaryFile(suffix=".onnx") as f:
            f.write(model.SerializeToString())
            f.flush()
            ours = subprocess.run([program, f.name], input=x.tobytes(), capture_output=True)
        got = np.frombuffer(ours.stdout, np.float32)
        scale = max(1.0, float(np.max(np.abs(y))))
        if ours.returncode or got.size != y.size or np.max(np.abs(got - y.flatten())) > 1e-4 * scale:
            failed += 1
            print(f"graph {i}: {[n.op_type for n in model.graph.node]}: {ours.stderr.decode().strip()} "
                  f"{got.size} of {y.size} values", file=sys.stderr)
        compared += 1
        for n in model.graph.node:
            operators[n.op_type] = operators.get(n.op_type, 0) + 1
    print(f"{compared} graphs compared, {failed} differ, {refused} not usable by the reference")
    print("operators: " + " ".join(f"{k}:{v}" for k, v in sorted(operators.items())))
    return 1 if failed or compared < graphs // 2 else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?")
    parser.add_argument("--graphs", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--write")
    given = parser.parse_args()
    if given.write:
        write(given.write, given.graphs)
        return 0
    return compare(given.program, given.graphs, given.seed)


if __name__ == "__main__":
    sys.exit(main())
