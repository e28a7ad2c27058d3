#!/usr/bin/env python3
"""Takes the place of zooport as the process that holds the engine, and misbehaves as its second argument says."""
import os
import signal
import socket
import struct
import sys
import time

HELLO, LOAD, LOADED, RUN, RAN, ERROR, STARTED = range(1, 8)
FLOAT32 = 10
stream = socket.socket(fileno=0)
mode = sys.argv[2]


def number(value):
    return struct.pack("<Q", value)


def text(value):
    return number(len(value)) + value.encode()


def send(kind, head):
    stream.sendall(struct.pack("<BI", kind, len(head)) + head)


def read(size):
    got = b""
    while len(got) < size:
        piece = stream.recv(min(1 << 20, size - len(got)))
        if not piece:
            sys.exit(0)
        got += piece
    return got


def receive():
    kind, size = struct.unpack("<BI", read(5))
    return kind, read(size)


def at(place, what):
    """Whether the mode is to do something at this place."""
    return mode == f"{place}-{what}"


def misbehave(place):
    if at(place, "crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if at(place, "exit"):
        sys.exit(3)
    if at(place, "hang"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    if at(place, "garbage"):
        stream.sendall(b"\xff" * 4096)
    if at(place, "large"):
        stream.sendall(struct.pack("<BI", RAN, 0xFFFFFFFF))
    if at(place, "partial"):
        stream.sendall(b"\x05\x10")
        sys.exit(0)
    if at(place, "close"):
        stream.close()
        time.sleep(600)
    if at(place, "error"):
        send(ERROR, number(0) + text("engine.run-failed") + text("bell \x07 and \x1b[31mcolour") + text(""))
    if at(place, "bad-id"):
        send(ERROR, number(0) + text("\x1b[31m") + text("x") + text(""))


def port(name):
    return text(name) + number(FLOAT32) + number(1) + number(4)


misbehave("start")
send(STARTED, b"zooport")
misbehave("hello")
send(HELLO, text("hostile") + text("1.0") + text("/nowhere") + number(1) + text("CPU"))
while True:
    kind, head = receive()
    if kind == LOAD:
        # threads, device, arena, optimisation, memory, size of the model
        device = struct.unpack_from("<Q", head, 8)[0]
        read(struct.unpack_from("<Q", head, 16 + device + 24)[0])
        misbehave("load")
        send(LOADED, number(1) + port("x") + number(1) + port("y") + text("CPU"))
    elif kind == RUN:
        read(16)
        misbehave("run")
        shape = {"run-shape": [5], "run-rank": [2, 2], "run-huge": [1 << 50], "run-negative": [2**64 - 4]}
        dtype = 11 if mode == "run-dtype" else 99 if mode == "run-no-dtype" else FLOAT32
        sizes = shape.get(mode, [4])
        count = 2 if mode == "run-count" else 1
        one = number(dtype) + number(len(sizes)) + b"".join(map(number, sizes))
        send(RAN, number(count) + one * count + (b"more" if mode == "run-more" else b""))
        stream.sendall(struct.pack("<4f", 1, 2, 3, 4) if mode != "run-short" else b"12")
        if mode == "run-short":
            sys.exit(0)
