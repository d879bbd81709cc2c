"""Rubbish at a server's HTTP port for a while: noise.py PORT SECONDS SEED. Random bytes, requests with
bytes changed, WebSocket frames. Prints how many connections there were."""
import random
import socket
import sys
import time

port, seconds, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)
SEEDS = [
    b"GET /api/v1/links?x=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /api/v1/events?limit=5&type=recording HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer awt_x\r\n\r\n",
    b"PATCH /api/v1/config HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
    b'{"log.level":"error"}',
    b"PUT /api/v1/rooms/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
    b'{"links":[]}',
    b"DELETE /api/v1/recordings/%2e%2e HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
]
UPGRADE = (
    b"GET /ws/sensing HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
)


def changed(b):
    b = bytearray(b)
    for _ in range(rng.randrange(6)):
        at = rng.randrange(len(b))
        what = rng.randrange(3)
        if what == 0:
            b[at] = rng.randrange(256)
        elif what == 1:
            del b[at : at + rng.randrange(8)]
        else:
            b[at:at] = rng.randbytes(rng.randrange(40))
        b = b or bytearray(b"x")
    return bytes(b)


def frame(payload):
    opcode = rng.choice([0x81, 0x01, 0x80, 0xC1, 0x82, 0x88, 0x89, 0x8A, rng.randrange(256)])
    length = len(payload) if rng.random() < 0.9 else rng.randrange(1 << 16)
    head = bytes([opcode, 0x80 | min(length, 126)]) if length < 126 else bytes([opcode, 0xFE]) + length.to_bytes(2, "big")
    return head + bytes(4) + payload


def websocket(s):
    s.sendall(UPGRADE)
    s.recv(4096)
    for _ in range(rng.randrange(1, 8)):
        text = changed(b'{"type":"subscribe","stream":"csi","link":0}')
        s.sendall(frame(text if rng.random() < 0.8 else rng.randbytes(rng.randrange(5000))))


def once():
    with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
        s.settimeout(0.02)
        what = rng.randrange(4)
        try:
            if what == 0:
                s.sendall(rng.randbytes(rng.randrange(1, 9000)))
            elif what == 1:
                websocket(s)
            else:
                s.sendall(changed(rng.choice(SEEDS)))
            while s.recv(65536):
                pass
        except OSError:
            pass


n, end = 0, time.monotonic() + seconds
while time.monotonic() < end:
    once()
    n += 1
print(n)
