"""A WebSocket client made of a socket, for the black-box tests."""
import base64
import json
import os
import socket
import struct
import time


class WebSocket:
    def __init__(self, host, port, path, origin=None):
        self.socket = socket.create_connection((host, port), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        more = f"Origin: {origin}\r\n" if origin else ""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
                            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n{more}"
                            "Sec-WebSocket-Version: 13\r\n\r\n".encode())
        self.header = b""
        while not self.header.endswith(b"\r\n\r\n"):
            self.header += self._exactly(1)
        self.open = self.header.startswith(b"HTTP/1.1 101")

    def _exactly(self, n):
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def say(self, message):
        text = json.dumps(message).encode()
        self.socket.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)

    def frames(self, seconds):
        """(opcode, bytes) of each message that comes in this time; then closes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            first, n = self._exactly(2)
            if n == 126:
                n, = struct.unpack(">H", self._exactly(2))
            elif n == 127:
                n, = struct.unpack(">Q", self._exactly(8))
            yield first & 15, self._exactly(n)
        self.socket.close()

    def messages(self, seconds):
        """The text messages among them, as JSON."""
        for opcode, data in self.frames(seconds):
            if opcode == 1:
                yield json.loads(data)
