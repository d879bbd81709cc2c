"""Signed datagrams as docs/protocol.md says, and what somebody on the way could do with them.

signed.py relay TO FILE          passes datagrams on to port TO and keeps them in FILE, until none came
                                 for 1 s; prints its own port first, then how many there were
signed.py again TO FILE          sends those in FILE once more, from another address
signed.py flip TO FILE           sends them with one bit changed in each, every byte in turn
signed.py sign TO FILE KEY ID AGE_S   sends what is inside them, signed with KEY (hex) as ID, AGE_S old
signed.py bare TO FILE           sends what is inside them
Each prints how many it sent."""
import hashlib
import socket
import struct
import sys
import time

HEAD, MAC = 28, 16


def sign(key, key_id, seq, t_ns, inner):
    body = b"AWS1\1\0\0\0" + struct.pack("<IQq", key_id, seq, t_ns) + inner
    return body + hashlib.blake2b(body, key=key, digest_size=MAC).digest()


def relay(to, path):
    here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    here.bind(("127.0.0.1", 0))
    print(here.getsockname()[1], flush=True)
    here.settimeout(20)
    n = 0
    with open(path, "wb") as kept:
        try:
            while True:
                datagram = here.recv(65536)
                here.settimeout(1)
                kept.write(struct.pack("<I", len(datagram)) + datagram)
                out.sendto(datagram, to)
                n += 1
        except TimeoutError:
            print(n)


def kept(path):
    with open(path, "rb") as f:
        while head := f.read(4):
            yield f.read(struct.unpack("<I", head)[0])


def flipped(datagram, i):
    b = bytearray(datagram)
    b[8 + i % (len(b) - 8)] ^= 1 << i % 8  # bytes 4..7 are no secret: test_signed.c
    return bytes(b)


what, to, path = sys.argv[1], ("127.0.0.1", int(sys.argv[2])), sys.argv[3]
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if what == "relay":
    relay(to, path)
    sys.exit()
out.bind(("127.0.0.3" if what == "again" else "127.0.0.1", 0))
n = 0
for i, datagram in enumerate(kept(path)):
    if what == "flip":
        datagram = flipped(datagram, i)
    elif what != "again":
        datagram = datagram[HEAD:-MAC]
    if what == "sign":
        now = time.time_ns() - int(float(sys.argv[6]) * 1e9)
        datagram = sign(bytes.fromhex(sys.argv[4]), int(sys.argv[5]), time.time_ns(), now, datagram)
    out.sendto(datagram, to)
    n += 1
    if n % 50 == 0:
        time.sleep(0.01)
print(n)
