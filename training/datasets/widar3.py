"""Widar 3.0: gestures of 17 people in 3 rooms; one transmitter, 6 receivers of 3 chains (Intel 5300).

    ROOT/20181109/user1/user1-1-2-3-4-r5.dat    CSI of one receiver: user, gesture, place, facing, repetition
    ROOT/20181109-VS/6-link/user1/user1-1-2-3-4-SUFFIX.mat      velocity_spectrum_ro [20, 20, 10 per second]

ROOT may have folders in between (CSI, BVP). CSI goes through `airwake convert`, the reader that serves.
There are no keypoints. What the number of a gesture means depends on the day; where that is not documented
the label is None, the number stays in the sequence.

Documented by the README of the set (tns.thss.tsinghua.edu.cn/widar3.0) as repeated in those of
github.com/yvan674/DARLInG (names of files, rooms by day). Gestures by day: as in public code that reads it;
days it leaves out, and two numbers it gives the same meaning, have none here.
"""
import glob
import os
import re
import subprocess
import tempfile

import numpy as np

from datasets import Recordings, Sample, polar
from datasets.mat import variables

ROOMS = {"20181109": "1", "20181112": "1", "20181115": "1", "20181116": "1", "20181121": "1",
         "20181130": "1", "20181117": "2", "20181118": "2", "20181127": "2", "20181128": "2",
         "20181204": "2", "20181205": "2", "20181208": "2", "20181209": "2", "20181211": "3"}
HANDS = ("push-pull", "sweep", "clap")
UPRIGHT = (*HANDS, "circle-vertical", "zigzag-vertical", "n-vertical")
DRAWN = ("slide", "circle", "zigzag", "n", "triangle")
ALL = (*HANDS, "slide", "circle", "zigzag", "n", "triangle", "rectangle")
GESTURES = {"20181109": (*HANDS, "slide", "zigzag-vertical", "n-vertical"), "20181115": UPRIGHT,
            "20181117": UPRIGHT, "20181118": UPRIGHT, "20181121": DRAWN, "20181127": DRAWN,
            "20181128": (*HANDS, "circle", "zigzag", "n"), "20181130": ALL, "20181204": ALL,
            "20181211": ALL[:6]}
NAME = re.compile(r"(user\d+)-(\d+)-(\d+)-(\d+)-(\d+)-(.+)\.(dat|mat)$")


def described(path):
    """(day, user, gesture or None, sequence, repetition, rest of the name)."""
    name = NAME.search(os.path.basename(path))
    day = next((p[:8] for p in reversed(path.split(os.sep)[:-1]) if p[:8] in ROOMS), None)
    if not name or not day:
        raise ValueError("not DAY/.../user1-1-2-3-4-r5.dat")
    gestures, number = GESTURES.get(day, ()), int(name[2])
    gesture = gestures[number - 1] if 1 <= number <= len(gestures) else None
    return day, name[1], gesture, "/".join((day, *name.groups()[:4])), int(name[5]), name[6]


class Widar3(Recordings):
    source, layout = "widar3", "20181109/user1/user1-1-2-3-4-r5.dat"

    def __init__(self, root, airwake="build/release/airwake"):
        self.airwake = airwake
        super().__init__(root)

    def files(self):
        return sorted(glob.glob(os.path.join(self.root, "**", "user*-r[1-6].dat"), recursive=True))

    def samples(self, file):
        day, user, gesture, sequence, repetition, receiver = described(file)
        amplitude, phase = polar(self.convert(file))
        yield Sample(amplitude, phase, None, None, None, gesture, self.source, sequence, repetition,
                     user, f"widar3-{ROOMS[day]}", receiver=receiver)

    def convert(self, file):
        """[packets, rx, tx, subcarriers]; where a file has several shapes, the one most packets have."""
        with tempfile.TemporaryDirectory() as tmp:
            out = os.path.join(tmp, "x.npz")
            done = subprocess.run([self.airwake, "convert", file, out], capture_output=True, text=True)
            if done.returncode or not os.path.exists(out):
                raise ValueError(done.stderr.strip() or "airwake convert failed")
            with np.load(out) as z:
                return max((z[k] for k in z.files if k == "csi" or k.endswith("_csi")), key=len)


def velocities(root):
    """(velocity spectrum [20, 20, time] over -2..2 m/s each way, dict of what is known) of the files that
    the authors computed."""
    for file in sorted(glob.glob(os.path.join(root, "**", "user*.mat"), recursive=True)):
        day, user, gesture, sequence, repetition, _ = described(file)
        bvp = variables(file, ["velocity_spectrum_ro"])["velocity_spectrum_ro"]
        if bvp.ndim != 3 or bvp.shape[:2] != (20, 20) or bvp.shape[2] == 0:
            continue
        yield bvp.astype(np.float32), {"source": "widar3", "label": gesture, "sequence": sequence,
                                       "moment": repetition, "subject": user,
                                       "room": f"widar3-{ROOMS[day]}"}
