"""Counts what a set has: samples, subjects, rooms, labels, and what could not be read."""
import sys
from collections import Counter

from datasets import open_set


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python3 -m datasets NAME FOLDER")
    try:
        recordings = open_set(sys.argv[1], sys.argv[2])
    except (OSError, ValueError) as why:
        sys.exit(f"datasets: {why}")
    counts = {key: Counter() for key in ("subject", "room", "label", "split", "shape")}
    n = 0
    for s in recordings:
        n += 1
        for key, counter in counts.items():
            counter[str(s.amplitude.shape if key == "shape" else getattr(s, key))] += 1
    print(f"{n} samples")
    for key, counter in counts.items():
        print(f"{key}: " + ", ".join(f"{k} {c}" for k, c in sorted(counter.items())))
    for file, why in recordings.skipped:
        print(f"skipped: {file}: {why}")


if __name__ == "__main__":
    main()
