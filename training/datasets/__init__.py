"""Published recordings of CSI with what was going on, all in one structure.

    from datasets import open_set
    for sample in open_set("mm-fi", "/data/MMFi"):
        sample.amplitude, sample.keypoints, sample.subject, sample.room ...

mm-fi, person-in-wifi-3d, wi-pose, widar3: the layout that each expects, and where that is documented,
stands on top of its module. Nothing is downloaded. What a set does not tell (who, where) is None and
is not made up. Files that cannot be read are left out and listed in .skipped with the reason.

    python3 -m datasets mm-fi /data/MMFi        counts what is there
"""
from dataclasses import dataclass
from typing import Optional

import numpy as np

COCO = ("nose", "left-eye", "right-eye", "left-ear", "right-ear", "left-shoulder", "right-shoulder",
        "left-elbow", "right-elbow", "left-wrist", "right-wrist", "left-hip", "right-hip",
        "left-knee", "right-knee", "left-ankle", "right-ankle")


@dataclass
class Sample:
    amplitude: np.ndarray                    # [packets, rx, tx, subcarriers], in the unit of the set; NaN missing
    phase: Optional[np.ndarray]              # likewise, rad; None: not published
    keypoints: Optional[np.ndarray]          # [persons, 17, 2 or 3] in COCO's order; NaN not labelled
    confidence: Optional[np.ndarray]         # [persons, 17] of the labels, where published
    unit: Optional[str]                      # of the keypoints: "m", "px"
    label: Optional[str]                     # what is done
    source: str                              # the set
    sequence: str                            # the recording that it is a moment of
    moment: int                              # which one
    subject: Optional[str] = None
    room: Optional[str] = None
    split: Optional[str] = None              # "train" or "test" as published
    receiver: Optional[str] = None           # where there are several, in files of their own

    def __post_init__(self):
        if self.amplitude.ndim != 4 or 0 in self.amplitude.shape:
            raise ValueError(f"CSI of shape {self.amplitude.shape}, not [packets, rx, tx, subcarriers]")
        if self.phase is not None and self.phase.shape != self.amplitude.shape:
            raise ValueError(f"phase of shape {self.phase.shape}, amplitude of {self.amplitude.shape}")
        if self.keypoints is not None and (self.keypoints.ndim != 3 or self.keypoints.shape[1] != 17):
            raise ValueError(f"keypoints of shape {self.keypoints.shape}, not [persons, 17, 2 or 3]")


class Recordings:
    """Iterates over the samples of a set. A subclass says which files (files) and how (samples)."""

    def __init__(self, root):
        self.root = root
        self.skipped = []
        self.found = list(self.files())
        if not self.found:
            raise FileNotFoundError(f"{root}: nothing in the layout of {self.source}: {self.layout}")

    def __iter__(self):
        self.skipped = []
        for file in self.found:
            try:
                yield from self.samples(file)
            except (OSError, ValueError, KeyError) as why:
                self.skipped.append((file, str(why)))


def to_coco(points, names):
    """points [.., joints, d] named in their order -> [.., 17, d]; joints without a name of COCO's are
    dropped, those missing are NaN."""
    points = np.asarray(points, float)
    if points.shape[-2] != len(names):
        raise ValueError(f"{points.shape[-2]} joints, not {len(names)}")
    out = np.full((*points.shape[:-2], 17, points.shape[-1]), np.nan)
    for i, name in enumerate(names):
        if name in COCO:
            out[..., COCO.index(name), :] = points[..., i, :]
    return out


def polar(csi):
    """Amplitude and phase of complex CSI, single precision."""
    return np.abs(csi).astype(np.float32), np.angle(csi).astype(np.float32)


def open_set(name, root, **options):
    from datasets import mmfi, person_in_wifi_3d, wi_pose, widar3
    sets = {s.source: s for s in (mmfi.MmFi, person_in_wifi_3d.PersonInWifi3d, wi_pose.WiPose,
                                  widar3.Widar3)}
    if name not in sets:
        raise ValueError(f"{name}: not one of {', '.join(sets)}")
    return sets[name](root, **options)
