"""Sends UDP datagrams from an address of loopback: senders.py FROM PORT SECONDS PER_S FILE. FILE holds
one datagram. Per second PER_S, 0 as many as go. Prints how many were sent."""
import socket
import sys
import time

source, port, seconds, per_s, path = sys.argv[1:]
with open(path, "rb") as f:
    datagram = f.read()
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.bind((source, 0))
sent, start = 0, time.monotonic()
while (now := time.monotonic() - start) < float(seconds):
    if float(per_s) and sent >= now * float(per_s):
        time.sleep(0.001)
        continue
    out.sendto(datagram, ("127.0.0.1", int(port)))
    sent += 1
print(sent)
