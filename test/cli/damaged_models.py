"""Damaged and hostile copies of a model, each with a card whose hash fits: damaged_models.py MODEL DIR"""
import hashlib
import json
import os
import struct
import sys

import small_onnx
from small_onnx import end, node, num, sub

source, out = sys.argv[1:]
whole = open(source, "rb").read()
card = json.load(open(source.replace(".onnx", ".card.json")))


def save(name, model, sha=None, **changes):
    with open(f"{out}/{name}.onnx", "wb") as f:
        f.write(model)
    c = {**card, "file": f"{name}.onnx", "sha256": sha or hashlib.sha256(model).hexdigest(), **changes}
    with open(f"{out}/{name}.card.json", "w") as f:
        json.dump({k: v for k, v in c.items() if v is not None}, f)


def swap(old, new):
    assert whole.count(old) == 1 and len(old) == len(new), (old, whole.count(old))
    return whole.replace(old, new)


def model(nodes, tensors=b"", dims=(1, 21, 178)):
    return small_onnx.model(nodes, sub(2, "g"), tensors, end(11, "series", dims), end(12, "probability", (1, 6)))


external = sub(5, num(1, 6), num(2, 1), sub(8, "w"), sub(13, sub(1, "location"), sub(2, "/etc/passwd")), num(14, 1))

# exp(1000 x): finite for an input of zeros, as the check gives it, and not for what is measured
weights = sub(5, num(1, 3738), num(1, 6), num(2, 1), sub(8, "w"), sub(9, struct.pack("<f", 1000) * 3738 * 6))
flat = sub(5, num(1, 2), num(2, 7), sub(8, "flat"), sub(9, struct.pack("<qq", 1, 3738)))

save("good", whole)
save("bursts", model(node("Reshape", ("series", "flat"), "a") + node("MatMul", ("a", "w"), "b") +
                     node("Abs", ("b",), "c") + node("Exp", ("c",), "probability"), weights + flat))
save("hash", whole, sha="0" * 64)
save("truncated", whole[:len(whole) // 2])
save("empty", b"")
save("text", b"not a model\n" * 100)
save("opset", swap(b"\x0a\x00\x10\x0d", b"\x0a\x00\x10\x63"))
save("steps", swap(b"\x08\xb2\x01", b"\x08\xb1\x01"))
at = whole.index(b"\x42\x06offset\x4a\x18") + 10  # raw_data, 6 floats
save("nan", whole[:at] + struct.pack("<f", float("nan")) + whole[at + 4:])
save("external", model(node("Add", ("series", "w"), "probability"), external))
save("huge", model(node("Relu", ("series",), "probability"), dims=(1 << 40, 1 << 40, 1 << 40)))
save("large", model(node("Relu", ("series",), "probability"), dims=(1, 1 << 13, 1 << 13)))
save("cyclic", model(node("Add", ("series", "b"), "a") + node("Relu", ("a",), "b") + node("Relu", ("b",), "probability")))
save("operator", model(node("FormatDisk", ("series",), "probability")))
save("task", whole, task="weather")
save("kind", whole, input={**card["input"], "kind": "other"})
save("name", whole, input={**card["input"], "name": "x"})
save("shape", whole, output={**card["output"], "shape": [1, 7]})
save("classes", whole, output={**card["output"], "classes": ["a", "b"]})
save("licence", whole, licence=None)
save("elsewhere", whole, file="../good.onnx")
save("json", whole)
with open(f"{out}/json.card.json", "w") as f:
    f.write('{"name": ')
save("alone", whole)
os.remove(f"{out}/alone.card.json")
