#!/usr/bin/env python3
"""The loaders of training/datasets on tiny files in the published layouts, made here.

    AIRWAKE=build/release/airwake python3 training/test_datasets.py
"""
import os
import struct
import sys
import tempfile
import unittest

try:
    import numpy as np
    from scipy.io import savemat
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(77)
try:
    import h5py
except ImportError:
    h5py = None

from datasets import COCO, Sample, open_set, to_coco
from datasets.widar3 import velocities

AIRWAKE = os.environ.get("AIRWAKE", "build/release/airwake")
rng = np.random.default_rng(1)


def matlab73(path, **variables):
    """As MATLAB 7.3 has it: 512 bytes of its own, then HDF5 with the axes reversed."""
    with h5py.File(path, "w", userblock_size=512) as f:
        for name, value in variables.items():
            value = np.transpose(value)
            if np.iscomplexobj(value):
                pair = np.zeros(value.shape, [("real", "f8"), ("imag", "f8")])
                pair["real"], pair["imag"] = value.real, value.imag
                value = pair
            f[name] = value
    with open(path, "r+b") as f:
        f.write(b"MATLAB 7.3 MAT-file".ljust(116))


class Folder(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.root = self.tmp.name
        self.addCleanup(self.tmp.cleanup)

    def path(self, *parts):
        path = os.path.join(self.root, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, data, *parts):
        with open(self.path(*parts), "wb") as f:
            f.write(data)


class MmFi(Folder):
    def make(self):
        truth = rng.standard_normal((3, 17, 3))
        for action in ("E01/S02/A05", "E04/S40/A27"):
            amp = rng.uniform(30, 50, (3, 114, 10))
            amp[1, 2, 3] = np.inf
            for i in range(2):
                savemat(self.path(action, "wifi-csi", f"frame{i + 1:03d}.mat"),
                        {"CSIamp": amp + i, "CSIphase": amp / 100})
                np.save(self.path(action, "rgb", f"frame{i + 1:03d}.npy"), np.full((17, 2), i))
            np.save(self.path(action, "ground_truth.npy"), truth)
        return amp, truth

    def test_layout(self):
        amp, truth = self.make()
        recordings = open_set("mm-fi", self.root)
        found = list(recordings)
        self.assertEqual((len(found), recordings.skipped), (4, []))
        s = found[3]
        self.assertEqual((s.room, s.subject, s.label, s.moment, s.sequence, s.unit),
                         ("E04", "S40", "A27", 1, "E04/S40/A27", "m"))
        self.assertEqual(s.amplitude.shape, (10, 3, 1, 114))
        self.assertAlmostEqual(s.amplitude[7, 2, 0, 50], amp[2, 50, 7] + 1, places=4)
        self.assertAlmostEqual(s.phase[7, 2, 0, 50], amp[2, 50, 7] / 100, places=4)
        self.assertTrue(np.isnan(s.amplitude[3, 1, 0, 2]))
        self.assertEqual(np.isnan(s.amplitude).sum(), 1)
        left_knee, right_wrist = COCO.index("left-knee"), COCO.index("right-wrist")
        np.testing.assert_array_equal(s.keypoints[0, left_knee], truth[1, 5])
        np.testing.assert_array_equal(s.keypoints[0, right_wrist], truth[1, 16])
        self.assertTrue(np.isnan(s.keypoints[0, :5]).all())
        self.assertTrue(np.isfinite(s.keypoints[0, 5:]).all())

    def test_picture(self):
        self.make()
        s = list(open_set("mm-fi", self.root, keypoints="picture"))[1]
        self.assertEqual((s.keypoints.shape, s.unit, s.keypoints[0, 0, 0]), ((1, 17, 2), "px", 1))

    def test_what_is_broken(self):
        self.make()
        self.write(b"", "E01/S02/A05/wifi-csi/frame003.mat")
        self.write(b"nothing of the kind" * 40, "E01/S02/A05/wifi-csi/frame004.mat")
        savemat(self.path("E01/S02/A05/wifi-csi/frame005.mat"), {"CSIamp": np.ones((3, 30, 10))})
        savemat(self.path("E01/S02/A05/wifi-csi/frame006.mat"), {"other": 1})
        savemat(self.path("E01/S02/A05/wifi-csi/frame007.mat"), {"CSIamp": np.ones((3, 114, 10))})
        recordings = open_set("mm-fi", self.root)
        self.assertEqual(len(list(recordings)), 4)
        why = [w for _, w in recordings.skipped]
        for i, part in enumerate(("empty file", "not a MATLAB file", "(3, 30, 10)", "no variable",
                                  "no label for moment 6")):
            self.assertIn(part, why[i])
        list(recordings)
        self.assertEqual(len(recordings.skipped), 5)  # of each pass, not of all

    def test_elsewhere(self):
        with self.assertRaises(FileNotFoundError):
            open_set("mm-fi", self.root)
        with self.assertRaises(ValueError):
            open_set("mmfi", self.root)


@unittest.skipUnless(h5py, "no h5py")
class PersonInWifi3d(Folder):
    def test_layout(self):
        csi = rng.standard_normal((3, 3, 30, 20)) + 1j * rng.standard_normal((3, 3, 30, 20))
        points = rng.standard_normal((2, 14, 3))
        for split, names in (("train", ("S12_a_7", "S12_a_8")), ("test", ("S21_b_1",))):
            self.write("".join(f"{n} 1\n" for n in names).encode(), f"{split}_data",
                       f"{split}_data_list.txt")
            for n in names:
                matlab73(self.path(f"{split}_data", "csi", f"{n}.mat"), csi_out=csi)
                np.save(self.path(f"{split}_data", "keypoint", f"{n}.npy"), points)
        os.remove(self.path("train_data", "keypoint", "S12_a_8.npy"))
        recordings = open_set("person-in-wifi-3d", self.root)
        found = list(recordings)
        self.assertEqual([(s.split, s.sequence, s.moment) for s in found],
                         [("train", "S12_a", 7), ("test", "S21_b", 1)])
        self.assertEqual(recordings.skipped[0][0], ("train", "S12_a_8"))
        s = found[0]
        self.assertIsNone(s.subject)
        self.assertIsNone(s.room)
        self.assertEqual(s.amplitude.shape, (20, 9, 1, 30))
        z = csi[2, 1, 14, 11]
        self.assertAlmostEqual(s.amplitude[11, 7, 0, 14], abs(z), places=5)
        self.assertAlmostEqual(s.phase[11, 7, 0, 14], np.angle(z), places=5)
        left, right = COCO.index("left-ankle"), COCO.index("right-ankle")
        np.testing.assert_array_equal(s.keypoints[:, left], points[:, 12])
        np.testing.assert_array_equal(s.keypoints[:, right], points[:, 13])
        swapped = next(iter(open_set("person-in-wifi-3d", self.root, swapped=True)))
        np.testing.assert_array_equal(swapped.keypoints[:, left], points[:, 13])


class WiPose(Folder):
    def check(self, s, csi):
        self.assertEqual((s.label, s.sequence, s.moment, s.split, s.room, s.subject),
                         ("wave", "wave_120", 89, "test", "wi-pose", None))
        self.assertEqual(s.amplitude.shape, (5, 3, 3, 30))
        self.assertAlmostEqual(s.amplitude[4, 2, 1, 20], csi[4, 20, 1, 2], places=5)
        nose, eye = s.keypoints[0, COCO.index("nose")], COCO.index("left-eye")
        np.testing.assert_array_equal(nose, (100, 50))  # x, y
        self.assertEqual(s.keypoints[0, COCO.index("right-ankle"), 1], 50 + 10 * 10)
        self.assertTrue(np.isnan(s.keypoints[0, eye]).all())  # of confidence 0
        self.assertAlmostEqual(s.confidence[0, 0], 0.9)
        self.assertEqual(s.confidence[0, eye], 0)

    def table(self):
        y, x = 50 + 10 * np.arange(18.0), np.full(18, 100.0)
        confidence = np.full(18, 0.9)
        confidence[15] = 0
        return x, y, confidence

    def test_as_documented(self):
        csi = rng.uniform(5, 30, (5, 30, 3, 3))
        x, y, c = self.table()
        savemat(self.path("Test", "wave_120-frame089.mat"),
                {"csi_serial": csi, "jointsVector": np.stack((x, y, c, c), 1).reshape(1, 72)})
        self.check(next(iter(open_set("wi-pose", self.root))), csi)

    @unittest.skipUnless(h5py, "no h5py")
    def test_as_handed_out(self):
        csi = rng.uniform(5, 30, (5, 30, 3, 3))
        x, y, c = self.table()
        flat = np.concatenate((y, x, c))
        for shape in ((1, 54), (54, 1), (3, 18)):
            matlab73(self.path("Test", "wave_120-frame089.mat"), CSI=csi, SkeletonPoints=flat.reshape(shape))
            self.check(next(iter(open_set("wi-pose", self.root))), csi)
        matlab73(self.path("Test", "wave_120-frame089.mat"), CSI=csi,
                 SkeletonPoints=np.stack((y, x, c), 1))
        self.check(next(iter(open_set("wi-pose", self.root))), csi)
        other = next(iter(open_set("wi-pose", self.root, vertical=1)))
        np.testing.assert_array_equal(other.keypoints[0, 0], (50, 100))

    def test_what_is_broken(self):
        savemat(self.path("Train", "wave_1.mat"), {"CSI": 1})
        savemat(self.path("Train", "wave_1-frame001.mat"), {"CSI": np.ones((5, 30, 3))})
        savemat(self.path("Train", "wave_1-frame002.mat"), {"CSI": np.ones((5, 30, 3, 3))})
        recordings = open_set("wi-pose", self.root)
        self.assertEqual(list(recordings), [])
        self.assertEqual(len(recordings.skipped), 3)


def intel5300(csi):
    """Records of the Linux 802.11n CSI Tool: csi [packets, rx, tx, 30], integer parts."""
    out = b""
    for i, packet in enumerate(csi):
        n_rx, n_tx, _ = packet.shape
        bits, at = 0, 0
        for k in range(30):
            at += 3
            for value in packet[:, :, k].ravel():
                for part in (value.real, value.imag):
                    bits |= (int(part) & 0xFF) << at
                    at += 8
        packed = (at + 7) // 8
        body = struct.pack("<IHHBBBBBbBBHH", 1000 * i, i, 0, n_rx, n_tx, 40, 41, 42, -90, 30, 0b100100,
                           packed, 0x1101) + bits.to_bytes(packed, "little")
        out += struct.pack(">HB", len(body) + 1, 0xBB) + body
    return out


@unittest.skipUnless(os.path.exists(AIRWAKE), f"no {AIRWAKE}")
class Widar3(Folder):
    def test_csi(self):
        csi = rng.integers(-100, 100, (6, 3, 1, 30)) + 1j * rng.integers(-100, 100, (6, 3, 1, 30))
        self.write(intel5300(csi), "CSI", "20181211", "user9", "user9-6-2-3-4-r5.dat")
        self.write(intel5300(csi), "CSI", "20181121", "user2", "user2-6-1-1-1-r1.dat")
        self.write(b"", "CSI", "20181109", "user1", "user1-1-1-1-1-r1.dat")
        self.write(intel5300(csi), "elsewhere", "user1", "user1-1-1-1-1-r1.dat")
        recordings = open_set("widar3", self.root, airwake=AIRWAKE)
        found = list(recordings)
        self.assertEqual([(s.room, s.subject, s.label, s.receiver) for s in found],
                         [("widar3-1", "user2", None, "r1"), ("widar3-3", "user9", "zigzag", "r5")])
        self.assertEqual((found[1].sequence, found[1].moment), ("20181211/user9/6/2/3", 4))
        got = found[1].amplitude * np.exp(1j * found[1].phase)
        np.testing.assert_allclose(got, csi, atol=1e-4)
        self.assertEqual(len(recordings.skipped), 2)

    def test_velocities(self):
        bvp = rng.uniform(0, 1, (20, 20, 14))
        name = "user1-2-1-1-1-1-1e-07-100-20-100000-L0.mat"
        savemat(self.path("BVP", "20181109-VS", "6-link", "user1", name), {"velocity_spectrum_ro": bvp})
        savemat(self.path("BVP", "20181109-VS", "6-link", "user1", "user1-2-1-1-2-x.mat"),
                {"velocity_spectrum_ro": np.zeros((0, 0))})
        (got, known), = velocities(self.root)
        np.testing.assert_allclose(got, bvp, rtol=1e-6)
        self.assertEqual((known["room"], known["subject"], known["label"], known["moment"]),
                         ("widar3-1", "user1", "sweep", 1))


class Shapes(unittest.TestCase):
    def test_to_coco(self):
        got = to_coco(np.arange(4.0).reshape(2, 2), ("left-hip", "tail"))
        np.testing.assert_array_equal(got[11], (0, 1))
        self.assertEqual(np.isfinite(got).sum(), 2)
        with self.assertRaises(ValueError):
            to_coco(np.zeros((3, 2)), ("left-hip", "tail"))

    def test_refused(self):
        good = np.ones((2, 3, 1, 30), np.float32)
        for args in ((good[0], None, None), (good[:0], None, None), (good, good[:1], None),
                     (good, None, np.ones((1, 14, 3))), (good, None, np.ones((17, 3)))):
            with self.assertRaises(ValueError):
                Sample(*args, None, None, None, "x", "x", 0)


if __name__ == "__main__":
    unittest.main()
