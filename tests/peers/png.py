"""Reads grey PNG files of 8 or 16 bits, so that the test does not rely on the program's own reader."""
import struct
import zlib

import numpy as np


def _paeth(left, up, corner):
    guess = left + up - corner
    distances = abs(guess - left), abs(guess - up), abs(guess - corner)
    return (left, up, corner)[distances.index(min(distances))]


def read_grey(path):
    """The pixels, uint8 or uint16, [height, width]."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
            assert colour == 0 and interlace == 0 and depth in (8, 16), f"{path} is no plain grey PNG"
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    raw, size = zlib.decompress(packed), depth // 8
    row_bytes = width * size
    above = bytearray(row_bytes)
    rows = bytearray()
    for y in range(height):
        start = y * (row_bytes + 1)
        kind, row = raw[start], bytearray(raw[start + 1:start + 1 + row_bytes])
        for i in range(row_bytes if kind else 0):
            left = row[i - size] if i >= size else 0
            corner = above[i - size] if i >= size else 0
            add = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind]
            row[i] = (row[i] + add) & 255
        rows += row
        above = row
    return np.frombuffer(bytes(rows), ">u2" if depth == 16 else "u1").astype(f"u{size}").reshape(height, width)
