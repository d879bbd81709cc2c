"""Subscribes to all streams of a link: streams_client.py http://HOST:PORT"""
import json
import struct
import sys
import urllib.parse
import urllib.request

from ws_client import WebSocket

address = urllib.parse.urlparse(sys.argv[1])
ws = WebSocket(address.hostname, address.port, "/ws/sensing")
assert ws.open, ws.header
with urllib.request.urlopen(sys.argv[1] + "/api/v1/links", timeout=5) as r:
    LINK = json.load(r)["links"][0]["id"]
for stream in ("csi", "spectrogram", "phase", "breathing"):
    ws.say({"type": "subscribe", "stream": stream, "link": LINK})

csi, spectra, rows, breaths, answers = [], [], [], [], []
for opcode, data in ws.frames(5):
    if opcode == 1:
        m = json.loads(data)
        answers += [m] if m["type"] in ("subscribed", "error") else []
        breaths += [m] if m["type"] == "breathing" else []
    if opcode == 2:
        {1: csi, 2: spectra, 3: rows}[data[1]].append(data)

assert [m["type"] for m in answers] == ["subscribed"] * 4, answers
assert 350 < len(csi) < 600, len(csi)  # 50 per second, at double speed
t, index, seq = [], [], []
for d in csi:
    version, stream, encoding, bits, link, t_ns, i, rssi, q, spacing = struct.unpack_from(
        "<BBBBIqIfqf", d)
    rx, tx, sub, chains, runs = struct.unpack_from("<HHHHH", d, 36)
    assert (version, stream, bits & 3, link) == (1, 1, 2, LINK), d[:8]
    assert -100 < rssi < 0 and spacing == 312500 and chains == rx * tx
    k = []
    for r in range(runs):
        a, b, step = struct.unpack_from("<hhh", d, 48 + 6 * r)
        k += range(a, b + (1 if step > 0 else -1), step)
    assert len(k) == sub, (len(k), sub)
    at = 48 + 6 * runs + sub
    at += -at % 4
    assert len(d) == at + chains * sub * (4 if encoding == 1 else 8), len(d)
    values = struct.unpack_from(f"<{2 * chains * sub}" + ("h" if encoding == 1 else "f"), d, at)
    assert any(values)
    t.append(t_ns)
    index.append(i)
    seq.append(q)
assert index == list(range(len(index))), "frames are missing"
assert t == sorted(t) and len(set(t)) == len(t)
assert abs((t[-1] - t[0]) / 1e9 / (len(t) - 1) - 0.02) < 0.002, "50 per second in their own time"
assert [b - a for a, b in zip(seq, seq[1:])].count(1) > 0.95 * (len(seq) - 1), "the sender's numbers"

assert len(spectra) > 20, len(spectra)
slow = fast = 0
for d in spectra:
    n, first, step, window = struct.unpack_from("<Ifff", d, 20)
    p = struct.unpack_from(f"<{n}f", d, 40)
    assert len(d) == 40 + 4 * n and first == 0 and 1.5 < window < 6 and min(p) >= 0
    slow += sum(v for i, v in enumerate(p) if 0.5 < i * step < 12)
    fast += sum(v for i, v in enumerate(p) if i * step >= 12)
assert slow > 3 * fast, "a walker moves slowly"
assert 150 < len(rows) < 250, len(rows)  # 20 per second of the data, at double speed
for d in rows:
    n, chains, runs = struct.unpack_from("<HHH", d, 20)
    at = 40 + 6 * runs
    at += -at % 4
    phase = struct.unpack_from(f"<{n * chains}f", d, at)
    assert len(d) == at + 4 * n * chains and n > 40 and max(map(abs, phase)) <= 3.1416, (n, chains)

assert 8 <= len(breaths) <= 12, len(breaths)  # one per second of the data
for m in breaths:
    assert m["link"] == LINK and m["source"] == "simulated", m
    for key in ("breathing_bpm", "candidate_bpm", "coarse", "fine", "wave", "weights"):
        assert (m[key] is None) == (m[key.removesuffix("_bpm") + "_reason"] is not None), (key, m)
    assert m["coarse"] is None or len(m["coarse"]) == 225
print(f"{len(csi)} frames, {len(rows)} rows of phase, {len(breaths)} of breathing, {len(spectra)} spectra")
