#!/usr/bin/env python3
"""Makes models/activity.onnx and its card: fall, get up, lie down, sit down, walk, none of these.

    python3 training/activity.py [--airwake build/release/airwake] [--data ../shared/data]

Series of 19 s windows come from `airwake model features`, the code that serves. On them: random
convolution kernels, of each the maximum and the share of time above a level (Dempster, Petitjean,
Webb, "ROCKET", Data Mining and Knowledge Discovery 34, 2020), then ridge regression to the classes,
its strength and the sharpness of the probabilities chosen by leaving one more subject out.

Evaluated leaving one subject out: normalisation, levels, weights and all choices come from the other
subjects only (people sit still in breathing-esp32, the subject of the same number left out with the
other). Trivial baseline: always the same class. Fixed seed: the same data gives the same weights up to rounding of the linear algebra.
"""
import argparse
import glob
import hashlib
import json
import os
import subprocess
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES = {"FA": "fall", "GU": "get-up", "LD": "lie-down", "SD": "sit-down", "WA": "walk",
           "none": "none"}
NAMES = list(CLASSES.values())
FALL = 0
VERSION = "1"
SEED = 7
DILATIONS, PER_DILATION, LENGTH = (1, 2, 4, 8, 16), 240, 9
STEEP = 8  # of the ramp that stands for "above the level"; kernels have outputs of deviation 1
HOP_S, STILL_HOP_S = 0.3, 20
RIDGE = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)


def recordings(data):
    acting = sorted(glob.glob(f"{data}/activity-esp32/[A-Z][A-Z]/s*/*.zst"))
    still = sorted(glob.glob(f"{data}/breathing-esp32/*/s*/*.zst"))
    if not acting or not still:
        raise SystemExit(f"no recordings in {data}/activity-esp32 or {data}/breathing-esp32")
    return acting, still


def features(airwake, files, hop_s):
    """Series of all windows, and which file each is of."""
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "x.npz")
        done = subprocess.run([airwake, "model", "features", "--hop", str(hop_s), "--out", out, *files])
        if done.returncode:
            print("some recordings could not be read, as said above; going on without them")
        with np.load(out) as z:
            return z["series"], z["file"]


class Kernels:
    """Random convolutions, normalised on the series given (never on those under test)."""

    def __init__(self, series, seed=SEED):
        rng = np.random.default_rng(seed)
        self.mean = series.mean((0, 2)).astype(np.float32)
        self.std = series.std((0, 2)).astype(np.float32)
        x = self.normal(series[rng.integers(0, len(series), 60)])
        n_series = x.shape[1]
        self.w, self.b = [], []
        for dilation in DILATIONS:
            w = np.zeros((PER_DILATION, n_series, LENGTH), np.float32)
            for k in range(PER_DILATION):
                some = rng.choice(n_series, int(2 ** rng.uniform(0, np.log2(5))), replace=False)
                v = rng.standard_normal((len(some), LENGTH))
                w[k, some] = v - (v.mean(1, keepdims=True) if rng.random() < 0.5 else v.mean())
            z = self.convolve(x, w, dilation).reshape(-1, PER_DILATION)
            w /= z.std(0)[:, None, None]
            z /= z.std(0)
            level = [np.quantile(z[:, k], q) for k, q in enumerate(rng.uniform(0.1, 0.9, PER_DILATION))]
            self.w.append(w)
            self.b.append(-np.array(level, np.float32))

    def normal(self, series):
        return ((series - self.mean[:, None]) / self.std[:, None]).astype(np.float32)

    @staticmethod
    def convolve(x, w, dilation):
        """[n, time, kernel]"""
        n, c, t = x.shape
        s = x.strides
        m = t - (LENGTH - 1) * dilation
        view = np.lib.stride_tricks.as_strided(x, (n, m, c, LENGTH), (s[0], s[2], s[1], s[2] * dilation))
        return (view.reshape(-1, c * LENGTH) @ w.reshape(len(w), -1).T).reshape(n, m, len(w))

    def run(self, series):
        """[n, features]: per dilation all maxima, then all shares; the graph has the same order."""
        out = np.empty((len(series), 2 * PER_DILATION * len(DILATIONS)), np.float32)
        for i in range(0, len(series), 64):
            x, at = self.normal(series[i:i + 64]), 0
            for dilation, w, b in zip(DILATIONS, self.w, self.b):
                z = self.convolve(x, w, dilation) + b
                for part in (z.max(1), np.clip(STEEP * z + 0.5, 0, 1).mean(1)):
                    out[i:i + 64, at:at + PER_DILATION] = part
                    at += PER_DILATION
        return out


