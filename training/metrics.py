"""How good poses and body maps are: one definition of each figure.

Poses are arrays [n, 17, 2 or 3] in COCO's order, in any unit (metres here). A true joint that is NaN
was not seen and does not count. A predicted joint that is NaN counts as wrong wherever there is a right
and wrong; where there is only a distance, the share of joints that have one stands beside it. What
cannot be judged at all is NaN, never 1.

    pck(truth, predicted, 0.2)      share of joints within 0.2 torsos of the truth
    mpjpe, pa_mpjpe                 mean distance; after the best similarity
    oks, keypoint_ap                COCO's similarity; average precision over it
    gps, gpsm, densepose_ap         of body maps
    part_iou                        of body maps, by part
    mean_pose, last_pose            the trivial answers that a model has to beat
    split_by, leave_one_out         tests on rooms or subjects never trained on
    report                          all figures of poses with both trivial answers beside them
"""
import numpy as np

SHOULDER_R, HIP_L, HIP_R = 6, 11, 12
JOINTS = 17

# Published with COCO's keypoint evaluation (cocodataset.org/#keypoints-eval); k = 2 sigma there.
SIGMAS = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
THRESHOLDS = np.arange(0.5, 0.96, 0.05)
RECALLS = np.linspace(0, 1, 101)
COVERED = 0.53  # of a person's box, by the person: what pose tools take where no outline is known

# m; so that a distance of 0.3 m, half of a body segment, scores 0.5. Gueler, Neverova, Kokkinos,
# DensePose, CVPR 2018, section 3.3.
KAPPA_M = 0.255


def distances(truth, predicted):
    """[n, 17]; NaN where either is."""
    return np.linalg.norm(np.asarray(predicted, float) - np.asarray(truth, float), axis=-1)


def seen(truth):
    return np.isfinite(np.asarray(truth, float)).all(-1)


def torso(truth):
    """[n]: from the left hip to the right shoulder of the truth (Sapp, Taskar, MODEC, CVPR 2013); NaN
    where one was not seen or they are in one place."""
    length = np.linalg.norm(truth[:, HIP_L] - truth[:, SHOULDER_R], axis=-1)
    return np.where(length > 0, length, np.nan)


def pck(truth, predicted, alpha):
    """Over all joints seen of poses whose torso was seen. d <= alpha torso is right."""
    truth = np.asarray(truth, float)
    counts = seen(truth) & np.isfinite(torso(truth))[:, None]
    right = distances(truth, predicted) <= alpha * torso(truth)[:, None]  # NaN: not right
    return float(right[counts].mean()) if counts.any() else float("nan")


def mpjpe(truth, predicted):
    """Mean distance over joints seen and predicted, in the place where they are (nothing is aligned), and
    the share of joints seen that were predicted."""
    d = distances(truth, predicted)
    counts, there = seen(truth), np.isfinite(d)
    if not (counts & there).any():
        return float("nan"), 0.0
    return float(d[counts & there].mean()), float(there[counts].mean())


def aligned(truth, predicted):
    """predicted [k, d] after the rotation, scale and shift that bring it closest to truth [k, d]. Umeyama,
    Least-Squares Estimation of Transformation Parameters Between Two Point Patterns, PAMI 13, 1991."""
    a, b = predicted - predicted.mean(0), truth - truth.mean(0)
    u, s, vt = np.linalg.svd(a.T @ b)
    flip = np.ones(len(s))
    flip[-1] = np.sign(np.linalg.det(u @ vt)) or 1.0  # no mirror image
    size = (a ** 2).sum()
    scale = (s * flip).sum() / size if size > 0 else 0.0
    return scale * a @ (u * flip) @ vt + truth.mean(0)


def pa_mpjpe(truth, predicted):
    """Like mpjpe, each pose aligned first; poses with fewer than 3 joints do not count."""
    moved = np.full(np.shape(truth), np.nan)
    truth, predicted = np.asarray(truth, float), np.asarray(predicted, float)
    ok = seen(truth) & seen(predicted)
    for i in np.where(ok.sum(1) >= 3)[0]:
        moved[i, ok[i]] = aligned(truth[i, ok[i]], predicted[i, ok[i]])
    return mpjpe(truth, moved)


# ---- OKS and average precision ----------------------------------------------------------------------


