"""join_pcap.py OUT SECONDS IN...: pcaps one after the other, each beginning SECONDS after the last."""
import struct
import sys

out, step = open(sys.argv[1], "wb"), float(sys.argv[2])
first = None
for i, name in enumerate(sys.argv[3:]):
    data = open(name, "rb").read()
    if i == 0:
        out.write(data[:24])
    part = 1e-9 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1e-6
    at, begin = 24, None
    while at < len(data):
        s, frac, kept, whole = struct.unpack("<IIII", data[at:at + 16])
        t = s + frac * part
        begin = t if begin is None else begin
        first = t if first is None else first
        t += first + i * step - begin
        out.write(struct.pack("<IIII", int(t), int(t % 1 / part), kept, whole))
        out.write(data[at + 16:at + 16 + kept])
        at += 16 + kept
