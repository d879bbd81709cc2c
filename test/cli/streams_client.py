"""Subscribes to both streams of a link: streams_client.py http://HOST:PORT"""
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
for stream in ("csi", "spectrogram"):
    ws.say({"type": "subscribe", "stream": stream, "link": LINK})

csi, spectra, answers = [], [], []
for opcode, data in ws.frames(5):
    if opcode == 1:
        answers += [m for m in [json.loads(data)] if m["type"] in ("subscribed", "error")]
    if opcode == 2:
        (csi if data[1] == 1 else spectra).append(data)

assert [m["type"] for m in answers] == ["subscribed"] * 2, answers
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
print(f"{len(csi)} frames, {len(spectra)} spectra")
