#!/usr/bin/env python3
"""Each figure of training/metrics.py against values worked out by hand.

    python3 training/test_metrics.py
"""
import sys
import unittest

try:
    import numpy as np
except ImportError:
    print("SKIPPED: no numpy")
    sys.exit(77)

import metrics as m


def person(x=0.0, y=0.0):
    """A torso (right shoulder to left hip) of exactly 0.5: 0.3 across, 0.4 high."""
    p = np.zeros((17, 2))
    p[:, 1] = np.linspace(1.7, 0.0, 17)
    p[m.SHOULDER_R] = (0.0, 1.4)
    p[m.HIP_L] = (0.3, 1.0)
    return p + (x, y)


class Pck(unittest.TestCase):
    def test_by_hand(self):
        truth = person()[None]
        said = truth.copy()
        said[0, 0, 0] += 0.1001  # beyond 0.2 torsos
        said[0, 1, 0] += 0.0999
        said[0, 2, 1] -= 0.2499
        said[0, 3, 1] -= 0.2501  # beyond 0.5 torsos
        self.assertAlmostEqual(m.pck(truth, said, 0.2), 14 / 17)
        self.assertAlmostEqual(m.pck(truth, said, 0.5), 16 / 17)

    def test_what_was_not_seen_or_not_said(self):
        truth, said = person()[None].copy(), person()[None].copy()
        truth[0, 9] = np.nan
        said[0, 9] += 5  # nobody knows
        said[0, 10] = np.nan  # wrong
        self.assertAlmostEqual(m.pck(truth, said, 0.2), 15 / 16)
        truth[0, m.HIP_L] = np.nan  # no torso: not judged
        self.assertTrue(np.isnan(m.pck(truth, said, 0.2)))

    def test_in_space(self):
        truth = np.concatenate((person(), np.ones((17, 1))), 1)[None]
        self.assertEqual(m.pck(truth, truth + (0, 0, 0.099), 0.2), 1)
        self.assertEqual(m.pck(truth, truth + (0, 0, 0.101), 0.2), 0)


class Distance(unittest.TestCase):
    def test_mpjpe(self):
        truth = np.stack((person(), person()))
        said = truth.copy()
        said[0] += (0.03, 0.04)
        said[1] += (0.0, 0.15)
        self.assertAlmostEqual(m.mpjpe(truth, said)[0], 0.1)
        self.assertEqual(m.mpjpe(truth, said)[1], 1)
        said[1] = np.nan
        error, share = m.mpjpe(truth, said)
        self.assertAlmostEqual(error, 0.05)
        self.assertAlmostEqual(share, 0.5)
        self.assertTrue(np.isnan(m.mpjpe(truth, truth * np.nan)[0]))

    def test_pa_mpjpe(self):
        rng = np.random.default_rng(1)
        truth = rng.standard_normal((5, 17, 3))
        c, s = np.cos(1.1), np.sin(1.1)
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        self.assertLess(m.pa_mpjpe(truth, 1.7 * truth @ turn + (3, -2, 1))[0], 1e-12)
        self.assertGreater(m.pa_mpjpe(truth, truth * (1, 1, -1))[0], 0.1)  # a mirror image is not
        # by hand: along a line 0, 1, 2 against 0, 1, 3: shifted, scaled by 14/9 of (-4, -1, 5)/3
        line = np.full((1, 17, 2), np.nan)
        said = line.copy()
        line[0, :3], said[0, :3] = [(0, 0), (1, 0), (3, 0)], [(0, 0), (1, 0), (2, 0)]
        want = np.abs(np.array([-4, -1, 5]) / 3 - 1.5 * np.array([-1, 0, 1])).mean()
        self.assertAlmostEqual(m.pa_mpjpe(line, said)[0], want)


