"""Small ONNX models for tests, written field by field (protobuf, onnx.proto)."""


def varint(v):
    b = b""
    while v > 127:
        b, v = b + bytes([v & 127 | 128]), v >> 7
    return b + bytes([v])


def num(field, v):
    return varint(field << 3) + varint(v)


def sub(field, *parts):
    b = b"".join(p.encode() if isinstance(p, str) else p for p in parts)
    return varint(field << 3 | 2) + varint(len(b)) + b


def end(field, name, dims):
    """An input (field 11) or output (12) of the graph, float32."""
    shape = sub(2, *(sub(1, num(1, d)) for d in dims))
    return sub(field, sub(1, name), sub(2, sub(1, num(1, 1), shape)))


def node(op, inputs, output, *attributes):
    return sub(1, *(sub(1, i) for i in inputs), sub(2, output), sub(4, op), *attributes)


def model(*graph):
    return num(1, 8) + sub(7, *graph) + sub(8, sub(1, ""), num(2, 13))