class Ridge:
    """Ridge regression to +-1 per class; what it cannot know it chooses leaving groups out."""

    def __init__(self, x, y, group):
        self.mean, self.std = x.mean(0), x.std(0) + 1e-6
        z = self.normal(x)
        gram = (z @ z.T).astype(np.float64)
        target = -np.ones((len(y), len(NAMES)))
        target[np.arange(len(y)), y] = 1
        level = target.mean(0)
        best = None
        for strength in RIDGE:
            inverse = np.linalg.inv(gram + strength * len(y) * np.eye(len(y)))
            dual = inverse @ (target - level)
            held = np.zeros_like(target)
            for g in np.unique(group):
                i = np.where(group == g)[0]
                held[i] = target[i] - np.linalg.solve(inverse[np.ix_(i, i)], dual[i])
            score = balanced(y, held)
            if best is None or score > best[0]:
                best = (score, strength, dual, held)
        _, self.strength, dual, self.held = best
        scale = np.sqrt(x.shape[1])
        self.weights = (z.T @ dual) / scale / self.std[:, None]
        self.offset = level - self.mean @ self.weights
        sharp = np.linspace(0.5, 12, 47)
        loss = [-np.log(softmax(s * self.held)[np.arange(len(y)), y] + 1e-9).mean() for s in sharp]
        self.sharp = sharp[int(np.argmin(loss))]

    def normal(self, x):
        return (x - self.mean) / self.std / np.sqrt(x.shape[1])

    def run(self, x):
        return softmax(self.sharp * (x @ self.weights + self.offset))


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def balanced(y, score):
    return float(np.mean([(score[y == c].argmax(1) == c).mean() for c in np.unique(y)]))


def fall_figures(y, called):
    hit = int((called & (y == FALL)).sum())
    return hit / max(1, int((y == FALL).sum())), hit / max(1, int(called.sum()))


def threshold_for(y, p, precision):
    """The lowest fall probability above which the fall's precision is at least that."""
    for t in np.linspace(0.2, 0.95, 76):
        recall, precise = fall_figures(y, p[:, FALL] > t)
        if recall and precise >= precision:
            return float(t)
    return 0.95


def evaluate(series, y, subject, first):
    """Probabilities of each clip's first window, its subject left out; calls of falls at a threshold
    that was chosen on the others for a precision of 0.9."""
    p = np.zeros((len(y), len(NAMES)))
    sure = np.zeros(len(y), bool)
    for s in sorted(set(subject), key=lambda v: int(v[1:])):
        train, test = subject != s, (subject == s) & first
        kernels = Kernels(series[train])
        x = kernels.run(series[train])
        ridge = Ridge(x, y[train], subject[train])
        p[test] = ridge.run(kernels.run(series[test]))
        t = threshold_for(y[train], softmax(ridge.sharp * ridge.held), 0.9)
        sure[test] = p[test, FALL] > t
        print(f"  {s}: balanced accuracy {balanced(y[test], p[test]):.3f}, ridge {ridge.strength:g}, "
              f"fall threshold {t:.2f}", flush=True)
    return p[first], sure[first]