class Oks(unittest.TestCase):
    def test_by_hand(self):
        truth = person()
        k = 2 * 0.107  # hips
        said = truth.copy()
        said[m.HIP_L, 0] += np.sqrt(2 * np.log(2)) * k  # half of that joint, with area 1
        self.assertAlmostEqual(m.oks(truth, said, 1.0), 16.5 / 17)
        self.assertAlmostEqual(m.oks(truth, truth, 1.0), 1)
        said[0] = np.nan
        self.assertAlmostEqual(m.oks(truth, said, 1.0), 15.5 / 17)
        self.assertTrue(np.isnan(m.oks(truth * np.nan, said)))

    def test_area(self):
        self.assertAlmostEqual(m.area(person()), 0.53 * 0.3 * 1.7)
        deep = np.concatenate((person(), np.linspace(0, 0.1, 17)[:, None]), 1)
        self.assertAlmostEqual(m.area(deep), 0.53 * 0.3 * 1.7)


class Precision(unittest.TestCase):
    def test_by_hand(self):
        # two there; scores .9 right, .8 wrong, .7 right: precision 1 up to recall .5, 2/3 up to 1
        moments = [([0.9, 0.8], [[1.0], [0.0]]), ([0.7], [[1.0]])]
        self.assertAlmostEqual(m.average_precision(moments), (51 + 50 * 2 / 3) / 101)
        # the wrong one last, or never said
        self.assertAlmostEqual(m.average_precision([([0.9, 0.1], [[1.0], [0.0]]), ([0.7], [[1.0]])]), 1)
        # half of them found
        self.assertAlmostEqual(m.average_precision([([0.9], [[1.0, 0.0]])]), 51 / 101)

    def test_thresholds(self):
        # similarity .72: right at .50 .. .70, five of ten
        self.assertAlmostEqual(m.average_precision([([0.9], [[0.72]])]), 0.5)

    def test_one_person_is_found_once(self):
        moments = [([0.9, 0.8], [[0.99], [0.98]])]
        self.assertAlmostEqual(m.average_precision(moments), 1)
        moments = [([0.9, 0.8], [[0.99, 0.0], [0.98, 0.0]])]  # two there, both on one
        self.assertAlmostEqual(m.average_precision(moments), 51 / 101)

    def test_nothing(self):
        self.assertTrue(np.isnan(m.average_precision([([0.5], np.zeros((1, 0)))])))
        self.assertEqual(m.average_precision([([], np.zeros((0, 1)))]), 0)

    def test_order_of_equal_scores(self):
        a, b = ([0.5], [[1.0]]), ([0.5], [[0.0]])
        self.assertEqual(m.average_precision([a, b]), m.average_precision([b, a]))
        self.assertAlmostEqual(m.average_precision([a, b]), 0.5 * 51 / 101)

    def test_of_poses(self):
        near, far = person(), person(5)
        said = np.stack((far, near))
        self.assertAlmostEqual(m.keypoint_ap([(np.stack((near, far)), said, [0.6, 0.9])]), 1)
        self.assertAlmostEqual(m.keypoint_ap([(near[None], said, [0.9, 0.6])]), 0.5)  # false one first
        self.assertEqual(m.keypoint_ap([(near[None], said[:0], [])]), 0)
        unseen = np.stack((near, near * np.nan))
        self.assertAlmostEqual(m.keypoint_ap([(unseen, near[None], [0.9])]), 1)


def square(part=1, u=0.5, v=0.5):
    shape = (4, 4)
    inside = np.zeros(shape, int)
    inside[1:3, 1:3] = part
    return inside, np.full(shape, u), np.full(shape, v)


