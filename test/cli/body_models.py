"""Small models of the tasks pose and densepose whose answers are known: body_models.py DIR"""
import hashlib
import json
import struct
import sys

from small_onnx import end, model, node, num, sub

out = sys.argv[1]
ROWS, WIDTH, SIDE = 20, 1054, 8


def tensor(name, dims, values):
    return sub(5, *(num(1, d) for d in dims), num(2, 1), sub(8, name), sub(9, struct.pack(f"<{len(values)}f", *values)))


def model_of(task, outputs):
    """outputs: {name: (dims, values)}; 0 times the mean of the input is added to each."""
    axes = sub(5, sub(1, "axes"), num(8, 2), num(20, 7))
    keep = sub(5, sub(1, "keepdims"), num(3, 0), num(20, 2))
    graph = node("ReduceMean", ["rows"], "mean", axes, keep) + node("MatMul", ["mean", "nothing"], "zero")
    tensors = tensor("nothing", (ROWS, 1), [0.0] * ROWS)
    for name, (dims, values) in outputs.items():
        graph += node("Add", ["zero", "w_" + name], name)
        tensors += tensor("w_" + name, dims, values)
    ends = b"".join(end(12, name, dims) for name, (dims, _) in outputs.items())
    return model(graph, sub(2, task), tensors, end(11, "rows", (1, ROWS, WIDTH)), ends)


def save(name, task, outputs):
    data = model_of(task, outputs)
    with open(f"{out}/{name}.onnx", "wb") as f:
        f.write(data)
    card = {"name": name, "task": task, "version": "1", "file": f"{name}.onnx",
            "sha256": hashlib.sha256(data).hexdigest(), "licence": "MIT", "training_data": "none",
            "input": {"kind": "pose-rows-3x3-1", "name": "rows", "shape": [1, ROWS, WIDTH]},
            "outputs": [{"name": n, "shape": list(dims)} for n, (dims, _) in outputs.items()], "accuracy": {}}
    with open(f"{out}/{name}.card.json", "w") as f:
        json.dump(card, f)


def person(x, y, knee=0.5):
    """Somebody who stands at (x, y); the logit of each joint's confidence is 0."""
    z = [1.6, 1.64, 1.64, 1.62, 1.62, 1.43, 1.43, 1.12, 1.12, .86, .86, .93, .93, knee, .5, .08, .08]
    return [v for k in range(17) for v in (x, y + (0 if k == 0 else .18 if k % 2 else -.18), z[k], 0.0)]


yes, no = 2.1972246, -3.0  # logit of 0.9
save("pose", "pose", {"keypoints": ((1, 3, 17, 4), person(1, 0.5) + person(-2, 0) + person(0, 0)),
                      "person": ((1, 3), [yes, yes - 1, no])})
save("knee", "pose", {"keypoints": ((1, 1, 17, 4), person(1, 0.5, knee=-0.9)), "person": ((1, 1), [yes])})
save("nowhere", "pose", {"keypoints": ((1, 1, 17, 4), person(50, 0)), "person": ((1, 1), [yes])})
save("nobody", "pose", {"keypoints": ((1, 1, 17, 4), person(0, 0)), "person": ((1, 1), [no])})
save("joints", "pose", {"keypoints": ((1, 1, 14, 4), [0.0] * 56), "person": ((1, 1), [yes])})

pixels = SIDE * SIDE
body = [3 <= i % SIDE < 5 and 2 <= i // SIDE < 6 for i in range(pixels)]  # 2 x 4, the lower half part 24
fine = [[0.0] * pixels for _ in range(25)]
for i in range(pixels):
    fine[0 if not body[i] else 2 if i // SIDE < 4 else 24][i] = 20.0
flat = [v for plane in fine for v in plane]
uv = {"u": ((1, 25, SIDE, SIDE), [0.25] * 25 * pixels), "v": ((1, 25, SIDE, SIDE), [1.5] * 25 * pixels)}
coarse = [-20.0 if b else 20.0 for b in body] + [20.0 if b else -20.0 for b in body]
save("densepose", "densepose", {"coarse_segm": ((1, 2, SIDE, SIDE), coarse),
                                "fine_segm": ((1, 25, SIDE, SIDE), flat), **uv})
save("planes", "densepose", {"coarse_segm": ((1, 3, SIDE, SIDE), coarse + coarse[:pixels]),
                             "fine_segm": ((1, 25, SIDE, SIDE), flat), **uv})