def graph(kernels, ridge, shape):
    tensors, nodes, parts = [], [], []

    def constant(name, value):
        tensors.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def node(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    x = node("Sub", ["series", constant("mean", kernels.mean[None, :, None])], "centred")
    x = node("Div", [x, constant("std", kernels.std[None, :, None])], "normal")
    for d, w, b in zip(DILATIONS, kernels.w, kernels.b):
        z = node("Conv", [x, constant(f"w{d}", w), constant(f"b{d}", b)], f"z{d}",
                 dilations=[d], kernel_shape=[LENGTH])
        parts.append(node("ReduceMax", [z], f"max{d}", axes=[2], keepdims=0))
        steep = node("Mul", [z, constant(f"steep{d}", STEEP)], f"steeper{d}")
        ramp = node("Add", [steep, constant(f"half{d}", 0.5)], f"ramp{d}")
        clip = node("Clip", [ramp, constant(f"low{d}", 0), constant(f"high{d}", 1)], f"above{d}")
        parts.append(node("ReduceMean", [clip], f"share{d}", axes=[2], keepdims=0))
    x = node("Concat", parts, "features", axis=1)
    x = node("Gemm", [x, constant("weights", ridge.sharp * ridge.weights),
                      constant("offset", ridge.sharp * ridge.offset)], "score")
    node("Softmax", [x], "probability", axis=1)
    g = helper.make_graph(
        nodes, "activity",
        [helper.make_tensor_value_info("series", TensorProto.FLOAT, [1, *shape])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, [1, len(NAMES)])], tensors)
    model = helper.make_model(g, opset_imports=[helper.make_opsetid("", 13)], producer_name="airwake")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def card(path, shape, accuracy):
    with open(path, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    return {
        "name": "activity", "task": "activity", "version": VERSION,
        "file": os.path.basename(path), "sha256": digest, "licence": "MIT", "experimental": True,
        "warning": "Not fit for raising alarms: of 100 falls it misses "
                   f"{100 - 100 * accuracy['fall_recall']:.0f}, and of 100 that it reports "
                   f"{100 - 100 * accuracy['fall_precision']:.0f} are none.",
        "trained_on": "recordings",
        "training_data": "AlbanyArmenta0711/Embedded_WiFi_Sensing, Datasets/RAW: ESP32 1x1, 50 frames/s, "
                         "12 people, 20 s clips of one activity each; Datasets/Breathing: the same people "
                         "sitting still (MIT)",
        "input": {"kind": "activity-series-1", "name": "series", "shape": [1, *shape],
                  "unit": "natural logarithms, ratios", "normalisation": "in the graph",
                  "from": "one link, at least 30 frames/s, 19 s; src/sense/activity.h"},
        "output": {"name": "probability", "shape": [1, len(NAMES)], "classes": NAMES,
                   "meaning": "probability of each; none: somebody sits still"},
        "accuracy": accuracy,
    }


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    a = argparse.ArgumentParser(description="makes models/activity.onnx and its card")
    a.add_argument("--airwake", default=f"{here}/../build/release/airwake")
    a.add_argument("--data", default=f"{here}/../../shared/data")
    a.add_argument("--out", default=f"{here}/../models")
    a = a.parse_args()

    acting, still = recordings(a.data)
    series, of = features(a.airwake, acting, HOP_S)
    more, of_more = features(a.airwake, still, STILL_HOP_S)
    series, files = np.concatenate((series, more)), acting + still
    first = np.r_[True, of[1:] != of[:-1], np.ones(len(more), bool)]  # all windows of stillness count
    of = np.r_[of, of_more + len(acting)]
    label = np.array([f.split("/")[-3] for f in files])[of]
    subject = np.array([f.split("/")[-2] for f in files])[of]
    y = np.array([list(CLASSES).index(c if c in CLASSES else "none") for c in label])
    print(f"{first.sum()} clips, {len(y)} windows, {len(set(subject))} subjects; leaving one out:")

    p, sure = evaluate(series, y, subject, first)
    truth = y[first]
    called = p.argmax(1)
    recall, precision = fall_figures(truth, called == FALL)
    sure_recall, sure_precision = fall_figures(truth, sure)
    print("rows truth, columns called:", NAMES)
    print(np.array([[int(((truth == i) & (called == k)).sum()) for k in range(len(NAMES))]
                    for i in range(len(NAMES))]))
    accuracy = {
        "split": "leave one subject out, all choices made inside the training subjects",
        "windows": int(first.sum()), "subjects": len(set(subject)),
        "balanced_accuracy": round(balanced(truth, p), 3),
        "balanced_accuracy_always_one_class": round(1 / len(NAMES), 3),
        "fall_recall": round(recall, 3), "fall_precision": round(precision, 3),
        "fall_recall_at_nested_threshold": round(sure_recall, 3),
        "fall_precision_at_nested_threshold": round(sure_precision, 3),
    }
    print(json.dumps(accuracy, indent=1))

    kernels = Kernels(series)
    ridge = Ridge(kernels.run(series), y, subject)
    path = os.path.join(a.out, "activity.onnx")
    os.makedirs(a.out, exist_ok=True)
    onnx.save(graph(kernels, ridge, series.shape[1:]), path)
    with open(os.path.join(a.out, "activity.card.json"), "w") as f:
        json.dump(card(path, series.shape[1:], accuracy), f, indent=2)
        f.write("\n")
    print(f"{path}: {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    main()
