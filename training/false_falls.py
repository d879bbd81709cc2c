#!/usr/bin/env python3
"""False falls of the activity model on recordings in which nobody falls.

    python3 training/false_falls.py [AIRWAKE]

Runs `airwake model run --hop 1` over ../shared/data or $AIRWAKE_DATA and prints a table: hours with an
answer, events per hour (fall is the most probable class, for the first time in 10 s), and likewise
of a probability of 0.9. Each recording begins anew.
"""
import glob
import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(__file__), "..")
AIRWAKE = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/release/airwake")
DATA = os.environ.get("AIRWAKE_DATA", os.path.join(ROOT, "../shared/data"))
QUIET_S, SURE = 10, 0.9

SETS = [
    ("breathing-esp32, sitting (in the training data)", "breathing-esp32/*/*/*.zst", ()),
    ("presence-esp32c3, walking", "presence-esp32c3/**/*walk*", ()),
    ("presence-esp32c3, running", "presence-esp32c3/**/*run*", ()),
    ("presence-esp32c3, standing, sitting", "presence-esp32c3/**/*", ("stand", "sit")),
    ("presence-esp32c3, empty", "presence-esp32c3/**/*empty*", ()),
    ("rooms-esp32, walking", "rooms-esp32/**/*", ("mov_",)),
    ("rooms-esp32, empty or breathing", "rooms-esp32/**/*", ("vacio", "resp")),
    ("motion-esp32-chips, quiet then moving", "motion-esp32-chips/test/*.npz", ()),
]


def answers(path):
    got = subprocess.run([AIRWAKE, "model", "run", "--hop", "1", os.path.join(ROOT, "models/activity.onnx"), path],
                         capture_output=True, text=True)
    return [json.loads(line) for line in got.stdout.splitlines()]


def events(rows, least):
    """Falls of at least this probability, after QUIET_S seconds without one, over the links of a recording."""
    last, count = {}, 0
    for r in rows:
        if r["class"] == "fall" and r["confidence"] >= least:
            count += r["t_s"] - last.get(r["link"], -1e9) > QUIET_S
            last[r["link"]] = r["t_s"]
    return count


def main():
    if not os.path.isdir(DATA):
        print(f"SKIPPED: no recordings in {DATA}")
        return 77
    print("| recordings | hours | events per hour | above 0.9 probability |\n|---|---|---|---|")
    for name, pattern, words in SETS:
        files = [f for f in sorted(glob.glob(os.path.join(DATA, pattern), recursive=True)) if os.path.isfile(f)
                 and not f.endswith((".md", "LICENSE")) and (not words or any(w in f.lower() for w in words))]
        seconds = found = sure = 0
        for f in files:
            rows = answers(f)
            seconds += sum(r["class"] is not None for r in rows)
            found += events(rows, 0)
            sure += events(rows, SURE)
        hours = seconds / 3600
        rate = (lambda k: f"{k / hours:.0f}" if hours else "no answer")
        print(f"| {name} | {hours:.2f} | {rate(found)} | {rate(sure)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
