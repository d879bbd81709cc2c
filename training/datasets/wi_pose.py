"""Wi-Pose: 12 people, 12 actions, one room; 3 transmit and 3 receive chains, 5 packets a picture.

    ROOT/Train/wave_120-frame001.mat ...    MATLAB 7.3
    ROOT/Test/wave_120-frame089.mat ...

with CSI or csi_serial [5, 30, 3, 3] amplitudes, and SkeletonPoints (18 of one axis, 18 of the other, 18
confidences) or jointsVector (18 times x, y, c, c), pixels.

Documented by github.com/NjtechCVLab/Wi-PoseDataset (README: variables, sizes, the order of the joints);
names of files and of the variables first named as in the files that are handed out, by those who read them.
The first axis of SkeletonPoints is taken for the vertical one, as they found; vertical=1 says the second.

The number in a name is a recording: 12 people times 10 each, but which are whose is not published, so
subject is None. Moments of one recording are on both sides of the published split: figures on it say little
about anything new. Split by sequence.
"""
import glob
import os
import re

import numpy as np

from datasets import Recordings, Sample, to_coco
from datasets.mat import variables

ORDER = ("nose", "neck", "right-shoulder", "right-elbow", "right-wrist", "left-shoulder", "left-elbow",
         "left-wrist", "right-hip", "right-knee", "right-ankle", "left-hip", "left-knee", "left-ankle",
         "right-eye", "left-eye", "right-ear", "left-ear")
NAME = re.compile(r"([a-z]+)_(\d+)-frame(\d+)\.mat$", re.IGNORECASE)


class WiPose(Recordings):
    source, layout = "wi-pose", "Train/wave_120-frame001.mat"

    def __init__(self, root, vertical=0):
        if vertical not in (0, 1):
            raise ValueError("vertical: 0 or 1")
        self.vertical = vertical
        super().__init__(root)

    def files(self):
        for split in ("Train", "Test"):
            yield from ((split, f) for f in sorted(glob.glob(os.path.join(self.root, split, "*.mat"))))

    def samples(self, file):
        split, path = file
        name = NAME.search(path)
        if not name:
            raise ValueError("not ACTION_NUMBER-frameNUMBER.mat")
        found = variables(path, ["CSI", "csi_serial", "SkeletonPoints", "jointsVector"])
        csi = found["CSI"] if "CSI" in found else found["csi_serial"]
        if csi.shape != (5, 30, 3, 3):
            raise ValueError(f"CSI of shape {csi.shape}, not (5, 30, 3, 3)")
        points, confidence = self.labels(found)
        yield Sample(csi.transpose(0, 3, 2, 1).astype(np.float32), None, points, confidence, "px",
                     name[1].lower(), self.source, f"{name[1].lower()}_{name[2]}", int(name[3]),
                     room="wi-pose", split=split.lower())

    def labels(self, found):
        """A joint of confidence 0 was not found in the picture."""
        if "SkeletonPoints" in found:
            rows = np.asarray(found["SkeletonPoints"], float)
            rows = rows.T if rows.shape == (18, 3) else rows.reshape(3, 18)
            xy = rows[[1, 0]] if self.vertical == 0 else rows[:2]
            table = np.concatenate((xy, rows[2:])).T
        else:
            table = np.asarray(found["jointsVector"], float).reshape(18, 4)[:, :3]
        table = to_coco(np.where(table[:, 2:] > 0, table, np.nan)[None], ORDER)
        return table[..., :2], np.nan_to_num(table[..., 2])
