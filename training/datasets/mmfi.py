"""MM-Fi: 40 people in 4 rooms, 27 actions, 297 moments each; one transmitter, a receiver of 3 chains.

    ROOT/E01..E04/S01..S40/A01..A27/wifi-csi/frame001.mat ...   CSIamp, CSIphase [3, 114, 10 packets]
                                    ground_truth.npy            [297, 17, 3] m, of a camera, y down
                                    rgb/frame001.npy ...        [17, 2] pixels, COCO's order

Documented by github.com/ybhbingo/MMFi_dataset (README, mmfi_lib/mmfi.py, issue 2 for the order in the
pictures). The order in space is that of Human3.6M by what users found (issue 30, not answered by the
authors): no eyes and ears, and what stands for the nose differs, so that these are NaN.
"""
import glob
import os

import numpy as np

from datasets import COCO, Recordings, Sample, to_coco
from datasets.mat import variables

HUMAN36M = ("hips", "right-hip", "right-knee", "right-ankle", "left-hip", "left-knee", "left-ankle",
            "spine", "thorax", "head", "head-top", "left-shoulder", "left-elbow", "left-wrist",
            "right-shoulder", "right-elbow", "right-wrist")
SHAPE = (3, 114, 10)


class MmFi(Recordings):
    source, layout = "mm-fi", "E01/S01/A01/wifi-csi/frame001.mat"

    def __init__(self, root, keypoints="space"):
        """keypoints: "space" (3-D) or "picture" (2-D)."""
        if keypoints not in ("space", "picture"):
            raise ValueError("keypoints: space or picture")
        self.keypoints = keypoints
        super().__init__(root)

    def files(self):
        return sorted(glob.glob(os.path.join(self.root, "E*", "S*", "A*", "wifi-csi", "frame*.mat")))

    def samples(self, file):
        action = os.path.dirname(os.path.dirname(file))
        room, subject, label = action.split(os.sep)[-3:]
        moment = int(os.path.basename(file)[5:-4]) - 1
        csi = variables(file, ["CSIamp", "CSIphase"])
        axes = {k: packets_first(v) for k, v in csi.items()}
        yield Sample(axes["CSIamp"], axes.get("CSIphase"), self.labels(action, moment), None,
                     "m" if self.keypoints == "space" else "px", label, self.source,
                     f"{room}/{subject}/{label}", moment, subject, room)

    def labels(self, action, moment):
        if self.keypoints == "picture":
            points = np.load(os.path.join(action, "rgb", f"frame{moment + 1:03d}.npy"))
            return to_coco(points[None], COCO)
        truth = np.load(os.path.join(action, "ground_truth.npy"))
        if moment >= len(truth):
            raise ValueError(f"no label for moment {moment}: ground_truth.npy has {len(truth)}")
        return to_coco(truth[moment][None], HUMAN36M)


def packets_first(x):
    """[rx, subcarriers, packets] -> [packets, rx, 1, subcarriers]; infinite amplitudes, which there are,
    are missing ones."""
    if x.shape != SHAPE:
        raise ValueError(f"CSI of shape {x.shape}, not {SHAPE}")
    x = np.where(np.isfinite(x), x, np.nan).astype(np.float32)
    return x.transpose(2, 0, 1)[:, :, None]