def area(truth):
    """Of one pose [17, 2 or 3]: COVERED times the box around the joints seen; in space the two longer
    sides of it."""
    sides = np.sort(np.nanmax(truth, 0) - np.nanmin(truth, 0))
    return COVERED * sides[-1] * sides[-2]


def oks(truth, predicted, person_area=None):
    """Of one pose: mean over joints seen of exp(-d^2 / (2 area (2 sigma)^2)); NaN if none was seen."""
    truth = np.asarray(truth, float)
    counts = seen(truth)
    if not counts.any():
        return float("nan")
    s2 = max(area(truth) if person_area is None else person_area, np.finfo(float).tiny)
    e = np.exp(-distances(truth, predicted) ** 2 / (2 * s2 * (2 * SIGMAS) ** 2))
    return float(np.nan_to_num(e)[counts].mean())


def average_precision(moments, thresholds=THRESHOLDS):
    """moments: for each the scores of what was found [f] and its similarity to what is there [f, t]. As
    COCO does it, without its classes of size: by falling score each takes the most similar of its moment
    that is free and at least as similar as the threshold; precision at 101 recalls, each the best at that
    recall or beyond; mean over thresholds. Equal scores count together (there: in the order they came).
    NaN when nothing is there."""
    there = sum(np.shape(similar)[1] for _, similar in moments)
    if there == 0:
        return float("nan")
    scores = np.concatenate([np.asarray(s, float) for s, _ in moments])
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)[:len(order)]
    return float(np.mean([one_precision(moments, t, order, last, there) for t in thresholds]))


def one_precision(moments, threshold, order, last, there):
    hits = np.concatenate([matches(np.asarray(s, float), np.asarray(similar, float), threshold)
                           for s, similar in moments])[order]
    if len(hits) == 0:
        return 0.0
    recall = (np.cumsum(hits) / there)[last]
    precision = (np.cumsum(hits) / np.arange(1, len(hits) + 1))[last]
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, RECALLS, side="left")
    return float(np.append(precision, 0.0)[at].mean())


def matches(scores, similar, threshold):
    hit, free = np.zeros(len(scores), bool), np.ones(similar.shape[1], bool)
    for i in np.argsort(-scores, kind="stable"):
        value = np.where(free, similar[i], -1)
        if len(value) and value.max() >= threshold:
            hit[i], free[value.argmax()] = True, False
    return hit


def keypoint_ap(moments, thresholds=THRESHOLDS):
    """moments: for each (truth [t, 17, d], predicted [f, 17, d], scores [f]). People without a joint seen
    do not count."""
    table = []
    for truth, predicted, scores in moments:
        people = [t for t in truth if seen(t).any()]
        table.append((scores, np.array([[oks(t, p) for t in people] for p in predicted])
                      .reshape(len(predicted), len(people))))
    return average_precision(table, thresholds)


# ---- Body maps --------------------------------------------------------------------------------------
# A map is (part [h, w] 0..24, u [h, w], v [h, w] 0..1): U along the bone, V around the half that the part
# is, as the simulator has them.

# m, along and around, of a body of 1.75 m: lengths are its shares (Winter, Biomechanics and Motor Control
# of Human Movement, 2009, figure 4.1); half circumferences (hands and feet: whole) are round figures of
# grown-ups.
PART_M = np.array([
    (0, 0), (.50, .45), (.50, .45), (.19, .20), (.19, .20), (.27, .25), (.27, .25),
    (.43, .26), (.43, .26), (.43, .26), (.43, .26), (.43, .18), (.43, .18), (.43, .18), (.43, .18),
    (.33, .15), (.33, .15), (.33, .15), (.33, .15), (.26, .13), (.26, .13), (.26, .13), (.26, .13),
    (.23, .29), (.23, .29)])


def surface_m(true_map, map_):
    """[pixels of the true body]: distance on the surface between what is there and what was said, m. On
    one part along its chart, of the size PART_M; to another part infinite, where the published measure
    goes on across: a part missed scores 0 here, also next to the seam."""
    part, u, v = (np.asarray(a) for a in true_map)
    part2, u2, v2 = (np.asarray(a) for a in map_)
    body = part > 0
    size = PART_M[part[body]]
    d = np.hypot((u2[body] - u[body]) * size[:, 0], (v2[body] - v[body]) * size[:, 1])
    return np.where(part2[body] == part[body], d, np.inf)