class BodyMaps(unittest.TestCase):
    def test_gps(self):
        self.assertAlmostEqual(m.gps(square(), square()), 1)
        # 0.2 of a trunk 0.5 m long and 0 of 0.45 m around: 0.1 m
        self.assertAlmostEqual(m.gps(square(), square(u=0.7)), np.exp(-0.1 ** 2 / (2 * 0.255 ** 2)))
        self.assertAlmostEqual(m.gps(square(), square(v=0.7)), np.exp(-0.09 ** 2 / (2 * 0.255 ** 2)))
        said = square()
        said[0][1, 1] = 2  # another part
        said[0][1, 2] = 0  # nothing
        self.assertAlmostEqual(m.gps(square(), said), 0.5)
        self.assertTrue(np.isnan(m.gps(square(0), square())))

    def test_kappa(self):  # as published: 0.3 m score a half
        self.assertAlmostEqual(np.exp(-0.3 ** 2 / (2 * m.KAPPA_M ** 2)), 0.5, places=2)

    def test_gpsm(self):
        said = square()
        said[0][0, :] = 1  # four pixels of a body too many: IoU 4 / 8
        self.assertAlmostEqual(m.gps(square(), said), 1)
        self.assertAlmostEqual(m.gpsm(square(), said), np.sqrt(0.5))

    def test_ap(self):
        found = ([square()], [square(u=0.7), square(part=3)], [0.9, 0.8])
        # gps exp(-.0769) = .926: right at .50 .. .90, nine of ten
        self.assertAlmostEqual(m.densepose_ap([found]), 0.9)

    def test_part_iou(self):
        truth, said = np.zeros((1, 2, 4), int), np.zeros((1, 2, 4), int)
        truth[0, 0] = 5
        said[0, 0, :2] = 5
        said[0, 1, 0] = 7
        each, mean = m.part_iou(truth, said)
        self.assertAlmostEqual(each[5], 0.5)
        self.assertEqual(each[7], 0)
        self.assertTrue(np.isnan(each[1]))
        self.assertAlmostEqual(each[0], 3 / 6)
        self.assertAlmostEqual(mean, 0.25)


class Trivial(unittest.TestCase):
    def test_mean_pose(self):
        trained = np.stack((person(0), person(1), person(5) * np.nan))
        got = m.mean_pose(trained, 2)
        np.testing.assert_allclose(got, np.stack((person(0.5), person(0.5))))

    def test_last_pose(self):
        truth = np.stack([person(i) for i in range(5)])
        got = m.last_pose(truth, [0, 0, 0, 1, 1])
        self.assertTrue(np.isnan(got[[0, 3]]).all())
        np.testing.assert_allclose(got[[1, 2, 4]], truth[[0, 1, 3]])
        self.assertTrue(np.isnan(m.last_pose(truth, [0, 0, 0, 1, 1], 2)[[0, 1, 3, 4]]).all())

    def test_report(self):
        truth = np.stack([person(0.06 * i) for i in range(4)])
        lines = []
        rows = m.report(truth, truth + (0.2, 0), [person()], [0] * 4, say=lines.append)
        self.assertEqual(list(rows), ["model", "mean_pose", "last_pose"])
        self.assertAlmostEqual(rows["model"]["mpjpe_m"], 0.2)
        self.assertAlmostEqual(rows["model"]["pck20"], 0)
        self.assertAlmostEqual(rows["mean_pose"]["mpjpe_m"], 0.09)
        self.assertAlmostEqual(rows["last_pose"]["mpjpe_m"], 0.06)
        self.assertAlmostEqual(rows["mean_pose"]["pck20"], 0.5)
        self.assertEqual(rows["last_pose"]["pck20"], 1)  # its first is not judged
        self.assertEqual(len(lines), 4)


class Splits(unittest.TestCase):
    def test_by_key(self):
        room = np.repeat(np.arange(10), 3)
        train, test = m.split_by(room, 0.2, 3)
        self.assertEqual(len(set(room[test])), 2)
        self.assertFalse(set(room[train]) & set(room[test]))
        self.assertTrue((train ^ test).all())
        with self.assertRaises(ValueError):
            m.split_by([1, 1])
        train, test = m.split_by([1, 2], 0.01)
        self.assertTrue(train.any() and test.any())

    def test_by_both(self):
        room, subject = np.repeat(np.arange(6), 6), np.tile(np.arange(6), 6)
        train, test = m.split_by_both(room, subject, 0.34)
        self.assertFalse(set(room[train]) & set(room[test]))
        self.assertFalse(set(subject[train]) & set(subject[test]))
        self.assertEqual((train.sum(), test.sum()), (16, 4))

    def test_leave_one_out(self):
        folds = list(m.leave_one_out(["b", "a", "b"]))
        self.assertEqual([k for k, _, _ in folds], ["a", "b"])
        self.assertEqual(folds[1][2].tolist(), [True, False, True])
        self.assertEqual(folds[1][1].tolist(), [False, True, False])


if __name__ == "__main__":
    unittest.main()
