"""Person-in-WiFi 3D: 1 to 3 people at once, 7 in all; one transmitter, 3 receivers of 3 chains.

    ROOT/train_data/train_data_list.txt     one name a line (its first word)
    ROOT/train_data/csi/NAME.mat            csi_out [3, 3, 30, 20 packets] complex (MATLAB 7.3)
    ROOT/train_data/keypoint/NAME.npy       [persons, 14, 3] m
    ROOT/test_data/test_data_list.txt ...   likewise

Documented by github.com/aiotgroup/Person-in-WiFi-3D-repo (README; opera/datasets); NAME is three words
joined by "_", the last the number of the moment (feeder of github.com/cseeyangchen/DT-Pose). The joints
have no published names: which hang together is known (there, too), so which are shoulders, elbows ... is,
but not which side is the left: the one that comes first, or with swapped=True the other. Names tell neither
who nor where.
"""
import os

import numpy as np

from datasets import Recordings, Sample, polar, to_coco
from datasets.mat import variables

FIRST, SECOND = "left", "right"
ORDER = ("neck", "head", "{0}-shoulder", "{1}-shoulder", "{0}-elbow", "{0}-hip", "{1}-elbow", "{1}-hip",
         "{0}-wrist", "{0}-knee", "{1}-wrist", "{1}-knee", "{0}-ankle", "{1}-ankle")


class PersonInWifi3d(Recordings):
    source, layout = "person-in-wifi-3d", "train_data/train_data_list.txt, csi/NAME.mat, keypoint/NAME.npy"

    def __init__(self, root, swapped=False):
        sides = (SECOND, FIRST) if swapped else (FIRST, SECOND)
        self.order = [name.format(*sides) for name in ORDER]
        super().__init__(root)

    def files(self):
        for split in ("train", "test"):
            names = os.path.join(self.root, f"{split}_data", f"{split}_data_list.txt")
            if not os.path.exists(names):
                continue
            with open(names) as f:
                yield from ((split, line.split()[0]) for line in f if line.strip())

    def samples(self, file):
        split, name = file
        folder = os.path.join(self.root, f"{split}_data")
        csi = variables(os.path.join(folder, "csi", f"{name}.mat"), ["csi_out"])["csi_out"]
        if csi.ndim != 4 or csi.shape[:3] != (3, 3, 30):
            raise ValueError(f"CSI of shape {csi.shape}, not (3, 3, 30, packets)")
        amplitude, phase = polar(csi.reshape(9, 30, -1).transpose(2, 0, 1)[:, :, None])
        points = np.load(os.path.join(folder, "keypoint", f"{name}.npy"))
        sequence, _, moment = name.rpartition("_")
        yield Sample(amplitude, phase, to_coco(points, self.order), None, "m", None, self.source,
                     sequence or name, int(moment) if moment.isdigit() else 0, split=split)