def gps(true_map, map_):
    """Geodesic point similarity: mean over the true body's pixels of exp(-d^2 / (2 kappa^2)); NaN when
    there is no body."""
    d = surface_m(true_map, map_)
    return float(np.exp(-d ** 2 / (2 * KAPPA_M ** 2)).mean()) if len(d) else float("nan")


def iou(a, b):
    """Of two masks; NaN when both are empty."""
    both, any_ = (a & b).sum(), (a | b).sum()
    return float(both / any_) if any_ else float("nan")


def gpsm(true_map, map_):
    """Also wrong for a body where none is: sqrt(gps times the IoU of the bodies)."""
    return float(np.sqrt(gps(true_map, map_) * iou(np.asarray(true_map[0]) > 0, np.asarray(map_[0]) > 0)))


def densepose_ap(moments, thresholds=THRESHOLDS, similarity=gps):
    """moments: for each (true maps [t], maps [f], scores [f])."""
    return average_precision([
        (scores, np.array([[similarity(t, m) for t in truth] for m in maps]).reshape(len(maps), len(truth)))
        for truth, maps, scores in moments], thresholds)


def part_iou(true_parts, parts):
    """[25] IoU of each part over all pixels [n, h, w] (0: background), and the mean over parts 1..24 that
    the truth or the answer has."""
    true_parts, parts = np.asarray(true_parts), np.asarray(parts)
    each = np.array([iou(true_parts == p, parts == p) for p in range(25)])
    known = each[1:][np.isfinite(each[1:])]
    return each, float(known.mean()) if len(known) else float("nan")


# ---- Trivial answers, splits ------------------------------------------------------------------------


def mean_pose(trained_on, n):
    """The mean of the poses trained on, n times."""
    return np.repeat(np.nanmean(np.asarray(trained_on, float), 0)[None], n, 0)


def last_pose(truth, sequence, late=1):
    """The true pose of `late` moments before in the same sequence: what somebody says who was told the
    truth a moment ago. NaN at the beginnings."""
    truth, sequence = np.asarray(truth, float), np.asarray(sequence)
    out = np.full_like(truth, np.nan)
    same = sequence[late:] == sequence[:-late]
    out[late:][same] = truth[:-late][same]
    return out


def split_by(key, share=0.2, seed=0):
    """Masks (train, test): whole keys (rooms, subjects) go to one side; at least one to each."""
    key = np.asarray(key)
    kinds = np.unique(key)
    if len(kinds) < 2:
        raise ValueError("a split needs two rooms or subjects at least")
    count = min(max(1, round(share * len(kinds))), len(kinds) - 1)
    held = np.random.default_rng(seed).permutation(kinds)[:count]
    test = np.isin(key, held)
    return ~test, test


def split_by_both(room, subject, share=0.2, seed=0):
    """Masks (train, test): in the test neither room nor subject of the training; what is half new is in
    neither."""
    train_r, test_r = split_by(room, share, seed)
    train_s, test_s = split_by(subject, share, seed + 1)
    return train_r & train_s, test_r & test_s


def leave_one_out(key):
    """(key, train, test) for each."""
    key = np.asarray(key)
    for k in np.unique(key):
        yield k, key != k, key == k


def pose_figures(truth, predicted):
    error, share = mpjpe(truth, predicted)
    return {"pck20": pck(truth, predicted, 0.2), "pck50": pck(truth, predicted, 0.5), "mpjpe_m": error,
            "pa_mpjpe_m": pa_mpjpe(truth, predicted)[0], "joints": share,
            "oks_ap": keypoint_ap([(t[None], p[None], [1.0]) for t, p in zip(truth, predicted)])}


def report(truth, predicted, trained_on, sequence, late=1, say=print):
    """Figures of one person's poses, always with those of both trivial answers (last-pose where it has
    one: beginnings of sequences do not count for it)."""
    last = last_pose(truth, sequence, late)
    has = np.isfinite(last).any((1, 2))
    rows = {"model": pose_figures(truth, predicted),
            "mean_pose": pose_figures(truth, mean_pose(trained_on, len(truth))),
            "last_pose": pose_figures(truth[has], last[has])}
    if say:
        say("| | " + " | ".join(rows["model"]) + " |\n|---|" + "---|" * len(rows["model"]))
        for name, row in rows.items():
            say(f"| {name} | " + " | ".join(f"{x:.3f}" for x in row.values()) + " |")
    return rows
